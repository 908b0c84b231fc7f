//! Is a statement heard, and the sound known, in the containers that re-hosting makes?

mod common;

use std::fs;

use common::bytes::{find, put};
use common::{Outcome, Shelf, Song, corpus, hex, sha256};
use noai_audio::{Answer, ContentVerdict, ErrorKind, Format, Marker, MarkerVerdict, Usage};

/// An element with a size of 8 bytes.
fn element(id: &[u8], payload: &[u8]) -> Vec<u8> {
    let size = (payload.len() as u64 | 1 << 56).to_be_bytes();
    [id, &size, payload].concat()
}

/// A segment of one Vorbis track, in its block or blocks these bytes.
fn matroska(track: &[u8], tags: &[u8], clusters: &[u8]) -> Vec<u8> {
    matroska_of("A_VORBIS", track, tags, clusters)
}

fn matroska_of(codec: &str, track: &[u8], tags: &[u8], clusters: &[u8]) -> Vec<u8> {
    let head = element(
        &[0x1a, 0x45, 0xdf, 0xa3],
        &element(&[0x42, 0x82], b"matroska"),
    );
    let audio = element(&[0xe1], &element(&[0xb5], &8_000_f32.to_be_bytes()));
    let entry = [
        element(&[0xd7], &[1]),
        element(&[0x83], &[2]),
        element(&[0x86], codec.as_bytes()),
        audio,
        track.to_vec(),
    ];
    let tracks = element(
        &[0x16, 0x54, 0xae, 0x6b],
        &element(&[0xae], &entry.concat()),
    );
    let segment = [&tracks, tags, clusters].concat();
    [head, element(&[0x18, 0x53, 0x80, 0x67], &segment)].concat()
}

const CLUSTER: [u8; 4] = [0x1f, 0x43, 0xb6, 0x75];

fn cluster(blocks: &[Vec<u8>]) -> Vec<u8> {
    element(&CLUSTER, &blocks.concat())
}

/// A simple block of track 1 with these flags.
fn block(flags: u8, body: &[u8]) -> Vec<u8> {
    element(&[0xa3], &[&[0x81, 0, 0, flags], body].concat())
}

/// Statements as ffmpeg writes them into Matroska.
fn tags(fields: &[(&str, &str)]) -> Vec<u8> {
    let simple = |(name, value): &(&str, &str)| {
        let parts = [
            element(&[0x45, 0xa3], name.as_bytes()),
            element(&[0x44, 0x87], value.as_bytes()),
        ];
        element(&[0x67, 0xc8], &parts.concat())
    };
    let tag: Vec<u8> = fields.iter().flat_map(simple).collect();
    element(&[0x12, 0x54, 0xc3, 0x67], &element(&[0x73, 0x73], &tag))
}

/// The digest of the essence that is found.
fn essence(song: &Song) -> Outcome<String> {
    Ok(song.essence()?.digest.to_string())
}

fn digest_of(packets: &[u8]) -> String {
    format!("sha256:{}", hex(&sha256(packets)))
}

#[test]
fn files_of_these_formats_are_read_and_never_written() -> Outcome {
    let shelf = Shelf::new()?;
    let cases = [
        ("broken/sine.caf", Format::Caf),
        ("broken/caf-called.mp3", Format::Caf),
        ("broken/sine.mka", Format::Matroska),
        ("broken/sine.webm", Format::Matroska),
        ("broken/ffmpeg-mdta.mp4", Format::Mp4),
    ];
    for (name, format) in cases {
        let song = shelf.song(name)?;
        assert_eq!(song.read()?.format(), format, "{name}");
        assert_eq!(song.identify()?.format, format, "{name}");
        assert_eq!(song.verify()?.marker, MarkerVerdict::Missing, "{name}");
        for result in [song.tag().map(|_| ()), song.strip().map(|_| ())] {
            let kind = result.map_err(|error| error.kind());
            assert_eq!(kind, Err(ErrorKind::Unsupported), "{name}");
        }
        assert!(song.is_original()?, "{name}");
    }
    Ok(())
}

#[test]
fn a_block_gives_its_packets_however_they_are_laced() -> Outcome {
    let shelf = Shelf::new()?;
    let (a, b, c) = (vec![1_u8; 300], vec![2; 7], vec![3; 20]);
    let all = [a.clone(), b.clone(), c.clone()].concat();
    let laced = |flags: u8, sizes: &[u8]| block(flags, &[sizes, &all].concat());
    let groups = [
        cluster(&[block(0, &a), block(0, &b), block(0, &c)]),
        // Xiph: two more packets, of 255 + 45 and 7 bytes, and the rest.
        cluster(&[laced(2, &[2, 255, 45, 7])]),
        // EBML: 300, then 7 - 300 around the middle of two bytes.
        cluster(&[laced(6, &[2, 0x41, 0x2c, 0x5e, 0xda])]),
        // In a group, of a cluster that does not say where it ends.
        [
            CLUSTER.to_vec(),
            vec![0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            element(
                &[0xa0],
                &element(&[0xa1], &[&[0x81, 0, 0, 0], all.as_slice()].concat()),
            ),
        ]
        .concat(),
    ];
    for (index, clusters) in groups.iter().enumerate() {
        let song = shelf.put("a.mkv", matroska(&[], &[], clusters))?;
        assert_eq!(essence(&song)?, digest_of(&all), "{index}");
    }
    let even = cluster(&[block(
        4,
        &[&[2], all.as_slice().get(..327).unwrap()].concat(),
    )]);
    let song = shelf.put("b.mkv", matroska(&[], &[], &even))?;
    assert_eq!(essence(&song)?, digest_of(&all));
    // The packets of another track are not this one's.
    let other = element(&[0xa3], &[&[0x82, 0, 0, 0], all.as_slice()].concat());
    let mixed = cluster(&[block(0, &all), other]);
    let song = shelf.put("c.mkv", matroska(&[], &[], &mixed))?;
    assert_eq!(essence(&song)?, digest_of(&all));
    Ok(())
}

#[test]
fn what_symphonia_would_misread_is_refused() -> Outcome {
    let shelf = Shelf::new()?;
    let sound = cluster(&[block(0, &[1; 50])]);
    let encodings = element(&[0x6d, 0x80], &element(&[0x62, 0x40], &[]));
    let encrypted = cluster(&[element(&[0xaf], &[1; 50])]);
    for (name, file) in [
        ("compressed", matroska(&encodings, &[], &sound)),
        ("encrypted", matroska(&[], &[], &encrypted)),
    ] {
        let found = shelf.put(name, file)?.identify().map(|_| ());
        assert_eq!(
            found.map_err(|e| e.kind()),
            Err(ErrorKind::Unsupported),
            "{name}"
        );
    }
    // 65,537 channels are not one.
    let mut many = matroska(&[], &[], &sound);
    let audio = element(&[0xb5], &8_000_f32.to_be_bytes());
    let at = find(&many, &audio).ok_or("no rate")?;
    many[at..at + audio.len()].copy_from_slice(&element(&[0x9f], &[0, 1, 0, 1]));
    let found = shelf.put("many.mkv", many)?.identify().map(|_| ());
    assert_eq!(found.map_err(|e| e.kind()), Err(ErrorKind::Malformed));
    // An LATM stream: a sync of 11 bits that is no ADTS.
    let latm: Vec<u8> = [0x56, 0xe0, 0x20]
        .iter()
        .cycle()
        .take(600)
        .copied()
        .collect();
    let found = shelf.put("latm.aac", latm)?.identify().map(|_| ());
    assert_eq!(found.map_err(|e| e.kind()), Err(ErrorKind::NotAudio));
    Ok(())
}

#[test]
fn a_table_in_the_first_mp3_frame_is_no_sound_in_any_container() -> Outcome {
    let shelf = Shelf::new()?;
    let plain = essence(&shelf.song("clean/sine.mp3")?)?;
    for wav in ["clean/mp3-in-wav.wav", "tagged/mp3-in-wav.wav"] {
        assert_eq!(essence(&shelf.song(wav)?)?, plain, "{wav}");
    }
    let mp3 = fs::read(corpus().join("clean/sine.mp3"))?;
    let sound = digest_of(mp3.get(182..).unwrap_or_default());
    let blocks = [
        block(0, mp3.get(..182).unwrap()),
        block(0, mp3.get(182..).unwrap()),
    ];
    let file = matroska_of("A_MPEG/L3", &[], &[], &cluster(&blocks));
    let song = shelf.put("a.mkv", file)?;
    assert_eq!(song.identify()?.stream.codec, "mp3");
    assert_eq!(essence(&song)?, sound);
    Ok(())
}

#[test]
fn statements_are_heard_there_and_denials_count() -> Outcome {
    let shelf = Shelf::new()?;
    let mp3 = shelf.song("clean/sine.mp3")?;
    mp3.tag()?;
    let marker = mp3.verify()?.found.ok_or("no marker")?;
    let fields = marker.fields();
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let sound = cluster(&[block(0, &[1; 50])]);
    let song = shelf.put("a.mkv", matroska(&[], &tags(&pairs), &sound))?;
    assert_eq!(song.answer(Usage::Training)?, Answer::Disallowed);
    assert_eq!(song.answer(Usage::Search)?, Answer::None);
    let verdict = song.verify()?;
    assert_eq!(verdict.marker, MarkerVerdict::Intact);
    assert_eq!(verdict.content, ContentVerdict::Differs);

    // Damage in a field of ours is unreadable, never silence.
    let damaged = [("ai consent", "v=1, training=maybe")];
    let song = shelf.put("b.mkv", matroska(&[], &tags(&damaged), &sound))?;
    assert_eq!(song.answer(Usage::Training)?, Answer::Unreadable);

    // QuickTime's keys, as ffmpeg writes them; one of them under a name of ours.
    let mut mdta = fs::read(corpus().join("broken/ffmpeg-mdta.mp4"))?;
    let at = find(&mdta, b"mdtamood").ok_or("no key")?;
    put(&mut mdta, at + 4, b"NOAI")?;
    let song = shelf.put("c.mp4", mdta)?;
    assert_eq!(song.answer(Usage::Training)?, Answer::Unreadable);
    assert_eq!(
        song.read()?
            .statements()
            .first()
            .map(noai_audio::Statement::tag),
        Some("mdta")
    );
    Ok(())
}

#[test]
fn a_second_information_chunk_is_heard_too() -> Outcome {
    let shelf = Shelf::new()?;
    let mut file = fs::read(corpus().join("broken/sine.caf"))?;
    let first = find(&file, b"data").ok_or("no data")?;
    let chunk = |text: &[u8]| {
        let size = (4 + text.len() as u64).to_be_bytes();
        [b"info".as_slice(), &size, &1_u32.to_be_bytes(), text].concat()
    };
    let both = [chunk(b"title\0Song\0"), chunk(b"NOAI\0training\0")].concat();
    file.splice(first..first, both);
    let song = shelf.put("song.caf", file)?;
    assert_eq!(song.answer(Usage::Training)?, Answer::Disallowed);
    Ok(())
}

#[test]
fn a_packet_that_no_decoder_could_hold_is_refused() -> Outcome {
    let shelf = Shelf::new()?;
    let mut file = fs::read(corpus().join("clean/sine.m4a"))?;
    // The first entry of the sample sizes, in a file that has room for it.
    let sizes = find(&file, b"stsz").ok_or("no stsz")?;
    put(&mut file, sizes + 16, &(17_u32 << 20).to_be_bytes())?;
    let room = 32_u32 << 20;
    file.extend(room.to_be_bytes());
    file.extend(b"free");
    file.resize(file.len() + room as usize - 8, 0);
    let found = noai_audio::identify(shelf.put("huge.m4a", file)?.path()).map(|_| ());
    assert_eq!(found.map_err(|e| e.kind()), Err(ErrorKind::Limit));
    Ok(())
}

#[test]
fn the_copyright_of_quicktime_and_3gpp_is_heard() -> Outcome {
    let shelf = Shelf::new()?;
    let plain = fs::read(corpus().join("clean/sine.m4a"))?;
    let atom = |kind: &[u8], payload: &[u8]| {
        let size = (payload.len() as u32 + 8).to_be_bytes();
        [&size, kind, payload].concat()
    };
    let notice = b"No AI training without permission. [Content-Usage: train-ai=n]";
    let length = (notice.len() as u16).to_be_bytes();
    let quicktime = atom(
        b"\xa9cpy",
        &[&length, [0x55, 0xc4].as_slice(), notice].concat(),
    );
    let third = atom(
        b"cprt",
        &[&[0, 0, 0, 0, 0x55, 0xc4], notice.as_slice(), &[0]].concat(),
    );
    let wide: Vec<u8> = notice.iter().flat_map(|byte| [0, *byte]).collect();
    let third_wide = atom(
        b"cprt",
        &[&[0, 0, 0, 0, 0x55, 0xc4, 0xfe, 0xff], wide.as_slice()].concat(),
    );
    for (name, text) in [
        ("quicktime.mov", quicktime),
        ("third.3gp", third),
        ("wide.3gp", third_wide),
    ] {
        // At the end of the file, so that nothing moves.
        let mut file = plain.clone();
        for parent in [b"moov", b"udta"] {
            let at = find(&file, parent).ok_or("no such atom")? - 4;
            let size = common::bytes::be(&file, at, 4)?;
            assert_eq!(at + size, file.len());
            put(&mut file, at, &((size + text.len()) as u32).to_be_bytes())?;
        }
        file.extend(text);
        let song = shelf.put(name, file)?;
        assert_eq!(song.answer(Usage::Training)?, Answer::Disallowed, "{name}");
        let verdict = song.verify()?;
        assert!(verdict.denies, "{name}");
        assert_eq!(
            verdict.to_string(),
            "No full statement; other fields still deny."
        );
        // It is still a file that can be written, and taken back.
        song.tag()?;
        song.strip()?;
        assert!(song.is_original()?, "{name}");
    }
    Ok(())
}

#[test]
fn a_second_place_for_tags_hides_no_denial() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.m4a")?;
    song.tag()?;
    let tagged = song.bytes()?;
    let before_udta = |atom: &[u8]| -> Outcome<Vec<u8>> {
        let mut file = tagged.clone();
        let moov = find(&file, b"moov").ok_or("no moov")? - 4;
        let udta = find(&file, b"udta").ok_or("no udta")? - 4;
        let size = common::bytes::be(&file, moov, 4)? + atom.len();
        put(&mut file, moov, &(size as u32).to_be_bytes())?;
        file.splice(udta..udta, atom.iter().copied());
        Ok(file)
    };
    let empty = shelf.put("empty.m4a", before_udta(b"\0\0\0\x08udta")?)?;
    assert_eq!(empty.answer(Usage::Training)?, Answer::Disallowed);
    let second = b"\0\0\0\x14udta\0\0\0\x0cmeta\0\0\0\0";
    let found = shelf
        .put("two.m4a", before_udta(second)?)?
        .read()
        .map(|_| ());
    assert_eq!(found.map_err(|e| e.kind()), Err(ErrorKind::Unsupported));
    Ok(())
}

#[test]
fn bytes_behind_a_matroska_segment_are_refused() -> Outcome {
    let shelf = Shelf::new()?;
    let one = matroska(&[], &[], &cluster(&[block(0, &[1; 50])]));
    let two = [one.clone(), one].concat();
    let found = shelf.put("two.mkv", two)?.identify().map(|_| ());
    assert_eq!(found.map_err(|e| e.kind()), Err(ErrorKind::Unsupported));
    Ok(())
}

#[test]
fn what_would_make_a_decoder_hold_too_much_is_refused() -> Outcome {
    let shelf = Shelf::new()?;
    let plain = fs::read(corpus().join("broken/sine.caf"))?;
    let description = find(&plain, b"desc").ok_or("no desc")? + 12;
    // Bytes and frames of a packet.
    for (name, at, value, kind) in [
        ("bytes", 16, 1_u32 << 30, ErrorKind::Limit),
        ("frames", 20, 1 << 28, ErrorKind::Malformed),
    ] {
        let mut file = plain.clone();
        put(&mut file, description + 8, b"alac")?;
        put(&mut file, description + at, &value.to_be_bytes())?;
        let found = noai_audio::identify(shelf.put(name, file)?.path());
        let error = found.err().ok_or(name)?;
        assert_eq!(error.kind(), kind, "{name}");
        assert!(error.position().is_some(), "{name}");
    }
    Ok(())
}

#[test]
fn a_second_track_keeps_a_statement_from_fitting() -> Outcome {
    let shelf = Shelf::new()?;
    let sound = cluster(&[block(0, &[1; 50])]);
    let bare = shelf.put("bare.mka", matroska(&[], &[], &sound))?;
    let marker = Marker::new(common::no_ai()).bound(&bare.identify()?);
    let fields = marker.fields();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let whole = matroska(&[], &tags(&fields), &sound);
    assert!(shelf.put("one.mka", whole.clone())?.verify()?.fits());

    let second = element(
        &[0xae],
        &[
            element(&[0xd7], &[2]),
            element(&[0x83], &[2]),
            element(&[0x86], b"A_VORBIS"),
        ]
        .concat(),
    );
    let mut two = whole;
    for id in [[0x18, 0x53, 0x80, 0x67], [0x16, 0x54, 0xae, 0x6b]] {
        let at = find(&two, &id).ok_or("no such element")? + 4;
        let size = common::bytes::be(&two, at + 1, 7)? + second.len();
        put(&mut two, at, &(size as u64 | 1 << 56).to_be_bytes())?;
    }
    let end = find(&two, &[0x12, 0x54, 0xc3, 0x67]).ok_or("no tags")?;
    two.splice(end..end, second);
    let verdict = shelf.put("two.mka", two)?.verify()?;
    assert_eq!(verdict.content, ContentVerdict::Essence);
    assert!(verdict.other_tracks && !verdict.fits());
    assert_eq!(
        verdict.to_string(),
        "Statement present; made for this track. Its denials still count. \
         Only the first of several tracks was looked at."
    );
    Ok(())
}
