//! What does a file say, and may I?

use std::io::{Read, Seek};
use std::path::Path;

use crate::consent::{Date, Preference, Usage};
use crate::container::{Format, Layout};
use crate::error::{Error, ErrorKind};
use crate::found;
use crate::limits::Limits;
use crate::marker::{self, Marker};
use crate::source::{self, Source};
use crate::statement::{Meaning, Statement, understand};
use crate::vocabulary::Vocabulary;

/// Everything that a file's tags state about consent.
///
/// Reading costs kilobytes: pictures and sound are seeked past.
///
/// ```
/// use noai_audio::{Answer, EmbedOptions, Declaration, Preset, Usage};
/// # let dir = tempfile::tempdir()?;
/// # let song = dir.path().join("song.flac");
/// # std::fs::copy("test-audio/clean/sine.flac", &song)?;
/// noai_audio::embed(&song, &Declaration::from(Preset::NoAi))?;
/// let inspection = noai_audio::read(&song)?;
/// assert_eq!(inspection.answer(Usage::Inference, None), Answer::Disallowed);
/// assert_eq!(inspection.answer(Usage::Search, None), Answer::None);
/// assert_eq!(inspection.statements()[0].field(), "AI_CONSENT");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Inspection {
    format: Format,
    statements: Vec<Statement>,
    manifest: Option<ManifestVerdict>,
}

/// What is known of a C2PA manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ManifestVerdict {
    /// There is one, and neither its signature nor its digests were looked at.
    NotEvaluated,
}

impl ManifestVerdict {
    /// The verdict's name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ManifestVerdict::NotEvaluated => "not-evaluated",
        }
    }
}

/// An answer to "may I?" for one use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Answer {
    /// Permitted, and proven: by a signature of a trusted key or the asker's own records.
    /// A tag alone never gives this answer.
    Allowed,
    /// Permitted by an unsigned statement. Anyone can paste one.
    Claimed,
    /// Permitted under terms that a policy URL names.
    Conditional,
    /// Denied.
    Disallowed,
    /// Nothing is said.
    None,
    /// Something is said that cannot be read. Never a permission.
    Unreadable,
}

impl Answer {
    /// The answer's name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Answer::Allowed => "allowed",
            Answer::Claimed => "claimed",
            Answer::Conditional => "conditional",
            Answer::Disallowed => "disallowed",
            Answer::None => "none",
            Answer::Unreadable => "unreadable",
        }
    }
}

/// Reads what the file at `path` states.
///
/// # Errors
/// `Io` where the file cannot be read; `NotAudio`, `Malformed`, `Unsupported` and `Limit`
/// where its tags cannot be found. No error is a permission: treat each as
/// [`Answer::Unreadable`].
pub fn read(path: impl AsRef<Path>) -> Result<Inspection, Error> {
    read_within(path, Limits::default())
}

/// Reads what the file at `path` states, within `limits`.
///
/// # Errors
/// As [`read`].
pub fn read_within(path: impl AsRef<Path>, limits: Limits) -> Result<Inspection, Error> {
    let path = path.as_ref();
    source::open(path)
        .and_then(|file| read_from(file, limits))
        .map_err(|error| error.about(path))
}

/// Reads what an audio file behind any reader states, within `limits`.
///
/// ```
/// use std::io::Cursor;
/// let upload = std::fs::read("test-audio/clean/sine.mp3")?;
/// let inspection = noai_audio::read_from(Cursor::new(upload), noai_audio::Limits::default())?;
/// assert!(inspection.statements().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`read`].
pub fn read_from(mut reader: impl Read + Seek, limits: Limits) -> Result<Inspection, Error> {
    let mut source = Source::new(&mut reader, limits)?;
    let layout = Layout::scan(&mut source)?;
    let found = found::find(&mut source, &layout)?;
    let has_manifest = found.iter().any(|field| field.name == found::MANIFEST);
    Ok(Inspection {
        manifest: has_manifest.then_some(ManifestVerdict::NotEvaluated),
        format: layout.format(),
        statements: understand(&found),
    })
}

impl Inspection {
    /// The file's format.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Every statement, in the order in which they were found.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// What is known of the file's C2PA manifest; `None` where it has none.
    ///
    /// What a manifest says about training and data mining is among the
    /// [`statements`](Inspection::statements), whoever may have signed it or changed the file since.
    #[must_use]
    pub fn manifest(&self) -> Option<ManifestVerdict> {
        self.manifest
    }

    /// Adds what is said outside the file, so that it counts as what the file says does.
    ///
    /// ```
    /// use noai_audio::{Answer, Place, Usage};
    /// let mut inspection = noai_audio::read("test-audio/clean/sine.mp3")?;
    /// let headers = "Content-Usage: train-ai=n\n";
    /// inspection.hear(Place::Headers.read(headers, &"/sine.mp3".parse()?));
    /// let answer = inspection.answer(Usage::GenerativeTraining, None);
    /// assert_eq!(answer, Answer::Disallowed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn hear(&mut self, statements: impl IntoIterator<Item = Statement>) -> &mut Inspection {
        self.statements.extend(statements);
        self
    }

    /// The same by TDMRep's rule: what the file reserves supersedes what the response does,
    /// and that what the server does. Statements of other vocabularies stay.
    ///
    /// By default the most restrictive statement wins, wherever it stands.
    #[must_use]
    pub fn layered(&self) -> Inspection {
        let of_tdmrep = |statement: &&Statement| {
            statement.vocabulary() == Vocabulary::Tdmrep && !statement.is_silent()
        };
        let nearest = self
            .statements
            .iter()
            .filter(of_tdmrep)
            .map(Statement::layer)
            .min();
        let mut layered = self.clone();
        layered
            .statements
            .retain(|statement| !of_tdmrep(&statement) || Some(statement.layer()) == nearest);
        layered
    }

    /// The uses about which two statements say different things, in the order of
    /// [`Usage::ALL`]. Silence differs from nothing, and what cannot be read is not counted.
    #[must_use]
    pub fn conflicts(&self, today: Option<Date>) -> Vec<Usage> {
        let said = |usage| {
            let statements = self.statements.iter();
            let said = statements.filter_map(move |statement| statement.preference(usage, today));
            said.filter(|preference| *preference != Preference::Unknown)
        };
        let mut uses = Usage::ALL.to_vec();
        uses.retain(|usage| said(*usage).min() != said(*usage).max());
        uses
    }

    /// Our own marker, where there is one. `Conflict` where one is damaged or two disagree.
    pub(crate) fn into_marker(self) -> Result<Option<Marker>, Error> {
        let mut ours = None;
        let own = self.statements.into_iter();
        for statement in own.filter(|statement| !statement.is_kept()) {
            match statement.meaning {
                Meaning::Ours(marker) if ours.as_ref().is_none_or(|known| *known == *marker) => {
                    ours = Some(*marker);
                }
                Meaning::Ours(_) => {
                    let what = "two statements in the file disagree: strip them first";
                    return Err(Error::new(ErrorKind::Conflict, what));
                }
                Meaning::Says(ref reading) if statement.field() == marker::AI_CONSENT => {
                    let why = reading.fault().unwrap_or_default();
                    let what =
                        format!("the statement in the file is damaged ({why}): strip it first");
                    return Err(Error::new(ErrorKind::Conflict, what));
                }
                _ => {}
            }
        }
        Ok(ours)
    }

    /// Whether `usage` is permitted, over all statements: one denial counts wherever it
    /// stands, then what cannot be read, then conditions, then permissions.
    ///
    /// Where `AI_CONSENT` can be read and all its companions are there, these add nothing:
    /// they repeat it in coarser vocabularies. Once one differs or is gone they count.
    ///
    /// Permissions that ended before `today` count as silence; with no day none has ended.
    #[must_use]
    pub fn answer(&self, usage: Usage, today: Option<Date>) -> Answer {
        let said: Vec<Option<Preference>> = self
            .statements
            .iter()
            .map(|statement| statement.preference(usage, today))
            .collect();
        let any = |preference| said.contains(&Some(preference));
        if any(Preference::Disallowed) {
            Answer::Disallowed
        } else if said.contains(&None) {
            Answer::Unreadable
        } else if any(Preference::Conditional) {
            Answer::Conditional
        } else if any(Preference::Allowed) {
            Answer::Claimed
        } else {
            Answer::None
        }
    }
}
