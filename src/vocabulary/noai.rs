//! `NOAI`: what a person or a `grep` understands.
//!
//! | text | meaning |
//! |---|---|
//! | a comma-separated list of our usage names | these uses are denied |
//! | `1`, `true`, `yes` (seen in the wild) | training, generative training and inference are denied: DeviantArt's reading of `noai` |
//! | `0`, `false`, `no` | nothing is said |
//! | anything else | unreadable |

use super::{Reading, Wording};
use crate::consent::{Declaration, Preference, Preferences, Usage};

/// The denied uses as a list, or nothing where none is denied.
pub(crate) fn spell(declaration: &Declaration) -> Option<Wording> {
    list(declaration.preferences()).map(Wording::alone)
}

/// Whether a text is a list as [`spell`] writes it.
pub(crate) fn is_ours(text: &str) -> bool {
    let reading = understand(&text.into());
    reading.fault().is_none() && list(reading.preferences()).as_deref() == Some(text)
}

fn list(preferences: &Preferences) -> Option<String> {
    let denied: Vec<&str> = preferences
        .which(Preference::Disallowed)
        .map(Usage::name)
        .collect();
    (!denied.is_empty()).then(|| denied.join(", "))
}

/// What the list denies.
pub(crate) fn understand(wording: &Wording) -> Reading {
    let text = wording.value.trim().to_ascii_lowercase();
    let mut reading = Reading::default();
    match text.as_str() {
        "1" | "true" | "yes" => {
            return Reading::all(&super::robots::USES, Preference::Disallowed);
        }
        "0" | "false" | "no" => return reading,
        _ => {}
    }
    let mut denied = Preferences::default();
    for name in text.split(',') {
        match name.trim().parse() {
            Ok(usage) => denied.set(usage, Preference::Disallowed),
            Err(_) => reading = Reading::unreadable("not in its vocabulary", &Usage::ALL),
        }
    }
    reading.and(Reading::of(denied))
}
