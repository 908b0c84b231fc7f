//! What must other readers see, before and after? lofty of the fields, symphonia of the sound.

use std::fmt::Debug;
use std::io::Cursor;

use lofty::config::{ParseOptions, ParsingMode};
use lofty::file::AudioFile;
use noai_audio::{Declaration, Format, Limits, Preset, read_from};
use sha2::{Digest, Sha256};
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::default::formats::{FlacReader, IsoMp4Reader, MpaReader, OggReader, WavReader};

use crate::common::bytes::find;
use crate::common::pieces::{is_ours, sound};
use crate::common::{Outcome, ensure, hex, id3};
use crate::operations;

pub(super) fn hold(bytes: &[u8]) -> Outcome {
    let declaration = Declaration::from(Preset::NoAi);
    let Ok(Some(tagged)) = operations::embed(bytes, &declaration, true) else {
        return Ok(());
    };
    let format = read_from(Cursor::new(bytes), Limits::default())?.format();
    let was_plain = matches!(operations::strip(bytes), Ok((None, _)));
    // lofty looks for a tag behind junk, too, where a new one will stand before it.
    let is_first = format != Format::Mp3 || id3::length(bytes).is_some();
    if let Some(old) = fields(bytes, format)
        && was_plain
        && is_first
    {
        let new = fields(&tagged, format).ok_or("lofty no longer reads the file")?;
        same_fields(&old, &new)?;
    }
    let Some(old) = packets(bytes, format).filter(|sound| !sound.is_empty()) else {
        return Ok(());
    };
    let new = packets(&tagged, format).ok_or("symphonia no longer reads the file")?;
    ensure(old == new, || {
        format!(
            "symphonia reads {} bytes of sound, then {}",
            old.len(),
            new.len()
        )
    })?;
    let ours = operations::essence(bytes)?.digest.to_string();
    let theirs = format!("sha256:{}", hex(&Sha256::digest(&old)));
    ensure(!is_whole(bytes, format, &old) || ours == theirs, || {
        format!("symphonia reads {} other bytes of sound", old.len())
    })
}

/// A field as lofty tells it, and whether it is ours or the copyright.
type Field = (String, bool);

fn same_fields(old: &[Field], new: &[Field]) -> Outcome {
    let mut rest = new.to_vec();
    for field in old {
        match rest.iter().position(|other| other == field) {
            Some(at) => drop(rest.remove(at)),
            None => ensure(field.1, || format!("lofty misses {}", field.0))?,
        }
    }
    // A new tag repeats what ID3v1 says.
    let come = rest.iter().find(|(_, may_come)| !may_come);
    match come.filter(|_| !old.is_empty()) {
        Some((field, _)) => Err(format!("lofty finds {field}").into()),
        None => Ok(()),
    }
}

fn fields(bytes: &[u8], format: Format) -> Option<Vec<Field>> {
    let options = ParseOptions::new()
        .read_properties(false)
        .read_cover_art(false)
        .parsing_mode(ParsingMode::Relaxed);
    let mut file = Cursor::new(bytes);
    let vorbis = |name: &str, value: &str| {
        let is_ours = is_ours(name) || name.eq_ignore_ascii_case("copyright");
        (format!("{name}={value}"), is_ours)
    };
    Some(match format {
        Format::Mp3 => frames(
            lofty::mpeg::MpegFile::read_from(&mut file, options)
                .ok()?
                .id3v2(),
        ),
        Format::Wav => frames(
            lofty::iff::wav::WavFile::read_from(&mut file, options)
                .ok()?
                .id3v2(),
        ),
        Format::Aiff => frames(
            lofty::iff::aiff::AiffFile::read_from(&mut file, options)
                .ok()?
                .id3v2(),
        ),
        Format::Flac => {
            let flac = lofty::flac::FlacFile::read_from(&mut file, options).ok()?;
            let comments = flac.vorbis_comments()?;
            comments
                .items()
                .map(|(name, value)| vorbis(name, value))
                .collect()
        }
        Format::Ogg => {
            let comments = if let Ok(opus) = lofty::ogg::OpusFile::read_from(&mut file, options) {
                opus.vorbis_comments().clone()
            } else {
                let mut file = Cursor::new(bytes);
                let vorbis = lofty::ogg::VorbisFile::read_from(&mut file, options).ok()?;
                vorbis.vorbis_comments().clone()
            };
            comments
                .items()
                .map(|(name, value)| vorbis(name, value))
                .collect()
        }
        Format::Mp4 => {
            let mp4 = lofty::mp4::Mp4File::read_from(&mut file, options).ok()?;
            told(mp4.ilst().into_iter().flatten())
        }
        _ => return None,
    })
}

fn frames(tag: Option<&lofty::id3::v2::Id3v2Tag>) -> Vec<Field> {
    told(tag.into_iter().flatten())
}

fn told<T: Debug>(parts: impl Iterator<Item = T>) -> Vec<Field> {
    let cprt = format!("{:?}", b"cprt");
    let tell = |part: T| {
        let text = format!("{part:?}");
        let is_named = |name: &str| is_ours(name) || name == "TCOP";
        let is_packet = text.contains("owner: \"XMP\"");
        let may_change = text.split('"').any(is_named) || text.contains(&cprt) || is_packet;
        (text, may_change)
    };
    parts.map(tell).collect()
}

/// The packets of the first audio track, one behind the other, where symphonia reads all.
fn packets(bytes: &[u8], format: Format) -> Option<Vec<u8>> {
    let start = match format {
        Format::Mp3 | Format::Flac => id3::length(bytes).unwrap_or(0),
        _ => 0,
    };
    let bytes = bytes.get(start..)?.to_vec();
    let read = std::panic::catch_unwind(|| {
        let stream = MediaSourceStream::new(
            Box::new(Cursor::new(bytes)),
            MediaSourceStreamOptions::default(),
        );
        let options = FormatOptions::default();
        // From the first byte: a probe would look for a format that it knows further on.
        let mut reader: Box<dyn FormatReader + '_> = match format {
            Format::Mp3 => Box::new(MpaReader::try_new(stream, options).ok()?),
            Format::Flac => Box::new(FlacReader::try_new(stream, options).ok()?),
            Format::Ogg => Box::new(OggReader::try_new(stream, options).ok()?),
            Format::Mp4 => Box::new(IsoMp4Reader::try_new(stream, options).ok()?),
            Format::Wav => Box::new(WavReader::try_new(stream, options).ok()?),
            _ => return None,
        };
        let id = reader.first_track(TrackType::Audio)?.id;
        let mut sound = Vec::new();
        while let Some(packet) = reader.next_packet().ok()? {
            if packet.track_id == id {
                sound.extend_from_slice(&packet.data);
            }
        }
        Some(sound)
    });
    read.ok().flatten()
}

/// Whether a third reader finds as many bytes of sound: then nothing was passed over. A
/// first frame of MPEG audio that names a table is one for ffmpeg and for us, and not for
/// symphonia where its side information is not zero.
fn is_whole(bytes: &[u8], format: Format, read: &[u8]) -> bool {
    let pieces = sound(bytes, format).unwrap_or_default();
    let length: usize = pieces.iter().map(|piece| piece.bytes.len()).sum();
    let start = read.get(..64).unwrap_or(read);
    let names = |name: &&[u8; 4]| find(start, *name).is_some();
    let has_table = [b"Xing", b"Info", b"VBRI"].iter().any(names);
    !read.is_empty() && read.len() == length && !has_table
}
