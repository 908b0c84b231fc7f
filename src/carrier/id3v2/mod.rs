//! Our lines in an ID3v2 tag (id3.org: ID3v2.2.0, ID3v2.3.0, ID3v2.4.0; integers are
//! big-endian).
//!
//! Fields are `TXXX` frames with our name as the description, in ISO-8859-1; the
//! copyright field is `TCOP`. ID3v2.2 has shorter names for them, `TXX` and `TCR`. New
//! frames stand behind the last one. Room comes from the tag's zero padding where that
//! suffices. The tag's version, its flags and every other frame, compressed, encrypted
//! and unsynchronised ones too, stay byte for byte.

mod decoded;
mod frames;
mod number;
mod object;
mod private;
mod text;

use std::ops::Range;

use self::frames::{Frame, Header, Tag, on_frames};
use self::number::{encode_unsynchronised, synchsafe};
use self::text::Text;
use super::c2pa::{Hear, Manifest};
use super::{Created, Edited, Field, Notice, Value, Wanted, keep};
use crate::carrier;
use crate::error::Fault;
use crate::source::Source;
use crate::splice::{self, Splice};

pub(crate) use self::frames::length;
pub(crate) use self::private::packets;

/// What the C2PA manifests in a tag say, as of the place where the tag starts.
pub(crate) fn manifests(
    source: &mut Source,
    range: Range<u64>,
    hear: &mut Hear<'_>,
) -> Result<(), Fault> {
    let header = Header::read(source, range)?;
    on_frames(source, &header, |source, tag| {
        for frame in tag.frames.iter().filter(|frame| &frame.id == b"GEOB") {
            if let Some(manifest) = object::manifest(source, tag, frame)? {
                let at = header.at;
                hear(Manifest { at, ..manifest })?;
            }
        }
        Ok(())
    })
    .map(|_| ())
}

pub(crate) fn read(
    source: &mut Source,
    range: Range<u64>,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Vec<Field>, Fault> {
    let header = Header::read(source, range)?;
    let (fields, _) = on_frames(source, &header, |source, tag| {
        let mut fields = Vec::new();
        for frame in &tag.frames {
            match &frame.id {
                b"TXXX" => {
                    if let Some((name, value)) = user_text(source, tag, frame, wants)? {
                        keep(&mut fields, source, frame.at, &name, value)?;
                    }
                }
                b"TCOP" if wants("COPYRIGHT") => {
                    for value in copyright(source, tag, frame)? {
                        keep(&mut fields, source, frame.at, "COPYRIGHT", value)?;
                    }
                }
                _ => {}
            }
        }
        Ok(fields)
    })?;
    Ok(fields)
}

/// Where the frames begin that are compressed or encrypted, with `all` every one that holds
/// none of the fields that `wants` accepts, and how the tag's version names a picture, which
/// readers can pass over.
pub(crate) fn others(
    source: &mut Source,
    range: Range<u64>,
    wants: &dyn Fn(&str) -> bool,
    all: bool,
) -> Result<Vec<(u64, &'static [u8])>, Fault> {
    let header = Header::read(source, range)?;
    let (mut others, blocks) = on_frames(source, &header, |source, tag| {
        let picture: &[u8] = if tag.version == 2 { b"PIC" } else { b"APIC" };
        let mut others = Vec::new();
        for frame in &tag.frames {
            let is_other = match &frame.id {
                _ if frame.transformed(tag).is_some() => true,
                b"TXXX" if all => user_text(source, tag, frame, wants)?.is_none(),
                _ => all,
            };
            if is_other {
                others.push((frame.at, picture));
            }
        }
        Ok(others)
    })?;
    if let Some(blocks) = blocks {
        for (at, _) in &mut others {
            *at = blocks.position(source, *at)?;
        }
    }
    Ok(others)
}

pub(crate) fn edit(
    source: &mut Source,
    range: Range<u64>,
    wanted: &Wanted<'_>,
) -> Result<Edited, Fault> {
    let header = Header::read(source, range)?;
    let (mut edited, blocks) = on_frames(source, &header, |source, tag| {
        edit_frames(source, tag, wanted)
    })?;
    if let Some(blocks) = blocks {
        for splice in &mut edited.splices {
            let Range { start, end } = splice.range;
            splice.range = blocks.position(source, start)?..blocks.position(source, end)?;
            splice.bytes = encode_unsynchronised(&splice.bytes);
        }
    }
    let growth = splice::growth(&edited.splices);
    if growth != 0 {
        let size = (header.body.end - header.body.start).saturating_add_signed(growth);
        let size = synchsafe(size).ok_or(Fault::Limit(
            "ID3v2: the tag would be over 256 MiB",
            header.at,
        ))?;
        let footer = header.footer.then_some(header.body.end);
        if let Some(at) = footer {
            let copied: [u8; 7] = source.array(header.at + 3)?;
            if !source.has(at, b"3DI")? || source.array(at + 3)? != copied {
                let what = "ID3v2: the footer is no copy of the header";
                return Err(Fault::Malformed(what, at));
            }
        }
        for at in [header.at].into_iter().chain(footer) {
            edited.splices.push(Splice::replace(at + 6..at + 10, size));
        }
    }
    Ok(edited)
}

pub(crate) fn create(wanted: &Wanted<'_>) -> Created {
    let copyright = wanted.copyright.edit(None, true);
    let mut frames = wanted.repeated.concat();
    frames.extend(new_fields(3, wanted));
    if let Some(text) = copyright.create {
        frames.extend(text_frame(3, *b"TCOP", &text));
    }
    frames.extend(private::create(3, &wanted.xmp));
    let mut bytes = b"ID3\x03\x00\x00".to_vec();
    bytes.extend(synchsafe(frames.len() as u64).unwrap_or_default());
    bytes.extend(frames);
    Created {
        bytes,
        notice: copyright.notice,
    }
}

const MISFIT: Value = Value::Unreadable("the text does not fit its encoding");

/// Name and value of a `TXXX` frame, where its description is wanted.
fn user_text(
    source: &mut Source,
    tag: &Tag,
    frame: &Frame,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Option<(String, Value)>, Fault> {
    let limit = source.limits().field;
    let too_long = frame.len() > limit;
    // A name of ours is short: what is too long to be read is first looked at for it.
    let body = frame.plain_body(source, tag, if too_long { 64 } else { limit })?;
    let why = frame.transformed(tag);
    let text = Text::new(&body.bytes).filter(|_| why.is_none());
    if let Some((name, value)) = text.and_then(|text| text.described())
        && wants(&name)
    {
        let value = match value {
            _ if too_long => Value::TOO_LONG,
            Some(text) => Value::Text(text),
            None => MISFIT,
        };
        return Ok(Some((name, value)));
    }
    // One wrong bit in the flags or in the encoding byte must not hide a field.
    let raw = source.bytes(frame.body.start..frame.body.end.min(frame.body.start + 64))?;
    let name = text::likely_names(&raw, frame.is_flagged()).find(|name| wants(name));
    Ok(name.map(|name| (name, why.map_or(MISFIT, Value::Unreadable))))
}

/// The values of a `TCOP` frame.
fn copyright(source: &mut Source, tag: &Tag, frame: &Frame) -> Result<Vec<Value>, Fault> {
    let limit = source.limits().field;
    if let Some(why) = frame.transformed(tag) {
        return Ok(vec![Value::Unreadable(why)]);
    }
    if frame.len() > limit {
        return Ok(vec![Value::TOO_LONG]);
    }
    let body = frame.plain_body(source, tag, limit)?;
    let values = Text::new(&body.bytes).and_then(|text| text.values());
    Ok(match values {
        Some(values) => values.into_iter().map(Value::Text).collect(),
        None => vec![MISFIT],
    })
}

fn edit_frames(source: &mut Source, tag: &Tag, wanted: &Wanted<'_>) -> Result<Edited, Fault> {
    let mut splices = Vec::new();
    let (mut removed, mut before) = (0, 0);
    for frame in tag.frames.iter().filter(|frame| &frame.id == b"TXXX") {
        if user_text(source, tag, frame, wanted.out)?.is_some() {
            splices.push(Splice::remove(frame.at..frame.body.end));
            removed += 1;
            before += frame.body.end - frame.at;
        }
    }
    let found = tag.frames.iter().find(|frame| &frame.id == b"TCOP");
    let (copyright, notice) = edit_copyright(source, tag, found, wanted)?;
    let (packet, xmp) = private::edit(source, tag, &wanted.xmp)?;
    let mut new = new_fields(tag.version, wanted);
    let mut after = 0;
    for frame in [copyright, packet] {
        removed += usize::from(frame.removed);
        before += frame.before;
        after += frame.appended;
        new.extend(frame.created);
        splices.extend(frame.splices);
    }
    after += new.len() as u64;
    for frame in &tag.frames {
        let whole = frame.at..frame.body.end;
        let same = |other: &Vec<u8>| other.len() as u64 == whole.end - whole.start;
        if wanted.repeated.iter().any(same) {
            removed += usize::from(wanted.repeated.contains(&source.bytes(whole)?));
        }
    }
    let bare = removed == tag.frames.len() && new.is_empty();
    if !new.is_empty() {
        splices.push(Splice::insert(tag.padding.start, new));
    }

    let left = tag.padding.end - tag.padding.start;
    let (padding, padded) = carrier::padding(left, before, after, wanted.prior, tag.padding_free);
    if padding > left {
        let zeros = vec![0; (padding - left) as usize];
        splices.push(Splice::insert(tag.padding.end, zeros));
    } else if padding < left {
        splices.push(Splice::remove(tag.padding.start + padding..tag.padding.end));
    }
    Ok(Edited {
        splices,
        before,
        after,
        padded,
        notice,
        xmp,
        bare,
    })
}

/// What becomes of a frame that is not ours alone.
#[derive(Default)]
struct OneFrame {
    splices: Vec<Splice>,
    /// A new frame.
    created: Vec<u8>,
    /// The old frame goes.
    removed: bool,
    /// Bytes that an earlier edit of ours added.
    before: u64,
    /// Bytes that this one puts into it.
    appended: u64,
}

impl OneFrame {
    fn removal(frame: &Frame) -> OneFrame {
        OneFrame {
            splices: vec![Splice::remove(frame.at..frame.body.end)],
            removed: true,
            before: frame.body.end - frame.at,
            ..OneFrame::default()
        }
    }
}

fn edit_copyright(
    source: &mut Source,
    tag: &Tag,
    frame: Option<&Frame>,
    wanted: &Wanted<'_>,
) -> Result<(OneFrame, Option<Notice>), Fault> {
    let untouched = wanted.copyright.is_untouched();
    let Some(frame) = frame.filter(|_| !untouched) else {
        let edit = wanted.copyright.edit(None, true);
        let new = OneFrame {
            created: new_copyright(tag.version, edit.create.as_deref()),
            ..OneFrame::default()
        };
        return Ok((new, edit.notice));
    };
    if frame.len() > source.limits().field {
        let what = "ID3v2: TCOP is too long for a notice";
        return Err(Fault::Limit(what, frame.at));
    }
    let body = frame.plain_body(source, tag, u64::MAX)?;
    // A notice behind a value that cannot be read would not be seen.
    let is_read = Text::new(&body.bytes).is_none_or(|text| text.values().is_some());
    let last =
        Text::last_value(&body.bytes).filter(|_| is_read && frame.transformed(tag).is_none());
    let mut last = last.ok_or(unclear(frame))?;
    let text = match wanted.copyright.prior {
        Some((Notice::Appended(length), notice)) => last.since(length, notice),
        _ => last.text.clone(),
    };
    let edit = wanted.copyright.edit(Some(&text), true);
    if edit.remove {
        let new = OneFrame {
            created: new_copyright(tag.version, edit.create.as_deref()),
            ..OneFrame::removal(frame)
        };
        return Ok((new, edit.notice));
    }
    let end = body.position(last.end);
    let old = (edit.drop * last.unit) as u64;
    let mut new: Vec<u8> = edit
        .add
        .bytes()
        .flat_map(|byte| last.encode(byte))
        .collect();
    let mut notice = edit.notice;
    let head = last.missing();
    if !new.is_empty() && !head.is_empty() {
        if body.is_coded && head.contains(&0xff) {
            return Err(unclear(frame));
        }
        new.splice(0..0, head);
        notice = notice.map(|_| Notice::Appended(edit.add.chars().count() + 1));
    }
    let appended = new.len() as u64;
    let mut splices = Vec::new();
    if old > 0 || appended > 0 {
        let length = frame.len() + appended - old;
        if tag.version == 2 && length >= 1 << 24 {
            let what = "ID3v2.2: the frame would be over 16 MiB";
            return Err(Fault::Limit(what, frame.at));
        }
        let growth = appended.cast_signed() - old.cast_signed();
        splices.push(Splice::replace(end - old..end, new));
        splices.extend(frame.resized(tag, &body, growth));
    }
    let edit = OneFrame {
        splices,
        before: old,
        appended,
        ..OneFrame::default()
    };
    Ok((edit, notice))
}

fn unclear(frame: &Frame) -> Fault {
    let what = "ID3v2: a TCOP frame that the notice cannot be appended to (flags or encoding)";
    Fault::Unsupported(what, frame.at)
}

fn new_copyright(version: u8, text: Option<&str>) -> Vec<u8> {
    text.map_or_else(Vec::new, |text| text_frame(version, *b"TCOP", text))
}

fn new_fields(version: u8, wanted: &Wanted<'_>) -> Vec<u8> {
    wanted
        .fields
        .iter()
        .flat_map(|(name, value)| text_frame(version, *b"TXXX", &format!("{name}\0{value}")))
        .collect()
}

/// A frame of ASCII text.
fn text_frame(version: u8, id: [u8; 4], text: &str) -> Vec<u8> {
    latin1_frame(version, id, text.as_bytes())
}

/// A frame of ISO-8859-1 text.
pub(super) fn latin1_frame(version: u8, id: [u8; 4], text: &[u8]) -> Vec<u8> {
    let mut frame = frames::name(version, &id).to_vec();
    frame.extend(frame_size(version, text.len() as u64 + 1));
    if version > 2 {
        frame.extend([0, 0]);
    }
    frame.push(0);
    frame.extend(text);
    frame
}

fn frame_size(version: u8, size: u64) -> Vec<u8> {
    let [_, short @ ..] = (size as u32).to_be_bytes();
    match version {
        2 => short.to_vec(),
        3 => (size as u32).to_be_bytes().to_vec(),
        _ => synchsafe(size).unwrap_or([0x7f; 4]).to_vec(),
    }
}
