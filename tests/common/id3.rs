//! ID3v2.2, 2.3 and 2.4 tags, apart from the crate's own reader.

use super::bytes::{be, byte, le32, part, rest, synchsafe};
use super::pieces::{Kind, Piece, is_ours, packet};
use super::{Outcome, ensure};

/// The length of the tag at the start of `bytes`, footer included; none where there is no tag.
pub(crate) fn length(bytes: &[u8]) -> Option<usize> {
    // Version and revision are never 0xff (ID3v2.4 section 3.1).
    let is_tag = bytes.starts_with(b"ID3") && !bytes.get(3..5)?.contains(&0xff);
    let flags = byte(bytes, 5).ok().filter(|_| is_tag)?;
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    Some(synchsafe(bytes, 6).ok()? + 10 + footer)
}

/// The pieces of the tag that `tag` is.
pub(crate) fn pieces(tag: &[u8]) -> Outcome<Vec<Piece>> {
    let (version, flags) = (byte(tag, 3)?, byte(tag, 5)?);
    let mut pieces = vec![Piece::new("id3 header", Kind::Structure, part(tag, 0, 6)?)];
    pieces.extend((flags & 0x10 != 0).then(|| Piece::new("id3 footer", Kind::Structure, &[])));
    let size = synchsafe(tag, 6)?;
    let mut body = part(tag, 10, size)?.to_vec();
    if version < 4 && flags & 0x80 != 0 {
        body = resynchronised(&body);
    }
    let mut at = 0;
    if flags & 0x40 != 0 {
        let length = if version == 3 {
            be(&body, 0, 4)? + 4
        } else {
            synchsafe(&body, 0)?
        };
        let header = part(&body, 0, length)?;
        // In 2.3 it ends with the size of the padding.
        let fixed = if version == 3 {
            part(header, 0, 6)?
        } else {
            header
        };
        pieces.push(Piece::new("id3 extended header", Kind::Foreign, fixed));
        at = length;
    }
    while at < body.len() && byte(&body, at)? != 0 {
        let size = match version {
            2 => be(&body, at + 3, 3)? + 6,
            3 => be(&body, at + 4, 4)? + 10,
            _ => synchsafe(&body, at + 4)? + 10,
        };
        let frame = part(&body, at, size)?;
        pieces.push(piece(frame, version)?);
        at += frame.len();
    }
    let padding = rest(&body, at)?;
    ensure(padding.iter().all(|byte| *byte == 0), || {
        "padding of the tag is not zero".to_owned()
    })?;
    Ok(pieces)
}

fn piece(frame: &[u8], version: u8) -> Outcome<Piece> {
    if version == 2 {
        let id = part(frame, 0, 3)?;
        let body = rest(frame, 6)?;
        let place = format!("frame {}", String::from_utf8_lossy(id));
        return Ok(match id {
            b"TCR" => Piece::new(&place, Kind::Copyright, body),
            b"TXX" if description(body).is_some_and(|name| is_ours(&name)) => {
                Piece::new(&place, Kind::Ours, frame)
            }
            _ => Piece::new(&place, Kind::Foreign, frame),
        });
    }
    let id = part(frame, 0, 4)?;
    let flags = byte(frame, 9)?;
    let place = format!("frame {}", String::from_utf8_lossy(id));
    let body = rest(frame, 10)?;
    if id == b"TCOP" {
        // Version 2.4 may put the length of the text before it.
        let at = if version == 4 && flags & 1 == 1 { 4 } else { 0 };
        return Ok(Piece::new(&place, Kind::Copyright, rest(body, at)?));
    }
    if id == b"PRIV" {
        let plain = plain(body, version, flags)?;
        if plain.starts_with(b"XMP\0") {
            return Ok(packet(&place, &[id, &[flags]].concat(), rest(&plain, 4)?));
        }
    }
    let named = id == b"TXXX" && flags == 0 && description(body).is_some_and(|name| is_ours(&name));
    Ok(Piece::new(
        &place,
        if named { Kind::Ours } else { Kind::Foreign },
        frame,
    ))
}

/// The body without what version 2.4 may do to it: its length before it, unsynchronisation.
fn plain(body: &[u8], version: u8, flags: u8) -> Outcome<Vec<u8>> {
    if version != 4 {
        return Ok(body.to_vec());
    }
    let body = rest(body, if flags & 1 == 1 { 4 } else { 0 })?;
    Ok(if flags & 2 == 2 {
        resynchronised(body)
    } else {
        body.to_vec()
    })
}

/// Whether `frame`, in version 2.3, says what the ID3v1 tag of the file says.
pub(crate) fn repeats_v1(file: &[u8], frame: &[u8]) -> bool {
    let (Some(id), Some(text), Some(v1)) = (frame.get(..4), frame.get(11..), v1(file)) else {
        return false;
    };
    let field = |start: usize, length: usize| v1.get(start..start + length).unwrap_or_default();
    let filled = |text: &[u8], field: &[u8]| {
        // Behind the first zero there is no text, whatever stands there.
        let end = field.strip_prefix(text).unwrap_or(b"?");
        end.trim_ascii_start().first().is_none_or(|byte| *byte == 0)
    };
    let number = |start: usize| -> String { field(start, 1).iter().map(u8::to_string).collect() };
    match id {
        b"TIT2" => filled(text, field(3, 30)),
        b"TPE1" => filled(text, field(33, 30)),
        b"TALB" => filled(text, field(63, 30)),
        b"TYER" => filled(text, field(93, 4)),
        b"COMM" => text
            .strip_prefix(b"eng\0")
            .is_some_and(|text| filled(text, field(97, 30)) || filled(text, field(97, 28))),
        b"TRCK" => field(125, 1) == [0] && text == number(126).as_bytes(),
        b"TCON" => text == format!("({})", number(127)).as_bytes(),
        _ => false,
    }
}

/// The ID3v1 tag at the end of the file, or before an APEv2 tag there.
fn v1(file: &[u8]) -> Option<&[u8]> {
    let mut end = file.len();
    if let Some(footer) = file.last_chunk::<32>()
        && footer.starts_with(b"APETAGEX")
    {
        let header = if be(footer, 23, 1).ok()? & 0x80 == 0 {
            0
        } else {
            32
        };
        end = end.checked_sub(le32(footer, 12).ok()? + header)?;
    }
    let tag = file.get(end.checked_sub(128)?..end)?;
    tag.starts_with(b"TAG").then_some(tag)
}

/// The description of a `TXXX` frame in ISO-8859-1, the only form in which ours are written.
fn description(body: &[u8]) -> Option<String> {
    let (0, text) = body
        .split_first()
        .map(|(encoding, text)| (*encoding, text))?
    else {
        return None;
    };
    let end = text.iter().position(|byte| *byte == 0)?;
    Some(
        text.get(..end)?
            .iter()
            .map(|byte| char::from(*byte))
            .collect(),
    )
}

/// Without the zero that unsynchronisation puts behind each 0xff.
fn resynchronised(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut previous = 0;
    for byte in bytes {
        if !(previous == 0xff && *byte == 0) {
            plain.push(*byte);
        }
        previous = *byte;
    }
    plain
}
