//! The body of a tag that is unsynchronised as a whole, as it was before, without holding it.
//!
//! Where a byte stood is known at every 64 KiB; from there on the bytes are decoded again.

use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};
use std::ops::Range;

use super::number::decode_unsynchronised;
use crate::error::Fault;
use crate::source::Source;

const BLOCK: u64 = 64 << 10;

/// Where the blocks of a tag's body are, before and after decoding.
pub(super) struct Blocks {
    body: Range<u64>,
    /// Where each begins when decoded, and whether an `FF` stands before it.
    starts: Vec<(u64, bool)>,
    len: u64,
}

impl Blocks {
    pub(super) fn of(source: &mut Source, body: Range<u64>) -> std::result::Result<Blocks, Fault> {
        let mut blocks = Blocks {
            body,
            starts: Vec::new(),
            len: 0,
        };
        let mut stuffed = false;
        for number in 0..blocks
            .body
            .end
            .saturating_sub(blocks.body.start)
            .div_ceil(BLOCK)
        {
            blocks.starts.push((blocks.len, stuffed));
            source.each::<Fault>(blocks.raw_block(number), |raw| {
                blocks.len += decode_unsynchronised(raw, stuffed).0.len() as u64;
                stuffed = raw.last() == Some(&0xff);
                Ok(())
            })?;
        }
        Ok(blocks)
    }

    fn raw_block(&self, number: u64) -> Range<u64> {
        let start = self.body.start + number * BLOCK;
        start..self.body.end.min(start + BLOCK)
    }

    /// The number of the block in which the decoded byte at `at` stands.
    fn number(&self, at: u64) -> u64 {
        let behind = self.starts.partition_point(|(start, _)| *start <= at);
        behind.saturating_sub(1) as u64
    }

    /// A block's bytes, where each stood in it, and where it begins when decoded.
    fn decode(
        &self,
        source: &mut Source,
        number: u64,
    ) -> std::result::Result<(Vec<u8>, Vec<u64>, u64), Fault> {
        let start = self.starts.get(number as usize);
        let (start, stuffed) = start.copied().unwrap_or((self.len, false));
        let (mut bytes, mut origin) = (Vec::new(), Vec::new());
        source.each::<Fault>(self.raw_block(number), |raw| {
            (bytes, origin) = decode_unsynchronised(raw, stuffed);
            Ok(())
        })?;
        Ok((bytes, origin, start))
    }

    /// Where the decoded byte at `at` stands in the file.
    pub(super) fn position(&self, source: &mut Source, at: u64) -> std::result::Result<u64, Fault> {
        if at >= self.len {
            return Ok(self.body.end);
        }
        let number = self.number(at);
        let (_, origin, start) = self.decode(source, number)?;
        let within = origin.get((at - start) as usize).copied();
        Ok(self.raw_block(number).start + within.unwrap_or_default())
    }
}

/// The decoded bytes as if they were a file.
pub(super) struct Decoded<'s, 'a> {
    source: &'s mut Source<'a>,
    blocks: &'s Blocks,
    at: u64,
    /// The block that was read last, by its number, and where it begins.
    known: Option<(u64, Vec<u8>, u64)>,
}

impl<'s, 'a> Decoded<'s, 'a> {
    pub(super) fn new(source: &'s mut Source<'a>, blocks: &'s Blocks) -> Decoded<'s, 'a> {
        Decoded {
            source,
            blocks,
            at: 0,
            known: None,
        }
    }
}

impl Read for Decoded<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        if self.at >= self.blocks.len {
            return Ok(0);
        }
        let number = self.blocks.number(self.at);
        if self
            .known
            .as_ref()
            .is_none_or(|(known, ..)| *known != number)
        {
            let decoded = self.blocks.decode(self.source, number);
            let (bytes, _, start) = decoded.map_err(|fault| match fault {
                Fault::Io(error) => error,
                _ => Error::from(ErrorKind::UnexpectedEof),
            })?;
            self.known = Some((number, bytes, start));
        }
        let Some((_, bytes, start)) = &self.known else {
            return Ok(0);
        };
        let rest = bytes.get((self.at - start) as usize..).unwrap_or_default();
        let length = rest.len().min(into.len());
        for (to, from) in into.iter_mut().zip(rest) {
            *to = *from;
        }
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for Decoded<'_, '_> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => self.blocks.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = position.ok_or(ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
