//! Is a recording in very many fragments handled in the time that its length takes, and is
//! every track of it kept?

mod common;

use std::time::Instant;

use common::build;
use common::bytes::{be, find, part, put, rest};
use common::pieces::{nothing_else_changed, pieces};
use common::{Outcome, Shelf, corpus, no_ai};
use noai_audio::{EmbedOptions, ErrorKind, Format, Status};

#[test]
fn a_hundred_thousand_fragments_are_tagged_and_restored() -> Outcome {
    let count = 100_000;
    let shelf = Shelf::new()?;
    let song = shelf.put("day.mp4", build::day_of_fragments(count)?)?;
    let started = Instant::now();
    let embedded = EmbedOptions::new()
        .content_code(false)
        .embed(song.path(), &no_ai())?;
    assert_eq!(embedded.status, Status::Changed);
    let tagged = song.bytes()?;
    let stripped = song.strip()?;
    assert!(stripped.exact && song.is_original()?);
    let (before, after) = (
        pieces(song.original(), Format::Mp4)?,
        pieces(&tagged, Format::Mp4)?,
    );
    nothing_else_changed(&before, &after, true)?;
    // Work that grows with the square of the fragments takes hours.
    assert!(started.elapsed().as_secs() < 600, "{:?}", started.elapsed());
    Ok(())
}

/// Zeros behind `moov` pay: what stands in them moves, and what stands behind does not.
#[test]
fn samples_of_another_track_that_would_not_move_with_their_base_are_refused() -> Outcome {
    let shelf = Shelf::new()?;
    let one = std::fs::read(corpus().join("tagged/fragments-free.m4a"))?;
    let free = find(&one, b"free").ok_or("no free")? - 4;
    let behind = free + be(&one, free, 4)?;
    let first = find(&one, b"moof").ok_or("no moof")? - 4;
    let header = find(rest(&one, first)?, b"tfhd").ok_or("no tfhd")? + first;
    let run = find(rest(&one, first)?, b"trun").ok_or("no trun")? + first;
    let length = be(&one, first + be(&one, first, 4)?, 4)? - 8;
    let sound = first + be(&one, run + 12, 4)?;
    // The base of the second track, and its samples.
    for (base, samples, is_kept) in [
        (first, sound, true),
        (behind, sound, true),
        (free, sound, false),
        (first, behind - length, false),
        (free, behind - length, false),
        (free, free + 8, true),
    ] {
        let mut file = one.clone();
        put(&mut file, header + 8, &2_u32.to_be_bytes())?;
        put(&mut file, header + 12, &(base as u64).to_be_bytes())?;
        let offset = i32::try_from(samples)? - i32::try_from(base)?;
        put(&mut file, run + 12, &offset.to_be_bytes())?;
        let song = shelf.put("song.mp4", file)?;
        let before = pieces(song.original(), Format::Mp4)?;
        match song.tag() {
            Ok(_) => {
                let tagged = song.bytes()?;
                assert_eq!(tagged.len(), one.len(), "the zeros did not pay");
                nothing_else_changed(&before, &pieces(&tagged, Format::Mp4)?, true)?;
                assert!(is_kept, "{base} {samples}");
                song.strip()?;
            }
            Err(error) => assert_eq!(
                (error.kind(), is_kept),
                (ErrorKind::Unsupported, false),
                "{base} {samples}: {error}"
            ),
        }
        assert!(song.is_original()?);
    }
    Ok(())
}

#[test]
fn chunks_of_another_track_in_zeros_that_pay_are_refused() -> Outcome {
    let shelf = Shelf::new()?;
    let one = std::fs::read(corpus().join("clean/no-udta-last.m4a"))?;
    let moov = find(&one, b"moov").ok_or("no moov")? - 4;
    let track = find(&one, b"trak").ok_or("no trak")? - 4;
    let track = part(&one, track, be(&one, track, 4)?)?;
    let mut two = [&one, track].concat();
    let size = be(&two, moov, 4)? + track.len();
    put(&mut two, moov, &u32::try_from(size)?.to_be_bytes())?;
    let title = build::atom(b"\xa9nam", &build::data(1, b"Two tracks"));
    let two = build::m4a(&two, &[title])?;
    let second = two.windows(4).rposition(|kind| kind == b"stco");
    let second = second.ok_or("no stco")? + 12;
    // Of 4,096 zeros the last ones pay.
    for (at, is_kept) in [(two.len() + 16, true), (two.len() + 3500, false)] {
        let mut file = [&two[..], &build::atom(b"free", &[0; 4096])].concat();
        for entry in 0..be(&two, second - 4, 4)? {
            put(
                &mut file,
                second + 4 * entry,
                &u32::try_from(at)?.to_be_bytes(),
            )?;
        }
        let song = shelf.put("song.m4a", file)?;
        let result = song.tag().map_err(|error| error.kind());
        let expected = if is_kept {
            None
        } else {
            Some(ErrorKind::Unsupported)
        };
        assert_eq!(result.err(), expected, "{at}");
        if is_kept {
            song.strip()?;
        }
        assert!(song.is_original()?);
    }
    Ok(())
}

#[test]
fn a_manifest_behind_the_fragments_is_not_voided_unasked() -> Outcome {
    let shelf = Shelf::new()?;
    let mut file = std::fs::read(corpus().join("clean/fragmented.mp4"))?;
    let kind = b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";
    file.extend(build::atom(b"uuid", &[&kind[..], &[0; 40]].concat()));
    let song = shelf.put("song.mp4", file)?;
    let refused = |result: Result<(), noai_audio::Error>| result.err().map(|error| error.kind());
    assert_eq!(refused(song.tag().map(drop)), Some(ErrorKind::Protected));
    EmbedOptions::new()
        .c2pa(true)
        .embed(song.path(), &no_ai())?;
    assert_eq!(refused(song.strip().map(drop)), Some(ErrorKind::Protected));
    EmbedOptions::new().c2pa(true).strip(song.path())?;
    assert!(song.is_original()?);
    Ok(())
}
