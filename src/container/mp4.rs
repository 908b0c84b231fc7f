//! Where the samples and the item list of an MP4, M4A or QuickTime file are (ISO/IEC
//! 14496-12; Apple, "QuickTime File Format"; integers are big-endian).
//!
//! The tag is `moov/udta/meta/ilst`; what is missing of that path is made. Room comes
//! from a zero `free` atom behind `ilst` or behind `moov` where one suffices; else what
//! follows moves, and every position in the file with it. An XMP packet is a `uuid` atom,
//! new before `moov`, or in QuickTime `moov/udta/XMP_`.

mod atoms;
mod path;
mod tables;
mod samples;
mod headers;
mod fragments;
mod stream;
mod offsets;
mod note;
mod packets;
mod edit;
#[cfg(test)]
mod far;

use std::ops::Range;

use self::atoms::{Atom, Atoms, children, find};
use self::fragments::Fragments;
pub(super) use self::fragments::follow as follow_fragments;
use self::note::Note;
use self::offsets::OffsetTable;
pub(super) use self::offsets::follow_table;
use self::packets::Packets;
use self::path::{free_in_meta, other_tags, path, user_data, zero_free};
use self::samples::SampleTable;
use super::{Change, Changes, Layout, Mask, Place, Prior, Structure, TagChange, Visit, mpeg};
use crate::carrier::c2pa::{self, Hear, Manifest};
use crate::carrier::{Carrier, Made};
use crate::error::Fault;
use crate::source::Source;
use crate::splice::Splice;

/// Where C2PA puts a manifest.
const C2PA: [u8; 16] = *b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";

/// What is done with samples that stand together, and the position that they count from.
type EachPart<'a> = dyn FnMut(&mut Source, u64, Range<u64>) -> Result<(), Fault> + 'a;

#[derive(Debug)]
pub(crate) struct Mp4 {
    moov: Atom,
    /// `udta`, `meta`, `ilst`: as much of the path as there is.
    path: Vec<Atom>,
    /// Zero `free` atoms behind `ilst` and behind `moov`.
    free_in_meta: Option<Atom>,
    free_behind_moov: Option<Atom>,
    /// Of every track.
    offsets: Vec<OffsetTable>,
    samples: SampleTable,
    /// Of the other tracks.
    other_samples: Vec<SampleTable>,
    fragments: Option<Fragments>,
    packets: Packets,
    is_mp3: bool,
    /// Where atoms stand that hold tags, at the top and in `moov`.
    tags: Vec<u64>,
    /// The bytes of all tracks, of which decoders hold the tables.
    pub(super) tables: u64,
}

pub(super) fn scan(source: &mut Source) -> Result<Layout, Fault> {
    let top = top(source)?;
    let moov = find(&top, b"moov").ok_or(Fault::Malformed("MP4: no moov atom", 0))?;
    let inside = children(source, moov.payload())?;
    if let Some(atom) = find(&inside, b"cmov") {
        return Err(Fault::Unsupported("compressed moov atom", atom.start()));
    }
    let mut offsets = Vec::new();
    let (mut audio, mut sounding, mut other_samples) = (None, 0, Vec::new());
    for track in inside.iter().filter(|atom| &atom.kind == b"trak") {
        let track = samples::track(source, track, &mut offsets)?;
        sounding += usize::from(track.is_audio);
        if track.is_audio && audio.is_none() {
            audio = Some(track);
        } else {
            other_samples.push(track.samples);
        }
    }
    let audio = audio.ok_or(Fault::NotAudio)?;
    let stream = stream::describe(source, audio.description.clone())?;
    let is_mp3 = stream.codec == "mp3";
    let tags = top.iter().chain(&inside);
    let tags = tags.filter(|atom| matches!(&atom.kind, b"udta" | b"meta"));
    let tags = tags.map(Atom::start).collect();
    let tracks = inside.iter().filter(|atom| &atom.kind == b"trak");
    let tables = tracks.map(|atom| atom.end() - atom.start()).sum();
    let path = path(source, &inside)?;
    let mut others = other_tags(source, &top, &path)?;
    others.extend(other_tags(source, &inside, &path)?);
    let is_user_data = |atom: &&Atom| &atom.kind == b"udta";
    let mut user_data: Vec<Atom> = inside.iter().filter(is_user_data).cloned().collect();
    for track in inside.iter().filter(|atom| &atom.kind == b"trak") {
        let parts = children(source, track.payload())?;
        others.extend(other_tags(source, &parts, &path)?);
        user_data.extend(parts.iter().filter(is_user_data).cloned());
    }
    let keys = path::keys(source, &path)?;
    let free_in_meta = free_in_meta(source, &path)?;
    let first = top.iter().find(|atom| is_fragment(atom)).map(Atom::start);
    let fragments = match (find(&inside, b"mvex"), first) {
        (Some(mvex), first) => {
            let first = first.unwrap_or(source.len());
            Some(Fragments::new(source, &moov, first, &mvex, audio.id)?)
        }
        (None, Some(first)) => {
            let what = "MP4: fragments that moov does not announce";
            return Err(Fault::Malformed(what, first));
        }
        (None, None) => None,
    };
    let behind = top.iter().find(|atom| atom.start() == moov.end());
    let free_behind_moov = zero_free(source, behind)?;
    let packets = packets::find_all(source, &top, &user_data, path.first(), first)?;
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
        kept: Vec::new(),
        xmp: packets.layout(),
        id3v1: None,
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
            other_samples,
            fragments,
            packets,
            is_mp3,
            tags,
            tables,
        }),
    })
}

/// The atoms at the top, up to the first fragment: there may be very many of those.
fn top(source: &mut Source) -> Result<Vec<Atom>, Fault> {
    let mut top: Vec<Atom> = Vec::new();
    let mut atoms = Atoms::top(0..source.len());
    while let Some(atom) = atoms.next(source)? {
        let has_moov = find(&top, b"moov").is_some();
        let (is_moov, is_first) = (&atom.kind == b"moov", &atom.kind == b"moof");
        if is_moov && has_moov {
            return Err(Fault::Unsupported("MP4: a second moov", atom.start()));
        }
        if is_fragment(&atom) && !has_moov {
            let what = "MP4: fragments before moov";
            return Err(Fault::Unsupported(what, atom.start()));
        }
        atoms::push(source, &mut top, atom)?;
        if is_first {
            break;
        }
    }
    Ok(top)
}

/// Whether an atom at the top holds samples or positions of fragments.
fn is_fragment(atom: &Atom) -> bool {
    matches!(&atom.kind, b"moof" | b"mfra" | b"sidx" | b"ssix")
}

/// What the C2PA manifests at the top say: before the first fragment, where C2PA puts them,
/// or with `all` behind it, too, where there may be very many atoms.
pub(super) fn manifests(source: &mut Source, all: bool, hear: &mut Hear<'_>) -> Result<(), Fault> {
    let mut atoms = Atoms::top(0..source.len());
    while let Some(atom) = atoms.next(source)? {
        if &atom.kind == b"moof" && !all {
            break;
        }
        if &atom.kind == b"uuid" && source.has(atom.payload().start, &C2PA)? {
            hear(manifest(source, &atom)?)?;
        }
    }
    Ok(())
}

/// A manifest store, or a part of a tree of digests, which holds none (C2PA 2.2 section A.5).
fn manifest(source: &mut Source, atom: &Atom) -> Result<Manifest, Fault> {
    /// Of the version, the flags and the longest purpose.
    const HEAD: u64 = 16;
    let unclear = Some("C2PA: a uuid atom of an unknown purpose");
    let Range { start, end } = atom.payload();
    let inside = start + C2PA.len() as u64;
    let head = source.bytes(inside..end.min(inside + HEAD))?;
    let mut texts = head
        .get(4..)
        .unwrap_or_default()
        .splitn(2, |byte| *byte == 0);
    let (purpose, is_whole) = (texts.next().unwrap_or_default(), texts.next().is_some());
    match purpose {
        b"merkle" if is_whole => Ok(Manifest::empty(atom.start(), None)),
        b"manifest" | b"original" | b"update" if is_whole => {
            let behind = inside + 4 + purpose.len() as u64 + 1;
            // The position of the first part of a tree of digests, which some leave out.
            let is_bare = source.has(behind + 4, b"jumb")?;
            let store = if is_bare { behind } else { behind + 8 };
            c2pa::read(source, atom.start(), store.min(end)..end)
        }
        _ => Ok(Manifest::empty(atom.start(), unclear)),
    }
}

impl Mp4 {
    /// What holds tags, as free space.
    pub(super) fn masks(&self, source: &mut Source) -> Result<Vec<Mask>, Fault> {
        if let Some(fragments) = &self.fragments {
            fragments.refuse_undecodable(source, self.tables)?;
        }
        let free = |at: &u64| (at + 4, b"free".to_vec());
        Ok(self.tags.iter().map(free).collect())
    }

    pub(super) fn essence(&self, source: &mut Source, visit: &mut Visit<'_>) -> Result<(), Fault> {
        let mut is_first = self.is_mp3;
        let visit = &mut |source: &mut Source, mut samples: Range<u64>| {
            // A frame that holds a table is no sound, in this container either.
            if std::mem::take(&mut is_first) {
                samples.start += mpeg::silent_packet(source, &samples)?;
            }
            if samples.start < self.moov.end() && samples.end > self.moov.start() {
                let what = "MP4: samples reach into moov";
                return Err(Fault::Malformed(what, samples.start));
            }
            visit(source, samples)
        };
        self.samples.chunks(source, visit)?;
        match &self.fragments {
            Some(fragments) => fragments.samples(source, visit),
            None => Ok(()),
        }
    }

    /// Whether an XMP packet stands behind the first fragment.
    pub(super) fn has_far_packet(&self, source: &mut Source) -> Result<bool, Fault> {
        let Some(fragments) = &self.fragments else {
            return Ok(false);
        };
        let mut atoms = Atoms::top(fragments.range().start..source.len());
        while let Some(atom) = atoms.next(source)? {
            if packets::is_packet(source, &atom)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Hands the samples of every track to `visit`, by chunks and runs.
    pub(super) fn parts(&self, source: &mut Source, visit: &mut EachPart<'_>) -> Result<(), Fault> {
        for samples in std::iter::once(&self.samples).chain(&self.other_samples) {
            samples.each(source, &mut |source, chunk, _| {
                visit(source, chunk.start, chunk)
            })?;
        }
        match &self.fragments {
            Some(fragments) => fragments.runs(source, visit),
            None => Ok(()),
        }
    }

    pub(super) fn changes(
        &self,
        source: &mut Source,
        tag: TagChange,
        xmp: TagChange,
        prior: Prior<'_>,
    ) -> Result<Changes, Fault> {
        let mut xmp = self.packets.change(xmp, self.moov.start())?;
        let (mut splices, padded) = self.edit_tag(source, tag, &mut xmp, prior)?;
        splices.retain(|splice| !splice.range.is_empty() || !splice.bytes.is_empty());
        let beside: Vec<Change> = xmp.at_top.into_iter().map(Change::from).collect();
        let all = splices.iter().map(Splice::growth);
        let moves = all
            .chain(beside.iter().map(Change::growth))
            .any(|growth| growth != 0);
        let mut list: Vec<Change> = splices.into_iter().map(Change::from).collect();
        let mut note = Note::read(prior.note);
        if moves {
            let all = [list.clone(), beside.clone()].concat();
            let following = offsets::follow(source, &self.offsets, &note.widened, &all)?;
            list.extend(following.changes);
            note.widened = following.widened;
            let within = |change: &&Change| change.range().end <= self.moov.end();
            let growth = list.iter().filter(within).map(Change::growth).sum();
            list.extend(self.moov.resized(growth)?.map(Change::from));
            if let Some(fragments) = &self.fragments {
                list.push(Change::Fragments(fragments.range()));
            }
        }
        list.extend(beside);
        let made = ["udta", "meta", "ilst"].get(self.path.len());
        note.made = note.made.or(made.map(|made| (*made).to_owned()));
        note.made = note
            .made
            .filter(|_| prior.made.is_none_or(|made| made == Made::New));
        Ok(Changes {
            list,
            padded,
            note: note.text(),
        })
    }

    /// The splices in `moov`, but for its own size, and in the padding behind; and whether
    /// that paid.
    fn edit_tag(
        &self,
        source: &mut Source,
        tag: TagChange,
        xmp: &mut packets::Edit,
        prior: Prior<'_>,
    ) -> Result<(Vec<Splice>, bool), Fault> {
        let edited = match tag {
            TagChange::Keep | TagChange::Held(_) => edit::Edit::default(),
            TagChange::Edit {
                splices,
                before,
                after,
                ..
            } => {
                let (before, after) = (before + xmp.before, after + xmp.after);
                self.edit(splices, before, after, prior)?
            }
            TagChange::Create(items) => self.create(source, &items, &mut xmp.new)?,
            TagChange::Remove => self.remove(source, prior.note, xmp.removed)?,
        };
        let mut splices = edited.splices;
        if let Some(udta) = self.path.first().filter(|_| !edited.is_gone) {
            if !xmp.new.is_empty() {
                let at = user_data(source, udta)?.1;
                splices.push(Splice::insert(at, std::mem::take(&mut xmp.new)));
            }
            splices.append(&mut xmp.in_user_data);
            splices.extend(udta.resized(edited.growth + xmp.growth)?);
        }
        Ok((splices, edited.padded))
    }
}
