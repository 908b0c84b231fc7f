//! The part of a file that a reader of others may see.

use std::io::{Read, Result, Seek, SeekFrom};
use std::ops::Range;

use crate::container::Mask;
use crate::source::Watched;

/// A range of a file as if it were one: tags at the ends stay out of sight, so that a
/// decoder never takes what is in them for sound.
pub(crate) struct View<'a, T> {
    file: Watched<'a, T>,
    range: Range<u64>,
    masks: Vec<Mask>,
    at: u64,
}

/// No mask is longer, and they are sorted.
const MASK: u64 = 4;

impl<'a, T> View<'a, T> {
    pub(crate) fn new(file: Watched<'a, T>, range: Range<u64>, masks: Vec<Mask>) -> View<'a, T> {
        View {
            file,
            at: range.start,
            range,
            masks,
        }
    }

    pub(crate) fn len(&self) -> u64 {
        self.range.end - self.range.start
    }
}

impl<T: Read + Seek> Read for View<'_, T> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        let left = self.range.end.saturating_sub(self.at);
        let length = left.min(into.len() as u64) as usize;
        let into = into.get_mut(..length).unwrap_or_default();
        // The position belongs to the open file, which others read too.
        self.file.seek(SeekFrom::Start(self.at))?;
        let read = self.file.read(into)?;
        let behind = self.masks.partition_point(|(at, _)| at + MASK < self.at);
        let end = self.at + read as u64;
        let near = self.masks.iter().skip(behind);
        for (at, bytes) in near.take_while(|(at, _)| *at < end) {
            for (at, byte) in (*at..).zip(bytes) {
                let seen = at.checked_sub(self.at).map(|index| index as usize);
                if let Some(seen) = seen.and_then(|index| into.get_mut(index)) {
                    *seen = *byte;
                }
            }
        }
        self.at += read as u64;
        Ok(read)
    }
}

impl<T> Seek for View<'_, T> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => self.len().checked_add_signed(by),
            SeekFrom::Current(by) => (self.at - self.range.start).checked_add_signed(by),
        };
        let position = position.ok_or(std::io::ErrorKind::InvalidInput)?;
        self.at = self.range.start.saturating_add(position);
        Ok(position)
    }
}

#[cfg(feature = "fingerprint")]
impl symphonia::core::io::MediaSource for View<'_, &std::fs::File> {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.len())
    }
}
