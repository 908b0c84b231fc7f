//! What does a declarer keep, to know a recording again when its tags are gone?

use std::fs::File;
use std::io::{BufRead, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Duration;

use lofty::config::ParseOptions;
use lofty::file::{FileType, TaggedFileExt};
use lofty::probe::Probe;
use lofty::tag::{Accessor, ItemKey};
use serde::{Deserialize, Serialize};

use crate::container::Format;
use crate::digest::FileDigest;
use crate::error::Error;
use crate::identify::{Identity, Sound, identify_within};
use crate::identity::{ContentCode, Essence, Fingerprint, Level, Pcm};
use crate::limits::Limits;
use crate::marker::Marker;
use crate::source;

/// What one recording is, at every level, and what was declared about it.
///
/// It is kept by the declarer, outside the file. Its text form is one line of JSON,
/// specified in docs/SPEC.md.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// The name of the file, without its folder.
    pub name: Option<String>,
    /// The title in its tags, as an independent reader (lofty) sees it.
    pub title: Option<String>,
    /// The artist, likewise.
    pub artist: Option<String>,
    /// The International Standard Recording Code, likewise.
    pub isrc: Option<String>,
    /// Every byte of the file as it was when the record was made.
    pub file: Option<FileDigest>,
    /// The coded sound.
    pub essence: Option<Essence>,
    /// What only a decoder tells.
    pub sound: Sound,
    /// The statement that the file carried, or that is to be kept for it.
    pub marker: Option<Marker>,
}

/// The line is no record of this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct RecordError {
    line: usize,
    what: String,
}

impl RecordError {
    /// The number of the line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }
}

/// A set of records, which answers for copies of any of its recordings: see
/// [`verify`](Records::verify).
#[derive(Debug, Clone, Default)]
pub struct Records {
    list: Vec<Record>,
}

const VERSION: u32 = 1;
/// Of a line, in bytes: several times that of two days of sound.
const LONGEST: u64 = 32 << 20;

/// The members of the JSON object, in writing order; what is not known is left out.
#[derive(Serialize, Deserialize)]
struct Line {
    v: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    artist: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    isrc: Option<String>,
    /// In seconds, three decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    essence: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pcm: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iscc: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    consent: Option<String>,
}

impl Record {
    /// Makes a record of the file at `path` as it stands, statement included. The file is
    /// not touched.
    ///
    /// # Errors
    /// As [`identify`](crate::identify()), and `Conflict` where the statement is damaged or
    /// there are two: a record must not pass for one that says nothing.
    pub fn of(path: impl AsRef<Path>) -> Result<Record, Error> {
        Record::of_within(path, Limits::default())
    }

    /// Makes a record of the file at `path` as it stands, within `limits`.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn of_within(path: impl AsRef<Path>, limits: Limits) -> Result<Record, Error> {
        let path = path.as_ref();
        let marker = crate::inspect::read_within(path, limits)?.into_marker();
        let marker = marker.map_err(|error| error.about(path))?;
        let identity = identify_within(path, &Level::ALL, limits)?;
        let file = source::open(path).map_err(|error| error.about(path))?;
        Ok(Record::new(path, &file, identity, marker))
    }

    /// The record of an open file that is known already.
    pub(crate) fn new(
        path: &Path,
        file: &File,
        identity: Identity,
        marker: Option<Marker>,
    ) -> Record {
        let credits = credits(file, identity.format, &identity.stream.codec);
        let [title, artist, isrc] = credits.unwrap_or_default();
        let name = path.file_name();
        Record {
            name: name.map(|name| name.to_string_lossy().into_owned()),
            title,
            artist,
            isrc,
            file: identity.file,
            essence: identity.essence,
            sound: identity.sound,
            marker,
        }
    }

    /// What a person calls the recording: its title, else the name of its file.
    #[must_use]
    pub fn label(&self) -> &str {
        let named = self.title.as_deref().filter(|title| !title.is_empty());
        named.or(self.name.as_deref()).unwrap_or("untitled")
    }

    /// The record as one line of JSON, without a line break.
    #[must_use]
    pub fn to_json(&self) -> String {
        fn text(part: Option<&impl ToString>) -> Option<String> {
            part.map(ToString::to_string)
        }
        let line = Line {
            v: VERSION,
            name: self.name.clone(),
            title: self.title.clone(),
            artist: self.artist.clone(),
            isrc: self.isrc.clone(),
            duration: self.sound.duration.map(|d| d.as_millis() as f64 / 1000.0),
            file: text(self.file.as_ref()),
            essence: text(self.essence.as_ref()),
            pcm: text(self.sound.pcm.as_ref()),
            iscc: text(self.sound.code.as_ref()),
            fingerprint: text(self.sound.fingerprint.as_ref()),
            consent: text(self.marker.as_ref()),
        };
        serde_json::to_string(&line).unwrap_or_default()
    }

    /// Reads one line of JSON. Members that a later version may have are ignored.
    ///
    /// # Errors
    /// [`RecordError`] where it is no record, its version is not 1, or a member has not
    /// the form that it must have: a record that cannot be read must not pass for one that
    /// says nothing.
    pub fn from_json(text: &str) -> Result<Record, RecordError> {
        Record::parse(text).map_err(|what| RecordError { line: 1, what })
    }

    fn parse(text: &str) -> Result<Record, String> {
        fn member<T: std::str::FromStr<Err: std::fmt::Display>>(
            text: Option<&String>,
        ) -> Result<Option<T>, String> {
            let parse = |text: &String| text.parse().map_err(|error: T::Err| error.to_string());
            text.map(parse).transpose()
        }
        let line: Line = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if line.v != VERSION {
            return Err(format!("version {} is not known", line.v));
        }
        let seconds = line.duration.map(Duration::try_from_secs_f64).transpose();
        Ok(Record {
            file: member(line.file.as_ref())?,
            essence: member(line.essence.as_ref())?,
            sound: Sound {
                duration: seconds.map_err(|error| error.to_string())?,
                pcm: member::<Pcm>(line.pcm.as_ref())?,
                code: member::<ContentCode>(line.iscc.as_ref())?,
                fingerprint: member::<Fingerprint>(line.fingerprint.as_ref())?,
                ..Sound::default()
            },
            marker: member(line.consent.as_ref())?,
            name: line.name,
            title: line.title,
            artist: line.artist,
            isrc: line.isrc,
        })
    }
}

impl Records {
    /// Reads records, one a line; empty lines are passed over.
    ///
    /// # Errors
    /// [`RecordError`] with the first line that cannot be read.
    pub fn from_json_lines(reader: impl BufRead) -> Result<Records, RecordError> {
        let mut records = Records::default();
        let mut reader = reader;
        for line in 1.. {
            let fail = |what: String| RecordError { line, what };
            let mut bytes = Vec::new();
            let read = (&mut reader).take(LONGEST).read_until(b'\n', &mut bytes);
            if read.map_err(|error| fail(error.to_string()))? == 0 {
                break;
            }
            if bytes.len() as u64 == LONGEST {
                return Err(fail("longer than any record".to_owned()));
            }
            let text = std::str::from_utf8(&bytes).map_err(|error| fail(error.to_string()))?;
            // Some editors put a byte order mark first.
            let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim();
            if !text.is_empty() {
                records.list.push(Record::parse(text).map_err(fail)?);
            }
        }
        Ok(records)
    }

    /// Every record, in the order in which they were given.
    pub fn iter(&self) -> impl Iterator<Item = &Record> {
        self.list.iter()
    }

    /// Whether a record of this very file is among them.
    #[must_use]
    pub fn has_file(&self, file: &FileDigest) -> bool {
        self.iter().any(|record| record.file.as_ref() == Some(file))
    }
}

impl FromIterator<Record> for Records {
    fn from_iter<T: IntoIterator<Item = Record>>(records: T) -> Records {
        Records {
            list: records.into_iter().collect(),
        }
    }
}

/// Title, artist and ISRC as lofty reads them, where it can read the file.
fn credits(file: &File, format: Format, codec: &str) -> Option<[Option<String>; 3]> {
    let kind = match format {
        Format::Mp3 => FileType::Mpeg,
        Format::Flac => FileType::Flac,
        Format::Ogg if codec == "opus" => FileType::Opus,
        Format::Ogg if codec == "vorbis" => FileType::Vorbis,
        Format::Ogg if codec == "speex" => FileType::Speex,
        Format::Mp4 => FileType::Mp4,
        Format::Wav => FileType::Wav,
        Format::Aiff => FileType::Aiff,
        Format::Adts => FileType::Aac,
        Format::WavPack => FileType::WavPack,
        Format::MonkeysAudio => FileType::Ape,
        Format::Musepack => FileType::Mpc,
        Format::Tta | Format::Ogg | Format::Caf | Format::Matroska => return None,
    };
    let mut file = file;
    file.seek(SeekFrom::Start(0)).ok()?;
    let options = ParseOptions::new()
        .read_properties(false)
        .read_cover_art(false);
    let probe = Probe::with_file_type(std::io::BufReader::new(file), kind).options(options);
    let tagged = probe.read().ok()?;
    let tag = tagged.primary_tag().or_else(|| tagged.first_tag())?;
    let owned = |text: std::borrow::Cow<'_, str>| text.into_owned();
    Some([
        tag.title().map(owned),
        tag.artist().map(owned),
        tag.get_string(ItemKey::Isrc).map(str::to_owned),
    ])
}
