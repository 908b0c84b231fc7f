//! The assertion `cawg.training-mining` (CAWG 1.1), as JSON; the older
//! `c2pa.training-mining` is read too.
//!
//! `{"entries": {"cawg.ai_training": {"use": "notAllowed"}, …}}`
//!
//! | key | use |
//! |---|---|
//! | `ai_generative_training` | generative training |
//! | `ai_training` | training, of non-generative models |
//! | `ai_inference` | inference |
//! | `data_mining` | data mining |
//!
//! | `use` | meaning |
//! |---|---|
//! | `allowed` | allowed |
//! | `notAllowed` | denied |
//! | `constrained` | conditional where `constraint_info` says more, else denied |
//! | anything else | unreadable |
//!
//! Keys begin with `cawg.`, in older assertions with `c2pa.`, in some with nothing; the level
//! `entries` is missing in some; `constraints_info` is read as well. Other keys are ignored.
//! Members that stand twice all count, and a denial does beside what cannot be read.

use serde_json::{Map, Value as Json, json};

use super::object::{self, Value};
use super::{Reading, Wording};
use crate::consent::{Declaration, PolicyUrl, Preference, Usage};

const KEYS: [(&str, Usage); 4] = [
    ("data_mining", Usage::DataMining),
    ("ai_inference", Usage::Inference),
    ("ai_training", Usage::Training),
    ("ai_generative_training", Usage::GenerativeTraining),
];
/// The uses that it speaks of.
pub(crate) const USES: [Usage; 4] = [
    Usage::DataMining,
    Usage::Inference,
    Usage::Training,
    Usage::GenerativeTraining,
];
const PREFIXES: [&str; 2] = ["cawg.", "c2pa."];
const UNCLEAR: &str = "an entry is not in its vocabulary";

/// The assertion's data, or nothing where none of its four uses is spoken of.
pub(super) fn spell(declaration: &Declaration) -> Option<Wording> {
    let policy = declaration.policy_url().map(PolicyUrl::as_str);
    let entry = |usage| match declaration.preference(usage) {
        Preference::Unknown => None,
        Preference::Allowed => Some(json!({"use": "allowed"})),
        // Without a policy there is nothing to say of the constraint.
        Preference::Conditional if policy.is_some() => {
            Some(json!({"use": "constrained", "constraint_info": policy}))
        }
        Preference::Conditional | Preference::Disallowed => Some(json!({"use": "notAllowed"})),
    };
    let entries: Map<String, Json> = KEYS
        .into_iter()
        .filter_map(|(key, usage)| Some((format!("cawg.{key}"), entry(usage)?)))
        .collect();
    (!entries.is_empty()).then(|| Wording::alone(json!({"entries": entries}).to_string()))
}

/// What the assertion's data says; of several entries for one use the strongest counts.
pub(super) fn understand(wording: &Wording) -> Reading {
    let unreadable = || Reading::unreadable("not in its vocabulary", &USES);
    let Some(members) = object::members(&wording.value) else {
        return unreadable();
    };
    let mut reading = entries(&members);
    for inner in object::named(&members, "entries") {
        reading = reading.and(inner.members().map_or_else(unreadable, entries));
    }
    reading
}

/// The same where the label is known: somebody spoke of training and mining, in whatever words.
pub(crate) fn of_assertion(data: &str) -> Reading {
    match understand(&data.into()) {
        silent if silent == Reading::default() => {
            Reading::unreadable("it speaks of no use that is known", &USES)
        }
        said => said,
    }
}

fn entries(members: &[(String, Value)]) -> Reading {
    let of_ours = |(name, value): &(String, Value)| {
        let bare = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix));
        let bare = bare.unwrap_or(name);
        let (_, usage) = KEYS.iter().find(|(key, _)| *key == bare)?;
        Some(entry(*usage, value))
    };
    members
        .iter()
        .filter_map(of_ours)
        .fold(Reading::default(), Reading::and)
}

fn entry(usage: Usage, value: &Value) -> Reading {
    let members = value.members().unwrap_or_default();
    let mut explanations = ["constraint_info", "constraints_info"]
        .iter()
        .flat_map(|name| object::named(members, name))
        .map(|value| value.text().is_some_and(|text| !text.trim().is_empty()))
        .peekable();
    // Each of them: readers differ in which of two members they take.
    let is_explained = explanations.peek().is_some() && explanations.all(|says_more| says_more);
    let word = |value: &Value| match value.text() {
        Some("allowed") => Reading::all(&[usage], Preference::Allowed),
        Some("constrained") if is_explained => Reading::all(&[usage], Preference::Conditional),
        Some("constrained" | "notAllowed") => Reading::all(&[usage], Preference::Disallowed),
        _ => Reading::unreadable(UNCLEAR, &[usage]),
    };
    let words = object::named(members, "use").map(word);
    let said = words.reduce(Reading::and);
    said.unwrap_or_else(|| Reading::unreadable(UNCLEAR, &[usage]))
}
