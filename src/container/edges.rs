//! Where MPEG audio is between the tags at both ends of a file.
//!
//! ISO/IEC 11172-3 and 13818-3 (frames), the Xing, LAME and VBRI conventions (a first
//! frame without sound), ID3v2 before, and ID3v1, APEv2 and appended ID3v2 behind. Tail
//! tags are found first, from the end, so that an MPEG frame inside a cover is never
//! taken for sound.

use std::ops::Range;

use super::{Changes, Layout, OtherTag, Place, Stream, Structure, TagChange};
use crate::carrier::{Carrier, ape, id3v1, id3v2};
use crate::error::Fault;
use crate::source::Source;
use crate::splice::Splice;

/// How far behind the tags the first frame may stand.
const SEARCH: u64 = 64 << 10;
/// How many frames must follow one that stands behind junk.
const CHAIN: usize = 3;

#[derive(Debug)]
pub(crate) struct Mp3 {
    pub(super) audio: Range<u64>,
    /// The first frame, with sound or a table.
    first: u64,
    /// The first ID3v2 tag.
    tag: Option<Range<u64>>,
}

/// `start` is where the ID3v2 tags at the front end.
pub(super) fn scan(source: &mut Source, start: u64) -> Result<Layout, Fault> {
    let mut others = Vec::new();
    let mut heads = Vec::new();
    let mut at = 0;
    while at < start {
        let end = at + id3v2::length(source, at)?.unwrap_or(start - at);
        heads.push((Carrier::Id3v2, at..end));
        at = end;
    }
    let Tail { tags, id3v1, end } = tail(source, start)?;
    let (first, header) = first_frame(source, start)?
        .filter(|(first, _)| *first < end)
        .ok_or(Fault::NotAudio)?;
    let audio = first + header.silent_length(source, first, end)?..end;
    let tag = (!heads.is_empty()).then(|| heads.remove(0).1);
    others.extend(heads);
    others.extend(tags);
    Ok(Layout {
        stream: Stream {
            codec: "mp3".to_owned(),
            sample_rate: header.sample_rate,
            channels: header.channels,
        },
        carrier: Carrier::Id3v2,
        tag: tag.clone().map(Place::At),
        beside: None,
        others,
        id3v1,
        manifest: None,
        priming: None,
        other_tracks: false,
        read_only: None,
        structure: Structure::Mp3(Mp3 { audio, first, tag }),
    })
}

impl Mp3 {
    /// With the table in the first frame, which says what to leave out.
    pub(super) fn audible(&self) -> Range<u64> {
        self.first..self.audio.end
    }

    pub(super) fn changes(&self, tag: TagChange) -> Changes {
        Changes::plain(match tag {
            TagChange::Keep => Vec::new(),
            TagChange::Edit { splices, .. } => splices,
            TagChange::Create(bytes) => vec![Splice::insert(0, bytes)],
            TagChange::Remove => self.tag.clone().map(Splice::remove).into_iter().collect(),
        })
    }
}

/// The tags at the end of a file.
pub(super) struct Tail {
    /// Those that can hold fields.
    pub(super) tags: Vec<OtherTag>,
    id3v1: Option<u64>,
    /// Where the first of any kind starts.
    pub(super) end: u64,
}

/// The tags behind `start`, looked for from the end of the file.
pub(super) fn tail(source: &mut Source, start: u64) -> Result<Tail, Fault> {
    let mut end = source.len();
    let mut tags = Vec::new();
    let mut id3v1 = None;
    loop {
        let before = |length: u64| end.checked_sub(length).filter(|at| *at >= start);
        // First the tag whose end is marked: its items may hold what looks like ID3v1.
        if let Some(range) = ape::ends_at(source, end)? {
            if range.start < start {
                return Err(Fault::Malformed(
                    "APEv2: the tag is longer than the file",
                    end - 20,
                ));
            }
            end = range.start;
            tags.push((Carrier::Ape, range));
            continue;
        }
        if let Some(at) = before(id3v1::LENGTH)
            && source.has(at, b"TAG")?
        {
            id3v1.get_or_insert(at);
            let extended = at.checked_sub(227).filter(|at| *at >= start);
            end = match extended {
                Some(extended) if source.has(extended, b"TAG+")? => extended,
                _ => at,
            };
            continue;
        }
        if let Some(at) = before(9)
            && (source.has(at, b"LYRICS200")? || source.has(at, b"LYRICSEND")?)
        {
            return Err(Fault::Unsupported("Lyrics3 tag", at));
        }
        if let Some(range) = appended_id3v2(source, end, start)? {
            end = range.start;
            tags.push((Carrier::Id3v2, range));
            continue;
        }
        return Ok(Tail { tags, id3v1, end });
    }
}

/// The ID3v2.4 tag whose footer (section 3.4) ends at `end`.
fn appended_id3v2(source: &mut Source, end: u64, start: u64) -> Result<Option<Range<u64>>, Fault> {
    let Some(footer) = end.checked_sub(10) else {
        return Ok(None);
    };
    if !source.has(footer, b"3DI")? {
        return Ok(None);
    }
    let size = source.array::<4>(footer + 6)?;
    let size = size
        .iter()
        .fold(0, |size, byte| size << 7 | u64::from(byte & 0x7f));
    match footer.checked_sub(size + 10).filter(|at| *at >= start) {
        Some(at) if id3v2::length(source, at)? == Some(end - at) => Ok(Some(at..end)),
        _ => Err(Fault::Malformed(
            "ID3v2: a footer without its header",
            footer,
        )),
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
    for _ in 0..count {
        if at == source.len() || source.has(at, b"TAG")? || source.has(at, b"APETAGEX")? {
            return Ok(true);
        }
        match FrameHeader::read(source, at)? {
            Some(next)
                if next.version == first.version && next.sample_rate == first.sample_rate =>
            {
                at += next.length;
            }
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Two frames in a row of MPEG audio, of whatever layer but III.
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
