//! Where the samples of a track are: not "in `mdat`", but where its tables say
//! (ISO/IEC 14496-12 sections 8.7.2 to 8.7.5).

use std::ops::Range;

use super::super::Visit;
use super::atoms::{Atom, children, find};
use super::offsets::{self, OffsetTable, entries};
use super::tables::{SizeReader, Sizes, Table};
use crate::error::Fault;
use crate::source::Source;

/// What of a track matters here.
pub(super) struct Track {
    pub(super) id: u32,
    pub(super) is_audio: bool,
    /// The payload of `stsd`.
    pub(super) description: Range<u64>,
    pub(super) samples: SampleTable,
    /// Where in the media the first edit begins, in samples.
    pub(super) priming: Option<u64>,
}

#[derive(Debug)]
pub(super) struct SampleTable {
    offsets: Range<u64>,
    /// The bytes of each offset.
    width: u64,
    /// Entries of `stsc`: first chunk, samples per chunk, description.
    runs: Range<u64>,
    sizes: Sizes,
    count: u32,
}

/// Reads a track and adds its tables of positions to `tables`.
pub(super) fn track(
    source: &mut Source,
    track: &Atom,
    tables: &mut Vec<OffsetTable>,
) -> Result<Track, Fault> {
    let descend = |source: &mut Source, atom: &Atom, kind: &'static [u8; 4]| {
        find(&children(source, atom.payload())?, kind).ok_or(lacking(atom))
    };
    let header = descend(source, track, b"tkhd")?.payload().start;
    // In version 1 the two times before it have 8 bytes each.
    let id = if source.byte(header)? == 1 { 20 } else { 12 };
    let id = source.be32(header + id)?;
    let media = descend(source, track, b"mdia")?;
    let handler = descend(source, &media, b"hdlr")?;
    let is_audio = source.has(handler.payload().start + 8, b"soun")?;
    let information = descend(source, &media, b"minf")?;
    refuse_external_data(source, &information)?;
    let table = descend(source, &information, b"stbl")?;
    let inside = children(source, table.payload())?;
    let need = |kind| find(&inside, kind).ok_or(lacking(&table));
    let around = vec![track.clone(), media, information, table.clone()];
    let chunks = OffsetTable::chunks(source, around, &inside)?;
    let (sizes, count) = Sizes::read(source, &inside, &table)?;
    let samples = SampleTable {
        offsets: chunks.entries.clone(),
        width: chunks.width,
        runs: entries(source, &need(b"stsc")?, 4, 12)?,
        sizes,
        count,
    };
    offsets::push(tables, chunks)?;
    for saio in inside.iter().filter(|atom| &atom.kind == b"saio") {
        offsets::push(tables, OffsetTable::auxiliary(source, saio)?)?;
    }
    Ok(Track {
        id,
        is_audio,
        description: need(b"stsd")?.payload(),
        samples,
        priming: priming(source, track)?,
    })
}

pub(super) fn lacking(atom: &Atom) -> Fault {
    Fault::Malformed("MP4: a track lacks a table", atom.start())
}

/// The media time of the first edit that is not empty (`elst`, section 8.6.6). Media time
/// counts samples where a sound track is written in its own rate, as everyone does.
fn priming(source: &mut Source, track: &Atom) -> Result<Option<u64>, Fault> {
    let Some(edits) = find(&children(source, track.payload())?, b"edts") else {
        return Ok(None);
    };
    let Some(list) = find(&children(source, edits.payload())?, b"elst") else {
        return Ok(None);
    };
    let Range { start, end } = list.payload();
    let width = if source.byte(start)? == 1 { 20 } else { 12 };
    let mut at = start + 8;
    while at + width <= end {
        let time = match width {
            20 => source.be64(at + 8)?.cast_signed(),
            _ => i64::from(source.be32(at + 4)?.cast_signed()),
        };
        if let Ok(time) = u64::try_from(time) {
            // A decoder needs a few thousand; more is a cut, which no digest applies.
            return Ok(Some(time).filter(|time| *time < 1 << 16));
        }
        at += width;
    }
    Ok(None)
}

/// Offsets into another file must not move with this one.
fn refuse_external_data(source: &mut Source, information: &Atom) -> Result<(), Fault> {
    const IN_THIS_FILE: u32 = 1;
    let inside = children(source, information.payload())?;
    let Some(data) = find(&inside, b"dinf") else {
        return Ok(());
    };
    let Some(references) = find(&children(source, data.payload())?, b"dref") else {
        return Ok(());
    };
    let Range { start, end } = references.payload();
    for reference in children(source, (start + 8).min(end)..end)? {
        if source.be32(reference.payload().start)? & IN_THIS_FILE == 0 {
            let what = "MP4: sound in another file";
            return Err(Fault::Unsupported(what, reference.start()));
        }
    }
    Ok(())
}

type EachChunk<'a> = dyn FnMut(&mut Source, Range<u64>, u32) -> Result<(), Fault> + 'a;

impl SampleTable {
    /// Hands the bytes of the samples to `visit`, in the order of the chunks; chunks that
    /// follow each other come as one range.
    pub(super) fn chunks(&self, source: &mut Source, visit: &mut Visit<'_>) -> Result<(), Fault> {
        let mut open: Option<Range<u64>> = None;
        self.each(source, &mut |source, chunk, largest| {
            if u64::from(largest) > source.limits().packet {
                return Err(Fault::Limit("MP4: a sample is too large", chunk.start));
            }
            if let Some(range) = open.take_if(|range| range.end != chunk.start) {
                visit(source, range)?;
            }
            open = Some(open.as_ref().map_or(chunk.start, |range| range.start)..chunk.end);
            Ok(())
        })?;
        open.map_or(Ok(()), |range| visit(source, range))
    }

    /// Hands the bytes of each chunk to `visit`, and the size of its largest sample.
    pub(super) fn each(&self, source: &mut Source, visit: &mut EachChunk<'_>) -> Result<(), Fault> {
        let mut offsets = Table::new(self.offsets.clone());
        let mut runs = Table::new(self.runs.clone());
        let mut sizes = SizeReader::new(&self.sizes);
        let chunks = (self.offsets.end - self.offsets.start) / self.width;
        let mut next_run = runs.run(source)?;
        let (mut per_chunk, mut left) = (0, self.count);
        for chunk in 1..=chunks {
            if let Some((_, samples)) = next_run.filter(|(first, _)| u64::from(*first) == chunk) {
                per_chunk = samples;
                next_run = runs.run(source)?;
            }
            let at = if self.width == 8 {
                u64::from_be_bytes(offsets.next(source)?.unwrap_or_default())
            } else {
                u64::from(u32::from_be_bytes(
                    offsets.next(source)?.unwrap_or_default(),
                ))
            };
            let samples = per_chunk.min(left);
            left -= samples;
            let (length, largest) = sizes.next(source, samples)?;
            let end = at.checked_add(length).filter(|end| *end <= source.len());
            let end = end.ok_or(Fault::Malformed(
                "MP4: samples beyond the end of the file",
                at,
            ))?;
            visit(source, at..end, largest)?;
        }
        if left > 0 {
            return Err(Fault::Malformed(
                "MP4: samples without a chunk",
                self.runs.start,
            ));
        }
        Ok(())
    }
}
