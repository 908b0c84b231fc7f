//! How the new file follows from the old one: what is copied, what is put in its place.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use super::{mp4, ogg};
use crate::error::Fault;
use crate::source::Source;
use crate::splice::Splice;

/// One departure from a plain copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    Splice(Splice),
    /// A table of MP4 offsets, of `old` bytes each and of `new` bytes from now on: each
    /// follows the bytes that it points to.
    Offsets {
        range: Range<u64>,
        old: u64,
        new: u64,
    },
    /// Movie fragments of MP4, whose offsets follow likewise.
    Fragments(Range<u64>),
    /// Whole Ogg pages whose sequence numbers move by `by`, with new checksums.
    Renumber {
        range: Range<u64>,
        by: u32,
    },
}

impl Change {
    /// What it changes.
    pub(crate) fn range(&self) -> &Range<u64> {
        match self {
            Change::Splice(splice) => &splice.range,
            Change::Offsets { range, .. }
            | Change::Fragments(range)
            | Change::Renumber { range, .. } => range,
        }
    }

    /// By how much everything behind the change moves, in bytes.
    pub(crate) fn growth(&self) -> i64 {
        match self {
            Change::Splice(splice) => splice.growth(),
            Change::Offsets { range, old, new } => {
                let entries = (range.end - range.start) / old;
                (new.cast_signed() - old.cast_signed()) * entries.cast_signed()
            }
            Change::Fragments(_) | Change::Renumber { .. } => 0,
        }
    }
}

impl From<Splice> for Change {
    fn from(splice: Splice) -> Change {
        Change::Splice(splice)
    }
}

/// Every departure from a plain copy, in file order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    changes: Vec<Change>,
    /// Those that change their length, and how far what is behind them moves.
    moves: Vec<(Range<u64>, i64)>,
    old_len: u64,
}

/// What is done with each stretch of a new file.
pub(crate) type VisitPiece<'a> = dyn FnMut(&mut Source, Piece<'_>) -> Result<(), Fault> + 'a;

/// A stretch of the new file.
pub(crate) enum Piece<'a> {
    /// These bytes of the old file.
    Copy(Range<u64>),
    /// New bytes.
    Bytes(&'a [u8]),
}

impl Plan {
    /// A plan for a file of `old_len` bytes. An insertion stands before what else begins
    /// at its place; of several insertions the first given comes first.
    pub(crate) fn new(mut changes: Vec<Change>, old_len: u64) -> Result<Plan, Fault> {
        changes.sort_by_key(|change| (change.range().start, change.range().end));
        let (mut done, mut shift) = (0, 0);
        let mut moves = Vec::new();
        for change in &changes {
            let range = change.range();
            if range.start < done || range.end > old_len {
                return Err(Fault::Malformed("two structures share bytes", range.start));
            }
            done = range.end;
            if change.growth() != 0 {
                shift += change.growth();
                moves.push((range.clone(), shift));
            }
        }
        Ok(Plan {
            changes,
            moves,
            old_len,
        })
    }

    /// Whether the new file is the old one.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The length of the new file.
    pub(crate) fn new_len(&self) -> u64 {
        let growth = self.moves.last().map_or(0, |(_, shift)| *shift);
        self.old_len.saturating_add_signed(growth)
    }

    /// Where the byte at `old` stands in the new file.
    pub(crate) fn moved(&self, old: u64) -> Result<u64, Fault> {
        let before = self.moves.partition_point(|(range, _)| range.end <= old);
        if let Some((range, _)) = self.moves.get(before)
            && range.start <= old
        {
            return Err(Fault::Malformed("samples stand inside a tag", old));
        }
        let last = before.checked_sub(1).and_then(|last| self.moves.get(last));
        Ok(old.saturating_add_signed(last.map_or(0, |(_, shift)| *shift)))
    }

    /// Where samples stand in the new file that count from the position `from`: as they
    /// were, and as far from there.
    pub(crate) fn carried(&self, from: u64, samples: Range<u64>) -> Result<Range<u64>, Fault> {
        let before = |change: &Change| change.range().end <= samples.start;
        let next = self.changes.get(self.changes.partition_point(before));
        // Of fragments their headers change alone.
        let next = next.filter(|change| !matches!(change, Change::Fragments(_)));
        let is_torn = next.is_some_and(|change| change.range().start < samples.end);
        let shift = |at: u64| Ok::<u64, Fault>(self.moved(at)?.wrapping_sub(at));
        if is_torn || shift(samples.start)? != shift(from)? {
            let what = "MP4: samples that would not move in one piece with what points to them";
            return Err(Fault::Unsupported(what, samples.start));
        }
        let start = self.moved(samples.start)?;
        Ok(start..start + (samples.end - samples.start))
    }

    /// Hands the new file to `visit`, piece by piece.
    pub(crate) fn pieces(
        &self,
        source: &mut Source,
        visit: &mut VisitPiece<'_>,
    ) -> Result<(), Fault> {
        let mut done = 0;
        for change in &self.changes {
            let range = change.range().clone();
            if done < range.start {
                visit(source, Piece::Copy(done..range.start))?;
            }
            match change {
                Change::Splice(splice) => visit(source, Piece::Bytes(&splice.bytes))?,
                Change::Offsets { old, new, .. } => {
                    let moved = |old| self.moved(old);
                    mp4::follow_table(source, range.clone(), (*old, *new), moved, visit)?;
                }
                Change::Fragments(_) => {
                    mp4::follow_fragments(source, range.clone(), |old| self.moved(old), visit)?;
                }
                Change::Renumber { by, .. } => {
                    ogg::renumber(source, range.clone(), *by, visit)?;
                }
            }
            done = range.end;
        }
        if done < self.old_len {
            visit(source, Piece::Copy(done..self.old_len))?;
        }
        Ok(())
    }

    /// Writes the new file. Copied ranges go from file to file, through the kernel where
    /// it can (`copy_file_range`, reflinks).
    pub(crate) fn write(
        &self,
        source: &mut Source,
        old: &File,
        new: &mut File,
    ) -> Result<(), Fault> {
        self.pieces(source, &mut |_, piece| {
            match piece {
                Piece::Bytes(bytes) => new.write_all(bytes)?,
                Piece::Copy(range) => {
                    let length = range.end - range.start;
                    let mut from = old;
                    from.seek(SeekFrom::Start(range.start))?;
                    if io::copy(&mut from.take(length), new)? != length {
                        return Err(Fault::Io(io::ErrorKind::UnexpectedEof.into()));
                    }
                }
            }
            Ok(())
        })
    }

    /// Whether `new` is, byte for byte, what this plan makes of `source`.
    pub(crate) fn yields(&self, source: &mut Source, new: &mut Source) -> Result<bool, Fault> {
        if new.len() != self.new_len() {
            return Ok(false);
        }
        let (mut at, mut equal) = (0, true);
        self.pieces(source, &mut |source, piece| {
            let mut compare = |bytes: &[u8]| {
                let end = at + bytes.len() as u64;
                let mut offset = 0;
                new.each::<Fault>(at..end, |found| {
                    equal &= bytes.get(offset..offset + found.len()) == Some(found);
                    offset += found.len();
                    Ok(())
                })?;
                at = end;
                Ok(())
            };
            match piece {
                Piece::Bytes(bytes) => compare(bytes),
                Piece::Copy(range) => source.each::<Fault>(range, compare),
            }
        })?;
        Ok(equal && at == new.len())
    }
}
