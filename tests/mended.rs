//! Faults that stood in the code once, each with the input that showed it.

mod common;

use std::fs;
use std::io::Cursor;

use Answer::{Conditional, Disallowed, Unreadable};
use common::bytes::{be, find, le32, part, put, rest};
use common::{Outcome, Shelf, build, corpus, no_ai, ogg};
use lofty::config::ParseOptions;
use lofty::file::AudioFile;
use lofty::tag::Accessor;
use noai_audio::{
    Answer, Batch, Declaration, EmbedOptions, ErrorKind, Limits, MarkerVerdict, Preset, Record,
    Status, Usage, Warning,
};

/// The answer for one use of a file with these comments alone.
fn answer(fields: &[(&str, &str)], usage: Usage) -> Outcome<Answer> {
    let file = Cursor::new(build::flac(fields));
    Ok(noai_audio::read_from(file, Limits::default())?.answer(usage, None))
}

#[test]
fn a_text_with_one_sync_near_its_end_is_no_mp3() -> Outcome {
    let shelf = Shelf::new()?;
    let mut text = b"plain text ".repeat(200);
    text.extend(b"\xff\xfb\x90\x00tailtailtailtail");
    let file = shelf.put("notes.mp3", text)?;
    let error = file.tag().err().ok_or("it was tagged")?;
    assert_eq!(error.kind(), ErrorKind::NotAudio);
    assert!(file.is_original()?);
    Ok(())
}

#[test]
fn a_copyright_that_is_no_utf8_gets_its_notice_and_is_heard() -> Outcome {
    let shelf = Shelf::new()?;
    let comments = build::comment_list(&[b"COPYRIGHT=2019 caf\xe9".to_vec()]);
    let song = shelf.put("song.flac", build::flac_of(&[build::block(4, &comments)]))?;
    song.tag()?;
    let tagged = song.bytes()?;
    assert!(
        tagged
            .windows(21)
            .any(|text| text == b"=2019 caf\xe9 No AI trai")
    );
    assert_eq!(song.verify()?.marker, MarkerVerdict::Intact);
    song.strip()?;
    assert!(song.is_original()?);
    Ok(())
}

#[test]
fn ogg_pages_of_another_program_are_stripped_all_the_same() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.opus")?;
    song.tag()?;
    // Another program adds a long title, on the page that the comments fill anyway.
    let bytes = song.bytes()?;
    let pages = ogg::pages(&bytes)?;
    let page = pages.get(1).ok_or("no comment page")?;
    let mut body = page.body.clone();
    let vendor = usize::try_from(u32::from_le_bytes(part(&body, 8, 4)?.try_into()?))?;
    let count = u32::from_le_bytes(part(&body, 12 + vendor, 4)?.try_into()?) + 1;
    put(&mut body, 12 + vendor, &count.to_le_bytes())?;
    let title = format!("TITLE={}", "x".repeat(700));
    body.extend(u32::try_from(title.len())?.to_le_bytes());
    body.extend(title.bytes());
    let mut edited = part(&bytes, 0, page.at + 26)?.to_vec();
    edited.push(u8::try_from(body.len() / 255 + 1)?);
    edited.extend(vec![255; body.len() / 255]);
    edited.push(u8::try_from(body.len() % 255)?);
    edited.extend(body);
    edited.extend(rest(&bytes, page.end)?);
    ogg::repair(&mut edited)?;

    let edited = shelf.put("edited.opus", edited)?;
    let essence = edited.essence()?;
    let stripped = edited.strip()?;
    assert_eq!((stripped.status, stripped.exact), (Status::Changed, false));
    assert_eq!(edited.verify()?.marker, MarkerVerdict::Missing);
    assert_eq!(edited.essence()?, essence);
    assert!(
        edited
            .bytes()?
            .windows(title.len())
            .any(|found| found == title.as_bytes())
    );
    Ok(())
}

#[test]
fn a_cut_notice_still_denies_what_can_be_read() -> Outcome {
    let cut = [(
        "COPYRIGHT",
        "2020 Someone No AI training or voice cloning without permission. Text and data mining reserved. [Content-Usage: tr",
    )];
    for usage in [
        Usage::Training,
        Usage::DataMining,
        Usage::Replication,
        Usage::GenerativeTraining,
    ] {
        assert_eq!(answer(&cut, usage)?, Disallowed, "{usage}");
    }
    assert_eq!(answer(&cut, Usage::Inference)?, Unreadable);
    Ok(())
}

#[test]
fn a_reservation_that_was_joined_with_itself_is_read() -> Outcome {
    assert_eq!(
        answer(&[("TDM_RESERVATION", "1;1")], Usage::DataMining)?,
        Disallowed
    );
    assert_eq!(
        answer(&[("TDM_RESERVATION", "0;1")], Usage::DataMining)?,
        Disallowed
    );
    Ok(())
}

#[test]
fn a_pasted_condition_does_not_speak_for_anothers_denial() -> Outcome {
    let denial = ("CONTENT_USAGE", "train-ai=n");
    let pasted = (
        "AI_CONSENT",
        "v=1, generative-training=c, policy=\"https://x.example/\"",
    );
    assert_eq!(
        answer(&[denial, pasted], Usage::GenerativeTraining)?,
        Disallowed
    );
    Ok(())
}

#[test]
fn ask_first_answers_conditional_and_not_denied() -> Outcome {
    let shelf = Shelf::new()?;
    for name in [
        "clean/sine.mp3",
        "clean/sine.flac",
        "clean/sine.m4a",
        "clean/sine.wav",
    ] {
        let song = shelf.song(name)?;
        let terms = "https://example.org/terms".parse()?;
        song.say(&Declaration::from(Preset::AskFirst).policy(terms))?;
        assert_eq!(
            song.answer(Usage::GenerativeTraining)?,
            Conditional,
            "{name}"
        );
        assert_eq!(song.answer(Usage::Replication)?, Conditional, "{name}");
        assert_eq!(song.answer(Usage::Search)?, Answer::None, "{name}");
    }
    Ok(())
}

#[test]
fn a_permission_is_not_prolonged_nor_terms_changed_without_replace() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.flac")?;
    let until = |day: &str| -> Outcome<Declaration> {
        Ok(Declaration::new()
            .allow(Usage::Search)
            .expires(day.parse()?))
    };
    song.say(&until("2027-01-01")?)?;
    for longer in [
        until("2028-01-01")?,
        Declaration::new().allow(Usage::Search),
    ] {
        let error = song.say(&longer).err().ok_or("it was prolonged")?;
        assert_eq!(error.kind(), ErrorKind::Conflict);
    }
    song.say(&until("2026-12-01")?)?;

    let song = shelf.song("clean/sine.mp3")?;
    let terms = |url: &str| -> Outcome<Declaration> {
        Ok(Declaration::from(Preset::AskFirst).policy(url.parse()?))
    };
    song.say(&terms("https://example.org/2025")?)?;
    let error = song.say(&terms("https://example.org/2026")?).err();
    assert_eq!(
        error.ok_or("the terms were changed")?.kind(),
        ErrorKind::Conflict
    );
    Ok(())
}

#[test]
fn a_licence_in_a_second_tag_is_seen() -> Outcome {
    let shelf = Shelf::new()?;
    let licence = b"2020 X. Licensed to the public. Verify at https://example.org/cc\0\0";
    let list = [&b"INFO"[..], &build::chunk(b"ICOP", licence)].concat();
    let song = shelf.put("song.wav", build::wav(64, &[build::chunk(b"LIST", &list)]))?;
    assert_eq!(song.tag()?.warnings, [Warning::NoticeSkipped]);
    let stands = |needle: &[u8]| -> Outcome<bool> {
        Ok(song
            .bytes()?
            .windows(needle.len())
            .any(|bytes| bytes == needle))
    };
    assert!(stands(licence)?);
    assert!(!stands(b"Text and data mining reserved.")?);
    Ok(())
}

#[test]
fn a_copyright_that_takes_no_notice_is_left_alone() -> Outcome {
    let shelf = Shelf::new()?;
    for name in ["tagged/tcop-compressed.mp3", "tagged/tcop-encrypted.mp3"] {
        let song = shelf.song(name)?;
        assert_eq!(song.tag()?.warnings, [Warning::NoticeImpossible], "{name}");
        assert_eq!(song.answer(Usage::Inference)?, Answer::Disallowed, "{name}");
        assert_eq!(song.tag()?.status, Status::Unchanged, "{name}");
    }
    Ok(())
}

#[test]
fn a_copyright_that_is_too_long_for_a_notice_is_left_alone() -> Outcome {
    let shelf = Shelf::new()?;
    let long = vec![b'c'; 70_000];
    let frame = build::frame(b"TCOP", &[&[0], &long[..]].concat());
    let mp3 = [
        build::id3(&[frame]),
        fs::read(corpus().join("clean/sine.mp3"))?,
    ];
    let wavpack = [
        fs::read(corpus().join("clean/sine.wv"))?,
        build::ape(&[build::ape_item("Copyright", 0, &long)]),
    ];
    let item = build::atom(b"cprt", &build::data(1, &long));
    let plain = fs::read(corpus().join("clean/no-udta-last.m4a"))?;
    for (name, file) in [
        ("long.mp3", mp3.concat()),
        ("long.wv", wavpack.concat()),
        ("long.m4a", build::m4a(&plain, &[item])?),
    ] {
        let song = shelf.put(name, file)?;
        assert_eq!(song.tag()?.warnings, [Warning::NoticeImpossible], "{name}");
        assert_eq!(song.answer(Usage::Inference)?, Answer::Disallowed, "{name}");
        assert_eq!(song.tag()?.status, Status::Unchanged, "{name}");
        song.strip()?;
        assert!(song.is_original()?, "{name}");
    }
    Ok(())
}

#[test]
fn a_list_left_behind_in_info_is_no_dead_end() -> Outcome {
    let shelf = Shelf::new()?;
    let list = [
        &b"INFO"[..],
        &build::chunk(b"NOAI", b"generative-training, inference\0\0"),
    ]
    .concat();
    let bytes = build::wav(64, &[build::chunk(b"LIST", &list)]);
    let song = shelf.put("tagged-again.wav", bytes.clone())?;
    assert_eq!(song.tag()?.status, Status::Changed);
    assert_eq!(song.verify()?.marker, MarkerVerdict::Intact);
    let song = shelf.put("stripped.wav", bytes)?;
    let stripped = song.strip()?;
    assert_eq!((stripped.status, stripped.exact), (Status::Changed, false));
    assert_eq!(song.answer(Usage::Inference)?, Answer::None);
    Ok(())
}

#[test]
fn a_file_with_id3v1_alone_keeps_its_title_for_readers_of_id3v2() -> Outcome {
    let shelf = Shelf::new()?;
    let mut bytes = shelf.song("clean/sine.mp3")?.bytes()?;
    let field = |text: &str, length: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes.resize(length, 0);
        bytes
    };
    bytes.extend(b"TAG");
    for (text, length) in [
        ("A title", 30),
        ("An artist", 30),
        ("An album", 30),
        ("1999", 4),
        ("A comment", 30),
    ] {
        bytes.extend(field(text, length));
    }
    bytes.push(17);
    let song = shelf.put("old.mp3", bytes)?;
    song.tag()?;
    let mut file = Cursor::new(song.bytes()?);
    let mp3 = lofty::mpeg::MpegFile::read_from(&mut file, ParseOptions::new())?;
    let tag = mp3.id3v2().ok_or("no ID3v2")?;
    assert_eq!(tag.title().as_deref(), Some("A title"));
    assert_eq!(tag.artist().as_deref(), Some("An artist"));
    assert!(song.strip()?.exact);
    assert!(song.is_original()?);
    Ok(())
}

#[test]
fn a_temporary_file_that_a_kill_left_is_no_song() -> Outcome {
    let shelf = Shelf::new()?;
    shelf.song("clean/sine.mp3")?;
    let temporary = format!(".noai-audio-{}.tmp", "0123456789abcdef".repeat(2));
    shelf.song_as("clean/sine.flac", &temporary)?;
    // Such a name is none that we give.
    let song = shelf.song_as("clean/sine.wav", ".noai-audio-demo.tmp")?;
    let mut paths = Vec::new();
    let summary = Batch::new([shelf.path()]).run(
        |path| noai_audio::identify(path),
        |item| paths.push(item.path),
    );
    assert_eq!((summary.audio, summary.skipped), (2, 0));
    assert_eq!(paths, [song.path(), &shelf.path().join("sine.mp3")]);
    Ok(())
}

#[test]
fn a_foreign_field_behind_junk_does_not_stop_a_strip() -> Outcome {
    let shelf = Shelf::new()?;
    let mut bytes = b"\xeay-\xb4\x85\x7f".to_vec();
    bytes.extend(build::id3(&[build::user_text("NOAI", "1")]));
    bytes.extend(shelf.song("clean/sine.mp3")?.bytes()?);
    let song = shelf.put("junk-first.mp3", bytes)?;
    song.tag()?;
    assert!(song.strip()?.exact);
    assert!(song.is_original()?);
    Ok(())
}

#[test]
fn another_statement_after_one_without_a_notice() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("tagged/empty-tcop.mp3")?;
    song.say(&Declaration::new().allow(Usage::Search))?;
    EmbedOptions::new()
        .replace(true)
        .embed(song.path(), &no_ai())?;
    assert!(song.strip()?.exact);
    assert!(song.is_original()?);
    Ok(())
}

/// A WavPack file whose first block keeps this head of the unpacked one.
fn wavpack_with(head: &[u8]) -> Outcome<Vec<u8>> {
    let odd = head.len() % 2;
    let words = head.len().div_ceil(2) as u32;
    let kind = 0x80 | 0x21 | if odd == 1 { 0x40 } else { 0 };
    let inside = [&(words << 8 | kind).to_le_bytes(), head, &vec![0; odd]].concat();
    let mut file = fs::read(corpus().join("clean/sine.wv"))?;
    let size = le32(&file, 4)? + inside.len();
    put(&mut file, 4, &(size as u32).to_le_bytes())?;
    file.splice(32..32, inside);
    Ok(file)
}

#[test]
fn what_a_packed_file_keeps_of_the_unpacked_one_is_heard() -> Outcome {
    const SAYS: &[u8] = b"No AI training without permission. [Content-Usage: train-ai=n]\0\0";
    let xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF \
        xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description \
        xmlns:plus='http://ns.useplus.org/ldf/xmp/1.0/' plus:DataMining='DMI-PROHIBITED'/>\
        </rdf:RDF></x:xmpmeta>";
    let tag = build::id3(&[build::frame(b"TCOP", &[b"\0", SAYS].concat())]);
    let info = [b"INFO".as_slice(), &build::chunk(b"ICOP", SAYS)].concat();
    let big = |name: &[u8], body: &[u8]| [name, &(body.len() as u32).to_be_bytes(), body].concat();
    let wave = [
        build::chunk(b"LIST", &info),
        build::chunk(b"_PMX", xmp),
        build::chunk(b"id3 ", &tag),
    ];
    let aiff = [
        big(b"(c) ", SAYS),
        big(b"APPL", &[b"XMP ".as_slice(), xmp].concat()),
        big(b"ID3 ", &tag),
    ];
    let flac = |application: &[u8], outer: &[u8], chunk: &[u8]| {
        let blocks = [outer, chunk].map(|kept| build::block(2, &[application, kept].concat()));
        build::flac_of(&blocks)
    };
    let mut files = Vec::new();
    for chunk in wave {
        files.push(flac(b"riff", b"RIFF\x08\0\0\0WAVE", &chunk));
        files.push(wavpack_with(
            &[b"RIFF\x08\0\0\0WAVE", chunk.as_slice(), b"data\0\0\0\x01"].concat(),
        )?);
    }
    files.extend(aiff.map(|chunk| flac(b"aiff", b"FORM\0\0\0\x08AIFF", &chunk)));
    let shelf = Shelf::new()?;
    for (index, file) in files.into_iter().enumerate() {
        let song = shelf.put("kept", file)?;
        let said = song.answer(Usage::GenerativeTraining)?;
        assert_eq!(said, Disallowed, "{index}");
        song.tag()?;
        song.strip()?;
        assert!(song.is_original()?, "{index}");
    }
    Ok(())
}

/// Programs that move `moov` to the front look for it there.
#[test]
fn a_moov_at_the_end_stays_at_the_end() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.m4a")?;
    song.tag()?;
    let bytes = song.bytes()?;
    let (mut at, mut kinds) = (0, Vec::new());
    while at < bytes.len() {
        kinds.push(part(&bytes, at + 4, 4)?.to_vec());
        at += be(&bytes, at, 4)?;
    }
    assert!(kinds.contains(&b"uuid".to_vec()));
    assert_eq!(kinds.last().map(Vec::as_slice), Some(b"moov".as_slice()));
    song.strip()?;
    assert!(song.is_original()?);
    Ok(())
}

/// What is only kept keeps nobody from writing to the file itself, nor makes its statement
/// another.
#[test]
fn a_kept_chunk_that_cannot_be_read_is_left_alone() -> Outcome {
    let shelf = Shelf::new()?;
    let bad_info = [b"INFO".as_slice(), &build::chunk(b"INAM", b"ab"), b"xyz"].concat();
    for chunk in [
        build::chunk(b"LIST", &bad_info),
        build::chunk(b"id3 ", b"ID3\x03\0\0\xff\xff\xff\xff"),
        build::chunk(b"id3 ", b"ID3\x03\0\0\0\0\0\x04!!!!"),
    ] {
        let blocks = [&b"RIFF\x08\0\0\0WAVE"[..], &chunk]
            .map(|kept| build::block(2, &[b"riff", kept].concat()));
        let head = [b"RIFF\x08\0\0\0WAVE", chunk.as_slice(), b"data\0\0\0\x01"].concat();
        for (name, file) in [
            ("kept.flac", build::flac_of(&blocks)),
            ("kept.wv", wavpack_with(&head)?),
        ] {
            let song = shelf.put(name, file)?;
            assert_eq!(song.answer(Usage::Training)?, Answer::Unreadable, "{name}");
            song.tag()?;
            assert_eq!(song.answer(Usage::Training)?, Answer::Disallowed, "{name}");
            song.strip()?;
            assert!(song.is_original()?, "{name}");
        }
    }
    Ok(())
}

#[test]
fn a_kept_statement_is_heard_and_is_not_the_files_own() -> Outcome {
    let shelf = Shelf::new()?;
    let wav = shelf.put("song.wav", build::wav(64, &[]))?;
    wav.tag()?;
    let tagged = wav.bytes()?;
    let mut blocks = vec![build::block(2, b"riffRIFF\x08\0\0\0WAVE")];
    for name in [b"id3 ", b"_PMX"] {
        let at = find(&tagged, name).ok_or("no chunk")?;
        let size = le32(&tagged, at + 4)?;
        blocks.push(build::block(
            2,
            &[b"riff", &tagged[at..at + 8 + size]].concat(),
        ));
    }
    let song = shelf.put("song.flac", build::flac_of(&blocks))?;
    assert_eq!(song.answer(Usage::Training)?, Answer::Disallowed);
    assert_eq!(song.verify()?.marker, MarkerVerdict::Missing);
    song.tag()?;
    assert_eq!(song.verify()?.marker, MarkerVerdict::Intact);
    assert!(Record::of(song.path())?.marker.is_some());
    song.strip()?;
    assert!(song.is_original()?);
    Ok(())
}
