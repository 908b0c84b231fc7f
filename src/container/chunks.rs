//! Where the chunks of an IFF-like file are, and how a tag chunk comes, grows and goes.
//!
//! RIFF (little-endian) and AIFF's FORM (big-endian): an outer chunk whose payload is
//! chunks of a four-character name, a 32-bit size and a payload, padded to an even
//! length. Files differ in whether the last pad byte is there and counted.

use std::ops::Range;

use super::{Changes, Prior, TagChange};
use crate::error::Fault;
use crate::source::Source;
use crate::splice::{self, Splice};

#[derive(Debug)]
pub(crate) struct Chunks {
    big_endian: bool,
    list: Vec<Chunk>,
    /// What the size field of the outer chunk says, and where that ends.
    size: u64,
    pub(super) audio: Range<u64>,
    /// The chunk that holds the tag.
    pub(super) tag: Option<usize>,
    /// The chunk that holds the second tag.
    pub(super) beside: Option<usize>,
    /// The name of a new tag chunk.
    pub(super) tag_name: [u8; 4],
}

#[derive(Debug, Clone)]
pub(super) struct Chunk {
    pub(super) name: [u8; 4],
    pub(super) payload: Range<u64>,
    /// Behind the pad byte, where there is one.
    pub(super) end: u64,
}

impl Chunk {
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

/// Where the file stood that has a new tag chunk behind its last, odd one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct OddEnd {
    /// The pad byte was there,
    padded: bool,
    /// and the outer size counted it.
    counted: bool,
}

impl OddEnd {
    const NAMES: [(&'static str, OddEnd); 4] = [
        ("padded", OddEnd::new(true, true)),
        ("uncounted", OddEnd::new(true, false)),
        ("unpadded", OddEnd::new(false, false)),
        ("promised", OddEnd::new(false, true)),
    ];

    const fn new(padded: bool, counted: bool) -> OddEnd {
        OddEnd { padded, counted }
    }

    fn name(self) -> &'static str {
        let known = OddEnd::NAMES.iter().find(|(_, end)| *end == self);
        known.map_or("padded", |(name, _)| name)
    }

    fn named(name: Option<&str>) -> OddEnd {
        let known = OddEnd::NAMES.iter().find(|(known, _)| Some(*known) == name);
        known.map_or(OddEnd::new(true, true), |(_, end)| *end)
    }
}

impl Chunks {
    /// Walks over the chunks behind the outer chunk's twelve bytes.
    pub(super) fn walk(source: &mut Source, big_endian: bool) -> Result<Chunks, Fault> {
        let size = number(source, 4, big_endian)?;
        if !big_endian && (size == 0 || size == 0xffff_ffff) {
            return Err(Fault::Malformed(
                "RIFF size was never filled in (streamed)",
                4,
            ));
        }
        let end = 8 + size;
        // An outer size may count a last pad byte that was never written.
        if end > source.len() + 1 || size < 4 {
            return Err(Fault::Malformed(
                "the outer chunk is longer than the file",
                4,
            ));
        }
        let mut list = Vec::new();
        let mut at = 12;
        while at < end.min(source.len()) {
            if end - at < 8 || source.len() - at < 8 {
                return Err(Fault::Malformed("bytes that are no chunk", at));
            }
            if list.len() >= source.limits().parts as usize {
                return Err(Fault::Limit("too many chunks", at));
            }
            let length = number(source, at + 4, big_endian)?;
            let payload = at + 8..at + 8 + length;
            if payload.end > end.min(source.len()) {
                return Err(Fault::Malformed(
                    "the chunk is longer than the file",
                    at + 4,
                ));
            }
            let padded = payload.end + length % 2;
            let last_byte = padded == source.len() && source.byte(padded - 1)? == 0;
            let chunk = Chunk {
                name: source.array(at)?,
                end: if padded <= end.min(source.len()) || last_byte {
                    padded
                } else {
                    payload.end
                },
                payload,
            };
            if !chunk.name.iter().all(|byte| (0x20..0x7f).contains(byte)) {
                return Err(Fault::Malformed("the chunk has no name", at));
            }
            at = chunk.end;
            list.push(chunk);
        }
        if end > source.len() && list.last().is_none_or(|last| !last.is_odd()) {
            return Err(Fault::Malformed(
                "the outer chunk is longer than the file",
                4,
            ));
        }
        Ok(Chunks {
            big_endian,
            list,
            size,
            audio: 0..0,
            tag: None,
            beside: None,
            tag_name: *b"    ",
        })
    }

    /// The first chunk of this name, and which one it is.
    pub(super) fn find(&self, name: &[u8; 4]) -> Option<(usize, Chunk)> {
        let index = self.list.iter().position(|chunk| &chunk.name == name)?;
        Some((index, self.list.get(index)?.clone()))
    }

    /// Every chunk with its index.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Chunk)> {
        self.list.iter().enumerate()
    }

    pub(super) fn changes(
        &self,
        source: &mut Source,
        tag: TagChange,
        beside: Vec<Splice>,
        prior: Prior<'_>,
    ) -> Result<Changes, Fault> {
        let mut splices = self.resize(source, self.beside, beside)?;
        let mut note = prior.note.map(str::to_owned);
        let mut size = self.size.saturating_add_signed(splice::growth(&splices));
        match tag {
            TagChange::Keep => {}
            TagChange::Edit { splices: edits, .. } => {
                let edits = self.resize(source, self.tag, edits)?;
                size = size.saturating_add_signed(splice::growth(&edits));
                splices.extend(edits);
            }
            TagChange::Create(payload) => {
                let end = self.odd_end();
                note = end
                    .filter(|end| *end != OddEnd::new(true, true))
                    .map(|end| end.name().to_owned());
                let at = self.list.last().map_or(12, |last| last.end);
                let mut bytes = vec![0; usize::from(end.is_some_and(|end| !end.padded))];
                bytes.extend(self.tag_name);
                bytes.extend(self.number(payload.len() as u64)?);
                let odd = payload.len() % 2 == 1;
                bytes.extend(payload);
                bytes.extend(vec![0; usize::from(odd)]);
                splices.push(Splice::insert(at, bytes));
                let others = splice::growth(&splices);
                size = (at - 8).saturating_add_signed(others);
            }
            TagChange::Remove => {
                if let Some(chunk) = self.tag.and_then(|index| self.list.get(index)) {
                    let before = self.list.iter().rfind(|other| other.end <= chunk.start());
                    let odd = before.is_some_and(Chunk::is_odd);
                    let end = OddEnd::named(prior.note);
                    let start = chunk.start() - u64::from(odd && !end.padded);
                    splices.push(Splice::remove(start..chunk.end));
                    size = size.saturating_sub(chunk.end - start);
                    if odd && end == OddEnd::new(true, false) {
                        size -= 1;
                    } else if odd && end == OddEnd::new(false, true) {
                        size += 1;
                    }
                }
                note = None;
            }
        }
        if size != self.size {
            splices.push(Splice::replace(4..8, self.number(size)?));
        }
        Ok(Changes {
            note,
            ..Changes::plain(splices)
        })
    }

    /// How the file ends, if its last chunk is odd.
    fn odd_end(&self) -> Option<OddEnd> {
        let last = self.list.last().filter(|last| last.is_odd())?;
        Some(OddEnd {
            padded: last.end > last.payload.end,
            counted: 8 + self.size > last.payload.end,
        })
    }

    /// Adds to the splices inside a chunk those of its size and its pad byte.
    fn resize(
        &self,
        source: &mut Source,
        index: Option<usize>,
        mut splices: Vec<Splice>,
    ) -> Result<Vec<Splice>, Fault> {
        let growth = splice::growth(&splices);
        let Some(chunk) = index.and_then(|index| self.list.get(index)) else {
            return Ok(Vec::new());
        };
        if growth == 0 {
            return Ok(splices);
        }
        let length = chunk.len().saturating_add_signed(growth);
        let size = self.number(length)?;
        splices.push(Splice::replace(
            chunk.start() + 4..chunk.payload.start,
            size,
        ));
        let pad = chunk.payload.end..chunk.end;
        let unpadded = chunk.is_odd() && pad.is_empty();
        if !source.is_zero(pad.clone())? || unpadded {
            let what = "the tag's chunk has a missing or odd pad byte";
            return Err(Fault::Unsupported(what, chunk.payload.end));
        }
        let new = vec![0; (length % 2) as usize];
        if new.len() as u64 != pad.end - pad.start {
            splices.push(Splice::replace(pad, new));
        }
        Ok(splices)
    }

    fn number(&self, number: u64) -> Result<[u8; 4], Fault> {
        let number = u32::try_from(number)
            .map_err(|_| Fault::Limit("the file would be over 4 GiB (RF64 is not written)", 4))?;
        Ok(if self.big_endian {
            number.to_be_bytes()
        } else {
            number.to_le_bytes()
        })
    }
}

fn number(source: &mut Source, at: u64, big_endian: bool) -> Result<u64, Fault> {
    let number = if big_endian {
        source.be32(at)?
    } else {
        source.le32(at)?
    };
    Ok(u64::from(number))
}
