//! Changing a file: a statement put in, a statement taken off.

use std::path::Path;

use crate::consent::Declaration;
use crate::container::{Format, Layout};
use crate::error::{Error, ErrorKind};
use crate::found;
use crate::identity::{Essence, measure};
use crate::limits::Limits;
use crate::proof::Proof;
use crate::rewrite::Target;
use crate::source::Source;
use crate::tagging::{self, Current, Order};

/// How a file may be changed, in the shape of [`std::fs::OpenOptions`].
///
/// ```
/// use noai_audio::{Declaration, EmbedOptions, Preset, Status};
/// # let dir = tempfile::tempdir()?;
/// # let song = dir.path().join("song.mp3");
/// # std::fs::copy("test-audio/clean/sine.mp3", &song)?;
/// let declaration = Declaration::from(Preset::NoAi);
/// let embedded = EmbedOptions::new().notice(false).embed(&song, &declaration)?;
/// assert_eq!(embedded.status, Status::Changed);
/// let again = EmbedOptions::new().notice(false).embed(&song, &declaration)?;
/// assert_eq!(again.status, Status::Unchanged);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent switches, as in OpenOptions"
)]
pub struct EmbedOptions {
    replace: bool,
    notice: bool,
    dry_run: bool,
    manifest: bool,
    pub(crate) keep_mtime: bool,
    pub(crate) hard_links: bool,
    pub(crate) read_only: bool,
    limits: Limits,
}

impl Default for EmbedOptions {
    fn default() -> EmbedOptions {
        EmbedOptions {
            replace: false,
            notice: true,
            dry_run: false,
            manifest: false,
            keep_mtime: true,
            hard_links: false,
            read_only: false,
            limits: Limits::default(),
        }
    }
}

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
    /// The defaults: a notice in the copyright field, the modification time kept,
    /// everything else refused.
    #[must_use]
    pub fn new() -> EmbedOptions {
        EmbedOptions::default()
    }

    /// Permits a statement that is looser than the one in the file, or another declarer's.
    pub fn replace(&mut self, yes: bool) -> &mut EmbedOptions {
        self.replace = yes;
        self
    }

    /// Appends the notice to the copyright field where something is denied. On by default;
    /// off, no byte that is not ours is touched.
    pub fn notice(&mut self, yes: bool) -> &mut EmbedOptions {
        self.notice = yes;
        self
    }

    /// Plans everything and writes nothing. What only the new file could show, such as
    /// whether [`strip`](Self::strip) is exact, is then what the note in the file says.
    pub fn dry_run(&mut self, yes: bool) -> &mut EmbedOptions {
        self.dry_run = yes;
        self
    }

    /// Permits changing a file with a C2PA manifest, which any change voids.
    pub fn c2pa(&mut self, yes: bool) -> &mut EmbedOptions {
        self.manifest = yes;
        self
    }

    /// Keeps the modification time. On by default.
    pub fn keep_mtime(&mut self, yes: bool) -> &mut EmbedOptions {
        self.keep_mtime = yes;
        self
    }

    /// Permits changing a file with several names. Only the name given shows the new
    /// file; the others keep the old one.
    pub fn hard_links(&mut self, yes: bool) -> &mut EmbedOptions {
        self.hard_links = yes;
        self
    }

    /// Permits changing a file that is marked read-only. It stays so marked.
    pub fn read_only(&mut self, yes: bool) -> &mut EmbedOptions {
        self.read_only = yes;
        self
    }

    /// Bounds what is held of a file.
    pub fn limits(&mut self, limits: Limits) -> &mut EmbedOptions {
        self.limits = limits;
        self
    }

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
        self.refuse_manifest(&mut source, &layout)?;
        let current = Current::read(&mut source, &layout)?;
        let before = measure(&mut source, &layout)?;
        let (notice, warnings) = licence(&current);
        let order = Order {
            declaration,
            replace: self.replace,
            notice: self.notice && notice,
        };
        let (plan, marker) = tagging::embed(&mut source, &layout, &current, &order, &before)?;
        let embedded = |status| Embedded {
            status,
            format: layout.format(),
            essence: before.essence.clone(),
            warnings,
        };
        if plan.is_empty() {
            return Ok(embedded(Status::Unchanged));
        }
        if !self.dry_run {
            let proof = Proof {
                layout: &layout,
                plan: &plan,
                before: &before,
                fields: marker.fields(),
                restores: !current.has_ours,
            };
            target.replace(&mut source, &plan, self, |old, new| {
                proof.hold(&target.file, old, new, self.limits)
            })?;
        }
        Ok(embedded(Status::Changed))
    }

    fn strip_file(&self, path: &Path) -> Result<Stripped, Error> {
        let target = Target::open(path, self)?;
        let mut reader = &target.file;
        let mut source = Source::new(&mut reader, self.limits)?;
        let layout = Layout::scan(&mut source)?;
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
