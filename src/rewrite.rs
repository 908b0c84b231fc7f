//! How a new file takes an old one's place: proven and whole, or not at all.
//!
//! Everything is written to a temporary file in the same folder. The old file is only
//! ever read, until one rename puts the new one in its place.

use std::ffi::OsStr;
use std::fs::{self, File, FileTimes, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::container::Plan;
use crate::error::{Error, ErrorKind};
use crate::options::EmbedOptions;
use crate::source::{self, Source};

/// What the names of temporary files begin and end with.
const PREFIX: &str = ".noai-audio-";
const SUFFIX: &str = ".tmp";

/// Whether a file of this name is a temporary one, of another run or left by a kill.
pub(crate) fn is_temporary(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(PREFIX.as_bytes()) && name.ends_with(SUFFIX.as_bytes())
}

/// A file that may be replaced.
pub(crate) struct Target {
    /// With symbolic links followed.
    path: PathBuf,
    pub(crate) file: File,
    metadata: Metadata,
}

impl Target {
    /// Opens the file at `path` for reading, and refuses what the options do not permit.
    pub(crate) fn open(path: &Path, options: &EmbedOptions) -> Result<Target, Error> {
        let failed = |error| Error::io("cannot open the file", error);
        let path = fs::canonicalize(path).map_err(failed)?;
        let file = source::open(&path)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.permissions().readonly() && !options.read_only {
            return Err(Error::new(ErrorKind::Protected, "the file is read-only"));
        }
        if names(&metadata) > 1 && !options.hard_links {
            let what = "the file has several names (hard links), of which one would change";
            return Err(Error::new(ErrorKind::Protected, what));
        }
        Ok(Target {
            path,
            file,
            metadata,
        })
    }

    /// Writes what `plan` makes of the file, and lets `prove` look at it before the rename.
    pub(crate) fn replace<T>(
        &self,
        source: &mut Source,
        plan: &Plan,
        options: &EmbedOptions,
        prove: impl FnOnce(&mut Source, &mut File) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let failed = |error| Error::io("cannot write a temporary file beside it", error);
        let mut temporary = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(SUFFIX)
            .tempfile_in(folder)
            .map_err(failed)?;
        plan.write(source, &self.file, temporary.as_file_mut())?;
        self.keep_metadata(temporary.as_file(), options)
            .map_err(|error| Error::io("cannot keep owner, mode, times or attributes", error))?;
        temporary.as_file().sync_all().map_err(failed)?;
        let proof = prove(source, temporary.as_file_mut())?;
        self.refuse_changed()?;
        temporary
            .persist(&self.path)
            .map_err(|error| Error::io("cannot rename the temporary file", error.error))?;
        sync_folder(folder).map_err(|error| Error::io("cannot sync the folder", error))?;
        Ok(proof)
    }

    /// Fails where somebody else wrote to the file or put another in its place.
    fn refuse_changed(&self) -> Result<(), Error> {
        let now =
            fs::metadata(&self.path).map_err(|error| Error::io("the file has vanished", error))?;
        let same = now.len() == self.metadata.len()
            && now.modified().ok() == self.metadata.modified().ok()
            && identity(&now) == identity(&self.metadata);
        if same {
            Ok(())
        } else {
            let what = "the file changed while it was being worked on";
            Err(Error::new(ErrorKind::Changed, what))
        }
    }

    fn keep_metadata(&self, new: &File, options: &EmbedOptions) -> io::Result<()> {
        keep_owner(&self.metadata, new)?;
        keep_attributes(&self.file, new)?;
        new.set_permissions(self.metadata.permissions())?;
        if options.keep_mtime {
            let mut times = FileTimes::new().set_modified(self.metadata.modified()?);
            if let Ok(accessed) = self.metadata.accessed() {
                times = times.set_accessed(accessed);
            }
            new.set_times(times)?;
        }
        Ok(())
    }
}

#[cfg(unix)]
fn names(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata)
}

#[cfg(not(unix))]
fn names(_: &Metadata) -> u64 {
    1
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

#[cfg(unix)]
fn keep_owner(old: &Metadata, new: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let now = new.metadata()?;
    if (now.uid(), now.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    fchown(new, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &Metadata, _: &File) -> io::Result<()> {
    Ok(())
}

/// Extended attributes, POSIX ACLs among them. A file system without any has none to keep.
#[cfg(unix)]
fn keep_attributes(old: &File, new: &File) -> io::Result<()> {
    use xattr::FileExt;
    let Ok(names) = old.list_xattr() else {
        return Ok(());
    };
    for name in names {
        let value = old.get_xattr(&name)?;
        if value != new.get_xattr(&name)? {
            new.set_xattr(&name, &value.unwrap_or_default())?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_attributes(_: &File, _: &File) -> io::Result<()> {
    Ok(())
}

/// Makes the rename itself durable.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
