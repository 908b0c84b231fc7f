//! Which recording is this, by the strongest level that tells?

use super::ContentVerdict;
use crate::identify::Sound;
use crate::identity::{ContentCode, Essence, FileDigest, Fingerprint, Level, Likeness};
use crate::marker::Marker;
use crate::record::{Record, Records};

/// Fingerprints from here on are called the same recording, per mille;
const MATCH: u16 = 850;
/// from here on they are worth a listen;
const REVIEW: u16 = 750;
/// below they are called different. Between the two lie copies with another speed.
/// docs/ERROR_RATES.md has the measurement.
const DIFFERENT: u16 = 700;
/// Content codes that differ in at most so many of 256 bits are called the same recording;
const NEAR: u32 = 22;
/// from so many on, another one. Parts of a recording, and what an equaliser made of it,
/// lie between the two, and so do most other recordings.
const FAR: u32 = 120;
/// Codes of two whole recordings that differ in so many bits are of two.
const APART: u32 = 64;

/// A file on one side; records, and the file's own marker, on the other.
pub(super) struct Sides<'a> {
    pub(super) records: &'a Records,
    pub(super) file: FileDigest,
    pub(super) essence: Essence,
    pub(super) marker: Option<Marker>,
    pub(super) sound: Sound,
}

/// What the sound was found to be, by which level, and whose it is.
pub(super) struct Match<'a> {
    pub(super) content: ContentVerdict,
    pub(super) level: Option<Level>,
    pub(super) record: Option<&'a Record>,
}

impl<'a> Sides<'a> {
    /// By the digests that need no decoder.
    pub(super) fn by_digest(&self) -> Option<Match<'a>> {
        if let Some(record) = self.pick(|record| record.file.as_ref() == Some(&self.file)) {
            return Some(certain(ContentVerdict::File, Level::File, Some(record)));
        }
        let record = self.pick(|record| record.essence.as_ref() == Some(&self.essence));
        let is_bound = self.bound_essence() == Some(&self.essence);
        (record.is_some() || is_bound)
            .then(|| certain(ContentVerdict::Essence, Level::Essence, record))
    }

    /// Whether the sound, decoded, could tell more.
    pub(super) fn needs_sound(&self) -> bool {
        let code = self.marker.as_ref().and_then(Marker::code);
        code.is_some() || self.records.iter().next().is_some()
    }

    pub(super) fn by_samples(&self) -> Option<Match<'a>> {
        let pcm = self.sound.pcm.as_ref()?;
        let record = self.pick(|record| record.sound.pcm.as_ref() == Some(pcm))?;
        Some(certain(ContentVerdict::Pcm, Level::Pcm, Some(record)))
    }

    /// By fingerprint, else by the content code of the marker, else not at all.
    pub(super) fn by_likeness(&self) -> Match<'a> {
        let best = self.most_alike();
        if let Some((record, likeness)) = &best
            && let Some(content) = verdict(likeness).filter(|_| likeness.similarity >= MATCH)
        {
            return certain(content, Level::Fingerprint, Some(*record));
        }
        let by_code = self.by_code();
        if let Some(found) = by_code.filter(|found| found.content != ContentVerdict::Other) {
            return found;
        }
        if let Some((record, likeness)) = &best
            && let Some(content) = verdict(likeness)
        {
            return certain(content, Level::Fingerprint, Some(*record));
        }
        if let Some(found) = self.by_code() {
            return found;
        }
        // Only where there was something to compare can nothing have matched.
        if best.is_some() {
            return certain(ContentVerdict::Other, Level::Fingerprint, None);
        }
        let (content, level) = match self.bound_essence() {
            Some(_) => (ContentVerdict::Differs, Some(Level::Essence)),
            None => (ContentVerdict::Unbound, None),
        };
        Match {
            content,
            level,
            record: None,
        }
    }

    fn by_code(&self) -> Option<Match<'a>> {
        let distance = self.code_of_marker()?.distance(self.sound.code.as_ref()?);
        let content = match distance {
            ..=NEAR => ContentVerdict::Recording {
                similarity: ((256 - distance) * 1000 / 256) as u16,
            },
            FAR.. => ContentVerdict::Other,
            _ => return None,
        };
        Some(certain(content, Level::Code, None))
    }

    /// The record whose fingerprint is most like the file's, of those that can be compared.
    fn most_alike(&self) -> Option<(&'a Record, Likeness)> {
        let fingerprint = self.sound.fingerprint.as_ref()?;
        let compared = self.records.iter().filter_map(|record| {
            let recorded = record.sound.fingerprint.as_ref()?;
            Some((record, recorded.compare(fingerprint)?))
        });
        compared.max_by_key(|(record, likeness)| (likeness.similarity, self.says_the_same(record)))
    }

    /// Of several records that fit, such as one for each statement over the years, the one
    /// that says what the file says; else the latest.
    fn pick(&self, fits: impl Fn(&Record) -> bool) -> Option<&'a Record> {
        let fitting = || self.records.iter().filter(|record| fits(record));
        let same = fitting().filter(|record| self.says_the_same(record)).last();
        same.or_else(|| fitting().last())
    }

    fn says_the_same(&self, record: &Record) -> bool {
        let found = self.marker.as_ref().map(Marker::declaration);
        found.is_some() && found == record.marker.as_ref().map(Marker::declaration)
    }

    /// Whether the marker was made for another recording than this one, as content code or
    /// fingerprint tell. That the coded sound differs is not enough: an honest conversion
    /// does that.
    pub(super) fn is_moved(&self, matched: &Match<'_>) -> bool {
        let Some(bound) = self.bound_essence().filter(|bound| **bound != self.essence) else {
            return false;
        };
        let is_its = |record: &&Record| {
            let recorded = record.marker.as_ref().and_then(Marker::essence);
            record.essence.as_ref() == Some(bound) || recorded == Some(bound)
        };
        if matched.record.as_ref().is_some_and(is_its) {
            return false;
        }
        if let Some(own) = self.records.iter().find(is_its) {
            return is_other(
                own.sound.fingerprint.as_ref(),
                self.sound.fingerprint.as_ref(),
            );
        }
        // The marker's recording has no record: its code speaks for it, against that of the
        // whole recording that the file was found to be, or else against the file's, which
        // may be a part.
        let Some(code) = self.code_of_marker() else {
            return false;
        };
        let recorded = matched.record.and_then(|record| record.sound.code.as_ref());
        match (recorded, &self.sound.code) {
            (Some(whole), _) => code.distance(whole) >= APART,
            (None, Some(sound)) => code.distance(sound) >= FAR,
            (None, None) => false,
        }
    }

    fn bound_essence(&self) -> Option<&Essence> {
        self.marker.as_ref().and_then(Marker::essence)
    }

    fn code_of_marker(&self) -> Option<&ContentCode> {
        self.marker.as_ref().and_then(Marker::code)
    }
}

fn certain(content: ContentVerdict, level: Level, record: Option<&Record>) -> Match<'_> {
    Match {
        content,
        level: Some(level),
        record,
    }
}

fn verdict(likeness: &Likeness) -> Option<ContentVerdict> {
    let similarity = likeness.similarity;
    match similarity {
        MATCH.. if likeness.is_whole => Some(ContentVerdict::Recording { similarity }),
        MATCH.. => Some(ContentVerdict::Excerpt {
            similarity,
            from: likeness.first.start,
            to: likeness.first.end,
        }),
        REVIEW.. => Some(ContentVerdict::Review { similarity }),
        _ => None,
    }
}

/// Whether two fingerprints can be compared and are of different recordings.
fn is_other(one: Option<&Fingerprint>, other: Option<&Fingerprint>) -> bool {
    let likeness = one.zip(other).and_then(|(one, other)| one.compare(other));
    likeness.is_some_and(|likeness| likeness.similarity < DIFFERENT)
}
