//! What a check does to a file, done in memory.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use noai_audio::{Declaration, EmbedOptions, Error, Essence};
use tempfile::TempDir;

use crate::common::{Outcome, ensure};

pub(crate) fn embed(
    bytes: &[u8],
    declaration: &Declaration,
    notice: bool,
) -> Result<Option<Vec<u8>>, Error> {
    options(notice).embed_bytes(bytes, declaration)
}

pub(crate) fn strip(bytes: &[u8]) -> Result<(Option<Vec<u8>>, bool), Error> {
    EmbedOptions::new().strip_bytes(bytes)
}

pub(crate) fn essence(bytes: &[u8]) -> Result<Essence, Error> {
    noai_audio::fuzzing::essence(bytes)
}

fn options(notice: bool) -> EmbedOptions {
    let mut options = EmbedOptions::new();
    options.replace(true).notice(notice).content_code(false);
    options
}

/// A file that holds these bytes, in a folder that this program keeps.
pub(crate) fn on_disk<T>(bytes: &[u8], work: impl FnOnce(&Path) -> Outcome<T>) -> Outcome<T> {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("a folder for a file"));
    let path = folder.path().join("song");
    fs::write(&path, bytes)?;
    work(&path)
}

/// A file on disk becomes what the same bytes become in memory.
pub(crate) fn disk(bytes: &[u8]) -> Outcome {
    let declaration = noai_audio::Declaration::from(noai_audio::Preset::NoAi);
    let notice = bytes.len().is_multiple_of(2);
    on_disk(bytes, |path| {
        let planned = embed(bytes, &declaration, notice);
        let done = options(notice).embed(path, &declaration);
        let now = fs::read(path)?;
        let expected = match &planned {
            Ok(Some(new)) => new.as_slice(),
            Ok(None) | Err(_) => bytes,
        };
        ensure(now == expected && done.is_ok() == planned.is_ok(), || {
            "on disk it becomes something else".to_owned()
        })?;
        let planned = strip(&now);
        let done = noai_audio::strip(path);
        let then = fs::read(path)?;
        let expected = match &planned {
            Ok((Some(new), _)) => new.as_slice(),
            Ok((None, _)) | Err(_) => now.as_slice(),
        };
        ensure(then == expected && done.is_ok() == planned.is_ok(), || {
            "stripped on disk it becomes something else".to_owned()
        })?;
        let folder = path.parent().ok_or("no folder")?;
        ensure(fs::read_dir(folder)?.count() == 1, || {
            "a temporary file is left".to_owned()
        })
    })
}
