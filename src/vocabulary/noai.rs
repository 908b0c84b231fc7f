//! `NOAI`: what a person or a `grep` understands.
//!
//! | text | meaning |
//! |---|---|
//! | a comma-separated list of our usage names | these uses are denied |
//! | `1`, `true`, `yes` (seen in the wild) | training, generative training and inference are denied: DeviantArt's reading of `noai` |
//! | `0`, `false`, `no` | nothing is said |
//! | anything else | unreadable |

use crate::consent::{Preference, Preferences, Usage};

/// The denied uses as a list, or nothing where none is denied.
pub(crate) fn spell(preferences: &Preferences) -> Option<String> {
    let denied: Vec<&str> = preferences
        .which(Preference::Disallowed)
        .map(Usage::name)
        .collect();
    (!denied.is_empty()).then(|| denied.join(", "))
}

/// What `text` denies; `None` where it cannot be read.
pub(crate) fn understand(text: &str) -> Option<Preferences> {
    let denied: Vec<Usage> = match text.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" => {
            vec![Usage::GenerativeTraining, Usage::Training, Usage::Inference]
        }
        "0" | "false" | "no" => Vec::new(),
        list => list
            .split(',')
            .map(|name| name.trim().parse().ok())
            .collect::<Option<_>>()?,
    };
    Some(Preferences::default().with(&denied, Preference::Disallowed))
}
