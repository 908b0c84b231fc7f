//! Does a file of a gigabyte cost megabytes of memory?
//!
//!     cargo build --release --examples
//!     cargo test --release --test large -- --ignored

#![cfg(target_os = "linux")]

mod common;

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;

use common::memory::{self, ENOUGH};
use common::random::Random;
use common::{Outcome, Shelf, build, ensure, hex};
use noai_audio::{Declaration, Usage};
use sha2::{Digest, Sha256};

/// The most memory that a program held on a folder where all went well, in bytes.
fn memory_of(name: &str, folder: &Path) -> Outcome<u64> {
    let done = memory::run(name, &[], folder)?;
    ensure(done.status == Some(0), || format!("{name}: {}", done.said))?;
    Ok(done.memory)
}

fn digest(path: &Path) -> Outcome<String> {
    let (mut file, mut digest) = (File::open(path)?, Sha256::new());
    let mut buffer = vec![0; 1 << 20];
    loop {
        let length = file.read(&mut buffer)?;
        if length == 0 {
            return Ok(hex(&digest.finalize()));
        }
        digest.update(buffer.get(..length).unwrap_or_default());
    }
}

/// Noise, which no reader can take for zeros.
fn noise(length: u64, into: &mut impl Write) -> io::Result<()> {
    let mut random = Random::new(length);
    let block: Vec<u8> = (0..1 << 20).map(|_| random.byte()).collect();
    for number in 0..length >> 20 {
        into.write_all(&number.to_le_bytes())?;
        into.write_all(block.get(8..).unwrap_or_default())?;
    }
    Ok(())
}

/// Tags and strips the file, under a watch on memory.
fn is_tagged_in_little_memory(path: &Path) -> Outcome {
    let folder = path.parent().ok_or("no folder")?;
    let before = digest(path)?;
    for name in ["tag_folder", "show", "verify_folder", "identify"] {
        let memory = memory_of(name, folder)?;
        assert!(memory < ENOUGH, "{name} held {} MiB", memory >> 20);
    }
    assert_ne!(digest(path)?, before, "not tagged");
    let memory = memory_of("strip_folder", folder)?;
    assert!(memory < ENOUGH, "strip_folder held {} MiB", memory >> 20);
    assert_eq!(digest(path)?, before, "strip does not give the first file");
    Ok(())
}

#[test]
#[ignore = "needs 3 GB of disk and GNU time"]
fn a_wav_of_1300_megabytes() -> Outcome {
    let shelf = Shelf::on_disk()?;
    let path = shelf.path().join("long.wav");
    let length: u64 = 1300 << 20;
    // The head of an empty file, with the sizes of a long one.
    let mut head = build::wav(0, &[]);
    common::bytes::put(&mut head, 4, &((length + 36) as u32).to_le_bytes())?;
    common::bytes::put(&mut head, 40, &(length as u32).to_le_bytes())?;
    let mut file = BufWriter::new(File::create(&path)?);
    file.write_all(&head)?;
    noise(length, &mut file)?;
    file.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()?;
    is_tagged_in_little_memory(&path)
}

/// A file of `length` bytes, with these bytes at some places and zeros elsewhere.
fn sparse(path: &Path, length: u64, parts: &[(u64, &[u8])]) -> Outcome {
    let mut file = File::create(path)?;
    file.set_len(length)?;
    for (at, bytes) in parts {
        file.seek(SeekFrom::Start(*at))?;
        file.write_all(bytes)?;
    }
    Ok(())
}

#[test]
#[ignore = "needs 9 GB of disk and GNU time"]
fn an_rf64_of_more_than_4_gigabytes() -> Outcome {
    let shelf = Shelf::on_disk()?;
    let path = shelf.path().join("long.wav");
    let sound: u64 = (4 << 30) + 2;
    let empty = build::wav(0, &[]);
    let format = common::bytes::part(&empty, 12, 24)?;
    let mut head = b"RF64\xff\xff\xff\xffWAVE".to_vec();
    let mut sizes = (80 - 8 + sound).to_le_bytes().to_vec();
    sizes.extend(sound.to_le_bytes());
    sizes.extend((sound / 2).to_le_bytes());
    sizes.extend([0; 4]);
    head.extend(build::chunk(b"ds64", &sizes));
    head.extend(format);
    head.extend(b"data\xff\xff\xff\xff");
    assert_eq!(head.len(), 80);
    let parts: [(u64, &[u8]); 3] = [(0, &head), (1 << 32, b"behind"), (sound, b"the end")];
    sparse(&path, 80 + sound, &parts)?;
    is_tagged_in_little_memory(&path)
}

#[test]
#[ignore = "reads 4 GB of zeros"]
fn a_wav_that_a_tag_would_make_too_large_is_refused() -> Outcome {
    let shelf = Shelf::on_disk()?;
    let path = shelf.path().join("long.wav");
    let length: u64 = u64::from(u32::MAX) - 100;
    let mut head = build::wav(0, &[]);
    common::bytes::put(&mut head, 4, &((length - 8) as u32).to_le_bytes())?;
    common::bytes::put(&mut head, 40, &((length - 44) as u32).to_le_bytes())?;
    sparse(&path, length, &[(0, &head)])?;
    let error = noai_audio::embed(&path, &common::no_ai()).err();
    let error = error.ok_or("it was tagged")?;
    assert_eq!(error.kind(), noai_audio::ErrorKind::Limit, "{error}");
    assert_eq!(fs::metadata(&path)?.len(), length);
    Ok(())
}

#[test]
#[ignore = "needs 3 GB of disk, ffmpeg and GNU time"]
fn an_m4a_of_800_megabytes() -> Outcome {
    let shelf = Shelf::on_disk()?;
    let album = shelf.path().join("album");
    fs::create_dir(&album)?;
    for (name, flags) in [("moov-last.m4a", "0"), ("moov-first.m4a", "+faststart")] {
        let path = album.join(name);
        // White noise does not compress: 195 kB a second where both channels are alike.
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i"])
            .arg("anoisesrc=r=48000:seed=1:d=4200,aformat=channel_layouts=stereo")
            .args(["-c:a", "alac", "-sample_fmt", "s32p", "-movflags", flags])
            .arg(&path)
            .status()?;
        assert!(made.success(), "ffmpeg: {made}");
        let length = fs::metadata(&path)?.len();
        assert!(length > 700 << 20, "only {} MiB", length >> 20);
        is_tagged_in_little_memory(&path)?;
        fs::remove_file(&path)?;
    }
    Ok(())
}

#[test]
#[ignore = "needs GNU time; takes a minute"]
fn ten_thousand_files() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.mp3")?;
    for number in 1..10_000 {
        fs::copy(song.path(), shelf.path().join(format!("{number:05}.mp3")))?;
    }
    let memory = memory_of("tag_folder", shelf.path())?;
    assert!(memory < ENOUGH, "tag_folder held {} MiB", memory >> 20);
    let tagged = song.bytes()?;
    assert_ne!(tagged, song.original());
    let names = shelf.names()?;
    assert_eq!(names.len(), 10_000, "one file for each, and no other");
    for name in names {
        assert_eq!(fs::read(shelf.path().join(&name))?, tagged, "{name:?}");
    }
    let memory = memory_of("strip_folder", shelf.path())?;
    assert!(memory < ENOUGH, "strip_folder held {} MiB", memory >> 20);
    assert!(song.is_original()?);
    Ok(())
}

#[test]
#[ignore = "needs GNU time"]
fn ten_thousand_files_are_asked_about() -> Outcome {
    let shelf = Shelf::new()?;
    let open = shelf.song_as("clean/sine.mp3", "00000.mp3")?;
    open.say(&Declaration::new().allow(Usage::Search))?;
    let shut = shelf.song_as("clean/sine.mp3", "00001.mp3")?;
    for number in 2..10_000 {
        let song = if number % 2 == 0 { &open } else { &shut };
        fs::copy(song.path(), shelf.path().join(format!("{number:05}.mp3")))?;
    }
    let options = ["--use", "search", "--accept-unsigned"];
    let asked = memory::run("gate", &options, shelf.path())?;
    assert_eq!(asked.status, Some(1));
    let counts =
        "10000 files: 5000 may be used, 5000 may not (5000 nothing said). 0 other files skipped.";
    let told = asked.said.lines().find(|line| line.starts_with(counts));
    assert!(told.is_some(), "{}", asked.said);
    assert!(
        asked.memory < ENOUGH,
        "gate held {} MiB",
        asked.memory >> 20
    );

    // A list that is longer than what may be held.
    let path = format!("{}/{}00000.mp3", shelf.path().display(), "./".repeat(100));
    let outside = Shelf::new()?;
    let list = outside.path().join("list");
    let mut file = BufWriter::new(File::create(&list)?);
    for _ in 0..200_000 {
        writeln!(file, "{path}")?;
    }
    file.flush()?;
    assert!(fs::metadata(&list)?.len() > ENOUGH);
    let allowed = outside.path().join("allowed");
    let allowed_text = allowed.to_str().ok_or("a path")?;
    let options = [&options[..], &["--allowed", allowed_text, "--list"]].concat();
    let asked = memory::run("gate", &options, &list)?;
    assert_eq!(asked.status, Some(0), "{}", asked.said);
    assert!(
        asked.memory < ENOUGH,
        "gate held {} MiB",
        asked.memory >> 20
    );
    assert_eq!(fs::read(&allowed)?, fs::read(&list)?);
    Ok(())
}
