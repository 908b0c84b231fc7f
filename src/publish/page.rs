//! Elements of a page's `<head>`: `<meta name="tdm-reservation">` and `tdm-policy` (TDMRep),
//! `<meta name="robots" content="noai">`, and a `<link rel="license">` to the RSL document; one
//! within the page, in a `<script type="application/rsl+xml">`, is read too.

use html5gum::{HtmlString, StartTag, State, Token, Tokenizer, naive_next_state};

use super::{
    LICENSE, Place, Publication, RSL_TYPE, UrlPath, headers, joined, named, rsl_document, said,
};
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

/// Reads the elements, wherever in the page they stand, and RSL documents in its scripts.
///
/// A page that breaks off within an element of text, a comment or a tag may hide anything there.
/// What stands in elements that some readers pass over denies, and permits nothing. Where SVG and
/// MathML end depends on more than their own tags, and in them text is not what it is elsewhere
/// (WHATWG HTML section 13.2.6.5): what depends on that may be hidden.
pub(super) fn read(text: &str, path: &UrlPath) -> Vec<Statement> {
    let path = path.compared();
    let (mut pairs, mut aside) = (Vec::new(), Vec::new());
    let mut statements = Vec::new();
    let mut passed_over: Vec<HtmlString> = Vec::new();
    // How many of them are SVG or MathML.
    let mut foreign = 0;
    let mut open: Option<OfText> = None;
    let (mut breaks_off, mut depends) = (false, false);
    let mut tokens = Tokenizer::new(text);
    while let Some(Ok(token)) = tokens.next() {
        match token {
            Token::StartTag(tag) => {
                let name = tag.name.as_slice();
                let said = if passed_over.is_empty() {
                    &mut pairs
                } else {
                    &mut aside
                };
                said.extend(stated(&tag));
                let in_foreign = foreign > 0;
                let is_html_in_foreign = in_foreign && HTML_IN_FOREIGN.contains(&name);
                if let Some(state) = text_state(name) {
                    if in_foreign {
                        depends = true;
                    } else {
                        tokens.set_state(state);
                        open = Some(OfText::new(&tag));
                    }
                } else if is_html_in_foreign || PASSED_OVER.contains(&name) {
                    let is_empty = is_html_in_foreign || is_foreign(name);
                    if !(tag.self_closing && is_empty) {
                        foreign += usize::from(is_foreign(&tag.name));
                        passed_over.push(tag.name);
                    }
                }
            }
            Token::String(text) => {
                if let Some(license) = open.as_mut().and_then(|open| open.license.as_mut()) {
                    license.extend_from_slice(&text);
                }
            }
            Token::EndTag(tag) => {
                if let Some(license) = open.take().and_then(|open| open.license) {
                    let license = String::from_utf8_lossy(&license);
                    statements.extend(rsl_document::read_in_page(&license, &path));
                }
                if let Some(closed) = passed_over.pop_if(|last| *last == tag.name) {
                    foreign -= usize::from(is_foreign(&closed));
                }
            }
            Token::Error(error) => {
                breaks_off |= error.as_str().starts_with("eof-in-");
                depends |= error.as_str() == "cdata-in-html-content";
            }
            Token::Comment(_) | Token::Doctype(_) => {}
        }
    }
    statements.extend(said(Place::Page, &pairs));
    let mut aside = said(Place::Page, &aside);
    aside.iter_mut().for_each(Statement::permit_nothing);
    statements.extend(aside);
    if breaks_off || open.is_some() {
        statements.push(Place::Page.unreadable("the page breaks off"));
    }
    if depends {
        let why = "text in SVG, in MathML or as CDATA";
        statements.push(Place::Page.unreadable(why));
    }
    statements
}

/// Elements that some readers pass over: they run scripts, or do not draw.
const PASSED_OVER: [&[u8]; 4] = [b"noscript", b"template", b"svg", b"math"];

/// Elements of SVG and MathML that hold HTML: until they end, those around them do not.
const HTML_IN_FOREIGN: [&[u8]; 8] = [
    b"foreignobject",
    b"desc",
    b"annotation-xml",
    b"mi",
    b"mo",
    b"mn",
    b"ms",
    b"mtext",
];

/// An element that holds text and no elements (WHATWG HTML section 13.2.6), until its end.
struct OfText {
    /// What it says, where that is an RSL document.
    license: Option<Vec<u8>>,
}

impl OfText {
    fn new(tag: &StartTag<()>) -> OfText {
        let kind = attribute(tag, "type");
        let is_license = tag.name.as_slice() == b"script" && is_rsl(&kind);
        OfText {
            license: is_license.then(Vec::new),
        }
    }
}

fn text_state(name: &[u8]) -> Option<State> {
    match name {
        // Who runs no scripts reads it.
        b"noscript" => None,
        b"noframes" => Some(State::RawText),
        name => naive_next_state(name),
    }
}

fn is_foreign(name: &[u8]) -> bool {
    name == b"svg" || name == b"math"
}

/// What an element states: a name and its value.
fn stated(tag: &StartTag<()>) -> Option<(String, String)> {
    let value = |name| attribute(tag, name);
    match tag.name.as_slice() {
        b"meta" => {
            let name = value("name").to_ascii_lowercase();
            let name = if name == "robots" {
                headers::ROBOTS.to_owned()
            } else {
                name
            };
            Some((name, value("content")))
        }
        b"link" => {
            let relations = value("rel").to_ascii_lowercase();
            let mut relations = relations.split_whitespace();
            let is_license = relations.any(|relation| relation == "license");
            let is_ours = is_license && is_rsl(&value("type"));
            is_ours.then(|| (LICENSE.to_owned(), value("href")))
        }
        _ => None,
    }
}

fn is_rsl(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case(RSL_TYPE)
}

fn attribute(tag: &StartTag<()>, name: &str) -> String {
    let value = tag.attributes.get(name.as_bytes());
    value.map_or_else(String::new, |value| {
        String::from_utf8_lossy(value).trim().to_owned()
    })
}

/// The strongest word for each use, and the policy that all conditions share.
fn together(publication: &Publication) -> Declaration {
    let declarations = || {
        publication
            .listed
            .values()
            .map(|(_, declaration)| declaration)
    };
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
