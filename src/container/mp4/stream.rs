//! What codec, rate and channels a sample description states.

use std::ops::Range;

use super::super::{Stream, adts, flac};
use super::atoms::{Atom, children, find};
use crate::error::Fault;
use crate::source::Source;

/// Reads the first entry of the `stsd` whose payload is `description`.
pub(super) fn describe(source: &mut Source, description: Range<u64>) -> Result<Stream, Fault> {
    let wrong = Fault::Malformed("MP4: wrong sample description", description.start);
    if description.end - description.start < 8 {
        return Err(wrong);
    }
    let entries = children(source, description.start + 8..description.end)?;
    let entry = entries.first().ok_or(wrong)?;
    let body = entry.payload();
    if body.end - body.start < 28 {
        return Err(Fault::Malformed(
            "MP4: wrong sample description",
            body.start,
        ));
    }
    let stated = Stream {
        codec: String::new(),
        sample_rate: source.be32(body.start + 24)? >> 16,
        channels: source.be16(body.start + 16)?,
    };
    // QuickTime's versions 1 and 2 put more before the child atoms.
    let fixed = match source.be16(body.start + 8)? {
        0 => 28,
        1 => 44,
        _ => 64,
    };
    let inside = children(source, (body.start + fixed).min(body.end)..body.end).unwrap_or_default();
    let named = |codec: &str| Stream {
        codec: codec.to_owned(),
        ..stated.clone()
    };
    match &entry.kind {
        b"mp4a" => mpeg4(source, &inside, &stated),
        b"alac" => alac(source, &inside, &stated),
        b"fLaC" => match find(&inside, b"dfLa") {
            Some(atom) => {
                let (sample_rate, channels) = flac::stream_info(source, atom.payload().start + 8)?;
                Ok(Stream {
                    sample_rate,
                    channels,
                    ..named("flac")
                })
            }
            None => Ok(named("flac")),
        },
        b"Opus" => Ok(Stream {
            sample_rate: 48_000,
            ..named("opus")
        }),
        b"sowt" => Ok(named("pcm_s16le")),
        b"twos" if source.be16(body.start + 18)? == 16 => Ok(named("pcm_s16be")),
        b"in24" | b"in32" | b"fl32" => {
            let little = match configuration(source, &inside, b"enda") {
                Some(atom) => source.be16(atom.payload().start)? == 1,
                None => false,
            };
            Ok(named(match (&entry.kind, little) {
                (b"in24", false) => "pcm_s24be",
                (b"in24", true) => "pcm_s24le",
                (b"in32", false) => "pcm_s32be",
                (b"in32", true) => "pcm_s32le",
                (_, false) => "pcm_f32be",
                (_, true) => "pcm_f32le",
            }))
        }
        b".mp3" => Ok(named("mp3")),
        b"ac-3" => Ok(named("ac3")),
        b"ec-3" => Ok(named("eac3")),
        _ => Err(Fault::Unsupported(
            "MP4 with an unknown codec",
            entry.start(),
        )),
    }
}

/// ALAC's magic cookie: channels in byte 9, rate in bytes 20 to 23.
fn alac(source: &mut Source, inside: &[Atom], stated: &Stream) -> Result<Stream, Fault> {
    let mut stream = Stream {
        codec: "alac".to_owned(),
        ..stated.clone()
    };
    if let Some(atom) = configuration(source, inside, b"alac") {
        let cookie = atom.payload().start + 4;
        if atom.payload().end >= cookie + 24 {
            stream.channels = u16::from(source.byte(cookie + 9)?);
            stream.sample_rate = source.be32(cookie + 20)?;
        }
    }
    Ok(stream)
}

/// The elementary stream descriptor (ISO/IEC 14496-1) of an `mp4a` entry.
fn mpeg4(source: &mut Source, inside: &[Atom], stated: &Stream) -> Result<Stream, Fault> {
    let stream = |codec: &str| Stream {
        codec: codec.to_owned(),
        ..stated.clone()
    };
    let Some(atom) = configuration(source, inside, b"esds") else {
        return Ok(stream("aac"));
    };
    let Range { start, end } = atom.payload();
    let bytes = source.bytes(start..end.min(start + 256))?;
    let Some((object, specific)) = elementary(bytes.get(4..).unwrap_or_default()) else {
        return Err(Fault::Malformed(
            "MP4: wrong elementary stream descriptor",
            start,
        ));
    };
    Ok(match object {
        0x69 | 0x6b => stream("mp3"),
        0x40 | 0x66..=0x68 => aac(specific, stated),
        _ => return Err(Fault::Unsupported("MP4 with an unknown codec", start)),
    })
}

/// The child of this kind, in QuickTime inside `wave`.
fn configuration(source: &mut Source, inside: &[Atom], kind: &[u8; 4]) -> Option<Atom> {
    find(inside, kind).or_else(|| {
        // QuickTime ends `wave` with an atom of size 8 and kind 0, or with bare zeros.
        let wave = find(inside, b"wave")?;
        find(&children(source, wave.payload()).unwrap_or_default(), kind)
    })
}

/// Object type indication and decoder-specific information.
fn elementary(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (tag, body, _) = descriptor(bytes)?;
    if tag != 3 {
        return None;
    }
    let flags = *body.get(2)?;
    let skip = 3
        + if flags & 0x80 != 0 { 2 } else { 0 }
        + if flags & 0x40 != 0 {
            usize::from(*body.get(3)?) + 1
        } else {
            0
        }
        + if flags & 0x20 != 0 { 2 } else { 0 };
    let (tag, config, _) = descriptor(body.get(skip..)?)?;
    let object = *config.first().filter(|_| tag == 4)?;
    let specific = descriptor(config.get(13..).unwrap_or_default());
    Some((object, specific.map_or(&[][..], |(_, bytes, _)| bytes)))
}

/// Tag, body and rest; sizes come in up to four bytes of seven bits.
fn descriptor(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, mut rest) = bytes.split_first()?;
    let mut size = 0;
    for _ in 0..4 {
        let (byte, behind) = rest.split_first()?;
        size = size << 7 | usize::from(byte & 0x7f);
        rest = behind;
        if byte & 0x80 == 0 {
            break;
        }
    }
    let (body, rest) = rest.split_at(size.min(rest.len()));
    Some((*tag, body, rest))
}

/// What the AudioSpecificConfig states, else the sample description.
fn aac(specific: &[u8], stated: &Stream) -> Stream {
    let config = specific.first_chunk::<2>().copied();
    let core = config.and_then(adts::core);
    let (rate, channels) = core.unwrap_or((stated.sample_rate, None));
    Stream {
        codec: "aac".to_owned(),
        sample_rate: rate,
        channels: channels.unwrap_or(stated.channels),
    }
}
