//! CAWG assertions, for whoever signs the files: JSON Lines of `path`, `label` and `data`, where
//! label and data are what a C2PA manifest takes.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Place, Publication, UrlPath};
use crate::carrier::c2pa;
use crate::statement::Statement;
use crate::vocabulary::{Vocabulary, training_mining};

const LABEL: &str = "cawg.training-mining";

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
    let path = path.compared();
    let place = Place::Assertions;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let statements = lines.filter_map(|line| match serde_json::from_str::<Line>(line) {
        Ok(line) => {
            let meant = path.is_at(&line.path)?;
            let label = c2pa::known(&line.label)?;
            let data = line.data.get();
            let reading = training_mining::of_assertion(data);
            let vocabulary = Vocabulary::TrainingMining;
            let mut statement = Statement::read(label, place, vocabulary, data.to_owned(), reading);
            meant.hear(std::slice::from_mut(&mut statement));
            Some(statement)
        }
        Err(_) => Some(place.unreadable("not a line of path, label and data")),
    });
    statements.collect()
}
