//! A document of Really Simple Licensing 1.0: a `<content>` for each recording, with its license.

use super::path::{Compared, Meant, is_pattern};
use super::{Place, Publication, UrlPath, joined};
use crate::statement::Statement;
use crate::vocabulary::{Reading, Vocabulary, rsl};

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
    let reading = rsl::understand_for(text, |pattern| is_it(&path, pattern));
    let state = |reading| state(Place::RslDocument, text, reading);
    reading.map(state).into_iter().collect()
}

/// Reads a document within a page. Its contents may be the page, whose address nobody knows and
/// which speaks of the recordings that it lists: these permit nothing.
pub(super) fn read_in_page(text: &str, path: &Compared) -> Option<Statement> {
    let mut of_any = rsl::understand_for(text, |_| Some(true))?;
    of_any.permit_nothing();
    let own = rsl::understand_for(text, |pattern| is_it(path, pattern));
    let reading = own.into_iter().fold(of_any, Reading::and);
    Some(state(Place::Page, text, reading))
}

/// Nothing where that cannot be told.
fn is_it(path: &Compared, pattern: &str) -> Option<bool> {
    match path.is_of(pattern) {
        Some(Meant::Surely) => Some(true),
        Some(Meant::Perhaps) => None,
        None => is_pattern(pattern).then_some(false),
    }
}

fn state(place: Place, text: &str, reading: Reading) -> Statement {
    Statement::read("license", place, Vocabulary::Rsl, text.to_owned(), reading)
}
