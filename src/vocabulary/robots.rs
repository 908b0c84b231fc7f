//! The robots directive `noai`, as in `X-Robots-Tag: noai` and `<meta name="robots">`.
//!
//! `noai` denies training, generative training and inference (DeviantArt's reading: training,
//! and input to a trained model). `noimageai` speaks of images and is read as the same: where
//! it stands somebody denies, whatever parts it from other directives: a comma, white space or a
//! semicolon. Both may be addressed to one robot (`name: noai`), and count
//! for all. There is no directive that allows; all others are ignored. Written where one of
//! the three uses is denied or conditional.

use super::{Reading, Wording};
use crate::consent::{Declaration, Preference, Usage};

/// The uses that `noai` denies.
pub(crate) const USES: [Usage; 3] = [Usage::GenerativeTraining, Usage::Training, Usage::Inference];

/// `noai`, or nothing.
pub(super) fn spell(declaration: &Declaration) -> Option<Wording> {
    let is_restricted = |usage: &Usage| declaration.preference(*usage) >= Preference::Conditional;
    USES.iter().any(is_restricted).then(|| "noai".into())
}

/// What a list of directives denies.
pub(super) fn understand(wording: &Wording) -> Reading {
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | ':' | ';');
    let denies = wording.value.split(is_between).any(|directive| {
        let mut ours = ["noai", "noimageai"].into_iter();
        ours.any(|ours| directive.eq_ignore_ascii_case(ours))
    });
    let uses: &[Usage] = if denies { &USES } else { &[] };
    Reading::all(uses, Preference::Disallowed)
}
