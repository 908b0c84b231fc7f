//! Coded packets to samples, through symphonia.

use std::fs::File;
use std::io::ErrorKind;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_ALAC, CODEC_ID_FLAC, CODEC_ID_OPUS, CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::{Error, unsupported_error};
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::packet::Packet;
use symphonia::core::units::Duration;
use symphonia::default::formats::{
    AdtsReader, CafReader, FlacReader, IsoMp4Reader, MkvReader, MpaReader, OggReader, WavReader,
};

use super::listen::{Depth, Listener, Samples};
use super::opus::{self, Opus};
use super::{UNDECODABLE, guarded};
use crate::container::{Format, Layout};
use crate::error::Fault;
use crate::source::{Source, Watched};
use crate::view::View;

pub(super) fn decode(
    file: Watched<'_, &File>,
    source: &mut Source,
    layout: &Layout,
    listener: &mut Listener,
) -> Result<(), Fault> {
    let parts = layout.audible(source.len());
    for range in &parts {
        let view = View::new(file, range.clone(), layout.masks(source)?);
        let verified = decode_part(view, layout, listener)?;
        if parts.len() == 1 {
            listener.note_md5(verified);
        }
    }
    Ok(())
}

/// Decodes what is seen; tells whether a digest of the samples that it holds is right.
fn decode_part(
    view: View<'_, &File>,
    layout: &Layout,
    listener: &mut Listener,
) -> Result<Option<bool>, Fault> {
    // Of an MP3 in WAV the sound alone is in view.
    let format = match layout.format() {
        Format::Wav if layout.stream.codec == "mp3" => Format::Mp3,
        format => format,
    };
    let mut reader = reader(view, format)?;
    let track = reader.first_track(TrackType::Audio).ok_or(UNDECODABLE)?;
    let id = track.id;
    let Some(CodecParameters::Audio(parameters)) = track.codec_params.clone() else {
        return Err(UNDECODABLE);
    };
    let mut decoder = Decoder::new(&parameters, listener)?;
    let priming = layout.priming.unwrap_or_default();
    let mut skip = priming.max(decoder.pre_skip());
    // Without a table symphonia guesses where an MP3 ends, and a guess cuts nothing.
    let is_guess = format == Format::Mp3 && track.padding.is_none();
    let mut tail = Tail::default();
    loop {
        let mut packet = match guarded(|| reader.next_packet())? {
            Ok(Some(packet)) => packet,
            Ok(None) => break,
            Err(Error::IoError(error)) if error.kind() != ErrorKind::UnexpectedEof => {
                return Err(Fault::Io(error));
            }
            // What was heard before stays true; it is only not the whole.
            Err(_) => {
                listener.note_cut();
                break;
            }
        };
        if packet.track_id == id {
            if is_guess {
                packet.trim_end = Duration::ZERO;
            }
            for packet in tail.push(packet) {
                decoder.hear(&packet, &mut skip, listener)?;
            }
        }
    }
    for packet in tail.end() {
        decoder.hear(&packet, &mut skip, listener)?;
    }
    guarded(|| decoder.verified())
}

/// The demultiplexer for this format, from the first byte in view. Symphonia's own choice
/// would look for any format in the first megabyte, and so find a file within this one.
fn reader<'a>(
    view: View<'a, &'a File>,
    format: Format,
) -> Result<Box<dyn FormatReader + 'a>, Fault> {
    let stream = MediaSourceStream::new(Box::new(view), MediaSourceStreamOptions::default());
    let options = FormatOptions::default();
    let open = || -> Result<Box<dyn FormatReader + '_>, Error> {
        Ok(match format {
            Format::Mp3 => Box::new(MpaReader::try_new(stream, options)?),
            Format::Flac => Box::new(FlacReader::try_new(stream, options)?),
            Format::Ogg => Box::new(OggReader::try_new(stream, options)?),
            Format::Mp4 => Box::new(IsoMp4Reader::try_new(stream, options)?),
            Format::Wav => Box::new(WavReader::try_new(stream, options)?),
            Format::Matroska => Box::new(MkvReader::try_new(stream, options)?),
            Format::Caf => Box::new(CafReader::try_new(stream, options)?),
            Format::Adts => Box::new(AdtsReader::try_new(stream, options)?),
            // There is no decoder; the samples of AIFF stand in the file as they are.
            Format::WavPack
            | Format::MonkeysAudio
            | Format::Musepack
            | Format::Tta
            | Format::Aiff => return unsupported_error("no decoder"),
        })
    };
    guarded(open)?.map_err(|_| UNDECODABLE)
}

/// Packets from which samples are to be cut at the end, held back until it is known that
/// none follow.
///
/// Symphonia cuts wherever an Ogg page says that it ends before its samples do; only the
/// last page of a stream may say so (RFC 7845 section 4.5, Vorbis I section A.2). It cuts
/// MP3 behind the end that a table counts or that it guesses from the bit rate, and sound
/// may go on there.
#[derive(Default)]
struct Tail {
    packets: Vec<Packet>,
    /// More was to be cut than an encoder pads.
    is_sound: bool,
}

impl Tail {
    /// Encoders pad a few packets: 4,095 samples of MP3, a frame of Opus in small packets.
    const MOST: usize = 16;

    /// The packets that are ready.
    fn push(&mut self, packet: Packet) -> Vec<Packet> {
        let is_cut = !packet.trim_end.is_zero();
        self.is_sound = is_cut && (self.is_sound || self.packets.len() == Tail::MOST);
        self.packets.push(packet);
        if is_cut && !self.is_sound {
            return Vec::new();
        }
        self.uncut()
    }

    /// The last packets.
    fn end(mut self) -> Vec<Packet> {
        if self.is_sound {
            return self.uncut();
        }
        self.packets
    }

    fn uncut(&mut self) -> Vec<Packet> {
        let mut packets = std::mem::take(&mut self.packets);
        for packet in &mut packets {
            packet.trim_end = Duration::ZERO;
        }
        packets
    }
}

enum Decoder {
    Symphonia {
        decoder: Box<dyn AudioDecoder>,
        is_lossless: bool,
        integers: Vec<i32>,
        floats: Vec<f32>,
    },
    Opus(Opus),
}

impl Decoder {
    fn new(parameters: &AudioCodecParameters, listener: &mut Listener) -> Result<Decoder, Fault> {
        let channels = parameters.channels.as_ref().map_or(0, Channels::count);
        // Both decoders get the coupling of more than two channels wrong.
        if channels > 2 && matches!(parameters.codec, CODEC_ID_OPUS | CODEC_ID_VORBIS) {
            return Err(UNDECODABLE);
        }
        if parameters.codec == CODEC_ID_OPUS {
            let header = parameters.extra_data.as_deref().unwrap_or_default();
            let opus = guarded(|| Opus::new(header))?;
            return opus.map(Decoder::Opus).ok_or(UNDECODABLE);
        }
        // FLAC's MD5 takes as long as its decoding: only for whoever asks for the samples.
        let options = AudioDecoderOptions::default().verify(listener.hears_pcm());
        let codecs = symphonia::default::get_codecs();
        let decoder = guarded(|| codecs.make_audio_decoder(parameters, &options))?
            .map_err(|_| UNDECODABLE)?;
        let depth = depth(parameters);
        // Symphonia's FLAC overflows beyond.
        if parameters.codec == CODEC_ID_FLAC && depth.is_none_or(|depth| depth > 24) {
            return Err(UNDECODABLE);
        }
        if let Some(depth) = depth {
            listener.note_depth(Depth::Bits(depth))?;
        }
        Ok(Decoder::Symphonia {
            decoder,
            is_lossless: depth.is_some(),
            integers: Vec::new(),
            floats: Vec::new(),
        })
    }

    /// How many samples the codec itself wants dropped at the start.
    fn pre_skip(&self) -> u64 {
        match self {
            Decoder::Opus(opus) => opus.pre_skip,
            Decoder::Symphonia { .. } => 0,
        }
    }

    /// Decodes one packet, less the first `skip` samples of the stream. A damaged packet
    /// is passed over, as players do.
    fn hear(
        &mut self,
        packet: &Packet,
        skip: &mut u64,
        listener: &mut Listener,
    ) -> Result<(), Fault> {
        match self {
            Decoder::Opus(opus) => {
                let channels = opus.channels;
                let Some(samples) = guarded(|| opus.decode(&packet.data))? else {
                    listener.note_damage();
                    return Ok(());
                };
                let frames = samples.len() / usize::from(channels);
                let end = frames.saturating_sub(packet.trim_end.get() as usize);
                let start = cut(skip, end);
                let samples = slice(samples, start..end, channels);
                listener.hear(&Samples::Floats(samples), opus::RATE, channels)
            }
            Decoder::Symphonia {
                decoder,
                is_lossless,
                integers,
                floats,
            } => {
                let buffer = match guarded(|| decoder.decode(packet))? {
                    Ok(buffer) => buffer,
                    Err(Error::DecodeError(_) | Error::IoError(_)) => {
                        listener.note_damage();
                        return Ok(());
                    }
                    Err(_) => return Err(UNDECODABLE),
                };
                let (rate, frames) = (buffer.spec().rate(), buffer.frames());
                let channels = u16::try_from(buffer.num_planes()).map_err(|_| UNDECODABLE)?;
                let range = cut(skip, frames)..frames;
                if range.is_empty() {
                    return Ok(());
                }
                if *is_lossless {
                    buffer.copy_to_vec_interleaved(integers);
                    let samples = slice(integers, range, channels);
                    listener.hear(&Samples::Integers(samples), rate, channels)
                } else {
                    buffer.copy_to_vec_interleaved(floats);
                    let samples = slice(floats, range, channels);
                    listener.hear(&Samples::Floats(samples), rate, channels)
                }
            }
        }
    }

    fn verified(&mut self) -> Option<bool> {
        match self {
            Decoder::Opus(_) => None,
            Decoder::Symphonia { decoder, .. } => decoder.finalize().verify_ok,
        }
    }
}

/// How many of `frames` go, of those that are still to be skipped.
fn cut(skip: &mut u64, frames: usize) -> usize {
    let cut = (*skip).min(frames as u64);
    *skip -= cut;
    cut as usize
}

fn slice<T>(samples: &[T], frames: std::ops::Range<usize>, channels: u16) -> &[T] {
    let channels = usize::from(channels);
    let range = frames.start * channels..frames.end * channels;
    samples.get(range).unwrap_or_default()
}

/// The stored depth of a lossless codec, in bits.
fn depth(parameters: &AudioCodecParameters) -> Option<u32> {
    match parameters.codec {
        CODEC_ID_FLAC => parameters.bits_per_sample,
        // Symphonia does not tell ALAC's: byte 5 of the 24 of the magic cookie, which may
        // stand behind atoms of its own.
        CODEC_ID_ALAC => {
            let extra = parameters.extra_data.as_deref()?;
            let wrapped = extra.get(4..8) == Some(b"frma");
            let cookie = if wrapped { extra.get(24..)? } else { extra };
            cookie.get(5).copied().map(u32::from)
        }
        _ => None,
    }
}
