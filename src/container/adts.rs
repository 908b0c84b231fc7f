//! Where AAC is in an Audio Data Transport Stream (ISO/IEC 13818-7 section 6.2), between
//! the tags at both ends of a file.
//!
//! A frame is a header of 7 bytes, or 9 with a checksum, and its raw data blocks.

use std::ops::Range;

use super::edges::{Edge, Edges};
use super::{Layout, Stream, Structure, Visit};
use crate::carrier::Carrier;
use crate::error::Fault;
use crate::source::Source;

/// In samples per second, by index.
const SAMPLE_RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

/// Sampling rate and, where it is stated, channels of an AudioSpecificConfig (ISO/IEC
/// 14496-3 section 1.6.2.1): the core's, as ADTS states them, whatever spectral band
/// replication and parametric stereo make of it. `None` where it uses an escape.
pub(super) fn core([a, b]: [u8; 2]) -> Option<(u32, Option<u16>)> {
    // Five bits of object type, four of rate, four of channels.
    let rate = SAMPLE_RATES.get(usize::from((a & 7) << 1 | b >> 7));
    let channels = match b >> 3 & 0xf {
        0 => None,
        7 => Some(8),
        channels => Some(u16::from(channels)),
    };
    rate.filter(|_| a >> 3 != 31).map(|rate| (*rate, channels))
}

#[derive(Debug)]
pub(crate) struct Adts {
    pub(super) frames: Range<u64>,
    kind: (u32, u16),
    pub(super) edge: Edge,
}

struct Header {
    sample_rate: u32,
    channels: u16,
    /// Of the header, and of the frame with it.
    length: u64,
    frame: u64,
    blocks: u8,
}

impl Header {
    fn read(source: &mut Source, at: u64) -> Result<Option<Header>, Fault> {
        if source.len().saturating_sub(at) < 7 {
            return Ok(None);
        }
        let [sync, second, third, fourth, fifth, sixth, last] = source.array::<7>(at)?;
        let rate = SAMPLE_RATES.get(usize::from(third >> 2 & 15));
        let length = if second & 1 == 1 { 7 } else { 9 };
        let frame = u64::from(fourth & 3) << 11 | u64::from(fifth) << 3 | u64::from(sixth) >> 5;
        let (0xff, 0xf0, Some(rate)) = (sync, second & 0xf6, rate) else {
            return Ok(None);
        };
        let channels = match (third & 1) << 2 | fourth >> 6 {
            7 => 8,
            channels => u16::from(channels),
        };
        Ok((frame >= length).then_some(Header {
            sample_rate: *rate,
            channels,
            length,
            frame,
            blocks: last & 3,
        }))
    }
}

/// Whether two frames stand at `at`.
pub(super) fn is_adts(source: &mut Source, at: u64) -> Result<bool, Fault> {
    Ok(match Header::read(source, at)? {
        Some(header) => Header::read(source, at + header.frame)?.is_some(),
        None => false,
    })
}

/// `start` is where the tags at the front end.
pub(super) fn scan(source: &mut Source, start: u64) -> Result<Layout, Fault> {
    let edges = Edges::find(source, start)?;
    let first = Header::read(source, start)?.ok_or(Fault::NotAudio)?;
    if first.channels == 0 {
        let what = "ADTS AAC whose channels stand in the sound";
        return Err(Fault::Unsupported(what, start));
    }
    let frames = start..edges.end();
    let kind = (first.sample_rate, first.channels);
    let stream = Stream {
        codec: "aac".to_owned(),
        sample_rate: first.sample_rate,
        channels: first.channels,
    };
    Ok(edges.layout(Carrier::Id3v2, stream, |edge| {
        Structure::Adts(Adts { frames, kind, edge })
    }))
}

impl Adts {
    /// The raw data blocks of every frame; a cut last one is included.
    pub(super) fn essence(&self, source: &mut Source, visit: &mut Visit<'_>) -> Result<(), Fault> {
        source.widen();
        let Range { start: mut at, end } = self.frames;
        while at < end {
            let header = Header::read(source, at)?
                .filter(|header| at + header.length <= end)
                .ok_or(Fault::Malformed("ADTS: no frame where one should be", at))?;
            // Each of several protected blocks has a checksum behind it, and their places
            // stand behind the header.
            if header.blocks > 0 && header.length > 7 {
                let what = "ADTS AAC with several protected blocks in a frame";
                return Err(Fault::Unsupported(what, at));
            }
            if (header.sample_rate, header.channels) != self.kind {
                let what = "ADTS AAC whose sampling rate or channels change";
                return Err(Fault::Unsupported(what, at));
            }
            let next = (at + header.frame).min(end);
            visit(source, at + header.length..next)?;
            at = next;
        }
        Ok(())
    }
}
