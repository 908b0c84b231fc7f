//! To 11,025 Hz mono, in the very samples that fpcalc hands to Chromaprint.
//!
//! A polyphase filter as libswresample has it with fpcalc's options: a Kaiser-windowed
//! sinc, beta 9, 16 / factor taps, where factor = 0.8 · out / in (1 at most); 256 phases,
//! or as many as the reduced output rate where that is fewer (147 for 48 kHz, times what
//! fits into 256); linear interpolation between phases. The ends are mirrored. Restated
//! from the arithmetic, in single precision, since the roundings decide the last bit.

/// What Chromaprint works at, in samples per second.
pub(super) const RATE: u32 = 11_025;

const CUTOFF: f64 = 0.8;
const TAPS: f64 = 16.0;
const BETA: f64 = 9.0;
const PHASES: u64 = 256;
/// The sums are kept apart in as many lanes as a vector register has.
const LANES: usize = 8;

pub(super) struct Resampler {
    filter: Filter,
    /// What is still needed of the input; mirrored at the start.
    held: Vec<f32>,
    /// Where in `held` the first tap of the next output stands.
    first: usize,
    phase: usize,
    fraction: u64,
    started: bool,
}

struct Filter {
    taps: usize,
    /// `taps` rounded up to whole lanes: the length of a row.
    row: usize,
    /// One row for each phase, and the first one again, a sample later.
    bank: Vec<f32>,
    phases: usize,
    /// The step from output to output: phases, and parts of `parts` of a phase.
    step: u64,
    step_parts: u64,
    parts: u64,
}

impl Resampler {
    /// For input of `rate` samples per second.
    pub(super) fn new(rate: u32) -> Resampler {
        Resampler {
            filter: Filter::new(u64::from(rate)),
            held: Vec::new(),
            first: 0,
            phase: 0,
            fraction: 0,
            started: false,
        }
    }

    /// Takes in samples and gives those that are ready.
    pub(super) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.held.extend_from_slice(samples);
        if !self.started {
            if self.held.len() <= self.filter.taps {
                return;
            }
            self.mirror_start();
        }
        self.produce(out);
    }

    /// Gives the rest. An input shorter than the filter gives nothing.
    pub(super) fn finish(&mut self, out: &mut Vec<f32>) {
        if !self.started {
            return;
        }
        let left = self.held.len().saturating_sub(self.first);
        let mirrored = left.min(self.filter.taps).div_ceil(2);
        let from = self.held.len().saturating_sub(mirrored);
        let tail: Vec<f32> = self.held.iter().skip(from).rev().copied().collect();
        self.held.extend(tail);
        self.produce(out);
    }

    /// Puts before the first sample those behind it, turned round.
    fn mirror_start(&mut self) {
        let center = (self.filter.taps - 1) / 2;
        let mirrored: Vec<f32> = self
            .held
            .iter()
            .skip(1)
            .take(center)
            .rev()
            .copied()
            .collect();
        self.held.splice(0..0, mirrored);
        self.started = true;
    }

    fn produce(&mut self, out: &mut Vec<f32>) {
        let filter = &self.filter;
        while let Some(window) = self.held.get(self.first..self.first + filter.taps) {
            out.push(filter.apply(window, self.phase, self.fraction));
            self.fraction += filter.step_parts;
            let mut phase = self.phase as u64 + filter.step;
            if self.fraction >= filter.parts {
                self.fraction -= filter.parts;
                phase += 1;
            }
            self.first += (phase / filter.phases as u64) as usize;
            self.phase = (phase % filter.phases as u64) as usize;
        }
        if self.first > 1 << 14 {
            let done = self.first.min(self.held.len());
            self.held.drain(..done);
            self.first -= done;
        }
    }
}

impl Filter {
    fn new(rate: u64) -> Filter {
        let out = u64::from(RATE);
        let factor = (out as f64 * CUTOFF / rate as f64).min(1.0);
        let taps = (TAPS / factor).ceil() as usize;
        let exact = out / gcd(out, rate);
        let phases = if exact <= PHASES {
            exact * (PHASES / exact)
        } else {
            PHASES
        };
        let common = gcd(out, rate * phases);
        let (parts, step) = (out / common, rate * phases / common);
        let row = taps.next_multiple_of(LANES);
        let phases = phases as usize;
        Filter {
            taps,
            row,
            bank: bank(factor, taps, row, phases),
            phases,
            step: step / parts,
            step_parts: step % parts,
            parts,
        }
    }

    fn apply(&self, window: &[f32], phase: usize, fraction: u64) -> f32 {
        let row = |phase: usize| {
            let start = phase * self.row;
            self.bank.get(start..start + self.taps).unwrap_or_default()
        };
        let value = dot(window, row(phase));
        if self.step_parts == 0 {
            return value;
        }
        let next = dot(window, row(phase + 1));
        value + (next - value) * fraction as f32 / self.parts as f32
    }
}

/// The rows of coefficients, scaled by the sum of the first.
fn bank(factor: f64, taps: usize, row: usize, phases: usize) -> Vec<f32> {
    let center = ((taps - 1) / 2) as f64;
    let mut bank = Vec::with_capacity(row * (phases + 1));
    let mut norm = 0.0;
    for phase in 0..phases {
        let shift = phase as f64 / phases as f64;
        let mut coefficients = Vec::with_capacity(taps);
        for tap in 0..taps {
            let x = std::f64::consts::PI * (tap as f64 - center - shift) * factor;
            let sinc = if x == 0.0 { 1.0 } else { x.sin() / x };
            let w = 2.0 * x / (factor * taps as f64 * std::f64::consts::PI);
            coefficients.push(sinc * bessel(BETA * (1.0 - w * w).max(0.0).sqrt()));
        }
        if phase == 0 {
            norm = coefficients.iter().sum();
        }
        bank.extend(coefficients.iter().map(|value| (value / norm) as f32));
        bank.resize(row * (phase + 1), 0.0);
    }
    let last = bank.get(row - 1).copied().unwrap_or_default();
    bank.push(last);
    bank.extend_from_within(0..row - 1);
    bank
}

/// The modified Bessel function of the first kind and order 0.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    loop {
        term *= x * x / 4.0 / (k * k);
        let next = sum + term;
        // Once a term is lost in rounding so are all that follow.
        if next <= sum {
            return sum;
        }
        sum = next;
        k += 1.0;
    }
}

fn dot(samples: &[f32], coefficients: &[f32]) -> f32 {
    let (samples, rest) = samples.as_chunks::<LANES>();
    let (coefficients, rest_coefficients) = coefficients.as_chunks::<LANES>();
    let mut sums = [0.0_f32; LANES];
    for (samples, coefficients) in samples.iter().zip(coefficients) {
        for ((sum, a), b) in sums.iter_mut().zip(samples).zip(coefficients) {
            *sum += a * b;
        }
    }
    for ((sum, a), b) in sums.iter_mut().zip(rest).zip(rest_coefficients) {
        *sum += a * b;
    }
    // The two halves of the register, then pairs two apart, then neighbours.
    let (low, high) = sums.split_at(LANES / 2);
    let mut halves = low.iter().zip(high).map(|(low, high)| low + high);
    let mut half = || halves.next().unwrap_or_default();
    let (first, second, third, fourth) = (half(), half(), half(), half());
    (first + third) + (second + fourth)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
