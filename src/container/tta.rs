//! Where the frames of a True Audio file are (TTA1; integers are little-endian), between
//! the tags at both ends.
//!
//! A header of 22 bytes, a seek table with the size of every frame and a checksum, frames.

use std::ops::Range;

use super::edges::{Edge, Edges};
use super::{Layout, Stream, Structure, Visit};
use crate::carrier::Carrier;
use crate::error::Fault;
use crate::source::Source;

const HEADER: u64 = 22;
/// Format 2 is encrypted.
const PLAIN: u16 = 1;

#[derive(Debug)]
pub(crate) struct Tta {
    /// The size of each frame, in 4 bytes.
    seek_table: Range<u64>,
    frames: Range<u64>,
    pub(super) edge: Edge,
}

/// `start` is where the tags at the front end.
pub(super) fn scan(source: &mut Source, start: u64) -> Result<Layout, Fault> {
    let edges = Edges::find(source, start)?;
    if source.le16(start + 4)? != PLAIN {
        let what = "True Audio that is encrypted or of another format";
        return Err(Fault::Unsupported(what, start + 4));
    }
    let stream = Stream {
        codec: "tta".to_owned(),
        sample_rate: source.le32(start + 10)?,
        channels: source.le16(start + 6)?,
    };
    let samples = u64::from(source.le32(start + 14)?);
    // A frame lasts 256/245 of a second.
    let length = u64::from(stream.sample_rate) * 256 / 245;
    let count = samples.checked_div(length).map(|whole| {
        let has_more = samples % length > 0;
        whole + u64::from(has_more)
    });
    let count = count.ok_or(Fault::Malformed("True Audio: no sampling rate", start + 10))?;
    let seek_table = start + HEADER..start + HEADER + 4 * count;
    let frames = seek_table.end + 4..edges.end();
    if frames.start > frames.end {
        let what = "True Audio: the seek table is longer than the file";
        return Err(Fault::Malformed(what, start + 14));
    }
    // Programs write one or the other; a new tag is what most of them read.
    let carrier = if edges.are_behind() {
        Carrier::Ape
    } else {
        Carrier::Id3v2
    };
    Ok(edges.layout(carrier, stream, |edge| {
        Structure::Tta(Tta {
            seek_table,
            frames,
            edge,
        })
    }))
}

impl Tta {
    /// The frames, which follow each other and fill the file.
    pub(super) fn essence(&self, source: &mut Source, visit: &mut Visit<'_>) -> Result<(), Fault> {
        source.widen();
        let Range { start, end } = self.frames;
        let mut at = start;
        for entry in self.seek_table.clone().step_by(4) {
            at += u64::from(source.le32(entry)?);
        }
        if at != end {
            let what = "True Audio: the frames are not as long as the file";
            return Err(Fault::Malformed(what, start));
        }
        visit(source, start..end)
    }
}
