//! Which formats are there, and how are they called?

use std::fmt;
use std::str::FromStr;

/// The structure of an audio file, told by its content and never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// MPEG-1, MPEG-2 or MPEG-2.5 audio layer III.
    Mp3,
    /// Native FLAC (RFC 9639).
    Flac,
    /// Ogg (RFC 3533) with Vorbis, Opus, Speex or FLAC.
    Ogg,
    /// MP4, M4A and their QuickTime parent (ISO/IEC 14496-12).
    Mp4,
    /// RIFF WAVE, and its 64-bit forms RF64 and BW64.
    Wav,
    /// AIFF and AIFC.
    Aiff,
    /// AAC in an Audio Data Transport Stream (ISO/IEC 13818-7).
    Adts,
    /// WavPack 4 and 5, lossless or hybrid; not DSD.
    WavPack,
    /// Monkey's Audio, file versions 3.80 to 3.99.
    MonkeysAudio,
    /// Musepack, stream versions 7 and 8.
    Musepack,
    /// True Audio (TTA1).
    Tta,
    /// Apple's Core Audio Format. Read, never written.
    Caf,
    /// Matroska and WebM (RFC 9559). Read, never written.
    Matroska,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 13] = [
        Format::Mp3,
        Format::Flac,
        Format::Ogg,
        Format::Mp4,
        Format::Wav,
        Format::Aiff,
        Format::Adts,
        Format::WavPack,
        Format::MonkeysAudio,
        Format::Musepack,
        Format::Tta,
        Format::Caf,
        Format::Matroska,
    ];

    /// The format's name in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Format::Mp3 => "mp3",
            Format::Flac => "flac",
            Format::Ogg => "ogg",
            Format::Mp4 => "mp4",
            Format::Wav => "wav",
            Format::Aiff => "aiff",
            Format::Adts => "adts",
            Format::WavPack => "wavpack",
            Format::MonkeysAudio => "ape",
            Format::Musepack => "musepack",
            Format::Tta => "tta",
            Format::Caf => "caf",
            Format::Matroska => "matroska",
        }
    }

    /// Whether files of this format can be written. The others are what re-hosting makes
    /// of a file: they are read, verified and identified.
    #[must_use]
    pub const fn is_written(self) -> bool {
        !matches!(self, Format::Caf | Format::Matroska)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no [`Format`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown format; known are mp3, flac, ogg, mp4, wav, aiff, adts, wavpack, ape, musepack, tta, caf, matroska"
)]
pub struct UnknownFormat;

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        let named = |format: &Format| format.name() == text;
        Format::ALL.into_iter().find(named).ok_or(UnknownFormat)
    }
}
