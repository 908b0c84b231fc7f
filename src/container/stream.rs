//! What kind of sound is it? What the packets alone do not say.

use std::fmt;
use std::str::FromStr;

/// The kind of a stream of sound.
///
/// Its text form is `CODEC/RATE/CHANNELS`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Stream {
    /// ffmpeg's name of the codec, such as `mp3`, `flac`, `aac`, `pcm_s24le`.
    pub codec: String,
    /// Samples per second and channel.
    pub sample_rate: u32,
    /// The number of channels.
    pub channels: u16,
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stream {
            codec,
            sample_rate,
            channels,
        } = self;
        write!(f, "{codec}/{sample_rate}/{channels}")
    }
}

impl Stream {
    /// Reads `CODEC/RATE/CHANNELS:DIGEST`: a stream and the digest of what it holds.
    pub(crate) fn with_digest<D: FromStr>(text: &str) -> Option<(Stream, D)> {
        let (stream, digest) = text.split_once(':')?;
        let mut parts = stream.split('/');
        let codec = parts.next()?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
        let number = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
        let mut digits = || parts.next().filter(|digits| number(digits));
        let (sample_rate, channels) = (digits()?.parse().ok()?, digits()?.parse().ok()?);
        let whole = parts.next().is_none() && !codec.is_empty() && codec.bytes().all(plain);
        let digest = digest.parse().ok().filter(|_| whole)?;
        let stream = Stream {
            codec: codec.to_owned(),
            sample_rate,
            channels,
        };
        Some((stream, digest))
    }
}
