//! Samples that stand in the file as they are.

use super::listen::{Depth, Listener, Samples};
use crate::container::Layout;
use crate::error::Fault;
use crate::source::Source;

/// How a sample is stored, from ffmpeg's name of the codec.
#[derive(Debug, Clone, Copy)]
struct Stored {
    kind: Kind,
    bytes: usize,
    big_endian: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Signed,
    Unsigned,
    Float,
    ALaw,
    MuLaw,
}

impl Stored {
    fn named(codec: &str) -> Option<Stored> {
        let (kind, rest) = match codec.strip_prefix("pcm_")?.split_at_checked(1)? {
            _ if codec == "pcm_alaw" => (Kind::ALaw, "8"),
            _ if codec == "pcm_mulaw" => (Kind::MuLaw, "8"),
            ("s", rest) => (Kind::Signed, rest),
            ("u", rest) => (Kind::Unsigned, rest),
            ("f", rest) => (Kind::Float, rest),
            _ => return None,
        };
        let bits: usize = rest.trim_end_matches(['l', 'b', 'e']).parse().ok()?;
        Some(Stored {
            kind,
            bytes: bits / 8,
            big_endian: rest.ends_with("be"),
        })
    }

    fn depth(self) -> Option<Depth> {
        match (self.kind, self.bytes) {
            (Kind::Signed | Kind::Unsigned, bytes) => Some(Depth::Bits(8 * bytes as u32)),
            (Kind::Float, 4) => Some(Depth::Float),
            (Kind::Float, _) => Some(Depth::Double),
            (Kind::ALaw | Kind::MuLaw, _) => None,
        }
    }
}

pub(super) fn decode(
    source: &mut Source,
    layout: &Layout,
    listener: &mut Listener,
) -> Result<(), Fault> {
    let stream = &layout.stream;
    let stored = Stored::named(&stream.codec).ok_or(super::UNDECODABLE)?;
    if let Some(depth) = stored.depth() {
        listener.note_depth(depth)?;
    }
    let frame = stored.bytes * usize::from(stream.channels);
    if frame == 0 {
        return Err(super::UNDECODABLE);
    }
    // A frame may begin in one piece and end in the next; one that never ends is no sound.
    let mut held: Vec<u8> = Vec::new();
    layout.essence(source, &mut |source, range| {
        source.each::<Fault>(range, |piece| {
            held.extend_from_slice(piece);
            let whole = held.len() - held.len() % frame;
            let samples = held.get(..whole).unwrap_or_default();
            hand_over(samples, stored, layout, listener)?;
            held.drain(..whole);
            Ok(())
        })
    })
}

fn hand_over(
    bytes: &[u8],
    stored: Stored,
    layout: &Layout,
    listener: &mut Listener,
) -> Result<(), Fault> {
    let (rate, channels) = (layout.stream.sample_rate, layout.stream.channels);
    let mut hear = |samples: &Samples<'_>| listener.hear(samples, rate, channels);
    let expand = |law: fn(u8) -> i16| -> Vec<i32> {
        bytes
            .iter()
            .map(|code| i32::from(law(*code)) << 16)
            .collect()
    };
    match (stored.kind, stored.bytes) {
        (Kind::ALaw, _) => hear(&Samples::Integers(&expand(a_law))),
        (Kind::MuLaw, _) => hear(&Samples::Integers(&expand(mu_law))),
        (Kind::Float, 4) => {
            let bits = words::<4>(bytes, stored.big_endian).map(u32::from_be_bytes);
            hear(&Samples::Floats(
                &bits.map(f32::from_bits).collect::<Vec<_>>(),
            ))
        }
        (Kind::Float, 8) => {
            let bits = words::<8>(bytes, stored.big_endian).map(u64::from_be_bytes);
            hear(&Samples::Doubles(
                &bits.map(f64::from_bits).collect::<Vec<_>>(),
            ))
        }
        (_, 1) => hear(&Samples::Integers(&integers::<1>(bytes, stored))),
        (_, 2) => hear(&Samples::Integers(&integers::<2>(bytes, stored))),
        (_, 3) => hear(&Samples::Integers(&integers::<3>(bytes, stored))),
        (_, 4) => hear(&Samples::Integers(&integers::<4>(bytes, stored))),
        _ => Err(super::UNDECODABLE),
    }
}

/// Samples of `N` bytes, each with its highest byte first.
fn words<const N: usize>(bytes: &[u8], big_endian: bool) -> impl Iterator<Item = [u8; N]> {
    bytes.as_chunks::<N>().0.iter().map(move |word| {
        let mut word = *word;
        if !big_endian {
            word.reverse();
        }
        word
    })
}

/// Samples of `N` bytes, left-justified and signed.
fn integers<const N: usize>(bytes: &[u8], stored: Stored) -> Vec<i32> {
    let flip = match stored.kind {
        Kind::Unsigned => i32::MIN,
        _ => 0,
    };
    let integer = |word: [u8; N]| {
        let mut wide = [0; 4];
        for (to, from) in wide.iter_mut().zip(word) {
            *to = from;
        }
        i32::from_be_bytes(wide) ^ flip
    };
    words::<N>(bytes, stored.big_endian).map(integer).collect()
}

/// ITU-T G.711 table 1: sign, three bits of segment, four of step, even bits inverted.
fn a_law(code: u8) -> i16 {
    let code = code ^ 0x55;
    let (segment, step) = (code >> 4 & 7, i16::from(code & 15) << 4);
    let magnitude = match segment {
        0 => step + 8,
        _ => (step + 0x108) << (segment - 1),
    };
    if code & 0x80 != 0 {
        magnitude
    } else {
        -magnitude
    }
}

/// ITU-T G.711 table 2: sign, three bits of segment, four of step, all inverted.
fn mu_law(code: u8) -> i16 {
    const BIAS: i16 = 0x84;
    let code = !code;
    let (segment, step) = (code >> 4 & 7, i16::from(code & 15) << 3);
    let magnitude = ((step + BIAS) << segment) - BIAS;
    if code & 0x80 != 0 {
        -magnitude
    } else {
        magnitude
    }
}
