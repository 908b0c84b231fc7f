//! How much of a stranger's file is ever read, held, counted or decoded?

/// Bounds on what a file may cost, so that a hostile one costs no more than a real one.
///
/// Every call that looks at a file has a form that takes them:
/// [`read_within`](crate::read_within), [`read_from`](crate::read_from),
/// [`identify_within`](crate::identify_within), [`Record::of_within`](crate::Record::of_within),
/// [`Records::verify_within`](crate::Records::verify_within),
/// [`Gate::limits`](crate::Gate::limits) and
/// [`EmbedOptions::limits`](crate::EmbedOptions::limits). The others have the defaults,
/// which let every real file through and keep an operation under 32 MiB of memory; but
/// writing an Ogg file costs up to nine times the length of its comments. Where an
/// independent reader would need more to confirm what was written, in tags of more than
/// 6 MiB in other files than MP3, ADTS and Ogg, it is not asked.
///
/// A file beyond a limit is never half read. What happens instead is said at each: an
/// error of the kind [`Limit`](crate::ErrorKind::Limit), with the position; a statement
/// that is unreadable; or a sound that is not decoded
/// ([`Sound::undecoded`](crate::Sound::undecoded)), which leaves all other levels.
///
/// What no file needs many of has a bound that cannot be chosen: 64 tags at either end of
/// a file, 1,000 tables of positions in MP4, where a track has one; beyond: `Limit`.
///
/// Pictures have no limit of their own: they are passed over and never held, whatever
/// their size. They count as a part of the tag that they stand in.
///
/// ```
/// use noai_audio::{ErrorKind, Limits};
/// let limits = Limits { parts: 1, ..Limits::default() };
/// let error = noai_audio::read_within("test-audio/clean/sine.flac", limits).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Limit);
/// assert!(error.position().is_some());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest tag, in bytes, pictures and padding included. 128 MiB; beyond: `Limit`.
    pub tag: u64,
    /// The largest tag, in bytes, of a kind that has to be held as a whole: the comment
    /// packets of an Ogg file, the information chunk of a CAF file. All other tags are
    /// walked where they stand. 12 MiB; beyond: `Limit`.
    pub held_tag: u64,
    /// The longest value of a field that is read as a statement, in bytes. 64 KiB; beyond:
    /// the statement is unreadable.
    pub field: u64,
    /// The longest XMP packet, in bytes. 1 MiB; beyond: the packet is unreadable, and left as
    /// it is.
    pub xmp: u64,
    /// The most fields of ours and copyright fields in a file; of a chained Ogg for each
    /// link, up to a hundred times as many. 100; beyond: `Limit`.
    pub fields: u32,
    /// The most frames, comments, items, atoms, chunks, blocks or elements in one list.
    /// 100,000; beyond: `Limit`.
    pub parts: u32,
    /// How deep tags may stand in tags, which only Matroska has. 8; beyond: `Limit`.
    pub depth: u32,
    /// The largest packet of coded sound, in bytes, where packets are told apart: in MP4,
    /// Matroska and CAF. 16 MiB; beyond: `Limit`.
    pub packet: u64,
    /// What a decoder may hold of the tables that say where packets are, and of the
    /// comments of Ogg, in bytes. 16 MiB, 27 hours of AAC in MP4 or 3.2 MiB of comments;
    /// beyond: not decoded.
    pub tables: u64,
    /// The longest sound that is decoded, in seconds. 48 hours; beyond: not decoded.
    pub seconds: u64,
    /// The most samples that are decoded, of all channels together. 2^34, 49 hours of
    /// stereo at 48 kHz; beyond: not decoded.
    pub samples: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            tag: 128 << 20,
            held_tag: 12 << 20,
            field: 64 << 10,
            xmp: 1 << 20,
            fields: 100,
            parts: 100_000,
            depth: 8,
            packet: 16 << 20,
            tables: 16 << 20,
            seconds: 48 * 60 * 60,
            samples: 1 << 34,
        }
    }
}
