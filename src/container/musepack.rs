//! Where the sound of a Musepack file is (stream versions 7 and 8), before the tags at the
//! end.
//!
//! Version 8: packets of a key of two letters, a size (its own bytes and the key's
//! included; seven bits a byte, the highest first) and a payload; the sound is in `AP`.
//! Version 7: a header of 24 bytes, then frames, bit behind bit.

use std::ops::Range;

use super::edges::{Edge, Edges};
use super::{Layout, Stream, Structure, Visit};
use crate::carrier::Carrier;
use crate::error::Fault;
use crate::source::Source;

/// In samples per second, by index.
const SAMPLE_RATES: [u32; 4] = [44_100, 48_000, 37_800, 32_000];
/// The header of version 7.
const HEADER: u64 = 24;

#[derive(Debug)]
pub(crate) struct Musepack {
    version: u8,
    /// Packets, or the frames of version 7.
    sound: Range<u64>,
    pub(super) edge: Edge,
}

struct Packet {
    key: [u8; 2],
    payload: Range<u64>,
}

impl Packet {
    fn read(source: &mut Source, at: u64, limit: u64) -> Result<Packet, Fault> {
        let wrong = Fault::Malformed("Musepack: no packet where one should be", at);
        if limit.saturating_sub(at) < 3 {
            return Err(wrong);
        }
        let key = source.array(at)?;
        let (size, start) = number(source, at + 2)?;
        let end = at.checked_add(size).filter(|end| *end <= limit);
        match end {
            Some(end) if end >= start && key.iter().all(u8::is_ascii_uppercase) => Ok(Packet {
                key,
                payload: start..end,
            }),
            _ => Err(wrong),
        }
    }
}

/// The number at `at`, and where it ends.
fn number(source: &mut Source, at: u64) -> Result<(u64, u64), Fault> {
    let mut number = 0;
    for index in 0..9 {
        let byte = source.byte(at + index)?;
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Ok((number, at + index + 1));
        }
    }
    Err(Fault::Malformed("Musepack: a number without an end", at))
}

/// `start` is where the tags at the front end.
pub(super) fn scan(source: &mut Source, start: u64) -> Result<Layout, Fault> {
    let edges = Edges::find(source, start)?;
    let end = edges.end();
    let (version, sound, rate, channels) = if source.has(start, b"MPCK")? {
        let header = Packet::read(source, start + 4, end)?;
        let (rate, channels) = stream_header(source, &header)?;
        (8, header.payload.end..end, rate, channels)
    } else {
        if source.byte(start + 3)? & 0xf != 7 || end < start + HEADER {
            return Err(Fault::Unsupported("Musepack of another version", start + 3));
        }
        (7, start + HEADER..end, source.byte(start + 10)? & 3, 2)
    };
    let rate = SAMPLE_RATES.get(usize::from(rate)).copied();
    let stream = Stream {
        codec: format!("musepack{version}"),
        sample_rate: rate.ok_or(Fault::Malformed("Musepack: no sampling rate", start))?,
        channels,
    };
    let mut layout = edges.layout(Carrier::Ape, stream, |edge| {
        Structure::Musepack(Musepack {
            version,
            sound,
            edge,
        })
    });
    // Players that look for APEv2 at the very end alone take the start of one that stands
    // before another tag for a packet of sound: `AP`.
    if version == 8 && layout.tag.is_none() && end < source.len() {
        let what = "Musepack 8 with a tag behind, and that is no APEv2";
        layout.read_only = Some((what, end));
    }
    Ok(layout)
}

/// The index of the sampling rate, and the channels: in two bytes behind a checksum, the
/// version and two numbers.
fn stream_header(source: &mut Source, header: &Packet) -> Result<(u8, u16), Fault> {
    let Range { start, end } = header.payload;
    let wrong = Fault::Malformed("Musepack: wrong stream header", start);
    if &header.key != b"SH" || end - start < 9 {
        return Err(wrong);
    }
    if source.byte(start + 4)? != 8 {
        return Err(Fault::Unsupported("Musepack of another version", start + 4));
    }
    let (_samples, at) = number(source, start + 5)?;
    let (_silence, at) = number(source, at)?;
    if at + 2 > end {
        return Err(wrong);
    }
    let [rate, channels] = source.array(at)?;
    Ok((rate >> 5, u16::from(channels >> 4) + 1))
}

impl Musepack {
    /// The payload of every sound packet, up to the packet that ends the stream.
    pub(super) fn essence(&self, source: &mut Source, visit: &mut Visit<'_>) -> Result<(), Fault> {
        if self.version == 7 {
            return visit(source, self.sound.clone());
        }
        source.widen();
        let Range { start: mut at, end } = self.sound;
        loop {
            let packet = Packet::read(source, at, end)?;
            at = packet.payload.end;
            match &packet.key {
                b"AP" => visit(source, packet.payload)?,
                b"SE" if at == end => return Ok(()),
                b"SE" => {
                    let what = "Musepack: bytes behind the end of the stream";
                    return Err(Fault::Malformed(what, at));
                }
                _ => {}
            }
        }
    }
}
