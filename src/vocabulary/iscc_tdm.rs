//! The `tdm` object of iscc-schema 0.5. Read only.
//!
//! | key | uses |
//! |---|---|
//! | `train` | training and generative training |
//! | `inference` | inference |
//! | `derive` | replication |
//! | `search` | search |
//! | `analyze` | data mining |
//!
//! `reserved` denies and `open` allows, but nothing allows replication; any other value cannot
//! be read. Other keys are ignored.

use super::object;
use super::{Reading, Wording};
use crate::consent::{Preference, Usage};

const KEYS: [(&str, &[Usage]); 5] = [
    ("train", &[Usage::Training, Usage::GenerativeTraining]),
    ("inference", &[Usage::Inference]),
    ("derive", &[Usage::Replication]),
    ("search", &[Usage::Search]),
    ("analyze", &[Usage::DataMining]),
];

/// What the object says; of a key given twice the stronger word counts.
pub(super) fn understand(wording: &Wording) -> Reading {
    let Some(members) = object::members(&wording.value) else {
        return Reading::unreadable("not in its vocabulary", &Usage::ALL);
    };
    let meaning = |(name, value): &(String, object::Value)| {
        let (_, uses) = KEYS.iter().find(|(key, _)| key == name)?;
        Some(match value.text() {
            Some("reserved") => Reading::all(uses, Preference::Disallowed),
            Some("open") if uses.contains(&Usage::Replication) => Reading::default(),
            Some("open") => Reading::all(uses, Preference::Allowed),
            _ => Reading::unreadable("a key is neither reserved nor open", uses),
        })
    };
    members
        .iter()
        .filter_map(meaning)
        .fold(Reading::default(), Reading::and)
}
