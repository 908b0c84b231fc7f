//! The IETF AIPREF dictionary, draft-ietf-aipref-vocab-08.
//!
//! | label | use |
//! |---|---|
//! | `train-ai` | generative training only |
//! | `ai-use` | inference |
//! | `search` | search |
//!
//! `y` allows, `n` disallows; any other value, and a missing label, is unknown; the last
//! of duplicate labels counts. AIPREF has no word for conditional: `n` is written. A
//! value with an `exceptions` parameter (Creative Commons' signals, `cc-cr` and others)
//! is read as conditional. That the dictionary stands in a tag is our own binding: the
//! drafts define none.
//!
//! The labels of older drafts are read too, and remarked on:
//!
//! | label | drafts | what `n` denies | what `y` allows |
//! |---|---|---|---|
//! | `all` | 02 | everything below | data mining |
//! | `bots` | 03, 04 | everything below | data mining |
//! | `tdm` | 01 | data mining and all training | data mining |
//! | `ai` | 01 | all training | training |
//! | `genai` | 01 | generative training | generative training |
//! | `train-genai` | 02, 03 | generative training | generative training |
//! | `train-ai` beside one of these | 02 to 04 | all training | training |
//! | `ai-output` | 04 | inference and search | inference |
//! | `inference` | 01 | inference | inference |
//!
//! In those drafts a label speaks for the narrower ones that are not there. A denial is
//! read so; a permission counts for the label's own use alone. A narrower label overrides
//! a wider one, but no other permission lifts `train-ai=n`, which denies generative
//! training in every draft.

use super::dictionary::{self, Member, Value};
use super::{Reading, Wording};
use crate::consent::Usage::{DataMining, GenerativeTraining, Inference, Search, Training};
use crate::consent::{Declaration, Preference, Preferences, Usage};

/// The draft whose labels [`spell`] writes, as `AI_CONSENT` states it.
pub(crate) const DRAFT: &str = "vocab-08";

/// A label, what `n` denies, and what `y` allows.
type Label = (&'static str, &'static [Usage], Usage);

const LABELS: [Label; 3] = [
    ("train-ai", &[GenerativeTraining], GenerativeTraining),
    ("ai-use", &[Inference], Inference),
    ("search", &[Search], Search),
];

/// Those of the older drafts, the widest first.
const OLDER: [Label; 11] = [
    ("all", &USES, DataMining),
    ("bots", &USES, DataMining),
    (
        "tdm",
        &[GenerativeTraining, Training, DataMining],
        DataMining,
    ),
    ("ai", &[GenerativeTraining, Training], Training),
    ("train-ai", &[GenerativeTraining, Training], Training),
    ("genai", &[GenerativeTraining], GenerativeTraining),
    ("train-genai", &[GenerativeTraining], GenerativeTraining),
    ("ai-output", &[Inference, Search], Inference),
    ("inference", &[Inference], Inference),
    ("ai-use", &[Inference], Inference),
    ("search", &[Search], Search),
];

/// The uses that a dictionary of any draft can speak of: damage hides whose labels stood there.
pub(crate) const USES: [Usage; 5] = [GenerativeTraining, Training, Inference, DataMining, Search];

const REMARK: &str = "labels of an older draft of AIPREF";

/// The dictionary, or nothing where none of its labels has a word.
pub(crate) fn spell(declaration: &Declaration) -> Option<Wording> {
    let members: Vec<String> = LABELS
        .iter()
        .filter_map(|(label, _, usage)| match declaration.preference(*usage) {
            Preference::Unknown => None,
            Preference::Allowed => Some(format!("{label}=y")),
            Preference::Conditional | Preference::Disallowed => Some(format!("{label}=n")),
        })
        .collect();
    (!members.is_empty()).then(|| Wording::alone(members.join(", ")))
}

/// What the dictionary says. Several that another program joined with `;` are no dictionary:
/// the labels of all but the first have become parameters.
pub(crate) fn understand(wording: &Wording) -> Reading {
    let Ok(members) = dictionary::members(&wording.value) else {
        return Reading::unreadable("not in its vocabulary", &USES);
    };
    let mut parameters = members.iter().flat_map(|member| &member.parameters);
    if parameters.any(|key| is_in(&OLDER, key)) {
        return Reading::unreadable("not in its vocabulary", &USES);
    }
    // The last of duplicate labels counts.
    let said = |label: &str| {
        let member = members.iter().rfind(|member| member.key == label);
        member.map(meaning).unwrap_or_default()
    };
    let is_older = members.iter().any(|member| is_older(&member.key));
    let reading = Reading::of(meanings(is_older, said));
    if is_older {
        reading.with_remark(REMARK)
    } else {
        reading
    }
}

/// What labels say together, given each one's word.
pub(super) fn meanings(is_older: bool, said: impl Fn(&str) -> Preference) -> Preferences {
    let labels: &[Label] = if is_older { &OLDER } else { &LABELS };
    let mut preferences = Preferences::default();
    for (label, denies, allows) in labels {
        // Labels of the same width, of different drafts: the stronger word.
        let alike = labels.iter().filter(|(_, other, _)| other == denies);
        let word = alike.map(|(label, ..)| said(label)).max();
        match word
            .filter(|_| said(label) != Preference::Unknown)
            .unwrap_or_default()
        {
            Preference::Unknown => {}
            Preference::Allowed => preferences.set(*allows, Preference::Allowed),
            word => preferences = preferences.with(denies, word),
        }
    }
    if said("train-ai") == Preference::Disallowed {
        preferences.set(GenerativeTraining, Preference::Disallowed);
    }
    preferences
}

/// Whether only an older draft has the label.
pub(super) fn is_older(label: &str) -> bool {
    is_in(&OLDER, label) && !is_in(&LABELS, label)
}

fn is_in(labels: &[Label], key: &str) -> bool {
    labels.iter().any(|(label, ..)| *label == key)
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
