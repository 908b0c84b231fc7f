//! Changing a file: a statement put in, a statement taken off.

use std::fs::File;
use std::path::Path;

use crate::consent::Declaration;
use crate::container::{Format, Layout};
use crate::error::{Error, ErrorKind};
use crate::found;
use crate::identify::{self, Identity, Sound};
use crate::identity::{Essence, FileDigest, Level, digest_file, measure};
use crate::limits::Limits;
use crate::marker::Marker;
use crate::options::EmbedOptions;
use crate::proof::Proof;
use crate::record::Record;
use crate::rewrite::Target;
use crate::source::Source;
use crate::tagging::{self, Current, Order};

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
    /// The new file is written beside the old one, synced, parsed again and proven: every
    /// copied byte equal, the essence equal, our fields seen by an independent reader,
    /// and taking them off again gives the old file. Only then it takes the old one's
    /// place. Foreign fields, pictures, padding that is not needed, mode, owner, times and
    /// extended attributes stay; the copyright field gets a notice behind its text.
    /// Symbolic links are followed.
    ///
    /// # Errors
    /// The file is as it was. `Declaration` where the declaration is wrong; `NotAudio`,
    /// `Malformed`, `Unsupported`, `Limit` where the file is not understood; `Conflict`
    /// where another or a stricter statement is there; `Protected` where the options do
    /// not permit it; `Changed` where somebody else wrote to it; `Unproven` where the
    /// proof failed; `Io`. One error leaves the new file in place: when the folder cannot
    /// be synced after the rename.
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
        let layout = Layout::scan(&mut source)?;
        layout.refuse_read_only()?;
        self.refuse_manifest(&mut source, &layout)?;
        let current = Current::read(&mut source, &layout)?;
        let before = measure(&mut source, &layout)?;
        let (notice, warnings) = licence(&current);
        let bound = current.marker.as_ref();
        let is_bound = |marker: &&Marker| marker.essence.as_ref() == Some(&before.essence);
        let bound = bound.filter(is_bound);
        let is_kept = bound.is_some() && !self.replace;
        let heard = self.hear(&target.file, &mut source, &layout, is_kept)?;
        let code = match bound.filter(|_| is_kept || heard.code.is_none()) {
            Some(bound) => bound.code,
            None => heard.code.filter(|_| self.code),
        };
        let order = Order {
            declaration,
            replace: self.replace,
            notice: self.notice && notice,
            code,
        };
        let (plan, marker) = tagging::embed(&mut source, &layout, &current, &order, &before)?;
        let mut embedded = Embedded {
            status: Status::Changed,
            format: layout.format(),
            essence: before.essence.clone(),
            warnings,
            record: None,
        };
        let mut digest = None;
        if plan.is_empty() {
            embedded.status = Status::Unchanged;
            if self.record {
                digest = Some(digest_file(&mut source)?);
            }
        } else if !self.dry_run {
            let proof = Proof {
                layout: &layout,
                plan: &plan,
                before: &before,
                fields: marker.fields(),
                restores: !current.has_ours,
            };
            digest = target.replace(&mut source, &plan, self, |old, new| {
                proof.hold(&target.file, old, new, self.limits)?;
                self.record.then(|| digest_of(new, self.limits)).transpose()
            })?;
        }
        if let Some(file) = digest.filter(|_| self.record && !self.dry_run) {
            let identity = Identity {
                format: embedded.format,
                stream: layout.stream.clone(),
                file: Some(file),
                essence: Some(before.essence),
                sound: heard,
            };
            // Title and artist are the same in the old file, which is still open.
            let record = Record::new(path, &target.file, identity, Some(marker));
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
        let layout = Layout::scan(&mut source)?;
        layout.refuse_read_only()?;
        let current = Current::read(&mut source, &layout)?;
        let before = measure(&mut source, &layout)?;
        let stripped = |status, exact| Stripped {
            status,
            exact,
            format: layout.format(),
            essence: before.essence.clone(),
        };
        if current.foreign.is_some() || !current.has_ours {
            return Ok(stripped(Status::Unchanged, true));
        }
        self.refuse_manifest(&mut source, &layout)?;
        let plan = tagging::strip(&mut source, &layout, &current)?;
        let proof = Proof {
            layout: &layout,
            plan: &plan,
            before: &before,
            fields: Vec::new(),
            restores: false,
        };
        let note = current.marker.and_then(|marker| marker.undo);
        let rest = note.map(|undo| undo.rest);
        if self.dry_run {
            return Ok(stripped(Status::Changed, rest.is_some()));
        }
        let after = target.replace(&mut source, &plan, self, |old, new| {
            proof.hold(&target.file, old, new, self.limits)
        })?;
        Ok(stripped(Status::Changed, rest == Some(after.rest)))
    }

    fn refuse_manifest(&self, source: &mut Source, layout: &Layout) -> Result<(), Error> {
        match found::manifest(source, layout)?.filter(|_| !self.manifest) {
            Some(at) => {
                let what = format!("a C2PA manifest, at byte {at}, would be voided");
                Err(Error::new(ErrorKind::Protected, what))
            }
            None => Ok(()),
        }
    }
}

fn digest_of(file: &File, limits: Limits) -> Result<FileDigest, Error> {
    let mut reader = file;
    Ok(digest_file(&mut Source::new(&mut reader, limits)?)?)
}

/// Whether a notice may stand in the copyright field, and what to warn of.
fn licence(current: &Current) -> (bool, Vec<Warning>) {
    let texts: Vec<&str> = current.copyrights().collect();
    let text = texts.join("\n").to_lowercase();
    let by_licence = [
        "creativecommons",
        "creative commons",
        "cc by",
        "cc-by",
        "cc0",
    ];
    if text.contains("verify at") {
        (false, vec![Warning::NoticeSkipped])
    } else if by_licence.iter().any(|name| text.contains(name)) {
        (true, vec![Warning::CreativeCommons])
    } else {
        (true, Vec::new())
    }
}
