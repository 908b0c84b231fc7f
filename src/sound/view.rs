//! The part of a file that a decoder may see.

use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};
use std::ops::Range;

use symphonia::core::io::MediaSource;

/// A range of a file as if it were one: tags at the ends stay out of sight, so that a
/// decoder never takes what is in them for sound.
pub(super) struct View<'a> {
    file: &'a File,
    range: Range<u64>,
    at: u64,
}

impl<'a> View<'a> {
    pub(super) fn new(file: &'a File, range: Range<u64>) -> View<'a> {
        let at = range.start;
        View { file, range, at }
    }

    fn len(&self) -> u64 {
        self.range.end - self.range.start
    }
}

impl Read for View<'_> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        let left = self.range.end.saturating_sub(self.at);
        let length = left.min(into.len() as u64) as usize;
        let into = into.get_mut(..length).unwrap_or_default();
        let mut file = self.file;
        // The position belongs to the open file, which others read too.
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(into)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for View<'_> {
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

impl MediaSource for View<'_> {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.len())
    }
}
