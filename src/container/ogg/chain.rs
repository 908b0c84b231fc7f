//! Which links does a file consist of (RFC 3533 section 4)?

use std::collections::BTreeSet;

use super::link::Link;
use super::page::{FIRST, Page};
use crate::error::Fault;
use crate::source::Source;

/// 27 bytes, 255 lacing values and segments of 255 bytes.
const LONGEST_PAGE: u64 = 27 + 255 + 255 * 255;
/// How much is read at a time of what is searched from the end.
const BLOCK: u64 = 4 << 10;

/// The links of the file that begins with `first`.
///
/// A file whose last page has the serial number of its first is one link: that costs a look
/// at its end. Else every page header is read, and damage is an error, since comments may
/// stand behind it. Where no page ends the file, only what stands before damage counts.
pub(super) fn links(source: &mut Source, first: Link) -> Result<Vec<Link>, Fault> {
    let last = last_serial(source)?;
    if last == Some(first.serial) {
        return Ok(vec![first]);
    }
    let mut serials = BTreeSet::from([first.serial]);
    let mut at = first.headers_end;
    let mut links = vec![first];
    while let Some(open) = links.last_mut().filter(|_| at < source.len()) {
        let page = match undamaged(source, at)? {
            Some(page) => page,
            // Nothing stands behind a page that the end of the file cuts.
            None if last.is_none() || source.has(at, b"OggS")? => break,
            None => return Err(Fault::Malformed("Ogg: no page where one must be", at)),
        };
        if page.flags & FIRST == 0 {
            if page.serial != open.serial {
                return Err(Fault::Unsupported("multiplexed Ogg streams", at));
            }
            at = page.body.end;
            continue;
        }
        if !serials.insert(page.serial) {
            let what = "an Ogg chain that uses a serial number twice";
            return Err(Fault::Unsupported(what, at));
        }
        if serials.len() > source.limits().parts as usize {
            return Err(Fault::Limit("Ogg: too many links", at));
        }
        open.pages.end = at;
        let link = Link::read(source, at, source.len())?;
        if link.told.stream != open.told.stream {
            let what = "an Ogg chain whose links differ in codec, rate or channels";
            return Err(Fault::Unsupported(what, at));
        }
        at = link.headers_end;
        links.push(link);
    }
    Ok(links)
}

/// The serial number of the page with which the file ends, or in which it is cut.
fn last_serial(source: &mut Source) -> Result<Option<u32>, Fault> {
    let floor = source.len().saturating_sub(LONGEST_PAGE);
    let mut end = source.len();
    while end > floor {
        let start = end.saturating_sub(BLOCK).max(floor);
        let bytes = source.bytes(start..(end + 4).min(source.len()))?;
        let capture = |(_, five): &(usize, &[u8])| *five == b"OggS\0";
        for (index, _) in bytes.windows(5).enumerate().rev().filter(capture) {
            let at = start + index as u64;
            let page = undamaged(source, at)?;
            let is_last = page.is_none_or(|page| page.body.end == source.len());
            if is_last && at + 18 <= source.len() {
                return Ok(Some(source.le32(at + 14)?));
            }
        }
        end = start;
    }
    Ok(None)
}

/// The page at `at`, where there is a whole one.
fn undamaged(source: &mut Source, at: u64) -> Result<Option<Page>, Fault> {
    match Page::read(source, at) {
        Ok(page) => Ok(Some(page)),
        Err(Fault::Malformed(..)) => Ok(None),
        Err(other) => Err(other),
    }
}
