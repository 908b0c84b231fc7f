//! `AI_CONSENT`: the whole statement, in a grammar of our own (docs/SPEC.md section 4).
//!
//! The only dialect that can say everything. What it says of the sound and of the file is
//! the marker's; a reader who has only the text gets the declaration.

use super::{Reading, Wording};
use crate::consent::{Declaration, Usage};
use crate::marker::Marker;

/// The statement, bound to no sound.
pub(super) fn spell(declaration: &Declaration) -> Option<Wording> {
    let marker = Marker::new(declaration.clone());
    declaration
        .check()
        .is_ok()
        .then(|| Wording::alone(marker.to_string()))
}

/// What is declared, whatever the day.
pub(super) fn understand(wording: &Wording) -> Reading {
    match wording.value.parse::<Marker>() {
        Ok(marker) => Reading::of(*marker.declaration().preferences()),
        Err(error) => Reading::unreadable(error.to_string(), &Usage::ALL),
    }
}
