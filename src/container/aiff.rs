//! Where the chunks of an AIFF file are (Apple, "Audio Interchange File Format 1.3", 1989;
//! of AIFC, "AIFF-C 9.26.91" draft, which names the form of the samples; integers are
//! big-endian).
//!
//! The tag is the chunk `ID3 ` (or `id3 `), new at the end of the file; the copyright
//! chunk `(c) ` is edited too where there is one. An XMP packet is a chunk `APPL` with the
//! signature `XMP `, new behind the tag, and stands in the tag, too: some readers know the
//! one place alone, some the other. Chunks of every other name stay.

use super::chunks::{Chunk, Chunks};
use super::{Layout, OwnXmp, Stream, Structure, Xmp, riff};
use crate::carrier::Carrier;
use crate::error::Fault;
use crate::source::Source;

/// Of the chunks `APPL` that hold an XMP packet.
const SIGNATURE: &[u8] = b"XMP ";

pub(super) fn scan(source: &mut Source) -> Result<Layout, Fault> {
    let mut chunks = Chunks::walk(source, true)?;
    let (_, common) = chunks
        .find(b"COMM")
        .ok_or(Fault::Malformed("AIFF: no COMM chunk", 12))?;
    let stream = stream(source, &common)?;
    chunks.audio = match chunks.find(b"SSND") {
        Some((_, sound)) => {
            let offset = if sound.len() < 8 {
                None
            } else {
                let offset = u64::from(source.be32(sound.payload.start)?);
                Some(sound.payload.start + 8 + offset)
            };
            let start =
                offset
                    .filter(|start| *start <= sound.payload.end)
                    .ok_or(Fault::Malformed(
                        "AIFF: wrong SSND chunk",
                        sound.payload.start,
                    ))?;
            start..sound.payload.end
        }
        // Section "Sound Data Chunk": required unless there are no sample frames.
        None if source.be32(common.payload.start + 2)? == 0 => common.end..common.end,
        None => return Err(Fault::Malformed("AIFF: no SSND chunk", 12)),
    };
    let mut tags = Vec::new();
    let mut notices = Vec::new();
    let mut packets = Vec::new();
    for (index, chunk) in chunks.iter() {
        if chunk.name.eq_ignore_ascii_case(b"ID3 ") {
            tags.push(index);
        } else if &chunk.name == b"(c) " {
            notices.push((index, chunk.payload.clone()));
        } else if &chunk.name == b"APPL" && chunk.starts_with(source, SIGNATURE)? {
            let behind = chunk.payload.start + SIGNATURE.len() as u64;
            packets.push((index, behind..chunk.payload.end));
        }
    }
    if tags.len() > 1 {
        return Err(Fault::Unsupported("AIFF: two ID3v2 tags", 12));
    }
    chunks.tag = tags.first().copied();
    chunks.beside = notices.first().map(|(index, _)| *index);
    chunks.tag_name = *b"ID3 ";
    chunks.xmp = packets.first().map(|(index, _)| *index);
    chunks.xmp_name = *b"APPL";
    chunks.xmp_signature = SIGNATURE;
    let mut notices = notices
        .into_iter()
        .map(|(_, text)| (Carrier::AiffText, text));
    let beside = notices.next();
    let others = notices.collect();
    let packets = packets.into_iter().map(|(_, packet)| packet);
    Ok(Layout {
        stream,
        carrier: Carrier::Id3v2,
        tag: riff::id3_place(source, &chunks)?,
        beside,
        others,
        kept: Vec::new(),
        xmp: Xmp {
            in_tag: true,
            own: Some(OwnXmp::of(packets, Vec::new())),
        },
        id3v1: None,
        priming: None,
        other_tracks: false,
        read_only: None,
        structure: Structure::Aiff(chunks),
    })
}

fn stream(source: &mut Source, common: &Chunk) -> Result<Stream, Fault> {
    let at = common.payload.start;
    let compressed = source.has(8, b"AIFC")?;
    if common.len() < if compressed { 22 } else { 18 } {
        return Err(Fault::Malformed("AIFF: COMM chunk too short", at));
    }
    let bits = source.be16(at + 6)?;
    if !compressed && !(1..=32).contains(&bits) {
        return Err(Fault::Malformed("AIFF: wrong sample size", at + 6));
    }
    let kind = if compressed {
        source.array(at + 18)?
    } else {
        *b"NONE"
    };
    let codec = codec(&kind, bits).ok_or(Fault::Unsupported("AIFC with another codec", at))?;
    Ok(Stream {
        codec: codec.to_owned(),
        sample_rate: extended(source.array(at + 8)?)
            .ok_or(Fault::Malformed("AIFF: wrong sampling rate", at + 8))?,
        channels: source.be16(at)?,
    })
}

/// ffmpeg's name of the codec of a compression type, for samples of so many bits.
fn codec(kind: &[u8; 4], bits: u16) -> Option<&'static str> {
    Some(match (kind, bits.div_ceil(8)) {
        (b"NONE" | b"twos" | b"sowt", 1) => "pcm_s8",
        (b"NONE" | b"twos", 2) => "pcm_s16be",
        (b"NONE" | b"twos", 3) | (b"in24", _) => "pcm_s24be",
        (b"NONE" | b"twos", 4) | (b"in32", _) => "pcm_s32be",
        (b"sowt", 2) => "pcm_s16le",
        (b"sowt", 3) | (b"42ni", _) => "pcm_s24le",
        (b"sowt", 4) | (b"23ni", _) => "pcm_s32le",
        (b"raw ", 1) => "pcm_u8",
        (b"fl32" | b"FL32", _) => "pcm_f32be",
        (b"fl64" | b"FL64", _) => "pcm_f64be",
        (b"alaw" | b"ALAW", _) => "pcm_alaw",
        (b"ulaw" | b"ULAW", _) => "pcm_mulaw",
        (b"ima4", _) => "adpcm_ima_qt",
        _ => return None,
    })
}

/// The whole part of an 80-bit extended number (IEEE 754, sign, 15 bits of exponent, 64
/// bits of mantissa), where it is one that a sampling rate can have.
fn extended(bytes: [u8; 10]) -> Option<u32> {
    let [high, low, mantissa @ ..] = bytes;
    let exponent = u16::from_be_bytes([high, low]);
    let shift = 16_383_u16.checked_add(63)?.checked_sub(exponent)?;
    let number = u64::from_be_bytes(mantissa).checked_shr(u32::from(shift))?;
    u32::try_from(number).ok().filter(|rate| *rate > 0)
}
