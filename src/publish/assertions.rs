//! CAWG assertions, for whoever signs the files: JSON Lines of `path`, `label` and `data`, where
//! label and data are what a C2PA manifest takes.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Place, Publication, UrlPath};
use crate::statement::Statement;
use crate::vocabulary::{Reading, Vocabulary, training_mining};

const LABEL: &str = "cawg.training-mining";
const LABELS: [&str; 2] = [LABEL, "c2pa.training-mining"];

#[derive(Serialize, Deserialize)]
struct Line {
    path: String,
    label: String,
    data: Box<RawValue>,
}

/// One line for each recording that it can speak of.
pub(super) fn write(publication: &Publication) -> String {
    let line = |(path, wording): (&UrlPath, crate::vocabulary::Wording)| {
        let line = Line {
            path: path.to_string(),
            label: LABEL.to_owned(),
            data: RawValue::from_string(wording.value).ok()?,
        };
        Some(serde_json::to_string(&line).ok()? + "\n")
    };
    publication
        .spelled(Vocabulary::TrainingMining)
        .filter_map(line)
        .collect()
}

/// Reads the lines about the path. A line that is none may be about any.
pub(super) fn read(text: &str, path: &UrlPath) -> Vec<Statement> {
    let state = |data: &str| {
        let vocabulary = Vocabulary::TrainingMining;
        Statement::outside(LABEL, Place::Assertions, vocabulary, data.into())
    };
    let path = path.compared();
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .filter_map(|line| match serde_json::from_str::<Line>(line) {
            Ok(line) if !path.is_at(&line.path) || !LABELS.contains(&line.label.as_str()) => None,
            Ok(line) => Some(state(line.data.get())),
            Err(_) => Some(Statement::read(
                LABEL,
                Place::Assertions,
                Vocabulary::TrainingMining,
                line.to_owned(),
                Reading::unreadable("not a line of path, label and data", &training_mining::USES),
            )),
        })
        .collect()
}
