//! Cloudflare's Content Signals: `search=yes, ai-train=no, ai-input=no`.
//!
//! | signal | uses |
//! |---|---|
//! | `search` | search |
//! | `ai-input` | inference |
//! | `ai-train` | training and generative training |
//!
//! `yes` allows, `no` denies, any other value cannot be read; of a signal given twice the
//! stronger word counts. A signal that is missing says nothing. There is no word for
//! conditional: `no` is written.

use super::{Reading, Wording, of_all};
use crate::consent::{Declaration, Preference, Usage};

const SIGNALS: [(&str, &[Usage]); 3] = [
    ("search", &[Usage::Search]),
    ("ai-input", &[Usage::Inference]),
    ("ai-train", &[Usage::Training, Usage::GenerativeTraining]),
];

/// The signals, or nothing where none has a word.
pub(super) fn spell(declaration: &Declaration) -> Option<Wording> {
    let signals: Vec<String> = SIGNALS
        .iter()
        .filter_map(|(signal, uses)| match of_all(declaration, uses) {
            Preference::Unknown => None,
            Preference::Allowed => Some(format!("{signal}=yes")),
            Preference::Conditional | Preference::Disallowed => Some(format!("{signal}=no")),
        })
        .collect();
    (!signals.is_empty()).then(|| Wording::alone(signals.join(", ")))
}

/// What the signals say.
pub(super) fn understand(wording: &Wording) -> Reading {
    let meaning = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let is_named = |(signal, _): &&(&str, _)| signal.eq_ignore_ascii_case(name.trim());
        let (_, uses) = SIGNALS.iter().find(is_named)?;
        Some(match value.trim().to_ascii_lowercase().as_str() {
            "yes" => Reading::all(uses, Preference::Allowed),
            "no" => Reading::all(uses, Preference::Disallowed),
            _ => Reading::unreadable("a signal is neither yes nor no", uses),
        })
    };
    let parts = wording.value.split(',');
    parts
        .filter_map(meaning)
        .fold(Reading::default(), Reading::and)
}
