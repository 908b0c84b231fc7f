//! Where the packets of an Ogg file with Vorbis, Opus, Speex or FLAC are (RFC 3533;
//! integers are little-endian).
//!
//! One logical stream, or several one after the other, the links of a chain: each link has
//! comments of its own, and all of them say the same of us.

mod chain;
mod codec;
mod counts;
mod link;
mod repage;
mod page;

use std::ops::Range;

use self::link::Link;
pub(super) use self::page::renumber;
use self::page::{CONTINUED, FIRST, LAST, Page};
use super::{Change, Changes, Held, Layout, Place, Structure, TagChange, Visit, Xmp};
use crate::carrier::Carrier;
use crate::error::Fault;
use crate::source::Source;

#[derive(Debug)]
pub(crate) struct Ogg {
    links: Vec<Link>,
}

pub(super) fn scan(source: &mut Source) -> Result<Layout, Fault> {
    let first = Link::read(source, 0, source.len())?;
    let stream = first.told.stream.clone();
    let links = chain::links(source, first)?;
    let (mut tags, mut length) = (Vec::new(), 0);
    for link in &links {
        let packet = link.comment(source)?;
        length += packet.len() as u64;
        if length > source.limits().held_tag {
            let what = "Ogg: the comments of the chain are too large";
            return Err(Fault::Limit(what, link.pages.start));
        }
        let range = link.told.codec.list_at()..packet.len() as u64;
        tags.push(Held { packet, range });
    }
    Ok(Layout {
        stream,
        carrier: Carrier::VorbisComment,
        tag: Some(Place::Held(tags)),
        beside: None,
        others: Vec::new(),
        kept: Vec::new(),
        xmp: Xmp::default(),
        id3v1: None,
        priming: None,
        other_tracks: false,
        read_only: None,
        structure: Structure::Ogg(Ogg { links }),
    })
}

impl Ogg {
    pub(super) fn audible(&self) -> Vec<Range<u64>> {
        self.links.iter().map(|link| link.pages.clone()).collect()
    }

    /// Every byte behind the last header packet, link by link and page by page; each page
    /// is checked.
    pub(super) fn essence(&self, source: &mut Source, visit: &mut Visit<'_>) -> Result<(), Fault> {
        source.widen();
        self.links
            .iter()
            .try_for_each(|link| essence(link, source, visit))
    }

    pub(super) fn changes(&self, source: &mut Source, tag: &TagChange) -> Result<Changes, Fault> {
        let TagChange::Held(edits) = tag else {
            return Ok(Changes::plain(Vec::new()));
        };
        let (mut list, mut notes, mut length) = (Vec::new(), Vec::new(), 0);
        for (link, edit) in self.links.iter().zip(edits) {
            let Some(pages) = link.repaged(source, edit)? else {
                continue;
            };
            length += pages.splice.bytes.len() as u64;
            // A chain repeats every link's note in every link.
            if self.links.len() > 1 && length > source.limits().held_tag {
                let what = "Ogg: the comments of the chain would be too large";
                return Err(Fault::Limit(what, link.pages.start));
            }
            if pages.added != 0 {
                list.push(Change::Renumber {
                    range: pages.splice.range.end..link.pages.end,
                    by: pages.added,
                });
            }
            list.push(Change::from(pages.splice));
            notes.push(pages.counts.to_string());
        }
        let is_said = edits.iter().any(|edit| edit.after > 0);
        Ok(Changes {
            list,
            padded: false,
            note: is_said.then(|| notes.join("/")),
        })
    }
}

fn essence(link: &Link, source: &mut Source, visit: &mut Visit<'_>) -> Result<(), Fault> {
    let (mut at, mut heard) = (link.pages.start, false);
    let mut before: Option<Page> = None;
    while at < link.pages.end {
        let page = Page::read(source, at)?;
        if let Some(before) = &before {
            follows(before, &page, link)?;
        }
        page.checked(source)?;
        at = page.body.end;
        let sound = page.body.start.max(link.sound)..at;
        if !sound.is_empty() {
            if !heard && !link.told.codec.is_sound(source, sound.start)? {
                let what = "Ogg FLAC: more header packets than declared";
                return Err(Fault::Malformed(what, sound.start));
            }
            heard = true;
            visit(source, sound)?;
        }
        before = Some(page);
    }
    Ok(())
}

/// Whether a page of a stream may stand behind another.
fn follows(before: &Page, page: &Page, link: &Link) -> Result<(), Fault> {
    let ended = before.flags & LAST != 0;
    if page.flags & FIRST != 0 {
        let what = if ended {
            "an Ogg chain that uses a serial number twice"
        } else {
            "multiplexed Ogg streams"
        };
        return Err(Fault::Unsupported(what, page.at));
    }
    if page.serial != link.serial {
        return Err(Fault::Unsupported("multiplexed Ogg streams", page.at));
    }
    let step = page.sequence.wrapping_sub(before.sequence);
    if ended || step == 0 || step > u32::MAX / 2 {
        return Err(Fault::Malformed("Ogg: pages are not in sequence", page.at));
    }
    // Whoever lost pages lost whole packets: what is left is as good as it was.
    let is_cut = before.lacing.last() == Some(&255) || page.flags & CONTINUED != 0;
    if step > 1 && is_cut {
        return Err(Fault::Malformed(
            "Ogg: a page is missing within a packet",
            page.at,
        ));
    }
    Ok(())
}
