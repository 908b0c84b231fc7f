//! Which recording is this, by the strongest level that tells?

use std::time::Duration;

use super::ContentVerdict;
use crate::digest::FileDigest;
use crate::identify::Sound;
use crate::identity::{ContentCode, Essence, Fingerprint, Level, Likeness};
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
/// Encoders shift a similarity by so much, per mille: less does not say which of two
/// records of one recording is meant.
const EVEN: u16 = 10;

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
    /// By the digests of records, which need no decoder.
    pub(super) fn by_digest(&self) -> Option<Match<'a>> {
        if let Some(record) = self.pick(|record| record.file.as_ref() == Some(&self.file)) {
            return Some(found(ContentVerdict::File, Level::File, Some(record)));
        }
        let record = self.pick(|record| record.essence.as_ref() == Some(&self.essence))?;
        Some(found(ContentVerdict::Essence, Level::Essence, Some(record)))
    }

    /// Whether the sound, decoded, could tell more. That the marker names this very sound
    /// does not end the search: anyone can make a new statement for a stranger's recording.
    pub(super) fn needs_sound(&self) -> bool {
        let code = self.marker.as_ref().and_then(Marker::code);
        let by_code = code.is_some() && !self.is_bound();
        by_code || self.records.iter().next().is_some()
    }

    pub(super) fn by_samples(&self) -> Option<Match<'a>> {
        let pcm = self.sound.pcm.as_ref()?;
        let record = self.pick(|record| record.sound.pcm.as_ref() == Some(pcm))?;
        Some(found(ContentVerdict::Pcm, Level::Pcm, Some(record)))
    }

    /// By fingerprint, by what the marker says of its own sound, or not at all.
    pub(super) fn by_likeness(&self) -> Match<'a> {
        let best = self.most_alike();
        let by_fingerprint = best.as_ref().and_then(|(record, likeness)| {
            let heard = self.sound.fingerprint.as_ref()?.duration();
            let content = verdict(likeness, heard)?;
            Some(found(content, Level::Fingerprint, Some(*record)))
        });
        let is_review = |matched: &Match<'_>| matched.content.is_review();
        let (sure, unsure) = match by_fingerprint {
            Some(matched) if is_review(&matched) => (None, Some(matched)),
            matched => (matched, None),
        };
        let is_other = |matched: &Match<'_>| matched.content == ContentVerdict::Other;
        let (same, other) = match self.by_code_of_marker() {
            Some(matched) if is_other(&matched) => (None, Some(matched)),
            matched => (matched, None),
        };
        let bound = || {
            let essence = || found(ContentVerdict::Essence, Level::Essence, None);
            self.is_bound().then(essence)
        };
        // Only where there was something to compare can nothing have matched.
        let none = || {
            let other = || found(ContentVerdict::Other, Level::Fingerprint, None);
            best.is_some().then(other)
        };
        // Records first: anyone can make a new statement for a stranger's recording.
        sure.or_else(|| self.by_code_of_record())
            .or(unsure)
            .or_else(bound)
            .or(same)
            .or(other)
            .or_else(none)
            .unwrap_or_else(|| match self.bound_essence() {
                Some(_) => found(ContentVerdict::Differs, Level::Essence, None),
                None => Match {
                    content: ContentVerdict::Unbound,
                    level: None,
                    record: None,
                },
            })
    }

    /// By the codes of records that have no fingerprint.
    fn by_code_of_record(&self) -> Option<Match<'a>> {
        let code = self.sound.code.as_ref()?;
        let coded = self.records.iter().filter_map(|record| {
            let sound = Some(&record.sound).filter(|sound| sound.fingerprint.is_none())?;
            Some((record, sound.code.as_ref()?.distance(code)))
        });
        let (record, distance) = coded.min_by_key(|(_, distance)| *distance)?;
        let content = near(distance)?;
        Some(found(content, Level::Code, Some(record)))
    }

    fn by_code_of_marker(&self) -> Option<Match<'a>> {
        let distance = self.code_of_marker()?.distance(self.sound.code.as_ref()?);
        let other = (distance >= FAR).then_some(ContentVerdict::Other);
        Some(found(near(distance).or(other)?, Level::Code, None))
    }

    /// The record whose fingerprint is most like the file's, of those that can be compared.
    fn most_alike(&self) -> Option<(&'a Record, Likeness)> {
        let fingerprint = self.sound.fingerprint.as_ref()?;
        let compared = self.records.iter().filter_map(|record| {
            let recorded = record.sound.fingerprint.as_ref()?;
            Some((record, recorded.compare(fingerprint)?))
        });
        let mut compared: Vec<(&Record, Likeness)> = compared.collect();
        let top = compared.iter().map(|(_, likeness)| likeness.similarity);
        let top = top.max()?;
        compared.retain(|(_, likeness)| likeness.similarity + EVEN >= top);
        let rank = |(record, likeness): &(&Record, Likeness)| {
            (self.says_the_same(record), likeness.similarity)
        };
        compared.into_iter().max_by_key(rank)
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
        let Some(bound) = self.bound_essence().filter(|_| !self.is_own(matched)) else {
            return false;
        };
        let (code, sound) = (self.code_of_marker(), self.sound.code.as_ref());
        let apart = |one: Option<&ContentCode>, other: Option<&ContentCode>| {
            one.zip(other).map(|(one, other)| one.distance(other))
        };
        // The whole that the marker was made for is this very sound, re-encoded.
        if apart(code, sound).is_some_and(|distance| distance <= NEAR) {
            return false;
        }
        let of_record = |record: &Record| record.essence.as_ref() == Some(bound);
        if let Some(own) = self.records.iter().find(|record| of_record(record)) {
            // Against the file itself, or the recording that it was found to be.
            let heard = self.sound.fingerprint.as_ref();
            let recorded = matched.record.and_then(|r| r.sound.fingerprint.as_ref());
            return is_other(own.sound.fingerprint.as_ref(), heard.or(recorded));
        }
        // The marker's recording has no record: its code speaks for it, against that of the
        // whole recording that the file was found to be, or else against the file's, which
        // may be a part.
        let is_whole = !matches!(
            matched.content,
            ContentVerdict::Excerpt { .. } | ContentVerdict::Review { .. }
        );
        let whole = matched.record.filter(|_| is_whole);
        match whole.and_then(|record| record.sound.code.as_ref()) {
            Some(whole) => apart(code, Some(whole)).is_some_and(|distance| distance >= APART),
            None => apart(code, sound).is_some_and(|distance| distance >= FAR),
        }
    }

    /// Whether the marker names this very sound, or that of the record that was found.
    pub(super) fn is_own(&self, matched: &Match<'_>) -> bool {
        let recorded = matched.record.and_then(|record| record.essence.as_ref());
        let bound = self.bound_essence();
        self.is_bound() || bound.is_some() && bound == recorded
    }

    fn is_bound(&self) -> bool {
        self.bound_essence() == Some(&self.essence)
    }

    fn bound_essence(&self) -> Option<&Essence> {
        self.marker.as_ref().and_then(Marker::essence)
    }

    fn code_of_marker(&self) -> Option<&ContentCode> {
        self.marker.as_ref().and_then(Marker::code)
    }
}

fn found(content: ContentVerdict, level: Level, record: Option<&Record>) -> Match<'_> {
    Match {
        content,
        level: Some(level),
        record,
    }
}

/// The verdict on content codes that differ in so many bits, where they are near.
fn near(distance: u32) -> Option<ContentVerdict> {
    (distance <= NEAR).then_some(ContentVerdict::Recording {
        similarity: ((256 - distance) * 1000 / 256) as u16,
    })
}

fn verdict(likeness: &Likeness, heard: Duration) -> Option<ContentVerdict> {
    let shared = likeness.second.end.saturating_sub(likeness.second.start);
    let similarity = likeness.similarity;
    match similarity {
        MATCH.. if likeness.is_whole => Some(ContentVerdict::Recording { similarity }),
        MATCH.. => Some(ContentVerdict::Excerpt {
            similarity,
            from: likeness.first.start,
            to: likeness.first.end,
            holds_more: shared * 10 < heard * 9,
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
