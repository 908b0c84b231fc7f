//! Do chunk offsets get 64 bits where 32 are too few, and 32 again afterwards? On files of
//! 4 GiB, of which next to nothing is held.

use std::io::{Read, Result, Seek, SeekFrom};

use super::super::{Layout, Piece, Plan, Prior, TagChange};
use crate::carrier::Made;
use crate::limits::Limits;
use crate::source::Source;

/// Bytes, a gap of zeros that no one looks into, and bytes.
#[derive(Clone, PartialEq, Debug)]
struct Sparse {
    head: Vec<u8>,
    gap: u64,
    tail: Vec<u8>,
    at: u64,
}

impl Read for Sparse {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        let gap = self.head.len() as u64..self.head.len() as u64 + self.gap;
        for (at, byte) in (self.at..).zip(into.iter_mut()) {
            *byte = match at {
                at if at < gap.start => self.head[at as usize],
                at if at < gap.end => 0,
                at => self.tail[(at - gap.end) as usize],
            };
        }
        self.at += into.len() as u64;
        Ok(into.len())
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let length = self.head.len() as u64 + self.gap + self.tail.len() as u64;
        self.at = match to {
            SeekFrom::Start(at) => at,
            _ => length,
        };
        Ok(self.at)
    }
}

fn place(bytes: &[u8], kind: &[u8; 4]) -> usize {
    bytes.windows(4).position(|four| four == kind).unwrap()
}

/// The corpus file `name` with `gap` bytes between `moov` and `mdat`.
fn with_gap(name: &str, gap: u64) -> Sparse {
    let path = format!("{}/test-audio/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut head = std::fs::read(path).unwrap();
    let tail = head.split_off(place(&head, b"mdat") - 4);
    let table = place(&head, b"stco") + 12;
    let end = place(&head, b"stco") - 4 + usize::from(head[place(&head, b"stco") - 1]);
    for entry in head[table..end].chunks_exact_mut(4) {
        let offset = u32::from_be_bytes(entry.try_into().unwrap()) + gap as u32;
        entry.copy_from_slice(&offset.to_be_bytes());
    }
    head.extend(b"\0\0\0\x01gap!");
    head.extend(gap.to_be_bytes());
    Sparse {
        head,
        gap: gap - 16,
        tail,
        at: 0,
    }
}

/// The file after this change, and the note of what was done.
fn changed(file: &Sparse, tag: TagChange, prior: Prior<'_>) -> (Sparse, Option<String>) {
    let mut reader = file.clone();
    let mut source = Source::new(&mut reader, Limits::default()).unwrap();
    let layout = Layout::scan(&mut source).unwrap();
    let changes = layout
        .changes(&mut source, tag, Vec::new(), TagChange::Keep, prior)
        .unwrap();
    let plan = Plan::new(changes.list, source.len()).unwrap();
    let mut new = Sparse {
        head: Vec::new(),
        at: 0,
        ..file.clone()
    };
    let held = file.head.len() as u64;
    plan.pieces(&mut source, &mut |source, piece| {
        match piece {
            Piece::Bytes(bytes) => new.head.extend(bytes),
            Piece::Copy(range) => {
                let bytes = source.bytes(range.start..range.end.min(held))?;
                new.head.extend(bytes);
            }
        }
        Ok(())
    })
    .unwrap();
    (new, changes.note)
}

/// The bytes of the samples, from where the tables say.
fn sound(file: &Sparse) -> Vec<u8> {
    let mut reader = file.clone();
    let mut source = Source::new(&mut reader, Limits::default()).unwrap();
    let layout = Layout::scan(&mut source).unwrap();
    let mut bytes = Vec::new();
    layout
        .essence(&mut source, &mut |source, range| {
            bytes.extend(source.bytes(range)?);
            Ok(())
        })
        .unwrap();
    bytes
}

#[test]
fn offsets_get_room_and_give_it_back() {
    for name in ["clean/no-udta-first.m4a", "clean/one-sample-chunks.m4a"] {
        let file = with_gap(name, u64::from(u32::MAX) - 2_900);
        let heard = sound(&file);
        for (length, is_wide) in [(200, false), (2_000, true)] {
            let items = vec![0; length];
            let (tagged, note) = changed(&file, TagChange::Create(items), Prior::default());
            let expected = if is_wide { "udta+co64.1" } else { "udta" };
            assert_eq!(note.as_deref(), Some(expected), "{name}");
            let table = if is_wide { b"co64" } else { b"stco" };
            place(&tagged.head, table);
            assert_eq!(sound(&tagged), heard, "{name}");
            let prior = Prior {
                made: Some(Made::New),
                xmp: None,
                note: note.as_deref(),
            };
            let (stripped, _) = changed(&tagged, TagChange::Remove, prior);
            assert_eq!(stripped, file, "{name}");
        }
    }
}
