//! What does a file cost that was made to cost much, and one that is larger than real ones?
//!
//!     cargo build --release --examples
//!     cargo test --release --test hostile -- --ignored
//!
//! Holes in sparse files stand for pictures, padding and sound: they have a length, and
//! take no disk.

#![cfg(target_os = "linux")]

mod common;

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use common::bytes::{find, part, put, rest};
use common::memory::{self, ENOUGH};
use common::random::Random;
use common::{Outcome, Shelf, build, corpus, ensure, fail, ogg};
use noai_audio::{Answer, ErrorKind, FileDigest, Level, Usage};

const MEGA: u64 = 1 << 20;
const GIGA: u64 = 1 << 30;

/// A stretch of a file.
enum Part {
    Bytes(Vec<u8>),
    Hole(u64),
}

use Part::{Bytes, Hole};

impl Part {
    fn len(&self) -> u64 {
        match self {
            Bytes(bytes) => bytes.len() as u64,
            Hole(length) => *length,
        }
    }
}

fn len(parts: &[Part]) -> u64 {
    parts.iter().map(Part::len).sum()
}

fn write(path: &Path, parts: &[Part]) -> Outcome {
    let mut file = File::create(path)?;
    for part in parts {
        match part {
            Bytes(bytes) => file.write_all(bytes)?,
            Hole(length) => drop(file.seek(SeekFrom::Current(length.cast_signed()))?),
        }
    }
    Ok(file.set_len(len(parts))?)
}

fn plain(name: &str) -> Outcome<Vec<u8>> {
    Ok(fs::read(corpus().join(name))?)
}

/// `parts` behind a header that may say how long they are.
fn behind(header: impl FnOnce(u64) -> Vec<u8>, mut parts: Vec<Part>) -> Vec<Part> {
    let header = header(len(&parts));
    parts.insert(0, Bytes(header));
    parts
}

fn id3(flags: u8, parts: Vec<Part>) -> Vec<Part> {
    let header = |size: u64| {
        let digit = |shift: u32| (size >> shift & 0x7f) as u8;
        let size = [digit(21), digit(14), digit(7), digit(0)];
        [b"ID3\x03\0", &[flags][..], &size].concat()
    };
    behind(header, parts)
}

fn cover(length: u64) -> Vec<Part> {
    let header = |size: u64| [b"APIC", &(size as u32).to_be_bytes()[..], &[0, 0]].concat();
    behind(
        header,
        vec![Bytes(b"\0image/jpeg\0\x03\0".to_vec()), Hole(length)],
    )
}

fn noai() -> Part {
    Bytes(build::user_text("NOAI", "training"))
}

fn joined(lists: Vec<Vec<Part>>) -> Vec<Part> {
    lists.into_iter().flatten().collect()
}

fn atom(kind: &'static [u8; 4], parts: Vec<Part>) -> Vec<Part> {
    let header = move |length: u64| match u32::try_from(length + 8) {
        Ok(size) => [&size.to_be_bytes()[..], kind].concat(),
        Err(_) => [&[0, 0, 0, 1], &kind[..], &(length + 16).to_be_bytes()].concat(),
    };
    behind(header, parts)
}

/// An M4A with these items, and what follows `moov`.
fn m4a(items: Vec<Part>, end: Vec<Part>) -> Outcome<Vec<Part>> {
    let plain = plain("clean/no-udta-last.m4a")?;
    let moov = find(&plain, b"moov").ok_or("no moov")? - 4;
    let handler = build::atom(b"hdlr", b"\0\0\0\0\0\0\0\0mdirappl\0\0\0\0\0\0\0\0\0");
    let list = atom(b"ilst", items);
    let meta = joined(vec![vec![Bytes([&[0; 4], &handler[..]].concat())], list]);
    let mut inside = vec![Bytes(rest(&plain, moov + 8)?.to_vec())];
    inside.extend(atom(b"udta", atom(b"meta", meta)));
    Ok(joined(vec![
        vec![Bytes(part(&plain, 0, moov)?.to_vec())],
        atom(b"moov", inside),
        end,
    ]))
}

fn picture(length: u64) -> Vec<Part> {
    let data = vec![Bytes(b"\0\0\0\x0d\0\0\0\0".to_vec()), Hole(length)];
    atom(b"covr", atom(b"data", data))
}

fn chunk(name: &'static [u8; 4], parts: Vec<Part>) -> Vec<Part> {
    let even = len(&parts).is_multiple_of(2);
    let mut chunk = behind(
        |size| [&name[..], &(size as u32).to_le_bytes()].concat(),
        parts,
    );
    if !even {
        chunk.push(Bytes(vec![0]));
    }
    chunk
}

fn wav(sound: u64, chunks: Vec<Part>) -> Vec<Part> {
    let format = b"\x01\0\x01\0\x44\xac\0\0\x88\x58\x01\0\x02\0\x10\0".to_vec();
    let inside = joined(vec![
        vec![Bytes(b"WAVE".to_vec())],
        chunk(b"fmt ", vec![Bytes(format)]),
        chunk(b"data", vec![Hole(sound)]),
        chunks,
    ]);
    chunk(b"RIFF", inside)
}

fn element(id: &'static [u8], parts: Vec<Part>) -> Vec<Part> {
    behind(|size| [id, &(1 << 56 | size).to_be_bytes()].concat(), parts)
}

/// A Matroska file with more in its segment.
fn mka(more: Vec<Part>) -> Outcome<Vec<Part>> {
    let mut plain = plain("broken/sine.mka")?;
    let segment = find(&plain, b"\x18\x53\x80\x67").ok_or("no segment")? + 4;
    let size = (plain.len() - segment - 8) as u64 + len(&more);
    put(&mut plain, segment, &(1 << 56 | size).to_be_bytes())?;
    Ok(joined(vec![vec![Bytes(plain)], more]))
}

fn tags() -> Vec<Part> {
    let tag = build::simple_tag(b"NOAI", b"\x44\x87", b"training");
    element(b"\x12\x54\xc3\x67", vec![Bytes(tag)])
}

fn flac(blocks: Vec<Part>, sound: u64) -> Outcome<Vec<Part>> {
    let comments = build::comment_list(&[b"NOAI=training".to_vec()]);
    let mut last = build::block(4, &comments);
    put(&mut last, 0, &[0x84])?;
    let head = part(&plain("clean/sine.flac")?, 0, 42)?.to_vec();
    let frame = vec![0xff, 0xf8];
    Ok(joined(vec![
        vec![Bytes(head)],
        blocks,
        vec![Bytes(last), Bytes(frame), Hole(sound)],
    ]))
}

/// What must come of a look: the answer to "may it be trained on?", or the error's kind.
type Expected = Result<Answer, ErrorKind>;

const DENIED: Expected = Ok(Answer::Disallowed);
const LIMIT: Expected = Err(ErrorKind::Limit);

struct Case {
    name: &'static str,
    parts: Vec<Part>,
    expected: Expected,
}

fn case(name: &'static str, parts: Vec<Part>, expected: Expected) -> Case {
    Case {
        name,
        parts,
        expected,
    }
}

fn sound() -> Outcome<Vec<Part>> {
    Ok(vec![Bytes(plain("clean/sine.mp3")?)])
}

fn tagged(flags: u8, tag: Vec<Part>) -> Outcome<Vec<Part>> {
    Ok(joined(vec![id3(flags, tag), sound()?]))
}

fn many(bytes: &[u8], count: usize) -> Part {
    Bytes(bytes.repeat(count))
}

fn mp3_cases() -> Outcome<Vec<Case>> {
    let with_cover = |length| joined(vec![cover(length), vec![noai()]]);
    // What a picture looks like: an FF in 256 bytes, each with a zero put behind it.
    let mut random = Random::new(20);
    let mut stuffed = Vec::new();
    while stuffed.len() < 20 << 20 {
        let byte = random.byte();
        stuffed.push(byte);
        if byte == 0xff {
            stuffed.push(0);
        }
    }
    let decoded = 20 * MEGA as usize - stuffed.windows(2).filter(|two| two == b"\xff\0").count();
    let decoded = (decoded + stuffed.len() - 20 * MEGA as usize) as u32;
    let picture = [b"APIC", &decoded.to_be_bytes()[..], &[0, 0], &stuffed].concat();
    let other = build::user_text("OTHER", "training");
    let item = build::ape_item("Key", 0, b"");
    let ape = [
        item.repeat(5_000_000),
        part(&build::ape(&[]), 0, 12)?.to_vec(),
        (item.len() as u32 * 5_000_000 + 32).to_le_bytes().to_vec(),
        5_000_000_u32.to_le_bytes().to_vec(),
        vec![0; 12],
    ];
    Ok(vec![
        case("cover.mp3", tagged(0, with_cover(20 * MEGA))?, DENIED),
        case(
            "large-cover.mp3",
            tagged(0, with_cover(100 * MEGA))?,
            DENIED,
        ),
        case("too-large.mp3", tagged(0, with_cover(200 * MEGA))?, LIMIT),
        case(
            "unsynchronised.mp3",
            tagged(0x80, vec![Bytes(picture), noai()])?,
            DENIED,
        ),
        case(
            "only-stuffing.mp3",
            tagged(0x80, vec![Bytes(b"\xff\0".repeat(20 << 20))])?,
            Err(ErrorKind::Malformed),
        ),
        case(
            "padding.mp3",
            tagged(0, vec![noai(), Hole(120 * MEGA)])?,
            DENIED,
        ),
        case(
            "frames.mp3",
            tagged(0, vec![many(&other, 99_000), noai()])?,
            DENIED,
        ),
        case(
            "fields.mp3",
            tagged(0, vec![many(&build::user_text("NOAI", "1"), 99_000)])?,
            LIMIT,
        ),
        case(
            "empty-frames.mp3",
            tagged(0, vec![many(&build::frame(b"TXXX", b""), 5_000_000)])?,
            LIMIT,
        ),
        case(
            "ape-items.mp3",
            vec![Bytes(plain("clean/sine.mp3")?), Bytes(ape.concat())],
            LIMIT,
        ),
    ])
}

fn mp3_tag_cases() -> Outcome<Vec<Case>> {
    let long_text = build::user_text("OTHER", &"x".repeat(60_000));
    Ok(vec![
        case(
            "ape-tags.mp3",
            joined(vec![sound()?, vec![many(&build::ape(&[]), 2_000_000)]]),
            LIMIT,
        ),
        case(
            "empty-tags.mp3",
            joined(vec![vec![many(&build::id3(&[]), 3_300_000)], sound()?]),
            LIMIT,
        ),
        case(
            "object.mp3",
            tagged(0, joined(vec![foreign(b"GEOB", 60 * MEGA), vec![noai()]]))?,
            DENIED,
        ),
        case(
            "text.mp3",
            tagged(0, joined(vec![foreign(b"TXXX", 60 * MEGA), vec![noai()]]))?,
            DENIED,
        ),
        case(
            "texts.mp3",
            tagged(0, vec![many(&long_text, 2000), noai()])?,
            DENIED,
        ),
        case("compressed.mp3", tagged(0, vec![bomb(), noai()])?, DENIED),
        case("long-field.mp3", padded(100 * MEGA)?, DENIED),
        case(
            "lyrics.mp3",
            joined(vec![
                sound()?,
                vec![many(b"LYRICSBEGINLYRICSEND", 3_000_000)],
            ]),
            LIMIT,
        ),
    ])
}

/// A compressed frame that holds 100 MB of zeros (RFC 1951 section 3.2.6: a zero, then 13
/// bits for each 258 more).
fn bomb() -> Part {
    let bits = |bits: &'static str| bits.bytes().map(|bit| bit == b'1');
    let run = bits("1100010100000");
    let all: Vec<bool> = bits("11000110000")
        .chain(std::iter::repeat_n(run, 400_000).flatten())
        .collect();
    let byte = |bits: &[bool]| bits.iter().rfold(0, |byte, bit| byte << 1 | u8::from(*bit));
    let deflated: Vec<u8> = all.chunks(8).map(byte).collect();
    let body = [&(100_u32 << 20).to_be_bytes(), &b"\x78\x9c"[..], &deflated].concat();
    let size = (body.len() as u32).to_be_bytes();
    Bytes([b"TXXX", &size[..], &[0, 0x80], &body].concat())
}

/// A frame of somebody's, with nothing in it.
fn foreign(id: &'static [u8; 4], length: u64) -> Vec<Part> {
    let header = |size: u64| [&id[..], &(size as u32).to_be_bytes()[..], &[0, 0]].concat();
    behind(header, vec![Hole(length)])
}

/// A file that was tagged, in an unsynchronised tag with padding, and whose list of denied
/// uses somebody replaced by one of this length.
fn padded(length: u64) -> Outcome<Vec<Part>> {
    let shelf = Shelf::new()?;
    let plain = plain("clean/sine.mp3")?;
    let tag = build::id3(&[build::user_text("theirs", "x"), vec![0; 4096]]);
    let song = shelf.put("song.mp3", [&tag[..], &plain].concat())?;
    song.tag()?;
    let tagged = song.bytes()?;
    let at = find(&tagged, b"\0NOAI\0").ok_or("no NOAI")? - 10;
    let end = at + 10 + common::bytes::be(&tagged, at + 4, 4)?;
    let header = |size: u64| [b"TXXX", &(size as u32).to_be_bytes()[..], &[0, 0]].concat();
    let list = behind(header, vec![Bytes(b"\0NOAI\0".to_vec()), Hole(length)]);
    let frames = vec![
        vec![Bytes(part(&tagged, 10, at - 10)?.to_vec())],
        list,
        vec![Bytes(part(&tagged, end, tag.len() - end)?.to_vec())],
    ];
    Ok(joined(vec![id3(0x80, joined(frames)), vec![Bytes(plain)]]))
}

fn flac_cases() -> Outcome<Vec<Case>> {
    let largest = (1_u64 << 24) - 1;
    let block = || vec![Bytes(vec![6, 0xff, 0xff, 0xff]), Hole(largest)];
    // 960 MB in all.
    let blocks = (0..60).flat_map(|_| block()).collect();
    let comment = [b"X=", &vec![b'x'; 16_000_000][..]].concat();
    let comments = build::comment_list(&[comment, b"NOAI=training".to_vec()]);
    let long = joined(vec![vec![
        Bytes(part(&plain("clean/sine.flac")?, 0, 42)?.to_vec()),
        Bytes(build::block(0x84, &comments)),
    ]]);
    let comment = [b"X=", &vec![b'x'; 6_000_000][..]].concat();
    let comments = build::comment_list(&[comment, b"NOAI=training".to_vec()]);
    let shorter = joined(vec![vec![
        Bytes(part(&plain("clean/sine.flac")?, 0, 42)?.to_vec()),
        Bytes(build::block(0x84, &comments)),
    ]]);
    let tiny = Bytes(build::block(2, b"").repeat(5_000_000));
    Ok(vec![
        case("blocks.flac", flac(blocks, 0)?, DENIED),
        case("comment.flac", long, DENIED),
        case("shorter-comment.flac", shorter, DENIED),
        case("tiny-blocks.flac", flac(vec![tiny], 0)?, LIMIT),
    ])
}

fn mp4_cases() -> Outcome<Vec<Case>> {
    let item = || Bytes(build::freeform("NOAI", "training"));
    let with = |mut items: Vec<Part>| {
        items.push(item());
        m4a(items, Vec::new())
    };
    let values = vec![build::data(1, &vec![b'x'; 60_000]); 1900];
    Ok(vec![
        case("cover.m4a", with(picture(100 * MEGA))?, DENIED),
        case("large-cover.m4a", with(picture(GIGA))?, LIMIT),
        case(
            "tiny-items.m4a",
            with(vec![Bytes(b"\0\0\0\x08tiny".repeat(12_000_000))])?,
            LIMIT,
        ),
        case(
            "free.m4a",
            m4a(vec![item()], atom(b"free", vec![Hole(350 * MEGA)]))?,
            DENIED,
        ),
        case("samples.m4a", many_samples(100_000_000)?, Ok(Answer::None)),
        case(
            "values.m4a",
            m4a(vec![Bytes(build::freeform_of("NOAI", &values))], Vec::new())?,
            LIMIT,
        ),
        case(
            "keys.m4a",
            vec![Bytes(build::keyed(
                &plain("clean/no-udta-last.m4a")?,
                &["NOAI"],
                &[build::atom(b"\0\0\0\x01", &values.concat())],
            )?)],
            LIMIT,
        ),
        case("tracks.m4a", many_tracks(90_000)?, LIMIT),
        case("fragments.m4a", many_fragments()?, Ok(Answer::None)),
    ])
}

fn many_tracks(count: usize) -> Outcome<Vec<Part>> {
    let plain = plain("clean/no-udta-last.m4a")?;
    let file = build::in_moov(&plain, &build::track().repeat(count))?;
    Ok(vec![Bytes(file)])
}

/// An M4A that states sizes for 99,000 tracks, none of them that of its 990,000 fragments.
fn many_fragments() -> Outcome<Vec<Part>> {
    let plain = plain("clean/no-udta-last.m4a")?;
    let sizes: Vec<Vec<u8>> = (1000..100_000_u32)
        .map(|track| {
            let stated = [&[0; 4], &track.to_be_bytes()[..], &[0; 16]].concat();
            build::atom(b"trex", &stated)
        })
        .collect();
    let file = build::in_moov(&plain, &build::atom(b"mvex", &sizes.concat()))?;
    let header = build::atom(b"tfhd", b"\0\x02\0\0\0\0\0\x07");
    let fragment = build::atom(b"traf", &header).repeat(99_000);
    let fragment = build::atom(b"moof", &fragment);
    Ok(vec![Bytes(file), Bytes(fragment.repeat(10))])
}

/// An M4A with so many more samples of no length, in the last chunk.
fn many_samples(count: u32) -> Outcome<Vec<Part>> {
    let mut plain = plain("clean/no-udta-last.m4a")?;
    let more = 4 * count;
    let grow = |plain: &mut Vec<u8>, at: usize, by: u32| -> Outcome {
        let old = u32::from_be_bytes(part(plain, at, 4)?.try_into()?);
        put(plain, at, &(old + by).to_be_bytes())
    };
    for kind in [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsz"] {
        let at = find(&plain, kind).ok_or("no such atom")? - 4;
        grow(&mut plain, at, more)?;
    }
    let sizes = find(&plain, b"stsz").ok_or("no stsz")?;
    let end = sizes - 4 + common::bytes::be(&plain, sizes - 4, 4)? - more as usize;
    grow(&mut plain, sizes + 12, count)?;
    // The last run of chunks takes all that are left.
    let runs = find(&plain, b"stsc").ok_or("no stsc")?;
    let last = runs + 12 + 12 * (common::bytes::be(&plain, runs + 8, 4)? - 1) + 4;
    put(&mut plain, last, &(1_u32 << 31).to_be_bytes())?;
    Ok(vec![
        Bytes(part(&plain, 0, end)?.to_vec()),
        Hole(u64::from(more)),
        Bytes(rest(&plain, end)?.to_vec()),
    ])
}

fn other_cases() -> Outcome<Vec<Case>> {
    let list = |parts| chunk(b"LIST", joined(vec![vec![Bytes(b"INFO".to_vec())], parts]));
    let long = build::chunk(b"NOAI", &vec![b'x'; 60_000]);
    let information_list = build::chunk(b"LIST", &[b"INFO", &long[..]].concat());
    let tag = id3(0, joined(vec![cover(100 * MEGA), vec![noai()]]));
    let caf = plain("broken/sine.caf")?;
    let information = [
        b"\0\0\0\x02NOAI\0training\0x\0",
        &vec![b'y'; 11 << 20][..],
        &[0],
    ]
    .concat();
    let cluster = element(
        b"\x1f\x43\xb6\x75",
        vec![Bytes(b"\xec\x80".repeat(20_000_000))],
    );
    let attached = element(b"\x61\xa7", element(b"\x46\x5c", vec![Hole(GIGA)]));
    let attached = element(b"\x19\x41\xa4\x69", attached);
    let mut deep = build::simple_tag(b"NOAI", b"\x44\x87", b"training");
    for _ in 0..20_000 {
        deep = [
            b"\x67\xc8",
            &(1 << 56 | deep.len() as u64).to_be_bytes()[..],
            &deep,
        ]
        .concat();
    }
    let deep = element(b"\x12\x54\xc3\x67", vec![Bytes(deep)]);
    Ok(vec![
        case("cover.wav", wav(64, chunk(b"id3 ", tag)), DENIED),
        case(
            "copyright.wav",
            wav(64, list(chunk(b"ICOP", vec![Hole(GIGA)]))),
            LIMIT,
        ),
        case(
            "chunks.wav",
            wav(64, vec![Bytes(b"junk\0\0\0\0".repeat(12_000_000))]),
            LIMIT,
        ),
        case(
            "information.caf",
            vec![Bytes(build::caf(&caf, &information)?)],
            DENIED,
        ),
        case(
            "attachment.mka",
            mka(joined(vec![attached, tags()]))?,
            DENIED,
        ),
        case(
            "tiny-elements.mka",
            mka(joined(vec![cluster, tags()]))?,
            DENIED,
        ),
        case("deep.mka", mka(deep)?, LIMIT),
        case(
            "lists.wav",
            wav(64, vec![Bytes(information_list.repeat(2000))]),
            LIMIT,
        ),
    ])
}

/// An Opus file whose comments are these, over as many pages as they need.
fn opus(comments: &[Vec<u8>]) -> Outcome<Vec<Part>> {
    let plain = plain("clean/sine.opus")?;
    let pages = ogg::pages(&plain)?;
    let (first, second) = (
        pages.first().ok_or("no page")?,
        pages.get(1).ok_or("no page")?,
    );
    let packet = [b"OpusTags", &build::comment_list(comments)[..]].concat();
    let mut file = part(&plain, 0, first.end)?.to_vec();
    let mut sequence = 1_u32;
    // A page takes 255 segments of 255 bytes; the last segment is shorter.
    let bodies: Vec<&[u8]> = packet.chunks(255 * 255).collect();
    for (number, body) in bodies.iter().enumerate() {
        let is_last = number + 1 == bodies.len();
        let mut lacing = vec![255; body.len() / 255];
        if is_last {
            lacing.push((body.len() % 255) as u8);
        }
        let mut page = part(&plain, second.at, 26)?.to_vec();
        put(&mut page, 5, &[u8::from(number > 0)])?;
        let granule = if is_last { 0 } else { u64::MAX };
        put(&mut page, 6, &granule.to_le_bytes())?;
        put(&mut page, 18, &sequence.to_le_bytes())?;
        page.push(lacing.len() as u8);
        file.extend([page, lacing, body.to_vec()].concat());
        sequence += 1;
    }
    for page in pages.iter().skip(2) {
        let mut bytes = part(&plain, page.at, page.end - page.at)?.to_vec();
        put(&mut bytes, 18, &sequence.to_le_bytes())?;
        file.extend(bytes);
        sequence += 1;
    }
    ogg::repair(&mut file)?;
    Ok(vec![Bytes(file)])
}

fn ogg_cases() -> Outcome<Vec<Case>> {
    let with = |length: usize| {
        let picture = [b"METADATA_BLOCK_PICTURE=", &vec![b'A'; length][..]].concat();
        opus(&[picture, b"NOAI=training".to_vec()])
    };
    let many = vec![b"X=".to_vec(); 99_000];
    let many = [many, vec![b"NOAI=training".to_vec()]].concat();
    Ok(vec![
        case("cover.opus", with(4_000_000)?, DENIED),
        case("large-cover.opus", with(12_000_000)?, DENIED),
        case("too-large.opus", with(20_000_000)?, LIMIT),
        case("comments.opus", opus(&many)?, DENIED),
    ])
}

/// Looks at one file in every way, under a watch on memory and time.
fn costs_little(shelf: &Shelf, case: &Case) -> Outcome {
    let path = shelf.path().join(case.name);
    write(&path, &case.parts)?;
    let name = case.name;
    let found = noai_audio::read(&path);
    let found = found.map(|found| found.answer(Usage::Training, None));
    let found = found.map_err(|error| error.kind());
    ensure(found == case.expected, || format!("{name}: {found:?}"))?;
    let all: &[&str] = &["--levels", "file,essence,pcm,fingerprint,iscc"];
    // Hashing a gigabyte of nothing takes time and tells nothing.
    let is_long = len(&case.parts) > 400 * MEGA;
    for (program, options) in [
        ("show", &[][..]),
        ("identify", all),
        ("verify_folder", &[]),
        ("strip_folder", &[]),
        ("tag_folder", if is_long { &["--dry-run"] } else { &[] }),
        ("strip_folder", &[]),
    ] {
        if is_long && !matches!(program, "show" | "tag_folder") {
            continue;
        }
        if program == "tag_folder" {
            write(&path, &without_ours(case)?)?;
        }
        let run = memory::run(program, options, &path)?;
        println!(
            "{name} {program}: {} MiB, {:.1?}",
            run.memory >> 20,
            run.time
        );
        ensure(run.status.is_some_and(|status| status < 4), || {
            format!("{name}: {program}: {:?} {}", run.status, run.said)
        })?;
        // To write the comments of an Ogg file costs several times their length.
        let enough = if name.ends_with("cover.opus") && program.ends_with("_folder") {
            4 * ENOUGH
        } else {
            ENOUGH
        };
        ensure(run.memory < enough, || {
            format!("{name}: {program} held {} MiB", run.memory >> 20)
        })?;
        // A tenth of that on an idle machine; a look takes no time at all.
        let most = if program == "show" { 5 } else { 120 };
        ensure(run.time < Duration::from_secs(most), || {
            format!("{name}: {program} took {:?}", run.time)
        })?;
    }
    Ok(fs::remove_file(path)?)
}

/// The same file, in which nobody has said anything yet: so it can be tagged.
fn without_ours(case: &Case) -> Outcome<Vec<Part>> {
    case.parts
        .iter()
        .map(|part| match part {
            Hole(length) => Ok(Hole(*length)),
            Bytes(bytes) => {
                let mut bytes = bytes.clone();
                let mut at = 0;
                while let Some(next) = find(rest(&bytes, at)?, b"NOAI") {
                    at += next;
                    put(&mut bytes, at, b"MINE")?;
                }
                if case.name.ends_with("opus") {
                    ogg::repair(&mut bytes)?;
                }
                Ok(Bytes(bytes))
            }
        })
        .collect()
}

fn all_cost_little(cases: &[Case]) -> Outcome {
    let shelf = Shelf::on_disk()?;
    let complaints: Vec<String> = cases
        .iter()
        .filter_map(|case| costs_little(&shelf, case).err())
        .map(|error| error.to_string())
        .collect();
    if complaints.is_empty() {
        Ok(())
    } else {
        fail(complaints.join("\n"))
    }
}

#[test]
#[ignore = "needs the programs, disk and GNU time"]
fn hostile_files_cost_little() -> Outcome {
    all_cost_little(&joined_cases(vec![
        mp3_cases()?,
        mp3_tag_cases()?,
        flac_cases()?,
        ogg_cases()?,
        mp4_cases()?,
        other_cases()?,
    ]))
}

fn joined_cases(lists: Vec<Vec<Case>>) -> Vec<Case> {
    lists.into_iter().flatten().collect()
}

/// Every file of the corpus at once, in as many threads as the machine has.
#[test]
#[ignore = "needs the programs and GNU time"]
fn the_corpus_costs_little() -> Outcome {
    let shelf = Shelf::on_disk()?;
    for folder in ["clean", "tagged", "broken"] {
        fs::create_dir(shelf.path().join(folder))?;
        for entry in fs::read_dir(corpus().join(folder))? {
            let entry = entry?;
            fs::copy(
                entry.path(),
                shelf.path().join(folder).join(entry.file_name()),
            )?;
        }
    }
    let all = &["--levels", "file,essence,pcm,fingerprint,iscc"][..];
    for (program, options) in [
        ("show", &[][..]),
        ("identify", all),
        ("tag_folder", &[]),
        ("verify_folder", &[]),
        ("strip_folder", &[]),
    ] {
        let run = memory::run(program, options, shelf.path())?;
        println!("{program}: {} MiB, {:.1?}", run.memory >> 20, run.time);
        assert!(
            run.memory < ENOUGH,
            "{program} held {} MiB",
            run.memory >> 20
        );
    }
    Ok(())
}

/// Files of more than 4 GiB, where numbers of 32 bits end. All are read; of those that are
/// written here, `tests/large.rs` has the RF64.
#[test]
#[ignore = "needs the programs, 9 GB of disk and GNU time"]
fn files_over_4_gibibytes_are_handled() -> Outcome {
    let shelf = Shelf::on_disk()?;
    let sound = 4 * GIGA + 200;
    let rf64 = [
        &b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0"[..],
        &(sound + 72 + 8 - 8).to_le_bytes(),
        &sound.to_le_bytes(),
        &(sound / 2).to_le_bytes(),
        &[0; 4],
        b"fmt \x10\0\0\0\x01\0\x01\0\x44\xac\0\0\x88\x58\x01\0\x02\0\x10\0data\xff\xff\xff\xff",
    ];
    let mp3 = plain("clean/sine.mp3")?;
    for (name, parts) in [
        ("long.mp3", vec![Bytes(mp3), Hole(sound)]),
        ("long.flac", flac(Vec::new(), sound)?),
        ("long.wav", vec![Bytes(rf64.concat()), Hole(sound)]),
        ("long.m4a", far_samples(sound)?),
    ] {
        let path = shelf.path().join(name);
        write(&path, &parts)?;
        let before = digest(name, &path)?;
        for (program, options) in [
            ("tag_folder", &["--no-code"][..]),
            ("show", &[]),
            ("strip_folder", &[]),
        ] {
            if name != "long.m4a" && program != "show" {
                continue;
            }
            let run = memory::run(program, options, &path)?;
            println!(
                "{name} {program}: {} MiB, {:.1?}",
                run.memory >> 20,
                run.time
            );
            assert_eq!(run.status, Some(0), "{name}: {program}: {}", run.said);
            assert!(
                run.memory < ENOUGH,
                "{name}: {program} held {} MiB",
                run.memory >> 20
            );
        }
        assert_eq!(fs::metadata(&path)?.len(), len(&parts), "{name}");
        assert_eq!(digest(name, &path)?, before, "{name}");
        fs::remove_file(path)?;
    }
    Ok(())
}

/// The digest of the file that is written.
fn digest(name: &str, path: &Path) -> Outcome<Option<FileDigest>> {
    let levels: &[Level] = if name == "long.m4a" {
        &[Level::File]
    } else {
        &[]
    };
    Ok(noai_audio::identify_levels(path, levels)?.file)
}

/// An M4A whose sound stands behind a hole of this length, so that its offsets need 64 bits.
fn far_samples(hole: u64) -> Outcome<Vec<Part>> {
    let mut plain = plain("clean/co64.m4a")?;
    let mdat = find(&plain, b"mdat").ok_or("no mdat")? - 4;
    let table = find(&plain, b"co64").ok_or("no co64")?;
    ensure(table < mdat, || {
        "the tables stand behind the sound".to_owned()
    })?;
    let count = common::bytes::be(&plain, table + 8, 4)?;
    let shift = hole + 16;
    for entry in 0..count {
        let at = table + 12 + 8 * entry;
        let old = u64::from_be_bytes(part(&plain, at, 8)?.try_into()?);
        put(&mut plain, at, &(old + shift).to_be_bytes())?;
    }
    let free = [&[0, 0, 0, 1], &b"skip"[..], &shift.to_be_bytes()].concat();
    Ok(vec![
        Bytes(part(&plain, 0, mdat)?.to_vec()),
        Bytes(free),
        Hole(hole),
        Bytes(rest(&plain, mdat)?.to_vec()),
    ])
}
