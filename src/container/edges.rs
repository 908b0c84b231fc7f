//! Which tags stand at the ends of a file, around the sound?
//!
//! ID3v2 and APEv2 in front; ID3v1, APEv2, Lyrics3 and appended ID3v2 behind. Tail tags are
//! found first, from the end, so that a frame inside a cover is never taken for sound.

use std::ops::Range;

use super::{Changes, Layout, OtherTag, Place, Stream, Structure, TagChange, Xmp};
use crate::carrier::{Carrier, ape, id3v1, id3v2};
use crate::error::Fault;
use crate::source::Source;
use crate::splice::Splice;

/// The most tags at either end of a file, of any kind. Real files have a handful.
pub(super) const MOST_TAGS: usize = 64;

/// The tag that our lines go into, or where a new one comes.
#[derive(Debug)]
pub(crate) struct Edge {
    tag: Option<Range<u64>>,
    new_at: u64,
}

impl Edge {
    pub(super) fn changes(&self, tag: TagChange) -> Changes {
        Changes::plain(match tag {
            TagChange::Keep | TagChange::Held(_) => Vec::new(),
            TagChange::Edit { splices, .. } => splices,
            TagChange::Create(bytes) => vec![Splice::insert(self.new_at, bytes)],
            TagChange::Remove => self.tag.clone().map(Splice::remove).into_iter().collect(),
        })
    }
}

/// The tags around the sound, in file order in front, from the end of the file behind.
pub(super) struct Edges {
    front: Vec<OtherTag>,
    tail: Tail,
}

impl Edges {
    /// Finds the tags of a file in which the sound's structure begins at `start`, where the
    /// tags in front end.
    pub(super) fn find(source: &mut Source, start: u64) -> Result<Edges, Fault> {
        Ok(Edges {
            front: front(source, start)?,
            tail: tail(source, start)?,
        })
    }

    /// Where the tags at the end begin.
    pub(super) fn end(&self) -> u64 {
        self.tail.end
    }

    /// Whether APEv2 stands behind the sound, and no ID3v2 at the start of the file.
    pub(super) fn are_behind(&self) -> bool {
        let is = |carrier| move |(kind, _): &OtherTag| *kind == carrier;
        !self.front.first().is_some_and(is(Carrier::Id3v2))
            && self.tail.tags.iter().any(is(Carrier::Ape))
    }

    /// A layout in which our lines go into a tag of this kind: at the start of the file or
    /// the last behind. A new one is put there.
    pub(super) fn layout(
        self,
        carrier: Carrier,
        stream: Stream,
        structure: impl FnOnce(Edge) -> Structure,
    ) -> Layout {
        let Edges { front, tail } = self;
        let is_behind = carrier == Carrier::Ape;
        let (mut ours, mut others) = (None, Vec::new());
        for (kind, range) in front.into_iter().chain(tail.tags) {
            let is_there = if is_behind {
                range.start >= tail.end
            } else {
                range.start == 0
            };
            if kind == carrier && ours.is_none() && is_there {
                ours = Some(range);
            } else {
                others.push((kind, range));
            }
        }
        let edge = Edge {
            tag: ours.clone(),
            new_at: if is_behind { tail.end } else { 0 },
        };
        Layout {
            stream,
            carrier,
            tag: ours.map(Place::At),
            beside: None,
            others,
            kept: Vec::new(),
            xmp: Xmp::default(),
            id3v1: tail.id3v1.filter(|_| !is_behind),
            priming: None,
            other_tracks: false,
            read_only: None,
            structure: structure(edge),
        }
    }
}

/// The tag at `at` that stands in front of the sound: ID3v2, or APEv2 with a header.
pub(super) fn leading(source: &mut Source, at: u64) -> Result<Option<OtherTag>, Fault> {
    if let Some(length) = id3v2::length(source, at)? {
        return Ok(Some((Carrier::Id3v2, at..at + length)));
    }
    let length = ape::length(source, at)?;
    Ok(length.map(|length| (Carrier::Ape, at..at + length)))
}

/// The tags in front of `start`, where the last of them ends.
pub(super) fn front(source: &mut Source, start: u64) -> Result<Vec<OtherTag>, Fault> {
    let mut tags = Vec::new();
    let mut at = 0;
    while at < start
        && let Some((carrier, range)) = leading(source, at)?
    {
        at = range.end;
        tags.push((carrier, range));
    }
    Ok(tags)
}

/// The tags at the end of a file.
pub(super) struct Tail {
    /// Those that can hold fields.
    pub(super) tags: Vec<OtherTag>,
    id3v1: Option<u64>,
    /// Where the first of any kind starts.
    pub(super) end: u64,
}

/// The tags behind `start`, looked for from the end of the file.
pub(super) fn tail(source: &mut Source, start: u64) -> Result<Tail, Fault> {
    let mut end = source.len();
    let mut tags = Vec::new();
    let mut id3v1 = None;
    for _ in 0..=MOST_TAGS {
        let before = |length: u64| end.checked_sub(length).filter(|at| *at >= start);
        // First the tag whose end is marked: its items may hold what looks like ID3v1.
        if let Some(range) = ape::ends_at(source, end)? {
            if range.start < start {
                return Err(Fault::Malformed(
                    "APEv2: the tag is longer than the file",
                    end - 20,
                ));
            }
            end = range.start;
            tags.push((Carrier::Ape, range));
            continue;
        }
        if let Some(at) = before(id3v1::LENGTH)
            && source.has(at, b"TAG")?
        {
            id3v1.get_or_insert(at);
            let extended = at.checked_sub(227).filter(|at| *at >= start);
            end = match extended {
                Some(extended) if source.has(extended, b"TAG+")? => extended,
                _ => at,
            };
            continue;
        }
        if let Some(at) = lyrics3(source, start, end)? {
            end = at;
            continue;
        }
        if let Some(range) = appended_id3v2(source, end, start)? {
            end = range.start;
            tags.push((Carrier::Id3v2, range));
            continue;
        }
        return Ok(Tail { tags, id3v1, end });
    }
    Err(Fault::Limit("too many tags behind the sound", end))
}

/// Where Lyrics3 (id3.org: "Lyrics3", "Lyrics3 v2.00") begins that ends at `end`: words and
/// times of a song, with no place for a field.
fn lyrics3(source: &mut Source, start: u64, end: u64) -> Result<Option<u64>, Fault> {
    const BEGIN: &[u8] = b"LYRICSBEGIN";
    /// The most bytes between the marks of the first version, which states no size.
    const LONGEST: u64 = 5100;
    let Some(mark) = end.checked_sub(9).filter(|at| *at >= start) else {
        return Ok(None);
    };
    let begin = if source.has(mark, b"LYRICS200")? {
        let at = mark.saturating_sub(6);
        let size = source.array::<6>(at)?;
        let digits = str::from_utf8(&size).ok();
        let digits = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        let size: Option<u64> = digits.and_then(|digits| digits.parse().ok());
        size.and_then(|size| at.checked_sub(size))
    } else if source.has(mark, b"LYRICSEND")? {
        let from = mark.saturating_sub(LONGEST + BEGIN.len() as u64).max(start);
        let text = source.bytes(from..mark)?;
        let begin = text.windows(BEGIN.len()).rposition(|part| part == BEGIN);
        begin.map(|begin| from + begin as u64)
    } else {
        return Ok(None);
    };
    let wrong = Fault::Malformed("Lyrics3: no beginning where its size says", mark);
    match begin.filter(|at| *at >= start) {
        Some(at) if source.has(at, BEGIN)? => Ok(Some(at)),
        _ => Err(wrong),
    }
}

/// The ID3v2.4 tag whose footer (section 3.4) ends at `end`.
fn appended_id3v2(source: &mut Source, end: u64, start: u64) -> Result<Option<Range<u64>>, Fault> {
    let Some(footer) = end.checked_sub(10) else {
        return Ok(None);
    };
    if !source.has(footer, b"3DI")? {
        return Ok(None);
    }
    let size = source.array::<4>(footer + 6)?;
    let size = size
        .iter()
        .fold(0, |size, byte| size << 7 | u64::from(byte & 0x7f));
    match footer.checked_sub(size + 10).filter(|at| *at >= start) {
        Some(at) if id3v2::length(source, at)? == Some(end - at) => Ok(Some(at..end)),
        _ => Err(Fault::Malformed(
            "ID3v2: a footer without its header",
            footer,
        )),
    }
}
