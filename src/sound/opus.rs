//! Opus packets (RFC 6716) to samples, with what the identification header asks for.

use rusty_opus::OpusDecoder;
use rusty_opus::multistream::{ChannelLayout, OpusMSDecoder};

/// Whatever the input's rate was, Opus plays at 48 kHz (RFC 7845 section 5.1).
pub(super) const RATE: u32 = 48_000;
/// The longest packet has 120 ms.
const LONGEST: usize = 5_760;

pub(super) struct Opus {
    decoder: Decoder,
    pub(super) channels: u16,
    /// Samples to drop at the start.
    pub(super) pre_skip: u64,
    gain: f32,
    samples: Vec<f32>,
}

enum Decoder {
    One(Box<OpusDecoder>),
    Several(OpusMSDecoder),
}

impl Opus {
    /// From an `OpusHead` (RFC 7845 section 5.1, little-endian) or the payload of a `dOps`
    /// box (big-endian). `None` for channel mappings other than the usual ones of the families 0 and 1.
    pub(super) fn new(header: &[u8]) -> Option<Opus> {
        let fields = header.strip_prefix(b"OpusHead").unwrap_or(header);
        let [version, channels, skip @ .., family] = fields.first_chunk::<11>()?;
        // `dOps` has version 0, whatever magic a demultiplexer puts before it.
        let big_endian = *version == 0;
        let [a, b, _, _, _, _, c, d] = skip;
        let number = |bytes: [u8; 2]| {
            if big_endian {
                u16::from_be_bytes(bytes)
            } else {
                u16::from_le_bytes(bytes)
            }
        };
        let gain = f32::from(number([*c, *d]).cast_signed());
        let (rate, count) = (RATE.cast_signed(), usize::from(*channels));
        let decoder = match family {
            0 => Decoder::One(Box::new(OpusDecoder::new(rate, count).ok()?)),
            1 if is_usual(fields.get(11..)?, count) => {
                Decoder::Several(OpusMSDecoder::new(rate, count, 1).ok()?)
            }
            _ => return None,
        };
        Some(Opus {
            decoder,
            channels: u16::from(*channels),
            pre_skip: u64::from(number([*a, *b])),
            // In 1/256 of a decibel.
            gain: 10_f32.powf(gain / 5_120.0),
            samples: vec![0.0; LONGEST * count],
        })
    }

    /// The interleaved samples of one packet; `None` where it is damaged.
    pub(super) fn decode(&mut self, packet: &[u8]) -> Option<&[f32]> {
        let frames = match &mut self.decoder {
            Decoder::One(one) => one.decode(packet, LONGEST, &mut self.samples),
            Decoder::Several(several) => several.decode(packet, LONGEST, &mut self.samples),
        };
        let length = frames.ok()? * usize::from(self.channels);
        let samples = self.samples.get_mut(..length)?;
        if (self.gain - 1.0).abs() > f32::EPSILON {
            for sample in samples.iter_mut() {
                *sample *= self.gain;
            }
        }
        Some(samples)
    }
}

/// Whether the mapping table (streams, coupled streams, a byte for each channel) is the one
/// that the decoder takes for so many channels.
fn is_usual(table: &[u8], channels: usize) -> bool {
    let Ok(usual) = ChannelLayout::surround(channels, 1) else {
        return false;
    };
    let Some((streams, mapping)) = table.split_first_chunk::<2>() else {
        return false;
    };
    streams.map(usize::from) == [usual.nb_streams, usual.nb_coupled_streams]
        && mapping.get(..channels) == usual.mapping.get(..channels)
}
