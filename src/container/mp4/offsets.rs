//! Which tables of a track hold positions in the file, and how they follow what they point
//! to (ISO/IEC 14496-12 sections 8.7.5 and 8.7.9).

use std::ops::Range;

use super::super::{Change, Piece, Plan, VisitPiece};
use super::atoms::{Atom, find};
use crate::error::Fault;
use crate::source::Source;

/// A table of positions.
#[derive(Debug)]
pub(super) struct OffsetTable {
    pub(super) entries: Range<u64>,
    /// The bytes of each entry: 4 or 8.
    pub(super) width: u64,
    /// Of chunk offsets, which have an atom for each width: the atoms around the table,
    /// from the outermost, and its own.
    path: Option<Vec<Atom>>,
}

/// The most tables of positions in a file: a track has one, or a few where it is encrypted.
const MOST_TABLES: usize = 1000;

/// Adds a table to those of a file.
pub(super) fn push(tables: &mut Vec<OffsetTable>, table: OffsetTable) -> Result<(), Fault> {
    if tables.len() >= MOST_TABLES {
        let what = "MP4: too many tables of positions";
        return Err(Fault::Limit(what, table.entries.start));
    }
    tables.push(table);
    Ok(())
}

impl OffsetTable {
    /// The chunk offsets in the last atom of `path`, a sample table.
    pub(super) fn chunks(
        source: &mut Source,
        mut path: Vec<Atom>,
        tables: &[Atom],
    ) -> Result<OffsetTable, Fault> {
        let (atom, width) = match (find(tables, b"stco"), find(tables, b"co64")) {
            (Some(atom), None) => (atom, 4),
            (None, Some(atom)) => (atom, 8),
            (Some(_), Some(atom)) => {
                let what = "MP4: two tables of chunk offsets";
                return Err(Fault::Malformed(what, atom.start()));
            }
            (None, None) => {
                let at = path.last().map_or(0, Atom::start);
                return Err(Fault::Malformed("MP4: a track lacks a table", at));
            }
        };
        let entries = entries(source, &atom, 4, width)?;
        path.push(atom);
        Ok(OffsetTable {
            entries,
            width,
            path: Some(path),
        })
    }

    /// The positions of auxiliary information about samples.
    pub(super) fn auxiliary(source: &mut Source, saio: &Atom) -> Result<OffsetTable, Fault> {
        let start = saio.payload().start;
        if saio.payload().end - start < 4 {
            return Err(Fault::Malformed("MP4: wrong table", start));
        }
        let width = if source.byte(start)? == 0 { 4 } else { 8 };
        // With this flag the kind of information stands before the count.
        let is_named = source.byte(start + 3)? & 1 == 1;
        let before = if is_named { 12 } else { 4 };
        Ok(OffsetTable {
            entries: entries(source, saio, before, width)?,
            width,
            path: None,
        })
    }

    /// Whether every entry has room in 32 bits under this plan.
    fn fits(&self, source: &mut Source, plan: &Plan) -> Result<bool, Fault> {
        const MOST: u64 = u32::MAX as u64;
        let mut fits = true;
        // Nothing in a shorter file has a larger position.
        if plan.new_len() > MOST {
            each(
                source,
                self.entries.clone(),
                self.width,
                &mut |_, positions| {
                    for position in positions {
                        fits &= plan.moved(*position)? <= MOST;
                    }
                    Ok(())
                },
            )?;
        }
        Ok(fits)
    }

    /// What becomes of the table where its entries get `width` bytes: of itself and of the
    /// atoms around it.
    fn changes(&self, width: u64) -> Result<Vec<Change>, Fault> {
        let table = Change::Offsets {
            range: self.entries.clone(),
            old: self.width,
            new: width,
        };
        let growth = table.growth();
        let mut changes = vec![table];
        if let Some(path) = self.path.as_ref().filter(|_| self.width != width) {
            for atom in path {
                changes.extend(atom.resized(growth)?.map(Change::from));
            }
            let kind = if width == 8 { *b"co64" } else { *b"stco" };
            changes.extend(path.last().map(|atom| Change::from(atom.renamed(kind))));
        }
        Ok(changes)
    }
}

/// The entries behind version, flags and a count that stands `before` bytes into the atom.
pub(super) fn entries(
    source: &mut Source,
    atom: &Atom,
    before: u64,
    width: u64,
) -> Result<Range<u64>, Fault> {
    let Range { start, end } = atom.payload();
    let wrong = Fault::Malformed("MP4: wrong table", start);
    if end - start < before + 4 {
        return Err(wrong);
    }
    let first = start + before + 4;
    let entries = first..first + width * u64::from(source.be32(first - 4)?);
    if entries.end > end {
        return Err(wrong);
    }
    Ok(entries)
}

/// Tracks that an undo note has room to name.
const MOST_WIDENED: usize = 16;

/// How tables follow what moves.
pub(super) struct Following {
    pub(super) changes: Vec<Change>,
    /// Which tables of chunk offsets are wider than before any edit, counted from 1.
    pub(super) widened: Vec<usize>,
}

/// The changes of all `tables` where `splices` are made. Tables of chunk offsets keep
/// their 32 bits where every offset has room in them; else all get 64. Those that an
/// earlier edit `widened` are taken for what they were.
pub(super) fn follow(
    source: &mut Source,
    tables: &[OffsetTable],
    widened: &[usize],
    splices: &[Change],
) -> Result<Following, Fault> {
    let (mut narrow, mut fixed) = (Vec::new(), Vec::new());
    let mut number = 0;
    for table in tables {
        number += usize::from(table.path.is_some());
        let was_narrow = table.width == 4 || widened.contains(&number);
        if table.path.is_some() && was_narrow && !table.entries.is_empty() {
            narrow.push((number, table));
        } else {
            fixed.extend(table.changes(table.width)?);
        }
    }
    let with = |width| {
        let mut changes = fixed.clone();
        for (_, table) in &narrow {
            changes.extend(table.changes(width)?);
        }
        Ok::<_, Fault>(changes)
    };
    let changes = with(4)?;
    let plan = Plan::new([splices, &changes].concat(), source.len())?;
    for (_, table) in &narrow {
        if !table.fits(source, &plan)? {
            if narrow.len() > MOST_WIDENED {
                let what = "MP4: 32-bit offsets of too many tracks would overflow";
                return Err(Fault::Limit(what, table.entries.start));
            }
            return Ok(Following {
                changes: with(8)?,
                widened: narrow.iter().map(|(number, _)| *number).collect(),
            });
        }
    }
    Ok(Following {
        changes,
        widened: Vec::new(),
    })
}

type EachBatch<'a> = dyn FnMut(&mut Source, &[u64]) -> Result<(), Fault> + 'a;

/// Hands the positions of a table to `visit`, a batch at a time.
fn each(
    source: &mut Source,
    entries: Range<u64>,
    width: u64,
    visit: &mut EachBatch<'_>,
) -> Result<(), Fault> {
    const BATCH: u64 = 64 << 10;
    let mut at = entries.start;
    while at < entries.end {
        let end = entries.end.min(at + BATCH);
        let bytes = source.bytes(at..end)?;
        let number = |entry: &[u8]| entry.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
        let positions: Vec<u64> = bytes.chunks_exact(width as usize).map(number).collect();
        visit(source, &positions)?;
        at = end;
    }
    Ok(())
}

/// Hands a table to `visit`, with each position `moved` to where its bytes are, and of
/// `new` bytes instead of `old`.
pub(in super::super) fn follow_table(
    source: &mut Source,
    range: Range<u64>,
    (old, new): (u64, u64),
    moved: impl Fn(u64) -> Result<u64, Fault>,
    visit: &mut VisitPiece<'_>,
) -> Result<(), Fault> {
    let start = range.start;
    each(source, range, old, &mut |source, positions| {
        let mut bytes = Vec::with_capacity(positions.len() * new as usize);
        for position in positions {
            let position = moved(*position)?;
            if new == 4 && position > u64::from(u32::MAX) {
                return Err(Fault::Limit("MP4: 32-bit offsets would overflow", start));
            }
            let wide = position.to_be_bytes();
            bytes.extend(wide.iter().skip(8 - new as usize));
        }
        visit(source, Piece::Bytes(&bytes))
    })
}
