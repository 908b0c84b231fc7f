//! Where MPEG audio is between the tags at both ends of a file (ISO/IEC 11172-3 and
//! 13818-3; the Xing, LAME and VBRI conventions: a first frame without sound).

use std::ops::Range;

use super::edges::{Edge, Edges};
use super::{Layout, Stream, Structure, Xmp};
use crate::carrier::Carrier;
use crate::error::Fault;
use crate::source::Source;

/// How far behind the tags the first frame may stand.
const SEARCH: u64 = 64 << 10;
/// How many frames must follow one that stands behind junk.
const CHAIN: usize = 3;

#[derive(Debug)]
pub(crate) struct Mp3 {
    pub(super) audio: Range<u64>,
    /// The first frame, with sound or a table.
    first: u64,
    pub(super) edge: Edge,
}

/// `start` is where the tags at the front end.
pub(super) fn scan(source: &mut Source, start: u64) -> Result<Layout, Fault> {
    let edges = Edges::find(source, start)?;
    let end = edges.end();
    let (first, header) = first_frame(source, start)?
        .filter(|(first, _)| *first < end)
        .ok_or(Fault::NotAudio)?;
    let audio = first + header.silent_length(source, first, end)?..end;
    let stream = Stream {
        codec: "mp3".to_owned(),
        sample_rate: header.sample_rate,
        channels: header.channels,
    };
    let layout = edges.layout(Carrier::Id3v2, stream, |edge| {
        Structure::Mp3(Mp3 { audio, first, edge })
    });
    Ok(Layout {
        xmp: Xmp {
            in_tag: true,
            own: None,
        },
        ..layout
    })
}

impl Mp3 {
    /// With the table in the first frame, which says what to leave out.
    pub(super) fn audible(&self) -> Range<u64> {
        self.first..self.audio.end
    }
}

/// What a frame's four header bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameHeader {
    version: u8,
    length: u64,
    sample_rate: u32,
    channels: u16,
}

/// The first frame at `start` or behind junk, where others follow it.
pub(super) fn first_frame(
    source: &mut Source,
    start: u64,
) -> Result<Option<(u64, FrameHeader)>, Fault> {
    for at in start..source.len().min(start + SEARCH) {
        if source.byte(at)? != 0xff {
            continue;
        }
        if let Some(header) = FrameHeader::read(source, at)? {
            let needed = if at == start { 1 } else { CHAIN };
            if chains(source, at + header.length, header, needed)? {
                return Ok(Some((at, header)));
            }
        } else if at == start && is_other_layer(source, at)? {
            return Err(Fault::Unsupported("MPEG audio of layer I or II", at));
        }
    }
    Ok(None)
}

/// Whether `count` frames like `first` follow at `at`, or fewer that end where the sound does.
fn chains(
    source: &mut Source,
    mut at: u64,
    first: FrameHeader,
    count: usize,
) -> Result<bool, Fault> {
    const BEHIND: [&[u8]; 3] = [b"TAG", b"APETAGEX", b"LYRICSBEGIN"];
    for _ in 0..count {
        if at == source.len() {
            return Ok(true);
        }
        for tag in BEHIND {
            if source.has(at, tag)? {
                return Ok(true);
            }
        }
        match FrameHeader::read(source, at)? {
            // No two versions have a rate in common.
            Some(next) if next.sample_rate == first.sample_rate => at += next.length,
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Whether a frame of layer I or II may begin at `at`.
fn is_other_layer(source: &mut Source, at: u64) -> Result<bool, Fault> {
    if source.len() - at < 4 {
        return Ok(false);
    }
    let [sync, second, third, _] = source.array::<4>(at)?;
    let layer = second >> 1 & 3;
    Ok(sync == 0xff
        && second & 0xe0 == 0xe0
        && matches!(layer, 2 | 3)
        && third >> 4 != 0xf
        && third >> 4 != 0
        && third >> 2 & 3 != 3)
}

/// How long the frame at the start of `packet` is where it holds a table instead of sound:
/// some programs keep it as the first packet.
pub(super) fn silent_packet(source: &mut Source, packet: &Range<u64>) -> Result<u64, Fault> {
    match FrameHeader::read(source, packet.start)? {
        Some(header) => header.silent_length(source, packet.start, packet.end),
        None => Ok(0),
    }
}

impl FrameHeader {
    /// The layer III header at `at`; `None` where there is none, or of free bit rate.
    fn read(source: &mut Source, at: u64) -> Result<Option<FrameHeader>, Fault> {
        /// Kilobits per second by index, for MPEG-1 and for the lower sampling rates.
        const RATES: [[u64; 14]; 2] = [
            [
                32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
            ],
            [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        ];
        const SAMPLE_RATES: [u32; 3] = [44_100, 48_000, 32_000];
        if source.len().saturating_sub(at) < 4 {
            return Ok(None);
        }
        let [sync, second, third, fourth] = source.array::<4>(at)?;
        let version = second >> 3 & 3;
        if sync != 0xff || second & 0xe6 != 0xe2 || version == 1 {
            return Ok(None);
        }
        let (table, slots, divisor) = match version {
            3 => (RATES.first(), 144_000, 1),
            2 => (RATES.last(), 72_000, 2),
            _ => (RATES.last(), 72_000, 4),
        };
        let index = usize::from(third >> 4);
        let rate = table.and_then(|rates| rates.get(index.wrapping_sub(1)));
        let sample_rate = SAMPLE_RATES.get(usize::from(third >> 2 & 3));
        let (Some(rate), Some(sample_rate)) = (rate, sample_rate) else {
            return Ok(None);
        };
        let sample_rate = sample_rate / divisor;
        Ok(Some(FrameHeader {
            version,
            length: slots * rate / u64::from(sample_rate) + u64::from(third >> 1 & 1),
            sample_rate,
            channels: if fourth >> 6 == 3 { 1 } else { 2 },
        }))
    }

    /// The length of the frame at `at` if it holds a table (Xing, Info, VBRI) instead of
    /// sound, else 0.
    fn silent_length(self, source: &mut Source, at: u64, end: u64) -> Result<u64, Fault> {
        let side_information = match (self.version, self.channels) {
            (3, 1) | (2 | 0, 2) => 17,
            (3, _) => 32,
            _ => 9,
        };
        let xing = at + 4 + side_information;
        let silent = source.has(xing, b"Xing")?
            || source.has(xing, b"Info")?
            || source.has(at + 36, b"VBRI")?;
        Ok(if silent { self.length.min(end - at) } else { 0 })
    }
}
