//! At which level are two recordings compared?

/// What is compared of two recordings, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// Every byte of the file.
    File,
    /// The coded sound.
    Essence,
    /// The decoded samples of a lossless codec.
    Pcm,
    /// The fingerprint: where two sound alike, and how much.
    Fingerprint,
    /// The content code, a digest of the fingerprint that fits in a tag.
    Code,
}

impl Level {
    /// Every level.
    pub const ALL: [Level; 5] = [
        Level::File,
        Level::Essence,
        Level::Pcm,
        Level::Fingerprint,
        Level::Code,
    ];

    /// The level's name in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Level::File => "file",
            Level::Essence => "essence",
            Level::Pcm => "pcm",
            Level::Fingerprint => "fingerprint",
            Level::Code => "iscc",
        }
    }
}
