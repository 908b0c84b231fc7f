//! Is the sound found between the tags at the ends of a file, and are the tags read there?

mod common;

use std::fs;
use std::process::Command;

use common::bytes::{be, part};
use common::ledger::{self, Case};
use common::{Outcome, Shelf, Song, corpus, ensure, fail, hex, sha256};
use noai_audio::Format;

const FORMATS: [Format; 1] = [Format::Adts];

/// The digest of the essence that is found.
fn essence(song: &Song) -> Outcome<String> {
    Ok(song.essence()?.digest.to_string())
}

fn digest_of(packets: &[u8]) -> String {
    format!("sha256:{}", hex(&sha256(packets)))
}

/// The files of the corpus that are tagged and have this format.
fn tagged(format: Format) -> Outcome<Vec<Case>> {
    let mut cases = ledger::tagged_cases()?;
    cases.retain(|case| case.format == Some(format));
    Ok(cases)
}

#[test]
fn adts_frames_are_the_packets_without_their_headers() -> Outcome {
    let shelf = Shelf::new()?;
    let file = fs::read(corpus().join("clean/sine.aac"))?;
    let (mut packets, mut at) = (Vec::new(), 0);
    while at < file.len() {
        let length = be(&file, at + 3, 3)? >> 5 & 0x1fff;
        packets.extend(part(&file, at + 7, length - 7)?);
        at += length;
    }
    for name in ["sine", "two-blocks", "protected"] {
        let song = shelf.song(&format!("clean/{name}.aac"))?;
        assert_eq!(essence(&song)?, digest_of(&packets), "{name}");
    }
    let cut = shelf.song("clean/cut-last-frame.aac")?;
    let heard = part(&packets, 0, packets.len() - 2)?;
    assert_eq!(essence(&cut)?, digest_of(heard));
    Ok(())
}

/// What a program prints.
fn output(program: &str, arguments: &[&str]) -> Outcome<String> {
    let done = Command::new(program).args(arguments).output()?;
    if !done.status.success() {
        return fail(format!("{program}: {}", done.stderr.escape_ascii()));
    }
    Ok(String::from_utf8(done.stdout)?)
}

#[test]
#[ignore = "needs ffmpeg"]
fn the_essence_is_what_ffmpeg_delivers() -> Outcome {
    for format in FORMATS {
        ledger::for_each(&tagged(format)?, |_, _, song| {
            let path = song.path().to_str().ok_or("no name")?;
            let mut arguments = vec!["-v", "error", "-i", path, "-map", "0:a:0", "-c", "copy"];
            if format == Format::Adts {
                arguments.extend(["-bsf:a", "aac_adtstoasc"]);
            }
            arguments.extend(["-f", "streamhash", "-hash", "sha256", "-"]);
            let before = output("ffmpeg", &arguments)?;
            song.tag()?;
            let after = output("ffmpeg", &arguments)?;
            let ours = essence(song)?.replace("sha256:", "SHA256=");
            ensure(before.trim_end().ends_with(&ours), || {
                format!("{ours}, by ffmpeg {before}")
            })?;
            ensure(before == after, || format!("{before} became {after}"))
        });
    }
    Ok(())
}
