//! How each dialect spells a declaration, and what its words mean to us.
//!
//! One file per dialect, all of the same shape: `spell` gives the wording for a
//! declaration, or nothing where the dialect has nothing to say; `understand` reads one.
//! Where a dialect is coarser than a declaration the stricter word is written, and no
//! `understand` turns unknown, conditional or damaged text into allowed. What a dialect
//! could not say is found by reading back what it did. Nothing here knows of files or tags.

pub(crate) mod dictionary;
pub(crate) mod object;
mod reading;
mod ai_consent;
pub(crate) mod noai;
pub(crate) mod aipref;
pub(crate) mod tdmrep;
pub(crate) mod notice;
pub(crate) mod plus;
pub(crate) mod training_mining;
pub(crate) mod rsl;
mod content_signal;
mod robots;
mod freesound;
mod iscc_tdm;
mod tdm_ai;
pub(crate) mod ad_hoc;

use std::fmt;

use crate::consent::{Declaration, Preference, Preferences, Usage};

pub use reading::Reading;

/// A dialect in which consent is stated.
///
/// ```
/// use noai_audio::{Declaration, Preference, Preset, Usage, Vocabulary};
/// let spelled = Vocabulary::Tdmrep.spell(&Declaration::new().deny(Usage::Training));
/// let wording = spelled.wording.ok_or("nothing to say")?;
/// assert_eq!(wording.value, "1");
/// // One bit speaks for three uses: the stricter word is written, and that is told.
/// assert_eq!(spelled.lost[0].usage, Usage::GenerativeTraining);
/// assert_eq!(spelled.lost[0].says, Preference::Disallowed);
///
/// let reading = Vocabulary::ContentSignal.understand(&"search=yes, ai-train=no".into());
/// assert_eq!(reading.preference(Usage::Training), Some(Preference::Disallowed));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Vocabulary {
    /// `AI_CONSENT`: this crate's whole statement (docs/SPEC.md).
    AiConsent,
    /// `NOAI`: the denied uses as a plain list.
    NoAi,
    /// An AIPREF dictionary (draft-ietf-aipref-vocab-08), Creative Commons' signals included.
    Aipref,
    /// W3C TDMRep (2024-05-10): the reservation, and the policy's address as its terms.
    Tdmrep,
    /// The sentence in the copyright field.
    Notice,
    /// `plus:DataMining`, and `plus:OtherConstraints` as its terms.
    Plus,
    /// The assertion `cawg.training-mining` (CAWG 1.1), as JSON.
    TrainingMining,
    /// A `<license>` of Really Simple Licensing 1.0.
    Rsl,
    /// Cloudflare's `Content-Signal`.
    ContentSignal,
    /// A list of robots directives, as in `X-Robots-Tag`.
    Robots,
    /// Freesound's `gen_ai_preference`. Read only.
    Freesound,
    /// The `tdm` object of iscc-schema 0.5. Read only.
    IsccTdm,
    /// A TDM·AI declaration, version 1.0. Read only.
    TdmAi,
    /// `NAME=VALUE` of a field that somebody made up. Read only.
    AdHoc,
}

/// What a declaration becomes in a dialect: a value, and what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// The value itself.
    pub value: String,
    /// The policy's address or the text of the constraint, where the dialect keeps it in a
    /// field of its own.
    pub terms: Option<String>,
}

impl From<&str> for Wording {
    fn from(value: &str) -> Wording {
        Wording::alone(value)
    }
}

impl Wording {
    fn alone(value: impl Into<String>) -> Wording {
        Wording {
            value: value.into(),
            terms: None,
        }
    }
}

/// A declaration in a dialect, and what got lost.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spelled {
    /// None where the dialect has nothing to say.
    pub wording: Option<Wording>,
    /// The uses of which the wording says something else than the declaration, in the
    /// order of [`Usage::ALL`]. It never says anything looser.
    pub lost: Vec<Loss>,
}

/// A use that a dialect could not speak of as it was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loss {
    /// The use.
    pub usage: Usage,
    /// What is declared.
    pub declared: Preference,
    /// What a reader of the dialect finds.
    pub says: Preference,
}

impl Vocabulary {
    /// Every vocabulary, ours first.
    pub const ALL: [Vocabulary; 14] = [
        Vocabulary::AiConsent,
        Vocabulary::NoAi,
        Vocabulary::Aipref,
        Vocabulary::Tdmrep,
        Vocabulary::Notice,
        Vocabulary::Plus,
        Vocabulary::TrainingMining,
        Vocabulary::Rsl,
        Vocabulary::ContentSignal,
        Vocabulary::Robots,
        Vocabulary::Freesound,
        Vocabulary::IsccTdm,
        Vocabulary::TdmAi,
        Vocabulary::AdHoc,
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
            Vocabulary::Plus => "plus",
            Vocabulary::TrainingMining => "training-mining",
            Vocabulary::Rsl => "rsl",
            Vocabulary::ContentSignal => "content-signal",
            Vocabulary::Robots => "robots",
            Vocabulary::Freesound => "freesound",
            Vocabulary::IsccTdm => "iscc-tdm",
            Vocabulary::TdmAi => "tdm-ai",
            Vocabulary::AdHoc => "ad-hoc",
        }
    }

    /// Spells a declaration. A permission that ends is left out of every dialect but
    /// `AI_CONSENT`: no other can say when.
    #[must_use]
    pub fn spell(self, declaration: &Declaration) -> Spelled {
        let lasting = declaration.lasting();
        let wording = match self {
            Vocabulary::AiConsent => ai_consent::spell(declaration),
            Vocabulary::NoAi => noai::spell(&lasting),
            Vocabulary::Aipref => aipref::spell(&lasting),
            Vocabulary::Tdmrep => tdmrep::spell(&lasting),
            Vocabulary::Notice => notice::spell(&lasting),
            Vocabulary::Plus => plus::spell(&lasting),
            Vocabulary::TrainingMining => training_mining::spell(&lasting),
            Vocabulary::Rsl => rsl::spell(&lasting),
            Vocabulary::ContentSignal => content_signal::spell(&lasting),
            Vocabulary::Robots => robots::spell(&lasting),
            Vocabulary::Freesound | Vocabulary::IsccTdm | Vocabulary::TdmAi | Vocabulary::AdHoc => {
                None
            }
        };
        let reading = wording.as_ref().map(|wording| self.understand(wording));
        let said = reading.map_or_else(Preferences::default, |reading| *reading.preferences());
        let lost = declaration
            .preferences()
            .iter()
            .filter_map(|(usage, declared)| {
                let says = said.get(usage);
                (says != declared).then_some(Loss {
                    usage,
                    declared,
                    says,
                })
            });
        Spelled {
            lost: lost.collect(),
            wording,
        }
    }

    /// Reads a wording. What it does not speak of is unknown, and what cannot be read is
    /// unreadable for every use that it would speak of.
    #[must_use]
    pub fn understand(self, wording: &Wording) -> Reading {
        match self {
            Vocabulary::AiConsent => ai_consent::understand(wording),
            Vocabulary::NoAi => noai::understand(wording),
            Vocabulary::Aipref => aipref::understand(wording),
            Vocabulary::Tdmrep => tdmrep::understand(wording),
            Vocabulary::Notice => notice::understand(wording),
            Vocabulary::Plus => plus::understand(wording),
            Vocabulary::TrainingMining => training_mining::understand(wording),
            Vocabulary::Rsl => rsl::understand(wording),
            Vocabulary::ContentSignal => content_signal::understand(wording),
            Vocabulary::Robots => robots::understand(wording),
            Vocabulary::Freesound => freesound::understand(wording),
            Vocabulary::IsccTdm => iscc_tdm::understand(wording),
            Vocabulary::TdmAi => tdm_ai::understand(wording),
            Vocabulary::AdHoc => ad_hoc::understand(wording),
        }
    }
}

impl fmt::Display for Vocabulary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a word that speaks for several uses at once has to say: nothing where one of them is
/// not spoken of and none is denied.
fn of_all(declaration: &Declaration, uses: &[Usage]) -> Preference {
    let said = uses.iter().map(|usage| declaration.preference(*usage));
    let strongest = said.clone().max().unwrap_or_default();
    if strongest == Preference::Allowed && said.min() != Some(Preference::Allowed) {
        Preference::Unknown
    } else {
        strongest
    }
}
