//! How a new file takes an old one's place: proven and whole, or not at all.
//!
//! Everything is written to a temporary file in the same folder. The old file is only
//! ever read, until one rename puts the new one in its place.

use std::fs::{self, File, FileTimes, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::container::Plan;
use crate::error::{Error, ErrorKind};
use crate::options::EmbedOptions;
use crate::source::{self, Source};
use crate::temporary::{self, Temporary, inode};

/// A file that may be replaced.
pub(crate) struct Target {
    /// With symbolic links followed.
    path: PathBuf,
    pub(crate) file: File,
    metadata: Metadata,
}

impl Target {
    /// Opens the file at `path` for reading, and refuses what the options do not permit.
    /// What a killed process left beside it goes.
    pub(crate) fn open(path: &Path, options: &EmbedOptions) -> Result<Target, Error> {
        let failed = |error| Error::io("cannot open the file", error);
        let path = fs::canonicalize(path).map_err(failed)?;
        let file = source::open(&path)?;
        let metadata = file.metadata().map_err(failed)?;
        if !options.dry_run {
            temporary::sweep(&path);
        }
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
        // Nothing may fail behind the rename that can fail before it.
        let folder = open_folder(self.path.parent().unwrap_or(Path::new(".")))
            .map_err(|error| Error::io("cannot open the folder, to sync it", error))?;
        let mut temporary = Temporary::beside(&self.path)?;
        plan.write(source, &self.file, &mut temporary.file)?;
        // Before the times are set: to read is to change one of them.
        let proof = prove(source, &mut temporary.file)?;
        self.keep_metadata(&temporary.file, options)
            .map_err(|error| Error::io("cannot keep owner, mode, times or attributes", error))?;
        let synced = temporary.file.sync_all();
        synced.map_err(temporary::cannot_write)?;
        temporary.refuse_lost()?;
        // The last look before the rename: whatever comes between them would be lost.
        self.refuse_changed()?;
        temporary
            .take_place_of(&self.path)
            .map_err(|error| Error::io("cannot rename the temporary file", error))?;
        sync(folder).map_err(|error| Error::io("cannot sync the folder", error))?;
        Ok(proof)
    }

    /// Fails where somebody else wrote to the file or put another in its place.
    fn refuse_changed(&self) -> Result<(), Error> {
        let what = match fs::symlink_metadata(&self.path) {
            Ok(now) if stamp(&now) == stamp(&self.metadata) => return Ok(()),
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Error::io("cannot look at the file again", error));
            }
            Ok(_) => "the file changed while it was being worked on",
            Err(_) => "the file vanished while it was being worked on",
        };
        Err(Error::new(ErrorKind::Changed, what))
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

/// What no change leaves as it was. The time of the change itself cannot be put back, as
/// that of the modification can.
#[cfg(unix)]
fn stamp(metadata: &Metadata) -> ((u64, u64), u64, Option<SystemTime>, (i64, i64)) {
    use std::os::unix::fs::MetadataExt;
    let changed = (metadata.ctime(), metadata.ctime_nsec());
    (
        inode(metadata),
        metadata.len(),
        metadata.modified().ok(),
        changed,
    )
}

#[cfg(not(unix))]
fn stamp(metadata: &Metadata) -> ((u64, u64), u64, Option<SystemTime>) {
    (inode(metadata), metadata.len(), metadata.modified().ok())
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
    let names = match old.list_xattr() {
        Ok(names) => names.collect::<Vec<_>>(),
        Err(error) if error.kind() == io::ErrorKind::Unsupported => return Ok(()),
        Err(error) => return Err(error),
    };
    // A folder may give its files an ACL which this one, older or moved here, never had.
    for name in new.list_xattr()? {
        let is_given = name.as_encoded_bytes().starts_with(b"security.");
        if !is_given && !names.contains(&name) {
            new.remove_xattr(&name)?;
        }
    }
    for name in names {
        let value = old.get_xattr(&name)?;
        if let Some(value) =
            value.filter(|value| new.get_xattr(&name).ok().flatten().as_ref() != Some(value))
        {
            new.set_xattr(&name, &value)?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_attributes(_: &File, _: &File) -> io::Result<()> {
    Ok(())
}

/// The folder, where one can be synced.
#[cfg(unix)]
fn open_folder(folder: &Path) -> io::Result<Option<File>> {
    File::open(folder).map(Some)
}

#[cfg(not(unix))]
fn open_folder(_: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

/// Makes the rename itself durable.
fn sync(folder: Option<File>) -> io::Result<()> {
    folder.map_or(Ok(()), |folder| folder.sync_all())
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    /// What comes of the last look, where `change` is done to the file after the first.
    fn after(
        change: impl FnOnce(&Path) -> io::Result<()>,
    ) -> Result<Option<ErrorKind>, Box<dyn Error>> {
        let root = tempfile::tempdir()?;
        let folder = root.path().join("album");
        fs::create_dir(&folder)?;
        let song = folder.join("song");
        fs::write(&song, "old")?;
        let target = Target::open(&song, &EmbedOptions::new())?;
        change(&song)?;
        Ok(target.refuse_changed().err().map(|error| error.kind()))
    }

    /// Puts the time of the last modification back, which anybody may.
    fn put_back(song: &Path, time: SystemTime) -> io::Result<()> {
        let file = File::options().write(true).open(song)?;
        file.set_times(FileTimes::new().set_modified(time))
    }

    #[test]
    fn whatever_somebody_else_did_is_seen() -> Result<(), Box<dyn Error>> {
        assert_eq!(after(|_| Ok(()))?, None);
        assert_eq!(after(|song| fs::read(song).map(|_| ()))?, None);
        let changed = Some(ErrorKind::Changed);
        assert_eq!(after(|song| fs::write(song, "longer"))?, changed);
        assert_eq!(
            after(|song| put_back(song, SystemTime::UNIX_EPOCH))?,
            changed
        );
        assert_eq!(after(|song| fs::remove_file(song))?, changed);
        let replaced = |song: &Path| {
            let time = fs::metadata(song)?.modified()?;
            let other = song.with_file_name("other");
            fs::write(&other, "new")?;
            put_back(&other, time)?;
            fs::rename(other, song)
        };
        assert_eq!(after(replaced)?, changed);
        #[cfg(unix)]
        {
            let overwritten = |song: &Path| {
                let time = fs::metadata(song)?.modified()?;
                // Longer than the step of the clock that file systems read.
                std::thread::sleep(std::time::Duration::from_millis(20));
                fs::write(song, "new")?;
                put_back(song, time)
            };
            assert_eq!(after(overwritten)?, changed);
        }
        let no_folder = |song: &Path| {
            let folder = song.parent().unwrap_or(song);
            fs::rename(folder, folder.with_file_name("moved"))?;
            fs::write(folder, "no folder")
        };
        assert_eq!(after(no_folder)?, Some(ErrorKind::Io));
        Ok(())
    }
}
