//! Why we could not look at a file, or would not change it.
//!
//! A mismatch is a verdict, never an error.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use crate::consent::DeclarationError;

/// An operation on a file did not happen. The file is as it was.
///
/// Opaque: what happened is told by [`kind`](Error::kind), in words by `Display`.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    path: Option<PathBuf>,
    what: String,
    at: Option<u64>,
    source: Option<io::Error>,
}

/// Who or what stands in the way, from the file's content to the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The content is no audio format that this crate knows of.
    NotAudio,
    /// The bytes contradict their own standard; [`Error::position`] says where.
    Malformed,
    /// A structure that is known and not handled; [`Error::position`] says where.
    Unsupported,
    /// More than [`Limits`](crate::Limits) permits.
    Limit,
    /// A statement is there already that would be loosened, or is another's.
    Conflict,
    /// The file is read-only, has several names or carries a C2PA manifest, and the
    /// options do not say that it may be changed all the same.
    Protected,
    /// The declaration itself is wrong.
    Declaration,
    /// The file changed while it was being worked on, or another process works on it.
    Changed,
    /// The new file did not prove equal to the old one where it must.
    Unproven,
    /// The operating system said no.
    Io,
}

impl ErrorKind {
    /// The kind's name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ErrorKind::NotAudio => "not-audio",
            ErrorKind::Malformed => "malformed",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::Limit => "limit",
            ErrorKind::Conflict => "conflict",
            ErrorKind::Protected => "protected",
            ErrorKind::Declaration => "declaration",
            ErrorKind::Changed => "changed",
            ErrorKind::Unproven => "unproven",
            ErrorKind::Io => "io",
        }
    }

    /// Whether the file was looked at and refused, rather than not looked at.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        !matches!(
            self,
            ErrorKind::Changed | ErrorKind::Unproven | ErrorKind::Io
        )
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, what: impl Into<String>) -> Error {
        Error {
            kind,
            path: None,
            what: what.into(),
            at: None,
            source: None,
        }
    }

    pub(crate) fn io(what: &str, source: io::Error) -> Error {
        Error {
            source: Some(source),
            ..Error::new(ErrorKind::Io, what)
        }
    }

    /// The same error, about the file at `path` where it names none yet.
    pub(crate) fn about(mut self, path: &Path) -> Error {
        self.path.get_or_insert_with(|| path.to_owned());
        self
    }

    /// Whether the file holds what is not handled, or more of it than is, or is damaged there.
    pub(crate) fn is_of_the_file(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Unsupported | ErrorKind::Limit | ErrorKind::Malformed
        )
    }

    /// The kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The file that was worked on, where there was one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Where in the file the reason stands, in bytes from 0, where it stands somewhere.
    #[must_use]
    pub fn position(&self) -> Option<u64> {
        self.at
    }

    /// The reason in words, without the path.
    #[must_use]
    pub fn reason(&self) -> String {
        let place = self.at.map(|at| format!(", at byte {at}"));
        let source = self.source.as_ref().map(|source| format!(": {source}"));
        [Some(self.what.clone()), place, source]
            .into_iter()
            .flatten()
            .collect()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{}: ", path.display())?;
        }
        f.write_str(&self.reason())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source
            .as_ref()
            .map(|source| source as &(dyn std::error::Error + 'static))
    }
}

impl From<DeclarationError> for Error {
    fn from(error: DeclarationError) -> Error {
        Error::new(ErrorKind::Declaration, error.to_string())
    }
}

/// What a parser met. Becomes an [`Error`] at the rim.
#[derive(Debug)]
pub(crate) enum Fault {
    Io(io::Error),
    NotAudio,
    Malformed(&'static str, u64),
    Unsupported(&'static str, u64),
    Limit(&'static str, u64),
}

impl Fault {
    /// Whether it is none of the bytes that were read.
    pub(crate) fn is_of_the_reader(&self) -> bool {
        matches!(self, Fault::Io(_))
    }

    /// The same fault, found in bytes that begin at `start` of the file.
    pub(crate) fn offset_by(self, start: u64) -> Fault {
        match self {
            Fault::Malformed(what, at) => Fault::Malformed(what, at + start),
            Fault::Unsupported(what, at) => Fault::Unsupported(what, at + start),
            Fault::Limit(what, at) => Fault::Limit(what, at + start),
            Fault::Io(_) | Fault::NotAudio => self,
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        Fault::Io(error)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        let (kind, what, at) = match fault {
            Fault::Io(source) => return Error::io("reading or writing failed", source),
            Fault::NotAudio => {
                return Error::new(ErrorKind::NotAudio, "not an audio file of a known format");
            }
            Fault::Malformed(what, at) => (ErrorKind::Malformed, what, at),
            Fault::Unsupported(what, at) => (ErrorKind::Unsupported, what, at),
            Fault::Limit(what, at) => (ErrorKind::Limit, what, at),
        };
        Error {
            at: Some(at),
            ..Error::new(kind, what)
        }
    }
}
