//! What is this recording, at every level that it has?

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use crate::container::{Format, Layout, Stream};
use crate::digest::FileDigest;
use crate::error::Error;
use crate::identity::{ContentCode, Essence, Fingerprint, Level, Pcm, digest_file, measure};
use crate::limits::Limits;
use crate::source::{self, Source};

/// What a file is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Identity {
    /// The file's format.
    pub format: Format,
    /// The kind of its sound.
    pub stream: Stream,
    /// The digest of every byte, where it was asked for.
    pub file: Option<FileDigest>,
    /// The coded sound, where it was asked for.
    pub essence: Option<Essence>,
    /// What only a decoder tells.
    pub sound: Sound,
}

/// What a file is at the levels that need a decoder. Each is `None` where it was not asked
/// for, does not exist for this codec, or could not be had; [`undecoded`](Sound::undecoded)
/// says why not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sound {
    /// How long it sounds.
    pub duration: Option<Duration>,
    /// The samples of a lossless codec.
    pub pcm: Option<Pcm>,
    /// The content code.
    pub code: Option<ContentCode>,
    /// The fingerprint.
    pub fingerprint: Option<Fingerprint>,
    /// Whether the MD5 that a FLAC file has of its own samples is right; `None` where it
    /// has none. It is reported and never trusted.
    pub md5: Option<bool>,
    /// Why the sound could not be decoded, where it could not.
    pub undecoded: Option<String>,
}

/// Computes what the file at `path` is without decoding it: its file digest and essence.
///
/// ```
/// let identity = noai_audio::identify("test-audio/clean/sine.mp3")?;
/// assert_eq!(identity.stream.codec, "mp3");
/// assert!(identity.essence.is_some());
/// # Ok::<(), noai_audio::Error>(())
/// ```
///
/// # Errors
/// Only where the file could not be looked at: `Io`, `NotAudio`, `Malformed`,
/// `Unsupported`, `Limit`. A sound that cannot be decoded is no error.
pub fn identify(path: impl AsRef<Path>) -> Result<Identity, Error> {
    identify_levels(path, &[Level::File, Level::Essence])
}

/// Computes what the file at `path` is at these levels and no others. All but the file
/// digest and the essence have the sound decoded, once for all of them.
///
#[cfg_attr(feature = "fingerprint", doc = "```")]
#[cfg_attr(not(feature = "fingerprint"), doc = "```ignore")]
/// use noai_audio::{Level, identify_levels};
/// let flac = identify_levels("test-audio/clean/24-bit.flac", &[Level::Pcm])?;
/// let wav = identify_levels("test-audio/clean/24-bit.wav", &[Level::Pcm])?;
/// assert_eq!(flac.sound.pcm, wav.sound.pcm);
/// # Ok::<(), noai_audio::Error>(())
/// ```
///
/// # Errors
/// As [`identify`].
pub fn identify_levels(path: impl AsRef<Path>, levels: &[Level]) -> Result<Identity, Error> {
    identify_within(path, levels, Limits::default())
}

/// Computes what the file at `path` is at these levels and no others, within `limits`.
///
/// # Errors
/// As [`identify`].
pub fn identify_within(
    path: impl AsRef<Path>,
    levels: &[Level],
    limits: Limits,
) -> Result<Identity, Error> {
    let path = path.as_ref();
    identify_file(path, levels, limits).map_err(|error| error.about(path))
}

fn identify_file(path: &Path, levels: &[Level], limits: Limits) -> Result<Identity, Error> {
    let file = source::open(path)?;
    let mut reader = &file;
    let mut source = Source::new(&mut reader, limits)?;
    let layout = Layout::scan(&mut source)?;
    let mut identity = Identity {
        format: layout.format(),
        stream: layout.stream.clone(),
        file: None,
        essence: None,
        sound: Sound::default(),
    };
    if levels.contains(&Level::File) {
        identity.file = Some(digest_file(&mut source)?);
    }
    if levels.contains(&Level::Essence) {
        identity.essence = Some(measure(&mut source, &layout)?.essence);
    } else {
        // Walked all the same: only then it is known that no packet is too large to decode.
        layout.essence(&mut source, &mut |_, _| Ok(()))?;
    }
    identity.sound = sound(&file, &mut source, &layout, levels)?;
    Ok(identity)
}

/// What a decoder tells of an open file.
#[cfg(feature = "fingerprint")]
pub(crate) fn sound(
    file: &File,
    source: &mut Source,
    layout: &Layout,
    levels: &[Level],
) -> Result<Sound, Error> {
    use crate::error::Fault;
    use crate::sound::{Wanted, hear};

    let wanted = Wanted {
        pcm: levels.contains(&Level::Pcm),
        fingerprint: levels.contains(&Level::Fingerprint) || levels.contains(&Level::Code),
    };
    if !wanted.pcm && !wanted.fingerprint {
        return Ok(Sound::default());
    }
    match hear(file, source, layout, wanted) {
        Ok(heard) => {
            let print = heard.fingerprint;
            // A code is of a whole recording or of nothing.
            let whole = print.as_ref().filter(|_| !heard.is_cut);
            let code = whole.filter(|_| levels.contains(&Level::Code));
            Ok(Sound {
                duration: Some(heard.duration),
                pcm: heard.pcm,
                code: code.and_then(ContentCode::of),
                fingerprint: print.filter(|_| levels.contains(&Level::Fingerprint)),
                md5: heard.md5,
                undecoded: None,
            })
        }
        Err(Fault::Io(error)) => Err(Error::from(Fault::Io(error))),
        Err(fault) => Ok(Sound {
            undecoded: Some(Error::from(fault).reason()),
            ..Sound::default()
        }),
    }
}

/// Nothing: this build has no decoder.
#[cfg(not(feature = "fingerprint"))]
#[allow(clippy::unnecessary_wraps, reason = "the other build's can fail")]
pub(crate) fn sound(
    _: &File,
    _: &mut Source,
    _: &Layout,
    levels: &[Level],
) -> Result<Sound, Error> {
    let asked = levels.iter().any(|level| *level > Level::Essence);
    Ok(Sound {
        undecoded: asked.then(|| "this build has no decoder".to_owned()),
        ..Sound::default()
    })
}
