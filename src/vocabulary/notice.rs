//! The sentence in the copyright field: the one carrier that survives nearly every
//! change of container.
//!
//! `No A, B or C without permission. Text and data mining reserved. [Content-Usage: …]`
//! with one phrase per denied use, the second sentence where data mining is denied, and
//! the AIPREF dictionary of the whole declaration in brackets. Written where something
//! is denied; ASCII, no `;`, no line break. Read wherever it stands in the field, whatever
//! became of its white space; of several notices all count.

use super::{Reading, Wording, aipref};
use crate::consent::{Declaration, Preference, Usage};

/// The phrase for a set of uses; the first row of which all uses are denied is taken.
const PHRASES: [(&[Usage], &str); 7] = [
    (&[Usage::GenerativeTraining, Usage::Training], "AI training"),
    (&[Usage::GenerativeTraining], "generative AI training"),
    (&[Usage::Training], "non-generative AI training"),
    (&[Usage::Inference], "AI input"),
    (&[Usage::Replication], "voice cloning"),
    (&[Usage::Search], "search indexing"),
    (&[Usage::PlatformService], "platform AI services"),
];
const BEFORE: &str = "No ";
const AFTER: &str = " without permission.";
const MINING: &str = "Text and data mining reserved.";
const BRACKET: &str = "[Content-Usage:";

/// The notice, or nothing where nothing is denied.
pub(crate) fn spell(declaration: &Declaration) -> Option<Wording> {
    let mut left: Vec<Usage> = declaration
        .preferences()
        .which(Preference::Disallowed)
        .collect();
    if left.is_empty() {
        return None;
    }
    let mut sentences = Vec::new();
    let mut phrases = Vec::new();
    for (uses, phrase) in PHRASES {
        if uses.iter().all(|usage| left.contains(usage)) {
            left.retain(|usage| !uses.contains(usage));
            phrases.push(phrase);
        }
    }
    if let Some((last, others)) = phrases.split_last() {
        let list = match others {
            [] => (*last).to_owned(),
            _ => format!("{} or {last}", others.join(", ")),
        };
        sentences.push(format!("{BEFORE}{list}{AFTER}"));
    }
    if left.contains(&Usage::DataMining) {
        sentences.push(MINING.to_owned());
    }
    if let Some(dictionary) = aipref::spell(declaration) {
        sentences.push(format!("{BRACKET} {}]", dictionary.value));
    }
    Some(Wording::alone(sentences.join(" ")))
}

/// What a copyright text says in our words: nothing where there is no notice in it.
pub(crate) fn understand(wording: &Wording) -> Reading {
    let words: Vec<&str> = wording.value.split_whitespace().collect();
    let text = words.join(" ");
    let mut denied: Vec<Usage> = phrases(&text).collect();
    if text.contains(MINING) {
        denied.push(Usage::DataMining);
    }
    let words = Reading::all(&denied, Preference::Disallowed);
    let brackets = text.split(BRACKET).skip(1);
    brackets.map(dictionary).fold(words, Reading::and)
}

/// What stands behind the start of a bracket.
fn dictionary(text: &str) -> Reading {
    let inside = text.split_once(']').map(|(inside, _)| inside.into());
    match inside.map(|inside| aipref::understand(&inside)) {
        Some(said) if said.fault().is_none() => said,
        _ => Reading::unreadable("the dictionary in brackets is damaged", &aipref::USES),
    }
}

/// The uses whose phrases stand in a sentence `No … without permission.`
fn phrases(text: &str) -> impl Iterator<Item = Usage> {
    // What stands before each end; the last part has none.
    let lists = text
        .rsplit(AFTER)
        .skip(1)
        .filter_map(|before| before.rsplit_once(BEFORE));
    lists
        .flat_map(|(_, list)| list.split(", "))
        .flat_map(|part| part.split(" or "))
        .filter_map(|part| PHRASES.iter().find(|(_, phrase)| *phrase == part))
        .flat_map(|(uses, _)| uses.iter().copied())
}
