//! Is the corpus whole, and do other readers see in it what ours sees?

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;

use common::bytes::find;
use common::ledger::{self, Case};
use common::{Outcome, Shelf, corpus, ensure, hex, no_ai, sha256};
use lofty::config::ParseOptions;
use lofty::file::AudioFile;
use lofty::ogg::tag::VorbisComments;
use lofty::ogg::{OggPictureStorage, OpusFile, VorbisFile};
use noai_audio::{EmbedOptions, Format};
use walkdir::WalkDir;

/// The files of the corpus, without what describes them.
fn files() -> Outcome<BTreeSet<String>> {
    let mut files = BTreeSet::new();
    for folder in ["clean", "tagged", "broken"] {
        for entry in WalkDir::new(corpus().join(folder)) {
            let entry = entry?;
            if entry.file_type().is_file() {
                let path = entry.path().strip_prefix(corpus())?;
                files.insert(path.to_string_lossy().into_owned());
            }
        }
    }
    Ok(files)
}

#[test]
fn the_ledger_names_every_file_once() -> Outcome {
    let cases = ledger::cases()?;
    assert!(cases.len() >= 400, "only {} lines", cases.len());
    let named: BTreeSet<String> = cases.iter().map(|case| case.path.clone()).collect();
    assert_eq!(named.len(), cases.len(), "a file stands twice");
    assert_eq!(named, files()?);
    for format in Format::ALL.into_iter().filter(|format| format.is_written()) {
        let tagged = |case: &&Case| case.format == Some(format) && case.is_tagged();
        assert!(
            cases.iter().filter(tagged).count() >= 15,
            "too few {format} files"
        );
    }
    Ok(())
}

#[test]
fn no_file_has_drifted() -> Outcome {
    let sums = fs::read_to_string(corpus().join("SHA256SUMS"))?;
    let mut summed = BTreeSet::new();
    let mut drifted = Vec::new();
    for line in sums.lines() {
        let (sum, path) = line.split_once("  ").ok_or("not a line of sha256sum")?;
        let found = fs::read(corpus().join(path)).map(|bytes| hex(&sha256(&bytes)));
        if found.as_deref().ok() != Some(sum) {
            drifted.push(path);
        }
        summed.insert(path.to_owned());
    }
    assert!(drifted.is_empty(), "not what SHA256SUMS says: {drifted:?}");
    let missing: Vec<String> = files()?.difference(&summed).cloned().collect();
    assert!(missing.is_empty(), "not in SHA256SUMS: {missing:?}");
    Ok(())
}

#[test]
fn tags_are_no_sound() -> Outcome {
    let sound = fs::read(corpus().join("clean/sine.mp3"))?;
    let essence = noai_audio::identify(corpus().join("clean/sine.mp3"))?.essence;
    let holds = |case: &Case| {
        let bytes = fs::read(corpus().join(&case.path)).unwrap_or_default();
        case.format == Some(Format::Mp3) && find(&bytes, &sound).is_some()
    };
    let mut cases = ledger::tagged_cases()?;
    cases.retain(holds);
    assert!(
        cases.len() >= 60,
        "only {} files around one sound",
        cases.len()
    );
    ledger::for_each(&cases, |_, _, song| {
        ensure(Some(song.essence()?) == essence, || {
            "the same frames between other tags are another essence".to_owned()
        })
    });
    Ok(())
}

#[test]
fn without_a_notice_another_reader_sees_every_field_as_before() -> Outcome {
    ledger::for_each(&ledger::tagged_cases()?, |_, _, song| {
        let format = song.read()?.format();
        let Some(before) = seen(song.original(), format) else {
            return Ok(());
        };
        EmbedOptions::new()
            .notice(false)
            .embed(song.path(), &no_ai())?;
        let after = seen(&song.bytes()?, format).ok_or("it cannot be read any more")?;
        let mut left = after.iter();
        // An XMP packet gets our properties.
        let is_packet = |field: &&String| field.contains("owner: \"XMP\"");
        for field in before.iter().filter(|field| !is_packet(field)) {
            let short: String = field.chars().take(200).collect();
            ensure(left.any(|other| other == field), || {
                format!("lost or moved: {short}")
            })?;
        }
        ensure(after.len() > before.len(), || {
            "our fields are not seen".to_owned()
        })?;
        song.strip()?;
        ensure(song.is_original()?, || {
            "strip does not give the first file".to_owned()
        })
    });
    Ok(())
}

/// Every field of the main tag, in order, as lofty sees it; none where it cannot read it.
fn seen(bytes: &[u8], format: Format) -> Option<Vec<String>> {
    let options = ParseOptions::new().read_properties(false);
    let mut bytes = Cursor::new(bytes);
    let list = |fields: &mut dyn Iterator<Item = String>| fields.collect();
    Some(match format {
        Format::Mp3 => {
            let file = lofty::mpeg::MpegFile::read_from(&mut bytes, options).ok()?;
            list(
                &mut file
                    .id3v2()
                    .into_iter()
                    .flatten()
                    .map(|frame| format!("{frame:?}")),
            )
        }
        Format::WavPack => {
            let file = lofty::wavpack::WavPackFile::read_from(&mut bytes, options).ok()?;
            let items = file.ape().into_iter().flatten();
            list(&mut items.map(|item| format!("{item:?}")))
        }
        Format::MonkeysAudio => {
            let file = lofty::ape::ApeFile::read_from(&mut bytes, options).ok()?;
            let items = file.ape().into_iter().flatten();
            list(&mut items.map(|item| format!("{item:?}")))
        }
        Format::Musepack => {
            let file = lofty::musepack::MpcFile::read_from(&mut bytes, options).ok()?;
            let items = file.ape().into_iter().flatten();
            list(&mut items.map(|item| format!("{item:?}")))
        }
        Format::Adts => {
            let file = lofty::aac::AacFile::read_from(&mut bytes, options).ok()?;
            let frames = file.id3v2().into_iter().flatten();
            list(&mut frames.map(|frame| format!("{frame:?}")))
        }
        Format::Wav => {
            let file = lofty::iff::wav::WavFile::read_from(&mut bytes, options).ok()?;
            let frames = file
                .id3v2()
                .into_iter()
                .flatten()
                .map(|frame| format!("{frame:?}"));
            let items = file
                .riff_info()
                .into_iter()
                .flatten()
                .map(|item| format!("{item:?}"));
            list(&mut frames.chain(items))
        }
        Format::Aiff => {
            let file = lofty::iff::aiff::AiffFile::read_from(&mut bytes, options).ok()?;
            let texts = file.text_chunks().map(|texts| format!("{texts:?}"));
            let frames = file
                .id3v2()
                .into_iter()
                .flatten()
                .map(|frame| format!("{frame:?}"));
            list(&mut texts.into_iter().chain(frames))
        }
        Format::Flac => {
            let file = lofty::flac::FlacFile::read_from(&mut bytes, options).ok()?;
            let comments = file
                .vorbis_comments()
                .into_iter()
                .flat_map(VorbisComments::items);
            let pictures = file.pictures().iter().map(|picture| format!("{picture:?}"));
            list(&mut comments.map(|item| format!("{item:?}")).chain(pictures))
        }
        Format::Ogg => {
            let comments = if let Ok(file) = OpusFile::read_from(&mut bytes, options) {
                file.vorbis_comments().clone()
            } else {
                bytes.set_position(0);
                let file = VorbisFile::read_from(&mut bytes, options).ok()?;
                file.vorbis_comments().clone()
            };
            list(&mut comments.items().map(|item| format!("{item:?}")))
        }
        Format::Mp4 => {
            let file = lofty::mp4::Mp4File::read_from(&mut bytes, options).ok()?;
            list(
                &mut file
                    .ilst()
                    .into_iter()
                    .flatten()
                    .map(|atom| format!("{atom:?}")),
            )
        }
        _ => return None,
    })
}

/// A file with room for a statement stays as long as it was.
#[test]
fn padding_that_is_all_zero_pays_for_the_statement() -> Outcome {
    for name in [
        "ffmpeg.flac",
        "fragments-free.m4a",
        "free-after-moov.m4a",
        "large-padding.mp3",
        "mutagen-faststart.m4a",
        "mutagen-v23.mp3",
        "mutagen-v24.mp3",
        "mutagen.m4a",
        "v22-copyright.mp3",
    ] {
        let shelf = Shelf::new()?;
        let song = shelf.song(&format!("tagged/{name}"))?;
        EmbedOptions::new()
            .xmp(false)
            .embed(song.path(), &no_ai())?;
        assert!(!song.is_original()?, "{name}");
        let (before, after) = (song.original().len(), song.bytes()?.len());
        assert_eq!(after, before, "{name}");
    }
    Ok(())
}
