//! Which format is this, by content alone?

use super::{Format, adts, edges, mpeg};
use crate::error::Fault;
use crate::source::Source;

/// Known and not handled: where the magic stands, the magic, what it is.
const REFUSED: [(u64, &[u8], &str); 9] = [
    (0, b"RIFX", "big-endian WAV (RIFX)"),
    (0, b"riff\x2e\x91\xcf\x11", "Sony Wave64"),
    (0, b"MACF", "Monkey's Audio with floating point"),
    (0, b"TTA2", "True Audio 2"),
    (0, b"OFR ", "OptimFROG"),
    (0, b"DSD ", "DSD stream file"),
    (0, b"FRM8", "DSD interchange file"),
    (0, b"ADIF", "ADIF AAC"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media"),
];

/// Formats whose tags stand at the ends of the file, so that ID3v2 may stand in front.
const BETWEEN_TAGS: [(&[u8], Format); 6] = [
    (b"fLaC", Format::Flac),
    (b"wvpk", Format::WavPack),
    (b"MAC ", Format::MonkeysAudio),
    (b"MPCK", Format::Musepack),
    (b"MP+", Format::Musepack),
    (b"TTA1", Format::Tta),
];

/// What is not audio, however much of it looks like MPEG frames.
const OTHER: [&[u8]; 9] = [
    b"\x89PNG\r\n",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"7z\xbc\xaf",
    b"\x7fELF",
    b"SQLite format 3",
];

/// Atoms that an MP4 or QuickTime file may begin with.
const FIRST_ATOMS: [&[u8]; 7] = [
    b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot",
];

/// The format and where it starts, behind any tags in front.
pub(super) fn format(source: &mut Source) -> Result<(Format, u64), Fault> {
    if let Some(format) = by_magic(source, 0)? {
        return Ok((format, 0));
    }
    let (mut start, mut tags) = (0, 0);
    while let Some((_, tag)) = edges::leading(source, start)? {
        if tags == edges::MOST_TAGS {
            return Err(Fault::Limit("too many tags in front of the sound", start));
        }
        tags += 1;
        start = tag.end;
        if start > source.len() {
            return Err(Fault::Malformed(
                "ID3v2: the tag is longer than the file",
                6,
            ));
        }
    }
    match by_magic(source, start)? {
        None => {}
        Some(format) if BETWEEN_TAGS.iter().any(|(_, known)| *known == format) => {
            return Ok((format, start));
        }
        Some(_) => {
            let what = "a tag before a container that has its own place for tags";
            return Err(Fault::Unsupported(what, 0));
        }
    }
    for magic in OTHER {
        if source.has(start, magic)? {
            return Err(Fault::NotAudio);
        }
    }
    if adts::is_adts(source, start)? {
        return Ok((Format::Adts, start));
    }
    mpeg::first_frame(source, start)?.map_or(Err(Fault::NotAudio), |_| Ok((Format::Mp3, start)))
}

fn by_magic(source: &mut Source, at: u64) -> Result<Option<Format>, Fault> {
    for (offset, magic, name) in REFUSED {
        if source.has(at + offset, magic)? {
            return Err(Fault::Unsupported(name, at));
        }
    }
    for (magic, format) in BETWEEN_TAGS {
        if source.has(at, magic)? {
            return Ok(Some(format));
        }
    }
    if source.has(at, b"OggS")? {
        return Ok(Some(Format::Ogg));
    }
    for magic in [b"RIFF", b"RF64", b"BW64"] {
        if source.has(at, magic)? && source.has(at + 8, b"WAVE")? {
            return Ok(Some(Format::Wav));
        }
    }
    for kind in [b"AIFF", b"AIFC"] {
        if source.has(at, b"FORM")? && source.has(at + 8, kind)? {
            return Ok(Some(Format::Aiff));
        }
    }
    if source.has(at, b"\x1a\x45\xdf\xa3")? {
        return Ok(Some(Format::Matroska));
    }
    if source.has(at, b"caff\x00\x01")? {
        return Ok(Some(Format::Caf));
    }
    for atom in FIRST_ATOMS {
        if source.has(at + 4, atom)? {
            return Ok(Some(Format::Mp4));
        }
    }
    Ok(None)
}
