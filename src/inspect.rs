//! What does a file say, and may I?

use std::io::{Read, Seek};
use std::path::Path;

use crate::carrier::{Carrier, Value};
use crate::consent::{Date, Preference, Preferences, Usage};
use crate::container::{Format, Layout};
use crate::error::{Error, ErrorKind};
use crate::found::{self, Found};
use crate::limits::Limits;
use crate::marker::{self, Marker};
use crate::source::{self, Source};
use crate::vocabulary::{Vocabulary, aipref, noai, notice, tdmrep};

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
}

/// One statement, with where it was found.
#[derive(Debug, Clone)]
pub struct Statement {
    field: &'static str,
    tag: Carrier,
    vocabulary: Vocabulary,
    raw: String,
    meaning: Meaning,
}

#[derive(Debug, Clone)]
enum Meaning {
    Ours(Box<Marker>),
    /// What a marker in the same file says in fuller words.
    Echo,
    Says(Preferences),
    Unreadable {
        why: String,
        about: Vec<Usage>,
        /// What could be read all the same.
        says: Preferences,
    },
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
    Ok(Inspection {
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

    /// Our own marker, where there is one. `Conflict` where one is damaged or two disagree.
    pub(crate) fn into_marker(self) -> Result<Option<Marker>, Error> {
        let mut ours = None;
        for statement in self.statements {
            match statement.meaning {
                Meaning::Ours(marker) if ours.as_ref().is_none_or(|known| *known == *marker) => {
                    ours = Some(*marker);
                }
                Meaning::Ours(_) => {
                    let what = "two statements in the file disagree: strip them first";
                    return Err(Error::new(ErrorKind::Conflict, what));
                }
                Meaning::Unreadable { why, .. } if statement.field == marker::AI_CONSENT => {
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

impl Statement {
    /// The field's name, as docs/SPEC.md has it.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// The kind of tag that the field stands in: `id3v2`, `vorbis`, `ilst`, `info`,
    /// `aiff`, `ape`, `mdta`, `matroska`, `caf` or `udta`.
    #[must_use]
    pub fn tag(&self) -> &'static str {
        self.tag.name()
    }

    /// The dialect in which it speaks.
    #[must_use]
    pub fn vocabulary(&self) -> Vocabulary {
        self.vocabulary
    }

    /// The field's text as it stands there. It is a stranger's: escape it before a
    /// terminal shows it.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Why the statement cannot be read, where it cannot.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        match &self.meaning {
            Meaning::Unreadable { why, .. } => Some(why),
            _ => None,
        }
    }

    /// Our own marker, where this is one.
    #[must_use]
    pub fn marker(&self) -> Option<&Marker> {
        match &self.meaning {
            Meaning::Ours(marker) => Some(marker),
            _ => None,
        }
    }

    /// What is said about `usage`; `None` where that cannot be read.
    fn preference(&self, usage: Usage, today: Option<Date>) -> Option<Preference> {
        match &self.meaning {
            Meaning::Ours(marker) => {
                let declaration = marker.declaration();
                let preferences = match today {
                    Some(today) => declaration.preferences_on(today),
                    None => *declaration.preferences(),
                };
                Some(preferences.get(usage))
            }
            Meaning::Says(preferences) => Some(preferences.get(usage)),
            Meaning::Unreadable { about, says, .. } => {
                let said = says.get(usage);
                let readable = said == Preference::Disallowed || !about.contains(&usage);
                readable.then_some(said)
            }
            Meaning::Echo => Some(Preference::Unknown),
        }
    }
}

/// Whether any of the fields denies a use, over all of them.
pub(crate) fn denies(found: &[Found]) -> bool {
    let denied = |statement: &Statement| {
        let said = |usage| statement.preference(usage, None);
        let mut said = Usage::ALL.into_iter().map(said);
        said.any(|preference| preference == Some(Preference::Disallowed))
    };
    understand(found).iter().any(denied)
}

fn understand(found: &[Found]) -> Vec<Statement> {
    let mut statements: Vec<Statement> = found
        .iter()
        .filter_map(|field| statement(field, found))
        .collect();
    let mut markers: Vec<&Marker> = statements.iter().filter_map(Statement::marker).collect();
    // Every link of a chain says the same.
    markers.dedup();
    let stands = |(name, value): &(&str, String)| {
        let stated = |other: &Statement| other.field == *name && other.raw == *value;
        statements.iter().any(stated)
    };
    // Only a marker with all of its fields: one that was pasted beside somebody else's
    // denial must not speak for it.
    let spelled: Vec<_> = markers
        .into_iter()
        .map(|marker| (marker.fields(), marker.notice()))
        .filter(|(fields, _)| fields.iter().all(stands))
        .collect();
    for statement in &mut statements {
        let echoes = |(fields, notice): &(Vec<(&str, String)>, Option<String>)| {
            let says = |(name, value): &(&str, String)| {
                *name == statement.field && *value == statement.raw
            };
            match (statement.vocabulary, notice) {
                (Vocabulary::AiConsent, _) => false,
                // What else the text may deny, before our notice, counts on its own.
                (Vocabulary::Notice, Some(notice)) => {
                    let rest = statement.raw.strip_suffix(notice.as_str());
                    rest.is_some_and(|rest| notice::understand(rest).is_none())
                }
                _ => fields.iter().any(says),
            }
        };
        if spelled.iter().any(echoes) {
            statement.meaning = Meaning::Echo;
        }
    }
    statements
}

fn statement(field: &Found, all: &[Found]) -> Option<Statement> {
    let (vocabulary, about): (_, Vec<Usage>) = match field.name {
        marker::AI_CONSENT => (Vocabulary::AiConsent, Usage::ALL.to_vec()),
        marker::NOAI => (Vocabulary::NoAi, Usage::ALL.to_vec()),
        marker::CONTENT_USAGE => (Vocabulary::Aipref, aipref::uses().collect()),
        marker::TDM_RESERVATION | marker::TDM_POLICY => (Vocabulary::Tdmrep, tdmrep::USES.to_vec()),
        _ => (Vocabulary::Notice, aipref::uses().collect()),
    };
    let damaged = |why: &str, says: Preferences| Meaning::Unreadable {
        why: why.to_owned(),
        about: about.clone(),
        says,
    };
    let unreadable = |why: &str| damaged(why, Preferences::default());
    let (raw, meaning) = match &field.value {
        // A copyright text that cannot be read may be anyone's: it states nothing.
        Value::Unreadable(_) if vocabulary == Vocabulary::Notice => return None,
        Value::Unreadable(why) => (String::new(), unreadable(why)),
        Value::Text(raw) => {
            // Values that another program joined; what can be read of them counts.
            let joined = |understand: &dyn Fn(&str) -> Option<Preferences>| {
                let parts: Vec<_> = raw.split(';').map(understand).collect();
                let said = parts.iter().flatten();
                let said = said.fold(Preferences::default(), |all, part| all.combine(*part));
                if parts.contains(&None) {
                    damaged("not in its vocabulary", said)
                } else {
                    Meaning::Says(said)
                }
            };
            let meaning = match field.name {
                marker::AI_CONSENT => match parse_joined(raw) {
                    Ok(marker) => Meaning::Ours(Box::new(marker)),
                    Err(why) => unreadable(&why),
                },
                marker::NOAI => joined(&noai::understand),
                // A semicolon may also stand before a parameter.
                marker::CONTENT_USAGE => match aipref::understand(raw) {
                    Some(preferences) => Meaning::Says(preferences),
                    None => joined(&aipref::understand),
                },
                marker::TDM_RESERVATION => {
                    let policy = policy(field, all);
                    joined(&|part| tdmrep::understand(part, policy))
                }
                marker::TDM_POLICY => Meaning::Says(Preferences::default()),
                _ => match notice::understand(raw)? {
                    notice if notice.is_damaged => {
                        damaged("the dictionary in brackets is damaged", notice.preferences)
                    }
                    notice => Meaning::Says(notice.preferences),
                },
            };
            (raw.clone(), meaning)
        }
    };
    Some(Statement {
        field: field.name,
        tag: field.carrier,
        vocabulary,
        raw,
        meaning,
    })
}

/// The marker in a text that another program may have joined from equal ones with `;`.
fn parse_joined(raw: &str) -> Result<Marker, String> {
    let mut parts = raw.split(';');
    let first = parts.next().unwrap_or_default();
    if parts.any(|part| part.trim() != first.trim()) {
        return Err("statements that differ, joined by a semicolon".to_owned());
    }
    first
        .trim()
        .parse()
        .map_err(|error: crate::marker::MarkerError| error.to_string())
}

/// The policy beside a reservation, in the same tag.
fn policy<'a>(field: &Found, all: &'a [Found]) -> Option<&'a str> {
    all.iter()
        .find(|other| other.name == marker::TDM_POLICY && other.carrier == field.carrier)
        .and_then(Found::text)
        .filter(|url| !url.is_empty())
}
