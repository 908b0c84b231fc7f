//! Where the samples of movie fragments are, and which of their numbers are positions in
//! the file (ISO/IEC 14496-12 sections 8.8 and 8.16).
//!
//! Fragments stand behind `moov`, so all of them move by the same distance. What counts
//! from a fragment's own place stays as it is: `trun`, `sidx`, `saio` in a `traf`. What
//! counts from the start of the file follows: `tfhd` and `tfra`.

use std::collections::BTreeMap;
use std::ops::Range;
use std::slice::from_ref;

use super::super::{Piece, Visit, VisitPiece};
use super::EachPart;
use super::atoms::{Atom, Atoms, children, find};
use super::headers::{Base, Fields, Header, Trun};
use super::path::refuse_item_locations;
use crate::error::Fault;
use crate::source::Source;

#[derive(Debug)]
pub(super) struct Fragments {
    /// Everything behind `moov`.
    area: Range<u64>,
    /// Where the first of them starts.
    first: u64,
    /// The track that is listened to.
    track: u32,
    /// Tracks, and the size of their samples where nothing else states one (`trex`).
    sizes: BTreeMap<u32, u32>,
}

impl Fragments {
    /// The fragments from `first` on that `mvex` announces.
    pub(super) fn new(
        source: &mut Source,
        moov: &Atom,
        first: u64,
        mvex: &Atom,
        track: u32,
    ) -> Result<Fragments, Fault> {
        let mut sizes = BTreeMap::new();
        for trex in children(source, mvex.payload())? {
            if &trex.kind == b"trex" {
                let (mut fields, _) = Fields::of(source, &trex)?;
                let track = fields.be32(source)?;
                let [_description, _duration, size] = [
                    fields.be32(source)?,
                    fields.be32(source)?,
                    fields.be32(source)?,
                ];
                sizes.entry(track).or_insert(size);
            }
        }
        Ok(Fragments {
            area: moov.end()..source.len(),
            first,
            track,
            sizes,
        })
    }

    /// From the first of them on.
    pub(super) fn range(&self) -> Range<u64> {
        self.first..self.area.end
    }

    /// Hands the runs of all tracks to `visit`: what they count from, and their samples.
    pub(super) fn runs(&self, source: &mut Source, visit: &mut EachPart<'_>) -> Result<(), Fault> {
        self.each(source, &mut |source, run| {
            visit(source, run.base, run.samples)
        })
    }

    /// Hands the samples of the track to `visit`, a run at a time.
    pub(super) fn samples(&self, source: &mut Source, visit: &mut Visit<'_>) -> Result<(), Fault> {
        self.each(source, &mut |source, run| {
            if run.track == self.track && !run.samples.is_empty() {
                visit(source, run.samples)?;
            }
            Ok(())
        })
    }

    /// Refuses what symphonia, which holds every fragment that it has seen, would hold too
    /// much of, and samples that it looks for elsewhere. Other tables take `held` bytes.
    pub(super) fn refuse_undecodable(
        &self,
        source: &mut Source,
        mut held: u64,
    ) -> Result<(), Fault> {
        let most = source.limits().tables;
        self.each(source, &mut |_, run| {
            held += 512 + 12 * u64::from(run.count);
            if !run.is_usual && run.track == self.track || held > most {
                let what = "MP4: fragments that cannot be decoded";
                return Err(Fault::Unsupported(what, run.samples.start));
            }
            Ok(())
        })
    }

    fn each(&self, source: &mut Source, visit: &mut EachRun<'_>) -> Result<(), Fault> {
        let mut atoms = Atoms::top(self.area.clone());
        while let Some(atom) = atoms.next(source)? {
            match &atom.kind {
                b"moof" => self.fragment(source, &atom, visit)?,
                b"moov" => return Err(Fault::Unsupported("MP4: a second moov", atom.start())),
                _ => refuse_item_locations(source, from_ref(&atom))?,
            }
        }
        Ok(())
    }

    fn fragment(
        &self,
        source: &mut Source,
        moof: &Atom,
        visit: &mut EachRun<'_>,
    ) -> Result<(), Fault> {
        let mut done = moof.start();
        let inside = children(source, moof.payload())?;
        refuse_item_locations(source, &inside)?;
        for traf in inside.iter().filter(|atom| &atom.kind == b"traf") {
            done = self.track_fragment(source, moof, traf, done, visit)?;
        }
        Ok(())
    }

    /// Gives where its samples end; those of the track before it end at `done`.
    fn track_fragment(
        &self,
        source: &mut Source,
        moof: &Atom,
        traf: &Atom,
        mut done: u64,
        visit: &mut EachRun<'_>,
    ) -> Result<u64, Fault> {
        let inside = children(source, traf.payload())?;
        refuse_item_locations(source, &inside)?;
        let lacking = Fault::Malformed("MP4: a track fragment lacks its header", traf.start());
        let header = Header::read(source, &find(&inside, b"tfhd").ok_or(lacking)?)?;
        let base = match header.base {
            Base::At(base) => base,
            Base::Fragment => moof.start(),
            Base::Follows => done,
        };
        // What stands before `moov` does not move with the rest.
        if base < self.area.start {
            let what = "MP4: a fragment that counts from before moov";
            return Err(Fault::Unsupported(what, traf.start()));
        }
        let is_usual = !matches!(header.base, Base::Follows) || done == moof.start();
        let size = self.sizes.get(&header.track).copied();
        let size = header.size.or(size);
        let mut at = base;
        for trun in inside.iter().filter(|atom| &atom.kind == b"trun") {
            let Trun {
                count,
                offset,
                length,
            } = Trun::read(source, trun, size)?;
            if let Some(offset) = offset {
                at = base.saturating_add_signed(i64::from(offset));
            }
            let samples = at..at.saturating_add(length);
            let apart = samples.end <= moof.start() || samples.start >= moof.end();
            let inside = samples.start >= self.area.start && samples.end <= self.area.end;
            if length > 0 && !(apart && inside) {
                let what = "MP4: a fragment points to where no samples are";
                return Err(Fault::Malformed(what, trun.start()));
            }
            at = samples.end;
            done = samples.end;
            let run = Run {
                track: header.track,
                count,
                base,
                is_usual: is_usual && samples.start >= moof.end(),
                samples,
            };
            visit(source, run)?;
        }
        Ok(done)
    }
}

/// Samples that stand one after the other.
struct Run {
    track: u32,
    count: u32,
    /// From where the samples count.
    base: u64,
    samples: Range<u64>,
    /// They stand behind their `moof` and do not count from where those of another end.
    is_usual: bool,
}

type EachRun<'a> = dyn FnMut(&mut Source, Run) -> Result<(), Fault> + 'a;

/// Hands fragments to `visit`, with every position in them `moved` to where its bytes are.
pub(in super::super) fn follow(
    source: &mut Source,
    range: Range<u64>,
    moved: impl Fn(u64) -> Result<u64, Fault>,
    visit: &mut VisitPiece<'_>,
) -> Result<(), Fault> {
    let mut done = range.start;
    let mut put = |source: &mut Source, at: u64, bytes: &[u8]| {
        if done < at {
            visit(source, Piece::Copy(done..at))?;
        }
        done = at + bytes.len() as u64;
        visit(source, Piece::Bytes(bytes))
    };
    let mut atoms = Atoms::top(range.clone());
    while let Some(atom) = atoms.next(source)? {
        if &atom.kind == b"moof" {
            for traf in children(source, atom.payload())? {
                if &traf.kind == b"traf"
                    && let Some(tfhd) = find(&children(source, traf.payload())?, b"tfhd")
                    && let Base::At(base) = Header::read(source, &tfhd)?.base
                {
                    let at = tfhd.payload().start + 8;
                    put(source, at, &moved(base)?.to_be_bytes())?;
                }
            }
        }
        if &atom.kind == b"mfra" {
            for tfra in children(source, atom.payload())? {
                if &tfra.kind == b"tfra" {
                    random_access(source, &tfra, &moved, &mut put)?;
                }
            }
        }
    }
    if done < range.end {
        visit(source, Piece::Copy(done..range.end))?;
    }
    Ok(())
}

/// Where new bytes go, in place of as many.
type Put<'a> = dyn FnMut(&mut Source, u64, &[u8]) -> Result<(), Fault> + 'a;

/// The entries of a `tfra` (section 8.8.10): a time, the position of a fragment, and what
/// to count in it.
fn random_access(
    source: &mut Source,
    tfra: &Atom,
    moved: &dyn Fn(u64) -> Result<u64, Fault>,
    put: &mut Put<'_>,
) -> Result<(), Fault> {
    const BATCH: u64 = 1024;
    let (mut fields, flags) = Fields::of(source, tfra)?;
    let _track = fields.be32(source)?;
    let lengths = fields.be32(source)?;
    let mut left = u64::from(fields.be32(source)?);
    let width = if flags >> 24 == 0 { 4 } else { 8 };
    let counts = [0, 2, 4].map(|shift| (lengths >> shift & 3) as usize + 1);
    let entry = 2 * width + counts.iter().sum::<usize>();
    while left > 0 {
        let batch = left.min(BATCH);
        let at = fields.skip(batch * entry as u64)?;
        let mut entries = source.bytes(at..fields.left.start)?;
        for entry in entries.chunks_exact_mut(entry) {
            let position = entry.get_mut(width..2 * width).unwrap_or_default();
            let old = position.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
            let new = moved(old)?;
            if width == 4 && new > u64::from(u32::MAX) {
                return Err(Fault::Limit("MP4: a 32-bit offset would overflow", at));
            }
            let bytes = new.to_be_bytes();
            position.copy_from_slice(bytes.get(8 - width..).unwrap_or_default());
        }
        put(source, at, &entries)?;
        left -= batch;
    }
    Ok(())
}
