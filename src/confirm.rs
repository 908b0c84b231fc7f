//! What does an independent reader (lofty) see of our fields? It never writes.

use std::io::{Seek, SeekFrom};
use std::sync::OnceLock;

use lofty::ape::{ApeItem, ApeTag};
use lofty::config::{ParseOptions, ParsingMode};
use lofty::file::AudioFile;
use lofty::id3::v2::{Frame, Id3v2Tag};
use lofty::mp4::{AtomData, AtomIdent};
use lofty::tag::ItemValue;

use crate::container::Format;
use crate::error::Fault;
use crate::marker;
use crate::source::{ReadSeek, Watched};

/// Names and values.
type Fields = Vec<(String, String)>;

/// The fields of our names in the main tag, or `None` where lofty cannot read the file.
pub(crate) fn fields(
    inner: &mut dyn ReadSeek,
    format: Format,
    codec: &str,
) -> Result<Option<Fields>, Fault> {
    let failure = OnceLock::new();
    let failed = &failure;
    let seen = seen(Watched { inner, failed }, format, codec);
    match failure.into_inner() {
        Some(failure) => Err(Fault::Io(failure)),
        None => Ok(seen),
    }
}

fn seen(mut file: Watched<&mut dyn ReadSeek>, format: Format, codec: &str) -> Option<Fields> {
    file.seek(SeekFrom::Start(0)).ok()?;
    let options = ParseOptions::new()
        .read_properties(false)
        .read_cover_art(false)
        .parsing_mode(ParsingMode::Relaxed);
    let all = match format {
        Format::Mp3 => id3v2(
            lofty::mpeg::MpegFile::read_from(&mut file, options)
                .ok()?
                .id3v2(),
        ),
        Format::Adts => id3v2(
            lofty::aac::AacFile::read_from(&mut file, options)
                .ok()?
                .id3v2(),
        ),
        Format::Wav => id3v2(
            lofty::iff::wav::WavFile::read_from(&mut file, options)
                .ok()?
                .id3v2(),
        ),
        Format::Aiff => id3v2(
            lofty::iff::aiff::AiffFile::read_from(&mut file, options)
                .ok()?
                .id3v2(),
        ),
        Format::Flac => {
            let flac = lofty::flac::FlacFile::read_from(&mut file, options).ok()?;
            comments(
                flac.vorbis_comments()
                    .into_iter()
                    .flat_map(lofty::ogg::tag::VorbisComments::items),
            )
        }
        Format::Ogg if codec == "opus" => {
            let opus = lofty::ogg::OpusFile::read_from(&mut file, options).ok()?;
            comments(opus.vorbis_comments().items())
        }
        Format::Ogg if codec == "speex" => {
            let speex = lofty::ogg::SpeexFile::read_from(&mut file, options).ok()?;
            comments(speex.vorbis_comments().items())
        }
        Format::Ogg => {
            let vorbis = lofty::ogg::VorbisFile::read_from(&mut file, options).ok()?;
            comments(vorbis.vorbis_comments().items())
        }
        Format::Mp4 => {
            let mp4 = lofty::mp4::Mp4File::read_from(&mut file, options).ok()?;
            ilst(mp4.ilst())
        }
        Format::WavPack => {
            let file = lofty::wavpack::WavPackFile::read_from(&mut file, options).ok()?;
            ape(file.ape())
        }
        Format::MonkeysAudio => {
            let file = lofty::ape::ApeFile::read_from(&mut file, options).ok()?;
            ape(file.ape())
        }
        Format::Musepack => {
            let file = lofty::musepack::MpcFile::read_from(&mut file, options).ok()?;
            ape(file.ape())
        }
        // Not read by lofty, and never written, so that there is nothing to confirm.
        Format::Tta | Format::Caf | Format::Matroska => return None,
    };
    let ours = |(name, _): &(String, String)| marker::FIELDS.contains(&name.as_str());
    Some(all.into_iter().filter(ours).collect())
}

fn id3v2(tag: Option<&Id3v2Tag>) -> Fields {
    let text = |frame: &Frame<'_>| match frame {
        Frame::UserText(frame) => Some((frame.description.to_string(), frame.content.to_string())),
        _ => None,
    };
    tag.into_iter().flatten().filter_map(text).collect()
}

fn comments<'a>(items: impl Iterator<Item = (&'a str, &'a str)>) -> Fields {
    items
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn ape(tag: Option<&ApeTag>) -> Fields {
    let text = |item: &ApeItem| match item.value() {
        ItemValue::Text(text) => Some((item.key().to_owned(), text.clone())),
        _ => None,
    };
    tag.into_iter().flatten().filter_map(text).collect()
}

fn ilst(tag: Option<&lofty::mp4::Ilst>) -> Fields {
    let mut fields = Vec::new();
    for atom in tag.into_iter().flatten() {
        if let AtomIdent::Freeform { name, .. } = atom.ident() {
            for data in atom.data() {
                if let AtomData::UTF8(text) = data {
                    fields.push((name.to_string(), text.clone()));
                }
            }
        }
    }
    fields
}
