//! What does an independent reader (lofty) see of our fields? It never writes.

use std::ops::Range;
use std::sync::OnceLock;

use lofty::ape::{ApeItem, ApeTag};
use lofty::config::{ParseOptions, ParsingMode};
use lofty::file::AudioFile;
use lofty::id3::v2::{Frame, Id3v2Tag};
use lofty::mp4::{AtomData, AtomIdent};
use lofty::tag::ItemValue;

use crate::carrier::{Carrier, id3v2 as frames};
use crate::container::{Format, Layout, Mask, Place};
use crate::error::Fault;
use crate::marker;
use crate::source::{ReadSeek, Source, Watched};
use crate::view::View;

/// Names and values.
type Fields = Vec<(String, String)>;

/// What lofty is shown of a file.
pub(crate) struct Shown {
    range: Range<u64>,
    masks: Vec<Mask>,
}

impl Shown {
    /// What lofty reads it holds, but pictures, several times over and decompressed. So
    /// compressed frames are shown as pictures; of MPEG audio with large tags all frames of
    /// others are, and no tag behind the sound is; and `None` where lofty would hold more of
    /// other files than is left of what one may cost.
    pub(crate) fn of(source: &mut Source, layout: &Layout) -> Result<Option<Shown>, Fault> {
        const SMALL: u64 = 1 << 20;
        const MOST: u64 = 6 << 20;
        let main = match &layout.tag {
            Some(Place::At(range)) => Some((layout.carrier, range.clone())),
            _ => None,
        };
        let all = main.into_iter().chain(layout.beside.clone());
        let tags: Vec<(Carrier, Range<u64>)> = all.chain(layout.others.clone()).collect();
        let (len, mut masks) = (source.len(), Vec::new());
        let sum: u64 = tags.iter().map(|(_, tag)| tag.end - tag.start).sum();
        let is_mpeg = matches!(layout.format(), Format::Mp3 | Format::Adts);
        if sum > MOST && !is_mpeg {
            return Ok(None);
        }
        let is_cut = sum > SMALL && is_mpeg;
        let sound = layout.audible(len).into_iter().next();
        let end = sound.map_or(len, |sound| if is_cut { sound.end } else { len });
        let wants = |name: &str| marker::FIELDS.contains(&name);
        for (carrier, range) in tags.into_iter().filter(|(_, range)| range.start < end) {
            if carrier == Carrier::Id3v2 {
                let others = frames::others(source, range, &wants, is_cut)?.into_iter();
                masks.extend(others.map(|(at, name)| (at, name.to_vec())));
            } else if is_cut {
                // No item of APEv2 can be shown as a picture.
                return Ok(None);
            }
        }
        masks.sort();
        Ok(Some(Shown {
            range: 0..end,
            masks,
        }))
    }
}

/// The fields of our names in the main tag, or `None` where lofty cannot read the file.
pub(crate) fn fields(
    inner: &mut dyn ReadSeek,
    shown: Shown,
    format: Format,
    codec: &str,
) -> Result<Option<Fields>, Fault> {
    let failure = OnceLock::new();
    let failed = &failure;
    let view = View::new(Watched { inner, failed }, shown.range, shown.masks);
    let seen = seen(view, format, codec);
    match failure.into_inner() {
        Some(failure) => Err(Fault::Io(failure)),
        None => Ok(seen),
    }
}

fn seen(mut file: View<&mut dyn ReadSeek>, format: Format, codec: &str) -> Option<Fields> {
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
