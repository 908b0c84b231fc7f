//! Who listens to the samples: the PCM digest and the fingerprint.

use std::time::Duration;

use rusty_chromaprint::{Configuration, Fingerprinter};
use sha2::{Digest, Sha256};

use super::resample::{RATE, Resampler};
use super::{Heard, Wanted, guarded};
use crate::container::Stream;
use crate::digest::PcmDigest;
use crate::error::Fault;
use crate::identity::{Fingerprint, Pcm};
use crate::limits::Limits;

/// Interleaved samples.
pub(super) enum Samples<'a> {
    /// Left-justified in 32 bits, whatever their depth.
    Integers(&'a [i32]),
    Floats(&'a [f32]),
    Doubles(&'a [f64]),
}

/// The depth at which lossless samples are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    Bits(u32),
    Float,
    Double,
}

pub(super) struct Listener {
    wanted: Wanted,
    limits: Limits,
    shape: Option<(u32, u16)>,
    frames: u64,
    pcm: Option<(Depth, Sha256)>,
    print: Option<Printer>,
    /// Something could not be decoded, so no digest covers all of it.
    is_damaged: bool,
    is_cut: bool,
    md5: Option<bool>,
    bytes: Vec<u8>,
}

impl Listener {
    pub(super) fn new(limits: Limits, wanted: Wanted) -> Listener {
        Listener {
            wanted,
            limits,
            shape: None,
            frames: 0,
            pcm: None,
            print: None,
            is_damaged: false,
            is_cut: false,
            md5: None,
            bytes: Vec::new(),
        }
    }

    /// The samples are lossless and stored at this depth. `Unsupported` where that changes
    /// on the way.
    pub(super) fn note_depth(&mut self, depth: Depth) -> Result<(), Fault> {
        if self.wanted.pcm && self.pcm.get_or_insert_with(|| (depth, Sha256::new())).0 != depth {
            return Err(Fault::Unsupported("the depth of the samples changes", 0));
        }
        Ok(())
    }

    /// Whether somebody wants the PCM digest.
    pub(super) fn hears_pcm(&self) -> bool {
        self.wanted.pcm
    }

    /// Something was lost on the way here.
    pub(super) fn note_damage(&mut self) {
        self.is_damaged = true;
    }

    /// The sound goes on where no decoder can follow.
    pub(super) fn note_cut(&mut self) {
        self.is_damaged = true;
        self.is_cut = true;
    }

    pub(super) fn note_md5(&mut self, right: Option<bool>) {
        self.md5 = right;
    }

    /// Takes in samples of so many per second and channel. `Unsupported` where that
    /// changes on the way, `Limit` where there is no end to them.
    pub(super) fn hear(
        &mut self,
        samples: &Samples<'_>,
        rate: u32,
        channels: u16,
    ) -> Result<(), Fault> {
        let shape = *self.shape.get_or_insert((rate, channels));
        if shape != (rate, channels) || rate == 0 || channels == 0 {
            let what = "the sampling rate or the channels change within the sound";
            return Err(Fault::Unsupported(what, 0));
        }
        let count = match samples {
            Samples::Integers(samples) => samples.len(),
            Samples::Floats(samples) => samples.len(),
            Samples::Doubles(samples) => samples.len(),
        };
        self.frames += count as u64 / u64::from(channels);
        let all = self.frames.saturating_mul(u64::from(channels));
        if self.frames / u64::from(rate) > self.limits.seconds || all > self.limits.samples {
            return Err(Fault::Limit("the sound is too long", 0));
        }
        if let Some((depth, digest)) = &mut self.pcm {
            self.bytes.clear();
            normal_form(samples, *depth, &mut self.bytes);
            digest.update(&self.bytes);
        }
        if self.wanted.fingerprint && self.print.is_none() {
            self.print = Printer::new(rate, channels);
        }
        if let Some(print) = &mut self.print {
            print.hear(samples)?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Heard, Fault> {
        let (rate, channels) = self.shape.ok_or(super::UNDECODABLE)?;
        let pcm = self.pcm.filter(|_| !self.is_damaged);
        let pcm = pcm.map(|(depth, digest)| Pcm {
            stream: Stream {
                codec: depth.codec().to_owned(),
                sample_rate: rate,
                channels,
            },
            digest: PcmDigest(digest.finalize().into()),
        });
        let millis = self.frames.saturating_mul(1000) / u64::from(rate);
        Ok(Heard {
            duration: Duration::from_millis(millis),
            pcm,
            fingerprint: self.print.map_or(Ok(None), Printer::finish)?,
            md5: self.md5,
            is_cut: self.is_cut,
        })
    }
}

impl Depth {
    /// ffmpeg's name of the normal form.
    const fn codec(self) -> &'static str {
        match self {
            Depth::Bits(..=8) => "pcm_s8",
            Depth::Bits(9..=16) => "pcm_s16le",
            Depth::Bits(17..=24) => "pcm_s24le",
            Depth::Bits(_) => "pcm_s32le",
            Depth::Float => "pcm_f32le",
            Depth::Double => "pcm_f64le",
        }
    }
}

/// Signed, little-endian, left-justified in as few bytes as hold the depth.
fn normal_form(samples: &Samples<'_>, depth: Depth, bytes: &mut Vec<u8>) {
    let width = match depth {
        Depth::Bits(bits) => bits.div_ceil(8).clamp(1, 4) as usize,
        Depth::Float | Depth::Double => 4,
    };
    match samples {
        Samples::Integers(samples) => {
            for sample in *samples {
                let sample = sample.to_le_bytes();
                bytes.extend_from_slice(sample.get(4 - width..).unwrap_or_default());
            }
        }
        Samples::Floats(samples) => bytes.extend(samples.iter().flat_map(|s| s.to_le_bytes())),
        Samples::Doubles(samples) => bytes.extend(samples.iter().flat_map(|s| s.to_le_bytes())),
    }
}

/// Makes the fingerprint: mixes down, resamples, rounds to 16 bits, as fpcalc does.
struct Printer {
    weights: Vec<f32>,
    resampler: Option<Resampler>,
    fingerprinter: Fingerprinter,
    mono: Vec<f32>,
    slow: Vec<f32>,
    rounded: Vec<i16>,
}

impl Printer {
    /// `None` for a sampling rate that no recording has.
    fn new(rate: u32, channels: u16) -> Option<Printer> {
        if !(1_000..=768_000).contains(&rate) {
            return None;
        }
        let mut fingerprinter = Fingerprinter::new(&Configuration::preset_test2());
        fingerprinter.start(RATE, 1).ok()?;
        Some(Printer {
            weights: weights(channels),
            resampler: (rate != RATE).then(|| Resampler::new(rate)),
            fingerprinter,
            mono: Vec::new(),
            slow: Vec::new(),
            rounded: Vec::new(),
        })
    }

    fn hear(&mut self, samples: &Samples<'_>) -> Result<(), Fault> {
        const FULL: f32 = 1.0 / 2_147_483_648.0;
        self.mono.clear();
        match samples {
            Samples::Integers(samples) => self.mix(samples, |sample| sample as f32 * FULL),
            Samples::Floats(samples) => self.mix(samples, |sample| sample),
            Samples::Doubles(samples) => self.mix(samples, |sample| sample as f32),
        }
        self.slow.clear();
        match &mut self.resampler {
            Some(resampler) => resampler.push(&self.mono, &mut self.slow),
            None => self.slow.extend_from_slice(&self.mono),
        }
        self.print()
    }

    fn mix<T: Copy>(&mut self, samples: &[T], float: impl Fn(T) -> f32) {
        match self.weights.as_slice() {
            [_] => self
                .mono
                .extend(samples.iter().map(|sample| float(*sample))),
            [left, right] => {
                let (pairs, _) = samples.as_chunks::<2>();
                let mixed = pairs
                    .iter()
                    .map(|[l, r]| float(*l) * left + float(*r) * right);
                self.mono.extend(mixed);
            }
            weights => {
                let frames = samples.chunks_exact(weights.len());
                let sum = |frame: &[T]| {
                    let pairs = frame.iter().zip(weights);
                    pairs
                        .map(|(sample, weight)| float(*sample) * weight)
                        .sum::<f32>()
                };
                self.mono.extend(frames.map(sum));
            }
        }
    }

    fn print(&mut self) -> Result<(), Fault> {
        // Out of range and NaN saturate: `as` says so.
        let round = |sample: &f32| (sample * 32_768.0).round_ties_even() as i16;
        self.rounded.clear();
        self.rounded.extend(self.slow.iter().map(round));
        guarded(|| self.fingerprinter.consume(&self.rounded))
    }

    /// `None` where the sound is too short for a single item.
    fn finish(mut self) -> Result<Option<Fingerprint>, Fault> {
        if let Some(resampler) = &mut self.resampler {
            self.slow.clear();
            resampler.finish(&mut self.slow);
            self.print()?;
        }
        guarded(|| self.fingerprinter.finish())?;
        let items = self.fingerprinter.fingerprint();
        Ok((!items.is_empty()).then(|| Fingerprint::from_items(items.to_vec())))
    }
}

/// What each channel adds to the mono mix: libswresample's matrix for the usual layout of
/// so many channels, scaled to a sum of 1.
fn weights(channels: u16) -> Vec<f32> {
    const SIDE: f64 = std::f64::consts::FRAC_1_SQRT_2;
    let raw: &[f64] = match channels {
        1 => &[1.0],
        2 => &[SIDE, SIDE],
        3 => &[SIDE, SIDE, 0.0],
        4 => &[SIDE, SIDE, 1.0, 0.5],
        5 => &[SIDE, SIDE, 1.0, 0.5, 0.5],
        6 => &[SIDE, SIDE, 1.0, 0.0, 0.5, 0.5],
        7 => &[SIDE, SIDE, 1.0, 0.0, 0.5, 0.5, 0.5],
        8 => &[SIDE, SIDE, 1.0, 0.0, 0.5, 0.5, 0.5, 0.5],
        _ => &[],
    };
    let even = vec![1.0; usize::from(channels)];
    let raw = if raw.is_empty() { &even } else { raw };
    let sum: f64 = raw.iter().sum();
    raw.iter().map(|weight| (weight / sum) as f32).collect()
}
