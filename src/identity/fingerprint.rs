//! What a recording sounds like, whatever happened to its coding: the items and their text.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;

/// A Chromaprint fingerprint (algorithm 2) of a whole recording: 32 bits for every 1,365
/// samples at 11,025 Hz, 8.08 a second.
///
/// Its text form is the one that fpcalc prints: compressed, in base64url without padding.
///
/// ```
/// use noai_audio::Fingerprint;
/// let fingerprint = Fingerprint::from_items(vec![0x1234_5678, 0x1234_5679]);
/// assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    items: Vec<u32>,
}

/// Chromaprint's "test2", the default of fpcalc.
const ALGORITHM: u8 = 1;
/// Two days: no recording is longer.
const MOST: usize = 1_400_000;
/// Deltas of bit positions are packed in 3 bits; 7 and more go on in 5.
const NORMAL_BITS: usize = 3;
const EXCEPTION_BITS: usize = 5;
const EXCEPTION: u8 = 7;

impl Fingerprint {
    /// The fingerprint with these items.
    #[must_use]
    pub fn from_items(items: Vec<u32>) -> Fingerprint {
        Fingerprint { items }
    }

    /// The items, in the order in which they sound.
    #[must_use]
    pub fn items(&self) -> &[u32] {
        &self.items
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&compress(&self.items)))
    }
}

/// The text is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a fingerprint: Chromaprint's compressed form, algorithm 2, in base64url")]
pub struct FingerprintError;

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok();
        let items = bytes.and_then(|bytes| decompress(&bytes));
        items.map(Fingerprint::from_items).ok_or(FingerprintError)
    }
}

/// A byte of algorithm, three of length (big-endian); then for every item the distances
/// between the bits that differ from the item before, ended by 0.
fn compress(items: &[u32]) -> Vec<u8> {
    let (mut normal, mut exceptions, mut before) = (Vec::new(), Vec::new(), 0);
    for item in items {
        let (mut changed, mut last) = (item ^ before, 0);
        before = *item;
        while changed != 0 {
            let bit = changed.trailing_zeros() as u8 + 1;
            let distance = bit - last;
            normal.push(distance.min(EXCEPTION));
            if let Some(over) = distance.checked_sub(EXCEPTION) {
                exceptions.push(over);
            }
            last = bit;
            changed &= changed - 1;
        }
        normal.push(0);
    }
    let [_, high, middle, low] = (items.len() as u32).to_be_bytes();
    let mut bytes = vec![ALGORITHM, high, middle, low];
    pack(&normal, NORMAL_BITS, &mut bytes);
    pack(&exceptions, EXCEPTION_BITS, &mut bytes);
    bytes
}

fn decompress(bytes: &[u8]) -> Option<Vec<u32>> {
    let ([ALGORITHM, high, middle, low], packed) = bytes.split_first_chunk::<4>()? else {
        return None;
    };
    let count = u32::from_be_bytes([0, *high, *middle, *low]) as usize;
    if count > MOST {
        return None;
    }
    let mut bits = Bits { packed, at: 0 };
    let (mut runs, mut run) = (Vec::new(), Vec::new());
    while runs.len() < count {
        match bits.take(NORMAL_BITS)? {
            0 => runs.push(std::mem::take(&mut run)),
            distance => run.push(distance),
        }
        if run.len() > 32 {
            return None;
        }
    }
    bits.at = bits.at.next_multiple_of(8);
    let (mut items, mut item) = (Vec::with_capacity(runs.len()), 0_u32);
    for run in runs {
        let mut bit = 0_u32;
        for distance in run {
            bit += u32::from(distance);
            if distance == EXCEPTION {
                bit += u32::from(bits.take(EXCEPTION_BITS)?);
            }
            item ^= 1_u32.checked_shl(bit.checked_sub(1)?)?;
        }
        items.push(item);
    }
    Some(items)
}

/// Packs numbers of so many bits, the lowest first, up to a whole byte.
fn pack(values: &[u8], width: usize, bytes: &mut Vec<u8>) {
    let (mut held, mut bits) = (0_u32, 0);
    for value in values {
        held |= u32::from(*value) << bits;
        bits += width;
        while bits >= 8 {
            bytes.push(held as u8);
            held >>= 8;
            bits -= 8;
        }
    }
    if bits > 0 {
        bytes.push(held as u8);
    }
}

struct Bits<'a> {
    packed: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, width: usize) -> Option<u8> {
        let byte = |index: usize| self.packed.get(index).copied().map(u16::from);
        let (index, shift) = (self.at / 8, self.at % 8);
        let mut value = byte(index)?;
        if shift + width > 8 {
            value |= byte(index + 1)? << 8;
        }
        self.at += width;
        Some((value >> shift) as u8 & ((1 << width) - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::likeness::tests::noise;

    #[test]
    fn text_is_read_back() {
        for length in [0, 1, 7, 8, 9, 500] {
            let fingerprint = Fingerprint::from_items(noise(7, length));
            assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
        }
        for damaged in ["", "AQ", "AQAAAQ", "AgAAAA", "AQAAAA=", "AQ//AA"] {
            assert_eq!(
                damaged.parse::<Fingerprint>(),
                Err(FingerprintError),
                "{damaged}"
            );
        }
    }
}
