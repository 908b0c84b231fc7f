//! Music made from numbers: long enough and varied enough to have a fingerprint.

use super::random::Random;

pub(crate) const RATE: u32 = 22_050;

/// Mono samples of three voices that change note four times a second.
pub(crate) fn melody(seed: u64, seconds: u32) -> Vec<i16> {
    const NOTE: u32 = RATE / 4;
    let mut random = Random::new(seed);
    let mut samples = Vec::new();
    for _ in 0..seconds * 4 {
        let voices: Vec<f32> = (0..3)
            .map(|_| 110.0 * 2_f32.powf(random.below(48) as f32 / 12.0))
            .collect();
        for index in 0..NOTE {
            let time = index as f32 / RATE as f32;
            let fade = 1.0 - index as f32 / NOTE as f32;
            let sum: f32 = voices
                .iter()
                .map(|hertz| (std::f32::consts::TAU * hertz * time).sin())
                .sum();
            samples.push((sum * fade * 6_000.0) as i16);
        }
    }
    samples
}

/// A plain WAV file of 16-bit mono samples.
pub(crate) fn wav(samples: &[i16]) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    wav_of(1, 16, 1, &data)
}

/// A WAV file of any PCM format: format tag, bits, channels, bytes.
pub(crate) fn wav_of(tag: u16, bits: u16, channels: u16, data: &[u8]) -> Vec<u8> {
    let align = channels * bits / 8;
    let mut format = Vec::new();
    format.extend(tag.to_le_bytes());
    format.extend(channels.to_le_bytes());
    format.extend(RATE.to_le_bytes());
    format.extend((RATE * u32::from(align)).to_le_bytes());
    format.extend(align.to_le_bytes());
    format.extend(bits.to_le_bytes());
    let mut chunks = b"WAVE".to_vec();
    for (name, payload) in [(b"fmt ", format.as_slice()), (b"data", data)] {
        chunks.extend(name);
        chunks.extend((payload.len() as u32).to_le_bytes());
        chunks.extend(payload);
        chunks.extend(vec![0; payload.len() % 2]);
    }
    let mut file = b"RIFF".to_vec();
    file.extend((chunks.len() as u32).to_le_bytes());
    file.extend(chunks);
    file
}
