//! Every finding of the fuzzers stays found: each file against every check.

#![cfg(feature = "fingerprint")]

mod checks;
mod common;

use std::fs;
use std::path::Path;

use checks::Check;
use common::{Outcome, ensure};

/// What a check does to a file, done to one on a disk.
mod operations {
    use std::path::Path;

    use noai_audio::{Declaration, EmbedOptions, Error, Essence, Status};

    use crate::common::{Outcome, Shelf, ensure};

    /// The new bytes, or none where nothing changed.
    pub(crate) fn embed(
        bytes: &[u8],
        declaration: &Declaration,
        notice: bool,
    ) -> Result<Option<Vec<u8>>, Error> {
        let mut options = EmbedOptions::new();
        options.replace(true).notice(notice).content_code(false);
        changed(bytes, |path| {
            let embedded = options.embed(path, declaration)?;
            Ok((embedded.status, ()))
        })
        .map(|(new, ())| new)
    }

    /// The new bytes, or none where nothing of ours was there; and whether they are exact.
    pub(crate) fn strip(bytes: &[u8]) -> Result<(Option<Vec<u8>>, bool), Error> {
        changed(bytes, |path| {
            let stripped = noai_audio::strip(path)?;
            Ok((stripped.status, stripped.exact))
        })
    }

    pub(crate) fn essence(bytes: &[u8]) -> Outcome<Essence> {
        on_disk(bytes, |path| {
            let identity = noai_audio::identify(path)?;
            Ok(identity.essence.ok_or("no essence")?)
        })
    }

    pub(crate) fn on_disk<T>(bytes: &[u8], work: impl FnOnce(&Path) -> Outcome<T>) -> Outcome<T> {
        let shelf = Shelf::new()?;
        work(shelf.put("song", bytes)?.path())
    }

    fn changed<T>(
        bytes: &[u8],
        work: impl FnOnce(&Path) -> Result<(Status, T), Error>,
    ) -> Result<(Option<Vec<u8>>, T), Error> {
        let shelf = Shelf::new().unwrap_or_else(|error| unreachable!("{error}"));
        let song = shelf.put("song", bytes);
        let song = song.unwrap_or_else(|error| unreachable!("{error}"));
        let done = work(song.path());
        let now = song.bytes().unwrap_or_else(|error| unreachable!("{error}"));
        let is_changed = matches!(done, Ok((Status::Changed, _)));
        assert!(is_changed || now == bytes, "not changed, and changed");
        let names = shelf.names().unwrap_or_default();
        ensure(names.len() == 1, || format!("left behind: {names:?}"))
            .unwrap_or_else(|error| unreachable!("{error}"));
        done.map(|(_, told)| (is_changed.then_some(now), told))
    }
}

#[test]
fn no_finding_comes_back() -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regressions");
    let mut failed = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let bytes = fs::read(&path)?;
        for check in Check::ALL {
            if let Err(error) = check.hold(&bytes) {
                failed.push(format!("{}: {}: {error}", path.display(), check.name()));
            }
        }
    }
    ensure(failed.is_empty(), || failed.join("\n"))
}
