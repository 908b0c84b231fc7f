//! Where are the headers of one logical stream?

use std::ops::Range;

use super::codec::Identification;
use super::counts::Counts;
use super::page::{CONTINUED, FIRST, Page};
use crate::error::Fault;
use crate::source::Source;

#[derive(Debug)]
pub(super) struct Link {
    pub(super) told: Identification,
    pub(super) serial: u32,
    /// From its first page to the end of its last.
    pub(super) pages: Range<u64>,
    /// The number of its first page.
    pub(super) sequence: u32,
    /// The pages from the second to the one on which the comment packet ends.
    pub(super) head: Range<u64>,
    /// The number of segments on each of them.
    pub(super) counts: Counts,
    /// The length of the comment packet.
    comment: u64,
    pub(super) tail: Tail,
    /// The first byte behind the last header packet.
    pub(super) sound: u64,
    /// The end of the page on which that packet ends.
    pub(super) headers_end: u64,
}

/// What follows the comment packet on its last page.
#[derive(Debug, Default)]
pub(super) struct Tail {
    pub(super) lacing: Vec<u8>,
    pub(super) bytes: Range<u64>,
    pub(super) granule: u64,
    pub(super) flags: u8,
}

impl Tail {
    /// The segments from `index` on, the first of which begins at `at`.
    pub(super) fn of(page: &Page, index: usize, at: u64) -> Tail {
        Tail {
            lacing: page.lacing.get(index..).unwrap_or_default().to_vec(),
            bytes: at..page.body.end,
            granule: page.granule,
            flags: page.flags,
        }
    }
}

impl Link {
    /// Reads the headers of the stream that begins at `start` and ends at `end`, as far as
    /// that is known.
    pub(super) fn read(source: &mut Source, start: u64, end: u64) -> Result<Link, Fault> {
        let first = Page::read(source, start)?;
        if first.flags & FIRST == 0 || first.lacing.last() == Some(&255) {
            return Err(Fault::Malformed("Ogg: no beginning of a stream", start));
        }
        let head = source.bytes(first.body.clone())?;
        let told = Identification::of(&head, first.body.start)?;
        if first.lacing.iter().filter(|value| **value < 255).count() != 1 {
            let what = "Ogg: the first page holds more than one packet";
            return Err(Fault::Malformed(what, start));
        }
        let mut link = Link {
            told,
            serial: first.serial,
            pages: start..end,
            sequence: first.sequence,
            head: first.body.end..first.body.end,
            counts: Counts(Vec::new()),
            comment: 0,
            tail: Tail::default(),
            sound: 0,
            headers_end: 0,
        };
        link.read_headers(source)?;
        Ok(link)
    }

    fn read_headers(&mut self, source: &mut Source) -> Result<(), Fault> {
        let mut walk = Walk::default();
        let (mut at, mut sequence) = (self.head.end, self.sequence);
        loop {
            if walk.may_end(&self.told) && ends(source, at)? {
                self.sound = at;
                self.headers_end = at;
                return Ok(());
            }
            let page = Page::read(source, at)?;
            if page.serial != self.serial {
                return Err(Fault::Unsupported("multiplexed Ogg streams", at));
            }
            sequence = sequence.wrapping_add(1);
            if page.sequence != sequence || page.flags & FIRST != 0 {
                let what = "Ogg: a page is missing among the headers";
                return Err(Fault::Malformed(what, at));
            }
            at = page.body.end;
            if let Some(sound) = self.take(source, &page, &mut walk)? {
                self.sound = sound;
                self.headers_end = at;
                return Ok(());
            }
        }
    }

    /// Takes in one page; gives where the sound begins, once that is known.
    fn take(
        &mut self,
        source: &mut Source,
        page: &Page,
        walk: &mut Walk,
    ) -> Result<Option<u64>, Fault> {
        if (page.flags & CONTINUED != 0) != walk.is_open && !page.lacing.is_empty() {
            return Err(Fault::Malformed("Ogg: wrong continued flag", page.at));
        }
        if walk.done == 0 {
            self.counts.0.push(page.lacing.len() as u8);
        }
        let Identification { codec, headers, .. } = self.told;
        let mut at = page.body.start;
        for (index, value) in page.lacing.iter().enumerate() {
            if !walk.is_open && !codec.is_header(source, at, *value, walk.done, headers)? {
                return Ok(Some(at));
            }
            walk.is_open = *value == 255;
            at += u64::from(*value);
            if walk.done == 0 {
                self.comment += u64::from(*value);
                if self.comment > source.limits().held_tag {
                    return Err(Fault::Limit("Ogg: the comments are too large", page.at));
                }
            }
            if walk.is_open {
                continue;
            }
            walk.done += 1;
            if walk.done == 1 {
                self.head.end = page.body.end;
                self.tail = Tail::of(page, index + 1, at);
            }
            if headers == Some(walk.done) {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// The comment packet, which is found to be one that can be edited.
    pub(super) fn comment(&self, source: &mut Source) -> Result<Vec<u8>, Fault> {
        let comment = self.packet(source)?;
        self.told.codec.check(source, &comment, self.head.start)?;
        Ok(comment)
    }

    pub(super) fn packet(&self, source: &mut Source) -> Result<Vec<u8>, Fault> {
        // What shares the last page is less than a page.
        let mut bodies = Vec::with_capacity(self.comment as usize + (64 << 10));
        let mut at = self.head.start;
        while at < self.head.end {
            let page = Page::read(source, at)?;
            bodies.extend(source.bytes(page.body.clone())?);
            at = page.body.end;
        }
        bodies.truncate(self.comment as usize);
        Ok(bodies)
    }
}

/// How far the headers have been read.
#[derive(Default)]
struct Walk {
    /// Whole header packets behind the first.
    done: u32,
    /// A packet goes on on the next page.
    is_open: bool,
}

impl Walk {
    /// Whether the headers may be all, with no sound behind them.
    fn may_end(&self, told: &Identification) -> bool {
        told.headers.is_none() && self.done > 0 && !self.is_open
    }
}

/// Whether the file ends at `at`, or another stream begins.
fn ends(source: &mut Source, at: u64) -> Result<bool, Fault> {
    Ok(at == source.len() || Page::read(source, at)?.flags & FIRST != 0)
}
