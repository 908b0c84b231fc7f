//! Ogg pages and packets (RFC 3533), apart from the crate's own reader.

use super::bytes::{byte, le32, part, put};
use super::{Outcome, fail};

/// A page, its checksum verified.
pub(crate) struct Page {
    pub(crate) at: usize,
    pub(crate) flags: u8,
    pub(crate) granule: Vec<u8>,
    pub(crate) serial: usize,
    pub(crate) sequence: usize,
    pub(crate) lacing: Vec<u8>,
    pub(crate) body: Vec<u8>,
    pub(crate) end: usize,
}

/// Every page, in order; a wrong checksum and anything that is no page is a failure.
pub(crate) fn pages(bytes: &[u8]) -> Outcome<Vec<Page>> {
    let (mut pages, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        if part(bytes, at, 5)? != b"OggS\0" {
            return fail(format!("no page at {at}"));
        }
        let lacing = part(bytes, at + 27, usize::from(byte(bytes, at + 26)?))?.to_vec();
        let length = lacing.iter().map(|value| usize::from(*value)).sum();
        let start = at + 27 + lacing.len();
        let page = Page {
            at,
            flags: byte(bytes, at + 5)?,
            granule: part(bytes, at + 6, 8)?.to_vec(),
            serial: le32(bytes, at + 14)?,
            sequence: le32(bytes, at + 18)?,
            lacing,
            body: part(bytes, start, length)?.to_vec(),
            end: start + length,
        };
        let mut whole = part(bytes, at, page.end - at)?.to_vec();
        put(&mut whole, 22, &[0; 4])?;
        if crc(&whole) as usize != le32(bytes, at + 22)? {
            return fail(format!("wrong checksum of the page at {at}"));
        }
        at = page.end;
        pages.push(page);
    }
    Ok(pages)
}

/// Writes the right checksum into every page.
pub(crate) fn repair(bytes: &mut [u8]) -> Outcome {
    let mut at = 0;
    while at < bytes.len() {
        let count = usize::from(byte(bytes, at + 26)?);
        let length: usize = part(bytes, at + 27, count)?
            .iter()
            .map(|v| usize::from(*v))
            .sum();
        put(bytes, at + 22, &[0; 4])?;
        let end = at + 27 + count + length;
        let sum = crc(part(bytes, at, end - at)?).to_le_bytes();
        put(bytes, at + 22, &sum)?;
        at = end;
    }
    Ok(())
}

/// The same pages under another serial number.
pub(crate) fn with_serial(bytes: &[u8], serial: u32) -> Outcome<Vec<u8>> {
    let mut changed = bytes.to_vec();
    for page in pages(bytes)? {
        put(&mut changed, page.at + 14, &serial.to_le_bytes())?;
    }
    repair(&mut changed)?;
    Ok(changed)
}

/// A packet and, where it is the last to end on its page, what that page says of time.
pub(crate) struct Packet {
    pub(crate) bytes: Vec<u8>,
    pub(crate) granule: Option<Vec<u8>>,
    pub(crate) is_last: bool,
    /// How many page numbers are left out before the page on which it begins.
    pub(crate) gap: usize,
}

/// One stream of a file, from the page that begins it to the page before the next.
pub(crate) struct Link {
    pub(crate) serial: usize,
    pub(crate) packets: Vec<Packet>,
}

/// The streams of a file, one after the other, with every packet; a packet that is cut at
/// the end counts too.
pub(crate) fn links(bytes: &[u8]) -> Outcome<Vec<Link>> {
    let mut links: Vec<Link> = Vec::new();
    let mut open: Option<Vec<u8>> = None;
    let (mut sequence, mut gap) = (None, 0);
    for page in pages(bytes)? {
        if page.flags & 2 == 2 {
            if open.is_some() {
                return fail(format!("a packet is cut before the page at {}", page.at));
            }
            links.push(Link::new(page.serial));
            sequence = None;
        }
        let at = page.at;
        let Some(link) = links.last_mut().filter(|link| link.serial == page.serial) else {
            return fail(format!("the page at {at} is of no open stream"));
        };
        let steps = sequence.map_or(1, |before| page.sequence.wrapping_sub(before) & 0xffff_ffff);
        if steps == 0 || steps > 1 && open.is_some() {
            return fail(format!("wrong number of the page at {at}"));
        }
        gap += steps - 1;
        sequence = Some(page.sequence);
        link.take(&page, &mut open, &mut gap)?;
    }
    if let Some((link, bytes)) = links.last_mut().zip(open) {
        link.packets.push(Packet::of(bytes));
    }
    Ok(links)
}

impl Link {
    fn new(serial: usize) -> Link {
        Link {
            serial,
            packets: Vec::new(),
        }
    }

    fn take(&mut self, page: &Page, open: &mut Option<Vec<u8>>, gap: &mut usize) -> Outcome {
        if (page.flags & 1 == 1) != open.is_some() {
            return fail(format!("wrong continued flag at {}", page.at));
        }
        let (mut at, first) = (0, self.packets.len());
        for value in &page.lacing {
            let length = usize::from(*value);
            open.get_or_insert_default()
                .extend(part(&page.body, at, length)?);
            at += length;
            if *value < 255 {
                self.packets.push(Packet {
                    gap: std::mem::take(gap),
                    ..Packet::of(open.take().unwrap_or_default())
                });
            }
        }
        let ended = self.packets.len() > first;
        if !ended && page.granule != [0xff; 8] && !page.lacing.is_empty() {
            return fail(format!(
                "no packet ends on the page at {}, its granule is not -1",
                page.at
            ));
        }
        if let Some(last) = self.packets.last_mut().filter(|_| ended) {
            last.granule = Some(page.granule.clone());
            last.is_last = page.flags & 4 == 4;
        }
        Ok(())
    }
}

impl Packet {
    fn of(bytes: Vec<u8>) -> Packet {
        Packet {
            bytes,
            granule: None,
            is_last: false,
            gap: 0,
        }
    }
}

/// Bit by bit, as the polynomial is written.
fn crc(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
            let carry = sum >> 31;
            (sum << 1) ^ (carry * 0x04c1_1db7)
        })
    })
}
