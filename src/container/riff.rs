//! Where the chunks of a WAVE file are (Microsoft and IBM 1991; WAVEFORMATEXTENSIBLE;
//! integers are little-endian).
//!
//! The tag is the chunk `id3 ` (or `ID3 `), new at the end of the file; a `LIST` of type
//! `INFO` is edited too where there is one. An XMP packet is the chunk `_PMX`, new behind the
//! tag; `XMP `, as some programs name it, is read. Chunks of every other name stay.

use super::chunks::{Chunk, Chunks};
use super::{Layout, OwnXmp, Place, Stream, Structure, Xmp, mpeg};
use crate::carrier::{Carrier, id3v2};
use crate::error::Fault;
use crate::source::Source;

pub(super) fn scan(source: &mut Source) -> Result<Layout, Fault> {
    let mut chunks = Chunks::walk(source, false)?;
    let (_, format) = chunks
        .find(b"fmt ")
        .ok_or(Fault::Malformed("WAV: no fmt chunk", 12))?;
    let stream = stream(source, &format)?;
    let (_, data) = chunks
        .find(b"data")
        .ok_or(Fault::Malformed("WAV: no data chunk", 12))?;
    let (is_empty, data_start) = (data.payload.is_empty(), data.payload.start);
    chunks.audio = data.payload;
    if stream.codec == "mp3" && !chunks.audio.is_empty() {
        chunks.audio.start += mpeg::silent_packet(source, &chunks.audio)?;
    }
    let mut infos = Vec::new();
    let mut tags = Vec::new();
    let (mut packets, mut misnamed) = (Vec::new(), Vec::new());
    for (index, chunk) in chunks.iter() {
        if chunk.name.eq_ignore_ascii_case(b"id3 ") {
            tags.push(index);
        } else if &chunk.name == b"LIST" && source.has(chunk.payload.start, b"INFO")? {
            infos.push((index, chunk.payload.start + 4..chunk.payload.end));
        } else if &chunk.name == b"_PMX" {
            packets.push((index, chunk.payload.clone()));
        } else if &chunk.name == b"XMP " {
            misnamed.push(chunk.payload.clone());
        }
    }
    if tags.len() > 1 {
        return Err(Fault::Unsupported("WAV: two ID3v2 tags", 12));
    }
    chunks.tag = tags.first().copied();
    chunks.beside = infos.first().map(|(index, _)| *index);
    chunks.tag_name = *b"id3 ";
    chunks.xmp = packets.first().map(|(index, _)| *index);
    chunks.xmp_name = *b"_PMX";
    let mut infos = infos
        .into_iter()
        .map(|(_, items)| (Carrier::RiffInfo, items));
    let beside = infos.next();
    let others = infos.collect();
    let packets = packets.into_iter().map(|(_, packet)| packet);
    let own = OwnXmp::of(packets, misnamed);
    // Behind sound without a length nothing comes but together with the tag.
    let has_place = own.all().next().is_some() || chunks.tag.is_none() || !chunks.is_open();
    Ok(Layout {
        stream,
        carrier: Carrier::Id3v2,
        tag: id3_place(source, &chunks)?,
        beside,
        others,
        kept: Vec::new(),
        xmp: Xmp {
            in_tag: false,
            own: has_place.then_some(own),
        },
        id3v1: None,
        priming: None,
        other_tracks: false,
        // A size of 0 means "to the end" to many a reader, ffmpeg among them.
        read_only: is_empty.then_some((
            "WAV without sound, behind which a tag would be taken for it",
            data_start,
        )),
        structure: Structure::Wav(chunks),
    })
}

/// The ID3v2 tag inside its chunk, which may be longer.
pub(super) fn id3_place(source: &mut Source, chunks: &Chunks) -> Result<Option<Place>, Fault> {
    let Some((_, chunk)) = chunks.tag.and_then(|index| chunks.iter().nth(index)) else {
        return Ok(None);
    };
    let start = chunk.payload.start;
    let length = id3v2::length(source, start)?
        .filter(|length| start + length <= chunk.payload.end)
        .ok_or(Fault::Malformed("the id3 chunk holds no ID3v2 tag", start))?;
    Ok(Some(Place::At(start..start + length)))
}

fn stream(source: &mut Source, format: &Chunk) -> Result<Stream, Fault> {
    let at = format.payload.start;
    if format.len() < 16 {
        return Err(Fault::Malformed("WAV: fmt chunk too short", at));
    }
    let bits = source.le16(at + 14)?;
    let tag = match source.le16(at)? {
        0xfffe if format.len() >= 40 => source.le16(at + 24)?,
        tag => tag,
    };
    let codec = match (tag, bits) {
        (1, 8) => "pcm_u8",
        (1, 16) => "pcm_s16le",
        (1, 24) => "pcm_s24le",
        (1, 32) => "pcm_s32le",
        (3, 32) => "pcm_f32le",
        (3, 64) => "pcm_f64le",
        (6, 8) => "pcm_alaw",
        (7, 8) => "pcm_mulaw",
        (0x02, 4) => "adpcm_ms",
        (0x11, 4) => "adpcm_ima_wav",
        (0x55, _) => "mp3",
        _ => return Err(Fault::Unsupported("WAV with another codec", at)),
    };
    Ok(Stream {
        codec: codec.to_owned(),
        sample_rate: source.le32(at + 4)?,
        channels: source.le16(at + 2)?,
    })
}
