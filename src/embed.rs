//! Changing a file: a statement put in, a statement taken off.

use std::fs::File;
use std::path::Path;

use crate::consent::Declaration;
use crate::container::{Format, Layout};
use crate::digest::FileDigest;
use crate::error::Error;
use crate::identify::{self, Identity, Sound};
use crate::identity::{Essence, Level, digest_file};
use crate::limits::Limits;
use crate::options::EmbedOptions;
use crate::record::Record;
use crate::rewrite::Target;
use crate::source::Source;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// A new file stands in its place (or would, in a dry run).
    Changed,
    /// It says already what it should: no byte was touched.
    Unchanged,
}

/// What [`embed`] did.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Embedded {
    /// Whether the file changed.
    pub status: Status,
    /// Its format.
    pub format: Format,
    /// The sound, which is the same as before.
    pub essence: Essence,
    /// What the declarer should know.
    pub warnings: Vec<Warning>,
    /// The record of the file as it is now, where the options ask for one; never in a dry
    /// run.
    pub record: Option<Box<Record>>,
}

/// What [`strip`] did.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Stripped {
    /// Whether the file changed; it does not where no statement of ours is in it.
    pub status: Status,
    /// Whether the file is, byte for byte, the one from before the statement.
    pub exact: bool,
    /// Its format.
    pub format: Format,
    /// The sound, which is the same as before.
    pub essence: Essence,
}

/// What a declarer should know about a file that was tagged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Warning {
    /// The copyright field points to a Creative Commons licence, which permits what the
    /// statement may deny. It was left as it is.
    NoticeSkipped,
    /// The copyright field names a Creative Commons licence, which permits what the
    /// statement may deny.
    CreativeCommons,
    /// The copyright field is compressed, encrypted, read-only or otherwise such that no
    /// notice can be written behind its text. It was left as it is.
    NoticeImpossible,
    /// The XMP packet has properties of the same names, cannot be read or has no room: not all
    /// of the statement came into it. Every byte that it had is still there.
    PacketKept,
}

impl Warning {
    /// The warning in words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Warning::NoticeSkipped => {
                "the copyright field verifies a Creative Commons licence and was left as it is"
            }
            Warning::CreativeCommons => {
                "the copyright field names a Creative Commons licence: it may permit what is denied here"
            }
            Warning::PacketKept => "the XMP packet in the file could not take all of the statement",
            Warning::NoticeImpossible => {
                "the copyright field cannot take a notice and was left as it is"
            }
        }
    }
}

/// Puts a statement into the file at `path`, with the default options.
///
/// # Errors
/// As [`EmbedOptions::embed`].
pub fn embed(path: impl AsRef<Path>, declaration: &Declaration) -> Result<Embedded, Error> {
    EmbedOptions::new().embed(path, declaration)
}

/// Takes our statement off the file at `path`, with the default options.
///
/// # Errors
/// As [`EmbedOptions::strip`].
pub fn strip(path: impl AsRef<Path>) -> Result<Stripped, Error> {
    EmbedOptions::new().strip(path)
}

impl EmbedOptions {
    /// Puts a statement into the file at `path`.
    ///
    /// The new file is written beside the old one, parsed again, proven and synced: every
    /// copied byte equal, the essence equal, our fields seen by an independent reader,
    /// and taking them off again gives the old file. Only then it takes the old one's
    /// place. Foreign fields, pictures, padding that is not needed, mode, owner, times and
    /// extended attributes stay; the copyright field gets a notice behind its text.
    /// Symbolic links are followed. What a killed run left beside the file is removed.
    ///
    /// # Errors
    /// The file is as it was. `Declaration` where the declaration is wrong; `NotAudio`,
    /// `Malformed`, `Unsupported`, `Limit` where the file is not understood; `Conflict`
    /// where another or a stricter statement is there; `Protected` where the options do
    /// not permit it; `Changed` where somebody else wrote to it or another process is at
    /// work on it; `Unproven` where the proof failed; `Io`. One error leaves the new file
    /// in place: when the folder cannot be synced after the rename.
    pub fn embed(
        &self,
        path: impl AsRef<Path>,
        declaration: &Declaration,
    ) -> Result<Embedded, Error> {
        let path = path.as_ref();
        self.embed_file(path, declaration)
            .map_err(|error| error.about(path))
    }

    /// Takes our statement off the file at `path`: byte for byte the file from before,
    /// where nobody touched it in between. Where somebody did, our fields alone go, and
    /// [`Stripped::exact`] says so. Everything else is as in [`embed`](Self::embed).
    ///
    /// # Errors
    /// As [`embed`](Self::embed).
    pub fn strip(&self, path: impl AsRef<Path>) -> Result<Stripped, Error> {
        let path = path.as_ref();
        self.strip_file(path).map_err(|error| error.about(path))
    }

    fn embed_file(&self, path: &Path, declaration: &Declaration) -> Result<Embedded, Error> {
        declaration.check()?;
        let target = Target::open(path, self)?;
        let mut reader = &target.file;
        let mut source = Source::new(&mut reader, self.limits)?;
        let planned = self.plan_embed(&mut source, declaration, |source, layout, is_kept| {
            self.hear(&target.file, source, layout, is_kept)
        })?;
        let mut embedded = Embedded {
            status: Status::Changed,
            format: planned.layout.format(),
            essence: planned.before.essence.clone(),
            warnings: planned.warnings.clone(),
            record: None,
        };
        let mut digest = None;
        match planned.proof() {
            None => {
                embedded.status = Status::Unchanged;
                if self.record {
                    digest = Some(digest_file(&mut source)?);
                }
            }
            Some(_) if self.dry_run => {}
            Some(proof) => {
                digest = target.replace(&mut source, proof.plan, self, |old, new| {
                    proof.hold(&mut &target.file, old, new, self.limits)?;
                    self.record.then(|| digest_of(new, self.limits)).transpose()
                })?;
            }
        }
        if let Some(file) = digest.filter(|_| self.record && !self.dry_run) {
            let identity = Identity {
                format: embedded.format,
                stream: planned.layout.stream.clone(),
                file: Some(file),
                essence: Some(planned.before.essence),
                sound: planned.heard,
            };
            // Title and artist are the same in the old file, which is still open.
            let record = Record::new(path, &target.file, identity, planned.marker);
            embedded.record = Some(Box::new(record));
        }
        Ok(embedded)
    }

    /// What the statement, or the record, has to know of the sound.
    fn hear(
        &self,
        file: &File,
        source: &mut Source,
        layout: &Layout,
        is_kept: bool,
    ) -> Result<Sound, Error> {
        let levels: &[Level] = if self.dry_run {
            &[]
        } else if self.record {
            &Level::ALL
        } else if self.code && !is_kept {
            &[Level::Code]
        } else {
            &[]
        };
        identify::sound(file, source, layout, levels)
    }

    fn strip_file(&self, path: &Path) -> Result<Stripped, Error> {
        let target = Target::open(path, self)?;
        let mut reader = &target.file;
        let mut source = Source::new(&mut reader, self.limits)?;
        let planned = self.plan_strip(&mut source)?;
        let (status, exact) = match planned.proof() {
            None => (Status::Unchanged, true),
            Some(_) if self.dry_run => (Status::Changed, planned.rest.is_some()),
            Some(proof) => {
                let after = target.replace(&mut source, proof.plan, self, |old, new| {
                    proof.hold(&mut &target.file, old, new, self.limits)
                })?;
                (Status::Changed, planned.rest == Some(after.rest))
            }
        };
        Ok(Stripped {
            status,
            exact,
            format: planned.layout.format(),
            essence: planned.before.essence,
        })
    }
}

fn digest_of(file: &File, limits: Limits) -> Result<FileDigest, Error> {
    let mut reader = file;
    Ok(digest_file(&mut Source::new(&mut reader, limits)?)?)
}
