//! Where the frames of an ID3v2 tag stand, and where its padding.

use std::ops::Range;

use super::decoded::{Blocks, Decoded};
use super::frame_size;
use super::number::{decode_unsynchronised, unsynchsafe};
use crate::error::Fault;
use crate::source::Source;
use crate::splice::Splice;

/// Length of the header of a tag, and of a frame but in ID3v2.2.
const HEADER: u64 = 10;
const UNSYNCHRONISED: u8 = 0x80;
const EXTENDED: u8 = 0x40;
/// The same flag in ID3v2.2, for a compression that was never specified.
const COMPRESSED: u8 = 0x40;
const FOOTER: u8 = 0x10;

/// The length of the ID3v2 tag that starts at `at`, footer included; `None` where none
/// starts there. Says nothing about whether the tag can be read.
pub(crate) fn length(source: &mut Source, at: u64) -> Result<Option<u64>, Fault> {
    if !source.has(at, b"ID3")? || source.len() - at < HEADER {
        return Ok(None);
    }
    let [_, _, _, major, revision, flags, size @ ..] = source.array::<10>(at)?;
    if major == 0xff || revision == 0xff {
        return Ok(None);
    }
    let size = unsynchsafe(size).ok_or(Fault::Malformed("ID3v2: size is not synchsafe", at + 6))?;
    let footer = if major >= 4 && flags & FOOTER != 0 {
        HEADER
    } else {
        0
    };
    Ok(Some(HEADER + u64::from(size) + footer))
}

pub(super) struct Header {
    pub(super) at: u64,
    version: u8,
    flags: u8,
    pub(super) footer: bool,
    /// Everything between header and footer.
    pub(super) body: Range<u64>,
}

impl Header {
    pub(super) fn read(source: &mut Source, range: Range<u64>) -> Result<Header, Fault> {
        let at = range.start;
        let length = length(source, at)?.ok_or(Fault::Malformed("ID3v2: no header", at))?;
        let [_, _, _, version, _, flags] = source.array::<6>(at)?;
        if at + length > range.end {
            let what = "ID3v2: the tag is longer than its place";
            return Err(Fault::Malformed(what, at + 6));
        }
        let known = match version {
            2 if flags & COMPRESSED != 0 => {
                return Err(Fault::Unsupported("ID3v2.2: compressed tag", at + 5));
            }
            2 => 0x80,
            3 => 0xe0,
            4 => 0xf0,
            _ => {
                return Err(Fault::Unsupported(
                    "ID3v2 tag of an unknown version",
                    at + 3,
                ));
            }
        };
        if flags & !known != 0 {
            return Err(Fault::Unsupported(
                "ID3v2: unknown flags in the header",
                at + 5,
            ));
        }
        let footer = flags & FOOTER != 0;
        let tail = if footer { HEADER } else { 0 };
        Ok(Header {
            at,
            version,
            flags,
            footer,
            body: at + HEADER..at + length - tail,
        })
    }

    /// ID3v2.2 and 2.3 unsynchronise all bytes behind the header; ID3v2.4 frame by frame.
    fn unsynchronised_as_a_whole(&self) -> bool {
        self.version < 4 && self.flags & UNSYNCHRONISED != 0
    }
}

/// The frames of a tag, in the positions of the source that they were walked in.
pub(super) struct Tag {
    pub(super) version: u8,
    pub(super) frames: Vec<Frame>,
    /// From the end of the last frame.
    pub(super) padding: Range<u64>,
    /// Whether padding may be taken: not where its length is written down elsewhere.
    pub(super) padding_free: bool,
    /// ID3v2.4: the header says that all frames are unsynchronised.
    all_unsynchronised: bool,
}

#[derive(Clone)]
pub(super) struct Frame {
    /// As ID3v2.3 names it, where it is one that is looked at.
    pub(super) id: [u8; 4],
    pub(super) at: u64,
    pub(super) size_at: Range<u64>,
    pub(super) body: Range<u64>,
    flags: [u8; 2],
}

/// The frames that are looked at: as ID3v2.3 and as ID3v2.2 names them.
const SHORT_NAMES: [(&[u8; 4], &[u8; 3]); 3] =
    [(b"TXXX", b"TXX"), (b"TCOP", b"TCR"), (b"GEOB", b"GEO")];

/// How a version names a frame that is looked at.
pub(super) fn name(version: u8, long: &[u8; 4]) -> &[u8] {
    match SHORT_NAMES.iter().find(|(known, _)| *known == long) {
        Some((_, short)) if version == 2 => *short,
        _ => long,
    }
}

/// ID3v2.3's name of a frame of ID3v2.2, or one that nobody looks for.
fn long_name(short: [u8; 3]) -> [u8; 4] {
    let [first, second, third] = short;
    let known = SHORT_NAMES.iter().find(|(_, known)| **known == short);
    known.map_or([first, second, third, b'0'], |(long, _)| **long)
}

/// A frame's body as its text is.
pub(super) struct Plain {
    pub(super) bytes: Vec<u8>,
    /// Where ID3v2.4 states the length that the bytes have here, if it does.
    pub(super) length_at: Option<u64>,
    /// The frame alone is unsynchronised: it has other bytes than these.
    pub(super) is_coded: bool,
    start: u64,
    origin: Vec<u64>,
}

impl Plain {
    /// Where the byte at `at` stands in the tag.
    pub(super) fn position(&self, at: usize) -> u64 {
        self.start + self.origin.get(at).copied().unwrap_or_default()
    }
}

/// Calls `then` with the frames and the source in whose positions they stand.
///
/// Where the tag is unsynchronised as a whole, that source is not the file: what tells the
/// positions in the file is given, too.
pub(super) fn on_frames<T>(
    source: &mut Source,
    header: &Header,
    then: impl FnOnce(&mut Source, &Tag) -> Result<T, Fault>,
) -> Result<(T, Option<Blocks>), Fault> {
    let body = header.body.clone();
    if !header.unsynchronised_as_a_whole() {
        let tag = Tag::walk(source, header, body)?;
        return Ok((then(source, &tag)?, None));
    }
    let blocks = Blocks::of(source, body.clone())?;
    let limits = source.limits();
    let mut decoded = Decoded::new(source, &blocks);
    let mut inner = Source::new(&mut decoded, limits)?;
    let within = 0..inner.len();
    let result = Tag::walk(&mut inner, header, within)
        .and_then(|tag| then(&mut inner, &tag))
        .map_err(|fault| fault.offset_by(body.start))?;
    Ok((result, Some(blocks)))
}

impl Tag {
    fn walk(source: &mut Source, header: &Header, body: Range<u64>) -> Result<Tag, Fault> {
        let mut at = body.start;
        if header.flags & EXTENDED != 0 {
            at += extended_header(source, header.version, body.clone())?;
        }
        let mut frames = Vec::new();
        while let Some(frame) = Frame::read(source, header.version, at..body.end)? {
            at = frame.body.end;
            frames.push(frame);
            if frames.len() > source.limits().parts as usize {
                return Err(Fault::Limit("ID3v2: too many frames", at));
            }
        }
        let padding = at..body.end;
        if !source.is_zero(padding.clone())? {
            return Err(Fault::Malformed(
                "ID3v2: neither a frame nor zero padding",
                at,
            ));
        }
        let states_padding = header.version == 3 && header.flags & EXTENDED != 0;
        let whole = header.unsynchronised_as_a_whole();
        Ok(Tag {
            version: header.version,
            frames,
            padding,
            padding_free: !states_padding && !whole && !header.footer,
            all_unsynchronised: header.version == 4 && header.flags & UNSYNCHRONISED != 0,
        })
    }
}

/// The length of the extended header, whose checksum or restrictions an edit would break.
fn extended_header(source: &mut Source, version: u8, body: Range<u64>) -> Result<u64, Fault> {
    let at = body.start;
    let size = source.array::<4>(at)?;
    let (length, bound) = if version == 3 {
        let checksum = source.byte(at + 4)? & 0x80 != 0;
        (Some(u64::from(u32::from_be_bytes(size)) + 4), checksum)
    } else {
        let flags = source.byte(at + 5)?;
        (unsynchsafe(size).map(u64::from), flags & 0x30 != 0)
    };
    let length = length
        .filter(|length| *length >= 6 && at + length <= body.end)
        .ok_or(Fault::Malformed(
            "ID3v2: wrong size of the extended header",
            at,
        ))?;
    if bound {
        let what = "ID3v2: extended header with a checksum or restrictions";
        return Err(Fault::Unsupported(what, at));
    }
    Ok(length)
}

impl Frame {
    /// The frame at the start of `within`, or `None` where frames end.
    fn read(source: &mut Source, version: u8, within: Range<u64>) -> Result<Option<Frame>, Fault> {
        let at = within.start;
        let short = version == 2;
        let header = if short { 6 } else { HEADER };
        if within.end - at < header || source.byte(at)? == 0 {
            return Ok(None);
        }
        let (id, size_at) = if short {
            (long_name(source.array(at)?), at + 3..at + 6)
        } else {
            (source.array(at)?, at + 4..at + 8)
        };
        if !is_frame_id(id) {
            return Err(Fault::Malformed(
                "ID3v2: neither a frame nor zero padding",
                at,
            ));
        }
        let start = at + header;
        let end = match version {
            2 => start + u64::from(source.be32(at + 2)? & 0x00ff_ffff),
            3 => start + u64::from(source.be32(at + 4)?),
            _ => {
                let size = source.array(at + 4)?;
                end_of_v4_frame(source, start, size, within.end)?
            }
        };
        if end > within.end {
            let what = "ID3v2: the frame is longer than the tag";
            return Err(Fault::Malformed(what, size_at.start));
        }
        let flags = if short { [0; 2] } else { source.array(at + 8)? };
        Ok(Some(Frame {
            id,
            at,
            size_at,
            body: start..end,
            flags,
        }))
    }

    /// The length of the body in bytes.
    pub(super) fn len(&self) -> u64 {
        self.body.end - self.body.start
    }

    /// The new sizes of a frame that grows: its own, and that of its body as it is.
    pub(super) fn resized(&self, tag: &Tag, body: &Plain, growth: i64) -> Vec<Splice> {
        let size = |length: u64| frame_size(tag.version, length.saturating_add_signed(growth));
        let mut splices = vec![Splice::replace(self.size_at.clone(), size(self.len()))];
        if let Some(at) = body.length_at {
            splices.push(Splice::replace(at..at + 4, size(body.bytes.len() as u64)));
        }
        splices
    }

    /// Whether the flags say that something was done to the body.
    pub(super) fn is_flagged(&self) -> bool {
        let [_, format] = self.flags;
        format != 0
    }

    /// Why the body's text cannot be had, if it cannot.
    pub(super) fn transformed(&self, tag: &Tag) -> Option<&'static str> {
        let [_, format] = self.flags;
        let (compressed, encrypted) = match tag.version {
            3 => (0x80, 0x40),
            _ => (0x08, 0x04),
        };
        if format & compressed != 0 {
            Some("the frame is compressed")
        } else if format & encrypted != 0 {
            Some("the frame is encrypted")
        } else {
            None
        }
    }

    /// At most `limit` bytes of the body, without what the flags put before and into it.
    pub(super) fn plain_body(
        &self,
        source: &mut Source,
        tag: &Tag,
        limit: u64,
    ) -> Result<Plain, Fault> {
        let [_, format] = self.flags;
        let (grouped, with_length, unsynchronised) = match tag.version {
            3 => (format & 0x20 != 0, false, false),
            _ => (format & 0x40 != 0, format & 0x01 != 0, format & 0x02 != 0),
        };
        let length_at = self.body.start + u64::from(grouped);
        let start = (length_at + if with_length { 4 } else { 0 }).min(self.body.end);
        let raw = source.bytes(start..self.body.end.min(start.saturating_add(limit)))?;
        let is_coded = unsynchronised || tag.all_unsynchronised;
        let (bytes, origin) = if is_coded {
            decode_unsynchronised(&raw, false)
        } else {
            let origin = (0..=raw.len() as u64).collect();
            (raw, origin)
        };
        Ok(Plain {
            bytes,
            length_at: with_length.then_some(length_at),
            is_coded,
            start,
            origin,
        })
    }
}

/// Where the frame ends whose body starts at `start`: its size is synchsafe, but iTunes
/// once wrote plain numbers, which only what follows can tell.
fn end_of_v4_frame(
    source: &mut Source,
    start: u64,
    size: [u8; 4],
    limit: u64,
) -> Result<u64, Fault> {
    let plain = start + u64::from(u32::from_be_bytes(size));
    let safe = unsynchsafe(size).map(|size| start + u64::from(size));
    if let Some(end) = safe
        && (end == plain || ends_a_frame(source, end, limit)?)
    {
        return Ok(end);
    }
    if ends_a_frame(source, plain, limit)? {
        let what = "ID3v2.4: frame size is not synchsafe (iTunes)";
        return Err(Fault::Unsupported(what, start - 6));
    }
    Err(Fault::Malformed("ID3v2.4: wrong frame size", start - 6))
}

/// Whether another frame, padding or the end of the tag follows at `at`.
fn ends_a_frame(source: &mut Source, at: u64, end: u64) -> Result<bool, Fault> {
    Ok(if at >= end {
        at == end
    } else if source.byte(at)? == 0 {
        true
    } else {
        end - at >= HEADER && is_frame_id(source.array(at)?)
    })
}

fn is_frame_id(id: [u8; 4]) -> bool {
    id.iter()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
