//! Where the samples and the item list of an MP4, M4A or QuickTime file are (ISO/IEC
//! 14496-12; Apple, "QuickTime File Format"; integers are big-endian).
//!
//! The tag is `moov/udta/meta/ilst`; what is missing of that path is made. Room comes
//! from a zero `free` atom behind `ilst` or behind `moov` where one suffices; else what
//! follows moves, and every chunk offset with it.

mod atoms;
mod path;
mod samples;
mod stream;

use std::ops::Range;

use self::atoms::{Atom, children, find};
use self::path::{free_in_meta, meta_payload, path, refuse_item_locations, user_data, zero_free};
use self::samples::SampleTable;
use super::{
    Change, Changes, Layout, Mask, Piece, Place, Prior, Structure, TagChange, Visit, VisitPiece,
    mpeg,
};
use crate::carrier::{self, Carrier, Made};
use crate::error::Fault;
use crate::source::Source;
use crate::splice::{self, Splice};

/// Where C2PA puts a manifest.
const C2PA: [u8; 16] = *b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";

#[derive(Debug)]
pub(crate) struct Mp4 {
    moov: Atom,
    /// `udta`, `meta`, `ilst`: as much of the path as there is.
    path: Vec<Atom>,
    /// Zero `free` atoms behind `ilst` and behind `moov`.
    free_in_meta: Option<Atom>,
    free_behind_moov: Option<Atom>,
    /// `stco` and `co64` of every track: the entries, and whether they have 8 bytes.
    offsets: Vec<(Range<u64>, bool)>,
    samples: SampleTable,
    is_mp3: bool,
    /// Where atoms stand that hold tags, at the top and in `moov`.
    tags: Vec<u64>,
    /// The bytes of all tracks, of which decoders hold the tables.
    pub(super) tables: u64,
}

pub(super) fn scan(source: &mut Source) -> Result<Layout, Fault> {
    let top = children(source, 0..source.len())?;
    for atom in &top {
        if matches!(&atom.kind, b"moof" | b"mfra" | b"sidx") {
            return Err(Fault::Unsupported("fragmented MP4", atom.start()));
        }
    }
    let moov = find(&top, b"moov").ok_or(Fault::Malformed("MP4: no moov atom", 0))?;
    let inside = children(source, moov.payload())?;
    if let Some(atom) = find(&inside, b"mvex") {
        return Err(Fault::Unsupported("fragmented MP4", atom.start()));
    }
    if let Some(atom) = find(&inside, b"cmov") {
        return Err(Fault::Unsupported("compressed moov atom", atom.start()));
    }
    let mut offsets = Vec::new();
    let (mut audio, mut sounding) = (None, 0);
    for track in inside.iter().filter(|atom| &atom.kind == b"trak") {
        let track = samples::track(source, track)?;
        offsets.push(track.offsets.clone());
        sounding += usize::from(track.is_audio);
        if track.is_audio && audio.is_none() {
            audio = Some(track);
        }
    }
    let audio = audio.ok_or(Fault::NotAudio)?;
    let stream = stream::describe(source, audio.description.clone())?;
    let is_mp3 = stream.codec == "mp3";
    for atom in top.iter().chain(&inside) {
        if &atom.kind == b"meta" {
            refuse_item_locations(source, atom)?;
        }
    }
    let tags = top.iter().chain(&inside);
    let tags = tags.filter(|atom| matches!(&atom.kind, b"udta" | b"meta"));
    let tags = tags.map(Atom::start).collect();
    let tracks = inside.iter().filter(|atom| &atom.kind == b"trak");
    let tables = tracks.map(|atom| atom.end() - atom.start()).sum();
    let path = path(source, &inside)?;
    let keys = path::keys(source, &path)?;
    let free_in_meta = free_in_meta(source, &path)?;
    let mut others = Vec::new();
    if let Some(meta) = find(&inside, b"meta") {
        others.push((Carrier::Mdta, meta_payload(source, &meta)?));
    }
    for udta in inside.iter().filter(|atom| &atom.kind == b"udta") {
        others.push((Carrier::UserData, path::user_data(source, udta)?.0));
    }
    let manifest = manifest(source, &top)?;
    let behind = top.iter().find(|atom| atom.start() == moov.end());
    let free_behind_moov = zero_free(source, behind)?;
    let (carrier, tag) = match &keys {
        Some((_, inside)) => (Carrier::Mdta, Some(inside.clone())),
        None => (Carrier::Ilst, path.get(2).map(Atom::payload)),
    };
    Ok(Layout {
        stream,
        carrier,
        tag: tag.map(Place::At),
        beside: None,
        others,
        id3v1: None,
        manifest,
        priming: audio.priming,
        other_tracks: sounding > 1,
        read_only: keys.map(|(at, _)| ("MP4: a meta atom that is no iTunes item list", at)),
        structure: Structure::Mp4(Mp4 {
            moov,
            path,
            free_in_meta,
            free_behind_moov,
            offsets,
            samples: audio.samples,
            is_mp3,
            tags,
            tables,
        }),
    })
}

fn manifest(source: &mut Source, top: &[Atom]) -> Result<Option<u64>, Fault> {
    for atom in top.iter().filter(|atom| &atom.kind == b"uuid") {
        if source.has(atom.payload().start, &C2PA)? {
            return Ok(Some(atom.start()));
        }
    }
    Ok(None)
}

impl Mp4 {
    /// What holds tags, as free space.
    pub(super) fn masks(&self) -> Vec<Mask> {
        let free = |at: &u64| (at + 4, b"free".to_vec());
        self.tags.iter().map(free).collect()
    }

    pub(super) fn essence(&self, source: &mut Source, visit: &mut Visit<'_>) -> Result<(), Fault> {
        let mut is_first = self.is_mp3;
        self.samples.chunks(source, &mut |source, mut samples| {
            // A frame that holds a table is no sound, in this container either.
            if std::mem::take(&mut is_first) {
                samples.start += mpeg::silent_packet(source, &samples)?;
            }
            visit(source, samples)
        })
    }

    pub(super) fn changes(
        &self,
        source: &mut Source,
        tag: TagChange,
        prior: Prior<'_>,
    ) -> Result<Changes, Fault> {
        let (mut splices, padded) = match tag {
            TagChange::Keep | TagChange::Held(_) => (Vec::new(), false),
            TagChange::Edit {
                splices,
                before,
                after,
            } => self.edit(splices, before, after, prior)?,
            TagChange::Create(items) => (self.create(source, &items)?, false),
            TagChange::Remove => (self.remove(source, prior.note)?, false),
        };
        let note = match (self.path.len(), prior.note) {
            (_, Some(note)) => Some(note.to_owned()),
            (0, None) => Some("udta".to_owned()),
            (1, None) => Some("meta".to_owned()),
            (2, None) => Some("ilst".to_owned()),
            _ => None,
        };
        splices.retain(|splice| !splice.range.is_empty() || !splice.bytes.is_empty());
        let moves = splices.iter().any(|splice| splice.growth() != 0);
        let mut changes: Vec<Change> = splices.into_iter().map(Change::from).collect();
        for (range, wide) in self.offsets.iter().filter(|_| moves) {
            let (range, wide) = (range.clone(), *wide);
            changes.push(Change::Offsets { range, wide });
        }
        Ok(Changes {
            list: changes,
            padded,
            note: note.filter(|_| prior.made.is_none_or(|made| made == Made::New)),
        })
    }

    fn edit(
        &self,
        mut splices: Vec<Splice>,
        before: u64,
        after: u64,
        prior: Prior<'_>,
    ) -> Result<(Vec<Splice>, bool), Fault> {
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
        for (depth, atom) in self.path.iter().enumerate() {
            let inside = if depth == 2 { growth } else { growth + within };
            splices.extend(atom.resized(inside)?);
        }
        splices.extend(self.moov.resized(growth + within)?);
        Ok((splices, padded))
    }

    /// The missing rest of the path around new items.
    fn create(&self, source: &mut Source, items: &[u8]) -> Result<Vec<Splice>, Fault> {
        let mut bytes = atoms::atom(*b"ilst", items);
        if self.path.len() < 2 {
            bytes = atoms::atom(*b"meta", &[&[0; 4], HANDLER.as_slice(), &bytes].concat());
        }
        if self.path.is_empty() {
            bytes = atoms::atom(*b"udta", &bytes);
        }
        let at = match self.path.as_slice() {
            [] => self.moov.end(),
            [udta] => user_data(source, udta)?.1,
            [_, inner, ..] => inner.end(),
        };
        self.resized_by(Splice::insert(at, bytes), self.path.len())
    }

    /// Takes away what `create` made: the note says from which atom on.
    fn remove(&self, source: &mut Source, note: Option<&str>) -> Result<Vec<Splice>, Fault> {
        let depth = match note {
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
            Ok::<bool, Fault>(children(source, payload)?.len() == alone)
        };
        let mut from = 2;
        if depth < 2 && made(1, 2, &self.path, source)? {
            from = 1;
            if depth < 1 && made(0, 1, &self.path, source)? {
                from = 0;
            }
        }
        let Some(atom) = self.path.get(from) else {
            return Ok(Vec::new());
        };
        self.resized_by(Splice::remove(atom.start()..atom.end()), from)
    }

    /// The splice, and the sizes of the first `depth` atoms of the path around it.
    fn resized_by(&self, splice: Splice, depth: usize) -> Result<Vec<Splice>, Fault> {
        let growth = splice.growth();
        let mut splices = vec![splice];
        for atom in self.path.iter().take(depth).chain([&self.moov]) {
            splices.extend(atom.resized(growth)?);
        }
        Ok(splices)
    }
}

/// The handler atom that makes a `meta` atom an iTunes item list.
const HANDLER: [u8; 33] = *b"\0\0\0\x21hdlr\0\0\0\0\0\0\0\0mdirappl\0\0\0\0\0\0\0\0\0";

/// Hands chunk offsets to `visit`, each `moved` to where its bytes are.
pub(super) fn offsets(
    source: &mut Source,
    range: Range<u64>,
    wide: bool,
    moved: impl Fn(u64) -> Result<u64, Fault>,
    visit: &mut VisitPiece<'_>,
) -> Result<(), Fault> {
    const BATCH: u64 = 64 << 10;
    let mut at = range.start;
    while at < range.end {
        let end = range.end.min(at + BATCH);
        let old = source.bytes(at..end)?;
        let mut new = Vec::with_capacity(old.len());
        if wide {
            for entry in old.as_chunks::<8>().0 {
                new.extend(moved(u64::from_be_bytes(*entry))?.to_be_bytes());
            }
        } else {
            for entry in old.as_chunks::<4>().0 {
                let offset = moved(u64::from(u32::from_be_bytes(*entry)))?;
                let offset = u32::try_from(offset)
                    .map_err(|_| Fault::Limit("MP4: 32-bit chunk offsets would overflow", at))?;
                new.extend(offset.to_be_bytes());
            }
        }
        visit(source, Piece::Bytes(&new))?;
        at = end;
    }
    Ok(())
}
