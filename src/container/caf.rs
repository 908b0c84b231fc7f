//! Where the sound of a Core Audio Format file is (Apple, "Core Audio Format Specification
//! 1.0"; integers are big-endian). Read, never written.
//!
//! Chunks of a four-character type, a signed 64-bit size and a payload. The packets follow
//! each other in the chunk `data`, behind an edit count of 4 bytes; where they differ in
//! size the packet table `pakt` says how much of it they fill.

use std::ops::Range;

use super::{Layout, Place, Stream, Structure, Xmp};
use crate::carrier::Carrier;
use crate::error::Fault;
use crate::source::Source;

#[derive(Debug)]
pub(crate) struct Caf {
    pub(super) audio: Range<u64>,
    /// What a decoder holds of the packet table, in bytes.
    pub(super) table: u64,
}

/// What the chunk `desc` says.
struct Description {
    stream: Stream,
    /// 0 where packets differ in size.
    packet: u64,
}

pub(super) fn scan(source: &mut Source) -> Result<Layout, Fault> {
    let chunks = chunks(source)?;
    let find = |kind: &[u8; 4]| {
        let chunk = chunks.iter().find(|(found, _)| found == kind);
        chunk.map(|(_, range)| range.clone())
    };
    let description = describe(source, find(b"desc"))?;
    if description.packet > source.limits().packet {
        return Err(Fault::Limit("CAF: a packet is too large", 8));
    }
    let data = find(b"data").ok_or(Fault::Malformed("CAF: no data chunk", 8))?;
    if data.end - data.start < 4 {
        return Err(Fault::Malformed("CAF: data chunk too short", data.start));
    }
    let mut audio = data.start + 4..data.end;
    let (mut priming, mut packets) = (None, 0);
    if let Some(table) = find(b"pakt") {
        if table.end - table.start < 24 {
            return Err(Fault::Malformed("CAF: wrong packet table", table.start));
        }
        packets = source.be64(table.start)?;
        let frames = source.be32(table.start + 16)?;
        priming = Some(u64::from(frames));
        if description.packet == 0 {
            let length = packed_length(source, table.start + 24..table.end, packets)?;
            let end = audio.start.checked_add(length);
            audio.end = end
                .filter(|end| *end <= audio.end)
                .ok_or(Fault::Malformed("CAF: more packets than data", table.start))?;
        }
    } else if description.packet == 0 {
        return Err(Fault::Malformed("CAF: no packet table", data.start));
    }
    let mut information = chunks
        .iter()
        .filter(|(kind, _)| kind == b"info")
        .map(|(_, range)| range.clone());
    Ok(Layout {
        stream: description.stream,
        carrier: Carrier::CafInformation,
        tag: information.next().map(Place::At),
        beside: None,
        others: information
            .map(|range| (Carrier::CafInformation, range))
            .collect(),
        kept: Vec::new(),
        xmp: Xmp::default(),
        id3v1: None,
        priming,
        other_tracks: false,
        read_only: Some(("CAF is read, not written", 0)),
        structure: Structure::Caf(Caf {
            audio,
            table: packets.saturating_mul(HELD),
        }),
    })
}

/// What a decoder holds of each packet in the table, in bytes.
const HELD: u64 = 32;
/// Decoders make room for a packet's frames; of ADPCM they are always 64.
const MOST_FRAMES: u32 = 1 << 16;

/// A chunk's type and where its payload is.
type Chunk = ([u8; 4], Range<u64>);

fn chunks(source: &mut Source) -> Result<Vec<Chunk>, Fault> {
    let mut chunks = Vec::new();
    let mut at = 8;
    while at < source.len() {
        let kind = source.array::<4>(at)?;
        let start = at + 12;
        // Only the last chunk, of sound, may leave its size open.
        let end = match source.be64(at + 4)? {
            u64::MAX if &kind == b"data" => Some(source.len()),
            size => start.checked_add(size),
        };
        at = end
            .filter(|end| *end <= source.len())
            .ok_or(Fault::Malformed("CAF: a chunk is longer than the file", at))?;
        if chunks.len() >= source.limits().parts as usize {
            return Err(Fault::Limit("CAF: too many chunks", at));
        }
        chunks.push((kind, start..at));
    }
    Ok(chunks)
}

fn describe(source: &mut Source, chunk: Option<Range<u64>>) -> Result<Description, Fault> {
    let chunk = chunk.filter(|chunk| chunk.end - chunk.start >= 32);
    let at = chunk
        .ok_or(Fault::Malformed("CAF: no description", 8))?
        .start;
    let rate = f64::from_bits(source.be64(at)?);
    let kind = source.array::<4>(at + 8)?;
    let flags = source.be32(at + 12)?;
    let (is_float, is_little) = (flags & 1 != 0, flags & 2 != 0);
    let bits = source.be32(at + 28)?;
    let codec = match (&kind, bits) {
        (b"lpcm", 8) if !is_float => "pcm_s8".to_owned(),
        (b"lpcm", 16 | 24 | 32 | 64) if is_float == (bits == 64) || bits == 32 => {
            let kind = if is_float { "f" } else { "s" };
            let order = if is_little { "le" } else { "be" };
            format!("pcm_{kind}{bits}{order}")
        }
        (b"alac", _) => "alac".to_owned(),
        (b"aac ", _) => "aac".to_owned(),
        (b"flac", _) => "flac".to_owned(),
        (b"opus", _) => "opus".to_owned(),
        (b".mp3", _) => "mp3".to_owned(),
        (b"ima4", _) => "adpcm_ima_qt".to_owned(),
        (b"ulaw", _) => "pcm_mulaw".to_owned(),
        (b"alaw", _) => "pcm_alaw".to_owned(),
        _ => return Err(Fault::Unsupported("CAF with an unknown codec", at + 8)),
    };
    let frames = source.be32(at + 20)?;
    if frames > MOST_FRAMES || &kind == b"ima4" && frames != 64 {
        return Err(Fault::Malformed("CAF: wrong number of frames", at + 20));
    }
    if !(1.0..=f64::from(u32::MAX)).contains(&rate) {
        return Err(Fault::Malformed("CAF: wrong sampling rate", at));
    }
    let channels = u16::try_from(source.be32(at + 24)?)
        .map_err(|_| Fault::Malformed("CAF: wrong number of channels", at + 24))?;
    Ok(Description {
        stream: Stream {
            codec,
            sample_rate: rate as u32,
            channels,
        },
        packet: u64::from(source.be32(at + 16)?),
    })
}

/// The sum of the packets' sizes: numbers of seven bits a byte, the highest first.
fn packed_length(source: &mut Source, table: Range<u64>, packets: u64) -> Result<u64, Fault> {
    let wrong = Fault::Malformed("CAF: wrong packet table", table.start);
    let at = table.start;
    let (most, mut is_large) = (source.limits().packet, false);
    let (mut length, mut left, mut size) = (0_u64, packets, 0_u64);
    source.each::<Fault>(table, |bytes| {
        for byte in bytes {
            if left == 0 {
                break;
            }
            size = (size & 0xff_ffff) << 7 | u64::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                is_large |= size > most;
                length = length.saturating_add(std::mem::take(&mut size));
                left -= 1;
            }
        }
        Ok(())
    })?;
    if is_large {
        Err(Fault::Limit("CAF: a packet is too large", at))
    } else if left > 0 {
        Err(wrong)
    } else {
        Ok(length)
    }
}
