//! Elements of a page's `<head>`: `<meta name="tdm-reservation">` and `tdm-policy` (TDMRep),
//! `<meta name="robots" content="noai">`, and a `<link rel="license">` to the RSL document.

use html5gum::{StartTag, Token, Tokenizer};

use super::{LICENSE, Place, Publication, RSL_TYPE, UrlPath, headers, joined, named, said};
use crate::consent::{Declaration, Preference, Preferences};
use crate::statement::Statement;

/// What all listed recordings together declare: the page lists them all.
pub(super) fn write(publication: &Publication) -> String {
    let mut lines = Vec::new();
    for (name, value) in named(&together(publication)) {
        let name = match name {
            headers::ROBOTS => "robots",
            super::CONTENT_USAGE => continue,
            name => name,
        };
        lines.push(format!(
            "<meta name=\"{name}\" content=\"{}\">",
            escaped(&value)
        ));
    }
    if let Some(address) = &publication.rsl {
        let address = escaped(address.as_str());
        lines.push(format!(
            "<link rel=\"license\" type=\"{RSL_TYPE}\" href=\"{address}\">"
        ));
    }
    joined(&lines)
}

/// Reads the elements, wherever in the page they stand.
pub(super) fn read(text: &str, _: &UrlPath) -> Vec<Statement> {
    let mut pairs = Vec::new();
    for Ok(token) in Tokenizer::new(text) {
        let Token::StartTag(tag) = token else {
            continue;
        };
        let value = |name| attribute(&tag, name);
        match tag.name.as_slice() {
            b"meta" => {
                let name = value("name").to_ascii_lowercase();
                let name = if name == "robots" {
                    headers::ROBOTS.to_owned()
                } else {
                    name
                };
                pairs.push((name, value("content")));
            }
            b"link" => {
                let relations = value("rel").to_ascii_lowercase();
                let mut relations = relations.split_whitespace();
                if relations.any(|relation| relation == "license")
                    && value("type").eq_ignore_ascii_case(RSL_TYPE)
                {
                    pairs.push((LICENSE.to_owned(), value("href")));
                }
            }
            _ => {}
        }
    }
    said(Place::Page, &pairs)
}

fn attribute(tag: &StartTag<()>, name: &str) -> String {
    let value = tag.attributes.get(name.as_bytes());
    value.map_or_else(String::new, |value| {
        String::from_utf8_lossy(value).trim().to_owned()
    })
}

/// The strongest word for each use, and the policy that all conditions share.
fn together(publication: &Publication) -> Declaration {
    let declarations = || publication.listed.values();
    let spoken = |all: Preferences, one: &Declaration| all.combine(*one.preferences());
    let all = declarations().fold(Preferences::default(), spoken);
    // One "yes" is no clearance for a recording that says nothing.
    let mut together = Declaration::new();
    for (usage, preference) in all.iter() {
        let everywhere = declarations().all(|one| one.preference(usage) == preference);
        if everywhere || preference != Preference::Allowed {
            together = together.say(usage, preference);
        }
    }
    let mut policies = declarations().filter_map(|one| one.policy_url().cloned());
    match policies.next() {
        Some(policy) if policies.all(|other| other == policy) => together.policy(policy),
        _ => together,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}
