//! Was a RIFF written as a stream, so that nobody filled in its sizes?

use std::ops::RangeInclusive;

use super::sizes::Sizes;
use super::{Chunk, LARGEST};
use crate::error::Fault;
use crate::source::Source;

/// What a program wrote that could not go back to fill in the sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) outer: u32,
    /// In place of the length of the sound, which goes on to the end of the file.
    pub(super) data: Option<u32>,
}

/// What programs write for the length of sound that they hand on as it comes: ffmpeg, sox
/// (a multiple of the sample frame), arecord, LAME and others.
const PLACEHOLDERS: [RangeInclusive<u64>; 5] = [
    LARGEST..=LARGEST,
    0x7fff_efe0..=0x7fff_f000,
    0x7fff_ff00..=0x7fff_ff00,
    0x7fff_ffff..=0x7fff_ffff,
    0x8000_0000..=0x8000_0000,
];

/// Whether nothing was ever written for the size of the outer chunk.
pub(super) fn is_blank(outer: u64) -> bool {
    outer == 0 || outer == LARGEST
}

/// What stands in place of the sizes where the sound of the first `data` chunk goes on to
/// the end of the file, whatever it says.
pub(super) fn open_sound(
    source: &mut Source,
    data: &Chunk,
    outer: u64,
) -> Result<Option<Open>, Fault> {
    let (start, size, length) = (data.payload.start, data.len(), source.len());
    let is_placeholder = if size == 0 {
        // No sound, unless what follows is neither nothing nor chunks.
        !are_chunks(source, start)?
    } else {
        data.payload.end > length && PLACEHOLDERS.iter().any(|range| range.contains(&size))
    };
    // The outer size is as open, was made from the same placeholder, or is true.
    let is_alike = (size..=size + start).contains(&outer);
    let is_true = (length..=length + length % 2).contains(&(outer + 8));
    let is_open = is_placeholder && (is_blank(outer) || is_alike || is_true);
    Ok(is_open.then_some(Open {
        outer: outer as u32,
        data: Some(size as u32),
    }))
}

/// Whether chunks fill the file from `at` on.
fn are_chunks(source: &mut Source, mut at: u64) -> Result<bool, Fault> {
    let end = source.len();
    let mut sizes = Sizes::narrow_riff();
    for _ in 0..source.limits().parts {
        if at >= end {
            break;
        }
        match Chunk::read(source, &mut sizes, at, end) {
            Ok(chunk) if chunk.payload.end <= end => at = chunk.end,
            Ok(_) | Err(Fault::Malformed(..)) => return Ok(false),
            Err(fault) => return Err(fault),
        }
    }
    Ok(true)
}
