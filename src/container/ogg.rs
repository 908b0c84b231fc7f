//! Where the packets of an Ogg Vorbis or Ogg Opus file are (RFC 3533, RFC 7845, Vorbis I;
//! integers are little-endian).
//!
//! One logical stream, from beginning to end: chained and multiplexed files are refused.
//! The comment packet is spread over pages, so it is held in memory; so is the setup
//! packet behind it, which has to move.

mod counts;
mod page;

use std::ops::Range;

use self::counts::Counts;
pub(super) use self::page::renumber;
use self::page::{CONTINUED, FIRST, LAST, NO_PACKET_ENDS, Page, checksum};
use super::{Change, Changes, Layout, Place, Prior, Stream, Structure, TagChange, Visit};
use crate::carrier::{Carrier, vorbis_comment};
use crate::error::Fault;
use crate::source::Source;
use crate::splice::{self, Splice};

#[derive(Debug)]
pub(crate) struct Ogg {
    serial: u32,
    /// The pages from the one behind the first to the one on which the last header
    /// packet ends.
    head: Range<u64>,
    /// The number of segments on each of them.
    counts: Vec<u8>,
    sequence: u32,
    comment: Vec<u8>,
    setup: Vec<u8>,
    has_setup: bool,
    /// What follows the last header packet on its page: lacing values and bytes.
    tail: Tail,
}

#[derive(Debug, Default)]
struct Tail {
    lacing: Vec<u8>,
    bytes: Range<u64>,
    granule: u64,
    flags: u8,
}

pub(super) fn scan(source: &mut Source) -> Result<Layout, Fault> {
    let first = Page::read(source, 0)?;
    if first.flags & FIRST == 0 || first.lacing.last() == Some(&255) {
        return Err(Fault::Malformed("Ogg: no beginning of a stream", 0));
    }
    let head = source.bytes(first.body.clone())?;
    let (codec, prefix, stream) = stream(&head).ok_or_else(|| refused(&head))?;
    if first.lacing.iter().filter(|value| **value < 255).count() != 1 {
        return Err(Fault::Malformed(
            "Ogg: the first page holds more than one packet",
            0,
        ));
    }
    let mut packets = Headers::new(match codec {
        "vorbis" => 2,
        "opus" => 1,
        _ => flac_headers(&head)?,
    });
    let (mut at, mut counts, mut sequence) = (first.body.end, Vec::new(), first.sequence);
    let start = at;
    let tail = loop {
        let page = Page::read(source, at)?;
        if page.serial != first.serial {
            return Err(Fault::Unsupported("multiplexed Ogg streams", at));
        }
        sequence = sequence.wrapping_add(1);
        if page.sequence != sequence || page.flags & FIRST != 0 {
            return Err(Fault::Malformed(
                "Ogg: a page is missing among the headers",
                at,
            ));
        }
        counts.push(page.lacing.len() as u8);
        at = page.body.end;
        if let Some(tail) = packets.take(source, &page)? {
            break tail;
        }
    };
    let mut packets = packets.done.into_iter();
    let ogg = Ogg {
        serial: first.serial,
        head: start..at,
        counts,
        sequence: first.sequence.wrapping_add(1),
        comment: packets.next().unwrap_or_default(),
        has_setup: codec == "vorbis",
        setup: packets.next().unwrap_or_default(),
        tail,
    };
    let block_header = if codec == "flac" { 4 } else { 0 };
    let list = (prefix.len() + block_header) as u64;
    ogg.check(source, start, prefix, list)?;
    let end = ogg.comment.len() as u64;
    Ok(Layout {
        stream,
        carrier: Carrier::VorbisComment,
        tag: Some(Place::Held(ogg.comment.clone(), list..end)),
        beside: None,
        others: Vec::new(),
        id3v1: None,
        manifest: None,
        priming: None,
        other_tracks: false,
        read_only: (codec == "flac").then_some(("FLAC in Ogg is read, not written", 28)),
        structure: Structure::Ogg(ogg),
    })
}

/// Codec, prefix of the comment packet and stream that an identification header tells.
fn stream(head: &[u8]) -> Option<(&'static str, &'static [u8], Stream)> {
    let stream = |codec: &str, channels: u8, sample_rate| Stream {
        codec: codec.to_owned(),
        sample_rate,
        channels: u16::from(channels),
    };
    if let (Some(b"\x01vorbis"), Some([channels, rate @ ..])) = (head.get(..7), head.get(11..16)) {
        let rate = u32::from_le_bytes(rate.try_into().ok()?);
        return Some(("vorbis", b"\x03vorbis", stream("vorbis", *channels, rate)));
    }
    if let (Some(b"OpusHead"), Some(channels)) = (head.get(..8), head.get(9)) {
        // RFC 7845 section 5.1: whatever the input's rate was, Opus plays at 48 kHz.
        return Some(("opus", b"OpusTags", stream("opus", *channels, 48_000)));
    }
    // The FLAC to Ogg mapping 1.0: a byte, "FLAC", version, number of headers, then a native
    // FLAC file's magic, block header and STREAMINFO.
    if let (Some(b"\x7fFLAC\x01"), Some(packed)) = (head.get(..6), head.get(27..31)) {
        let packed = u32::from_be_bytes(packed.try_into().ok()?);
        let channels = (packed >> 9 & 7) as u8 + 1;
        return Some(("flac", b"", stream("flac", channels, packed >> 12)));
    }
    None
}

/// How many header packets follow the first of FLAC in Ogg. It may be left open (0), and
/// then nothing says where the sound begins.
fn flac_headers(head: &[u8]) -> Result<usize, Fault> {
    match head.get(7..9) {
        Some([high, low]) if *high > 0 || *low > 0 => {
            Ok(usize::from(u16::from_be_bytes([*high, *low])))
        }
        _ => Err(Fault::Unsupported(
            "FLAC in Ogg with no count of headers",
            28,
        )),
    }
}

fn refused(head: &[u8]) -> Fault {
    let known = [
        (&b"Speex   "[..], "Speex in Ogg"),
        (b"\x80theora", "Ogg video"),
        (b"fishead\0", "Ogg with a skeleton"),
        (b"BBCD", "Ogg video"),
        (b"\0c2pa", "Ogg with a C2PA stream"),
    ];
    known
        .iter()
        .find(|(magic, _)| head.starts_with(magic))
        .map_or(
            Fault::Unsupported("Ogg with an unknown codec", 28),
            |(_, name)| Fault::Unsupported(name, 28),
        )
}

/// Gathers the header packets behind the first.
struct Headers {
    needed: usize,
    done: Vec<Vec<u8>>,
    open: Vec<u8>,
}

impl Headers {
    fn new(needed: usize) -> Headers {
        Headers {
            needed,
            done: Vec::new(),
            open: Vec::new(),
        }
    }

    /// Takes in one page; gives what follows the last header packet, once that is whole.
    fn take(&mut self, source: &mut Source, page: &Page) -> Result<Option<Tail>, Fault> {
        if (page.flags & CONTINUED != 0) == self.open.is_empty() && !page.lacing.is_empty() {
            return Err(Fault::Malformed("Ogg: wrong continued flag", page.at));
        }
        let mut at = page.body.start;
        for (index, value) in page.lacing.iter().enumerate() {
            let end = at + u64::from(*value);
            self.open.extend(source.bytes(at..end)?);
            if self.open.len() as u64 > source.limits().held_tag {
                return Err(Fault::Limit("Ogg: a header packet is too large", page.at));
            }
            at = end;
            if *value < 255 {
                let packet = std::mem::take(&mut self.open);
                // Of FLAC's many header packets only the first has comments.
                let is_kept = self.done.len() < 2;
                self.done.push(if is_kept { packet } else { Vec::new() });
            }
            if self.done.len() == self.needed {
                return Ok(Some(Tail {
                    lacing: page.lacing.get(index + 1..).unwrap_or_default().to_vec(),
                    bytes: at..page.body.end,
                    granule: page.granule,
                    flags: page.flags,
                }));
            }
        }
        Ok(None)
    }
}

impl Ogg {
    /// What the headers must be so that new ones can stand in their place.
    fn check(&self, source: &Source, at: u64, prefix: &[u8], list: u64) -> Result<(), Fault> {
        if !self.comment.starts_with(prefix) {
            return Err(Fault::Malformed("Ogg: no comment packet", at));
        }
        let is_flac = list > prefix.len() as u64;
        if is_flac && self.comment.first().is_none_or(|kind| kind & 0x7f != 4) {
            return Err(Fault::Malformed("Ogg FLAC: no comment packet", at));
        }
        if self.has_setup && !self.setup.starts_with(b"\x05vorbis") {
            return Err(Fault::Malformed("Ogg: no setup packet", at));
        }
        let range = list..self.comment.len() as u64;
        let end = source
            .held(&self.comment, |held| vorbis_comment::end(held, range))
            .map_err(|fault| match fault {
                Fault::Limit(what, _) => Fault::Limit(what, at),
                _ => Fault::Malformed("Ogg: wrong comment list", at),
            })?;
        let framing = self.comment.get(end as usize);
        if self.has_setup && framing.is_none_or(|byte| byte & 1 == 0) {
            return Err(Fault::Malformed("Ogg Vorbis: no framing bit", at));
        }
        Ok(())
    }

    /// Every byte behind the last header packet, page by page; each page is checked.
    pub(super) fn essence(&self, source: &mut Source, visit: &mut Visit<'_>) -> Result<(), Fault> {
        source.widen();
        let (mut at, mut sequence, mut ended) = (0, self.sequence.wrapping_sub(1), false);
        while at < source.len() {
            let page = Page::read(source, at)?;
            if page.flags & FIRST != 0 && at > 0 {
                return Err(Fault::Unsupported(
                    if ended {
                        "chained Ogg streams"
                    } else {
                        "multiplexed Ogg streams"
                    },
                    at,
                ));
            }
            if page.serial != self.serial {
                return Err(Fault::Unsupported("multiplexed Ogg streams", at));
            }
            if ended || page.sequence != sequence {
                return Err(Fault::Malformed("Ogg: pages are not in sequence", at));
            }
            page.checked(source)?;
            ended = page.flags & LAST != 0;
            sequence = sequence.wrapping_add(1);
            at = page.body.end;
            if at == self.head.end {
                visit(source, self.tail.bytes.clone())?;
            } else if at > self.head.end {
                visit(source, page.body)?;
            }
        }
        Ok(())
    }

    pub(super) fn changes(
        &self,
        source: &mut Source,
        tag: TagChange,
        prior: Prior<'_>,
    ) -> Result<Changes, Fault> {
        let TagChange::Edit { splices, after, .. } = tag else {
            return Ok(Changes {
                note: prior.note.map(str::to_owned),
                ..Changes::plain(Vec::new())
            });
        };
        let tail = source.bytes(self.tail.bytes.clone())?;
        let noted = prior.note.and_then(|note| note.parse::<Counts>().ok());
        let original = noted.unwrap_or_else(|| Counts(self.counts.clone()));
        if source.bytes(self.head.clone())?
            != self.pages(&self.comment, &tail, &Counts(self.counts.clone()))
        {
            let what = "Ogg: header pages that could not be restored";
            return Err(Fault::Unsupported(what, self.head.start));
        }
        let comment = splice::apply(&self.comment, &splices);
        // Taking our lines off gives the pages back as they were; else they are full.
        let counts = match after {
            0 if original.segments() == self.segments(&comment) => original.clone(),
            // Or somebody else changed the comments since: the note is of no use.
            _ => self.full(&comment),
        };
        let pages = self.pages(&comment, &tail, &counts);
        let added = (counts.0.len() as u32).wrapping_sub(self.counts.len() as u32);
        let mut changes = vec![Change::from(Splice::replace(self.head.clone(), pages))];
        if added != 0 {
            changes.push(Change::Renumber {
                range: self.head.end..source.len(),
                by: added,
            });
        }
        Ok(Changes {
            list: changes,
            padded: false,
            note: (after > 0).then(|| original.to_string()),
        })
    }

    /// The lacing values of the header packets.
    fn lacing(&self, comment: &[u8]) -> Vec<u8> {
        let mut lacing = page::lacing(comment.len());
        if self.has_setup {
            lacing.extend(page::lacing(self.setup.len()));
        }
        lacing
    }

    /// How many segments the header packets and what shares their last page take.
    fn segments(&self, comment: &[u8]) -> usize {
        self.lacing(comment).len() + self.tail.lacing.len()
    }

    /// Segment counts of pages that hold 255 segments each; sound that shares the last
    /// one keeps all its segments on one page.
    fn full(&self, comment: &[u8]) -> Counts {
        let headers = self.lacing(comment).len();
        let tail = self.tail.lacing.len();
        let mut counts = vec![255; headers / 255];
        match headers % 255 {
            0 if tail == 0 => {}
            rest if rest + tail <= 255 => counts.push((rest + tail) as u8),
            rest => counts.extend([rest as u8, tail as u8]),
        }
        Counts(counts)
    }

    /// The header pages with so many segments each.
    fn pages(&self, comment: &[u8], tail: &[u8], counts: &Counts) -> Vec<u8> {
        let mut lacing = self.lacing(comment);
        let headers = lacing.len();
        lacing.extend(&self.tail.lacing);
        let bytes = [comment, &self.setup, tail].concat();
        let (mut pages, mut segment, mut at) = (Vec::new(), 0, 0);
        for (index, count) in (0u32..).zip(&counts.0) {
            let end = segment + usize::from(*count);
            let values = lacing.get(segment..end).unwrap_or_default();
            let length: usize = values.iter().map(|value| usize::from(*value)).sum();
            let continued = segment > 0 && lacing.get(segment - 1) == Some(&255);
            let last = index as usize + 1 == counts.0.len();
            let granule = if values.iter().all(|value| *value == 255) {
                NO_PACKET_ENDS
            } else if last && headers < end {
                self.tail.granule
            } else {
                0
            };
            let mut page = b"OggS\0".to_vec();
            page.push(
                if continued { CONTINUED } else { 0 }
                    | if last { self.tail.flags & LAST } else { 0 },
            );
            page.extend(granule.to_le_bytes());
            page.extend(self.serial.to_le_bytes());
            page.extend(self.sequence.wrapping_add(index).to_le_bytes());
            page.extend([0; 4]);
            page.push(*count);
            page.extend(values);
            page.extend(bytes.get(at..at + length).unwrap_or_default());
            checksum(&mut page);
            pages.extend(page);
            segment = end;
            at += length;
        }
        pages
    }
}
