//! Is the statement still whole, does it fit this sound, and which recording is this?

mod matching;
mod sentence;

use std::fmt;
use std::path::Path;
use std::time::Duration;

use self::matching::{Match, Sides};
use crate::consent::{Declaration, Usage};
use crate::container::{Format, Layout};
use crate::current::Current;
use crate::error::Error;
use crate::identify;
use crate::identity::{Essence, Level, digest_file, measure};
use crate::limits::Limits;
use crate::marker::Marker;
use crate::record::{Record, Records};
use crate::source::{self, Source};
use crate::statement;

/// What a file is found to be, on two independent axes.
///
/// Displayed, it is one sentence for a person.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Verdict {
    /// The file's format.
    pub format: Format,
    /// What became of our fields.
    pub marker: MarkerVerdict,
    /// Which sound this is.
    pub content: ContentVerdict,
    /// The level that decided on the sound, where one did.
    pub level: Option<Level>,
    /// The record that fits the sound best, where one fits at all.
    pub record: Option<Record>,
    /// In what the statement differs from that record's.
    pub changes: Vec<Difference>,
    /// The sound that was found.
    pub essence: Essence,
    /// The marker that was found, where it could be read.
    pub found: Option<Marker>,
    /// Whether anything in the file denies a use, be it only what is left of a statement.
    pub denies: bool,
    /// Only the first of several tracks of sound was looked at.
    pub other_tracks: bool,
    /// Why the sound could not be decoded, where it should have been: then no level below
    /// the essence was compared.
    pub undecoded: Option<String>,
    /// The marker names this very sound, or that of the record.
    is_own: bool,
}

impl Verdict {
    /// Whether the statement is whole and was made for this very sound, all of it, however
    /// that was packed. Unsigned: anyone could have written it.
    #[must_use]
    pub fn fits(&self) -> bool {
        let is_same = matches!(
            self.content,
            ContentVerdict::File | ContentVerdict::Essence | ContentVerdict::Pcm
        );
        self.marker == MarkerVerdict::Intact && is_same && self.is_own && !self.other_tracks
    }
}

/// What became of our fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MarkerVerdict {
    /// All are there and agree, and say what the record says, where there is one.
    /// Unsigned: anyone could have written them.
    Intact,
    /// They disagree with each other or with the record, some are gone, or one is damaged.
    Altered,
    /// There is no statement of ours.
    Missing,
    /// The statement was made for another recording, as content code or fingerprint tell.
    Moved,
}

impl MarkerVerdict {
    /// The verdict's name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            MarkerVerdict::Intact => "intact",
            MarkerVerdict::Altered => "altered",
            MarkerVerdict::Missing => "missing",
            MarkerVerdict::Moved => "moved",
        }
    }
}

/// Which sound this is, against a record or else against the marker's own sound.
/// Similarities are per mille.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContentVerdict {
    /// The file of a record, byte for byte.
    File,
    /// The coded sound is the same, bit for bit.
    Essence,
    /// The samples are the same, re-encoded without loss.
    Pcm,
    /// Probably the whole recording, re-encoded.
    Recording {
        /// Equal bits of the fingerprints, or of the content codes.
        similarity: u16,
    },
    /// Probably a part of the recording, or the recording within something longer.
    Excerpt {
        /// Equal bits of the fingerprints where they overlap.
        similarity: u16,
        /// Where in the recording the shared stretch begins
        from: Duration,
        /// and where it ends.
        to: Duration,
        /// There is other sound in the file, too.
        holds_more: bool,
    },
    /// Too alike for chance, not alike enough to be called the recording: listen.
    Review {
        /// Equal bits of the fingerprints where they overlap.
        similarity: u16,
    },
    /// No record is this sound, or the marker's content code says that it is another.
    Other,
    /// Not the coded sound of the marker, and nothing tells more: re-encoded, cut, or
    /// another recording. Denials still count.
    Differs,
    /// There is nothing to compare with.
    Unbound,
}

impl ContentVerdict {
    const fn is_review(self) -> bool {
        matches!(self, ContentVerdict::Review { .. })
    }

    /// The verdict's name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ContentVerdict::File => "file",
            ContentVerdict::Essence => "essence",
            ContentVerdict::Pcm => "pcm",
            ContentVerdict::Recording { .. } => "recording",
            ContentVerdict::Excerpt { .. } => "excerpt",
            ContentVerdict::Review { .. } => "review",
            ContentVerdict::Other => "other",
            ContentVerdict::Differs => "differs",
            ContentVerdict::Unbound => "unbound",
        }
    }

    /// How alike, per mille, where that is a matter of degree.
    #[must_use]
    pub const fn similarity(self) -> Option<u16> {
        match self {
            ContentVerdict::Recording { similarity }
            | ContentVerdict::Excerpt { similarity, .. }
            | ContentVerdict::Review { similarity } => Some(similarity),
            _ => None,
        }
    }
}

/// One point in which a statement differs from the record's.
///
/// Displayed: `generative-training n → y`, with `–` where nothing is said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// A usage, or `policy`, `terms`, `declarer`, `role`, `declared`, `expires`, `iscc`.
    pub what: &'static str,
    /// What the record says.
    pub recorded: Option<String>,
    /// What the file says.
    pub found: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |said: &Option<String>| said.clone().unwrap_or_else(|| "–".to_owned());
        let (recorded, found) = (word(&self.recorded), word(&self.found));
        write!(f, "{} {recorded} → {found}", self.what)
    }
}

/// Tells whether the statement in the file at `path` is whole and fits its sound.
///
/// ```
/// use noai_audio::{ContentVerdict, Declaration, MarkerVerdict, Preset};
/// # let dir = tempfile::tempdir()?;
/// # let song = dir.path().join("song.wav");
/// # std::fs::copy("test-audio/clean/sine.wav", &song)?;
/// noai_audio::embed(&song, &Declaration::from(Preset::NoAi))?;
/// let verdict = noai_audio::verify(&song)?;
/// assert_eq!(verdict.marker, MarkerVerdict::Intact);
/// assert_eq!(verdict.content, ContentVerdict::Essence);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Only where the file could not be looked at: `Io`, `NotAudio`, `Malformed`,
/// `Unsupported`, `Limit`. A mismatch is a verdict.
pub fn verify(path: impl AsRef<Path>) -> Result<Verdict, Error> {
    Records::default().verify(path)
}

impl Records {
    /// Tells which of the recordings the file at `path` is, and what became of its
    /// statement. The sound is decoded only where no digest of a record or of the marker
    /// settles it.
    ///
    /// ```
    /// use noai_audio::{ContentVerdict, MarkerVerdict, Record, Records};
    /// let record = Record::of("test-audio/clean/sine.flac")?;
    /// let records: Records = [record].into_iter().collect();
    /// let verdict = records.verify("test-audio/clean/sine.flac")?;
    /// assert_eq!(verdict.content, ContentVerdict::File);
    /// assert_eq!(verdict.marker, MarkerVerdict::Missing);
    /// # Ok::<(), noai_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`verify`].
    pub fn verify(&self, path: impl AsRef<Path>) -> Result<Verdict, Error> {
        self.verify_within(path, Limits::default())
    }

    /// The same within `limits`.
    ///
    /// # Errors
    /// As [`verify`].
    pub fn verify_within(&self, path: impl AsRef<Path>, limits: Limits) -> Result<Verdict, Error> {
        let path = path.as_ref();
        self.verify_file(path, limits)
            .map_err(|error| error.about(path))
    }

    fn verify_file(&self, path: &Path, limits: Limits) -> Result<Verdict, Error> {
        let file = source::open(path)?;
        let mut reader = &file;
        let mut source = Source::new(&mut reader, limits)?;
        let layout = Layout::scan(&mut source)?;
        let essence = measure(&mut source, &layout)?.essence;
        let current = Current::read(&mut source, &layout)?;
        let is_whole = current.is_intact() && current.is_unanimous();
        let is_stated = current.is_stated();
        let denies = statement::denies(&current.found);
        let mut sides = Sides {
            records: self,
            file: digest_file(&mut source)?,
            essence,
            marker: current.marker().cloned(),
            sound: identify::Sound::default(),
        };
        let mut matched = sides.by_digest();
        if matched.is_none() && sides.needs_sound() {
            sides.sound = identify::sound(&file, &mut source, &layout, &Level::ALL)?;
            matched = sides.by_samples();
        }
        let matched = matched.unwrap_or_else(|| sides.by_likeness());
        let is_moved = sides.is_moved(&matched);
        let is_own = sides.is_own(&matched);
        let Match {
            content,
            level,
            record,
        } = matched;
        let changes = match (&sides.marker, record.and_then(|r| r.marker.as_ref())) {
            (Some(found), Some(recorded)) if !is_moved && !content.is_review() => {
                differences(recorded, found)
            }
            _ => Vec::new(),
        };
        let marker = if !is_stated {
            MarkerVerdict::Missing
        } else if is_moved {
            MarkerVerdict::Moved
        } else if is_whole && changes.is_empty() {
            MarkerVerdict::Intact
        } else {
            MarkerVerdict::Altered
        };
        Ok(Verdict {
            format: layout.format(),
            marker,
            content,
            level,
            record: record.cloned(),
            changes,
            denies,
            other_tracks: layout.other_tracks,
            undecoded: sides.sound.undecoded,
            is_own,
            essence: sides.essence,
            found: sides.marker,
        })
    }
}

/// In what two statements differ.
fn differences(recorded: &Marker, found: &Marker) -> Vec<Difference> {
    let code = |marker: &Marker| marker.code.map(|code| code.to_string());
    // Another encoding has another code; that of the very same one was changed.
    let codes = (code(recorded), code(found));
    let is_same = recorded.essence == found.essence && codes.0.is_some();
    let codes = is_same.then_some(("iscc", codes.0, codes.1));
    let (recorded, found) = (&recorded.declaration, &found.declaration);
    let usages = Usage::ALL.into_iter().map(|usage| {
        let word = |declaration: &Declaration| declaration.preference(usage).word();
        let owned = |word: Option<&str>| word.map(str::to_owned);
        (usage.name(), owned(word(recorded)), owned(word(found)))
    });
    let members = [members(recorded).into_iter(), members(found).into_iter()];
    let [recorded, found] = members;
    let members = recorded.zip(found);
    usages
        .chain(members.map(|((what, recorded), (_, found))| (what, recorded, found)))
        .chain(codes)
        .filter(|(_, recorded, found)| recorded != found)
        .map(|(what, recorded, found)| Difference {
            what,
            recorded,
            found,
        })
        .collect()
}

fn members(declaration: &Declaration) -> [(&'static str, Option<String>); 6] {
    let day = |day: Option<crate::Date>| day.map(|day| day.to_string());
    [
        ("policy", declaration.policy_url().map(ToString::to_string)),
        ("terms", declaration.terms_digest().map(|t| t.to_string())),
        ("declarer", declaration.declarer_name().map(str::to_owned)),
        ("role", Some(declaration.declarer_role().name().to_owned())),
        ("declared", day(declaration.declared_on())),
        ("expires", day(declaration.expires_after())),
    ]
}
