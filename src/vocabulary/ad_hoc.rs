//! Fields that somebody made up, as `NAME=VALUE`. Read only.
//!
//! `AI_TRAINING_OPT_OUT` and `NO_AI_TRAINING` deny training and generative training, whatever
//! their value but `0`, `false` and `no`, which say nothing: that somebody does not opt out is
//! no permission. Any other name says nothing. (`NOAI=1` is read by the vocabulary of `NOAI`.)

use super::{Reading, Wording};
use crate::consent::{Preference, Usage};

/// The names, in the form that every tag has them.
pub(crate) const NAMES: [&str; 2] = ["AI_TRAINING_OPT_OUT", "NO_AI_TRAINING"];

/// What the field says.
pub(super) fn understand(wording: &Wording) -> Reading {
    let (name, value) = wording
        .value
        .split_once('=')
        .unwrap_or((&wording.value, ""));
    let is_known = NAMES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name.trim()));
    let value = value.trim();
    let is_off = ["0", "false", "no"]
        .iter()
        .any(|off| value.eq_ignore_ascii_case(off));
    let uses: &[Usage] = if is_known && !is_off {
        &[Usage::Training, Usage::GenerativeTraining]
    } else {
        &[]
    };
    Reading::all(uses, Preference::Disallowed)
}
