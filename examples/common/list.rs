//! Which paths does a list name?

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Error, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// No system takes a longer path, in bytes.
const LONGEST: u64 = 64 << 10;

/// What ends each path of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Line,
    /// As `find -print0` writes them.
    Null,
}

impl End {
    fn byte(self) -> u8 {
        match self {
            End::Line => b'\n',
            End::Null => 0,
        }
    }
}

/// The paths of a list, one after the other.
pub(crate) struct List {
    reader: Box<dyn BufRead>,
    end: End,
}

impl List {
    /// The list in the file at `path`; `-` is standard input.
    pub(crate) fn open(path: &Path, end: End) -> io::Result<List> {
        let reader: Box<dyn BufRead> = if path.as_os_str() == "-" {
            Box::new(io::stdin().lock())
        } else {
            Box::new(BufReader::new(File::open(path)?))
        };
        Ok(List { reader, end })
    }

    /// Nothing but the end is taken off: names may begin and end with anything.
    fn read(&mut self) -> io::Result<Option<PathBuf>> {
        let mut bytes = Vec::new();
        let mut reader = self.reader.by_ref().take(LONGEST + 1);
        reader.read_until(self.end.byte(), &mut bytes)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes.last() == Some(&self.end.byte()) {
            bytes.pop();
        } else if bytes.len() as u64 > LONGEST {
            let what = "a path is too long: do the paths end as was said?";
            return Err(Error::new(ErrorKind::InvalidData, what));
        }
        native(bytes).map(Some)
    }
}

impl Iterator for List {
    type Item = io::Result<PathBuf>;

    fn next(&mut self) -> Option<io::Result<PathBuf>> {
        self.read().transpose()
    }
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "on other systems it can fail")]
fn native(bytes: Vec<u8>) -> io::Result<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    Ok(OsString::from_vec(bytes).into())
}

/// Where names are text, no name ends with a carriage return.
#[cfg(not(unix))]
fn native(mut bytes: Vec<u8>) -> io::Result<PathBuf> {
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    let text = String::from_utf8(bytes);
    let text = text.map_err(|error| Error::new(ErrorKind::InvalidData, error))?;
    Ok(OsString::from(text).into())
}

/// A path as it was given, with its end; `None` where it would be read back as two.
pub(crate) fn entry(path: &Path, end: End) -> Option<Vec<u8>> {
    let mut entry = path.as_os_str().as_encoded_bytes().to_vec();
    let is_one = !entry.contains(&end.byte());
    entry.push(end.byte());
    is_one.then_some(entry)
}
