//! Does damage ever turn a denial into silence, or into a permission?

mod common;

use std::fs;
use std::io::Cursor;

use Answer::{Disallowed, Unreadable};
use common::bytes::find;
use common::{Outcome, Shelf, build, corpus, ensure, ledger};
use noai_audio::{Answer, Inspection, Limits, Usage};

use Usage::{DataMining, GenerativeTraining, Inference, Search, Training};

/// Every field of ours, and the uses that it may speak of.
const FIELDS: [(&str, &[Usage]); 5] = [
    ("AI_CONSENT", &Usage::ALL),
    ("NOAI", &Usage::ALL),
    (
        "CONTENT_USAGE",
        &[GenerativeTraining, Training, Inference, DataMining, Search],
    ),
    (
        "TDM_RESERVATION",
        &[DataMining, Training, GenerativeTraining],
    ),
    ("TDM_POLICY", &[DataMining, Training, GenerativeTraining]),
];

const TOO_LONG: usize = (64 << 10) + 1;

fn look(file: &[u8]) -> Result<Inspection, noai_audio::Error> {
    noai_audio::read_from(Cursor::new(file), Limits::default())
}

fn plain(name: &str) -> Outcome<Vec<u8>> {
    Ok(fs::read(corpus().join(name))?)
}

/// A file in which the field of this name is damaged, by what was done to it.
type Damaged = (&'static str, Vec<u8>);

/// Every such file of one carrier, for the field of this name.
type Carrier = fn(&str) -> Outcome<Vec<Damaged>>;

/// What is changed, where: so far behind, or before, what stands there; and into what.
type Change<'a> = (&'a str, &'a [u8], &'a [u8], isize, u8);

fn mp3(frames: &[Vec<u8>]) -> Outcome<Vec<u8>> {
    Ok([build::id3(frames), plain("clean/sine.mp3")?].concat())
}

/// With ID3v2.4 headers; the sizes here are the same in both versions.
fn mp3_v24(flags: [u8; 2], body: &[u8]) -> Outcome<Vec<u8>> {
    let mut file = mp3(&[build::frame(b"TXXX", body)])?;
    common::bytes::put(&mut file, 3, &[4])?;
    common::bytes::put(&mut file, 18, &flags)?;
    Ok(file)
}

fn in_id3v2(name: &str) -> Outcome<Vec<Damaged>> {
    let text = |encoding: u8, value: &[u8]| [&[encoding], name.as_bytes(), &[0], value].concat();
    let frame = |body: &[u8]| mp3(&[build::frame(b"TXXX", body)]);
    let wide = |mark: [u8; 2]| {
        let units = format!("{name}\0x").into_bytes();
        let units = units
            .into_iter()
            .flat_map(|byte| [byte, 0])
            .collect::<Vec<u8>>();
        [&[1], &mark[..], &units].concat()
    };
    let mut wrong_surrogate = wide([0xff, 0xfe]);
    wrong_surrogate.extend([0, 0xd8, b'x', 0]);
    let plain = text(0, b"x");
    let flagged = |first: u8| -> Outcome<Vec<u8>> {
        let mut file = frame(&plain)?;
        common::bytes::put(&mut file, 19, &[first])?;
        Ok(file)
    };
    let behind = |bytes: &[u8]| [bytes, &plain].concat();
    Ok(vec![
        ("no UTF-8", frame(&text(3, b"\xff\xfe\xff"))?),
        ("a wrong surrogate", frame(&wrong_surrogate)?),
        ("an unknown encoding", frame(&text(4, b"x"))?),
        ("a far encoding", frame(&text(0x80, b"x"))?),
        ("one byte called two", frame(&text(1, b"x"))?),
        ("one byte called two, big-endian", frame(&text(2, b"x"))?),
        (
            "two bytes called one",
            frame(&[&[0], wide([0xff, 0xfe]).get(1..).unwrap_or_default()].concat())?,
        ),
        (
            "a byte order mark with a wrong bit",
            frame(&wide([0xff, 0xfc]))?,
        ),
        ("too long", frame(&text(0, &vec![b'x'; TOO_LONG]))?),
        ("called compressed", flagged(0x80)?),
        ("called encrypted", flagged(0x40)?),
        ("called grouped", flagged(0x20)?),
        ("called compressed, 2.4", mp3_v24([0, 8], &plain)?),
        ("called encrypted, 2.4", mp3_v24([0, 4], &plain)?),
        ("called grouped, 2.4", mp3_v24([0, 0x40], &plain)?),
        (
            "with a length that is not there, 2.4",
            mp3_v24([0, 1], &plain)?,
        ),
        (
            "encrypted, with its method, 2.4",
            mp3_v24([0, 4], &behind(&[0x80]))?,
        ),
        (
            "compressed, with its length, 2.4",
            mp3_v24([0, 9], &behind(&[0, 0, 0, 9]))?,
        ),
    ])
}

#[allow(
    clippy::unnecessary_wraps,
    reason = "as its likes, which read the corpus"
)]
fn in_vorbis(name: &str) -> Outcome<Vec<Damaged>> {
    let comment = |value: &[u8]| {
        let comment = [name.as_bytes(), b"=", value].concat();
        build::flac_of(&[build::block(4, &build::comment_list(&[comment]))])
    };
    Ok(vec![
        ("no UTF-8", comment(b"\xff")),
        ("Latin-1", comment(b"caf\xe9")),
        ("too long", comment(&vec![b'x'; TOO_LONG])),
        ("with a zero", comment(b"v=1\0")),
    ])
}

fn in_ilst(name: &str) -> Outcome<Vec<Damaged>> {
    let file = plain("clean/no-udta-last.m4a")?;
    let item = |behind: &[Vec<u8>]| build::m4a(&file, &[build::freeform_of(name, behind)]);
    Ok(vec![
        ("no UTF-8", item(&[build::data(1, b"\xff")])?),
        ("half a UTF-16 unit", item(&[build::data(2, b"\0x\0")])?),
        ("a wrong surrogate", item(&[build::data(2, b"\xd8\0\0x")])?),
        ("a picture", item(&[build::data(13, b"x")])?),
        ("an integer", item(&[build::data(21, b"\0")])?),
        ("without a value", item(&[])?),
        ("with something else", item(&[build::atom(b"free", b"x")])?),
        ("too long", item(&[build::data(1, &vec![b'x'; TOO_LONG])])?),
    ])
}

fn in_ape(name: &str) -> Outcome<Vec<Damaged>> {
    let file = |flags, value: &[u8]| -> Outcome<Vec<u8>> {
        let tag = build::ape(&[build::ape_item(name, flags, value)]);
        Ok([plain("clean/sine.mp3")?, tag].concat())
    };
    Ok(vec![
        ("no UTF-8", file(0, b"\xff")?),
        ("binary", file(2, b"x")?),
        ("a link", file(4, b"x")?),
        ("of no kind", file(6, b"x")?),
        ("too long", file(0, &vec![b'x'; TOO_LONG])?),
    ])
}

fn in_mdta(name: &str) -> Outcome<Vec<Damaged>> {
    let file = plain("clean/no-udta-last.m4a")?;
    let item = |behind: &[u8]| build::keyed(&file, &[name], &[build::atom(&[0, 0, 0, 1], behind)]);
    Ok(vec![
        ("no UTF-8", item(&build::data(1, b"\xff"))?),
        ("an integer", item(&build::data(21, b"\0"))?),
        ("without a value", item(b"")?),
        ("without an item", build::keyed(&file, &[name], &[])?),
        (
            "with another's item",
            build::keyed(&file, &[name], &[build::atom(&[0, 0, 0, 3], b"")])?,
        ),
    ])
}

fn in_matroska(name: &str) -> Outcome<Vec<Damaged>> {
    let file = plain("broken/sine.mka")?;
    let tag = |kind: &[u8], value: &[u8]| {
        build::mka(&file, &build::simple_tag(name.as_bytes(), kind, value))
    };
    Ok(vec![
        ("no UTF-8", tag(b"\x44\x87", b"\xff")?),
        ("binary", tag(b"\x44\x85", b"x")?),
        ("without a value", tag(b"\xec", b"x")?),
        ("too long", tag(b"\x44\x87", &vec![b'x'; TOO_LONG])?),
    ])
}

fn in_caf(name: &str) -> Outcome<Vec<Damaged>> {
    let file = plain("broken/sine.caf")?;
    let chunk = |value: &[u8]| build::caf(&file, &[b"\0\0\0\x01", name.as_bytes(), value].concat());
    Ok(vec![
        ("no UTF-8", chunk(b"\0\xff\0")?),
        ("cut behind the name", chunk(b"")?),
        (
            "too long",
            chunk(&[&[0], &vec![b'x'; TOO_LONG][..], &[0]].concat())?,
        ),
    ])
}

/// `LIST INFO` has a place for one field alone.
#[allow(
    clippy::unnecessary_wraps,
    reason = "as its likes, which read the corpus"
)]
fn in_info(name: &str) -> Outcome<Vec<Damaged>> {
    if name != "NOAI" {
        return Ok(Vec::new());
    }
    let file = |value: &[u8]| {
        let list = [&b"INFO"[..], &build::chunk(b"NOAI", value)].concat();
        build::wav(64, &[build::chunk(b"LIST", &list)])
    };
    Ok(vec![
        ("no UTF-8", file(b"training\xff\0")),
        ("empty", file(b"")),
        ("with a zero inside", file(b"tra\0ning\0")),
        ("too long", file(&vec![b'x'; TOO_LONG])),
    ])
}

#[test]
fn damage_in_a_field_is_unreadable_and_never_silence() -> Outcome {
    let carriers: [(&str, Carrier); 8] = [
        ("id3v2", in_id3v2),
        ("vorbis", in_vorbis),
        ("ilst", in_ilst),
        ("ape", in_ape),
        ("mdta", in_mdta),
        ("matroska", in_matroska),
        ("caf", in_caf),
        ("info", in_info),
    ];
    let mut complaints = Vec::new();
    for (carrier, damage) in carriers {
        for (name, uses) in FIELDS {
            for (what, file) in damage(name)? {
                // A policy says nothing by itself, so that nothing of it can be wrong.
                let is_text = what == "with a zero" && name == "TDM_POLICY";
                if is_text {
                    continue;
                }
                let wrong = match look(&file) {
                    Ok(found) => wrong_answers(&found, name, carrier, uses),
                    Err(error) => Some(error.to_string()),
                };
                complaints.extend(wrong.map(|wrong| format!("{carrier}, {name}, {what}: {wrong}")));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    Ok(())
}

fn wrong_answers(found: &Inspection, name: &str, tag: &str, uses: &[Usage]) -> Option<String> {
    let statement = found
        .statements()
        .iter()
        .find(|statement| statement.field() == name);
    let Some(statement) = statement else {
        return Some("not seen".to_owned());
    };
    if statement.fault().is_none_or(str::is_empty) || statement.tag() != tag {
        return Some(format!("{statement:?}"));
    }
    Usage::ALL.into_iter().find_map(|usage| {
        let expected = if uses.contains(&usage) {
            Unreadable
        } else {
            Answer::None
        };
        let answer = found.answer(usage, None);
        (answer != expected).then(|| format!("{usage}: {}", answer.name()))
    })
}

/// Where fields begin is told by what stands before them: damage there is an error.
#[test]
fn a_tag_that_cannot_be_walked_is_an_error() -> Outcome {
    let value = "training";
    let id3 = mp3(&[
        build::user_text("NOAI", value),
        build::frame(b"TIT2", b"\0x"),
    ])?;
    let flac = build::flac(&[("TITLE", "x"), ("NOAI", value)]);
    let file = plain("clean/no-udta-last.m4a")?;
    let m4a = build::m4a(
        &file,
        &[build::freeform("X", "x"), build::freeform("NOAI", value)],
    )?;
    let keyed = build::keyed(
        &file,
        &["NOAI"],
        &[build::atom(&[0, 0, 0, 1], &build::data(1, b"1"))],
    )?;
    let list = [
        &b"INFO"[..],
        &build::chunk(b"IART", b"x\0"),
        &build::chunk(b"NOAI", b"1\0"),
    ];
    let wav = build::wav(64, &[build::chunk(b"LIST", &list.concat())]);
    let items = [
        build::ape_item("Title", 0, b"x"),
        build::ape_item("NOAI", 0, b"1"),
    ];
    let ape = [plain("clean/sine.mp3")?, build::ape(&items)].concat();
    let tag = build::simple_tag(b"NOAI", b"\x44\x87", b"training");
    let mka = build::mka(&plain("broken/sine.mka")?, &tag)?;
    let cases: [Change; 14] = [
        ("a frame longer than the tag", &id3, b"TXXX", 5, 1),
        ("a frame cut short", &id3, b"TXXX", 7, 8),
        ("a frame of no name", &id3, b"TIT2", 0, b'\x01'),
        ("a tag cut short", &id3, b"ID3", 9, 30),
        ("a comment longer than the list", &flac, b"NOAI", -2, 1),
        ("a comment before that is too long", &flac, b"TITLE", -4, 70),
        ("more comments than there are", &flac, b"hand", 4, 9),
        ("an item of no size", &m4a, b"----", -1, 4),
        ("an item too long", &m4a, b"----", -2, 9),
        ("a part too long", &m4a, b"name", -2, 9),
        ("keys too long", &keyed, b"mdtaNOAI", -2, 9),
        ("an INFO item too long", &wav, b"IART", 5, 9),
        ("an APE item too long", &ape, b"Title", -7, 9),
        ("a Matroska element too long", &mka, b"NOAI", -1, 0xff),
    ];
    for (what, file, mark, offset, value) in cases {
        assert_eq!(look(file)?.answer(Training, None), Disallowed, "{what}");
        let mut file = file.to_vec();
        let at = find(&file, mark).ok_or("no mark")?;
        let at = at.wrapping_add_signed(offset);
        common::bytes::put(&mut file, at, &[value])?;
        let found = look(&file).map(|found| found.answer(Training, None));
        assert!(found.is_err(), "{what}: {found:?}");
    }
    // A footer that states another number of items hides none.
    let mut file = ape.clone();
    let footer = find(&file, b"APETAGEX").ok_or("no footer")?;
    for count in [0, 1, 3, 255] {
        common::bytes::put(&mut file, footer + 16, &[count])?;
        assert_eq!(look(&file)?.answer(Training, None), Disallowed);
    }
    Ok(())
}

/// Of statements that disagree the strictest counts, whatever the order, in one tag or two.
#[test]
fn of_fields_that_disagree_the_strictest_counts() -> Outcome {
    let values = [
        ("CONTENT_USAGE", "train-ai=y", "train-ai=n"),
        (
            "AI_CONSENT",
            "v=1, generative-training=y",
            "v=1, generative-training=n",
        ),
        ("TDM_RESERVATION", "0", "1"),
        ("NOAI", "0", "generative-training"),
    ];
    for (name, yes, no) in values {
        for [first, second] in [[yes, no], [no, yes]] {
            let mut files = vec![
                build::flac(&[(name, first), (name, second)]),
                mp3(&[
                    build::user_text(name, first),
                    build::user_text(name, second),
                ])?,
            ];
            // Two tags: one before the sound and one behind it.
            let behind = build::ape(&[build::ape_item(name, 0, second.as_bytes())]);
            files.push([mp3(&[build::user_text(name, first)])?, behind].concat());
            let two = [
                build::id3(&[build::user_text(name, first)]),
                mp3(&[build::user_text(name, second)])?,
            ];
            files.push(two.concat());
            let file = plain("clean/no-udta-last.m4a")?;
            let both = [
                build::data(1, first.as_bytes()),
                build::data(1, second.as_bytes()),
            ];
            files.push(build::m4a(&file, &[build::freeform_of(name, &both)])?);
            let apart = [build::freeform(name, first), build::freeform(name, second)];
            files.push(build::m4a(&file, &apart)?);
            let tags = [first, second]
                .map(|v| build::simple_tag(name.as_bytes(), b"\x44\x87", v.as_bytes()));
            files.push(build::mka(&plain("broken/sine.mka")?, &tags.concat())?);
            let info = [
                b"\0\0\0\x02",
                name.as_bytes(),
                &[0],
                first.as_bytes(),
                &[0],
                name.as_bytes(),
                &[0],
                second.as_bytes(),
                &[0],
            ];
            files.push(build::caf(&plain("broken/sine.caf")?, &info.concat())?);
            for (number, file) in files.iter().enumerate() {
                let answer = look(file)?.answer(GenerativeTraining, None);
                assert_eq!(
                    answer, Disallowed,
                    "{name}: {first} and {second}, file {number}"
                );
            }
        }
        // One that another program joined: never a permission.
        let joined = build::flac(&[(name, &format!("{yes};{no}"))]);
        let answer = look(&joined)?.answer(GenerativeTraining, None);
        assert!(
            matches!(answer, Disallowed | Unreadable | Answer::Conditional),
            "{name}: {answer:?}"
        );
    }
    Ok(())
}

/// Letters that look like ours, invisible ones, zeros: none makes a permission of a denial.
#[test]
fn tricks_with_letters_make_no_permission() -> Outcome {
    let denial = ("NOAI", "generative-training");
    let tricks = [
        ("AI_CONSENT", "v=1, generative-training=\u{ff59}"),
        ("AI_CONSENT", "\u{feff}v=1, generative-training=y"),
        ("AI_CONSENT", "v=1, generative-training=y\0"),
        ("AI_CONSENT", "v=1, generative\u{2010}training=y"),
        ("AI_CONSENT", "v=1,\u{a0}generative-training=y"),
        ("CONTENT_USAGE", "train-ai=\u{443}"),
        ("CONTENT_USAGE", "train-ai=y\u{200b}"),
        ("TDM_RESERVATION", "\u{ff10}"),
        ("TDM_RESERVATION", "0\0"),
        ("NOAI", "0\u{200d}"),
    ];
    for (name, value) in tricks {
        let alone = look(&build::flac(&[(name, value)]))?;
        let answer = alone.answer(GenerativeTraining, None);
        assert_eq!(answer, Unreadable, "{name}={value:?}");
        let beside = look(&build::flac(&[(name, value), denial]))?;
        assert_eq!(beside.answer(GenerativeTraining, None), Disallowed);
    }
    // A name with other letters is another field, and takes nothing from one of ours.
    for name in ["AI_C\u{41e}NSENT", "AI\u{200b}_CONSENT", "NOAI\u{301}"] {
        let file = build::flac(&[(name, "v=1, generative-training=y"), denial]);
        assert_eq!(
            look(&file)?.answer(GenerativeTraining, None),
            Disallowed,
            "{name}"
        );
    }
    Ok(())
}

/// What became of the answers under single wrong bits.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Count {
    flips: usize,
    refused: usize,
    /// The whole tag is hidden: its own name or size is wrong.
    hidden: usize,
}

/// Any one bit of a tagged file may be wrong: a denial never becomes a permission, and
/// silence only where no field of ours can be found any more.
#[test]
fn a_wrong_bit_makes_no_permission() {
    // How often the whole tag is out of sight: a bit of its own name is wrong, or of the name
    // of what it stands in.
    let names = [
        ("clean/sine.mp3", 24),
        ("tagged/mutagen-v24.mp3", 8),
        ("clean/sine.flac", 7),
        ("clean/sine.ogg", 0),
        ("clean/sine.opus", 0),
        ("clean/sine.m4a", 0),
        ("clean/sine.wav", 0),
        ("tagged/ffmpeg.wav", 0),
        ("clean/sine.aiff", 0),
        ("clean/sine.aac", 0),
        ("clean/sine.ape", 0),
        ("clean/sine.tta", 0),
    ];
    ledger::all(
        &names,
        |(name, _)| name,
        |(name, hidden)| {
            let shelf = Shelf::new()?;
            let song = shelf.song(name)?;
            song.tag()?;
            let mut file = song.bytes()?;
            let ours = |file: &[u8]| {
                ["AI_CONSENT", "NOAI", "TDM_RESERVATION"].map(|field| find(file, field.as_bytes()))
            };
            let places: Vec<usize> = ours(&file).into_iter().flatten().collect();
            let (first, last) = (places.iter().min().copied(), places.iter().max().copied());
            let (first, last) = (first.ok_or("no field")?, last.ok_or("no field")? + 30);
            let step = if cfg!(debug_assertions) { 31 } else { 1 };
            let mut count = Count::default();
            for at in 0..file.len() {
                // In a debug build every bit near the names of our fields, and some elsewhere.
                let near = places
                    .iter()
                    .any(|place| at + 180 > *place && at < place + 40);
                if !near && at % step != 0 {
                    continue;
                }
                for bit in 0..8 {
                    flip(&mut file, at, bit)?;
                    let found = look(&file);
                    count.flips += 1;
                    match found.map(|found| answers(&found)) {
                        Err(_) => count.refused += 1,
                        Ok(answers) => {
                            ensure(
                                !answers.iter().any(|answer| {
                                    matches!(answer, Answer::Claimed | Answer::Allowed)
                                }),
                                || format!("bit {bit} of byte {at}: {answers:?}"),
                            )?;
                            if answers.contains(&Answer::None) {
                                count.hidden += 1;
                                ensure(!(first..last).contains(&at), || {
                                    format!("bit {bit} of byte {at}, in our fields: {answers:?}")
                                })?;
                            }
                        }
                    }
                    flip(&mut file, at, bit)?;
                }
            }
            ensure(count.hidden == *hidden, || format!("{count:?}"))
        },
    );
}

fn flip(file: &mut [u8], at: usize, bit: u8) -> Outcome {
    let byte = file.get_mut(at).ok_or("no such byte")?;
    *byte ^= 1 << bit;
    Ok(())
}

/// For the uses that the default statement denies.
fn answers(found: &Inspection) -> Vec<Answer> {
    common::NO_AI
        .map(|usage| found.answer(usage, None))
        .to_vec()
}
