//! Which `GEOB` frame holds a C2PA manifest store, and where in it? (C2PA 2.2 section A.3.4)

use super::frames::{Frame, Tag};
use crate::carrier::c2pa::{self, Manifest};
use crate::error::Fault;
use crate::source::Source;

const TYPES: [&[u8]; 3] = [
    b"application/c2pa\0",
    b"application/x-c2pa-manifest-store\0",
    b"application/jumbf\0",
];
/// Longer names of an object are no names.
const HEAD: u64 = 4 << 10;
/// How much of a frame that is unsynchronised on its own is held.
const CODED: u64 = 1 << 20;

/// What the manifest in a `GEOB` frame says, where it holds one.
pub(super) fn manifest(
    source: &mut Source,
    tag: &Tag,
    frame: &Frame,
) -> Result<Option<Manifest>, Fault> {
    let raw = source.bytes(frame.body.start..frame.body.end.min(frame.body.start + 64))?;
    if !is_manifest(&raw) {
        return Ok(None);
    }
    let unreadable = |why| Ok(Some(Manifest::empty(frame.at, Some(why))));
    if let Some(why) = frame.transformed(tag) {
        return unreadable(why);
    }
    let head = frame.plain_body(source, tag, HEAD)?;
    let Some(start) = data(&head.bytes) else {
        return unreadable("C2PA: the frame is not as GEOB frames are");
    };
    if !head.is_coded {
        return c2pa::read(source, frame.at, head.position(start)..frame.body.end).map(Some);
    }
    if frame.len() > CODED {
        return unreadable("C2PA: a long frame that is unsynchronised");
    }
    let body = frame.plain_body(source, tag, CODED)?.bytes;
    let range = start as u64..body.len() as u64;
    let manifest = source.held(&body, |held| c2pa::read(held, frame.at, range));
    manifest.map(Some)
}

/// Whether the object's type is one of a manifest: behind the encoding byte, and what the
/// frame's flags put before that, or one wrong bit in them keeps from being looked for.
fn is_manifest(raw: &[u8]) -> bool {
    let is_named = |at: usize| {
        TYPES.iter().any(|name| {
            let there = raw.get(at..at + name.len());
            there.is_some_and(|there| there.eq_ignore_ascii_case(name))
        })
    };
    [1, 2, 5, 6].into_iter().any(is_named)
}

/// Where the data begins: behind the encoding, the type in ISO-8859-1, a file's name and a
/// description in that encoding.
fn data(body: &[u8]) -> Option<usize> {
    let is_wide = matches!(body.first()?, 1 | 2);
    let mut at = 1 + body.get(1..)?.iter().position(|byte| *byte == 0)? + 1;
    for _ in 0..2 {
        let rest = body.get(at..)?;
        at += if is_wide {
            let mut units = rest.chunks_exact(2);
            2 * (units.position(|unit| unit == [0, 0])? + 1)
        } else {
            rest.iter().position(|byte| *byte == 0)? + 1
        };
    }
    Some(at)
}
