//! What does it sound like? Decodes the first audio stream, once, for whoever listens.
//!
//! Samples that stand in a file as they are, are read there; everything else goes through
//! symphonia's demultiplexers and decoders, Opus through rusty-opus. Decoders are other
//! people's code at work on strangers' files: a panic in one is caught and told as a
//! sound that cannot be decoded.

mod decode;
mod listen;
mod opus;
mod raw;
mod resample;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::time::Duration;

use self::listen::Listener;
use crate::container::Layout;
use crate::error::Fault;
use crate::identity::{Fingerprint, Pcm};
use crate::source::{Source, Watched};

/// What is listened for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) pcm: bool,
    pub(crate) fingerprint: bool,
}

/// What was heard.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) duration: Duration,
    /// Of lossless codecs, where every packet could be decoded.
    pub(crate) pcm: Option<Pcm>,
    pub(crate) fingerprint: Option<Fingerprint>,
    /// Whether FLAC's own MD5 of its samples is right; `None` where there is none.
    pub(crate) md5: Option<bool>,
    /// The sound goes on where no decoder could follow.
    pub(crate) is_cut: bool,
}

/// Decodes the sound. `Unsupported` where no decoder here can.
pub(crate) fn hear(
    file: &File,
    source: &mut Source,
    layout: &Layout,
    wanted: Wanted,
) -> Result<Heard, Fault> {
    let mut listener = Listener::new(source.limits(), wanted);
    if layout.stream.codec.starts_with("pcm_") {
        raw::decode(source, layout, &mut listener)?;
    } else if layout.tables() > source.limits().tables {
        let what = "a decoder would hold too much beside the sound";
        return Err(Fault::Limit(what, 0));
    } else {
        let failure = OnceLock::new();
        let file = Watched {
            inner: file,
            failed: &failure,
        };
        let done = decode::decode(file, source, layout, &mut listener);
        match failure.into_inner() {
            Some(failure) => return Err(Fault::Io(failure)),
            None => done?,
        }
    }
    listener.finish()
}

/// Calls other people's code on a stranger's bytes.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| UNDECODABLE)
}

const UNDECODABLE: Fault = Fault::Unsupported("the sound cannot be decoded", 0);
