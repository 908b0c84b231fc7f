//! Does a new file with one wrong byte, too few or too many ever pass for the right one?

use std::io::Cursor;

use super::Proof;
use crate::consent::{Declaration, Preset};
use crate::container::{Layout, Piece};
use crate::error::ErrorKind;
use crate::identify::Sound;
use crate::limits::Limits;
use crate::options::EmbedOptions;
use crate::planned::Planned;
use crate::source::Source;

const SONGS: [&str; 13] = [
    "sine.mp3",
    "sine.flac",
    "sine.ogg",
    "sine.opus",
    "sine.m4a",
    "fragmented.mp4",
    "sine.wav",
    "sine.aiff",
    "sine.aac",
    "sine.wv",
    "sine.ape",
    "sine.mpc",
    "sine.tta",
];

fn song(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/test-audio/clean");
    std::fs::read(format!("{folder}/{name}")).unwrap()
}

/// What `work` makes of the plan that embeds a statement in `old`, and of the new file.
fn embedded<T>(old: &[u8], preset: Preset, work: impl FnOnce(&Planned, &[u8]) -> T) -> T {
    let mut reader = Cursor::new(old);
    let mut source = Source::new(&mut reader, Limits::default()).unwrap();
    let mut options = EmbedOptions::new();
    options.replace(true);
    let declaration = Declaration::from(preset);
    let silent = |_: &mut Source, _: &Layout, _| Ok(Sound::default());
    let planned = options
        .plan_embed(&mut source, &declaration, silent)
        .unwrap();
    let mut new = Vec::new();
    let plan = planned.proof().unwrap().plan;
    plan.pieces(&mut source, &mut |source, piece| {
        match piece {
            Piece::Bytes(bytes) => new.extend_from_slice(bytes),
            Piece::Copy(range) => new.extend(source.bytes(range)?),
        }
        Ok(())
    })
    .unwrap();
    work(&planned, &new)
}

/// The complaint, or none.
fn complaint(proof: &Proof<'_>, old: &[u8], new: &[u8]) -> Option<(ErrorKind, String)> {
    let (mut reader, mut old_file, mut new_file) =
        (Cursor::new(old), Cursor::new(old), Cursor::new(new));
    let mut source = Source::new(&mut reader, Limits::default()).unwrap();
    let held = proof.hold(&mut old_file, &mut source, &mut new_file, Limits::default());
    let error = held.err()?;
    Some((error.kind(), error.reason()))
}

#[test]
fn every_wrong_byte_is_seen() {
    for name in SONGS {
        let old = song(name);
        embedded(&old, Preset::NoAi, |planned, new| {
            let proof = planned.proof().unwrap();
            assert_eq!(complaint(&proof, &old, new), None, "{name}");
            let mut spoilt = new.to_vec();
            // A prime: every place in a structure has its turn.
            for at in (0..new.len()).step_by(13) {
                spoilt[at] ^= 1;
                let (kind, why) = complaint(&proof, &old, &spoilt).expect(name);
                let is_refused = matches!(kind, ErrorKind::Unproven | ErrorKind::Limit);
                assert!(is_refused, "{name}: byte {at}: {why}");
                spoilt[at] ^= 1;
            }
            for length in [0, 1, new.len() / 2, new.len() - 1] {
                let (kind, _) = complaint(&proof, &old, &new[..length]).expect(name);
                assert_eq!(kind, ErrorKind::Unproven, "{name}: {length} bytes");
            }
            spoilt.push(0);
            let (kind, _) = complaint(&proof, &old, &spoilt).expect(name);
            assert_eq!(kind, ErrorKind::Unproven, "{name}: one byte more");
        });
    }
}

#[test]
fn every_part_of_the_proof_is_asked_for() {
    for name in SONGS {
        let old = song(name);
        let other = song(if name == "sine.mp3" {
            "noise.mp3"
        } else {
            "sine.mp3"
        });
        let says = |proof: &Proof<'_>, new: &[u8], what: &str| {
            let (kind, reason) = complaint(proof, &old, new).expect(name);
            assert_eq!(kind, ErrorKind::Unproven, "{name}");
            assert!(reason.contains(what), "{name}: {reason}");
        };
        embedded(&old, Preset::NoAi, |planned, new| {
            let proof = || planned.proof().unwrap();
            embedded(&other, Preset::NoAi, |strange, _| {
                let before = &strange.before;
                says(
                    &Proof { before, ..proof() },
                    new,
                    "the sound of the new file",
                );
            });
            embedded(&old, Preset::NoGenerativeAi, |strange, other_new| {
                let Proof { plan, places, .. } = strange.proof().unwrap();
                let planned = || Proof {
                    plan,
                    places,
                    ..proof()
                };
                says(&planned(), new, "is not what was planned");
                let places = [0; 32];
                let astray = Proof {
                    places,
                    ..planned()
                };
                says(&astray, other_new, "the samples of a track");
                let fields = Vec::new();
                let none = Proof {
                    fields,
                    ..planned()
                };
                says(&none, other_new, "our own reader");
                says(&planned(), other_new, "our own reader");
            });
        });
        // What was tagged before does not come back by taking the new fields off.
        let tagged = embedded(&old, Preset::NoAi, |_, new| new.to_vec());
        embedded(&tagged, Preset::NoMachineUse, |planned, new| {
            let proof = planned.proof().unwrap();
            assert_eq!(complaint(&proof, &tagged, new), None, "{name}");
            let restores = Proof {
                restores: true,
                ..proof
            };
            let (kind, reason) = complaint(&restores, &tagged, new).expect(name);
            assert_eq!(kind, ErrorKind::Unproven, "{name}");
            assert!(reason.contains("would not give the old file"), "{reason}");
        });
    }
}

/// Where the samples are, of tracks that nobody listens to as well.
#[test]
fn an_offset_of_any_track_is_a_part_of_the_proof() {
    let places = |file: &[u8]| {
        let mut reader = Cursor::new(file);
        let mut source = Source::new(&mut reader, Limits::default()).unwrap();
        let layout = Layout::scan(&mut source).unwrap();
        layout.places(&mut source, None).unwrap()
    };
    for (name, table) in [
        ("tagged/two-tracks.m4a", b"stco"),
        ("clean/fragmented-two-tracks.mp4", b"trun"),
    ] {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/test-audio");
        let file = std::fs::read(format!("{folder}/{name}")).unwrap();
        let tables = file.windows(4).enumerate();
        let tables = tables.filter(|(_, name)| name == table);
        let tables: Vec<usize> = tables.map(|(at, _)| at).collect();
        assert!(tables.len() >= 2, "{name}");
        for at in tables {
            let mut astray = file.clone();
            // The lowest byte of the first offset, behind version, flags and count.
            astray[at + 4 + 4 + 4 + 3] ^= 1;
            assert_ne!(places(&astray), places(&file), "{name}: {at}");
        }
    }
}
