//! HTTP response headers: `Content-Usage` (draft-ietf-aipref-attach-05), `tdm-reservation` and
//! `tdm-policy` (TDMRep), `X-Robots-Tag: noai`, and a `Link` to the RSL document (RFC 8288).

use super::path::Meant;
use super::{LICENSE, Place, Publication, RSL_TYPE, UrlPath, joined, named, said};
use crate::statement::Statement;

pub(super) const ROBOTS: &str = "X-Robots-Tag";

/// A `_headers` file.
pub(super) fn write(publication: &Publication) -> String {
    let mut lines = Vec::new();
    for (path, declaration) in publication.listed.values() {
        let mut headers = named(declaration);
        if let Some(address) = &publication.rsl {
            let link = format!("<{address}>; rel=\"license\"; type=\"{RSL_TYPE}\"");
            headers.push(("Link", link));
        }
        if !headers.is_empty() {
            lines.push(path.literal());
        }
        lines.extend(
            headers
                .iter()
                .map(|(name, value)| format!("  {name}: {value}")),
        );
    }
    joined(&lines)
}

/// Reads headers as they come with a response, or those of every block of a `_headers` file
/// that speaks of the path. A block that may speak of others is heard by itself: what it says
/// must not lift what is said for this path.
pub(super) fn read(text: &str, path: &UrlPath) -> Vec<Statement> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_indented = |line: &&str| line.starts_with([' ', '\t']);
    let said = text.lines().filter(|line| !line.trim().is_empty());
    let is_file = said.clone().next().is_some_and(|line| is_indented(&line))
        || said
            .clone()
            .any(|line| !is_indented(&line) && begins_block(line));
    let mut statements = read_lines(&lines(text, is_file), path, Some(Meant::Surely));
    // What looks like a response may yet be a file whose lines are all indented.
    if !is_file
        && said
            .filter(is_indented)
            .any(|line| begins_block(line.trim()))
    {
        let mut others = read_lines(&lines(text, true), path, None);
        others.iter_mut().for_each(Statement::permit_nothing);
        statements.extend(others);
    }
    statements
}

/// What the lines say, given whether those before the first block are meant.
fn read_lines(text: &str, path: &UrlPath, mut about: Option<Meant>) -> Vec<Statement> {
    let path = path.compared();
    let (mut pairs, mut unsure) = (Vec::new(), Vec::<Vec<_>>::new());
    let mut is_taken_back = false;
    for line in text.lines() {
        if let Some((pattern, is_exact)) = block(line) {
            about = path.is_of(&pattern);
            if about.is_some() && !is_exact {
                about = Some(Meant::Perhaps);
            }
            if about == Some(Meant::Perhaps) {
                unsure.push(Vec::new());
            }
        } else if about.is_some() && line.starts_with('!') {
            // A header of another block.
            is_taken_back = true;
        } else if let (Some(meant), Some((name, value))) = (about, line.split_once(':')) {
            let (name, value) = (name.trim(), value.trim());
            let said = match unsure.last_mut() {
                Some(unsure) if meant == Meant::Perhaps => unsure,
                _ => &mut pairs,
            };
            if name.eq_ignore_ascii_case("Link") {
                said.extend(licenses(value).map(|address| (LICENSE.to_owned(), address)));
            } else {
                said.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    let mut statements = said(Place::Headers, &pairs);
    if is_taken_back {
        statements.iter_mut().for_each(Statement::permit_nothing);
    }
    for pairs in unsure {
        let mut said = said(Place::Headers, &pairs);
        Meant::Perhaps.hear(&mut said);
        statements.extend(said);
    }
    statements
}

/// The lines without white space around them. In a response one that begins with white space
/// continues the one before (RFC 9112 section 5.2); in a `_headers` file it does not.
fn lines(text: &str, is_file: bool) -> String {
    let mut lines = String::with_capacity(text.len());
    for line in text.lines() {
        let is_continued = !is_file && line.starts_with([' ', '\t']);
        lines.push(if is_continued { ' ' } else { '\n' });
        lines.push_str(line.trim());
    }
    lines
}

fn begins_block(line: &str) -> bool {
    let begins = |start: &str| {
        let found = line.get(..start.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(start))
    };
    ["/", "http://", "https://"].into_iter().any(begins)
}

/// The pattern of the paths that a block of a `_headers` file speaks of, where a line begins
/// one, and whether it speaks of no others. In it `*` stands for anything, and `:name` for
/// anything within a segment, which the pattern does not tell.
fn block(line: &str) -> Option<(String, bool)> {
    if !begins_block(line) {
        return None;
    }
    let mut parts = line.split(':');
    let mut pattern = parts.next().unwrap_or_default().to_owned();
    let mut is_exact = true;
    for part in parts {
        if part.starts_with(|first: char| first.is_ascii_alphabetic()) {
            let in_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            pattern.push('*');
            pattern.push_str(part.trim_start_matches(in_name));
            is_exact = false;
        } else {
            pattern.push(':');
            pattern.push_str(part);
        }
    }
    Some((pattern + "$", is_exact))
}

/// The addresses of RSL documents in a `Link`.
fn licenses(value: &str) -> impl Iterator<Item = String> {
    value.split('<').filter_map(|link| {
        let (address, parameters) = link.split_once('>')?;
        let parameters = parameters.to_ascii_lowercase();
        let is_rsl = parameters.contains("license") && parameters.contains(RSL_TYPE);
        is_rsl.then(|| address.trim().to_owned())
    })
}
