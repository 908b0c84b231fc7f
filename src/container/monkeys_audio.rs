//! Where the frames of a Monkey's Audio file are (the structures APE_DESCRIPTOR and
//! APE_HEADER of Monkey's Audio 3.98 and later, APE_HEADER_OLD before; integers are
//! little-endian), before the tags at the end.
//!
//! In this order: headers, seek table, what stood before the samples in the file that was
//! packed, frames, what stood behind them.

use std::ops::Range;

use super::edges::{Edge, Edges};
use super::{Layout, Stream, Structure};
use crate::carrier::Carrier;
use crate::error::Fault;
use crate::source::Source;

/// Flags of a header before 3.98.
const HAS_PEAK: u16 = 1 << 2;
const HAS_SEEK_COUNT: u16 = 1 << 4;
const CREATES_HEADER: u16 = 1 << 5;

#[derive(Debug)]
pub(crate) struct MonkeysAudio {
    pub(super) frames: Range<u64>,
    pub(super) edge: Edge,
}

/// `start` is where the tags at the front end.
pub(super) fn scan(source: &mut Source, start: u64) -> Result<Layout, Fault> {
    let edges = Edges::find(source, start)?;
    let (frames, sample_rate, channels) = match source.le16(start + 4)? {
        3_980..=3_990 => described(source, start, edges.end())?,
        version @ 3_800..=3_979 => old(source, start, edges.end(), version)?,
        _ => {
            let what = "Monkey's Audio of another version";
            return Err(Fault::Unsupported(what, start + 4));
        }
    };
    let stream = Stream {
        codec: "ape".to_owned(),
        sample_rate,
        channels,
    };
    Ok(edges.layout(Carrier::Ape, stream, |edge| {
        Structure::MonkeysAudio(MonkeysAudio { frames, edge })
    }))
}

/// Frames, sampling rate and channels by a descriptor, which counts every byte.
fn described(source: &mut Source, start: u64, end: u64) -> Result<(Range<u64>, u32, u16), Fault> {
    let mut size = |at: u64| source.le32(start + at).map(u64::from);
    let (descriptor, header) = (size(8)?, size(12)?);
    let (seek_table, before) = (size(16)?, size(20)?);
    let (low, high, behind) = (size(24)?, size(28)?, size(32)?);
    let frames = start + descriptor + header + seek_table + before;
    let length = high << 32 | low;
    let whole = frames
        .checked_add(length)
        .and_then(|at| at.checked_add(behind));
    if descriptor < 52 || header < 24 || whole != Some(end) {
        let what = "Monkey's Audio: the sizes are not those of the file";
        return Err(Fault::Malformed(what, start + 8));
    }
    let header = start + descriptor;
    let (sample_rate, channels) = (source.le32(header + 20)?, source.le16(header + 18)?);
    Ok((frames..frames + length, sample_rate, channels))
}

/// The same by a header of 32 bytes, which leaves the length of the frames open.
fn old(
    source: &mut Source,
    start: u64,
    end: u64,
    version: u16,
) -> Result<(Range<u64>, u32, u16), Fault> {
    let flags = source.le16(start + 8)?;
    let (channels, sample_rate) = (source.le16(start + 10)?, source.le32(start + 12)?);
    let (before, behind) = (source.le32(start + 16)?, source.le32(start + 20)?);
    let count = source.le32(start + 24)?;
    let mut at = start + 32;
    if flags & HAS_PEAK != 0 {
        at += 4;
    }
    let mut seek_count = count;
    if flags & HAS_SEEK_COUNT != 0 {
        seek_count = source.le32(at)?;
        at += 4;
    }
    if flags & CREATES_HEADER == 0 {
        at += u64::from(before);
    }
    at += 4 * u64::from(seek_count);
    if version < 3_810 {
        // A byte for each frame: its first bit in the first word.
        at += u64::from(count);
    }
    let frames = at..end.saturating_sub(u64::from(behind));
    if frames.is_empty() {
        let what = "Monkey's Audio: the sizes are not those of the file";
        return Err(Fault::Malformed(what, start + 16));
    }
    Ok((frames, sample_rate, channels))
}
