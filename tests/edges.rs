//! Is the sound found between the tags at the ends of a file, and are the tags read there?

mod common;

use std::fs;

use common::bytes::{be, find, le32, part, put, rest};
use common::ledger::{self, Case};
use common::{Outcome, Shelf, Song, TONES, build, corpus, fail, hex, sha256};
use noai_audio::{Answer, ErrorKind, Format, Usage};

/// The digest of the essence that is found.
fn essence(song: &Song) -> Outcome<String> {
    Ok(song.essence()?.digest.to_string())
}

fn digest_of(packets: &[u8]) -> String {
    format!("sha256:{}", hex(&sha256(packets)))
}

/// The files of the corpus that are tagged and have this format.
fn tagged(format: Format) -> Outcome<Vec<Case>> {
    let mut cases = ledger::tagged_cases()?;
    cases.retain(|case| case.format == Some(format));
    Ok(cases)
}

#[test]
fn adts_frames_are_the_packets_without_their_headers() -> Outcome {
    let shelf = Shelf::new()?;
    let file = fs::read(corpus().join("clean/sine.aac"))?;
    let (mut packets, mut at) = (Vec::new(), 0);
    while at < file.len() {
        let length = be(&file, at + 3, 3)? >> 5 & 0x1fff;
        packets.extend(part(&file, at + 7, length - 7)?);
        at += length;
    }
    for name in ["sine", "two-blocks", "protected"] {
        let song = shelf.song(&format!("clean/{name}.aac"))?;
        assert_eq!(essence(&song)?, digest_of(&packets), "{name}");
    }
    let cut = shelf.song("clean/cut-last-frame.aac")?;
    let heard = part(&packets, 0, packets.len() - 2)?;
    assert_eq!(essence(&cut)?, digest_of(heard));
    Ok(())
}

#[test]
fn frames_of_monkeys_audio_are_what_its_header_leaves() -> Outcome {
    for case in tagged(Format::MonkeysAudio)? {
        let shelf = Shelf::new()?;
        let song = shelf.song(&case.path)?;
        let start = find(song.original(), b"MAC ").ok_or("no magic")?;
        let file = rest(song.original(), start)?;
        // Nothing but frames stands at the end of the old ones that have no tag.
        let frames = match (le32(file, 4)? & 0xffff, case.path.as_str()) {
            (3990, _) => {
                let size = |at: usize| le32(file, at);
                let first = size(8)? + size(12)? + size(16)? + size(20)?;
                part(file, first, size(24)?)?
            }
            (3970, _) => part(file, file.len() - 20, 16)?,
            (_, path) if path.starts_with("clean") => rest(file, file.len() - 16)?,
            _ => return fail(format!("{}: who says where its frames are?", case.path)),
        };
        assert_eq!(essence(&song)?, digest_of(frames), "{}", case.path);
    }
    Ok(())
}

#[test]
fn the_seventh_musepack_is_all_sound_behind_its_header() -> Outcome {
    for name in ["clean/version-7.mpc", "clean/longer-7.mpc"] {
        let song = Shelf::new()?.song(name)?;
        let identity = noai_audio::identify(corpus().join(name))?;
        assert_eq!(identity.stream.to_string(), "musepack7/44100/2");
        let found = identity.essence.map(|essence| essence.digest.to_string());
        assert_eq!(found, Some(digest_of(rest(song.original(), 24)?)), "{name}");
    }
    Ok(())
}

/// An APEv2 tag with a header, as it may stand in front of the sound.
fn ape_in_front(items: &[Vec<u8>]) -> Outcome<Vec<u8>> {
    let mut tag = build::ape(items);
    let footer = tag.len() - 32;
    put(&mut tag, footer + 20, &0x8000_0000_u32.to_le_bytes())?;
    let mut header = rest(&tag, footer)?.to_vec();
    put(&mut header, 20, &0xa000_0000_u32.to_le_bytes())?;
    Ok([header, tag].concat())
}

#[test]
fn an_ape_tag_in_front_is_heard_and_left_alone() -> Outcome {
    let shelf = Shelf::new()?;
    let frames = fs::read(corpus().join("clean/sine.mp3"))?;
    let items = [
        build::ape_item("NOAI", 0, b"search"),
        build::ape_item("Cover Art (Front)", 2, &frames),
    ];
    let ape = ape_in_front(&items)?;
    let id3 = build::id3(&[build::frame(b"TIT2", b"\0T")]);
    for name in TONES {
        let tone = shelf.song(&format!("clean/{name}"))?;
        let format = tone.read()?.format();
        let is_between = matches!(
            format,
            Format::Mp3
                | Format::Flac
                | Format::Adts
                | Format::WavPack
                | Format::MonkeysAudio
                | Format::Musepack
                | Format::Tta
        );
        for front in [
            ape.clone(),
            [&id3[..], &ape].concat(),
            [&ape[..], &id3].concat(),
        ] {
            let song = shelf.put(name, [&front, tone.original()].concat())?;
            if !is_between {
                let error = song.read().err().ok_or("it was read")?;
                assert_eq!(error.kind(), ErrorKind::Unsupported, "{name}");
                continue;
            }
            assert_eq!(song.read()?.format(), format);
            assert_eq!(song.answer(Usage::Search)?, Answer::Disallowed, "{name}");
            let essence = song.essence()?;
            song.tag()?;
            let tagged = song.bytes()?;
            assert!(find(&tagged, &ape).is_some(), "{name}");
            assert_eq!(song.answer(Usage::Search)?, Answer::Disallowed, "{name}");
            assert_eq!(song.answer(Usage::Training)?, Answer::Disallowed, "{name}");
            assert_eq!(song.essence()?, essence, "{name}");
            song.strip()?;
            assert!(song.is_original()?, "{name}");
        }
    }
    Ok(())
}

#[test]
fn an_ape_tag_in_front_that_cannot_be_read_is_an_error() -> Outcome {
    let shelf = Shelf::new()?;
    let mut tag = ape_in_front(&[build::ape_item("NOAI", 0, b"search")])?;
    put(&mut tag, 12, &40_u32.to_le_bytes())?;
    tag.extend(fs::read(corpus().join("clean/sine.mp3"))?);
    let song = shelf.put("song.mp3", tag)?;
    let error = song.read().err().ok_or("it was read")?;
    assert_eq!(error.kind(), ErrorKind::Malformed);
    Ok(())
}
