//! A document of Really Simple Licensing 1.0: a `<content>` for each recording, with its license.

use super::{Place, Publication, UrlPath, joined};
use crate::statement::Statement;
use crate::vocabulary::{Vocabulary, Wording, rsl};

/// The document.
pub(super) fn write(publication: &Publication) -> String {
    let contents = publication.spelled(Vocabulary::Rsl).map(|(path, license)| {
        let path = path.exact().replace('&', "&amp;");
        format!("<content url=\"{path}\">{}</content>", license.value)
    });
    let contents: Vec<String> = contents.collect();
    if contents.is_empty() {
        return String::new();
    }
    format!(
        "<rsl xmlns=\"https://rslstandard.org/rsl\">\n{}</rsl>\n",
        joined(&contents)
    )
}

/// Reads every license in a content that speaks of the path.
pub(super) fn read(text: &str, path: &UrlPath) -> Vec<Statement> {
    let path = path.compared();
    let reading = rsl::understand_for(text, |pattern| path.is_of(pattern));
    let state = |reading| {
        let wording = Wording::from(text);
        Statement::read(
            "license",
            Place::RslDocument,
            Vocabulary::Rsl,
            wording.value,
            reading,
        )
    };
    reading.map(state).into_iter().collect()
}
