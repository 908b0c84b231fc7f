//! The XMP packet in a `PRIV` frame (ISO 16684-3: owner `XMP`; ID3v2.2 has no such frame).

use std::ops::Range;

use super::frames::{Frame, Header, Tag, on_frames};
use super::{OneFrame, frame_size};
use crate::carrier::xmp::{self, Heard, Packet};
use crate::carrier::{Edited, Packed};
use crate::error::Fault;
use crate::source::Source;
use crate::splice;

/// Who owns the frame.
const OWNER: [u8; 4] = *b"XMP\0";

/// What every packet in a tag says.
pub(crate) fn packets(source: &mut Source, range: Range<u64>) -> Result<Vec<Vec<Heard>>, Fault> {
    let header = Header::read(source, range)?;
    let (packets, _) = on_frames(source, &header, |source, tag| {
        let mut packets = Vec::new();
        for frame in &tag.frames {
            packets.extend(match packet(source, tag, frame)? {
                Some(Ok(packet)) => {
                    let all = 0..packet.len() as u64;
                    Some(source.held(&packet, |held| xmp::read(held, all))?)
                }
                Some(Err(why)) => Some(vec![xmp::unreadable(why)]),
                None => None,
            });
            let values: usize = packets.iter().map(Vec::len).sum();
            if values > source.limits().fields as usize {
                return Err(Fault::Limit("too many fields of ours", frame.at));
            }
        }
        Ok(packets)
    })?;
    Ok(packets)
}

/// The packet in a frame, where there is one, or why it cannot be had; without its end where
/// that is beyond the limit.
fn packet(
    source: &mut Source,
    tag: &Tag,
    frame: &Frame,
) -> Result<Option<Result<Vec<u8>, &'static str>>, Fault> {
    /// What the flags may put before the owner.
    const BEFORE: [usize; 4] = [0, 1, 4, 5];
    let head = frame.body.start..frame.body.end.min(frame.body.start + 9);
    if &frame.id != b"PRIV" {
        return Ok(None);
    }
    let head = source.bytes(head)?;
    let is_there = |at: &usize| head.get(*at..).is_some_and(|head| head.starts_with(&OWNER));
    if !BEFORE.iter().any(is_there) {
        return Ok(None);
    }
    if let Some(why) = frame.transformed(tag) {
        return Ok(Some(Err(why)));
    }
    let limit = source.limits().xmp.saturating_add(OWNER.len() as u64 + 1);
    let mut bytes = frame.plain_body(source, tag, limit)?.bytes;
    Ok(Some(if bytes.starts_with(&OWNER) {
        Ok(bytes.split_off(OWNER.len()))
    } else {
        Err("the frame's flags are not as the frame is")
    }))
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
    let most = source.limits().xmp;
    let mut kept = None;
    for frame in &tag.frames {
        match packet(source, tag, frame)? {
            // Longer than the longest that is read, it is not whole.
            Some(Ok(packet)) if packet.len() as u64 <= most => {
                let edited = xmp::edit_packet(&packet, wanted, most);
                return edit_frame(source, tag, frame, edited);
            }
            Some(_) => kept = Some(Packed::KEPT),
            None => {}
        }
    }
    if kept.is_some() {
        return Ok((OneFrame::default(), kept));
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
    if edited.splices.is_empty() {
        let as_it_is = OneFrame {
            before: edited.before,
            appended: edited.after,
            ..OneFrame::default()
        };
        return Ok((as_it_is, edited.xmp));
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
