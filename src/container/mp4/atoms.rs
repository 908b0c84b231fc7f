//! Where an atom (ISO/IEC 14496-12: box) starts and ends, and how its size is rewritten.

use std::ops::Range;

use crate::error::Fault;
use crate::source::Source;
use crate::splice::Splice;

#[derive(Debug, Clone)]
pub(super) struct Atom {
    pub(super) kind: [u8; 4],
    whole: Range<u64>,
    size: Size,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    Narrow,
    /// In 64 bits behind the kind.
    Wide,
    /// Zero: to the end of the file.
    ToEnd,
}

impl Atom {
    pub(super) fn start(&self) -> u64 {
        self.whole.start
    }

    pub(super) fn end(&self) -> u64 {
        self.whole.end
    }

    pub(super) fn payload(&self) -> Range<u64> {
        let header = if self.size == Size::Wide { 16 } else { 8 };
        self.whole.start + header..self.whole.end
    }

    /// Whether its size is written down.
    pub(super) fn is_sized(&self) -> bool {
        self.size != Size::ToEnd
    }

    /// The new size field of an atom that grows.
    pub(super) fn resized(&self, growth: i64) -> Result<Option<Splice>, Fault> {
        let at = self.whole.start;
        let size = (self.whole.end - at).saturating_add_signed(growth);
        Ok(match self.size {
            _ if growth == 0 => None,
            Size::ToEnd => None,
            Size::Wide => Some(Splice::replace(at + 8..at + 16, size.to_be_bytes())),
            Size::Narrow => {
                let size = u32::try_from(size)
                    .map_err(|_| Fault::Limit("MP4: the atom would be over 4 GiB", at))?;
                Some(Splice::replace(at..at + 4, size.to_be_bytes()))
            }
        })
    }

    /// Another kind in its place.
    pub(super) fn renamed(&self, kind: [u8; 4]) -> Splice {
        let at = self.whole.start + 4;
        Splice::replace(at..at + 4, kind)
    }
}

/// The atoms that fill a range, one after the other.
pub(super) struct Atoms {
    left: Range<u64>,
    is_top: bool,
}

impl Atoms {
    /// Those at the top of a file: there alone the last may reach to the end without saying
    /// where that is (ISO/IEC 14496-12 section 4.2).
    pub(super) fn top(range: Range<u64>) -> Atoms {
        Atoms {
            left: range,
            is_top: true,
        }
    }

    pub(super) fn next(&mut self, source: &mut Source) -> Result<Option<Atom>, Fault> {
        let Range {
            start: at,
            end: last,
        } = self.left;
        if at >= last {
            return Ok(None);
        }
        let wrong = Fault::Malformed("MP4: wrong atom size", at);
        if last - at < 8 {
            return Err(wrong);
        }
        let (size, header, end) = match source.be32(at)? {
            0 if self.is_top && last == source.len() => (Size::ToEnd, 8, Some(last)),
            1 if last - at >= 16 => (Size::Wide, 16, at.checked_add(source.be64(at + 8)?)),
            size => (Size::Narrow, 8, at.checked_add(u64::from(size))),
        };
        let Some(end) = end.filter(|end| *end >= at + header && *end <= last) else {
            return Err(wrong);
        };
        self.left.start = end;
        Ok(Some(Atom {
            kind: source.array(at + 4)?,
            whole: at..end,
            size,
        }))
    }
}

/// All atoms that fill `range`.
pub(super) fn children(source: &mut Source, range: Range<u64>) -> Result<Vec<Atom>, Fault> {
    let mut atoms = Atoms {
        left: range,
        is_top: false,
    };
    let mut found = Vec::new();
    while let Some(atom) = atoms.next(source)? {
        push(source, &mut found, atom)?;
    }
    Ok(found)
}

/// Adds an atom to a list that is held.
pub(super) fn push(source: &Source, list: &mut Vec<Atom>, atom: Atom) -> Result<(), Fault> {
    if list.len() >= source.limits().parts as usize {
        return Err(Fault::Limit("MP4: too many atoms", atom.start()));
    }
    list.push(atom);
    Ok(())
}

/// The first atom of this kind.
pub(super) fn find(atoms: &[Atom], kind: &[u8; 4]) -> Option<Atom> {
    atoms.iter().find(|atom| &atom.kind == kind).cloned()
}

/// A new atom.
pub(super) fn atom(kind: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let mut bytes = (payload.len() as u32 + 8).to_be_bytes().to_vec();
    bytes.extend(kind);
    bytes.extend(payload);
    bytes
}
