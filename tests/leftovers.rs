//! What becomes of a temporary file whose writer was killed, and of two at work at once?

#![cfg(unix)]

mod common;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{Outcome, Shelf, Song, TONES, corpus, ensure, fail, hex, no_ai, program, sha256};
use noai_audio::{EmbedOptions, ErrorKind, Status};
use serde_json::Value;

/// Where the new file for a song grows.
fn temporary(song: &Path) -> Outcome<PathBuf> {
    let name = song.file_name().ok_or("no name")?;
    let digest = hex(&sha256(name.as_encoded_bytes()));
    let digest = digest.get(..32).ok_or("short")?;
    Ok(song.with_file_name(format!(".noai-audio-{digest}.tmp")))
}

/// Half a file, as a kill leaves it.
fn leave_behind(song: &Song) -> Outcome<PathBuf> {
    let path = temporary(song.path())?;
    fs::write(&path, song.original().get(..100).unwrap_or_default())?;
    Ok(path)
}

fn kind<T>(result: Result<T, noai_audio::Error>) -> Option<ErrorKind> {
    result.err().map(|error| error.kind())
}

#[test]
fn the_next_run_removes_what_a_killed_one_left() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.mp3")?;
    let left = leave_behind(&song)?;
    assert_eq!(song.strip()?.status, Status::Unchanged);
    assert!(!left.exists(), "by a strip that changes nothing");
    leave_behind(&song)?;
    assert_eq!(song.tag()?.status, Status::Changed);
    assert!(!left.exists(), "by an embed");
    leave_behind(&song)?;
    assert_eq!(song.tag()?.status, Status::Unchanged);
    assert!(!left.exists(), "by an embed that changes nothing");
    leave_behind(&song)?;
    assert_eq!(song.strip()?.status, Status::Changed);
    assert!(!left.exists(), "by a strip");
    assert!(song.is_original()?);
    Ok(())
}

#[test]
fn whoever_only_looks_removes_nothing() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.mp3")?;
    let left = leave_behind(&song)?;
    EmbedOptions::new()
        .dry_run(true)
        .embed(song.path(), &no_ai())?;
    EmbedOptions::new().dry_run(true).strip(song.path())?;
    song.read()?;
    song.verify()?;
    song.identify()?;
    assert!(left.exists());
    Ok(())
}

#[test]
fn what_another_process_writes_is_left_alone() -> Outcome {
    let shelf = Shelf::new()?;
    let (song, other) = (shelf.song("clean/sine.mp3")?, shelf.song("clean/sine.wav")?);
    let left = leave_behind(&song)?;
    let writer = File::open(&left)?;
    writer.try_lock()?;
    assert_eq!(kind(song.tag()), Some(ErrorKind::Changed));
    assert_eq!(kind(other.tag()), None, "another song is no concern of it");
    assert!(song.is_original()? && left.exists());
    drop(writer);
    assert_eq!(song.tag()?.status, Status::Changed);
    assert!(!left.exists());
    Ok(())
}

#[test]
fn what_is_no_leftover_is_never_opened_nor_removed() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.flac")?;
    let precious = shelf.put("precious.txt", "all that I have")?;
    let place = temporary(song.path())?;
    symlink(precious.path(), &place)?;
    let in_the_way = |what: &str| -> Outcome {
        let error = song.tag().err().ok_or("it was tagged")?;
        assert_eq!(error.kind(), ErrorKind::Io, "{what}");
        let place = place.display().to_string();
        assert!(error.reason().contains(&place), "{what}: {error}");
        Ok(())
    };
    in_the_way("a link")?;
    fs::remove_file(&place)?;
    symlink("nowhere", &place)?;
    in_the_way("a dangling link")?;
    assert!(!shelf.path().join("nowhere").exists());
    fs::remove_file(&place)?;
    fs::create_dir(&place)?;
    in_the_way("a folder")?;
    fs::remove_dir(&place)?;
    assert!(Command::new("mkfifo").arg(&place).status()?.success());
    in_the_way("a pipe")?;
    assert!(fs::symlink_metadata(&place)?.file_type().is_fifo());
    assert!(song.is_original()? && precious.is_original()?);
    Ok(())
}

/// An album with every format, several times over.
fn album(shelf: &Shelf, copies: usize) -> Outcome<BTreeMap<OsString, Song>> {
    let mut songs = BTreeMap::new();
    for name in TONES {
        for copy in 0..copies {
            let own = OsString::from(format!("{copy}-{name}"));
            songs.insert(own.clone(), shelf.song_as(&format!("clean/{name}"), &own)?);
        }
    }
    Ok(songs)
}

/// Runs these programs over the folder at the same time, and gives the lines of each.
fn at_once(programs: &[&str], folder: &Path) -> Outcome<Vec<Vec<Value>>> {
    let mut running = Vec::new();
    for name in programs {
        let mut command = Command::new(program(name)?);
        command.args(["--json", "--jobs", "2"]).arg(folder);
        running.push(
            command
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()?,
        );
    }
    let mut all = Vec::new();
    for child in running {
        let done = child.wait_with_output()?;
        let said = String::from_utf8_lossy(&done.stderr);
        ensure(matches!(done.status.code(), Some(0 | 3)), || {
            said.into_owned()
        })?;
        let lines = String::from_utf8(done.stdout)?;
        all.push(
            lines
                .lines()
                .map(serde_json::from_str)
                .collect::<Result<_, _>>()?,
        );
    }
    Ok(all)
}

/// Every line is a success or says that another process was faster.
fn only_changed(lines: &[Value]) -> Outcome {
    for line in lines {
        let kind = line.pointer("/error/kind").and_then(Value::as_str);
        ensure(matches!(kind, None | Some("changed")), || line.to_string())?;
    }
    Ok(())
}

#[test]
fn two_processes_tag_a_folder_at_once() -> Outcome {
    let single = Shelf::new()?;
    let expected = album(&single, 1)?;
    at_once(&["tag_folder"], single.path())?;
    for _ in 0..4 {
        let shelf = Shelf::new()?;
        let songs = album(&shelf, 6)?;
        let lines = at_once(&["tag_folder", "tag_folder", "tag_folder"], shelf.path())?;
        for (name, song) in &songs {
            let plain = name.to_string_lossy();
            let (_, plain) = plain.split_once('-').ok_or("no copy")?;
            let one = OsString::from(format!("0-{plain}"));
            let bytes = expected.get(&one).ok_or("unknown")?.bytes()?;
            ensure(song.bytes()? == bytes, || format!("{name:?} is another"))?;
            let tagged = lines.iter().flatten().filter(|line| {
                line["path"]
                    .as_str()
                    .is_some_and(|p| p.ends_with(&*name.to_string_lossy()))
                    && line["status"] == "tagged"
            });
            assert_eq!(tagged.count(), 1, "{name:?}");
        }
        for lines in &lines {
            only_changed(lines)?;
        }
        assert_eq!(shelf.names()?, songs.keys().cloned().collect::<Vec<_>>());
    }
    Ok(())
}

#[test]
fn one_process_tags_while_another_strips() -> Outcome {
    for _ in 0..4 {
        let shelf = Shelf::new()?;
        let songs = album(&shelf, 6)?;
        at_once(&["tag_folder"], shelf.path())?;
        let mut tagged = BTreeMap::new();
        for (name, song) in &songs {
            tagged.insert(name, song.bytes()?);
        }
        let lines = at_once(
            &["strip_folder", "tag_folder", "strip_folder"],
            shelf.path(),
        )?;
        for lines in &lines {
            only_changed(lines)?;
        }
        for (name, song) in &songs {
            let now = song.bytes()?;
            if now != song.original() && Some(&now) != tagged.get(name) {
                return fail(format!("{name:?} is neither"));
            }
        }
        assert_eq!(shelf.names()?, songs.keys().cloned().collect::<Vec<_>>());
    }
    Ok(())
}

/// A disk of this many kilobytes, gone with the value.
struct Disk {
    shelf: Shelf,
}

impl Disk {
    fn of(kilobytes: u64) -> Outcome<Disk> {
        let shelf = Shelf::new()?;
        let size = format!("size={kilobytes}k");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "noai-audio-test"])
            .arg(shelf.path())
            .status()?;
        ensure(mounted.success(), || "mount: needs root".to_owned())?;
        Ok(Disk { shelf })
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.shelf.path()).status();
    }
}

#[test]
#[ignore = "needs root, to mount small disks"]
fn a_full_disk_leaves_the_old_file() -> Outcome {
    for name in TONES {
        let mut failed = 0;
        // One page more is free each time, until the new file fits.
        for free in 0.. {
            let disk = Disk::of(512)?;
            let song = disk.shelf.song(&format!("clean/{name}"))?;
            let rest = (512 << 10) - song.original().len().next_multiple_of(4096);
            disk.shelf.put("fill", vec![1; rest - free * 4096])?;
            match song.tag() {
                Ok(_) => break,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Io, "{name}: {error}");
                    assert!(song.is_original()?, "{name}");
                    assert_eq!(disk.shelf.names()?.len(), 2, "{name}: left behind");
                    failed += 1;
                }
            }
        }
        assert!(failed > 0, "{name}: the disk was never full");
    }
    Ok(())
}

#[test]
#[ignore = "needs root, to mount small disks"]
fn a_disk_without_room_for_a_name_leaves_the_old_file() -> Outcome {
    let disk = Disk::of(64)?;
    let song = disk.shelf.song("clean/sine.mp3")?;
    let options = "remount,nr_inodes=3";
    let mounted = Command::new("mount")
        .args(["-o", options])
        .arg(disk.shelf.path())
        .status()?;
    assert!(mounted.success());
    while disk
        .shelf
        .put(format!("{}", disk.shelf.names()?.len()), "")
        .is_ok()
    {}
    assert_eq!(kind(song.tag()), Some(ErrorKind::Io));
    assert!(song.is_original()?);
    let folder = disk.shelf.path().to_owned();
    let mounted = Command::new("mount")
        .args(["-o", "remount,ro"])
        .arg(&folder)
        .status()?;
    assert!(mounted.success());
    assert_eq!(kind(song.tag()), Some(ErrorKind::Io), "mounted read-only");
    assert_eq!(song.bytes()?, fs::read(corpus().join("clean/sine.mp3"))?);
    Ok(())
}
