//! How large is each chunk, and where does that stand?
//!
//! In a chunk's own header; or, where a RIFF needs more than 32 bits (EBU Tech 3306
//! "RF64", ITU-R BS.2088 "BW64"), in its first chunk, `ds64`: the size of the outer chunk,
//! that of `data`, the number of samples, and a table of names and sizes. A size of
//! FFFFFFFF in a chunk's own header refers to it.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::error::Fault;
use crate::source::Source;

/// In a size of 32 bits: what it is stands in `ds64`.
const ELSEWHERE: u64 = 0xffff_ffff;

/// How sizes are written in one file.
pub(super) struct Sizes {
    big_endian: bool,
    wide: Option<Wide>,
}

impl Sizes {
    /// RIFF of 32-bit sizes.
    pub(super) fn narrow_riff() -> Sizes {
        Sizes {
            big_endian: false,
            wide: None,
        }
    }

    pub(super) fn read(source: &mut Source, big_endian: bool) -> Result<Sizes, Fault> {
        let wide = if big_endian {
            None
        } else {
            Wide::read(source)?
        };
        Ok(Sizes { big_endian, wide })
    }

    /// Whether they may never have been filled in. Only RIFF comes out of a stream so that
    /// other programs read it.
    pub(super) fn may_be_open(&self) -> bool {
        !self.big_endian && self.wide.is_none()
    }

    /// Where the size of the outer chunk stands, and what stands there.
    pub(super) fn outer(&self, source: &mut Source) -> Result<(Range<u64>, u64), Fault> {
        match &self.wide {
            Some(wide) => Ok((wide.outer.clone(), source.le64(wide.outer.start)?)),
            None => self.narrow(source, 4),
        }
    }

    pub(super) fn chunk(
        &mut self,
        source: &mut Source,
        name: &[u8; 4],
        at: u64,
    ) -> Result<(Range<u64>, u64), Fault> {
        match &mut self.wide {
            Some(wide) => wide.size(source, name, at),
            None => self.narrow(source, at + 4),
        }
    }

    fn narrow(&self, source: &mut Source, at: u64) -> Result<(Range<u64>, u64), Fault> {
        let size = if self.big_endian {
            source.be32(at)?
        } else {
            source.le32(at)?
        };
        Ok((at..at + 4, u64::from(size)))
    }
}

/// The places of the sizes in `ds64`.
#[derive(Debug)]
struct Wide {
    outer: Range<u64>,
    data: Option<Range<u64>>,
    /// By name: the places of the sizes in the table, the first one last.
    table: BTreeMap<[u8; 4], Vec<Range<u64>>>,
}

impl Wide {
    /// Reads `ds64` where the outer chunk has a name that asks for it.
    fn read(source: &mut Source) -> Result<Option<Wide>, Fault> {
        if !source.has(0, b"RF64")? && !source.has(0, b"BW64")? {
            return Ok(None);
        }
        if u64::from(source.le32(4)?) != ELSEWHERE {
            return Err(Fault::Malformed("RF64: a size of 32 bits", 4));
        }
        let length = u64::from(source.le32(16)?);
        if !source.has(12, b"ds64")? || length < 28 {
            return Err(Fault::Malformed("RF64: no ds64 chunk at its start", 12));
        }
        let count = source.le32(44)?;
        if u64::from(count) > (length - 28) / 12 {
            return Err(Fault::Malformed("RF64: the ds64 table is too long", 44));
        }
        if count > source.limits().parts {
            return Err(Fault::Limit("too many chunks", 44));
        }
        let mut table: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for index in (0..u64::from(count)).rev() {
            let at = 48 + 12 * index;
            let places = table.entry(source.array(at)?).or_default();
            places.push(at + 4..at + 12);
        }
        Ok(Some(Wide {
            outer: 20..28,
            data: Some(28..36),
            table,
        }))
    }

    /// Where the size of the chunk at `at` stands, and what it is.
    fn size(
        &mut self,
        source: &mut Source,
        name: &[u8; 4],
        at: u64,
    ) -> Result<(Range<u64>, u64), Fault> {
        let narrow = at + 4..at + 8;
        let size = u64::from(source.le32(narrow.start)?);
        if name == b"data"
            && let Some(place) = self.data.take()
        {
            let wide = source.le64(place.start)?;
            if size != ELSEWHERE && size != wide {
                return Err(Fault::Malformed(
                    "RF64: two sizes of the data chunk",
                    at + 4,
                ));
            }
            return Ok((place, wide));
        }
        if size != ELSEWHERE {
            return Ok((narrow, size));
        }
        let place = self.table.get_mut(name).and_then(Vec::pop);
        let place = place.ok_or(Fault::Malformed("RF64: a size that ds64 lacks", at + 4))?;
        let size = source.le64(place.start)?;
        Ok((place, size))
    }
}
