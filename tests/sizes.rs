//! What becomes of the sizes of a WAV's chunks: those of 64 bits, and those of a stream.

mod common;

use std::fs;

use common::bytes::{find, le32, le64, put, rest};
use common::{Outcome, Shelf, build, corpus};
use noai_audio::Status;

/// The size of RIFF and that of the sound, as they stand there.
fn sizes(file: &[u8]) -> Outcome<(usize, usize)> {
    let data = find(file, b"data").ok_or("no data")?;
    Ok((le32(file, 4)?, le32(file, data + 4)?))
}

const NEVER: usize = 0xffff_ffff;

#[test]
fn a_tag_behind_sound_without_a_length_gives_it_one() -> Outcome {
    let shelf = Shelf::new()?;
    for name in [
        "stream-ffmpeg.wav",
        "riff-data-size-0.wav",
        "stream-sox.wav",
    ] {
        let song = shelf.song(&format!("clean/{name}"))?;
        let sound = song.original().len() - 44;
        song.tag()?;
        let tagged = song.bytes()?;
        assert_eq!(sizes(&tagged)?, (tagged.len() - 8, sound), "{name}");
        song.strip()?;
        assert!(song.is_original()?, "{name}");
    }
    Ok(())
}

#[test]
fn a_tag_before_sound_without_a_length_leaves_it_without() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("tagged/stream-id3-first.wav")?;
    song.tag()?;
    let tagged = song.bytes()?;
    assert_eq!(le32(&tagged, 4)?, NEVER);
    assert!(find(&tagged, b"data\xff\xff\xff\xff").is_some());
    Ok(())
}

/// A stream whose RIFF size was filled in afterwards, and the size of its sound was not.
#[test]
fn a_true_size_before_sound_without_a_length_follows() -> Outcome {
    let shelf = Shelf::new()?;
    for (odd, promised) in [(false, 0), (true, 0), (true, 1)] {
        let mut file = fs::read(corpus().join("tagged/stream-id3-first.wav"))?;
        if (file.len() % 2 == 1) != odd {
            file.push(0x55);
        }
        let size = u32::try_from(file.len() - 8 + promised)?;
        put(&mut file, 4, &size.to_le_bytes())?;
        let song = shelf.put("stream.wav", file)?;
        let essence = song.essence()?;
        song.tag()?;
        let tagged = song.bytes()?;
        assert_eq!(le32(&tagged, 4)?, tagged.len() - 8 + promised);
        assert!(find(&tagged, b"data\xff\xff\xff\xff").is_some());
        assert_eq!(song.essence()?, essence);
        song.strip()?;
        assert!(song.is_original()?);
    }
    Ok(())
}

/// Another program has put a chunk behind ours: as a stream it would be sound.
#[test]
fn sizes_stay_filled_in_where_something_stands_behind() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/stream-ffmpeg.wav")?;
    let essence = song.essence()?;
    song.tag()?;
    let mut edited = song.bytes()?;
    let theirs = build::chunk(b"note", b"theirs");
    edited.extend(&theirs);
    let size = u32::try_from(edited.len() - 8)?;
    put(&mut edited, 4, &size.to_le_bytes())?;
    fs::write(song.path(), &edited)?;

    let stripped = song.strip()?;
    assert_eq!((stripped.status, stripped.exact), (Status::Changed, false));
    let left = song.bytes()?;
    assert_eq!(sizes(&left)?, (left.len() - 8, song.original().len() - 44));
    assert!(left.ends_with(&theirs));
    assert_eq!(song.essence()?, essence);
    Ok(())
}

#[test]
fn the_size_in_ds64_follows_the_tag() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("tagged/rf64-table.wav")?;
    let entry = |file: &[u8]| -> Outcome<usize> {
        let table = find(file, b"id3 ").ok_or("no entry")?;
        le64(file, table + 4)
    };
    let before = entry(song.original())?;
    song.tag()?;
    let tagged = song.bytes()?;
    assert_eq!(le32(&tagged, 4)?, NEVER);
    assert_eq!(le64(&tagged, 20)?, tagged.len() - 8);
    // The chunk was the last one, and its pad byte comes and goes.
    let end = find(&tagged, b"_PMX").ok_or("no packet")?;
    let grown = end - song.original().len();
    assert!(entry(&tagged)?.abs_diff(before + grown) <= 1);
    let chunk = find(rest(&tagged, 100)?, b"id3 ").ok_or("no chunk")? + 100;
    assert_eq!(le32(&tagged, chunk + 4)?, NEVER);
    Ok(())
}
