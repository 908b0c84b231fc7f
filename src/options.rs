//! What may a change do to a file, and what must it leave?

use crate::limits::Limits;

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
    pub(crate) replace: bool,
    pub(crate) notice: bool,
    pub(crate) xmp: bool,
    pub(crate) dry_run: bool,
    pub(crate) manifest: bool,
    pub(crate) keep_mtime: bool,
    pub(crate) hard_links: bool,
    pub(crate) read_only: bool,
    pub(crate) code: bool,
    pub(crate) record: bool,
    pub(crate) limits: Limits,
}

impl Default for EmbedOptions {
    fn default() -> EmbedOptions {
        EmbedOptions {
            replace: false,
            notice: true,
            xmp: true,
            dry_run: false,
            manifest: false,
            keep_mtime: true,
            hard_links: false,
            read_only: false,
            code: true,
            record: false,
            limits: Limits::default(),
        }
    }
}

impl EmbedOptions {
    /// The defaults: a notice in the copyright field, an XMP packet, the modification time kept,
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

    /// Says it in an XMP packet, too, where the format has a place for one: MP3, WAV, AIFF,
    /// MP4 and MOV. On by default. A packet that is there keeps every byte that it has.
    pub fn xmp(&mut self, yes: bool) -> &mut EmbedOptions {
        self.xmp = yes;
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

    /// Puts the content code of the sound into the statement, so that a copy which was
    /// re-encoded and kept its tags is seen to carry its own. On by default; it has the
    /// sound decoded once. Left out where the sound cannot be decoded, and in a build
    /// without the feature `fingerprint`. A statement that is there already for this very
    /// sound keeps what it has, unless [`replace`](Self::replace) is asked for and a code
    /// can be had.
    pub fn content_code(&mut self, yes: bool) -> &mut EmbedOptions {
        self.code = yes;
        self
    }

    /// Makes a [`Record`](crate::Record) of the file as it is afterwards, in the same pass.
    pub fn record(&mut self, yes: bool) -> &mut EmbedOptions {
        self.record = yes;
        self
    }

    /// Bounds what a file may cost.
    pub fn limits(&mut self, limits: Limits) -> &mut EmbedOptions {
        self.limits = limits;
        self
    }
}
