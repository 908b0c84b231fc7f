//! What the tests share: a shelf with songs from the corpus, so that tests read as sentences.

#![allow(dead_code, unused_imports, reason = "each test file uses its part")]

pub(crate) mod build;
pub(crate) mod bytes;
pub(crate) mod c2pa;
pub(crate) mod fragments;
pub(crate) mod id3;
pub(crate) mod ledger;
pub(crate) mod memory;
pub(crate) mod life;
pub(crate) mod music;
pub(crate) mod ogg;
mod outcome;
pub(crate) mod pieces;
pub(crate) mod random;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use noai_audio::{
    Answer, Date, Declaration, EmbedOptions, Embedded, Essence, Identity, Inspection, Preset,
    Stripped, Usage, Verdict,
};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

pub(crate) use self::bytes::hex;
pub(crate) use self::outcome::{Outcome, ensure, fail};

/// The folder of the corpus.
pub(crate) fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("test-audio")
}

/// The program of this name, in examples/, which `cargo test` builds with the tests.
pub(crate) fn program(name: &str) -> Outcome<PathBuf> {
    let test = env::current_exe()?;
    let profile = test.ancestors().nth(2).ok_or("the test stands nowhere")?;
    let program = profile
        .join("examples")
        .join(name)
        .with_extension(env::consts::EXE_EXTENSION);
    if program.exists() {
        Ok(program)
    } else {
        fail(format!(
            "{} is missing: run `cargo test`, or `cargo build --examples` before",
            program.display()
        ))
    }
}

/// The five uses that the preset `no-ai` denies.
pub(crate) const NO_AI: [Usage; 5] = [
    Usage::GenerativeTraining,
    Usage::Training,
    Usage::Inference,
    Usage::DataMining,
    Usage::Replication,
];

/// The same tone in every format that is written, and in both codecs of Ogg: files of `clean`.
pub(crate) const TONES: [&str; 12] = [
    "sine.mp3",
    "sine.flac",
    "sine.ogg",
    "sine.opus",
    "sine.m4a",
    "sine.wav",
    "sine.aiff",
    "sine.aac",
    "sine.wv",
    "sine.ape",
    "sine.mpc",
    "sine.tta",
];

/// A day for declarations, always the same one.
pub(crate) fn day() -> Date {
    date(2026, 11, 24)
}

/// A day that the caller knows to exist.
pub(crate) fn date(year: u16, month: u8, day: u8) -> Date {
    let written = format!("{year:04}-{month:02}-{day:02}");
    Date::new(year, month, day).unwrap_or_else(|error| unreachable!("{written}: {error}"))
}

/// The default declaration: `no-ai`, on a fixed day.
pub(crate) fn no_ai() -> Declaration {
    Declaration::from(Preset::NoAi).declared(day())
}

/// A declaration that needs as many bytes as a declaration can.
pub(crate) fn long_statement() -> Outcome<Declaration> {
    let policy = format!("https://example.org/{}", "terms/".repeat(120));
    Ok(Declaration::from(Preset::NoMachineUse)
        .policy(policy.parse()?)
        .declarer("Ärztin; \"Ångström\" \\ 100 % ".repeat(8))
        .declared(day()))
}

/// A declaration that needs few bytes, and no notice.
pub(crate) fn short_statement() -> Declaration {
    Declaration::new().allow(Usage::Search)
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// A folder of its own for one test, gone afterwards.
pub(crate) struct Shelf {
    folder: TempDir,
}

impl Shelf {
    pub(crate) fn new() -> Outcome<Shelf> {
        Ok(Shelf {
            folder: tempfile::tempdir()?,
        })
    }

    /// On the file system of the build, which is a real one where the one for temporary
    /// files may be memory.
    pub(crate) fn on_disk() -> Outcome<Shelf> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        Ok(Shelf { folder })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A copy of the corpus file `name`, under its own name without folders.
    pub(crate) fn song(&self, name: &str) -> Outcome<Song> {
        let own = name.rsplit('/').next().unwrap_or(name);
        self.song_as(name, own)
    }

    /// A copy of the corpus file `name`, called `own`.
    pub(crate) fn song_as(&self, name: &str, own: impl AsRef<Path>) -> Outcome<Song> {
        let bytes = fs::read(corpus().join(name)).map_err(|error| format!("{name}: {error}"))?;
        self.put(own, bytes)
    }

    /// A file with these bytes.
    pub(crate) fn put(&self, own: impl AsRef<Path>, bytes: impl Into<Vec<u8>>) -> Outcome<Song> {
        let path = self.path().join(own);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let original = bytes.into();
        fs::write(&path, &original)?;
        Ok(Song { path, original })
    }

    /// The names of everything on the shelf, sorted.
    pub(crate) fn names(&self) -> Outcome<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.path())? {
            names.push(entry?.file_name());
        }
        names.sort();
        Ok(names)
    }
}

/// A file on a shelf that remembers its first bytes.
pub(crate) struct Song {
    path: PathBuf,
    original: Vec<u8>,
}

impl Song {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes now.
    pub(crate) fn bytes(&self) -> Outcome<Vec<u8>> {
        Ok(fs::read(&self.path)?)
    }

    /// The bytes from when it was put on the shelf.
    pub(crate) fn original(&self) -> &[u8] {
        &self.original
    }

    /// Whether it is, byte for byte, what was put on the shelf.
    pub(crate) fn is_original(&self) -> Outcome<bool> {
        Ok(self.bytes()? == self.original)
    }

    pub(crate) fn modified(&self) -> Outcome<SystemTime> {
        Ok(fs::metadata(&self.path)?.modified()?)
    }

    /// Embeds the default declaration.
    pub(crate) fn tag(&self) -> Result<Embedded, noai_audio::Error> {
        self.say(&no_ai())
    }

    pub(crate) fn say(&self, declaration: &Declaration) -> Result<Embedded, noai_audio::Error> {
        noai_audio::embed(&self.path, declaration)
    }

    /// Embeds whatever statement is there already.
    pub(crate) fn say_instead(
        &self,
        declaration: &Declaration,
    ) -> Result<Embedded, noai_audio::Error> {
        EmbedOptions::new()
            .replace(true)
            .embed(&self.path, declaration)
    }

    pub(crate) fn strip(&self) -> Result<Stripped, noai_audio::Error> {
        noai_audio::strip(&self.path)
    }

    pub(crate) fn read(&self) -> Result<Inspection, noai_audio::Error> {
        noai_audio::read(&self.path)
    }

    pub(crate) fn verify(&self) -> Result<Verdict, noai_audio::Error> {
        noai_audio::verify(&self.path)
    }

    pub(crate) fn identify(&self) -> Result<Identity, noai_audio::Error> {
        noai_audio::identify(&self.path)
    }

    pub(crate) fn essence(&self) -> Outcome<Essence> {
        Ok(self.identify()?.essence.ok_or("no essence")?)
    }

    pub(crate) fn answer(&self, usage: Usage) -> Result<Answer, noai_audio::Error> {
        Ok(self.read()?.answer(usage, Some(day())))
    }
}
