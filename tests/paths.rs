//! Do names, paths and folders that hurt do harm?

#![cfg(target_os = "linux")]

mod common;

use std::ffi::{OsStr, OsString};
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output};

use common::{Outcome, Shelf, corpus, ensure, no_ai, program};
use noai_audio::{Batch, ErrorKind, Status};

/// Somebody without rights.
const NOBODY: u32 = 65534;

fn names() -> Vec<OsString> {
    let long = |end: &str| format!("{}{end}", "n".repeat(255 - end.len()));
    let mut names: Vec<OsString> = [
        "new\nline.mp3",
        "\u{1b}[31mred\u{1b}]0;title\u{7}.mp3",
        "tab\tand\u{8}backspace.mp3",
        "right\u{202e}3pm.to.left.mp3",
        " leading and trailing space ",
        "-rf.mp3",
        "--json",
        "~",
        "a\\b.mp3",
        "*?[$(id)`id`].mp3",
        ".hidden.mp3",
        "...",
    ]
    .map(OsString::from)
    .to_vec();
    names.push(long(".mp3").into());
    names.push(long("").into());
    names.push(OsStr::from_bytes(b"raw \xff\xc3\x28\x80.mp3").to_owned());
    names
}

#[test]
fn any_name_is_tagged_and_leaves_no_other() -> Outcome {
    for name in names() {
        let shelf = Shelf::new()?;
        let song = shelf.song_as("clean/sine.mp3", &name)?;
        assert_eq!(song.tag()?.status, Status::Changed, "{name:?}");
        assert_eq!(song.tag()?.status, Status::Unchanged, "{name:?}");
        assert!(song.strip()?.exact, "{name:?}");
        assert!(song.is_original()?, "{name:?}");
        assert_eq!(shelf.names()?, [name]);
    }
    Ok(())
}

fn output(name: &str, folder: &Path) -> Outcome<Output> {
    let mut command = Command::new(program(name)?);
    if name == "gate" {
        command.args(["--use", "search"]);
    }
    Ok(command.arg(folder).output()?)
}

#[test]
fn no_program_hands_a_name_to_the_terminal_as_it_is() -> Outcome {
    let shelf = Shelf::new()?;
    for name in names() {
        // One that is refused, so that every program has something to say of it.
        shelf.song_as("broken/ai-consent.mp3", &name)?;
    }
    let harmful = |text: &str| {
        let direction = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        text.chars()
            .any(|c| c.is_control() && c != '\n' || direction(c))
    };
    for name in [
        "tag_folder",
        "strip_folder",
        "show",
        "gate",
        "verify_folder",
        "identify",
    ] {
        let done = output(name, shelf.path())?;
        for text in [done.stdout, done.stderr] {
            let text = String::from_utf8(text).map_err(|_| format!("{name}: no UTF-8"))?;
            ensure(!harmful(&text), || format!("{name}: {text:?}"))?;
        }
    }
    Ok(())
}

#[test]
fn a_path_too_long_for_the_system_is_refused_or_worked_on() -> Outcome {
    let shelf = Shelf::new()?;
    let song = corpus().join("clean/sine.mp3");
    // By steps, as no call takes the whole path at once.
    let script = r#"
        step=$(printf '%0200d' 0)
        for _ in $(seq 25); do mkdir "$step" && cd -P "$step" || exit 9; done
        cp "$1" song.mp3 && "$2" --json ./song.mp3; status=$?
        cmp -s "$1" song.mp3 && [ "$(ls -A)" = song.mp3 ] || exit 9
        exit $status
    "#;
    let done = Command::new("bash")
        .args(["-c", script, "bash"])
        .arg(song)
        .arg(program("tag_folder")?)
        .current_dir(shelf.path())
        .output()?;
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(3), "{said}");
    assert!(said.contains("song.mp3: cannot open the file"), "{said}");
    Ok(())
}

/// What a batch says, path by path, below the shelf.
fn tag_all(shelf: &Shelf) -> Vec<(String, Result<Status, ErrorKind>)> {
    let mut results = Vec::new();
    Batch::new([shelf.path()]).run(
        |path| noai_audio::embed(path, &no_ai()),
        |item| {
            let path = item.path.strip_prefix(shelf.path()).unwrap_or(&item.path);
            let result = item.result.map(|done| done.status);
            results.push((path.display().to_string(), result.map_err(|e| e.kind())));
        },
    );
    results
}

#[test]
fn what_is_no_file_is_never_opened() -> Outcome {
    let shelf = Shelf::new()?;
    shelf.song("clean/sine.flac")?;
    let pipe = shelf.path().join("pipe.mp3");
    assert!(Command::new("mkfifo").arg(&pipe).status()?.success());
    let _socket = UnixListener::bind(shelf.path().join("socket.mp3"))?;
    symlink("/dev/zero", shelf.path().join("endless.mp3"))?;
    symlink("/dev/tty", shelf.path().join("terminal.mp3"))?;
    symlink("pipe.mp3", shelf.path().join("link-to-pipe.mp3"))?;
    let changed = ("sine.flac".to_owned(), Ok(Status::Changed));
    assert_eq!(tag_all(&shelf), [changed], "or it would wait for ever");
    let named = noai_audio::embed(&pipe, &no_ai()).map(|_| ());
    assert_eq!(named.map_err(|e| e.kind()), Err(ErrorKind::NotAudio));
    Ok(())
}

#[test]
fn links_that_lead_nowhere_or_round_are_told_and_end() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song_as("clean/sine.wav", "a/song.wav")?;
    for (target, link) in [
        ("nowhere.mp3", "dangling.mp3"),
        ("loop-b.mp3", "loop-a.mp3"),
        ("loop-a.mp3", "loop-b.mp3"),
        ("itself.mp3", "itself.mp3"),
        ("..", "a/up"),
        ("a", "same-folder"),
    ] {
        symlink(target, shelf.path().join(link))?;
    }
    let results = tag_all(&shelf);
    let io = |name: &str| (name.to_owned(), Err(ErrorKind::Io));
    for name in ["dangling.mp3", "itself.mp3", "loop-a.mp3", "loop-b.mp3"] {
        assert!(results.contains(&io(name)), "{name}: {results:?}");
    }
    let tagged = results.iter().filter(|(_, result)| result.is_ok()).count();
    assert_eq!(tagged, 1, "{results:?}");
    assert!(!song.is_original()?);
    Ok(())
}

/// Runs a program as somebody without rights, on a path in a shelf that he owns.
fn as_nobody(shelf: &Shelf, name: &str, path: &Path) -> Outcome<Output> {
    let own = shelf.path().join("program");
    fs::copy(program(name)?, &own)?;
    fs::set_permissions(&own, Permissions::from_mode(0o755))?;
    let is_root = fs::metadata(shelf.path())?.uid() == 0;
    let mut command = if is_root {
        fs::set_permissions(shelf.path(), Permissions::from_mode(0o755))?;
        let id = NOBODY.to_string();
        let mut command = Command::new("setpriv");
        command.args(["--clear-groups", "--reuid", &id, "--regid", &id]);
        command.arg(&own);
        command
    } else {
        Command::new(&own)
    };
    Ok(command.arg("--json").arg(path).output()?)
}

/// Gives a path away, with this mode.
fn give(path: &Path, mode: u32) -> Outcome {
    if fs::metadata(path)?.uid() == 0 {
        chown(path, Some(NOBODY), Some(NOBODY))?;
    }
    Ok(fs::set_permissions(path, Permissions::from_mode(mode))?)
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_done() -> Outcome {
    let shelf = Shelf::new()?;
    let fine = shelf.song_as("clean/sine.mp3", "album/fine.mp3")?;
    let secret = shelf.song_as("clean/sine.mp3", "album/secret.mp3")?;
    let inside = shelf.song_as("clean/sine.mp3", "album/closed/song.mp3")?;
    let fixed = shelf.song_as("clean/sine.mp3", "album/fixed/song.mp3")?;
    give(fine.path(), 0o640)?;
    give(secret.path(), 0o000)?;
    give(inside.path(), 0o640)?;
    give(fixed.path(), 0o640)?;
    let album = shelf.path().join("album");
    give(&album.join("closed"), 0o000)?;
    give(&album.join("fixed"), 0o555)?;
    give(&album, 0o755)?;
    let done = as_nobody(&shelf, "tag_folder", &album)?;
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    for folder in ["closed", "fixed"] {
        fs::set_permissions(album.join(folder), Permissions::from_mode(0o755))?;
    }
    fs::set_permissions(secret.path(), Permissions::from_mode(0o644))?;
    assert_eq!(done.status.code(), Some(3), "{said}");
    for name in ["secret.mp3", "closed", "fixed/song.mp3"] {
        assert!(said.contains(name), "{name}: {said}");
    }
    assert!(
        said.contains("1 marked") && said.contains("3 failed"),
        "{said}"
    );
    assert!(!fine.is_original()?);
    for song in [&secret, &inside, &fixed] {
        assert!(song.is_original()?);
    }
    assert_eq!(fs::read_dir(album.join("fixed"))?.count(), 1);
    Ok(())
}

#[test]
fn a_folder_that_cannot_be_synced_keeps_the_old_file() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song_as("clean/sine.mp3", "album/song.mp3")?;
    let album = shelf.path().join("album");
    give(song.path(), 0o640)?;
    // Names may come and go, and nobody may list them.
    give(&album, 0o333)?;
    let done = as_nobody(&shelf, "tag_folder", song.path())?;
    fs::set_permissions(&album, Permissions::from_mode(0o755))?;
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(3), "{said}");
    assert!(said.contains("cannot open the folder"), "{said}");
    assert!(song.is_original()?);
    assert_eq!(fs::read_dir(&album)?.count(), 1);
    Ok(())
}
