//! Where the blocks and the frames of a native FLAC file are (RFC 9639; integers are
//! big-endian).
//!
//! An ID3v2 tag before `fLaC`, ID3v1 and APEv2 behind, and the tags of the file that was packed,
//! where they are kept, are read and left alone.

use std::ops::Range;

use super::{
    Change, Changes, Layout, Mask, Place, Prior, Stream, Structure, TagChange, Xmp, edges, kept,
};
use crate::carrier::{self, Carrier};
use crate::error::Fault;
use crate::source::Source;
use crate::splice::{self, Splice};

const LAST: u8 = 0x80;
const STREAMINFO: u8 = 0;
const PADDING: u8 = 1;
const APPLICATION: u8 = 2;
const VORBIS_COMMENT: u8 = 4;

#[derive(Debug)]
pub(crate) struct Flac {
    start: u64,
    blocks: Vec<Block>,
    pub(super) audio: Range<u64>,
}

#[derive(Debug, Clone)]
struct Block {
    /// Where the four header bytes are.
    at: u64,
    kind: u8,
    payload: Range<u64>,
}

/// `start` is where `fLaC` stands.
pub(super) fn scan(source: &mut Source, start: u64) -> Result<Layout, Fault> {
    let mut blocks = Vec::new();
    let mut at = start + 4;
    loop {
        let [first, size @ ..] = source.array::<4>(at)?;
        let size = size
            .iter()
            .fold(0, |size, byte| size << 8 | u64::from(*byte));
        let block = Block {
            at,
            kind: first & !LAST,
            payload: at + 4..at + 4 + size,
        };
        if block.payload.end > source.len() || block.kind == 127 {
            return Err(Fault::Malformed("FLAC: wrong metadata block", at));
        }
        let is_second = |other: &Block| other.kind == VORBIS_COMMENT;
        if block.kind == VORBIS_COMMENT && blocks.iter().any(is_second) {
            return Err(Fault::Malformed("FLAC: a second VORBIS_COMMENT block", at));
        }
        if blocks.len() >= source.limits().parts as usize {
            return Err(Fault::Limit("FLAC: too many metadata blocks", at));
        }
        at = block.payload.end;
        blocks.push(block);
        if first & LAST != 0 {
            break;
        }
    }
    let edges::Tail { tags, end, .. } = edges::tail(source, at)?;
    if end > at && (source.be16(at)? & 0xfffe) != 0xfff8 {
        return Err(Fault::Malformed("FLAC: no frame behind the metadata", at));
    }
    let mut others = edges::front(source, start)?;
    others.extend(tags);
    let mut kept = Vec::new();
    for block in blocks.iter().filter(|block| block.kind == APPLICATION) {
        let Range { start, end } = block.payload;
        let big_endian = source.has(start, b"aiff")?;
        if big_endian || source.has(start, b"riff")? {
            kept.extend(kept::in_chunk(source, start + 4..end, big_endian)?);
        }
    }
    let flac = Flac {
        start,
        blocks,
        audio: at..end,
    };
    Ok(Layout {
        stream: flac.stream(source)?,
        carrier: Carrier::VorbisComment,
        tag: flac
            .comments()
            .map(|block| Place::At(block.payload.clone())),
        beside: None,
        others,
        kept,
        xmp: Xmp::default(),
        id3v1: None,
        priming: None,
        other_tracks: false,
        read_only: None,
        structure: Structure::Flac(flac),
    })
}

/// Sampling rate and channels as STREAMINFO (RFC 9639 section 8.2) packs them.
pub(super) fn stream_info(source: &mut Source, at: u64) -> Result<(u32, u16), Fault> {
    let packed = source.be32(at + 10)?;
    Ok((packed >> 12, (packed >> 9 & 7) as u16 + 1))
}

impl Flac {
    pub(super) fn audible(&self) -> Range<u64> {
        self.start..self.audio.end
    }

    /// Every block but STREAMINFO as padding.
    pub(super) fn masks(&self, source: &mut Source) -> Result<Vec<Mask>, Fault> {
        let others = self.blocks.iter().filter(|block| block.kind != STREAMINFO);
        let mask = |block: &Block| Ok((block.at, vec![source.byte(block.at)? & LAST | PADDING]));
        others.map(mask).collect()
    }

    fn stream(&self, source: &mut Source) -> Result<Stream, Fault> {
        let info = self
            .blocks
            .first()
            .filter(|block| block.kind == 0 && block.payload.end - block.payload.start == 34)
            .ok_or(Fault::Malformed("FLAC: no STREAMINFO", self.audio.start))?;
        let (sample_rate, channels) = stream_info(source, info.payload.start)?;
        Ok(Stream {
            codec: "flac".to_owned(),
            sample_rate,
            channels,
        })
    }

    fn comments(&self) -> Option<&Block> {
        self.blocks
            .iter()
            .find(|block| block.kind == VORBIS_COMMENT)
    }

    pub(super) fn changes(
        &self,
        source: &mut Source,
        tag: TagChange,
        prior: Prior<'_>,
    ) -> Result<Changes, Fault> {
        match (tag, self.comments(), self.blocks.first()) {
            (
                TagChange::Edit {
                    splices,
                    before,
                    after,
                    ..
                },
                Some(block),
                _,
            ) => self.edit(source, block, splices, (before, after), prior),
            (TagChange::Create(bytes), _, Some(info)) => {
                let last = self.blocks.len() == 1;
                let mut block = header(VORBIS_COMMENT, last, bytes.len() as u64, info.at)?.to_vec();
                block.extend(bytes);
                let mut splices = vec![Splice::insert(info.payload.end, block)];
                if last {
                    splices.push(Splice::replace(info.at..info.at + 1, [info.kind]));
                }
                Ok(Changes::plain(splices))
            }
            (TagChange::Remove, Some(block), _) => {
                let mut splices = vec![Splice::remove(block.at..block.payload.end)];
                let previous = self.blocks.iter().rfind(|other| other.at < block.at);
                if let Some(previous) = previous.filter(|_| self.is_last(block)) {
                    let at = previous.at;
                    splices.push(Splice::replace(at..at + 1, [previous.kind | LAST]));
                }
                Ok(Changes::plain(splices))
            }
            _ => Ok(Changes::plain(Vec::new())),
        }
    }

    fn is_last(&self, block: &Block) -> bool {
        self.blocks.last().is_some_and(|last| last.at == block.at)
    }

    fn edit(
        &self,
        source: &mut Source,
        block: &Block,
        mut splices: Vec<Splice>,
        (before, after): (u64, u64),
        prior: Prior<'_>,
    ) -> Result<Changes, Fault> {
        splices.extend(self.resized(block, splice::growth(&splices))?);
        let mut padding = None;
        for candidate in self.blocks.iter().filter(|block| block.kind == PADDING) {
            if padding.is_none() && source.is_zero(candidate.payload.clone())? {
                padding = Some(candidate);
            }
        }
        let mut padded = false;
        if let Some(block) = padding {
            let Range { start, end } = block.payload;
            let left = end - start;
            let (length, taken) = carrier::padding(left, before, after, prior.made, true);
            padded = taken;
            let zeros = vec![0; length.saturating_sub(left) as usize];
            if length != left {
                splices.push(Splice::replace(
                    end - left.saturating_sub(length)..end,
                    zeros,
                ));
                splices.extend(self.resized(block, length.cast_signed() - left.cast_signed())?);
            }
        }
        Ok(Changes {
            list: splices.into_iter().map(Change::from).collect(),
            padded,
            note: None,
        })
    }

    /// The header of a block that grows.
    fn resized(&self, block: &Block, growth: i64) -> Result<Option<Splice>, Fault> {
        if growth == 0 {
            return Ok(None);
        }
        let size = (block.payload.end - block.payload.start).saturating_add_signed(growth);
        let header = header(block.kind, self.is_last(block), size, block.at)?;
        Ok(Some(Splice::replace(block.at..block.at + 4, header)))
    }
}

fn header(kind: u8, last: bool, size: u64, at: u64) -> Result<[u8; 4], Fault> {
    if size >= 1 << 24 {
        return Err(Fault::Limit("FLAC: the block would be 16 MiB or more", at));
    }
    let [_, a, b, c] = (size as u32).to_be_bytes();
    Ok([if last { kind | LAST } else { kind }, a, b, c])
}
