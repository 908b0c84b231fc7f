//! What must hold of any bytes at all.
//!
//! Each of these is a fuzz target; each finding is kept in `tests/regressions`, and every
//! one of them is held against every check. Nothing here opens a file: `operations` does,
//! or does without.

mod differential;
mod files;
mod texts;
mod words;

use crate::common::Outcome;

/// One thing that must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// What is read never permits, and never says less where less may be read.
    Read,
    /// The walk over the sound ends, and its text is read back.
    Essence,
    /// A statement is refused, or put in without harm and taken off without trace.
    Write,
    /// Whatever is taken off, the sound stays.
    Strip,
    /// Other readers see the same sound and the same foreign fields as before.
    Differential,
    /// The decoders end, and what they panic about stays inside.
    Sound,
    /// A statement that can be read is written and read again as the same.
    Marker,
    /// Fields mean the same in every tag, and a denial beside them always counts.
    Fields,
    /// Records are read back.
    Records,
    /// Digests, codes, fingerprints and dates are read back.
    Codes,
    /// No words in or beside a file hide a denial.
    Words,
    /// What is written of a declaration says no more than it does.
    Published,
}

impl Check {
    pub(crate) const ALL: [Check; 12] = [
        Check::Read,
        Check::Essence,
        Check::Write,
        Check::Strip,
        Check::Differential,
        Check::Sound,
        Check::Marker,
        Check::Fields,
        Check::Records,
        Check::Codes,
        Check::Words,
        Check::Published,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Check::Read => "read",
            Check::Essence => "essence",
            Check::Write => "write",
            Check::Strip => "strip",
            Check::Differential => "differential",
            Check::Sound => "sound",
            Check::Marker => "marker",
            Check::Fields => "fields",
            Check::Records => "records",
            Check::Codes => "codes",
            Check::Words => "words",
            Check::Published => "published",
        }
    }

    /// Says what does not hold of these bytes.
    pub(crate) fn hold(self, bytes: &[u8]) -> Outcome {
        match self {
            Check::Read => files::read(bytes),
            Check::Essence => files::essence(bytes),
            Check::Write => files::write(bytes),
            Check::Strip => files::strip(bytes),
            Check::Differential => differential::hold(bytes),
            Check::Sound => files::sound(bytes),
            Check::Marker => texts::marker(bytes),
            Check::Fields => texts::fields(bytes),
            Check::Records => texts::records(bytes),
            Check::Codes => texts::codes(bytes),
            Check::Words => words::read(bytes),
            Check::Published => words::write(bytes),
        }
    }
}
