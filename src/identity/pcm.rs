//! Are these the same samples, however they were packed without loss?

use std::fmt;
use std::str::FromStr;

use crate::container::Stream;
use crate::digest::PcmDigest;

/// The decoded samples of a lossless recording: their digest, and what that does not bind.
///
/// The samples are those of the first audio stream, interleaved, little-endian, signed
/// (8 bits too) or floating-point, in the smallest whole number of bytes that holds the
/// stored depth, left-justified in it. Equal for FLAC, ALAC, WAV, AIFF and CAF files of
/// one master, whatever the compression; absent for lossy codecs, whose decoders differ.
///
/// Its text form is `CODEC/RATE/CHANNELS:sha256:HEX`, where CODEC is ffmpeg's name of that
/// form: `pcm_s8`, `pcm_s16le`, `pcm_s24le`, `pcm_s32le`, `pcm_f32le` or `pcm_f64le`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pcm {
    /// The form of the samples, the sampling rate and the channels.
    pub stream: Stream,
    /// The digest of the samples.
    pub digest: PcmDigest,
}

impl fmt::Display for Pcm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.stream, self.digest)
    }
}

/// The text is no PCM digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a PCM digest: CODEC/RATE/CHANNELS:sha256:HEX")]
pub struct PcmError;

impl FromStr for Pcm {
    type Err = PcmError;

    fn from_str(text: &str) -> Result<Self, PcmError> {
        let (stream, digest) = Stream::with_digest(text).ok_or(PcmError)?;
        Ok(Pcm { stream, digest })
    }
}
