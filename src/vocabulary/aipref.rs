//! `CONTENT_USAGE`: the IETF AIPREF dictionary, draft-ietf-aipref-vocab-08.
//!
//! | label | use |
//! |---|---|
//! | `train-ai` | generative training only |
//! | `ai-use` | inference |
//! | `search` | search |
//!
//! `y` allows, `n` disallows; any other value, and a missing label, is unknown; the last
//! of duplicate labels counts. AIPREF has no word for conditional: `n` is written. An
//! `n` with an `exceptions` parameter (Creative Commons signals) is read as conditional.
//! That the dictionary stands in a tag is our own binding: the drafts define none.

use super::dictionary::{self, Member, Value};
use crate::consent::{Preference, Preferences, Usage};

/// The draft whose labels [`spell`] writes, as `AI_CONSENT` states it.
pub(crate) const DRAFT: &str = "vocab-08";

const LABELS: [(&str, Usage); 3] = [
    ("train-ai", Usage::GenerativeTraining),
    ("ai-use", Usage::Inference),
    ("search", Usage::Search),
];

/// The uses that the dictionary can speak of.
pub(crate) fn uses() -> impl Iterator<Item = Usage> {
    LABELS.iter().map(|(_, usage)| *usage)
}

/// The dictionary, or nothing where none of its labels has a word.
pub(crate) fn spell(preferences: &Preferences) -> Option<String> {
    let members: Vec<String> = LABELS
        .iter()
        .filter_map(|(label, usage)| match preferences.get(*usage) {
            Preference::Unknown => None,
            Preference::Allowed => Some(format!("{label}=y")),
            Preference::Conditional | Preference::Disallowed => Some(format!("{label}=n")),
        })
        .collect();
    (!members.is_empty()).then(|| members.join(", "))
}

/// What the dictionary says; `None` where `text` is no dictionary, or several that another
/// program joined with `;`: the labels of all but the first have become parameters.
pub(crate) fn understand(text: &str) -> Option<Preferences> {
    let members = dictionary::members(text).ok()?;
    let is_label = |key: &String| LABELS.iter().any(|(label, _)| label == key);
    if members
        .iter()
        .any(|member| member.parameters.iter().any(is_label))
    {
        return None;
    }
    let mut preferences = Preferences::default();
    for member in &members {
        if let Some((_, usage)) = LABELS.iter().find(|(label, _)| *label == member.key) {
            preferences.set(*usage, meaning(member));
        }
    }
    Some(preferences)
}

fn meaning(member: &Member) -> Preference {
    let excepted = member.parameters.iter().any(|key| key == "exceptions");
    match &member.value {
        Value::Token(word) if word == "y" && !excepted => Preference::Allowed,
        Value::Token(word) if word == "n" && !excepted => Preference::Disallowed,
        Value::Token(word) if word == "y" || word == "n" => Preference::Conditional,
        _ => Preference::Unknown,
    }
}
