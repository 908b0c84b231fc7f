//! What an Ogg page is (RFC 3533 section 6; integers are little-endian).

use std::ops::Range;

use crc::{Algorithm, Crc, Table};

use super::super::{Piece, VisitPiece};
use crate::error::Fault;
use crate::source::Source;

pub(super) const CONTINUED: u8 = 1;
pub(super) const FIRST: u8 = 2;
pub(super) const LAST: u8 = 4;
/// The granule position of a page on which no packet ends.
pub(super) const NO_PACKET_ENDS: u64 = u64::MAX;
const HEADER: u64 = 27;

/// RFC 3533 section 6, field 7: not reflected, nothing inverted.
static CRC: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&Algorithm {
    width: 32,
    poly: 0x04c1_1db7,
    init: 0,
    refin: false,
    refout: false,
    xorout: 0,
    check: 0x89a1_897f,
    residue: 0,
});

pub(super) struct Page {
    pub(super) at: u64,
    pub(super) flags: u8,
    pub(super) granule: u64,
    pub(super) serial: u32,
    pub(super) sequence: u32,
    pub(super) lacing: Vec<u8>,
    pub(super) body: Range<u64>,
}

impl Page {
    pub(super) fn read(source: &mut Source, at: u64) -> Result<Page, Fault> {
        if !source.has(at, b"OggS\0")? {
            return Err(Fault::Malformed("Ogg: no page where one must be", at));
        }
        if source.len() - at < HEADER {
            return Err(Fault::Malformed("Ogg: the last page is cut", at));
        }
        let count = source.byte(at + 26)?;
        let lacing_end = at + HEADER + u64::from(count);
        if lacing_end > source.len() {
            return Err(Fault::Malformed("Ogg: the last page is cut", at));
        }
        let lacing = source.bytes(at + HEADER..lacing_end)?;
        let length: u64 = lacing.iter().map(|value| u64::from(*value)).sum();
        if lacing_end + length > source.len() {
            return Err(Fault::Malformed("Ogg: the last page is cut", at));
        }
        Ok(Page {
            at,
            flags: source.byte(at + 5)?,
            granule: u64::from_le_bytes(source.array(at + 6)?),
            serial: source.le32(at + 14)?,
            sequence: source.le32(at + 18)?,
            lacing,
            body: lacing_end..lacing_end + length,
        })
    }

    /// The bytes of the page, its checksum verified.
    pub(super) fn checked(&self, source: &mut Source) -> Result<Vec<u8>, Fault> {
        let mut bytes = source.bytes(self.at..self.body.end)?;
        if checksum(&mut bytes) != source.le32(self.at + 22)? {
            return Err(Fault::Malformed("Ogg: wrong page checksum", self.at));
        }
        Ok(bytes)
    }
}

/// The checksum of a page, written into it, too.
pub(super) fn checksum(page: &mut [u8]) -> u32 {
    put(page, 22, &[0; 4]);
    let checksum = CRC.checksum(page);
    put(page, 22, &checksum.to_le_bytes());
    checksum
}

fn put(page: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(place) = page.get_mut(at..at + bytes.len()) {
        place.copy_from_slice(bytes);
    }
}

/// How RFC 3533 section 5 splits a packet into segments.
pub(super) fn lacing(length: usize) -> Vec<u8> {
    let mut lacing = vec![255; length / 255];
    lacing.push((length % 255) as u8);
    lacing
}

/// Hands the pages of `range` to `visit`, their sequence numbers moved by `by`.
pub(in crate::container) fn renumber(
    source: &mut Source,
    range: Range<u64>,
    by: u32,
    visit: &mut VisitPiece<'_>,
) -> Result<(), Fault> {
    source.widen();
    let mut at = range.start;
    while at < range.end {
        let page = Page::read(source, at)?;
        let mut bytes = page.checked(source)?;
        put(
            &mut bytes,
            18,
            &page.sequence.wrapping_add(by).to_le_bytes(),
        );
        checksum(&mut bytes);
        visit(source, Piece::Bytes(&bytes))?;
        at = page.body.end;
    }
    Ok(())
}
