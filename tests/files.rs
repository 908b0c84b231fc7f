//! What stays of a file besides its bytes, and what a folder job does.

#![cfg(unix)]

mod common;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, FileTimes, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use common::{Outcome, Shelf, Song, corpus, ledger, no_ai};
use noai_audio::{Batch, EmbedOptions, ErrorKind, Format, Limits, Status};

/// What the file system says of a file, the inode apart.
type Kept = (u32, u32, u32, SystemTime);

fn kept(path: &Path) -> Outcome<Kept> {
    let data = fs::metadata(path)?;
    Ok((data.mode(), data.uid(), data.gid(), data.modified()?))
}

/// Sets the time of modification far back.
fn date_back(song: &Song) -> Outcome {
    let past = SystemTime::UNIX_EPOCH + Duration::new(1_000_000_000, 123_456_789);
    let file = fs::File::options().write(true).open(song.path())?;
    Ok(file.set_times(FileTimes::new().set_modified(past).set_accessed(past))?)
}

fn is_root() -> Outcome<bool> {
    Ok(fs::metadata(Shelf::new()?.path())?.uid() == 0)
}

#[test]
fn mode_and_time_stay() -> Outcome {
    let mut modes = vec![0o600, 0o644, 0o755, 0o660, 0o4755, 0o2755, 0o1644, 0o7777];
    if is_root()? {
        // Whom nothing keeps from reading what nobody may read, or write.
        modes.extend([0o200, 0o202]);
    }
    for mode in modes {
        let shelf = Shelf::new()?;
        let song = shelf.song("clean/sine.mp3")?;
        fs::set_permissions(song.path(), Permissions::from_mode(mode))?;
        date_back(&song)?;
        let before = kept(song.path())?;
        song.tag()?;
        assert_eq!(kept(song.path())?, before, "{mode:o} after embed");
        song.strip()?;
        assert_eq!(kept(song.path())?, before, "{mode:o} after strip");
        assert_eq!(shelf.names()?, ["sine.mp3"]);
    }
    Ok(())
}

#[test]
fn the_time_of_access_stays() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.ogg")?;
    date_back(&song)?;
    let before = fs::metadata(song.path())?.accessed()?;
    song.tag()?;
    assert_eq!(fs::metadata(song.path())?.accessed()?, before);
    song.strip()?;
    assert_eq!(fs::metadata(song.path())?.accessed()?, before);
    Ok(())
}

#[test]
fn the_time_changes_where_that_is_asked_for() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.flac")?;
    date_back(&song)?;
    let before = song.modified()?;
    EmbedOptions::new()
        .keep_mtime(false)
        .embed(song.path(), &no_ai())?;
    assert!(song.modified()? > before + Duration::from_secs(3600));
    Ok(())
}

#[test]
fn the_owner_stays() -> Outcome {
    if !is_root()? {
        // Only root can give a file to somebody else.
        return Ok(());
    }
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.m4a")?;
    chown(song.path(), Some(12345), Some(12345))?;
    // A change of owner takes the set-user-ID bit away: it has to be set behind it.
    fs::set_permissions(song.path(), Permissions::from_mode(0o4640))?;
    let before = kept(song.path())?;
    assert_eq!((before.1, before.2), (12345, 12345));
    song.tag()?;
    assert_eq!(kept(song.path())?, before);
    song.strip()?;
    assert_eq!(kept(song.path())?, before);
    Ok(())
}

#[test]
fn extended_attributes_stay() -> Outcome {
    let shelf = Shelf::on_disk()?;
    let song = shelf.song("clean/sine.wav")?;
    let attributes = [
        ("user.noai.plain", &b"text"[..]),
        ("user.noai.raw", b"\0\xff\n"),
        ("user.noai.empty", b""),
    ];
    for (name, value) in attributes {
        xattr::set(song.path(), name, value)?;
    }
    for _ in 0..2 {
        song.tag()?;
        song.strip()?;
        for (name, value) in attributes {
            assert_eq!(
                xattr::get(song.path(), name)?.as_deref(),
                Some(value),
                "{name}"
            );
        }
        assert_eq!(xattr::list(song.path())?.count(), attributes.len());
    }
    Ok(())
}

#[test]
fn many_and_large_attributes_stay() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.flac")?;
    let mut attributes = Vec::new();
    for number in 0..100 {
        attributes.push((format!("user.noai.{number}"), vec![number; 20]));
    }
    attributes.push(("user.noai.large".to_owned(), vec![7; 30_000]));
    for (name, value) in &attributes {
        if xattr::set(song.path(), name, value).is_err() {
            // Not every file system has room for as many.
            return Ok(());
        }
    }
    song.tag()?;
    for (name, value) in &attributes {
        assert_eq!(
            xattr::get(song.path(), name)?.as_ref(),
            Some(value),
            "{name}"
        );
    }
    assert_eq!(xattr::list(song.path())?.count(), attributes.len());
    Ok(())
}

/// The ACL of a path as getfacl prints it, without its name.
fn acl(path: &Path) -> Outcome<String> {
    let done = Command::new("getfacl")
        .args(["-c", "-n", "-p"])
        .arg(path)
        .output()?;
    Ok(String::from_utf8(done.stdout)?)
}

#[test]
#[ignore = "needs getfacl and setfacl (Debian package acl)"]
fn access_lists_stay_and_none_comes() -> Outcome {
    let set = |options: &[&str], path: &Path| -> Outcome {
        let done = Command::new("setfacl").args(options).arg(path).status()?;
        assert!(done.success(), "setfacl {options:?}");
        Ok(())
    };
    let shelf = Shelf::on_disk()?;
    let (with, without) = (
        shelf.song("clean/sine.mp3")?,
        shelf.song("clean/sine.flac")?,
    );
    set(&["-m", "u:12345:r,g:54321:rw,m::r"], with.path())?;
    // Whatever is new in the folder from now on can be read by somebody else, too.
    set(&["-d", "-m", "u:23456:rw"], shelf.path())?;
    for song in [&with, &without] {
        let before = (acl(song.path())?, kept(song.path())?);
        song.tag()?;
        assert_eq!(
            (acl(song.path())?, kept(song.path())?),
            before,
            "after embed"
        );
        song.strip()?;
        assert_eq!(
            (acl(song.path())?, kept(song.path())?),
            before,
            "after strip"
        );
    }
    assert!(acl(with.path())?.contains("user:12345:r--"));
    assert!(
        !acl(without.path())?.contains("user:23456"),
        "{}",
        acl(without.path())?
    );
    Ok(())
}

#[test]
fn a_symbolic_link_is_followed_and_stays_one() -> Outcome {
    let (shelf, other) = (Shelf::new()?, Shelf::new()?);
    let song = shelf.song("clean/sine.opus")?;
    let chain = [
        other.path().join("first.opus"),
        other.path().join("second.opus"),
    ];
    let [first, second] = &chain;
    symlink(song.path(), first)?;
    symlink("first.opus", second)?;
    assert_eq!(noai_audio::embed(second, &no_ai())?.status, Status::Changed);
    assert!(!song.is_original()?);
    for link in &chain {
        assert!(fs::symlink_metadata(link)?.is_symlink());
    }
    assert_eq!(fs::read_link(first)?, song.path());
    assert_eq!(other.names()?.len(), 2);
    noai_audio::strip(second)?;
    assert!(song.is_original()?);
    Ok(())
}

/// Refused with `kind`, without a trace; and done where the options permit it.
fn needs(song: &Song, shelf: &Shelf, permitted: &EmbedOptions) -> Outcome {
    let (before, names) = (kept(song.path())?, shelf.names()?);
    let error = song.tag().map(|_| ()).map_err(|error| error.kind());
    assert_eq!(error, Err(ErrorKind::Protected));
    assert!(song.is_original()?);
    assert_eq!(
        (kept(song.path())?, shelf.names()?),
        (before, names.clone())
    );
    assert_eq!(
        permitted.embed(song.path(), &no_ai())?.status,
        Status::Changed
    );
    let tagged = song.bytes()?;
    let error = song.strip().map(|_| ()).map_err(|error| error.kind());
    assert_eq!(kept(song.path())?.0, before.0, "another mode");
    if error == Err(ErrorKind::Protected) {
        assert_eq!(song.bytes()?, tagged);
        assert!(permitted.strip(song.path())?.exact);
    } else {
        // Behind the rename nothing stands in the way any more.
        assert_eq!(error, Ok(()));
    }
    assert!(song.is_original()?);
    assert_eq!(shelf.names()?, names);
    Ok(())
}

#[test]
fn a_file_with_two_names_is_refused_unless_permitted() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.mp3")?;
    let other = shelf.path().join("other.mp3");
    fs::hard_link(song.path(), &other)?;
    needs(&song, &shelf, EmbedOptions::new().hard_links(true))?;
    assert_eq!(
        fs::read(&other)?,
        song.original(),
        "the other name shows the old file"
    );
    Ok(())
}

#[test]
fn a_read_only_file_is_refused_unless_permitted() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.ogg")?;
    fs::set_permissions(song.path(), Permissions::from_mode(0o444))?;
    needs(&song, &shelf, EmbedOptions::new().read_only(true))?;
    assert_eq!(kept(song.path())?.0 & 0o777, 0o444);
    Ok(())
}

#[test]
fn a_file_with_a_manifest_is_refused_unless_permitted() -> Outcome {
    let cases = ledger::cases()?;
    let protected: Vec<_> = cases
        .iter()
        .filter(|case| case.expected == ledger::Expected::Refused("protected".to_owned()))
        .collect();
    assert!(protected.len() >= 4);
    for case in protected {
        let shelf = Shelf::new()?;
        let song = shelf.song(&case.path)?;
        needs(&song, &shelf, EmbedOptions::new().c2pa(true))
            .map_err(|e| format!("{}: {e}", case.path))?;
    }
    Ok(())
}

#[test]
fn a_folder_that_cannot_be_written_leaves_the_file_alone() -> Outcome {
    if is_root()? {
        // Nothing stops root from writing there.
        return Ok(());
    }
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.mp3")?;
    fs::set_permissions(shelf.path(), Permissions::from_mode(0o555))?;
    let error = song.tag().map(|_| ()).map_err(|error| error.kind());
    fs::set_permissions(shelf.path(), Permissions::from_mode(0o755))?;
    assert_eq!(error, Err(ErrorKind::Io));
    assert!(song.is_original()?);
    Ok(())
}

#[test]
fn what_is_no_file_is_an_error() -> Outcome {
    let shelf = Shelf::new()?;
    let kind = |path: &Path| {
        noai_audio::embed(path, &no_ai())
            .map(|_| ())
            .map_err(|error| error.kind())
    };
    assert_eq!(kind(&shelf.path().join("nothing.mp3")), Err(ErrorKind::Io));
    assert_eq!(kind(shelf.path()), Err(ErrorKind::NotAudio));
    symlink("nothing.mp3", shelf.path().join("dangling.mp3"))?;
    assert_eq!(kind(&shelf.path().join("dangling.mp3")), Err(ErrorKind::Io));
    Ok(())
}

#[test]
fn a_dry_run_writes_nothing() -> Outcome {
    for name in [
        "clean/sine.mp3",
        "clean/sine.flac",
        "clean/sine.ogg",
        "clean/sine.m4a",
        "clean/sine.wav",
        "clean/sine.aiff",
    ] {
        let shelf = Shelf::new()?;
        let song = shelf.song(name)?;
        let inode = fs::metadata(song.path())?.ino();
        let mut dry = EmbedOptions::new();
        dry.dry_run(true);
        assert_eq!(dry.embed(song.path(), &no_ai())?.status, Status::Changed);
        assert_eq!(dry.strip(song.path())?.status, Status::Unchanged);
        assert!(song.is_original()?);
        assert_eq!(fs::metadata(song.path())?.ino(), inode);
        song.tag()?;
        let tagged = song.bytes()?;
        assert_eq!(dry.embed(song.path(), &no_ai())?.status, Status::Unchanged);
        assert_eq!(dry.strip(song.path())?.status, Status::Changed);
        assert_eq!(song.bytes()?, tagged);
        assert_eq!(shelf.names()?.len(), 1);
    }
    Ok(())
}

#[test]
fn limits_are_kept() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("tagged/mutagen-v23.mp3")?;
    let few = Limits {
        parts: 1,
        ..Limits::default()
    };
    let error = EmbedOptions::new()
        .limits(few)
        .embed(song.path(), &no_ai())
        .map(|_| ());
    assert_eq!(error.map_err(|error| error.kind()), Err(ErrorKind::Limit));
    let song = shelf.song("clean/sine.ogg")?;
    let small = Limits {
        held_tag: 10,
        ..Limits::default()
    };
    let error = EmbedOptions::new()
        .limits(small)
        .embed(song.path(), &no_ai())
        .map(|_| ());
    assert_eq!(error.map_err(|error| error.kind()), Err(ErrorKind::Limit));
    assert!(song.is_original()?);
    Ok(())
}

/// What a batch gave for each file, relative to the shelf.
type Results = Vec<(PathBuf, Option<Format>, Result<Status, ErrorKind>)>;

fn tag_all(batch: &Batch, shelf: &Shelf) -> Outcome<(Results, usize, usize)> {
    let mut results = Vec::new();
    let summary = batch.run(
        |path| noai_audio::embed(path, &no_ai()),
        |item| {
            let path = item.path.strip_prefix(shelf.path()).map(Path::to_owned);
            let result = item
                .result
                .map(|done| done.status)
                .map_err(|error| error.kind());
            results.push((path, item.format, result));
        },
    );
    let results = results
        .into_iter()
        .map(|(path, format, result)| Ok((path?, format, result)));
    Ok((
        results.collect::<Outcome<Results>>()?,
        summary.audio,
        summary.skipped,
    ))
}

/// A shelf with folders, names that hurt, files that are refused and files that are no audio.
fn mixed() -> Outcome<Shelf> {
    let shelf = Shelf::new()?;
    let raw = OsStr::from_bytes(b"not utf-8 \xff\xfe.flac");
    shelf.song_as("clean/sine.flac", raw)?;
    shelf.song_as("clean/sine.mp3", "b/new\nline.mp3")?;
    shelf.song_as("clean/sine.wav", "b/-rf.wav")?;
    shelf.song_as("clean/sine.ogg", "a/deep/er/sine.ogg")?;
    shelf.song_as("broken/data-beyond-end.wav", "a/cut.wav")?;
    shelf.song_as("broken/noai.mp3", "a/theirs.mp3")?;
    shelf.song_as("broken/text.txt", "a/text.txt")?;
    shelf.song_as("broken/png.mp3", "a/cover.mp3")?;
    shelf.song_as("clean/sine.aiff", "a.aiff")?;
    Ok(shelf)
}

#[test]
fn a_batch_goes_in_path_order_to_the_end() -> Outcome {
    let shelf = mixed()?;
    let changed = Ok(Status::Changed);
    let expected: Results = vec![
        ("a/cut.wav".into(), None, Err(ErrorKind::Malformed)),
        ("a/deep/er/sine.ogg".into(), Some(Format::Ogg), changed),
        (
            "a/theirs.mp3".into(),
            Some(Format::Mp3),
            Err(ErrorKind::Conflict),
        ),
        ("a.aiff".into(), Some(Format::Aiff), changed),
        ("b/-rf.wav".into(), Some(Format::Wav), changed),
        ("b/new\nline.mp3".into(), Some(Format::Mp3), changed),
        (
            OsStr::from_bytes(b"not utf-8 \xff\xfe.flac").into(),
            Some(Format::Flac),
            changed,
        ),
    ];
    let batch = Batch::new([shelf.path()]).jobs(1);
    assert_eq!(batch.count(), 9);
    let (results, audio, skipped) = tag_all(&batch, &shelf)?;
    assert_eq!(results, expected);
    assert_eq!((audio, skipped), (7, 2));
    let (again, ..) = tag_all(&batch, &shelf)?;
    let unchanged = again
        .iter()
        .filter(|(_, _, result)| *result == Ok(Status::Unchanged));
    assert_eq!(unchanged.count(), 5);
    Ok(())
}

#[test]
fn several_jobs_give_the_same_as_one() -> Outcome {
    let (one, many) = (mixed()?, mixed()?);
    for (index, case) in ledger::cases()?
        .iter()
        .enumerate()
        .filter(|(index, _)| index % 5 == 0)
    {
        for shelf in [&one, &many] {
            shelf.song_as(&case.path, format!("more/{index}"))?;
        }
    }
    let first = tag_all(&Batch::new([one.path()]).jobs(1), &one)?;
    assert!(first.0.len() > 50);
    for jobs in [2, 7, 0] {
        let results = tag_all(&Batch::new([many.path()]).jobs(jobs), &many)?;
        if jobs == 2 {
            assert_eq!(results, first);
        }
        assert!(results.0.is_sorted_by_key(|(path, ..)| path.clone()));
        assert_eq!(results.0.len(), first.0.len());
    }
    for (path, ..) in &first.0 {
        assert_eq!(
            fs::read(one.path().join(path))?,
            fs::read(many.path().join(path))?,
            "{path:?}"
        );
    }
    Ok(())
}

#[test]
fn a_file_that_was_named_is_never_skipped() -> Outcome {
    let shelf = mixed()?;
    let text = shelf.path().join("a/text.txt");
    let gone = shelf.path().join("gone.mp3");
    let (results, audio, skipped) = tag_all(&Batch::new([&gone, &text]), &shelf)?;
    let expected: Results = vec![
        ("a/text.txt".into(), None, Err(ErrorKind::NotAudio)),
        ("gone.mp3".into(), None, Err(ErrorKind::Io)),
    ];
    assert_eq!(results, expected);
    assert_eq!((audio, skipped), (2, 0));
    Ok(())
}

#[test]
fn a_batch_leaves_formats_alone_and_counts_nothing_twice() -> Outcome {
    let shelf = mixed()?;
    let batch = Batch::new([
        shelf.path().to_owned(),
        shelf.path().join("b"),
        shelf.path().join("b/-rf.wav"),
    ]);
    assert_eq!(batch.count(), 9);
    let (results, audio, skipped) = tag_all(&batch.skip(Format::Wav).skip(Format::Mp3), &shelf)?;
    let formats: BTreeSet<&str> = results
        .iter()
        .filter_map(|(_, format, _)| Some(format.as_ref()?.name()))
        .collect();
    assert_eq!(formats, ["aiff", "flac", "ogg"].into());
    assert_eq!((audio, skipped), (4, 5));
    assert_eq!(
        fs::read(shelf.path().join("b/-rf.wav"))?,
        fs::read(corpus().join("clean/sine.wav"))?
    );
    Ok(())
}

#[test]
fn a_link_to_a_folder_is_not_followed() -> Outcome {
    let (shelf, other) = (Shelf::new()?, Shelf::new()?);
    let song = other.song("clean/sine.mp3")?;
    symlink(other.path(), shelf.path().join("folder"))?;
    symlink("..", shelf.path().join("loop"))?;
    let (results, ..) = tag_all(&Batch::new([shelf.path()]), &shelf)?;
    assert!(
        results.iter().all(|(_, _, result)| result.is_err()),
        "{results:?}"
    );
    assert!(song.is_original()?);
    Ok(())
}
