//! Is the statement still whole, and does it fit this sound?

use std::path::Path;

use crate::container::{Format, Layout};
use crate::error::Error;
use crate::identity::{Essence, FileDigest, digest_file, measure};
use crate::limits::Limits;
use crate::marker::Marker;
use crate::source::{self, Source};
use crate::tagging::Current;

/// What a file is found to be, on two independent axes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Verdict {
    /// The file's format.
    pub format: Format,
    /// What became of our fields.
    pub marker: MarkerVerdict,
    /// Whether the sound is the one that the marker was made for.
    pub content: ContentVerdict,
    /// The sound that was found.
    pub essence: Essence,
    /// The marker that was found, where it could be read.
    pub found: Option<Marker>,
}

/// What became of our fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MarkerVerdict {
    /// All are there and agree. Unsigned: anyone could have written them.
    Intact,
    /// They disagree with each other, some are gone, or one is damaged.
    Altered,
    /// There is no statement of ours.
    Missing,
}

impl MarkerVerdict {
    /// The verdict's name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            MarkerVerdict::Intact => "intact",
            MarkerVerdict::Altered => "altered",
            MarkerVerdict::Missing => "missing",
        }
    }
}

/// Whether the sound is the one that the marker was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContentVerdict {
    /// The coded sound is the same, bit for bit.
    Essence,
    /// It is not: re-encoded, cut, or another recording. Denials still count.
    Differs,
    /// No marker names a sound.
    Unbound,
}

impl ContentVerdict {
    /// The verdict's name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ContentVerdict::Essence => "essence",
            ContentVerdict::Differs => "differs",
            ContentVerdict::Unbound => "unbound",
        }
    }
}

/// What a file is, at the levels that need no decoder.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Identity {
    /// The file's format.
    pub format: Format,
    /// The digest of every byte.
    pub file: FileDigest,
    /// The coded sound.
    pub essence: Essence,
}

/// Tells whether the statement in the file at `path` is whole and fits its sound.
///
/// ```
/// use noai_audio::{ContentVerdict, Declaration, MarkerVerdict, Preset};
/// # let dir = tempfile::tempdir()?;
/// # let song = dir.path().join("song.wav");
/// # std::fs::copy("test-audio/clean/sine.wav", &song)?;
/// noai_audio::embed(&song, &Declaration::from(Preset::NoAi))?;
/// let verdict = noai_audio::verify(&song)?;
/// assert_eq!(verdict.marker, MarkerVerdict::Intact);
/// assert_eq!(verdict.content, ContentVerdict::Essence);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Only where the file could not be looked at: `Io`, `NotAudio`, `Malformed`,
/// `Unsupported`, `Limit`. A mismatch is a verdict.
pub fn verify(path: impl AsRef<Path>) -> Result<Verdict, Error> {
    let path = path.as_ref();
    verify_file(path).map_err(|error| error.about(path))
}

/// Computes what the file at `path` is: its file digest and its essence.
///
/// ```
/// let identity = noai_audio::identify("test-audio/clean/sine.mp3")?;
/// assert_eq!(identity.essence.codec, "mp3");
/// # Ok::<(), noai_audio::Error>(())
/// ```
///
/// # Errors
/// As [`verify`].
pub fn identify(path: impl AsRef<Path>) -> Result<Identity, Error> {
    let path = path.as_ref();
    identify_file(path).map_err(|error| error.about(path))
}

fn verify_file(path: &Path) -> Result<Verdict, Error> {
    let mut file = source::open(path)?;
    let mut source = Source::new(&mut file, Limits::default())?;
    let layout = Layout::scan(&mut source)?;
    let essence = measure(&mut source, &layout)?.essence;
    let current = Current::read(&mut source, &layout)?;
    let marker = if !current.is_stated {
        MarkerVerdict::Missing
    } else if current.is_intact() && current.is_unanimous() {
        MarkerVerdict::Intact
    } else {
        MarkerVerdict::Altered
    };
    let found = current.marker;
    let content = match found.as_ref().and_then(Marker::essence) {
        Some(bound) if *bound == essence => ContentVerdict::Essence,
        Some(_) => ContentVerdict::Differs,
        None => ContentVerdict::Unbound,
    };
    Ok(Verdict {
        format: layout.format(),
        marker,
        content,
        essence,
        found,
    })
}

fn identify_file(path: &Path) -> Result<Identity, Error> {
    let mut file = source::open(path)?;
    let mut source = Source::new(&mut file, Limits::default())?;
    let layout = Layout::scan(&mut source)?;
    let essence = measure(&mut source, &layout)?.essence;
    Ok(Identity {
        format: layout.format(),
        file: digest_file(&mut source)?,
        essence,
    })
}
