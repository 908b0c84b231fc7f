//! Which tags stand in the chunks of the WAVE or AIFF file that was packed, where the packed
//! file keeps them for whoever unpacks it?
//!
//! FLAC does in APPLICATION blocks, a chunk in each (`flac --keep-foreign-metadata`), WavPack
//! in what it stores of the file's head. They are read and left alone.

use std::ops::Range;

use super::OtherTag;
use crate::carrier::{Carrier, id3v2};
use crate::error::Fault;
use crate::source::Source;

/// Of a chunk, and of the outer chunk with its kind.
const HEADER: u64 = 8;
const OUTER: u64 = 12;

/// The tags in the head of a WAVE file, which ends where the sound stood. `left` is how many
/// chunks may be looked at.
pub(super) fn in_head(
    source: &mut Source,
    head: Range<u64>,
    left: &mut u32,
) -> Result<Vec<OtherTag>, Fault> {
    let mut found = Vec::new();
    let mut at = head.start + OUTER;
    while at + HEADER <= head.end {
        *left = left
            .checked_sub(1)
            .ok_or(Fault::Limit("too many chunks of the packed file", at))?;
        found.extend(in_chunk(source, at..head.end, false)?);
        let size = u64::from(source.le32(at + 4)?);
        at += HEADER + size + size % 2;
    }
    Ok(found)
}

/// The tag that the chunk at the start of the range is or holds.
pub(super) fn in_chunk(
    source: &mut Source,
    range: Range<u64>,
    big_endian: bool,
) -> Result<Option<OtherTag>, Fault> {
    let start = range.start + HEADER;
    if start > range.end {
        return Ok(None);
    }
    let name = source.array::<4>(range.start)?;
    let size = if big_endian {
        source.be32(range.start + 4)?
    } else {
        source.le32(range.start + 4)?
    };
    let end = range.end.min(start + u64::from(size));
    let held = |carrier, from: u64| Some((carrier, from.min(end)..end));
    Ok(match &name {
        b"LIST" if source.has(start, b"INFO")? => held(Carrier::RiffInfo, start + 4),
        b"(c) " => held(Carrier::AiffText, start),
        b"_PMX" | b"XMP " => held(Carrier::Xmp, start),
        b"APPL" if source.has(start, b"XMP ")? => held(Carrier::Xmp, start + 4),
        name if name.eq_ignore_ascii_case(b"id3 ") => {
            let length = match id3v2::length(source, start) {
                Err(fault) if fault.is_of_the_reader() => return Err(fault),
                // Whoever reads the tag is told what is wrong.
                length => length.ok().flatten(),
            };
            let whole = length.map_or(end, |length| end.min(start + length));
            Some((Carrier::Id3v2, start..whole))
        }
        _ => None,
    })
}
