//! Is every class of damage that tag writers have done kept away from the files that show it?
//!
//! The classes are listed in `test-audio/README.md`, which names the class of each file. ALL-1
//! (the same twice is the same once) holds for every file here; FS-1 and FS-2 are in
//! `tests/files.rs`, HASH-2 in `tests/sound`.

mod common;

use std::fs;

use common::bytes::find;
use common::ledger::{self, Case};
use common::{Outcome, Shelf, build, corpus, life};

/// Lives through every file of a class, as the ledger says.
fn holds(class: &str) -> Outcome {
    let classes = fs::read_to_string(corpus().join("README.md"))?;
    let is_of = |case: &Case| {
        let row = format!("| `{}` |", case.path);
        let row = classes.lines().find(|line| line.starts_with(&row));
        let cell = row.and_then(|row| row.split(" | ").nth(2));
        cell.is_some_and(|cell| cell.split(", ").any(|name| name == class))
    };
    let mut cases = ledger::cases()?;
    cases.retain(is_of);
    assert!(!cases.is_empty(), "no file shows {class}");
    ledger::for_each(&cases, life::holds);
    Ok(())
}

#[test]
fn every_file_has_a_class_and_every_class_a_test() -> Outcome {
    let readme = fs::read_to_string(corpus().join("README.md"))?;
    let tests = include_str!("hazards.rs");
    let (files, classes) = readme
        .split_once("## Classes")
        .ok_or("no list of classes")?;
    let mut known = Vec::new();
    for line in classes.lines().filter_map(|line| line.strip_prefix("- **")) {
        let (class, _) = line.split_once("**").ok_or("a class without a name")?;
        assert!(
            tests.contains(&format!("holds(\"{class}\")")),
            "no test for {class}"
        );
        known.push(class);
    }
    let mut rows = 0;
    for row in files.lines().filter(|line| line.starts_with("| `")) {
        let cell = row.split(" | ").nth(2).ok_or("a row without a class")?;
        assert!(
            cell.split(", ").all(|class| known.contains(&class)),
            "{row}"
        );
        rows += 1;
    }
    assert_eq!(rows, ledger::cases()?.len(), "a file is not in the list");
    Ok(())
}

#[test]
fn mp4_1_offsets_follow_what_moves() -> Outcome {
    holds("MP4-1")
}

#[test]
fn mp4_2_offsets_outside_the_chunk_tables_follow_or_refuse() -> Outcome {
    holds("MP4-2")
}

#[test]
fn mp4_3_media_data_may_stand_anywhere() -> Outcome {
    holds("MP4-3")
}

#[test]
fn mp4_4_hostile_counts_are_refused() -> Outcome {
    holds("MP4-4")
}

#[test]
fn mp4_5_free_space_and_odd_shapes_of_meta_are_kept() -> Outcome {
    holds("MP4-5")
}

#[test]
fn ogg_1_packets_of_any_length() -> Outcome {
    holds("OGG-1")
}

#[test]
fn ogg_2_long_comments_and_granule_positions() -> Outcome {
    holds("OGG-2")
}

#[test]
fn ogg_3_chained_and_multiplexed_streams() -> Outcome {
    holds("OGG-3")
}

#[test]
fn ogg_4_bytes_behind_the_comment_list_are_kept() -> Outcome {
    holds("OGG-4")
}

#[test]
fn ogg_5_other_codecs_and_the_framing_bit() -> Outcome {
    holds("OGG-5")
}

#[test]
fn flac_1_the_last_block_flag_is_right() -> Outcome {
    holds("FLAC-1")
}

#[test]
fn flac_2_no_block_overflows() -> Outcome {
    holds("FLAC-2")
}

#[test]
fn flac_3_tags_around_the_stream_are_kept() -> Outcome {
    holds("FLAC-3")
}

#[test]
fn id3_1_unsynchronisation() -> Outcome {
    holds("ID3-1")
}

#[test]
fn id3_2_text_encodings() -> Outcome {
    holds("ID3-2")
}

#[test]
fn id3_3_versions_extended_headers_and_footers() -> Outcome {
    holds("ID3-3")
}

#[test]
fn id3_4_sizes_that_lie() -> Outcome {
    holds("ID3-4")
}

#[test]
fn mp3_1_several_tags_and_junk() -> Outcome {
    holds("MP3-1")
}

#[test]
fn mp3_2_frames_inside_tags_are_no_sound() -> Outcome {
    holds("MP3-2")
}

#[test]
fn mp3_3_the_first_frame_may_be_a_table() -> Outcome {
    holds("MP3-3")
}

#[test]
fn mp3_4_tags_at_the_end_in_any_order() -> Outcome {
    holds("MP3-4")
}

#[test]
fn wav_1_large_and_streamed_files() -> Outcome {
    holds("WAV-1")
}

#[test]
fn wav_2_pad_bytes_and_junk_behind_the_end() -> Outcome {
    holds("WAV-2")
}

#[test]
fn wav_3_foreign_chunks_are_kept() -> Outcome {
    holds("WAV-3")
}

#[test]
fn xmp_1_packets_of_others_are_kept() -> Outcome {
    holds("XMP-1")
}

#[test]
fn all_2_what_only_its_writer_knows_is_kept() -> Outcome {
    holds("ALL-2")
}

#[test]
fn all_3_every_value_of_a_field_is_kept() -> Outcome {
    holds("ALL-3")
}

#[test]
fn all_4_declared_sizes_take_no_memory() -> Outcome {
    holds("ALL-4")
}

#[test]
fn all_5_the_content_decides_and_not_the_name() -> Outcome {
    holds("ALL-5")
}

#[test]
fn hash_1_sound_is_where_the_sample_tables_say() -> Outcome {
    holds("HASH-1")
}

#[test]
fn hash_3_a_wrong_digest_in_the_file_changes_nothing() -> Outcome {
    holds("HASH-3")
}

#[test]
fn edge_1_formats_with_tags_at_their_ends() -> Outcome {
    holds("EDGE-1")
}

/// They count from the start of the file, and taggers leave them behind.
#[test]
fn byte_offsets_in_id3v2_are_left_alone() -> Outcome {
    let chapter = |from: u32, to: u32| {
        let numbers = [0, 1000, from, to].map(u32::to_be_bytes).concat();
        build::frame(b"CHAP", &[&b"one\0"[..], &numbers].concat())
    };
    let points = [500_u32.to_be_bytes(), 1000_u32.to_be_bytes()].concat();
    let points = [&points[..], &[0, 2, 8, 0, 128]].concat();
    let frames = [
        chapter(500, 1500),
        chapter(u32::MAX, u32::MAX),
        build::frame(b"ASPI", &points),
    ];
    let sound = fs::read(corpus().join("clean/sine.mp3"))?;
    let shelf = Shelf::new()?;
    let song = shelf.put("song.mp3", [build::id3(&frames), sound].concat())?;
    song.tag()?;
    let tagged = song.bytes()?;
    assert!(find(&tagged, &frames.concat()).is_some());
    song.strip()?;
    assert!(song.is_original()?);
    Ok(())
}
