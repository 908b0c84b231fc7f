//! Does a look at a file cost kilobytes, whatever the file holds?

mod common;

use std::cell::Cell;
use std::fs;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

use common::bytes::{part, put, rest};
use common::{Outcome, Shelf, build, corpus, ensure, ledger, no_ai, ogg};
use noai_audio::{Answer, EmbedOptions, Format, Inspection, Limits, Usage};

const ENOUGH: u64 = 64 << 10;

/// A reader that counts what is read of it.
struct Counting<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(into)?;
        self.count.set(self.count.get() + length as u64);
        Ok(length)
    }
}

impl<R: Seek> Seek for Counting<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// What is read, and how many bytes that cost.
fn cost(file: &[u8]) -> (Result<Inspection, noai_audio::Error>, u64) {
    let count = Rc::new(Cell::new(0));
    let reader = Counting {
        inner: Cursor::new(file),
        count: Rc::clone(&count),
    };
    let inspection = noai_audio::read_from(reader, Limits::default());
    (inspection, count.get())
}

/// Fails where the answer is not found, or found at too high a cost.
fn says_no_at_low_cost(file: &[u8], format: Format) -> Outcome {
    let (inspection, cost) = cost(file);
    let inspection = inspection?;
    assert_eq!(inspection.format(), format);
    assert_eq!(inspection.answer(Usage::Training, None), Answer::Disallowed);
    assert_eq!(inspection.answer(Usage::Search, None), Answer::None);
    assert!(
        cost <= ENOUGH,
        "{format}: {cost} bytes read of {}",
        file.len()
    );
    Ok(())
}

/// A picture as large as covers get, full of what looks like frames.
fn cover() -> Vec<u8> {
    [0xff, 0xfb, 0x90, 0x64].repeat(1 << 18)
}

#[test]
fn every_file_of_the_corpus_is_read_at_low_cost() -> Outcome {
    ledger::all(
        &ledger::cases()?,
        |case| &case.path,
        |case| {
            let file = fs::read(corpus().join(&case.path))?;
            let (inspection, cost) = cost(&file);
            ensure(inspection.is_ok() || !case.is_tagged(), || {
                "cannot be read".to_owned()
            })?;
            // Comment packets of Ogg and unsynchronised tags are held as a whole.
            let held = case.format == Some(Format::Ogg) || case.path.contains("unsync");
            let enough = if held {
                ENOUGH + 2 * file.len() as u64
            } else {
                ENOUGH
            };
            ensure(cost <= enough, || {
                format!("{cost} bytes read of {}", file.len())
            })
        },
    );
    Ok(())
}

#[test]
fn an_mp3_with_a_cover_is_read_at_low_cost() -> Outcome {
    let picture = [b"\0image/jpeg\0\x03\0", &cover()[..]].concat();
    let frames = [
        build::frame(b"TIT2", b"\0Title"),
        build::frame(b"APIC", &picture),
        build::user_text("NOAI", "training"),
    ];
    let sound = fs::read(corpus().join("clean/sine.mp3"))?;
    says_no_at_low_cost(&[build::id3(&frames), sound].concat(), Format::Mp3)
}

#[test]
fn a_flac_with_a_picture_is_read_at_low_cost() -> Outcome {
    let comments = build::comment_list(&[b"NOAI=training".to_vec()]);
    let blocks = [build::block(6, &cover()), build::block(4, &comments)];
    says_no_at_low_cost(&build::flac_of(&blocks), Format::Flac)
}

#[test]
fn a_flac_with_a_picture_among_its_comments_is_read_at_low_cost() -> Outcome {
    let picture = [b"METADATA_BLOCK_PICTURE=", &b"AAAA".repeat(1 << 18)[..]].concat();
    let comments = build::comment_list(&[picture, b"NOAI=training".to_vec()]);
    says_no_at_low_cost(&build::flac_of(&[build::block(4, &comments)]), Format::Flac)
}

#[test]
fn a_long_ogg_is_read_at_low_cost() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.opus")?;
    song.tag()?;
    let mut file = song.bytes()?;
    let last = ogg::pages(&file)?.pop().ok_or("no page")?;
    for number in 1..=2000_u32 {
        let page = rest(&file, last.at)?.to_vec();
        let start = file.len();
        file.extend(part(&page, 0, last.end - last.at)?);
        put(
            &mut file,
            start + 18,
            &(last.sequence as u32 + number).to_le_bytes(),
        )?;
    }
    says_no_at_low_cost(&file, Format::Ogg)
}

#[test]
fn an_m4a_with_a_cover_is_read_at_low_cost() -> Outcome {
    let plain = fs::read(corpus().join("clean/no-udta-last.m4a"))?;
    let data = build::atom(
        b"data",
        &[&[0, 0, 0, 13, 0, 0, 0, 0], &cover()[..]].concat(),
    );
    let items = [
        build::atom(b"covr", &data),
        build::freeform("NOAI", "training"),
    ];
    says_no_at_low_cost(&build::m4a(&plain, &items)?, Format::Mp4)
}

#[test]
fn a_long_wav_is_read_at_low_cost() -> Outcome {
    let tag = build::id3(&[build::user_text("NOAI", "training")]);
    let file = build::wav(10 << 20, &[build::chunk(b"id3 ", &tag)]);
    says_no_at_low_cost(&file, Format::Wav)
}

#[test]
fn a_recording_in_fragments_is_read_at_low_cost() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.put("day.mp4", build::day_of_fragments(2_000)?)?;
    let mut options = EmbedOptions::new();
    options.content_code(false).embed(song.path(), &no_ai())?;
    says_no_at_low_cost(&song.bytes()?, Format::Mp4)
}
