//! How each dialect spells a declaration, and what its words mean to us.
//!
//! One file per dialect, all of the same shape: `spell` gives the value of the
//! dialect's field, or nothing where it has nothing to say; `understand` reads one
//! value. Where a dialect is coarser than a declaration the stricter value is written,
//! and no `understand` turns unknown, conditional or damaged text into allowed.
//! Nothing here knows of files or tags.

pub(crate) mod dictionary;
pub(crate) mod noai;
pub(crate) mod aipref;
pub(crate) mod tdmrep;
pub(crate) mod notice;

use std::fmt;

/// A dialect in which consent is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Vocabulary {
    /// `AI_CONSENT`: this crate's whole statement (docs/SPEC.md).
    AiConsent,
    /// `NOAI`: the denied uses as a plain list.
    NoAi,
    /// `CONTENT_USAGE`: an AIPREF dictionary (draft-ietf-aipref-vocab-08).
    Aipref,
    /// `TDM_RESERVATION` and `TDM_POLICY`: W3C TDMRep (2024-05-10).
    Tdmrep,
    /// The sentence in the copyright field.
    Notice,
}

impl Vocabulary {
    /// Every vocabulary, the fullest first.
    pub const ALL: [Vocabulary; 5] = [
        Vocabulary::AiConsent,
        Vocabulary::NoAi,
        Vocabulary::Aipref,
        Vocabulary::Tdmrep,
        Vocabulary::Notice,
    ];

    /// The vocabulary's name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Vocabulary::AiConsent => "ai-consent",
            Vocabulary::NoAi => "noai",
            Vocabulary::Aipref => "aipref",
            Vocabulary::Tdmrep => "tdmrep",
            Vocabulary::Notice => "notice",
        }
    }
}

impl fmt::Display for Vocabulary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
