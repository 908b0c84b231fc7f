//! What new pages hold the comments of a stream?
//!
//! Only the pages of the comment packet are made anew. What begins on the last of them,
//! be it the next header or sound, moves as it is; pages behind are numbered anew.

use super::counts::Counts;
use super::link::{Link, Tail};
use super::page::{self, CONTINUED, LAST, NO_PACKET_ENDS, Page, checksum};
use crate::container::HeldEdit;
use crate::error::Fault;
use crate::source::Source;
use crate::splice::{self, Splice};

/// New comment pages.
pub(super) struct Repaged {
    pub(super) splice: Splice,
    /// By how much the numbers of the pages behind grow.
    pub(super) added: u32,
    /// The segment counts of the pages from before any edit.
    pub(super) counts: Counts,
}

impl Link {
    /// The pages with the comments as they shall be; `None` where they are so.
    pub(super) fn repaged(
        &self,
        source: &mut Source,
        edit: &HeldEdit,
    ) -> Result<Option<Repaged>, Fault> {
        if edit.splices.is_empty() {
            return Ok(None);
        }
        let comment = self.packet(source)?;
        let old = self.paged(source, &comment, &self.tail, &self.counts)?;
        if source.bytes(self.head.clone())? != old {
            let what = "Ogg: comment pages that could not be restored";
            return Err(Fault::Unsupported(what, self.head.start));
        }
        let mut comment = splice::apply(&comment, &edit.splices);
        self.told.codec.resize(&mut comment, self.head.start)?;
        let noted = edit.note.as_deref().and_then(|note| note.parse().ok());
        let original: Counts = noted.unwrap_or_else(|| self.counts.clone());
        let (mut range, mut gone) = (self.head.clone(), self.counts.0.len());
        let mut moved = None;
        if edit.after == 0 {
            moved = self.moved_tail(source, &comment, &original)?;
        }
        if let Some(tail) = &moved {
            range.end = tail.bytes.end;
            gone += 1;
        }
        let tail = moved.as_ref().unwrap_or(&self.tail);
        let segments = page::lacing(comment.len()).len() + tail.lacing.len();
        // Taking our lines off gives the pages back as they were; else they are full.
        let counts = match edit.after {
            0 if original.segments() == segments => original.clone(),
            // Or somebody else changed the comments since: the note is of no use.
            _ => full(&comment, tail),
        };
        let pages = self.paged(source, &comment, tail, &counts)?;
        Ok(Some(Repaged {
            added: (counts.0.len() as u32).wrapping_sub(gone as u32),
            splice: Splice::replace(range, pages),
            counts: original,
        }))
    }

    /// What followed the comments on their last page, where it stands on the next page now
    /// because longer comments left it no room.
    fn moved_tail(
        &self,
        source: &mut Source,
        comment: &[u8],
        original: &Counts,
    ) -> Result<Option<Tail>, Fault> {
        let missing = original
            .segments()
            .checked_sub(page::lacing(comment.len()).len());
        let missing = missing.filter(|missing| *missing > 0 && self.tail.lacing.is_empty());
        if missing.is_none() || self.head.end >= self.pages.end {
            return Ok(None);
        }
        let page = Page::read(source, self.head.end)?;
        let is_whole = Some(page.lacing.len()) == missing;
        Ok(is_whole.then(|| Tail::of(&page, 0, page.body.start)))
    }

    /// The comment pages with so many segments each.
    fn paged(
        &self,
        source: &mut Source,
        comment: &[u8],
        tail: &Tail,
        counts: &Counts,
    ) -> Result<Vec<u8>, Fault> {
        let mut lacing = page::lacing(comment.len());
        lacing.extend(&tail.lacing);
        let bytes = [comment, &source.bytes(tail.bytes.clone())?].concat();
        let (mut pages, mut segment, mut at) = (Vec::new(), 0, 0);
        for (number, count) in (1u32..).zip(&counts.0) {
            let end = segment + usize::from(*count);
            let values = lacing.get(segment..end).unwrap_or_default();
            let length: usize = values.iter().map(|value| usize::from(*value)).sum();
            let continued = segment > 0 && lacing.get(segment - 1) == Some(&255);
            let last = number as usize == counts.0.len();
            let granule = if values.iter().all(|value| *value == 255) {
                NO_PACKET_ENDS
            } else if last && tail.granule != NO_PACKET_ENDS {
                tail.granule
            } else {
                0
            };
            let mut page = b"OggS\0".to_vec();
            page.push(
                if continued { CONTINUED } else { 0 } | if last { tail.flags & LAST } else { 0 },
            );
            page.extend(granule.to_le_bytes());
            page.extend(self.serial.to_le_bytes());
            page.extend(self.sequence.wrapping_add(number).to_le_bytes());
            page.extend([0; 4]);
            page.push(*count);
            page.extend(values);
            page.extend(bytes.get(at..at + length).unwrap_or_default());
            checksum(&mut page);
            pages.extend(page);
            segment = end;
            at += length;
        }
        Ok(pages)
    }
}

/// Segment counts of pages that hold 255 segments each; what shares the last one keeps all
/// its segments on one page.
fn full(comment: &[u8], tail: &Tail) -> Counts {
    let headers = page::lacing(comment.len()).len();
    let tail = tail.lacing.len();
    let mut counts = vec![255; headers / 255];
    match headers % 255 {
        0 if tail == 0 => {}
        rest if rest + tail <= 255 => counts.push((rest + tail) as u8),
        rest => counts.extend([rest as u8, tail as u8]),
    }
    Counts(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_is_empty_and_what_shares_a_page_stays_on_one() {
        let counts = |segments: usize, tail: usize| {
            let tail = Tail {
                lacing: vec![1; tail],
                ..Tail::default()
            };
            full(&vec![0; segments * 255 - 1], &tail).0
        };
        assert_eq!(counts(1, 0), [1]);
        assert_eq!(counts(254, 1), [255]);
        assert_eq!(counts(255, 0), [255]);
        assert_eq!(counts(255, 3), [255, 3]);
        assert_eq!(counts(250, 5), [255]);
        assert_eq!(counts(250, 6), [250, 6]);
        assert_eq!(counts(256, 0), [255, 1]);
        assert_eq!(counts(256, 255), [255, 1, 255]);
        assert_eq!(counts(510, 0), [255, 255]);
    }
}
