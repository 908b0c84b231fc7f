//! Where the chunks of an IFF-like file are.
//!
//! RIFF (little-endian), its 64-bit forms RF64 and BW64, and AIFF's FORM (big-endian): an
//! outer chunk whose payload is chunks of a four-character name, a 32-bit size and a
//! payload, padded to an even length. Files differ in whether the last pad byte is there
//! and counted, and a stream leaves a RIFF whose sizes were never filled in.

mod change;
mod ending;
mod open;
mod sizes;

use std::ops::Range;

use self::open::{Open, is_blank, open_sound};
use self::sizes::Sizes;
use super::Mask;
use crate::carrier::c2pa::{self, Hear};
use crate::error::Fault;
use crate::source::Source;

/// In a size of 32 bits, never a size.
const LARGEST: u64 = 0xffff_ffff;

#[derive(Debug)]
pub(crate) struct Chunks {
    big_endian: bool,
    list: Vec<Chunk>,
    /// Where the size of the outer chunk stands, what stands there, and what it is.
    size_at: Range<u64>,
    stated: u64,
    size: u64,
    open: Option<Open>,
    pub(super) audio: Range<u64>,
    /// The chunk that holds the tag.
    pub(super) tag: Option<usize>,
    /// The chunk that holds the second tag.
    pub(super) beside: Option<usize>,
    /// The name of a new tag chunk.
    pub(super) tag_name: [u8; 4],
    /// The chunk that holds the XMP packet that is edited,
    pub(super) xmp: Option<usize>,
    /// the name of a new one, and what stands in it before the packet.
    pub(super) xmp_name: [u8; 4],
    pub(super) xmp_signature: &'static [u8],
}

#[derive(Debug, Clone)]
pub(super) struct Chunk {
    pub(super) name: [u8; 4],
    /// Where its size stands, of 32 bits or of 64.
    size_at: Range<u64>,
    pub(super) payload: Range<u64>,
    /// Behind the pad byte, where there is one.
    pub(super) end: u64,
}

impl Chunks {
    /// Walks over the chunks behind the outer chunk's twelve bytes.
    pub(super) fn walk(source: &mut Source, big_endian: bool) -> Result<Chunks, Fault> {
        let mut sizes = Sizes::read(source, big_endian)?;
        let (size_at, stated) = sizes.outer(source)?;
        let length = source.len();
        let is_blank = sizes.may_be_open() && is_blank(stated);
        let open = is_blank.then_some(Open {
            outer: stated as u32,
            data: None,
        });
        if stated < 4 && !is_blank {
            let what = "the outer chunk is too short";
            return Err(Fault::Malformed(what, size_at.start));
        }
        let end = if is_blank {
            length
        } else {
            stated.saturating_add(8)
        };
        let mut chunks = Chunks {
            big_endian,
            list: Vec::new(),
            size: end.saturating_sub(8),
            size_at,
            stated,
            open,
            audio: 0..0,
            tag: None,
            beside: None,
            tag_name: *b"    ",
            xmp: None,
            xmp_name: *b"    ",
            xmp_signature: b"",
        };
        chunks.list(source, &mut sizes, end)?;
        let padding = u64::from(chunks.list.last().is_some_and(Chunk::is_odd));
        // An outer size may count a last pad byte that was never written.
        if chunks.size > length + padding - 8 {
            let what = "the outer chunk is longer than the file";
            return Err(Fault::Malformed(what, chunks.size_at.start));
        }
        Ok(chunks)
    }

    fn list(&mut self, source: &mut Source, sizes: &mut Sizes, end: u64) -> Result<(), Fault> {
        let mut at = 12;
        while at < end.min(source.len()) {
            if self.list.len() >= source.limits().parts as usize {
                return Err(Fault::Limit("too many chunks", at));
            }
            let chunk = Chunk::read(source, sizes, at, end)?;
            let open = match &chunk.name {
                b"data" if sizes.may_be_open() && self.find(b"data").is_none() => {
                    open_sound(source, &chunk, self.stated)?
                }
                _ => None,
            };
            if open.is_some() {
                let end = source.len();
                (self.open, self.size) = (open, end - 8);
                self.list.push(Chunk {
                    payload: chunk.payload.start..end,
                    end,
                    ..chunk
                });
                return Ok(());
            }
            chunk.refuse_beyond(end.min(source.len()))?;
            at = chunk.end;
            self.list.push(chunk);
        }
        Ok(())
    }

    /// The first chunk of this name, and which one it is.
    pub(super) fn find(&self, name: &[u8; 4]) -> Option<(usize, Chunk)> {
        let index = self.list.iter().position(|chunk| &chunk.name == name)?;
        Some((index, self.list.get(index)?.clone()))
    }

    /// Every chunk that is no sound and does not describe it, as one that is passed over.
    pub(super) fn masks(&self) -> Vec<Mask> {
        let is_heard =
            |chunk: &&Chunk| matches!(&chunk.name, b"ds64" | b"fmt " | b"fact" | b"data");
        let others = self.list.iter().filter(|chunk| !is_heard(chunk));
        others
            .map(|chunk| (chunk.start(), b"JUNK".to_vec()))
            .collect()
    }

    /// Whether the sound has no length and goes on to the end of the file.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some_and(|open| open.data.is_some())
    }

    /// The chunk of the sound in RIFF, as a whole.
    pub(super) fn sound(&self) -> Range<u64> {
        let data = self.find(b"data");
        data.map_or(0..0, |(_, chunk)| chunk.payload)
    }

    /// What the C2PA manifests in chunks of their own say.
    pub(super) fn manifests(&self, source: &mut Source, hear: &mut Hear<'_>) -> Result<(), Fault> {
        for chunk in self.list.iter().filter(|chunk| &chunk.name == b"C2PA") {
            hear(c2pa::read(source, chunk.start(), chunk.payload.clone())?)?;
        }
        Ok(())
    }

    /// Every chunk with its index.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Chunk)> {
        self.list.iter().enumerate()
    }
}

impl Chunk {
    /// The chunk at `at`, whose payload may reach beyond `end`.
    fn read(source: &mut Source, sizes: &mut Sizes, at: u64, end: u64) -> Result<Chunk, Fault> {
        let end = end.min(source.len());
        if end - at < 8 {
            return Err(Fault::Malformed("bytes that are no chunk", at));
        }
        let name = source.array(at)?;
        if !name.iter().all(|byte| (0x20..0x7f).contains(byte)) {
            return Err(Fault::Malformed("the chunk has no name", at));
        }
        let (size_at, size) = sizes.chunk(source, &name, at)?;
        let start = at + 8;
        let payload = start..start.saturating_add(size);
        let padded = payload.end.saturating_add(size % 2);
        let is_counted = padded <= end;
        let is_last = padded == source.len() && source.byte(padded - 1)? == 0;
        let end = if is_counted || is_last {
            padded
        } else {
            payload.end
        };
        Ok(Chunk {
            name,
            size_at,
            payload,
            end,
        })
    }

    fn refuse_beyond(&self, end: u64) -> Result<(), Fault> {
        let what = "the chunk is longer than the file";
        if self.payload.end > end {
            return Err(Fault::Malformed(what, self.size_at.start));
        }
        Ok(())
    }

    /// Whether the payload begins with these bytes.
    pub(super) fn starts_with(&self, source: &mut Source, bytes: &[u8]) -> Result<bool, Fault> {
        let is_long = self.len() >= bytes.len() as u64;
        Ok(is_long && source.has(self.payload.start, bytes)?)
    }

    pub(super) fn len(&self) -> u64 {
        self.payload.end - self.payload.start
    }

    fn start(&self) -> u64 {
        self.payload.start - 8
    }

    fn is_odd(&self) -> bool {
        self.len() % 2 == 1
    }
}
