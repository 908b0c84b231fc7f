//! Is this the same recording, or a part of it, whatever happened to its coding?

use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;

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

/// How alike two recordings are where they are most alike.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Likeness {
    /// Equal bits in the stretch that both have, per mille. Chance gives about 500,
    /// different recordings at their best offset up to about 700.
    pub similarity: u16,
    /// Where in the first recording that stretch is.
    pub first: Range<Duration>,
    /// Where in the second.
    pub second: Range<Duration>,
    /// The stretch is all of both, or very nearly.
    pub is_whole: bool,
}

/// Chromaprint's "test2", the default of fpcalc.
const ALGORITHM: u8 = 1;
/// An item for so many samples at 11,025 Hz,
const HOP: u32 = 1365;
/// and so many are needed for the first one: a frame, and what filter and image look ahead.
const SPAN: u32 = 4096 + 19 * HOP;
const RATE: u32 = 11_025;

/// A stretch that tells anything: 64 items, of audio 10.5 seconds.
const LEAST: usize = 64;
/// Two days: no recording is longer.
const MOST: usize = 1_400_000;
/// One with fewer different items is a tone, a drone or silence, and all of those are alike.
const LEAST_DISTINCT: usize = 16;

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

    /// How alike the recordings are at the offset at which they are most alike, where the
    /// stretch that they share is at least three quarters of the shorter one. `None` where
    /// that is under 10.5 seconds or too monotonous to tell anything.
    ///
    /// Where both stand still, item for item, they are silent or hold a tone: that says
    /// nothing and is left out of the count.
    #[must_use]
    pub fn compare(&self, other: &Fingerprint) -> Option<Likeness> {
        let (a, b) = (&Side::of(self), &Side::of(other));
        let shorter = a.len().min(b.len());
        let least = LEAST.max((3 * shorter).div_ceil(4));
        if shorter < least {
            return None;
        }
        let mut best: Option<Stretch> = None;
        // `shift` is where the second begins in the first, counted from -b.len().
        for shift in least..=a.len() + b.len() - least {
            let stretch = Stretch::at(shift, a.len(), b.len());
            if let Some(stretch) = stretch.compared(a, b, best.as_ref()) {
                best = Some(stretch);
            }
        }
        best.filter(|best| best.is_telling(a, b))
            .map(|best| best.likeness(a.len().max(b.len())))
    }

    /// Whether most of it stands still: silence, a drone, a test tone.
    pub(crate) fn is_monotonous(&self) -> bool {
        let side = Side::of(self);
        let still = side.still.iter().filter(|still| **still).count();
        still * 2 > self.items.len()
    }
}

/// The items of one side, and which of them only repeat the one before.
struct Side<'a> {
    items: &'a [u32],
    still: Vec<bool>,
    is_moving: bool,
}

impl Side<'_> {
    fn of(fingerprint: &Fingerprint) -> Side<'_> {
        let items = fingerprint.items.as_slice();
        let repeats = items.windows(2).map(|pair| pair.first() == pair.last());
        let still: Vec<bool> = std::iter::once(false).chain(repeats).collect();
        Side {
            items,
            is_moving: !still.contains(&true),
            still,
        }
    }

    fn len(&self) -> usize {
        self.items.len()
    }

    fn cut(&self, from: usize, length: usize) -> (&[u32], &[bool]) {
        let range = from..from + length;
        (
            self.items.get(range.clone()).unwrap_or_default(),
            self.still.get(range).unwrap_or_default(),
        )
    }
}

/// What both have, at one offset.
struct Stretch {
    first: usize,
    second: usize,
    length: usize,
    /// Items that count, and the bits in them that differ.
    counted: u64,
    wrong: u64,
}

impl Stretch {
    fn at(shift: usize, a: usize, b: usize) -> Stretch {
        let (first, second) = (shift.saturating_sub(b), b.saturating_sub(shift));
        Stretch {
            first,
            second,
            length: (a - first).min(b - second),
            counted: 0,
            wrong: 0,
        }
    }

    /// The stretch with its counts, where the share of wrong bits is smaller than in `best`.
    fn compared(self, a: &Side<'_>, b: &Side<'_>, best: Option<&Stretch>) -> Option<Stretch> {
        const BLOCK: usize = 32;
        // wrong / counted < best.wrong / best.counted, without a division. Not more count
        // than there are, so that this much is too much whatever is left out.
        let (bound, scale) = best.map_or((u64::MAX, 1), |best| {
            (best.wrong * self.length as u64, best.counted)
        });
        let (a_items, a_still) = a.cut(self.first, self.length);
        let (b_items, b_still) = b.cut(self.second, self.length);
        let mut wrong = 0;
        let mut still = 0;
        if a.is_moving || b.is_moving {
            for (a, b) in a_items.chunks(BLOCK).zip(b_items.chunks(BLOCK)) {
                wrong += a.iter().zip(b).map(differing).sum::<u64>();
                if wrong * scale >= bound {
                    return None;
                }
            }
        } else {
            let both = a_still.iter().zip(b_still).map(|(a, b)| *a && *b);
            for (pair, still_both) in a_items.iter().zip(b_items).zip(both) {
                still += u64::from(still_both);
                wrong += if still_both { 0 } else { differing(pair) };
            }
        }
        let counted = self.length as u64 - still;
        let beats = best.is_none_or(|best| wrong * best.counted < best.wrong * counted);
        (beats && counted >= LEAST as u64).then_some(Stretch {
            counted,
            wrong,
            ..self
        })
    }

    fn is_telling(&self, a: &Side<'_>, b: &Side<'_>) -> bool {
        let sides = [
            a.cut(self.first, self.length),
            b.cut(self.second, self.length),
        ];
        sides.into_iter().all(|(items, _)| {
            let mut seen = items.to_vec();
            seen.sort_unstable();
            seen.dedup();
            seen.len() >= LEAST_DISTINCT
        })
    }

    fn likeness(&self, longer: usize) -> Likeness {
        let bits = 32 * self.counted;
        let time = |from: usize| {
            let start = from as u64 * u64::from(HOP);
            let end = start + (self.length as u64 - 1) * u64::from(HOP) + u64::from(SPAN);
            let at = |samples: u64| Duration::from_millis(samples * 1000 / u64::from(RATE));
            at(start)..at(end)
        };
        Likeness {
            similarity: ((bits - self.wrong) * 1000 / bits) as u16,
            first: time(self.first),
            second: time(self.second),
            is_whole: self.length * 10 >= longer * 9,
        }
    }
}

fn differing((a, b): (&u32, &u32)) -> u64 {
    u64::from((a ^ b).count_ones())
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

    fn noise(seed: u32, length: usize) -> Vec<u32> {
        let mut state = seed;
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state ^ state >> 13
        };
        (0..length).map(next).collect()
    }

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

    #[test]
    fn an_excerpt_is_found_where_it_is() {
        let items = noise(1, 800);
        let whole = Fingerprint::from_items(items.clone());
        let part = Fingerprint::from_items(items[200..440].to_vec());
        let found = whole.compare(&part).unwrap();
        assert_eq!((found.similarity, found.is_whole), (1000, false));
        assert_eq!(
            found.first.start,
            Duration::from_millis(200 * 1365 * 1000 / 11025)
        );
        assert_eq!(found.second.start, Duration::ZERO);
        let turned = part.compare(&whole).unwrap();
        assert_eq!((turned.second, turned.first), (found.first, found.second));
        assert!(whole.compare(&whole).unwrap().is_whole);
    }

    #[test]
    fn other_short_and_monotonous_ones_are_no_match() {
        let one = Fingerprint::from_items(noise(1, 400));
        let other = Fingerprint::from_items(noise(2, 400));
        assert!(one.compare(&other).unwrap().similarity < 560);
        let short = Fingerprint::from_items(noise(1, 63));
        assert_eq!(one.compare(&short), None);
        let silence = Fingerprint::from_items(vec![0x2735_9cb9; 400]);
        assert_eq!(silence.compare(&silence), None);
        assert!(silence.is_monotonous() && !one.is_monotonous());
    }

    #[test]
    fn silence_that_both_have_is_not_likeness() {
        let jingle = |seed| {
            let mut items = noise(seed, 160);
            items.extend([0x2735_9cb9; 480]);
            Fingerprint::from_items(items)
        };
        let found = jingle(1).compare(&jingle(2)).unwrap();
        assert!(found.similarity < 560, "{found:?}");
        assert_eq!(jingle(1).compare(&jingle(1)).unwrap().similarity, 1000);
    }
}
