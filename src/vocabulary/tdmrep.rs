//! `TDM_RESERVATION` and `TDM_POLICY`: the W3C TDM Reservation Protocol (2024-05-10).
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

use crate::consent::{Declaration, Preference, Preferences, Usage};

/// The uses that the reservation speaks of.
pub(crate) const USES: [Usage; 3] = [
    Usage::DataMining,
    Usage::Training,
    Usage::GenerativeTraining,
];

/// The values of `TDM_RESERVATION` and `TDM_POLICY`, each where it has something to say.
pub(crate) fn spell(declaration: &Declaration) -> (Option<String>, Option<String>) {
    let said = USES.map(|usage| declaration.preference(usage));
    let any = |preference| said.contains(&preference);
    if any(Preference::Disallowed) {
        (Some("1".to_owned()), None)
    } else if any(Preference::Conditional) {
        let policy = declaration.policy_url().map(|url| url.as_str().to_owned());
        (Some("1".to_owned()), policy)
    } else if any(Preference::Unknown) {
        (None, None)
    } else {
        (Some("0".to_owned()), None)
    }
}

/// What a reservation says, given the policy that stands beside it; `None` where it cannot
/// be read. The report calls such a value unset; a wrong bit must not lift a reservation.
pub(crate) fn understand(reservation: &str, policy: Option<&str>) -> Option<Preferences> {
    let preference = match (reservation.trim(), policy) {
        ("1", None) => Preference::Disallowed,
        ("1", Some(_)) => Preference::Conditional,
        ("0", _) => Preference::Allowed,
        _ => return None,
    };
    Some(Preferences::default().with(&USES, preference))
}
