//! How large are the samples, and what comes next in a table? Tables are read forward, a
//! block at a time (ISO/IEC 14496-12 section 8.7.3).

use std::ops::Range;

use super::atoms::{Atom, find};
use super::samples::lacking;
use crate::error::Fault;
use crate::source::Source;

/// How large the samples are.
#[derive(Debug, Clone)]
pub(super) enum Sizes {
    OfAll(u32),
    /// Entries of so many bits.
    Listed(Range<u64>, u32),
}

impl Sizes {
    /// The sizes of the samples and their count, from `stsz` or the compact `stz2`.
    pub(super) fn read(
        source: &mut Source,
        tables: &[Atom],
        table: &Atom,
    ) -> Result<(Sizes, u32), Fault> {
        let atom = find(tables, b"stsz").or_else(|| find(tables, b"stz2"));
        let atom = atom.ok_or(lacking(table))?;
        let Range { start, end } = atom.payload();
        let wrong = Fault::Malformed("MP4: wrong sample sizes", start);
        if end - start < 12 {
            return Err(wrong);
        }
        let (stated, count) = (source.be32(start + 4)?, source.be32(start + 8)?);
        let bits = match (&atom.kind, stated) {
            (b"stsz", 0) => 32,
            (b"stsz", size) => return Ok((Sizes::OfAll(size), count)),
            // Three reserved bytes stand before it.
            (_, size) => size & 0xff,
        };
        let entries = start + 12..start + 12 + (u64::from(bits) * u64::from(count)).div_ceil(8);
        if entries.end > end || !matches!(bits, 4 | 8 | 16 | 32) {
            return Err(wrong);
        }
        Ok((Sizes::Listed(entries, bits), count))
    }
}

/// Sizes read forward.
pub(super) struct SizeReader {
    of_all: Option<u32>,
    table: Table,
    bits: u32,
    /// The second of two sizes in one byte.
    second: Option<u8>,
}

impl SizeReader {
    pub(super) fn new(sizes: &Sizes) -> SizeReader {
        let (of_all, entries, bits) = match sizes {
            Sizes::OfAll(size) => (Some(*size), 0..0, 32),
            Sizes::Listed(entries, bits) => (None, entries.clone(), *bits),
        };
        SizeReader {
            of_all,
            table: Table::new(entries),
            bits,
            second: None,
        }
    }

    /// The sum and the largest of so many sizes.
    pub(super) fn next(&mut self, source: &mut Source, samples: u32) -> Result<(u64, u32), Fault> {
        if let Some(size) = self.of_all {
            return Ok((u64::from(size) * u64::from(samples), size));
        }
        let (mut sum, mut largest) = (0, 0);
        for _ in 0..samples {
            let size = self.one(source)?;
            sum += u64::from(size);
            largest = largest.max(size);
        }
        Ok((sum, largest))
    }

    fn one(&mut self, source: &mut Source) -> Result<u32, Fault> {
        if let Some(size) = self.second.take() {
            return Ok(u32::from(size));
        }
        let table = &mut self.table;
        Ok(match self.bits {
            4 => {
                let [byte] = table.next(source)?.unwrap_or_default();
                self.second = Some(byte & 0xf);
                u32::from(byte >> 4)
            }
            8 => table.next(source)?.map_or(0, |[size]| u32::from(size)),
            16 => u32::from(u16::from_be_bytes(table.next(source)?.unwrap_or_default())),
            _ => u32::from_be_bytes(table.next(source)?.unwrap_or_default()),
        })
    }
}

/// A table read forward, a block at a time, whatever else is read between.
pub(super) struct Table {
    left: Range<u64>,
    block: Vec<u8>,
    used: usize,
}

impl Table {
    /// A multiple of every entry's width.
    const BLOCK: u64 = 12 * 1024;

    pub(super) fn new(entries: Range<u64>) -> Table {
        Table {
            left: entries,
            block: Vec::new(),
            used: 0,
        }
    }

    pub(super) fn next<const N: usize>(
        &mut self,
        source: &mut Source,
    ) -> Result<Option<[u8; N]>, Fault> {
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
    pub(super) fn run(&mut self, source: &mut Source) -> Result<Option<(u32, u32)>, Fault> {
        let number = |bytes: &[u8]| bytes.iter().fold(0, |n, b| n << 8 | u32::from(*b));
        Ok(self.next::<12>(source)?.map(|entry| {
            let (first, rest) = entry.split_at(4);
            (number(first), number(rest.get(..4).unwrap_or_default()))
        }))
    }
}
