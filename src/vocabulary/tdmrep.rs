//! The W3C TDM Reservation Protocol (final report of 2024-05-10): `tdm-reservation`, and
//! `tdm-policy` as its terms.
//!
//! | reservation | meaning for data mining, training and generative training |
//! |---|---|
//! | `1` | denied; with a policy: conditional |
//! | `0` | allowed |
//! | anything else | unreadable |
//!
//! One bit speaks for all three uses: it is set where any of them is denied or
//! conditional, cleared only where all are allowed. A policy turns the denial into a
//! condition, so it is written only where none of the three is denied. The report does
//! not speak of audio: these fields are an extension.

use super::{Reading, Wording, of_all};
use crate::consent::{Declaration, PolicyUrl, Preference, Usage};

/// The uses that the reservation speaks of.
pub(crate) const USES: [Usage; 3] = [
    Usage::DataMining,
    Usage::Training,
    Usage::GenerativeTraining,
];

/// The reservation, and the policy's address where that is the condition.
pub(crate) fn spell(declaration: &Declaration) -> Option<Wording> {
    let (bit, terms) = match of_all(declaration, &USES) {
        Preference::Unknown => return None,
        Preference::Allowed => ("0", None),
        Preference::Conditional => ("1", declaration.policy_url().map(PolicyUrl::to_string)),
        Preference::Disallowed => ("1", None),
    };
    Some(Wording {
        value: bit.to_owned(),
        terms,
    })
}

/// What a reservation says, given the policy that stands beside it. The report calls a value
/// that is neither unset; a wrong bit must not lift a reservation.
pub(crate) fn understand(wording: &Wording) -> Reading {
    let policy = wording
        .terms
        .as_deref()
        .filter(|url| !url.trim().is_empty());
    match (wording.value.trim(), policy) {
        ("1", None) => Reading::all(&USES, Preference::Disallowed),
        ("1", Some(_)) => Reading::all(&USES, Preference::Conditional),
        ("0", _) => Reading::all(&USES, Preference::Allowed),
        _ => Reading::unreadable("not in its vocabulary", &USES),
    }
}
