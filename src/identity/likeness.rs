//! Where do two recordings sound alike, and how much?

use std::ops::Range;
use std::time::Duration;

use super::Fingerprint;

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

/// An item for so many samples at 11,025 Hz,
const HOP: u32 = 1365;
/// and so many are needed for the first one: a frame, and what filter and image look ahead.
const SPAN: u32 = 4096 + 19 * HOP;
const RATE: u32 = 11_025;

/// A stretch that tells anything: 64 items, of audio 10.5 seconds.
const LEAST: usize = 64;
/// What is as alike as this, per mille,
const STRIKING: u16 = 700;
/// has to be so much more alike than at most other offsets,
const MARGIN: u16 = 100;
/// and what is so much like itself is noise;
const NOISY: u16 = 800;
/// of the offsets about so many are looked at.
const SAMPLED: usize = 64;
/// One with fewer different items is a tone, a drone or silence, and all of those are alike.
const LEAST_DISTINCT: usize = 16;

impl Fingerprint {
    /// How long that sounds of which it was made.
    pub(crate) fn duration(&self) -> Duration {
        span(0, self.items().len()).end
    }

    /// How alike the recordings are at the offset at which they are most alike, where the
    /// stretch that they share is at least three quarters of the shorter one. `None` where
    /// that is under 10.5 seconds, too monotonous to tell anything, or noise, which is as
    /// like at every other offset.
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
        best.filter(|best| best.is_telling(a, b) && best.stands_out(a, b))
            .map(|best| best.likeness(a.len().max(b.len())))
    }

    /// Whether most of it stands still, or is like itself at any offset: silence, a drone,
    /// a test tone, noise.
    pub(crate) fn is_monotonous(&self) -> bool {
        let side = Side::of(self);
        let still = side.still.iter().filter(|still| **still).count();
        still * 2 > self.items().len() || usual(&side, &side).is_some_and(|usual| usual >= NOISY)
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
        let items = fingerprint.items();
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
        let stretch = if a.is_moving || b.is_moving {
            self.all_counted(a, b, best)?
        } else {
            self.counted(a, b)
        };
        let Stretch { counted, wrong, .. } = stretch;
        let beats = best.is_none_or(|best| wrong * best.counted < best.wrong * counted);
        (beats && counted >= LEAST as u64).then_some(stretch)
    }

    /// The stretch with its counts, where no item stands still on both sides; nothing as
    /// soon as more is wrong than in `best`.
    fn all_counted(self, a: &Side<'_>, b: &Side<'_>, best: Option<&Stretch>) -> Option<Stretch> {
        const BLOCK: usize = 32;
        // wrong / length < best.wrong / best.counted, without a division.
        let (bound, scale) = best.map_or((u64::MAX, 1), |best| {
            (best.wrong * self.length as u64, best.counted)
        });
        let (a_items, _) = a.cut(self.first, self.length);
        let (b_items, _) = b.cut(self.second, self.length);
        let mut wrong = 0;
        for (a, b) in a_items.chunks(BLOCK).zip(b_items.chunks(BLOCK)) {
            wrong += a.iter().zip(b).map(differing).sum::<u64>();
            if wrong * scale >= bound {
                return None;
            }
        }
        Some(Stretch {
            counted: self.length as u64,
            wrong,
            ..self
        })
    }

    /// The share of equal bits, per mille.
    fn similarity(&self) -> u16 {
        let bits = 32 * self.counted;
        ((bits - self.wrong) * 1000 / bits) as u16
    }

    /// Whether the two are much more alike here than elsewhere, if they are alike at all:
    /// two recordings of noise, of rain or of surf, are so at any offset.
    fn stands_out(&self, a: &Side<'_>, b: &Side<'_>) -> bool {
        let is_striking = self.similarity() >= STRIKING;
        !is_striking || usual(a, b).is_none_or(|usual| self.similarity() >= usual + MARGIN)
    }

    /// The stretch with its counts.
    fn counted(self, a: &Side<'_>, b: &Side<'_>) -> Stretch {
        let (a_items, a_still) = a.cut(self.first, self.length);
        let (b_items, b_still) = b.cut(self.second, self.length);
        let both = a_still.iter().zip(b_still).map(|(a, b)| *a && *b);
        let pairs = a_items.iter().zip(b_items).zip(both);
        let moving = pairs.filter(|(_, still)| !still).map(|(pair, _)| pair);
        let (counted, wrong) = moving.fold((0, 0), |(counted, wrong), pair| {
            (counted + 1, wrong + differing(pair))
        });
        Stretch {
            counted,
            wrong,
            ..self
        }
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
        Likeness {
            similarity: self.similarity(),
            first: span(self.first, self.length),
            second: span(self.second, self.length),
            is_whole: self.length * 10 >= longer * 9,
        }
    }
}

/// How alike the two are at most offsets, per mille.
fn usual(a: &Side<'_>, b: &Side<'_>) -> Option<u16> {
    let shifts = LEAST / 2..=(a.len() + b.len()).saturating_sub(LEAST / 2);
    let step = shifts.clone().count().div_ceil(SAMPLED).max(1);
    let sampled = shifts.step_by(step).filter_map(|shift| {
        let stretch = Stretch::at(shift, a.len(), b.len()).counted(a, b);
        (stretch.counted > 0).then(|| stretch.similarity())
    });
    let mut sampled: Vec<u16> = sampled.collect();
    sampled.sort_unstable();
    sampled.get(sampled.len() / 2).copied()
}

/// Where so many items sound, from this one on.
fn span(from: usize, items: usize) -> Range<Duration> {
    let start = from as u64 * u64::from(HOP);
    let end = start + (items as u64).saturating_sub(1) * u64::from(HOP) + u64::from(SPAN);
    let at = |samples: u64| Duration::from_millis(samples * 1000 / u64::from(RATE));
    at(start)..at(end)
}

fn differing((a, b): (&u32, &u32)) -> u64 {
    u64::from((a ^ b).count_ones())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::identity) fn noise(seed: u32, length: usize) -> Vec<u32> {
        let mut state = seed;
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state ^ state >> 13
        };
        (0..length).map(next).collect()
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

    #[test]
    fn noise_that_is_alike_everywhere_is_no_match() {
        // One bit in eight is by chance, as high-passed noise has it.
        let hiss = |seed: u32| {
            let (a, b, c) = (noise(seed, 400), noise(seed + 1, 400), noise(seed + 2, 400));
            let items = a.iter().zip(b).zip(c);
            let items = items.map(|((a, b), c)| 0x2735_9cb9 ^ (a & b & c));
            Fingerprint::from_items(items.collect())
        };
        assert_eq!(hiss(1).compare(&hiss(10)), None);
        assert_eq!(
            hiss(1).compare(&hiss(1)).map(|found| found.similarity),
            Some(1000)
        );
    }
}
