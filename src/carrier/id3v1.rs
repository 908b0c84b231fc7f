//! What an ID3v1 tag says (id3.org: "ID3v1"), as ID3v2.3 frames.
//!
//! Readers look at ID3v1 only where there is no ID3v2. A file that has the one and gets
//! the other would lose its title for them, so a new ID3v2 tag repeats what ID3v1 says.

use super::id3v2;
use crate::error::Fault;
use crate::source::Source;

/// Length of the tag, which starts with `TAG`.
pub(crate) const LENGTH: u64 = 128;

/// One whole ID3v2.3 frame for each field of the tag at `at` that is filled.
pub(crate) fn frames(source: &mut Source, at: u64) -> Result<Vec<Vec<u8>>, Fault> {
    let tag = source.bytes(at..at + LENGTH)?;
    let field = |start: usize, length: usize| {
        let bytes = tag.get(start..start + length).unwrap_or_default();
        let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        let end = bytes.iter().rposition(|byte| *byte != b' ');
        bytes
            .get(..end.map_or(0, |last| last + 1))
            .unwrap_or_default()
    };
    let byte = |at: usize| tag.get(at).copied().unwrap_or_default();
    let (track, genre) = (byte(126), byte(127));
    // ID3v1.1: a track number behind a zero in the comment's last two bytes.
    let has_track = byte(125) == 0 && track != 0;
    let mut frames = Vec::new();
    let mut add = |id: &[u8; 4], before: &[u8], text: &[u8]| {
        if !text.is_empty() {
            frames.push(id3v2::latin1_frame(3, *id, &[before, text].concat()));
        }
    };
    add(b"TIT2", b"", field(3, 30));
    add(b"TPE1", b"", field(33, 30));
    add(b"TALB", b"", field(63, 30));
    add(b"TYER", b"", field(93, 4));
    add(
        b"COMM",
        b"eng\0",
        field(97, if has_track { 28 } else { 30 }),
    );
    if has_track {
        add(b"TRCK", b"", track.to_string().as_bytes());
    }
    if genre != 255 {
        add(b"TCON", b"", format!("({genre})").as_bytes());
    }
    Ok(frames)
}
