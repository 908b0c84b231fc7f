//! How much of a stranger's file is ever held or counted?

/// Bounds on what is read from a file, so that a hostile one costs no more than a real one.
///
/// The defaults let every real file through.
///
/// ```
/// use noai_audio::Limits;
/// let limits = Limits { held_tag: 1 << 20, ..Limits::default() };
/// assert_eq!(limits.field, 64 * 1024);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest tag that has to be held in memory as a whole, in bytes: an Ogg
    /// comment packet, an unsynchronised ID3v2.3 tag. Others are read in place.
    pub held_tag: u64,
    /// The longest value of a field that is read as a statement, in bytes. A longer one
    /// is unreadable.
    pub field: u64,
    /// The most frames, comments, items, atoms or chunks in one file.
    pub parts: u32,
    /// The largest packet of coded sound, in bytes: decoders hold one as a whole.
    pub packet: u64,
    /// The longest sound that is decoded, in seconds.
    pub seconds: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            held_tag: 16 << 20,
            field: 64 << 10,
            parts: 100_000,
            packet: 16 << 20,
            seconds: 48 * 60 * 60,
        }
    }
}
