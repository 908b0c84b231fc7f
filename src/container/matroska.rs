//! Where the packets and the tags of a Matroska or WebM file are (RFC 8794, RFC 9559;
//! integers are big-endian). Read, never written.
//!
//! An element is an identifier, a size and a payload. Packets stand in blocks, several in
//! one where they are laced; the tags are one element, before or behind the clusters.

use std::ops::Range;

use super::{Layout, Mask, Place, Stream, Structure, Visit, Xmp, adts, flac, mpeg};
use crate::carrier::{Carrier, ebml};
use crate::error::Fault;
use crate::source::Source;

const DOC_TYPE: u32 = 0x4282;
const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1f43_b675;
const TRACKS: u32 = 0x1654_ae6b;
const TAGS: u32 = 0x1254_c367;
const INFO: u32 = 0x1549_a966;
const TRACK_ENTRY: u32 = 0xae;
const TRACK_NUMBER: u32 = 0xd7;
const TRACK_TYPE: u32 = 0x83;
const CODEC_ID: u32 = 0x86;
const CODEC_PRIVATE: u32 = 0x63a2;
const CODEC_DELAY: u32 = 0x56aa;
const CONTENT_ENCODINGS: u32 = 0x6d80;
const AUDIO: u32 = 0xe1;
const SAMPLING_FREQUENCY: u32 = 0xb5;
const CHANNELS: u32 = 0x9f;
const BIT_DEPTH: u32 = 0x6264;
const BLOCK_GROUP: u32 = 0xa0;
const BLOCK: u32 = 0xa1;
const SIMPLE_BLOCK: u32 = 0xa3;
const ENCRYPTED_BLOCK: u32 = 0xaf;

const IS_AUDIO: u64 = 2;

#[derive(Debug)]
pub(crate) struct Matroska {
    /// The number that blocks of the first audio track carry.
    track: u64,
    is_mp3: bool,
    clusters: Range<u64>,
    /// Elements of the segment that are no sound and do not describe it.
    others: Vec<u64>,
    /// The bytes of the description of the tracks.
    pub(super) tracks: u64,
}

struct Track {
    number: u64,
    stream: Stream,
    delay: Option<u64>,
}

pub(super) fn scan(source: &mut Source) -> Result<Layout, Fault> {
    let head = ebml::element(source, 0, source.len())?;
    let kind = ebml::find(source, head.payload.clone(), DOC_TYPE)?;
    let kind = kind
        .map(|element| ebml::text(source, &element))
        .transpose()?;
    if !matches!(kind.as_deref(), Some("matroska" | "webm")) {
        return Err(Fault::Unsupported("EBML that is not Matroska", 0));
    }
    let segment = ebml::element(source, head.payload.end, source.len())?;
    if segment.id != SEGMENT {
        return Err(Fault::Malformed("Matroska: no segment", head.payload.end));
    }
    let Range { start: mut at, end } = segment.payload;
    // Players go on there: another segment, another recording.
    if end < source.len() {
        return Err(Fault::Unsupported(
            "Matroska with bytes behind its segment",
            end,
        ));
    }
    let (mut track, mut tags, mut clusters, mut parts) = (None, Vec::new(), None, 0);
    let (mut others, mut tracks) = (Vec::new(), 0);
    while at < end {
        let element = ebml::element(source, at, end)?;
        parts += 1;
        if parts > source.limits().parts {
            return Err(Fault::Limit("Matroska: too many elements", at));
        }
        match element.id {
            TRACKS if track.is_none() => {
                track = Some(first_audio(source, element.payload.clone())?);
            }
            TAGS => tags.push(element.payload.clone()),
            CLUSTER => clusters = clusters.or(Some(at)),
            _ => {}
        }
        match element.id {
            CLUSTER => {}
            TRACKS | INFO => tracks += element.payload.end - element.payload.start,
            // An identifier of four bytes can be changed into one that nobody knows.
            id if id > 0x00ff_ffff => others.push(at),
            _ => {}
        }
        at = if element.is_open {
            ebml::open_end(source, &element, &LEVEL_1)?
        } else {
            element.payload.end
        };
    }
    let (track, other_tracks) = track.flatten().ok_or(Fault::NotAudio)?;
    let mut tags = tags.into_iter();
    Ok(Layout {
        carrier: Carrier::Matroska,
        tag: tags.next().map(Place::At),
        beside: None,
        others: tags.map(|range| (Carrier::Matroska, range)).collect(),
        kept: Vec::new(),
        xmp: Xmp::default(),
        id3v1: None,
        priming: track.delay.filter(|_| track.stream.codec == "aac"),
        other_tracks,
        read_only: Some(("Matroska is read, not written", 0)),
        structure: Structure::Matroska(Matroska {
            track: track.number,
            is_mp3: track.stream.codec == "mp3",
            clusters: clusters.unwrap_or(end)..end,
            others,
            tracks,
        }),
        stream: track.stream,
    })
}

/// What may follow a cluster that does not say where it ends.
const LEVEL_1: [u32; 8] = [
    CLUSTER,
    TRACKS,
    TAGS,
    0x114d_9b74, // SeekHead
    INFO,
    0x1c53_bb6b, // Cues
    0x1941_a469, // Attachments
    0x1043_a770, // Chapters
];

/// The first track of sound, and whether there are more.
fn first_audio(source: &mut Source, tracks: Range<u64>) -> Result<Option<(Track, bool)>, Fault> {
    let mut first = None;
    for entry in ebml::children(source, tracks)? {
        if entry.id != TRACK_ENTRY {
            continue;
        }
        let fields = ebml::children(source, entry.payload.clone())?;
        let number = |source: &mut Source, id| match fields.iter().find(|field| field.id == id) {
            Some(field) => ebml::number(source, field).map(Some),
            None => Ok(None),
        };
        if number(source, TRACK_TYPE)? != Some(IS_AUDIO) {
            continue;
        }
        if let Some(first) = first {
            return Ok(Some((first, true)));
        }
        if let Some(field) = fields.iter().find(|field| field.id == CONTENT_ENCODINGS) {
            let what = "Matroska with compressed or encrypted packets";
            return Err(Fault::Unsupported(what, field.payload.start));
        }
        let wrong = Fault::Malformed("Matroska: a track without number", entry.payload.start);
        let track = number(source, TRACK_NUMBER)?.ok_or(wrong)?;
        let stream = describe(source, &fields, entry.payload.start)?;
        let delay = number(source, CODEC_DELAY)?;
        // In nanoseconds.
        let samples = |delay: u64| {
            let delay = u128::from(delay) * u128::from(stream.sample_rate);
            u64::try_from((delay + 500_000_000) / 1_000_000_000).ok()
        };
        first = Some(Track {
            number: track,
            delay: delay.and_then(samples),
            stream,
        });
    }
    Ok(first.map(|first| (first, false)))
}

fn describe(source: &mut Source, fields: &[ebml::Element], at: u64) -> Result<Stream, Fault> {
    let find = |id| fields.iter().find(|field| field.id == id);
    let name = match find(CODEC_ID) {
        Some(field) => ebml::text(source, field)?,
        None => String::new(),
    };
    let (mut rate, mut channels, mut depth) = (8_000, 1, 0);
    if let Some(audio) = find(AUDIO) {
        for field in ebml::children(source, audio.payload.clone())? {
            match field.id {
                SAMPLING_FREQUENCY => rate = ebml::float(source, &field)? as u32,
                CHANNELS => {
                    let wrong = Fault::Malformed("Matroska: wrong channels", field.payload.start);
                    channels = ebml::number(source, &field)?
                        .try_into()
                        .map_err(|_| wrong)?;
                }
                BIT_DEPTH => depth = ebml::number(source, &field)?,
                _ => {}
            }
        }
    }
    let private = match find(CODEC_PRIVATE) {
        Some(field) => field.payload.clone(),
        None => 0..0,
    };
    let codec = match (name.as_str(), depth) {
        ("A_MPEG/L3", _) => "mp3",
        ("A_VORBIS", _) => "vorbis",
        ("A_FLAC", _) => "flac",
        ("A_ALAC", _) => "alac",
        ("A_AC3", _) => "ac3",
        ("A_EAC3", _) => "eac3",
        ("A_OPUS", _) => "opus",
        ("A_PCM/INT/LIT", 8) => "pcm_u8",
        ("A_PCM/INT/LIT", 16) => "pcm_s16le",
        ("A_PCM/INT/LIT", 24) => "pcm_s24le",
        ("A_PCM/INT/LIT", 32) => "pcm_s32le",
        ("A_PCM/INT/BIG", 16) => "pcm_s16be",
        ("A_PCM/INT/BIG", 24) => "pcm_s24be",
        ("A_PCM/INT/BIG", 32) => "pcm_s32be",
        ("A_PCM/FLOAT/IEEE", 32) => "pcm_f32le",
        ("A_PCM/FLOAT/IEEE", 64) => "pcm_f64le",
        (name, _) if name.starts_with("A_AAC") => "aac",
        _ => return Err(Fault::Unsupported("Matroska with an unknown codec", at)),
    };
    match codec {
        "opus" => rate = 48_000,
        "flac" if private.end - private.start >= 8 + 18 => {
            (rate, channels) = flac::stream_info(source, private.start + 8)?;
        }
        "aac" if private.end - private.start >= 2 => {
            let core = adts::core(source.array(private.start)?);
            let (of_core, in_core) = core.unwrap_or((rate, None));
            (rate, channels) = (of_core, in_core.unwrap_or(channels));
        }
        _ => {}
    }
    Ok(Stream {
        codec: codec.to_owned(),
        sample_rate: rate,
        channels,
    })
}

impl Matroska {
    /// Tags, pictures and indices under an identifier that nobody knows.
    pub(super) fn masks(&self) -> Vec<Mask> {
        let unknown = |at: &u64| (*at, vec![0x1f, 0, 0, 0]);
        self.others.iter().map(unknown).collect()
    }

    /// The packets of the track; a first MP3 frame that holds a table is left out.
    pub(super) fn essence(&self, source: &mut Source, visit: &mut Visit<'_>) -> Result<(), Fault> {
        source.widen();
        let Range { start: mut at, end } = self.clusters;
        let mut is_first = self.is_mp3;
        let mut visit = |source: &mut Source, mut packet: Range<u64>| {
            if std::mem::take(&mut is_first) {
                packet.start += mpeg::silent_packet(source, &packet)?;
            }
            visit(source, packet)
        };
        // A cluster and a group hold what is looked for: their insides are walked as if
        // they stood in the segment, so that one of unknown size needs no end.
        while at < end {
            let element = ebml::element(source, at, end)?;
            at = match element.id {
                CLUSTER | BLOCK_GROUP => element.payload.start,
                _ if element.is_open => {
                    let what = "Matroska: an element without a size";
                    return Err(Fault::Unsupported(what, at));
                }
                _ => element.payload.end,
            };
            match element.id {
                SIMPLE_BLOCK | BLOCK => self.block(source, element.payload, &mut visit)?,
                ENCRYPTED_BLOCK => {
                    return Err(Fault::Unsupported("Matroska with encrypted blocks", at));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// RFC 9559 section 10: track, time of 2 bytes, flags, laced sizes, packets.
    fn block(
        &self,
        source: &mut Source,
        block: Range<u64>,
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        if block.end - block.start > source.limits().packet {
            return Err(Fault::Limit(
                "Matroska: the block is too large",
                block.start,
            ));
        }
        let (track, after) = ebml::vint(source, block.start, block.end)?;
        if track != self.track {
            return Ok(());
        }
        let wrong = || Fault::Malformed("Matroska: wrong block", block.start);
        let flags = source.byte(after + 2)?;
        let mut at = after + 3;
        let mut sizes = Vec::new();
        let lacing = flags >> 1 & 3;
        if lacing != 0 {
            let laced = usize::from(source.byte(at)?);
            at += 1;
            match lacing {
                1 => xiph_sizes(source, &mut at, laced, &mut sizes)?,
                3 => ebml_sizes(source, &mut at, block.end, laced, &mut sizes)?,
                _ => {
                    let size = block.end.checked_sub(at).ok_or_else(wrong)? / (laced as u64 + 1);
                    sizes = vec![size; laced];
                }
            }
        }
        for size in sizes {
            let end = at.checked_add(size).filter(|end| *end <= block.end);
            let end = end.ok_or_else(wrong)?;
            visit(source, at..end)?;
            at = end;
        }
        if at > block.end {
            return Err(wrong());
        }
        visit(source, at..block.end)
    }
}

/// Bytes of 255 and one less, for all packets but the last.
fn xiph_sizes(
    source: &mut Source,
    at: &mut u64,
    laced: usize,
    sizes: &mut Vec<u64>,
) -> Result<(), Fault> {
    for _ in 0..laced {
        let mut size = 0;
        loop {
            let byte = source.byte(*at)?;
            *at += 1;
            size += u64::from(byte);
            if byte < 255 {
                break;
            }
        }
        sizes.push(size);
    }
    Ok(())
}

/// The first size, then differences, which are numbers around the middle of their range.
fn ebml_sizes(
    source: &mut Source,
    at: &mut u64,
    end: u64,
    laced: usize,
    sizes: &mut Vec<u64>,
) -> Result<(), Fault> {
    let mut size = 0_i64;
    for index in 0..laced {
        let (number, after) = ebml::vint(source, *at, end)?;
        let middle = (1_i64 << (7 * (after - *at) - 1)) - 1;
        size = match index {
            0 => number.cast_signed(),
            _ => size.saturating_add(number.cast_signed() - middle),
        };
        let wrong = Fault::Malformed("Matroska: wrong sizes in a block", *at);
        sizes.push(u64::try_from(size).map_err(|_| wrong)?);
        *at = after;
    }
    Ok(())
}
