//! Where the bytes are: which ranges of a file are sound, which are tags, and what has
//! to follow when a tag changes its length.
//!
//! One file per structure, all of the same shape: `scan` gives a [`Layout`] from a look
//! at the headers; `essence` walks over the coded sound; `changes` turns new tag bytes
//! into a list of [`Change`]s with every size, offset and checksum that depends on them.
//! No file here knows what a tag says.

mod format;
mod stream;
mod plan;
mod chunks;
mod detect;
mod edges;
mod kept;
mod mpeg;
mod adts;
mod wavpack;
mod monkeys_audio;
mod musepack;
mod tta;
pub(crate) mod flac;
pub(crate) mod ogg;
pub(crate) mod mp4;
pub(crate) mod riff;
pub(crate) mod aiff;
mod caf;
mod matroska;

use std::ops::Range;

use sha2::{Digest, Sha256};

pub use self::format::{Format, UnknownFormat};
pub(crate) use self::plan::{Change, Piece, Plan, VisitPiece};
pub use self::stream::Stream;
use crate::carrier::c2pa::Hear;
use crate::carrier::{Carrier, Made};
use crate::error::Fault;
use crate::source::Source;
use crate::splice::Splice;

/// What is done with each range of the coded sound.
pub(crate) type Visit<'a> = dyn FnMut(&mut Source, Range<u64>) -> Result<(), Fault> + 'a;

/// Where other bytes shall be seen, and which.
pub(crate) type Mask = (u64, Vec<u8>);

/// A tag that is read and left alone.
type OtherTag = (Carrier, Range<u64>);

/// Where everything is in one file.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) stream: Stream,
    /// The kind of tag that our lines go into.
    pub(crate) carrier: Carrier,
    /// That tag, where there is one.
    pub(crate) tag: Option<Place>,
    /// A second tag that is edited too where it is.
    pub(crate) beside: Option<(Carrier, Range<u64>)>,
    /// Tags that are read and left alone.
    pub(crate) others: Vec<OtherTag>,
    /// Those of the file that was packed, where it keeps them.
    pub(crate) kept: Vec<OtherTag>,
    pub(crate) xmp: Xmp,
    /// Where an ID3v1 tag starts that readers prefer an ID3v2 tag to.
    pub(crate) id3v1: Option<u64>,
    /// How many samples of each channel a decoder makes before the sound begins, where the
    /// container says so.
    pub(crate) priming: Option<u64>,
    /// There is sound that is not looked at: only the first track is.
    pub(crate) other_tracks: bool,
    /// Why the file is read and never written, and where that shows.
    pub(crate) read_only: Option<(&'static str, u64)>,
    structure: Structure,
}

/// Where a tag is.
#[derive(Debug)]
pub(crate) enum Place {
    At(Range<u64>),
    /// Spread over the file and held here. Several are the tags of a chained Ogg, one for
    /// each link, which all get the same lines.
    Held(Vec<Held>),
}

/// Where the format has XMP packets (ISO 16684-3).
#[derive(Debug, Default)]
pub(crate) struct Xmp {
    /// In the tag that our lines go into.
    pub(crate) in_tag: bool,
    /// In a place of the container's own.
    pub(crate) own: Option<OwnXmp>,
}

/// XMP packets in places of the container's own.
#[derive(Debug)]
pub(crate) struct OwnXmp {
    /// The one that is edited, if there is one.
    pub(crate) packet: Option<Range<u64>>,
    /// Those that are read and left alone.
    pub(crate) others: Vec<Range<u64>>,
}

impl OwnXmp {
    /// The first is the one that is edited; others stand where none belongs.
    fn of(mut packets: impl Iterator<Item = Range<u64>>, others: Vec<Range<u64>>) -> OwnXmp {
        OwnXmp {
            packet: packets.next(),
            others: packets.chain(others).collect(),
        }
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Range<u64>> {
        self.packet.iter().chain(&self.others)
    }
}

/// A packet, and the range of the tag in it.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) packet: Vec<u8>,
    pub(crate) range: Range<u64>,
}

#[derive(Debug)]
enum Structure {
    Mp3(mpeg::Mp3),
    Flac(flac::Flac),
    Ogg(ogg::Ogg),
    Mp4(mp4::Mp4),
    Wav(chunks::Chunks),
    Aiff(chunks::Chunks),
    Adts(adts::Adts),
    WavPack(wavpack::WavPack),
    MonkeysAudio(monkeys_audio::MonkeysAudio),
    Musepack(musepack::Musepack),
    Tta(tta::Tta),
    Caf(caf::Caf),
    Matroska(matroska::Matroska),
}

/// What becomes of the tag that our lines go into, or of an XMP packet.
pub(crate) enum TagChange {
    Keep,
    /// Splices in the positions of the file.
    Edit {
        splices: Vec<Splice>,
        /// Bytes of an earlier edit that go, and bytes that come.
        before: u64,
        after: u64,
        /// It is an XMP packet that is ours as a whole.
        whole: bool,
    },
    /// One edit for each tag that is held.
    Held(Vec<HeldEdit>),
    Create(Vec<u8>),
    Remove,
}

/// What becomes of a tag that is held.
pub(crate) struct HeldEdit {
    /// Splices in the positions of the packet.
    pub(crate) splices: Vec<Splice>,
    /// Bytes that come.
    pub(crate) after: u64,
    /// What an earlier edit noted for this tag.
    pub(crate) note: Option<String>,
}

/// What an earlier edit noted.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Prior<'a> {
    pub(crate) made: Option<Made>,
    /// To the XMP packet.
    pub(crate) xmp: Option<Made>,
    pub(crate) note: Option<&'a str>,
}

/// The changes to a file, and what has to be noted to take them back.
pub(crate) struct Changes {
    pub(crate) list: Vec<Change>,
    /// The room came from padding of the container.
    pub(crate) padded: bool,
    /// Printable ASCII without space, `"` and `\`; of several tags, a note for each,
    /// joined by `/`.
    pub(crate) note: Option<String>,
}

impl Layout {
    /// Looks at the headers of a file. Reads kilobytes, whatever the file's size.
    pub(crate) fn scan(source: &mut Source) -> Result<Layout, Fault> {
        match detect::format(source)? {
            (Format::Mp3, start) => mpeg::scan(source, start),
            (Format::Flac, start) => flac::scan(source, start),
            (Format::Ogg, _) => ogg::scan(source),
            (Format::Mp4, _) => mp4::scan(source),
            (Format::Wav, _) => riff::scan(source),
            (Format::Aiff, _) => aiff::scan(source),
            (Format::Adts, start) => adts::scan(source, start),
            (Format::WavPack, start) => wavpack::scan(source, start),
            (Format::MonkeysAudio, start) => monkeys_audio::scan(source, start),
            (Format::Musepack, start) => musepack::scan(source, start),
            (Format::Tta, start) => tta::scan(source, start),
            (Format::Caf, _) => caf::scan(source),
            (Format::Matroska, _) => matroska::scan(source),
        }
    }

    /// The format.
    pub(crate) fn format(&self) -> Format {
        match self.structure {
            Structure::Mp3(_) => Format::Mp3,
            Structure::Flac(_) => Format::Flac,
            Structure::Ogg(_) => Format::Ogg,
            Structure::Mp4(_) => Format::Mp4,
            Structure::Wav(_) => Format::Wav,
            Structure::Aiff(_) => Format::Aiff,
            Structure::Adts(_) => Format::Adts,
            Structure::WavPack(_) => Format::WavPack,
            Structure::MonkeysAudio(_) => Format::MonkeysAudio,
            Structure::Musepack(_) => Format::Musepack,
            Structure::Tta(_) => Format::Tta,
            Structure::Caf(_) => Format::Caf,
            Structure::Matroska(_) => Format::Matroska,
        }
    }

    /// Refuses a file that is read and never written.
    pub(crate) fn refuse_read_only(&self) -> Result<(), Fault> {
        match self.read_only {
            Some((what, at)) => Err(Fault::Unsupported(what, at)),
            None => Ok(()),
        }
    }

    /// What the C2PA manifests say that stand where the container has a place of its own for
    /// them; with `all` also where they are too far away for a look at the file.
    pub(crate) fn manifests(
        &self,
        source: &mut Source,
        all: bool,
        hear: &mut Hear<'_>,
    ) -> Result<(), Fault> {
        match &self.structure {
            Structure::Mp4(_) => mp4::manifests(source, all, hear),
            Structure::Wav(chunks) => chunks.manifests(source, hear),
            _ => Ok(()),
        }
    }

    /// Whether an XMP packet stands too far away for a look at the file.
    pub(crate) fn has_far_packet(&self, source: &mut Source) -> Result<bool, Fault> {
        match &self.structure {
            Structure::Mp4(mp4) => mp4.has_far_packet(source),
            _ => Ok(false),
        }
    }

    /// What of a file of `length` bytes a decoder may see: not the tags at the ends of
    /// MPEG audio and FLAC, which decoders take for sound, nor a WAV around MPEG audio; and
    /// each link of a chained Ogg as if it were a file.
    pub(crate) fn audible(&self, length: u64) -> Vec<Range<u64>> {
        let one = |range| std::iter::once(range).collect();
        match &self.structure {
            Structure::Mp3(mp3) => one(mp3.audible()),
            Structure::Flac(flac) => one(flac.audible()),
            Structure::Wav(chunks) if self.stream.codec == "mp3" => one(chunks.sound()),
            Structure::Adts(adts) => one(adts.frames.clone()),
            Structure::Ogg(ogg) => ogg.audible(),
            _ => one(0..length),
        }
    }

    /// Bytes that a decoder shall see elsewise: what is no sound becomes padding, which it
    /// skips where it would hold a tag or a picture as a whole.
    pub(crate) fn masks(&self, source: &mut Source) -> Result<Vec<Mask>, Fault> {
        match &self.structure {
            Structure::Flac(flac) => flac.masks(source),
            Structure::Mp4(mp4) => mp4.masks(source),
            Structure::Wav(chunks) => Ok(chunks.masks()),
            Structure::Matroska(matroska) => Ok(matroska.masks()),
            _ => Ok(Vec::new()),
        }
    }

    /// How many bytes a decoder has to hold of what says where the packets are and how they
    /// are coded.
    pub(crate) fn tables(&self) -> u64 {
        /// Of what stands in comments a decoder makes texts, keys and pictures.
        const COPIES: u64 = 5;
        match (&self.structure, &self.tag) {
            (Structure::Mp4(mp4), _) => mp4.tables,
            (Structure::Caf(caf), _) => caf.table,
            (Structure::Matroska(matroska), _) => matroska.tracks,
            // Pages have checksums, so that a decoder cannot be shown others.
            (Structure::Ogg(_), Some(Place::Held(tags))) => {
                let lengths = tags.iter().map(|tag| tag.packet.len() as u64);
                lengths.sum::<u64>() * COPIES
            }
            _ => 0,
        }
    }

    /// Hands the ranges of the coded sound to `visit`, in the order in which they sound,
    /// which has to be the order in which they stand.
    pub(crate) fn essence(&self, source: &mut Source, visit: &mut Visit<'_>) -> Result<(), Fault> {
        let mut done = 0;
        let visit = &mut |source: &mut Source, range: Range<u64>| {
            if range.start < done {
                let what = "the packets do not stand in the order in which they sound";
                return Err(Fault::Unsupported(what, range.start));
            }
            done = range.end;
            visit(source, range)
        };
        match &self.structure {
            Structure::Mp3(mp3) => visit(source, mp3.audio.clone()),
            Structure::Flac(flac) => visit(source, flac.audio.clone()),
            Structure::Ogg(ogg) => ogg.essence(source, visit),
            Structure::Mp4(mp4) => mp4.essence(source, visit),
            Structure::Wav(chunks) | Structure::Aiff(chunks) => visit(source, chunks.audio.clone()),
            Structure::Adts(adts) => adts.essence(source, visit),
            Structure::WavPack(wavpack) => wavpack.essence(source, visit),
            Structure::MonkeysAudio(audio) => visit(source, audio.frames.clone()),
            Structure::Musepack(musepack) => musepack.essence(source, visit),
            Structure::Tta(tta) => tta.essence(source, visit),
            Structure::Caf(caf) => visit(source, caf.audio.clone()),
            Structure::Matroska(matroska) => matroska.essence(source, visit),
        }
    }

    /// A digest of where samples are to which positions in the file point: those of every
    /// track of an MP4. Under a plan it is of where they go, and what would not arrive there
    /// in one piece is refused.
    pub(crate) fn places(
        &self,
        source: &mut Source,
        plan: Option<&Plan>,
    ) -> Result<[u8; 32], Fault> {
        let mut places = Sha256::new();
        if let Structure::Mp4(mp4) = &self.structure {
            mp4.parts(source, &mut |_, from, mut samples| {
                if samples.is_empty() {
                    return Ok(());
                }
                if let Some(plan) = plan {
                    samples = plan.carried(from, samples)?;
                }
                places.update(samples.start.to_be_bytes());
                places.update(samples.end.to_be_bytes());
                Ok(())
            })?;
        }
        Ok(places.finalize().into())
    }

    /// The changes that put new tag bytes into the file.
    pub(crate) fn changes(
        &self,
        source: &mut Source,
        tag: TagChange,
        beside: Vec<Splice>,
        xmp: TagChange,
        prior: Prior<'_>,
    ) -> Result<Changes, Fault> {
        match &self.structure {
            Structure::Mp3(mpeg::Mp3 { edge, .. })
            | Structure::Adts(adts::Adts { edge, .. })
            | Structure::WavPack(wavpack::WavPack { edge, .. })
            | Structure::MonkeysAudio(monkeys_audio::MonkeysAudio { edge, .. })
            | Structure::Musepack(musepack::Musepack { edge, .. })
            | Structure::Tta(tta::Tta { edge, .. }) => Ok(edge.changes(tag)),
            Structure::Flac(flac) => flac.changes(source, tag, prior),
            Structure::Ogg(ogg) => ogg.changes(source, &tag),
            Structure::Mp4(mp4) => mp4.changes(source, tag, xmp, prior),
            Structure::Wav(chunks) | Structure::Aiff(chunks) => {
                chunks.changes(source, tag, beside, xmp, prior)
            }
            Structure::Caf(_) | Structure::Matroska(_) => {
                self.refuse_read_only().map(|()| Changes::plain(Vec::new()))
            }
        }
    }
}

impl Changes {
    /// Changes that have nothing to note.
    fn plain(splices: Vec<Splice>) -> Changes {
        Changes {
            list: splices.into_iter().map(Change::from).collect(),
            padded: false,
            note: None,
        }
    }
}
