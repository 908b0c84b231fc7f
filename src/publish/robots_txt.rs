//! Rules of `/robots.txt` (RFC 9309): `Content-Usage` for a path (draft-ietf-aipref-attach-05),
//! and `License`, the address of the RSL document. `Content-Signal` is read too; it speaks of a
//! whole site and is not written for single recordings.

use super::path::{Compared, Meant};
use super::{CONTENT_SIGNAL, CONTENT_USAGE, LICENSE, Place, Publication, UrlPath, joined, said};
use crate::statement::Statement;
use crate::vocabulary::Vocabulary;

/// A group for every robot, with a rule for each recording.
pub(super) fn write(publication: &Publication) -> String {
    let mut lines = Vec::new();
    if let Some(address) = &publication.rsl {
        lines.extend([format!("{LICENSE}: {address}"), String::new()]);
    }
    let rules = publication.spelled(Vocabulary::Aipref);
    let mut rules =
        rules.map(|(path, wording)| format!("{CONTENT_USAGE}: {} {}", path.exact(), wording.value));
    if let Some(first) = rules.next() {
        lines.extend(["User-agent: *".to_owned(), first]);
        lines.extend(rules);
    }
    joined(&lines)
}

/// Reads every group: the longest rule that speaks of the path counts in each. What is said to
/// one robot alone permits nothing, since nobody knows who asks.
pub(super) fn read(text: &str, path: &UrlPath) -> Vec<Statement> {
    let path = &path.compared();
    let mut statements = Vec::new();
    let mut site = Vec::new();
    let mut group = Group::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for line in text.split(['\n', '\r']) {
        let line = line.split('#').next().unwrap_or_default();
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        match name.as_str() {
            "user-agent" if group.has_rules => {
                statements.extend(std::mem::take(&mut group).said());
                group.is_for_all = value == "*";
            }
            "user-agent" => group.is_for_all |= value == "*",
            "license" => site.push((LICENSE.to_owned(), value.to_owned())),
            "content-usage" => group.usage(value, path),
            "content-signal" => group
                .signals
                .push((CONTENT_SIGNAL.to_owned(), value.to_owned())),
            _ => {}
        }
        group.has_rules |= !matches!(name.as_str(), "user-agent" | "license" | "sitemap");
    }
    statements.extend(group.said());
    statements.extend(said(Place::RobotsTxt, &site));
    statements
}

/// The rules for some robots.
#[derive(Default)]
struct Group {
    is_for_all: bool,
    has_rules: bool,
    /// The preferences of the longest rules for the path, and how long these are.
    usages: Vec<(String, String)>,
    length: usize,
    /// The preferences of rules that may be for another host.
    unsure: Vec<(String, String)>,
    signals: Vec<(String, String)>,
}

impl Group {
    fn usage(&mut self, value: &str, path: &Compared) {
        let (pattern, preferences) = match value.split_once(char::is_whitespace) {
            Some((pattern, preferences)) if pattern.starts_with('/') => (pattern, preferences),
            _ => ("/", value),
        };
        let usage = || (CONTENT_USAGE.to_owned(), preferences.trim().to_owned());
        match path.length_of(pattern) {
            Some((_, Meant::Perhaps)) => self.unsure.push(usage()),
            Some((length, Meant::Surely)) if length >= self.length => {
                if length > self.length {
                    self.usages.clear();
                    self.length = length;
                }
                self.usages.push(usage());
            }
            _ => {}
        }
    }

    fn said(self) -> Vec<Statement> {
        // Rules of the same length each count: a structured field would let the last one win.
        let each = |usages: Vec<_>| {
            let usages = usages.into_iter();
            usages.flat_map(|usage| said(Place::RobotsTxt, &[usage]))
        };
        let mut statements: Vec<Statement> = each(self.unsure).collect();
        Meant::Perhaps.hear(&mut statements);
        statements.extend(each(self.usages));
        statements.extend(said(Place::RobotsTxt, &self.signals));
        if !self.is_for_all {
            statements.iter_mut().for_each(Statement::permit_nothing);
        }
        statements
    }
}
