//! Is this that sound, bit for bit, whatever its tags and its container?

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::container::{Layout, Stream};
use crate::digest::{EssenceDigest, FileDigest, RestDigest};
use crate::error::Fault;
use crate::source::Source;

/// The coded sound of the first audio stream: its digest, and what the packets alone do
/// not bind.
///
/// Its text form is `CODEC/RATE/CHANNELS:sha256:HEX`, the value of `essence` in
/// `AI_CONSENT`. Two are equal only where all four parts are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Essence {
    /// The codec, sampling rate and channels.
    pub stream: Stream,
    /// The digest of the coded packets.
    pub digest: EssenceDigest,
}

impl fmt::Display for Essence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.stream, self.digest)
    }
}

/// The text is no essence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an essence: CODEC/RATE/CHANNELS:sha256:HEX")]
pub struct EssenceError;

impl FromStr for Essence {
    type Err = EssenceError;

    fn from_str(text: &str) -> Result<Self, EssenceError> {
        let (stream, digest) = Stream::with_digest(text).ok_or(EssenceError)?;
        Ok(Essence { stream, digest })
    }
}

/// What one pass over a file tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Measured {
    pub(crate) essence: Essence,
    pub(crate) rest: RestDigest,
}

/// Hashes the essence and, apart, everything else, each in file order.
///
/// Fails with `Unsupported` where the packets do not follow each other in the file:
/// their order then is not the file's.
pub(crate) fn measure(source: &mut Source, layout: &Layout) -> Result<Measured, Fault> {
    let (mut essence, mut rest) = (Sha256::new(), Sha256::new());
    let mut done = 0;
    layout.essence(source, &mut |source, range| {
        source.each::<Fault>(done..range.start, |bytes| {
            rest.update(bytes);
            Ok(())
        })?;
        source.each::<Fault>(range.clone(), |bytes| {
            essence.update(bytes);
            Ok(())
        })?;
        done = range.end;
        Ok(())
    })?;
    source.each::<Fault>(done..source.len(), |bytes| {
        rest.update(bytes);
        Ok(())
    })?;
    let mut short = [0; 16];
    short.copy_from_slice(rest.finalize().first_chunk::<16>().unwrap_or(&[0; 16]));
    Ok(Measured {
        essence: Essence {
            stream: layout.stream.clone(),
            digest: EssenceDigest(essence.finalize().into()),
        },
        rest: RestDigest(short),
    })
}

/// Hashes every byte of the file.
pub(crate) fn digest_file(source: &mut Source) -> Result<FileDigest, Fault> {
    let mut digest = Sha256::new();
    source.each::<Fault>(0..source.len(), |bytes| {
        digest.update(bytes);
        Ok(())
    })?;
    Ok(FileDigest(digest.finalize().into()))
}
