//! The XMP packet in a `PRIV` frame (ISO 16684-3: owner `XMP`; ID3v2.2 has no such frame).

use std::ops::Range;

use super::frames::{Frame, Header, Tag, on_frames};
use super::{OneFrame, frame_size};
use crate::carrier::xmp::{self, Packet};
use crate::carrier::{Edited, Field, Packed};
use crate::error::Fault;
use crate::source::Source;
use crate::splice;

/// Who owns the frame.
const OWNER: [u8; 4] = *b"XMP\0";

/// The properties of every packet in a tag, as the packet at its place has them.
pub(crate) fn properties(
    source: &mut Source,
    range: Range<u64>,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Vec<Field>, Fault> {
    let header = Header::read(source, range)?;
    let (fields, _) = on_frames(source, &header, |source, tag| {
        let mut fields = Vec::new();
        for frame in tag.frames.iter().filter(|frame| &frame.id == b"PRIV") {
            if let Some(packet) = packet(source, tag, frame)? {
                let all = 0..packet.len() as u64;
                fields.extend(source.held(&packet, |held| xmp::read(held, all, wants))?);
            }
        }
        Ok(fields)
    })?;
    Ok(fields)
}

/// The packet in a frame, where there is one; without its end where that is beyond the limit.
fn packet(source: &mut Source, tag: &Tag, frame: &Frame) -> Result<Option<Vec<u8>>, Fault> {
    let limit = source.limits().xmp.saturating_add(OWNER.len() as u64 + 1);
    if frame.transformed(tag).is_some() {
        return Ok(None);
    }
    let mut bytes = frame.plain_body(source, tag, limit)?.bytes;
    Ok(bytes
        .starts_with(&OWNER)
        .then(|| bytes.split_off(OWNER.len())))
}

/// What becomes of the first frame with a packet, and what was done to that.
pub(super) fn edit(
    source: &mut Source,
    tag: &Tag,
    wanted: &Packet<'_>,
) -> Result<(OneFrame, Option<Packed>), Fault> {
    if tag.version == 2 || wanted.prior.is_none() && wanted.wanted.is_empty() {
        return Ok(Default::default());
    }
    for frame in tag.frames.iter().filter(|frame| &frame.id == b"PRIV") {
        if let Some(packet) = packet(source, tag, frame)? {
            // Longer than the longest that is read, it is not whole.
            let most = source.limits().xmp;
            let edited = if packet.len() as u64 > most {
                Edited::kept()
            } else {
                xmp::edit_packet(&packet, wanted, most)
            };
            return edit_frame(source, tag, frame, edited);
        }
    }
    let created = create(tag.version, wanted);
    let packed = (!created.is_empty()).then_some(Packed::NEW);
    let new = OneFrame {
        created,
        ..OneFrame::default()
    };
    Ok((new, packed))
}

fn edit_frame(
    source: &mut Source,
    tag: &Tag,
    frame: &Frame,
    edited: Edited,
) -> Result<(OneFrame, Option<Packed>), Fault> {
    if edited.bare {
        return Ok((OneFrame::removal(frame), None));
    }
    // Of a packet that is ours as a whole, the frame is, too.
    let around = match edited.xmp {
        Some(Packed::NEW) => frame.body.start - frame.at + OWNER.len() as u64,
        _ => 0,
    };
    let growth = splice::growth(&edited.splices);
    let body = frame.plain_body(source, tag, u64::MAX)?;
    let mut splices = edited.splices;
    for splice in &mut splices {
        let at = |at: u64| body.position(OWNER.len() + at as usize);
        splice.range = at(splice.range.start)..at(splice.range.end);
    }
    if growth != 0 {
        splices.extend(frame.resized(tag, &body, growth));
    }
    let edit = OneFrame {
        splices,
        before: edited.before + around,
        appended: edited.after + around,
        ..OneFrame::default()
    };
    Ok((edit, edited.xmp))
}

/// A frame with a new packet; nothing where there is nothing to say.
pub(super) fn create(version: u8, wanted: &Packet<'_>) -> Vec<u8> {
    let packet = xmp::create(wanted.wanted);
    if packet.is_empty() {
        return Vec::new();
    }
    let length = (OWNER.len() + packet.len()) as u64;
    let head = [b"PRIV".as_slice(), &frame_size(version, length), &[0; 2]];
    [&head.concat(), OWNER.as_slice(), &packet].concat()
}
