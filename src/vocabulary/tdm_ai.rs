//! A TDM·AI declaration (Liccium), version 1.0. Read only.
//!
//! `{"version": "1.0", "iscc": "ISCC:…", "intent": "activate", "train-genai": "false", …}`
//!
//! The keys are the labels of AIPREF's second draft: `all`, `train-ai`, `train-genai`,
//! `ai-use`, `search`; `"false"` denies, `"true"` allows, any other value cannot be read. A
//! declaration of another version, or whose intent is not `activate`, permits nothing;
//! what it denies counts.

use super::object::{self, Value};
use super::{Reading, Wording, aipref};
use crate::consent::{Preference, Usage};

const LABELS: [&str; 5] = ["all", "train-ai", "train-genai", "ai-use", "search"];
const USES: [Usage; 5] = [
    Usage::GenerativeTraining,
    Usage::Training,
    Usage::Inference,
    Usage::DataMining,
    Usage::Search,
];

/// What the declaration says, about whichever recording its ISCC names.
pub(super) fn understand(wording: &Wording) -> Reading {
    let unreadable = |why: &str| Reading::unreadable(why, &USES);
    let Some(members) = object::members(&wording.value) else {
        return unreadable("not in its vocabulary");
    };
    let word = |value: &Value| match value.text() {
        Some("false") => Some(Preference::Disallowed),
        Some("true") => Some(Preference::Allowed),
        _ => None,
    };
    let said = |label: &str| {
        let words = object::named(&members, label).filter_map(word);
        words.max().unwrap_or_default()
    };
    let reading = Reading::of(aipref::meanings(true, said));
    let is = |name, text| {
        let mut values = object::named(&members, name);
        values.next().and_then(Value::text) == Some(text) && values.next().is_none()
    };
    let mut values = LABELS
        .iter()
        .flat_map(|label| object::named(&members, label));
    if values.any(|value| word(value).is_none()) {
        reading.and(unreadable("a key is neither true nor false"))
    } else if is("version", "1.0") && is("intent", "activate") {
        reading
    } else {
        reading.and(unreadable("not an active declaration of version 1.0"))
    }
}
