//! Where does a new file grow, and who removes it when its writer was killed?
//!
//! Beside the old one, under a name that follows from the old one's. Whoever writes there
//! holds a lock on it, which ends with the process. So the same name says that somebody is
//! at work on this very file, or, where the lock can be had, that somebody was.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind};

/// What the names of temporary files begin and end with.
const PREFIX: &str = ".noai-audio-";
const SUFFIX: &str = ".tmp";
/// Between them stand so many hexadecimal digits.
const DIGITS: usize = 32;

/// How often another process may take a fresh file for an abandoned one.
const ATTEMPTS: usize = 16;

/// A file that is gone with this value, unless it took another's place.
pub(crate) struct Temporary {
    path: PathBuf,
    /// Holds the lock.
    pub(crate) file: File,
}

impl Temporary {
    /// Makes the file in which the new `song` is to grow. `Changed` where another process
    /// writes the same song.
    pub(crate) fn beside(song: &Path) -> Result<Temporary, Error> {
        let path = beside(song);
        for _ in 0..ATTEMPTS {
            let file = match create(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match remove(&path) {
                    Left::Nothing => continue,
                    Left::InUse => break,
                    Left::Other => return Err(in_the_way(&path)),
                },
                Err(error) => return Err(cannot_write(error)),
            };
            // A file system without locks leaves it unlocked: then no process can have the
            // lock that it would need to remove the file.
            let is_taken = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
            if !is_taken && is_at(&file, &path) {
                return Ok(Temporary { path, file });
            }
            // Another process was faster with the lock, and takes it for abandoned.
        }
        let name = path.file_name().unwrap_or_default().display();
        let what = format!("another process is at work on it: its {name} is in use");
        Err(Error::new(ErrorKind::Changed, what))
    }

    /// Fails where the file has lost its name, which may be another's by now.
    pub(crate) fn refuse_lost(&self) -> Result<(), Error> {
        if is_at(&self.file, &self.path) {
            return Ok(());
        }
        let what = "somebody removed the temporary file beside it";
        Err(Error::new(ErrorKind::Changed, what))
    }

    /// Puts the file in the place of `song`.
    pub(crate) fn take_place_of(self, song: &Path) -> io::Result<()> {
        fs::rename(&self.path, song)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Behind a rename the name is free, or another process's.
        if is_at(&self.file, &self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether a file of this name is a temporary one, in use or left by a kill.
pub(crate) fn is_temporary(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes().strip_prefix(PREFIX.as_bytes());
    let digits = name.and_then(|name| name.strip_suffix(SUFFIX.as_bytes()));
    digits.is_some_and(|digits| {
        digits.len() == DIGITS
            && digits
                .iter()
                .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Removes what a killed process left beside `song`.
pub(crate) fn sweep(song: &Path) {
    remove(&beside(song));
}

/// An error of writing the temporary file.
pub(crate) fn cannot_write(error: io::Error) -> Error {
    Error::io("cannot write a temporary file beside it", error)
}

/// As long for any song: a name of 255 bytes is one, too.
fn beside(song: &Path) -> PathBuf {
    let name = song.file_name().unwrap_or_default();
    let digest = Sha256::digest(name.as_encoded_bytes());
    let digest = digest.get(..DIGITS / 2).unwrap_or_default();
    song.with_file_name(format!("{PREFIX}{}{SUFFIX}", HEXLOWER.encode(digest)))
}

/// Fails where anything of that name is there, a link to nowhere too. Nobody else may
/// look into the file before it has the old one's mode.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.read(true).write(true).create_new(true).open(path)
}

/// What is left at a temporary file's place.
enum Left {
    Nothing,
    /// A file that a living process has.
    InUse,
    /// What is none of ours, or somebody else's to remove.
    Other,
}

/// Removes the file at `path` where no living process has it: whoever has the lock on a
/// file that still has its name is alone with it.
fn remove(path: &Path) -> Left {
    let none_is_there = |error: &io::Error| match error.kind() {
        io::ErrorKind::NotFound => Left::Nothing,
        _ => Left::Other,
    };
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => {}
        // Not ours; and to open a pipe would wait for ever.
        Ok(_) => return Left::Other,
        Err(error) => return none_is_there(&error),
    }
    match File::open(path) {
        Ok(file) if file.try_lock().is_err() => Left::InUse,
        // Its writer may have renamed it while we waited for the lock.
        Ok(file) if !is_at(&file, path) || fs::remove_file(path).is_ok() => Left::Nothing,
        Ok(_) => Left::Other,
        Err(error) => none_is_there(&error),
    }
}

fn in_the_way(path: &Path) -> Error {
    let path = path.display();
    let what = format!("{path} stands where a temporary file has to be: remove it");
    Error::new(ErrorKind::Io, what)
}

/// Whether `file` is what stands at `path`.
fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(file), Ok(found)) = (file.metadata(), fs::symlink_metadata(path)) else {
        return false;
    };
    inode(&file) == inode(&found)
}

/// Which file it is, whatever it is called.
#[cfg(unix)]
pub(crate) fn inode(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
pub(crate) fn inode(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_file_that_lost_its_name_takes_no_place() -> Result<(), Box<dyn std::error::Error>>
    {
        let folder = tempfile::tempdir()?;
        let song = folder.path().join("song");
        let temporary = Temporary::beside(&song)?;
        let path = temporary.path.clone();
        assert!(temporary.refuse_lost().is_ok());
        fs::remove_file(&path)?;
        let lost = |temporary: &Temporary| temporary.refuse_lost().err().map(|error| error.kind());
        assert_eq!(lost(&temporary), Some(ErrorKind::Changed));
        fs::write(&path, "another's")?;
        assert_eq!(lost(&temporary), Some(ErrorKind::Changed));
        drop(temporary);
        assert_eq!(fs::read(&path)?, b"another's");
        Ok(())
    }

    #[test]
    fn one_song_has_one_writer_and_a_leftover_is_in_nobodys_way()
    -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let song = folder.path().join("song");
        let kind = |song: &Path| Temporary::beside(song).err().map(|error| error.kind());
        let writer = Temporary::beside(&song)?;
        let path = writer.path.clone();
        assert!(path.file_name().is_some_and(is_temporary));
        assert_eq!(kind(&song), Some(ErrorKind::Changed));
        assert!(writer.refuse_lost().is_ok());
        assert_eq!(kind(&folder.path().join("other")), None);
        drop(writer);
        assert!(!path.exists());

        fs::write(&path, "left by a kill")?;
        sweep(&song);
        assert!(!path.exists());
        fs::write(&path, "left by a kill")?;
        assert_eq!(kind(&song), None);
        fs::create_dir(&path)?;
        sweep(&song);
        assert_eq!(kind(&song), Some(ErrorKind::Io));
        assert!(path.is_dir());
        assert_eq!(
            kind(&folder.path().join("no folder/song")),
            Some(ErrorKind::Io)
        );
        Ok(())
    }

    #[test]
    fn only_names_of_ours_are_temporary() {
        let digits = "0123456789abcdef0123456789abcdef";
        let is_ours = |name: &str| is_temporary(OsStr::new(name));
        assert!(is_ours(&format!(".noai-audio-{digits}.tmp")));
        for name in [
            format!(".noai-audio-{digits}0.tmp"),
            format!(".noai-audio-{}.tmp", digits.replace('f', "")),
            format!(".noai-audio-{}.tmp", digits.replace('f', "F")),
            format!(".noai-audio-{}.tmp", digits.replace('f', "g")),
            format!(".noai-audio-{digits}"),
            format!("{digits}.tmp"),
            ".noai-audio-.tmp".to_owned(),
            "song.mp3".to_owned(),
        ] {
            assert!(!is_ours(&name), "{name}");
        }
    }
}
