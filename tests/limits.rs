//! Is every limit in force wherever it says so, and does no real file meet one?

mod common;

use std::collections::BTreeSet;
use std::fs;

use common::bytes::{be, find, part};
use common::{Outcome, Shelf, Song, build, corpus, ensure, fail, ledger, no_ai};
use noai_audio::{
    Answer, EmbedOptions, Error, ErrorKind, Format, Level, Limits, Record, Records, Usage,
};

/// Files with fields of ours, one of every format at least, and what is told apart in it.
fn tagged_songs(shelf: &Shelf) -> Outcome<Vec<Song>> {
    let mut songs = Vec::new();
    for name in [
        "clean/sine.mp3",
        "clean/sine.flac",
        "clean/sine.ogg",
        "clean/sine.opus",
        "clean/sine.m4a",
        "clean/sine.wav",
        "clean/sine.aiff",
        "clean/sine.aac",
        "clean/sine.wv",
        "clean/sine.ape",
        "clean/sine.mpc",
        "clean/sine.tta",
    ] {
        let song = shelf.song(name)?;
        song.tag()?;
        songs.push(song);
    }
    let plain = |name: &str| fs::read(corpus().join(name));
    let caf = build::caf(
        &plain("broken/sine.caf")?,
        b"\0\0\0\x02NOAI\0training\0NOAI\0search\0",
    )?;
    let mut tags = build::simple_tag(b"NOAI", b"\x44\x87", b"training");
    tags.extend(build::simple_tag(b"NOAI", b"\x44\x87", b"search"));
    songs.push(shelf.put("sine.caf", caf)?);
    songs.push(shelf.put("sine.mka", build::mka(&plain("broken/sine.mka")?, &tags)?)?);
    let formats: BTreeSet<Format> = songs
        .iter()
        .map(|song| Ok(song.read()?.format()))
        .collect::<Outcome<_>>()?;
    assert_eq!(
        formats,
        Format::ALL.into_iter().collect(),
        "a format is missing"
    );
    Ok(songs)
}

type Looked = (&'static str, Result<(), Error>);

/// Every operation within `limits`. The last three walk over the sound, too.
fn operations(song: &Song, limits: Limits) -> Vec<Looked> {
    let path = song.path();
    let embed = EmbedOptions::new().limits(limits).embed(path, &no_ai());
    vec![
        ("read", noai_audio::read_within(path, limits).map(drop)),
        (
            "verify",
            Records::default().verify_within(path, limits).map(drop),
        ),
        ("record", Record::of_within(path, limits).map(drop)),
        ("embed", embed.map(drop)),
    ]
}

/// All of them refuse the file, for the limit and with the place.
fn all_refuse(song: &Song, operations: Vec<Looked>) -> Outcome {
    let path = song.path().display();
    for (name, result) in operations {
        let Err(error) = result else {
            return fail(format!("{path}: {name} looked all the same"));
        };
        // What is never written is refused as that first.
        let is_unwritten = name == "embed" && error.kind() == ErrorKind::Unsupported;
        ensure(error.kind() == ErrorKind::Limit || is_unwritten, || {
            format!("{name}: {error}")
        })?;
        ensure(error.position().is_some(), || {
            format!("{name}: no place: {error}")
        })?;
    }
    Ok(())
}

#[test]
fn a_tag_may_be_so_large_and_have_so_many_fields_and_parts() -> Outcome {
    let shelf = Shelf::new()?;
    for song in tagged_songs(&shelf)? {
        for limits in [
            Limits {
                tag: 20,
                ..Limits::default()
            },
            Limits {
                fields: 1,
                ..Limits::default()
            },
            Limits {
                parts: 1,
                ..Limits::default()
            },
        ] {
            all_refuse(&song, operations(&song, limits))?;
        }
    }
    Ok(())
}

#[test]
fn a_limit_that_the_new_file_alone_would_pass_is_not_told_of_the_old_one() -> Outcome {
    let shelf = Shelf::new()?;
    let tag = build::id3(&[build::user_text("theirs", &"x".repeat(1000))]);
    let sound = fs::read(corpus().join("clean/sine.mp3"))?;
    let song = shelf.put("song.mp3", [&tag[..], &sound].concat())?;
    let limits = Limits {
        tag: tag.len() as u64,
        ..Limits::default()
    };
    noai_audio::read_within(song.path(), limits)?;
    let result = EmbedOptions::new()
        .limits(limits)
        .embed(song.path(), &no_ai());
    let error = result.err().ok_or("it was tagged")?;
    assert_eq!((error.kind(), error.position()), (ErrorKind::Limit, None));
    assert!(
        error
            .reason()
            .starts_with("the new file would be beyond a limit: "),
        "{error}"
    );
    assert!(song.is_original()?);
    Ok(())
}

#[test]
fn so_many_tags_may_stand_at_either_end() -> Outcome {
    let shelf = Shelf::new()?;
    let plain = fs::read(corpus().join("clean/sine.mp3"))?;
    let appended = [&b"ID3\x04\0\x10\0\0\0\0"[..], b"3DI\x04\0\x10\0\0\0\0"].concat();
    let ape = build::ape(&[]);
    for (name, tag, is_in_front) in [
        ("front.mp3", build::id3(&[]), true),
        ("appended.mp3", appended, false),
        ("ape.mp3", ape, false),
        ("id3v1.mp3", [&b"TAG"[..], &[0; 125]].concat(), false),
        ("lyrics.mp3", b"LYRICSBEGINLYRICSEND".to_vec(), false),
    ] {
        for (count, expected) in [(64, None), (65, Some(ErrorKind::Limit))] {
            let tags = tag.repeat(count);
            let file = if is_in_front {
                [&tags, &plain[..]].concat()
            } else {
                [&plain[..], &tags].concat()
            };
            let song = shelf.put(name, file)?;
            let error = noai_audio::read(song.path()).err();
            assert_eq!(error.map(|error| error.kind()), expected, "{count} {name}");
        }
    }
    Ok(())
}

#[test]
fn no_padding_takes_the_place_of_what_no_edit_wrote() -> Outcome {
    let shelf = Shelf::new()?;
    let tag = build::id3(&[build::user_text("theirs", "x"), vec![0; 4096]]);
    let sound = fs::read(corpus().join("clean/sine.mp3"))?;
    let song = shelf.put("song.mp3", [&tag[..], &sound].concat())?;
    song.tag()?;
    // The room for our lines came from the padding; one of them is somebody else's now.
    let tagged = song.bytes()?;
    assert_eq!(tagged.len(), song.original().len());
    let at = find(&tagged, b"\0NOAI\0").ok_or("no NOAI")? - 10;
    let end = at + 10 + be(&tagged, at + 4, 4)?;
    let tag_end = tag.len();
    let long = build::user_text("NOAI", &"x".repeat(2 << 20));
    let frames = [
        part(&tagged, 10, at - 10)?.to_vec(),
        long,
        part(&tagged, end, tag_end - end)?.to_vec(),
    ];
    let other = shelf.put("other.mp3", [build::id3(&frames), sound].concat())?;
    other.strip()?;
    let left = other.bytes()?;
    assert!(find(&left, b"NOAI").is_none());
    assert!(left.len() <= song.original().len(), "{}", left.len());
    Ok(())
}

#[test]
fn a_file_may_have_so_many_tracks() -> Outcome {
    let shelf = Shelf::new()?;
    let plain = fs::read(corpus().join("clean/no-udta-last.m4a"))?;
    for (more, expected) in [(999, None), (1000, Some(ErrorKind::Limit))] {
        let file = build::in_moov(&plain, &build::track().repeat(more))?;
        let song = shelf.put("tracks.m4a", file)?;
        let error = noai_audio::read(song.path()).err();
        assert_eq!(error.map(|error| error.kind()), expected, "{more} more");
    }
    Ok(())
}

#[test]
fn what_has_to_be_held_may_be_so_large() -> Outcome {
    let shelf = Shelf::new()?;
    let limits = Limits {
        held_tag: 20,
        ..Limits::default()
    };
    for song in tagged_songs(&shelf)? {
        let held = matches!(song.read()?.format(), Format::Ogg | Format::Caf);
        if held {
            all_refuse(&song, operations(&song, limits))?;
        }
    }
    Ok(())
}

#[test]
fn tags_may_stand_so_deep_in_tags() -> Outcome {
    let shelf = Shelf::new()?;
    let plain = fs::read(corpus().join("broken/sine.mka"))?;
    let mut tags = build::simple_tag(b"NOAI", b"\x44\x87", b"training");
    for _ in 0..6 {
        tags = build::element(b"\x67\xc8", &tags);
    }
    let deep = shelf.put("deep.mka", build::mka(&plain, &tags)?)?;
    assert_eq!(deep.answer(Usage::Training)?, Answer::Disallowed);
    let limits = Limits {
        depth: 7,
        ..Limits::default()
    };
    all_refuse(&deep, operations(&deep, limits))
}

#[test]
fn a_longer_value_is_unreadable() -> Outcome {
    let shelf = Shelf::new()?;
    let limits = Limits {
        field: 7,
        ..Limits::default()
    };
    for song in tagged_songs(&shelf)? {
        let inspection = noai_audio::read_within(song.path(), limits)?;
        let long = inspection.statements().iter().find(|s| s.field() == "NOAI");
        let long = long.ok_or("no NOAI")?;
        assert_eq!(
            long.fault(),
            Some("the field is too long"),
            "{}",
            song.path().display()
        );
        assert_eq!(
            inspection.answer(Usage::Replication, None),
            Answer::Unreadable
        );
        let verdict = Records::default().verify_within(song.path(), limits)?;
        assert!(!verdict.fits());
    }
    Ok(())
}

#[test]
fn a_packet_may_be_so_large() -> Outcome {
    let shelf = Shelf::new()?;
    let limits = Limits {
        packet: 1,
        ..Limits::default()
    };
    for song in tagged_songs(&shelf)? {
        // In other formats nothing has to be held of a packet to find where it ends.
        let told_apart = matches!(
            song.read()?.format(),
            Format::Mp4 | Format::Matroska | Format::Caf
        );
        let result = noai_audio::identify_within(song.path(), &[Level::Essence], limits);
        if told_apart {
            all_refuse(&song, vec![("identify", result.map(drop))])?;
        } else {
            result?;
        }
    }
    Ok(())
}

#[cfg(feature = "fingerprint")]
#[test]
fn so_much_sound_is_decoded_and_the_rest_is_identified_all_the_same() -> Outcome {
    let shelf = Shelf::new()?;
    let few = Limits {
        samples: 10,
        ..Limits::default()
    };
    let short = Limits {
        seconds: 0,
        ..Limits::default()
    };
    let tables = Limits {
        tables: 10,
        ..Limits::default()
    };
    let mut songs = tagged_songs(&shelf)?;
    let second = 44_100 * 2;
    songs.push(shelf.put("two-seconds.wav", build::wav(2 * second, &[]))?);
    for song in &songs {
        let name = song.path().display();
        let heard = |limits| noai_audio::identify_within(song.path(), &Level::ALL, limits);
        let whole = heard(Limits::default())?;
        // There is no decoder for these.
        if ["wavpack", "ape", "musepack8", "tta"].contains(&whole.stream.codec.as_str()) {
            continue;
        }
        // Of WavPack and its likes nothing is decoded here.
        let Some(length) = whole.sound.duration else {
            continue;
        };
        let is_held = matches!(whole.format, Format::Mp4 | Format::Matroska | Format::Ogg)
            || whole.stream.codec == "alac";
        for (limits, is_met) in [
            (few, true),
            (short, length.as_secs() > 0),
            (tables, is_held && !whole.stream.codec.starts_with("pcm_")),
        ] {
            let found = heard(limits)?;
            assert_eq!(found.essence, whole.essence, "{name}");
            assert_eq!(found.sound.undecoded.is_some(), is_met, "{name} {limits:?}");
            assert!(!is_met || found.sound.code.is_none() && found.sound.pcm.is_none());
        }
    }
    Ok(())
}

/// A code that cannot be had does not stop a statement.
#[cfg(feature = "fingerprint")]
#[test]
fn a_statement_is_written_where_the_sound_is_too_long() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.mp3")?;
    let limits = Limits {
        samples: 10,
        ..Limits::default()
    };
    let done = EmbedOptions::new()
        .record(true)
        .limits(limits)
        .embed(song.path(), &no_ai())?;
    let record = done.record.ok_or("no record")?;
    assert_eq!(record.marker.ok_or("no marker")?.code(), None);
    assert_eq!(song.answer(Usage::Training)?, Answer::Disallowed);
    Ok(())
}

#[test]
fn no_file_of_the_corpus_meets_a_limit() -> Outcome {
    ledger::for_each(&ledger::cases()?, |_, _, song| {
        let kind = |result: Result<(), Error>| result.err().map(|error| error.kind());
        let identified = noai_audio::identify_levels(song.path(), &Level::ALL);
        let undecoded = identified
            .as_ref()
            .ok()
            .and_then(|found| found.sound.undecoded.clone());
        for (name, result) in [
            ("read", song.read().map(drop)),
            ("identify", identified.map(drop)),
            ("verify", song.verify().map(drop)),
            ("embed", song.tag().map(drop)),
            ("strip", song.strip().map(drop)),
        ] {
            ensure(kind(result) != Some(ErrorKind::Limit), || {
                format!("{name} met a limit")
            })?;
        }
        let undecoded = undecoded.unwrap_or_default();
        ensure(!undecoded.contains("too"), || {
            format!("identify: {undecoded}")
        })
    });
    Ok(())
}
