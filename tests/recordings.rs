//! Is a recording known again, and is a statement told from a pasted one?
#![cfg(feature = "fingerprint")]

mod common;

use std::fs;
use std::io::Cursor;

use common::build::atom;
use common::bytes::{be, find, part, put, rest};
use common::music::{melody, wav, wav_of};
use common::{Outcome, Shelf, corpus, hex, no_ai, sha256};
use noai_audio::{
    ContentVerdict, Declaration, EmbedOptions, ErrorKind, Identity, Level, Preset, Record, Records,
    Status, Usage, Verdict, identify_levels,
};

/// Tags a song and gives its record.
fn tagged(song: &common::Song) -> Outcome<Record> {
    let embedded = EmbedOptions::new()
        .record(true)
        .embed(song.path(), &no_ai())?;
    Ok(*embedded.record.ok_or("no record")?)
}

fn all(song: &common::Song) -> Result<Identity, noai_audio::Error> {
    identify_levels(song.path(), &Level::ALL)
}

/// The words of a verdict, content first.
fn words(verdict: &Verdict) -> (&'static str, &'static str) {
    (verdict.content.name(), verdict.marker.name())
}

#[test]
fn pcm_is_the_digest_of_the_samples_in_their_normal_form() -> Outcome {
    let shelf = Shelf::new()?;
    let bytes: Vec<u8> = (0..24_000_u32).map(|n| (n * 7 % 251) as u8).collect();
    let signed: Vec<u8> = bytes.iter().map(|byte| byte ^ 0x80).collect();
    let cases = [
        (1, 8, 2, "pcm_s8", &signed),
        (1, 16, 2, "pcm_s16le", &bytes),
        (1, 24, 1, "pcm_s24le", &bytes),
        (1, 32, 3, "pcm_s32le", &bytes),
        (3, 32, 1, "pcm_f32le", &bytes),
        (3, 64, 1, "pcm_f64le", &bytes),
    ];
    for (tag, bits, channels, codec, normal) in cases {
        let song = shelf.put(codec, wav_of(tag, bits, channels, &bytes))?;
        let pcm = all(&song)?.sound.pcm.ok_or("no PCM digest")?;
        let digest = hex(&sha256(normal));
        let expected = format!("{codec}/22050/{channels}:sha256:{digest}");
        assert_eq!(pcm.to_string(), expected);
        assert_eq!(expected.parse(), Ok(pcm));
    }
    Ok(())
}

#[test]
fn every_link_of_a_chain_is_heard() -> Outcome {
    let shelf = Shelf::new()?;
    let wav = fs::read(corpus().join("clean/short.wav"))?;
    let samples = rest(&wav, find(&wav, b"data").ok_or("no data")? + 8)?;
    let chained = all(&shelf.song("tagged/chained.oga")?)?.sound;
    let once = all(&shelf.song("clean/ogg-flac.oga")?)?.sound;
    let digest = chained.pcm.ok_or("no PCM digest")?.digest;
    let twice = hex(&sha256(&[samples, samples].concat()));
    assert_eq!(digest.to_string(), format!("sha256:{twice}"));
    assert_eq!(chained.duration, once.duration.map(|duration| 2 * duration));
    assert_eq!(chained.md5, None);
    Ok(())
}

#[test]
fn pcm_is_the_same_in_every_lossless_container() -> Outcome {
    let groups = [
        &[
            "clean/24-bit.flac",
            "clean/24-bit.wav",
            "clean/24-bit.aiff",
            "clean/none-24.aifc",
            "clean/in24.aifc",
            "clean/42ni.aifc",
            "clean/sowt-24.aifc",
        ][..],
        &["clean/32-bit.wav", "clean/in32.aifc", "clean/23ni.aifc"],
        &[
            "clean/float.wav",
            "clean/fl32.aifc",
            "clean/upper-fl32.aifc",
        ],
        &[
            "clean/float-64.wav",
            "clean/fl64.aifc",
            "clean/upper-fl64.aifc",
        ],
        &[
            "clean/short.wav",
            "clean/rf64.wav",
            "clean/bw64.wav",
            "clean/stream-ffmpeg.wav",
            "clean/riff-data-size-0.wav",
            "clean/none.aifc",
            "clean/twos.aifc",
            "clean/sowt.aifc",
            "clean/alac.m4a",
            "clean/flac.mp4",
            "clean/pcm.mov",
            "clean/no-padding.flac",
            "tagged/leading-id3v2.flac",
            "tagged/trailing-id3v1.flac",
            "broken/sine.caf",
            "clean/ogg-flac.oga",
        ],
    ];
    let shelf = Shelf::new()?;
    for group in groups {
        let mut digests = Vec::new();
        for name in group {
            let pcm = all(&shelf.song(name)?)?.sound.pcm;
            digests.push(pcm.ok_or_else(|| format!("{name}: no PCM digest"))?);
        }
        for (name, digest) in group.iter().zip(&digests) {
            assert_eq!(Some(digest), digests.first(), "{name}");
        }
    }
    Ok(())
}

#[test]
fn a_file_within_a_file_is_not_heard_in_its_place() -> Outcome {
    let shelf = Shelf::new()?;
    let inner = fs::read(corpus().join("clean/alac.m4a"))?;
    let moov = find(&inner, b"moov").ok_or("no moov")? - 4;
    let length = be(&inner, moov, 4)?;
    let stco = find(&inner, b"stco").ok_or("no stco")? + 12;
    let chunk = be(&inner, stco, 4)? + length + 8;
    // Each moov leads to bytes of the same mdat, the outer one to others.
    let mut within = inner.clone();
    put(&mut within, stco, &(chunk as u32).to_be_bytes())?;
    let mut outer = part(&inner, moov, length)?.to_vec();
    put(&mut outer, stco - moov, &(chunk as u32 - 8).to_be_bytes())?;
    let file = [outer, atom(b"mdat", &within)].concat();
    let heard = all(&shelf.put("outer.m4a", file)?)?;
    assert_ne!(heard.essence, all(&shelf.put("inner.m4a", inner)?)?.essence);
    assert_eq!(heard.sound.pcm, None);
    Ok(())
}

#[test]
fn sound_behind_what_a_table_counts_is_heard() -> Outcome {
    let shelf = Shelf::new()?;
    let one = shelf.song("clean/lame.mp3")?;
    let alone = all(&one)?.sound.duration.ok_or("not decoded")?;
    // The table of the first says nothing of the others; one alone might pass for padding.
    let joined = shelf.put("joined.mp3", one.original().repeat(4))?;
    let together = all(&joined)?.sound.duration.ok_or("not decoded")?;
    assert!(
        together >= alone * 4,
        "{together:?} of four times {alone:?}"
    );
    Ok(())
}

#[test]
fn the_md5_of_flac_is_reported_and_not_trusted() -> Outcome {
    let shelf = Shelf::new()?;
    let cases = [
        ("clean/24-bit.flac", Some(true)),
        ("tagged/wrong-md5.flac", Some(false)),
        ("tagged/zero-md5.flac", None),
    ];
    for (name, right) in cases {
        let sound = all(&shelf.song(name)?)?.sound;
        assert_eq!(sound.md5, right, "{name}");
        assert!(sound.pcm.is_some(), "{name}");
    }
    Ok(())
}

#[test]
fn the_statement_carries_the_content_code() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.put("a.wav", wav(&melody(1, 20)))?;
    let code = all(&song)?.sound.code.ok_or("no content code")?;
    song.tag()?;
    let found = song.verify()?.found.ok_or("no marker")?;
    assert_eq!(found.code(), Some(&code));
    assert_eq!(found.to_string().parse(), Ok(found));
    let before = song.bytes()?;
    assert_eq!(song.tag()?.status, Status::Unchanged);
    assert_eq!(song.bytes()?, before);
    assert!(song.strip()?.exact);
    assert!(song.is_original()?);

    EmbedOptions::new()
        .content_code(false)
        .embed(song.path(), &no_ai())?;
    let without = song.bytes()?;
    assert_eq!(song.verify()?.found.ok_or("no marker")?.code(), None);
    // The statement there keeps what it has, whatever the options say.
    assert_eq!(song.tag()?.status, Status::Unchanged);
    assert_eq!(song.bytes()?, without);
    Ok(())
}

#[test]
fn copies_are_found_by_the_strongest_level_that_tells() -> Outcome {
    let shelf = Shelf::new()?;
    let samples = melody(1, 40);
    let song = shelf.put("Song.wav", wav(&samples))?;
    let other = shelf.put("other.wav", wav(&melody(2, 40)))?;
    let records: Records = [tagged(&song)?, tagged(&other)?].into_iter().collect();
    let verdict = |name: &str, bytes: Vec<u8>| -> Outcome<Verdict> {
        Ok(records.verify(shelf.put(name, bytes)?.path())?)
    };
    assert_eq!(words(&verdict("copy", song.bytes()?)?), ("file", "intact"));
    assert_eq!(
        words(&verdict("stripped", wav(&samples))?),
        ("essence", "missing")
    );

    let big_endian: Vec<u8> = samples.iter().flat_map(|s| s.to_be_bytes()).collect();
    let found = verdict("aiff", aiff(&big_endian, samples.len()))?;
    assert_eq!(
        (words(&found), found.level),
        (("pcm", "missing"), Some(Level::Pcm))
    );

    let quiet: Vec<i16> = samples.iter().map(|sample| sample / 3).collect();
    let found = verdict("quiet", wav(&quiet))?;
    assert_eq!(words(&found), ("recording", "missing"));
    assert_eq!(found.record.as_ref().map(Record::label), Some("Song.wav"));
    assert!(
        found.content.similarity() >= Some(900),
        "{:?}",
        found.content
    );
    assert!(
        found
            .to_string()
            .starts_with("No statement. Audio probably matches your record \"Song.wav\" (")
    );

    let rate = common::music::RATE as usize;
    let found = verdict("excerpt", wav(&samples[8 * rate..26 * rate]))?;
    let ContentVerdict::Excerpt { from, to, .. } = found.content else {
        return common::fail(format!("{:?}", found.content));
    };
    assert!((7..=9).contains(&from.as_secs()) && (25..=27).contains(&to.as_secs()));

    assert_eq!(
        words(&verdict("new", wav(&melody(3, 40)))?),
        ("other", "missing")
    );
    let silence = verdict("silence", wav(&vec![0; 40 * rate]))?;
    assert_eq!(words(&silence), ("unbound", "missing"));
    assert_eq!(silence.to_string(), "No statement.");
    Ok(())
}

/// An AIFF file of 16-bit mono samples.
fn aiff(sound: &[u8], frames: usize) -> Vec<u8> {
    let mut common: Vec<u8> = 1_u16.to_be_bytes().to_vec();
    common.extend((frames as u32).to_be_bytes());
    common.extend(16_u16.to_be_bytes());
    // 22,050 as an 80-bit extended number.
    common.extend([0x40, 0x0d, 0xac, 0x44, 0, 0, 0, 0, 0, 0]);
    let mut file = b"FORM".to_vec();
    let sound = [&[0; 8], sound].concat();
    let chunks = [(b"COMM", common), (b"SSND", sound)];
    let size: usize = 4 + chunks
        .iter()
        .map(|(_, payload)| 8 + payload.len())
        .sum::<usize>();
    file.extend((size as u32).to_be_bytes());
    file.extend(b"AIFF");
    for (name, payload) in chunks {
        file.extend(name);
        file.extend((payload.len() as u32).to_be_bytes());
        file.extend(payload);
    }
    file
}

/// Our tag chunk of a tagged WAV, which `tag_folder` puts at its end.
fn tag_chunk(tagged: &[u8]) -> Outcome<Vec<u8>> {
    let at = common::bytes::find(tagged, b"id3 ").ok_or("no tag")?;
    Ok(common::bytes::rest(tagged, at)?.to_vec())
}

/// A WAV with this chunk behind its sound.
fn with_chunk(mut wav: Vec<u8>, chunk: &[u8]) -> Outcome<Vec<u8>> {
    wav.extend(chunk);
    let size = (wav.len() as u32 - 8).to_le_bytes();
    common::bytes::put(&mut wav, 4, &size)?;
    Ok(wav)
}

#[test]
fn a_pasted_statement_is_moved_and_an_honest_copy_is_not() -> Outcome {
    let shelf = Shelf::new()?;
    let samples = melody(1, 40);
    let song = shelf.put("song.wav", wav(&samples))?;
    let record = tagged(&song)?;
    let chunk = tag_chunk(&song.bytes()?)?;
    let pasted = shelf.put("pasted.wav", with_chunk(wav(&melody(2, 40)), &chunk)?)?;
    let quiet: Vec<i16> = samples.iter().map(|sample| sample / 3).collect();
    let quiet = shelf.put("quiet.wav", with_chunk(wav(&quiet), &chunk)?)?;
    let rate = common::music::RATE as usize;
    let part = with_chunk(wav(&samples[8 * rate..26 * rate]), &chunk)?;
    let part = shelf.put("part.wav", part)?;

    // By the content code in the statement, without any record: not this recording. It may
    // be a part of it, so nobody is accused.
    assert_eq!(words(&pasted.verify()?), ("differs", "intact"));
    assert_eq!(words(&part.verify()?), ("differs", "intact"));
    assert_eq!(words(&quiet.verify()?), ("recording", "intact"));

    // By the record of the recording that the statement was made for.
    let records: Records = [record].into_iter().collect();
    let found = records.verify(pasted.path())?;
    assert_eq!(words(&found), ("other", "moved"));
    assert!(found.to_string().starts_with(
        "Statement sits on a different recording than its own, or on one whose speed"
    ));
    assert_eq!(
        words(&records.verify(quiet.path())?),
        ("recording", "intact")
    );
    assert_eq!(words(&records.verify(part.path())?), ("excerpt", "intact"));

    // And by the record of the recording on which it was pasted.
    let other = shelf.put("other.wav", wav(&melody(2, 40)))?;
    let records: Records = [tagged(&other)?].into_iter().collect();
    let found = records.verify(pasted.path())?;
    assert_eq!(words(&found), ("essence", "moved"));
    assert_eq!(
        found.to_string(),
        "Statement sits on a different recording than its record."
    );
    assert!(!found.fits());

    // The records of both.
    let both = [tagged(&song)?, tagged(&other)?];
    let records: Records = both.into_iter().collect();
    assert_eq!(words(&records.verify(pasted.path())?), ("essence", "moved"));
    Ok(())
}

#[test]
fn a_changed_code_is_seen_against_the_record() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.put("song.wav", wav(&melody(1, 20)))?;
    let records: Records = [tagged(&song)?].into_iter().collect();
    let mut bytes = song.bytes()?;
    let at = find(&bytes, b"ISCC:").ok_or("no code")? + 20;
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    let edited = shelf.put("edited.wav", bytes)?;
    let found = records.verify(edited.path())?;
    assert_eq!(words(&found), ("essence", "altered"));
    assert_eq!(
        found.changes.first().map(|change| change.what),
        Some("iscc")
    );
    Ok(())
}

#[test]
fn a_recording_within_something_longer_is_not_called_a_part() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.put("song.wav", wav(&melody(1, 40)))?;
    let records: Records = [tagged(&song)?].into_iter().collect();
    let both = [melody(1, 40), melody(2, 40)].concat();
    let found = records.verify(shelf.put("both.wav", wav(&both))?.path())?;
    assert!(
        matches!(
            found.content,
            ContentVerdict::Excerpt {
                holds_more: true,
                ..
            }
        ),
        "{:?}",
        found.content
    );
    assert!(found.to_string().contains("and other sound"), "{found}");
    let rate = common::music::RATE as usize;
    let part = melody(1, 40)[5 * rate..25 * rate].to_vec();
    let found = records.verify(shelf.put("part.wav", wav(&part))?.path())?;
    assert!(
        matches!(
            found.content,
            ContentVerdict::Excerpt {
                holds_more: false,
                ..
            }
        ),
        "{:?}",
        found.content
    );
    Ok(())
}

#[test]
fn a_new_statement_on_a_copy_is_held_against_the_record() -> Outcome {
    let shelf = Shelf::new()?;
    let samples = melody(1, 40);
    let song = shelf.put("song.wav", wav(&samples))?;
    let records: Records = [tagged(&song)?].into_iter().collect();
    let quiet: Vec<i16> = samples.iter().map(|sample| sample / 3).collect();
    let copy = shelf.put("copy.wav", wav(&quiet))?;
    let theirs = Declaration::from(Preset::NoGenerativeAi)
        .allow(Usage::Training)
        .declared(common::day());
    EmbedOptions::new().embed(copy.path(), &theirs)?;
    assert!(copy.verify()?.fits());
    let found = records.verify(copy.path())?;
    assert_eq!(words(&found), ("recording", "altered"));
    assert_eq!(
        found.to_string(),
        "Statement differs from your record: training n → y, data-mining n → –."
    );
    Ok(())
}

#[test]
fn a_part_with_a_statement_of_its_own_is_not_moved() -> Outcome {
    let shelf = Shelf::new()?;
    let samples = melody(1, 60);
    let song = shelf.put("song.wav", wav(&samples))?;
    let records: Records = [tagged(&song)?].into_iter().collect();
    let rate = common::music::RATE as usize;
    let part = &samples[10 * rate..30 * rate];
    let single = shelf.put("single.wav", wav(part))?;
    single.tag()?;
    let chunk = tag_chunk(&single.bytes()?)?;
    let quiet: Vec<i16> = part.iter().map(|sample| sample / 3).collect();
    let copy = shelf.put("copy.wav", with_chunk(wav(&quiet), &chunk)?)?;
    assert_eq!(words(&records.verify(copy.path())?), ("excerpt", "intact"));
    Ok(())
}

#[test]
fn a_statement_that_says_something_else_than_its_record_is_altered() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.put("song.wav", wav(&melody(1, 20)))?;
    let records: Records = [tagged(&song)?].into_iter().collect();
    let looser = Declaration::from(Preset::NoAi)
        .allow(Usage::GenerativeTraining)
        .declared(common::day());
    EmbedOptions::new()
        .replace(true)
        .embed(song.path(), &looser)?;
    assert_eq!(words(&song.verify()?), ("essence", "intact"));
    let found = records.verify(song.path())?;
    assert_eq!(words(&found), ("essence", "altered"));
    assert_eq!(
        found.to_string(),
        "Statement differs from your record: generative-training n → y."
    );
    Ok(())
}

#[test]
fn records_are_read_back_and_damage_is_refused() -> Outcome {
    let shelf = Shelf::new()?;
    let record = tagged(&shelf.put("a;\"\\é.wav", wav(&melody(1, 20)))?)?;
    let line = record.to_json();
    assert!(!line.contains('\n'));
    assert_eq!(Record::from_json(&line), Ok(record.clone()));
    let later = line.replacen("{\"v\":1", "{\"v\":1,\"later\":[1]", 1);
    assert_eq!(Record::from_json(&later), Ok(record.clone()));

    let file = record.file.ok_or("no file digest")?.to_string();
    let damages = [
        line.replacen("\"v\":1", "\"v\":2", 1),
        line.replacen("\"v\":1,", "", 1),
        line.replacen(&file, "sha256:00", 1),
        line.replacen(
            "v=1, generative-training=n",
            "v=1, generative-training=maybe",
            1,
        ),
        line.replacen("ISCC:", "ISCC;", 1),
        line.replacen("pcm_s16le/22050", "pcm_s16le/x", 1),
        line.replacen("\"duration\":", "\"duration\":-", 1),
        line.chars().take(line.len() / 2).collect(),
    ];
    for damaged in damages {
        assert_ne!(damaged, line);
        let lines = format!("{line}\n\n{damaged}\n");
        let error = Records::from_json_lines(Cursor::new(lines)).map(|_| ());
        assert_eq!(error.map_err(|error| error.line()), Err(3), "{damaged}");
    }
    Ok(())
}

#[test]
fn a_record_is_made_of_a_file_that_is_not_touched() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("tagged/mutagen-v23.mp3")?;
    let record = Record::of(song.path())?;
    assert!(song.is_original()?);
    assert!(record.title.is_some() && record.artist.is_some());
    assert_eq!(record.marker, None);
    assert_eq!(record.essence, Some(song.essence()?));
    Ok(())
}

#[test]
fn no_record_says_nothing_for_a_damaged_statement() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.put("song.wav", wav(&melody(1, 20)))?;
    let statement = tagged(&song)?.marker.ok_or("no marker")?;
    assert_eq!(Record::of(song.path())?.marker, Some(statement));
    let mut bytes = song.bytes()?;
    while let Some(at) = find(&bytes, b"v=1,") {
        bytes[at] = b'w';
    }
    let damaged = Record::of(shelf.put("damaged.wav", bytes)?.path());
    assert_eq!(
        damaged.map_err(|error| error.kind()),
        Err(ErrorKind::Conflict)
    );
    Ok(())
}

#[test]
fn a_record_of_a_code_alone_knows_its_recording() -> Outcome {
    let shelf = Shelf::new()?;
    let samples = melody(1, 40);
    let mut record = tagged(&shelf.put("song.wav", wav(&samples))?)?;
    record.sound.fingerprint = None;
    let records: Records = [record].into_iter().collect();
    let quiet: Vec<i16> = samples.iter().map(|sample| sample / 3).collect();
    let found = records.verify(shelf.put("copy.wav", wav(&quiet))?.path())?;
    assert_eq!(
        (words(&found), found.level),
        (("recording", "missing"), Some(Level::Code))
    );
    assert_eq!(found.record.as_ref().map(Record::label), Some("song.wav"));
    let new = shelf.put("new.wav", wav(&melody(3, 40)))?;
    assert_eq!(records.verify(new.path())?.content.name(), "unbound");
    // A stranger's own statement does not hide whose it is.
    let theirs = shelf.put("theirs.wav", wav(&quiet))?;
    EmbedOptions::new().embed(theirs.path(), &Declaration::from(Preset::NoGenerativeAi))?;
    assert!(theirs.verify()?.fits());
    assert_eq!(
        words(&records.verify(theirs.path())?),
        ("recording", "altered")
    );
    Ok(())
}

#[test]
fn of_two_records_of_a_recording_the_one_that_says_the_same_is_meant() -> Outcome {
    let shelf = Shelf::new()?;
    let samples = melody(1, 40);
    let coarse: Vec<i16> = samples.iter().map(|sample| sample / 400 * 400).collect();
    let song = shelf.put("song.wav", wav(&coarse))?;
    let first = tagged(&song)?;
    let other = shelf.put("other.wav", wav(&samples))?;
    let second = EmbedOptions::new()
        .record(true)
        .embed(other.path(), &Declaration::from(Preset::NoGenerativeAi))?;
    let second = *second.record.ok_or("no record")?;
    // A little nearer to the second, and with the statement of the first.
    let chunk = tag_chunk(&song.bytes()?)?;
    let quiet: Vec<i16> = samples.iter().map(|sample| sample / 2).collect();
    let copy = shelf.put("copy.wav", with_chunk(wav(&quiet), &chunk)?)?;
    let heard = all(&copy)?.sound.fingerprint.ok_or("no fingerprint")?;
    let likeness = |record: &Record| {
        let recorded = record.sound.fingerprint.as_ref()?;
        Some(recorded.compare(&heard)?.similarity)
    };
    assert!(likeness(&first) < likeness(&second));
    assert!(likeness(&first).map(|found| found + 10) > likeness(&second));
    for records in [[first.clone(), second.clone()], [second, first]] {
        let records: Records = records.into_iter().collect();
        let found = records.verify(copy.path())?;
        assert_eq!(words(&found), ("recording", "intact"));
        assert_eq!(found.record.as_ref().map(Record::label), Some("song.wav"));
    }
    Ok(())
}
