//! How does the item list come, change and go? The splices for it and for the sizes of
//! the atoms around it, `moov` and `udta` excepted.

use std::ops::Range;

use super::super::Prior;
use super::Mp4;
use super::atoms::{self, Atom, children};
use super::note::Note;
use super::path::{meta_payload, user_data};
use crate::carrier;
use crate::error::Fault;
use crate::source::Source;
use crate::splice::{self, Splice};

/// What becomes of the item list.
#[derive(Debug, Default)]
pub(super) struct Edit {
    pub(super) splices: Vec<Splice>,
    /// By how much `udta` grows, unless it comes new
    pub(super) growth: i64,
    /// or goes.
    pub(super) is_gone: bool,
    /// Free space paid.
    pub(super) padded: bool,
}

impl Mp4 {
    pub(super) fn edit(
        &self,
        mut splices: Vec<Splice>,
        before: u64,
        after: u64,
        prior: Prior<'_>,
    ) -> Result<Edit, Fault> {
        let growth = splice::growth(&splices);
        let free = self
            .free_in_meta
            .as_ref()
            .or(self.free_behind_moov.as_ref());
        let mut padding = 0;
        let mut padded = false;
        if let Some(free) = free {
            let Range { start, end } = free.payload();
            let left = end - start;
            let (length, taken) = carrier::padding(left, before, after, prior.made, true);
            padded = taken;
            padding = length.cast_signed() - left.cast_signed();
            let zeros = vec![0; length.saturating_sub(left) as usize];
            splices.push(Splice::replace(
                end - left.saturating_sub(length)..end,
                zeros,
            ));
            splices.extend(free.resized(padding)?);
        }
        let within = if self.free_in_meta.is_some() {
            padding
        } else {
            0
        };
        if let [_, meta, ilst] = self.path.as_slice() {
            splices.extend(ilst.resized(growth)?);
            splices.extend(meta.resized(growth + within)?);
        }
        Ok(Edit {
            splices,
            growth: growth + within,
            is_gone: false,
            padded,
        })
    }

    /// The missing rest of the path around new items; a new `udta` takes what goes `beside`.
    pub(super) fn create(
        &self,
        source: &mut Source,
        items: &[u8],
        beside: &mut Vec<u8>,
    ) -> Result<Edit, Fault> {
        let mut bytes = atoms::atom(*b"ilst", items);
        if self.path.len() < 2 {
            bytes = atoms::atom(*b"meta", &[&[0; 4], HANDLER.as_slice(), &bytes].concat());
        }
        if self.path.is_empty() {
            bytes.append(beside);
            bytes = atoms::atom(*b"udta", &bytes);
        }
        let at = match self.path.as_slice() {
            [] => self.moov.end(),
            [udta] => user_data(source, udta)?.1,
            [_, inner, ..] => inner.end(),
        };
        self.resized_by(Splice::insert(at, bytes), self.path.len())
    }

    /// Takes away what `create` made: the note says from which atom on. With `beside` another
    /// atom goes from `udta`, too.
    pub(super) fn remove(
        &self,
        source: &mut Source,
        note: Option<&str>,
        beside: bool,
    ) -> Result<Edit, Fault> {
        let depth = match Note::read(note).made.as_deref() {
            Some("udta") => 0,
            Some("meta") => 1,
            _ => 2,
        };
        // Whoever put something else into what we made wants to keep it.
        let made = |depth: usize, alone: usize, path: &[Atom], source: &mut Source| {
            let Some(atom) = path.get(depth) else {
                return Ok(false);
            };
            let payload = match depth {
                0 => atom.payload(),
                _ => meta_payload(source, atom)?,
            };
            let inside = children(source, payload)?;
            let is_ours = match (inside.first(), depth) {
                (Some(handler), 1) => source.has(handler.start(), &HANDLER)?,
                _ => true,
            };
            Ok::<bool, Fault>(inside.len() == alone && is_ours)
        };
        let mut from = 2;
        if depth < 2 && made(1, 2, &self.path, source)? {
            from = 1;
            if depth < 1 && made(0, 1 + usize::from(beside), &self.path, source)? {
                from = 0;
            }
        }
        let Some(atom) = self.path.get(from) else {
            return Ok(Edit::default());
        };
        self.resized_by(Splice::remove(atom.start()..atom.end()), from)
    }

    /// The splice, and the sizes of the first `depth` atoms of the path around it.
    fn resized_by(&self, splice: Splice, depth: usize) -> Result<Edit, Fault> {
        let growth = splice.growth();
        let mut splices = vec![splice];
        for atom in self.path.iter().take(depth).skip(1) {
            splices.extend(atom.resized(growth)?);
        }
        Ok(Edit {
            splices,
            growth: if depth == 0 { 0 } else { growth },
            is_gone: depth == 0 && !self.path.is_empty(),
            padded: false,
        })
    }
}

/// The handler atom that makes a `meta` atom an iTunes item list.
const HANDLER: [u8; 33] = *b"\0\0\0\x21hdlr\0\0\0\0\0\0\0\0mdirappl\0\0\0\0\0\0\0\0\0";
