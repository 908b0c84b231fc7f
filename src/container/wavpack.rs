//! Where the blocks of a WavPack file are (WavPack 4 and 5 "Binary File / Block Format";
//! integers are little-endian), before the tags at the end.
//!
//! A block holds one or two channels; where there are more, several blocks follow each
//! other for the same samples. A block without samples holds what stood around the sound
//! in the file that was packed, or its MD5.

use std::ops::Range;

use super::edges::{Edge, Edges};
use super::{Layout, OtherTag, Stream, Structure, Visit, kept};
use crate::carrier::Carrier;
use crate::error::Fault;
use crate::source::Source;

/// In samples per second, by index; 15 is any other.
const SAMPLE_RATES: [u32; 15] = [
    6_000, 8_000, 9_600, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000,
    88_200, 96_000, 192_000,
];
const HEADER: u64 = 32;
const MOST_CHANNELS: u16 = 4096;
/// More blocks than any program puts before the sound.
const MOST_BEFORE: u32 = 1_000;
/// Flags of a block.
const MONO: u32 = 1 << 2;
const FIRST: u32 = 1 << 11;
const LAST: u32 = 1 << 12;
const RATE: u32 = 0xf << 23;
const DSD: u32 = 1 << 31;
/// Kinds of sub-blocks, and what else is said with them.
const KEPT_HEAD: u8 = 0x21;
const CORRECTION: u8 = 0x0b;
const SAMPLE_RATE: u8 = 0x27;
const ODD: u8 = 0x40;
const LONG: u8 = 0x80;

#[derive(Debug)]
pub(crate) struct WavPack {
    blocks: Range<u64>,
    /// Of every block: the index of its sampling rate, and whether it is DSD.
    flags: u32,
    channels: u16,
    pub(super) edge: Edge,
}

struct Block {
    samples: u32,
    flags: u32,
    end: u64,
}

impl Block {
    fn read(source: &mut Source, at: u64, limit: u64) -> Result<Block, Fault> {
        let wrong = Fault::Malformed("WavPack: no block where one should be", at);
        if limit.saturating_sub(at) < HEADER || !source.has(at, b"wvpk")? {
            return Err(wrong);
        }
        let size = source.le32(at + 4)?;
        let end = at + 8 + u64::from(size);
        if !(24..1 << 20).contains(&size) || size % 2 == 1 || end > limit {
            return Err(wrong);
        }
        if !(0x402..=0x410).contains(&source.le16(at + 8)?) {
            return Err(Fault::Unsupported("WavPack of another version", at + 8));
        }
        Ok(Block {
            samples: source.le32(at + 20)?,
            flags: source.le32(at + 24)?,
            end,
        })
    }

    fn channels(&self) -> u16 {
        if self.flags & MONO == 0 { 2 } else { 1 }
    }
}

/// `start` is where the tags at the front end.
pub(super) fn scan(source: &mut Source, start: u64) -> Result<Layout, Fault> {
    let edges = Edges::find(source, start)?;
    let blocks = start..edges.end();
    let mut left = source.limits().parts;
    let (at, first, mut tags) = first_block(source, blocks.clone(), &mut left)?;
    if first.flags & DSD != 0 {
        return Err(Fault::Unsupported("WavPack with DSD", at));
    }
    let (sample_rate, more) = details(source, at, &first, &mut left)?;
    tags.extend(more);
    let sample_rate = sample_rate.ok_or(Fault::Malformed("WavPack: no sampling rate", at))?;
    let mut channels = first.channels();
    let (mut last, mut next) = (first.flags & LAST != 0, first.end);
    while !last {
        if channels > MOST_CHANNELS {
            return Err(Fault::Malformed("WavPack: too many channels", next));
        }
        let block = Block::read(source, next, blocks.end)?;
        channels += block.channels();
        (last, next) = (block.flags & LAST != 0, block.end);
    }
    let stream = Stream {
        codec: "wavpack".to_owned(),
        sample_rate,
        channels,
    };
    let flags = first.flags & (RATE | DSD);
    let mut layout = edges.layout(Carrier::Ape, stream, |edge| {
        Structure::WavPack(WavPack {
            blocks,
            flags,
            channels,
            edge,
        })
    });
    layout.kept = tags;
    Ok(layout)
}

/// The first block with samples, and the tags that those before it keep.
fn first_block(
    source: &mut Source,
    blocks: Range<u64>,
    left: &mut u32,
) -> Result<(u64, Block, Vec<OtherTag>), Fault> {
    let mut at = blocks.start;
    let mut tags = Vec::new();
    for _ in 0..MOST_BEFORE {
        let block = Block::read(source, at, blocks.end)?;
        if block.samples > 0 {
            return Ok((at, block, tags));
        }
        match details(source, at, &block, left) {
            Ok((_, more)) => tags.extend(more),
            Err(fault) if fault.is_of_the_reader() => return Err(fault),
            // Nothing that is played follows from it.
            Err(_) => {}
        }
        at = block.end;
    }
    Err(Fault::Limit("WavPack: too many blocks without samples", at))
}

/// The sampling rate, in a sub-block where the header has no index for it, and the tags that
/// the block keeps. Sub-blocks: a kind (with a bit for an odd length, and one for a length of
/// 3 bytes), the length in words of 16 bits, the bytes. `left` is how many of them and of the
/// chunks kept may be looked at.
fn details(
    source: &mut Source,
    at: u64,
    block: &Block,
    left: &mut u32,
) -> Result<(Option<u32>, Vec<OtherTag>), Fault> {
    let index = (block.flags & RATE) >> 23;
    let mut rate = SAMPLE_RATES.get(index as usize).copied();
    let mut tags = Vec::new();
    let mut at = at + HEADER;
    while at < block.end {
        *left = left
            .checked_sub(1)
            .ok_or(Fault::Limit("WavPack: too many sub-blocks", at))?;
        let wrong = Fault::Malformed("WavPack: wrong sub-block", at);
        let [kind, length] = source.array(at)?;
        let (start, words) = if kind & LONG == 0 {
            (at + 2, u32::from(length))
        } else {
            (at + 4, source.le32(at)? >> 8)
        };
        at = start + 2 * u64::from(words);
        if at > block.end {
            return Err(wrong);
        }
        match kind & 0x3f {
            CORRECTION => {
                return Err(Fault::Unsupported("a correction file of WavPack", start));
            }
            KEPT_HEAD => {
                let end = at.saturating_sub(u64::from(kind & ODD != 0));
                tags.extend(kept::in_head(source, start..end, left)?);
            }
            // 3 bytes, and 7 bits more where the length is even.
            SAMPLE_RATE if words == 2 && index == 15 => {
                let mask = if kind & ODD == 0 {
                    0x7fff_ffff
                } else {
                    0xff_ffff
                };
                rate = Some(source.le32(start)? & mask);
            }
            _ => {}
        }
    }
    Ok((rate.filter(|rate| *rate > 0), tags))
}

impl WavPack {
    /// Every block with samples, header included.
    pub(super) fn essence(&self, source: &mut Source, visit: &mut Visit<'_>) -> Result<(), Fault> {
        source.widen();
        let Range { start: mut at, end } = self.blocks;
        let mut channels = 0_u16;
        while at < end {
            let block = Block::read(source, at, end)?;
            if block.samples > 0 {
                if block.flags & FIRST != 0 {
                    channels = 0;
                }
                channels = channels.saturating_add(block.channels());
                let is_whole = block.flags & LAST == 0 || channels == self.channels;
                if block.flags & (RATE | DSD) != self.flags || !is_whole {
                    let what = "WavPack whose sampling rate or channels change";
                    return Err(Fault::Unsupported(what, at));
                }
                visit(source, at..block.end)?;
            }
            at = block.end;
        }
        Ok(())
    }
}
