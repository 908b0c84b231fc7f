//! Freesound's `gen_ai_preference` and `opt_out_speech`. Read only.
//!
//! | value | meaning |
//! |---|---|
//! | `no-gen-ai` | generative training is denied |
//! | `open-source-models`, `noncommercial-open-source-models` | generative training is conditional |
//! | `opt_out_speech` | replication is denied |
//! | `no-additional-preferences` | nothing is said |
//! | anything else | unreadable |

use super::{Reading, Wording};
use crate::consent::{Preference, Usage};

/// What the preference says.
pub(super) fn understand(wording: &Wording) -> Reading {
    let training = [Usage::GenerativeTraining];
    match wording.value.trim() {
        "no-gen-ai" => Reading::all(&training, Preference::Disallowed),
        "open-source-models" | "noncommercial-open-source-models" => {
            Reading::all(&training, Preference::Conditional)
        }
        "opt_out_speech" => Reading::all(&[Usage::Replication], Preference::Disallowed),
        "no-additional-preferences" => Reading::default(),
        _ => Reading::unreadable(
            "not in its vocabulary",
            &[Usage::GenerativeTraining, Usage::Replication],
        ),
    }
}
