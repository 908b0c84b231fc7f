//! Where the samples of a track are: not "in `mdat`", but where its tables say
//! (ISO/IEC 14496-12 sections 8.7.2 to 8.7.5).

use std::ops::Range;

use super::super::Visit;
use super::atoms::{Atom, children, find};
use crate::error::Fault;
use crate::source::Source;

/// What of a track matters here.
pub(super) struct Track {
    pub(super) is_audio: bool,
    /// The entries of `stco` or `co64`, and whether they have 8 bytes.
    pub(super) offsets: (Range<u64>, bool),
    /// The payload of `stsd`.
    pub(super) description: Range<u64>,
    pub(super) samples: SampleTable,
    /// Where in the media the first edit begins, in samples.
    pub(super) priming: Option<u64>,
}

#[derive(Debug)]
pub(super) struct SampleTable {
    offsets: Range<u64>,
    wide: bool,
    /// Entries of `stsc`: first chunk, samples per chunk, description.
    runs: Range<u64>,
    /// Entries of `stsz`, or the one size of all samples.
    sizes: Range<u64>,
    size_of_all: u32,
    count: u32,
}

pub(super) fn track(source: &mut Source, track: &Atom) -> Result<Track, Fault> {
    let descend = |source: &mut Source, atom: &Atom, kind: &'static [u8; 4]| {
        find(&children(source, atom.payload())?, kind)
            .ok_or(Fault::Malformed("MP4: a track lacks a table", atom.start()))
    };
    let media = descend(source, track, b"mdia")?;
    let handler = descend(source, &media, b"hdlr")?;
    let is_audio = source.has(handler.payload().start + 8, b"soun")?;
    let information = descend(source, &media, b"minf")?;
    refuse_external_data(source, &information)?;
    let table = descend(source, &information, b"stbl")?;
    let tables = children(source, table.payload())?;
    for atom in &tables {
        match &atom.kind {
            b"saio" => {
                return Err(Fault::Unsupported(
                    "MP4: auxiliary information (saio)",
                    atom.start(),
                ));
            }
            b"stz2" => {
                return Err(Fault::Unsupported(
                    "MP4: compact sample sizes (stz2)",
                    atom.start(),
                ));
            }
            _ => {}
        }
    }
    let need = |kind| {
        find(&tables, kind).ok_or(Fault::Malformed(
            "MP4: a track lacks a table",
            table.start(),
        ))
    };
    let (offsets, wide) = match find(&tables, b"co64") {
        Some(atom) => (entries(source, &atom, 8)?, true),
        None => (entries(source, &need(b"stco")?, 4)?, false),
    };
    let runs = entries(source, &need(b"stsc")?, 12)?;
    let sizes = need(b"stsz")?;
    let at = sizes.payload().start;
    if sizes.payload().end - at < 12 {
        return Err(Fault::Malformed("MP4: wrong stsz", at));
    }
    let size_of_all = source.be32(at + 4)?;
    let count = source.be32(at + 8)?;
    let sizes = match size_of_all {
        0 => at + 12..at + 12 + 4 * u64::from(count),
        _ => at + 12..at + 12,
    };
    if sizes.end > source.len() {
        return Err(Fault::Malformed("MP4: wrong stsz", at));
    }
    Ok(Track {
        priming: priming(source, track)?,
        is_audio,
        offsets: (offsets.clone(), wide),
        description: need(b"stsd")?.payload(),
        samples: SampleTable {
            offsets,
            wide,
            runs,
            sizes,
            size_of_all,
            count,
        },
    })
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

/// The entries behind version, flags and count, of `width` bytes each.
fn entries(source: &mut Source, atom: &Atom, width: u64) -> Result<Range<u64>, Fault> {
    let Range { start, end } = atom.payload();
    let wrong = Fault::Malformed("MP4: wrong sample table", start);
    if end - start < 8 {
        return Err(wrong);
    }
    let entries = start + 8..start + 8 + width * u64::from(source.be32(start + 4)?);
    if entries.end > end {
        return Err(wrong);
    }
    Ok(entries)
}

impl SampleTable {
    /// Hands the bytes of the samples to `visit`, in the order of the chunks; chunks that
    /// follow each other come as one range.
    pub(super) fn chunks(&self, source: &mut Source, visit: &mut Visit<'_>) -> Result<(), Fault> {
        let width = if self.wide { 8 } else { 4 };
        let mut offsets = Table::new(self.offsets.clone());
        let mut runs = Table::new(self.runs.clone());
        let mut sizes = Table::new(self.sizes.clone());
        let chunks = (self.offsets.end - self.offsets.start) / width;
        let mut next_run = runs.run(source)?;
        let (mut per_chunk, mut left) = (0, self.count);
        let mut open: Option<Range<u64>> = None;
        for chunk in 1..=chunks {
            if let Some((_, samples)) = next_run.filter(|(first, _)| u64::from(*first) == chunk) {
                per_chunk = samples;
                next_run = runs.run(source)?;
            }
            let at = if self.wide {
                u64::from_be_bytes(offsets.next(source)?.unwrap_or_default())
            } else {
                u64::from(u32::from_be_bytes(
                    offsets.next(source)?.unwrap_or_default(),
                ))
            };
            let samples = per_chunk.min(left);
            left -= samples;
            let mut length = u64::from(self.size_of_all) * u64::from(samples);
            let mut largest = u64::from(self.size_of_all);
            for _ in 0..if self.size_of_all == 0 { samples } else { 0 } {
                let size = u64::from(u32::from_be_bytes(sizes.next(source)?.unwrap_or_default()));
                largest = largest.max(size);
                length += size;
            }
            if largest > source.limits().packet {
                return Err(Fault::Limit("MP4: a sample is too large", at));
            }
            let end = at.checked_add(length).filter(|end| *end <= source.len());
            let end = end.ok_or(Fault::Malformed(
                "MP4: samples beyond the end of the file",
                at,
            ))?;
            open = match open {
                Some(range) if range.end == at => Some(range.start..end),
                Some(range) => {
                    visit(source, range)?;
                    Some(at..end)
                }
                None => Some(at..end),
            };
        }
        if left > 0 {
            return Err(Fault::Malformed(
                "MP4: samples without a chunk",
                self.sizes.start,
            ));
        }
        open.map_or(Ok(()), |range| visit(source, range))
    }
}

/// A table read forward, a block at a time, whatever else is read between.
struct Table {
    left: Range<u64>,
    block: Vec<u8>,
    used: usize,
}

impl Table {
    /// A multiple of every entry's width.
    const BLOCK: u64 = 12 * 1024;

    fn new(entries: Range<u64>) -> Table {
        Table {
            left: entries,
            block: Vec::new(),
            used: 0,
        }
    }

    fn next<const N: usize>(&mut self, source: &mut Source) -> Result<Option<[u8; N]>, Fault> {
        if self.used == self.block.len() {
            let end = self.left.end.min(self.left.start + Table::BLOCK);
            self.block = source.bytes(self.left.start..end)?;
            self.left.start = end;
            self.used = 0;
        }
        let entry = self.block.get(self.used..self.used + N);
        let entry = entry.and_then(|bytes| bytes.try_into().ok());
        self.used += if entry.is_some() { N } else { 0 };
        Ok(entry)
    }

    /// First chunk and samples per chunk of the next `stsc` entry.
    fn run(&mut self, source: &mut Source) -> Result<Option<(u32, u32)>, Fault> {
        let number = |bytes: &[u8]| bytes.iter().fold(0, |n, b| n << 8 | u32::from(*b));
        Ok(self.next::<12>(source)?.map(|entry| {
            let (first, rest) = entry.split_at(4);
            (number(first), number(rest.get(..4).unwrap_or_default()))
        }))
    }
}
