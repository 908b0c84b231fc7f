//! The bytes of a file, by position.
//!
//! Parsers ask for what stands at an offset and never hold a read position. A small
//! window is kept, so that walking over headers costs little and skipping costs nothing.

use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;

use crate::error::{Error, ErrorKind, Fault};
use crate::limits::Limits;

/// Enough for a chain of headers; little enough that a look at a file costs kilobytes.
const NARROW: usize = 512;
/// For walks over a whole file.
const WIDE: usize = 64 << 10;

/// Opens the regular file at `path`, with symbolic links followed, for reading.
///
/// Anything else is not audio, and a pipe would wait for ever.
pub(crate) fn open(path: &Path) -> Result<File, Error> {
    let failed = |error| Error::io("cannot open the file", error);
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(Error::new(ErrorKind::NotAudio, "not a regular file"));
    }
    File::open(path).map_err(failed)
}

pub(crate) trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// A reader for parsers of others, which may take a disk that fails for a file that ends:
/// whatever they make of it, the failure is remembered.
#[derive(Clone, Copy)]
pub(crate) struct Watched<'a, T> {
    pub(crate) inner: T,
    pub(crate) failed: &'a OnceLock<io::Error>,
}

impl<T> Watched<'_, T> {
    fn note<D>(&self, done: io::Result<D>) -> io::Result<D> {
        done.map_err(|error| {
            let kind = error.kind();
            // Whoever asks for a place before the start is told so, and nothing has failed.
            if matches!(
                kind,
                io::ErrorKind::Interrupted | io::ErrorKind::InvalidInput
            ) {
                return error;
            }
            let _ = self.failed.set(error);
            kind.into()
        })
    }
}

impl<T: Read> Read for Watched<'_, T> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let done = self.inner.read(into);
        self.note(done)
    }
}

impl<T: Seek> Seek for Watched<'_, T> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let done = self.inner.seek(to);
        self.note(done)
    }
}

pub(crate) struct Source<'a> {
    inner: &'a mut dyn ReadSeek,
    len: u64,
    limits: Limits,
    window: Vec<u8>,
    window_at: u64,
    width: usize,
}

impl<'a> Source<'a> {
    pub(crate) fn new(inner: &'a mut dyn ReadSeek, limits: Limits) -> Result<Self, Fault> {
        let len = inner.seek(SeekFrom::End(0))?;
        Ok(Source {
            inner,
            len,
            limits,
            window: Vec::new(),
            window_at: 0,
            width: NARROW,
        })
    }

    /// The length in bytes.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Reads ahead from now on: for a walk over the whole file.
    pub(crate) fn widen(&mut self) {
        self.width = WIDE;
    }

    /// Calls `work` on bytes of the file that are held in memory, as if they were a file.
    pub(crate) fn held<T>(
        &self,
        bytes: &[u8],
        work: impl FnOnce(&mut Source) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut cursor = Cursor::new(bytes);
        work(&mut Source::new(&mut cursor, self.limits)?)
    }

    /// The `N` bytes at `at`.
    pub(crate) fn array<const N: usize>(&mut self, at: u64) -> Result<[u8; N], Fault> {
        let mut bytes = [0; N];
        self.fill(at, &mut bytes)?;
        Ok(bytes)
    }

    /// The bytes of `range`, which the caller has bounded.
    pub(crate) fn bytes(&mut self, range: Range<u64>) -> Result<Vec<u8>, Fault> {
        let length = range.end.saturating_sub(range.start);
        if range.end > self.len {
            return Err(Fault::Malformed("the file ends early", self.len));
        }
        if length > self.limits.held_tag {
            return Err(Fault::Limit(
                "a structure is too large to hold",
                range.start,
            ));
        }
        let mut bytes = vec![0; length as usize];
        self.fill(range.start, &mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn byte(&mut self, at: u64) -> Result<u8, Fault> {
        self.array::<1>(at).map(|[byte]| byte)
    }

    pub(crate) fn be16(&mut self, at: u64) -> Result<u16, Fault> {
        self.array(at).map(u16::from_be_bytes)
    }

    pub(crate) fn be32(&mut self, at: u64) -> Result<u32, Fault> {
        self.array(at).map(u32::from_be_bytes)
    }

    pub(crate) fn be64(&mut self, at: u64) -> Result<u64, Fault> {
        self.array(at).map(u64::from_be_bytes)
    }

    pub(crate) fn le16(&mut self, at: u64) -> Result<u16, Fault> {
        self.array(at).map(u16::from_le_bytes)
    }

    pub(crate) fn le32(&mut self, at: u64) -> Result<u32, Fault> {
        self.array(at).map(u32::from_le_bytes)
    }

    pub(crate) fn le64(&mut self, at: u64) -> Result<u64, Fault> {
        self.array(at).map(u64::from_le_bytes)
    }

    /// Whether exactly `magic` stands at `at`; false past the end.
    pub(crate) fn has(&mut self, at: u64, magic: &[u8]) -> Result<bool, Fault> {
        if at.saturating_add(magic.len() as u64) > self.len {
            return Ok(false);
        }
        let mut found = vec![0; magic.len()];
        self.fill(at, &mut found)?;
        Ok(found == magic)
    }

    /// Hands the bytes of `range` to `visit`, at most 64 KiB at a time.
    pub(crate) fn each<E: From<Fault>>(
        &mut self,
        range: Range<u64>,
        mut visit: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let all = range.end.saturating_sub(range.start);
        let mut buffer = vec![0; all.min(WIDE as u64) as usize];
        let mut at = range.start;
        while at < range.end {
            let length = (range.end - at).min(WIDE as u64) as usize;
            let piece = buffer.get_mut(..length).unwrap_or_default();
            self.fill(at, piece)?;
            visit(piece)?;
            at += length as u64;
        }
        Ok(())
    }

    /// Whether every byte of `range` is zero.
    pub(crate) fn is_zero(&mut self, range: Range<u64>) -> Result<bool, Fault> {
        let mut zero = true;
        self.each::<Fault>(range, |piece| {
            zero &= piece.iter().all(|byte| *byte == 0);
            Ok(())
        })?;
        Ok(zero)
    }

    fn fill(&mut self, at: u64, into: &mut [u8]) -> Result<(), Fault> {
        let end = at.checked_add(into.len() as u64);
        if end.is_none_or(|end| end > self.len) {
            return Err(Fault::Malformed("the file ends early", self.len));
        }
        if into.len() >= self.width {
            self.inner.seek(SeekFrom::Start(at))?;
            return Ok(self.inner.read_exact(into)?);
        }
        if self.in_window(at, into.len()).is_none() {
            let length = (self.len - at).min(self.width as u64) as usize;
            self.window.clear();
            self.window.resize(length, 0);
            self.window_at = at;
            self.inner.seek(SeekFrom::Start(at))?;
            if let Err(error) = self.inner.read_exact(&mut self.window) {
                self.window.clear();
                return Err(error.into());
            }
        }
        if let Some(bytes) = self.in_window(at, into.len()) {
            into.copy_from_slice(bytes);
        }
        Ok(())
    }

    fn in_window(&self, at: u64, length: usize) -> Option<&[u8]> {
        let start = at.checked_sub(self.window_at)? as usize;
        self.window.get(start..start.checked_add(length)?)
    }
}
