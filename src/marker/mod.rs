//! Our own lines: what `embed` writes into a tag, and what they mean when read back.

mod text;
mod undo;

pub use text::MarkerError;
pub(crate) use undo::{Step, Undo};

use crate::consent::Declaration;
use crate::identity::{ContentCode, Essence};
use crate::vocabulary::{Wording, aipref, noai, notice, plus, tdmrep};

/// The whole statement.
pub(crate) const AI_CONSENT: &str = "AI_CONSENT";
/// The denied uses as a plain list.
pub(crate) const NOAI: &str = "NOAI";
/// The AIPREF dictionary.
pub(crate) const CONTENT_USAGE: &str = "CONTENT_USAGE";
/// The TDMRep reservation bit.
pub(crate) const TDM_RESERVATION: &str = "TDM_RESERVATION";
/// The TDMRep policy URL.
pub(crate) const TDM_POLICY: &str = "TDM_POLICY";
/// Not a field of ours: the carrier's own copyright field, which gets the notice.
pub(crate) const COPYRIGHT: &str = "COPYRIGHT";

/// The fields that are ours alone, in the order in which they are written.
pub(crate) const FIELDS: [&str; 5] = [AI_CONSENT, NOAI, CONTENT_USAGE, TDM_RESERVATION, TDM_POLICY];

/// PLUS's word on data mining, and the constraints that it refers to.
pub(crate) const DATA_MINING: &str = "plus:DataMining";
pub(crate) const OTHER_CONSTRAINTS: &str = "plus:OtherConstraints";
/// TDMRep in XMP.
pub(crate) const RESERVATION: &str = "tdm:reservation";
pub(crate) const POLICY: &str = "tdm:policy";
/// The notice, and where the policy is.
pub(crate) const USAGE_TERMS: &str = "xmpRights:UsageTerms";
pub(crate) const WEB_STATEMENT: &str = "xmpRights:WebStatement";
/// Not a property of ours: what XMP has of a copyright field.
pub(crate) const RIGHTS: &str = "dc:rights";

/// Which of [`FIELDS`] or [`COPYRIGHT`] a tag's field name means.
///
/// Case is ignored, and space, `-` and `_` are equal: other programs change both.
pub(crate) fn field(name: &str) -> Option<&'static str> {
    same(&FIELDS, name).or_else(|| same(&[COPYRIGHT], name))
}

/// Which of `names` another spelling of it means.
pub(crate) fn same(names: &[&'static str], name: &str) -> Option<&'static str> {
    let is_same = |ours: &&&str| {
        ours.len() == name.len()
            && ours.bytes().zip(name.bytes()).all(|(ours, theirs)| {
                ours == theirs.to_ascii_uppercase()
                    || (ours == b'_' && matches!(theirs, b' ' | b'-'))
            })
    };
    names.iter().find(is_same).copied()
}

/// One statement of ours: what is declared, about which sound, and how to take it off.
///
/// Its text form is the value of `AI_CONSENT`, specified in docs/SPEC.md: an RFC 9651
/// Dictionary in ASCII without `;`, version first. Parsing is strict: unlike what other
/// people's fields get, any departure from the grammar is an error with its position.
///
/// ```
/// use noai_audio::{Declaration, Marker, Preset};
/// let marker = Marker::new(Declaration::from(Preset::NoGenerativeAi));
/// assert_eq!(
///     marker.to_string(),
///     "v=1, generative-training=n, inference=n, replication=n, aipref=vocab-08"
/// );
/// let error = "v=1, training=maybe".parse::<Marker>().unwrap_err();
/// assert_eq!(error.to_string(), "training is y, n or c, at byte 5");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    pub(crate) declaration: Declaration,
    pub(crate) essence: Option<Essence>,
    pub(crate) code: Option<ContentCode>,
    pub(crate) undo: Option<Undo>,
    /// Members, or steps of the undo note, that a later version may have written and this one
    /// does not know.
    pub(crate) unknown_members: bool,
}

impl Marker {
    /// A marker that is bound to no sound yet.
    #[must_use]
    pub fn new(declaration: Declaration) -> Marker {
        Marker {
            declaration,
            essence: None,
            code: None,
            undo: None,
            unknown_members: false,
        }
    }

    /// What is declared.
    #[must_use]
    pub fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    /// The sound that the marker was made for, where it is bound to one.
    #[must_use]
    pub fn essence(&self) -> Option<&Essence> {
        self.essence.as_ref()
    }

    /// The content code of that sound, where the marker has one.
    #[must_use]
    pub fn code(&self) -> Option<&ContentCode> {
        self.code.as_ref()
    }

    /// The same marker, bound to a sound that is identified.
    #[must_use]
    pub fn bound(mut self, identity: &crate::Identity) -> Marker {
        self.essence.clone_from(&identity.essence);
        self.code = identity.sound.code;
        self
    }

    /// Our fields with their values, in writing order, the copyright notice apart.
    ///
    /// No other vocabulary can say when a permission ends, so a permission that does is
    /// stated in `AI_CONSENT` alone.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let lasting = self.declaration.lasting();
        let value = |wording: Option<Wording>| wording.map(|wording| wording.value);
        let reservation = tdmrep::spell(&lasting);
        let policy = reservation
            .as_ref()
            .and_then(|wording| wording.terms.clone());
        [
            (AI_CONSENT, Some(self.to_string())),
            (NOAI, value(noai::spell(&lasting))),
            (CONTENT_USAGE, value(aipref::spell(&lasting))),
            (TDM_RESERVATION, value(reservation)),
            (TDM_POLICY, policy),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }

    /// Our properties of an XMP packet with their values, in writing order: what PLUS, TDMRep
    /// and the rights schema can say of [`fields`](Marker::fields).
    #[must_use]
    pub fn properties(&self) -> Vec<(&'static str, String)> {
        let lasting = self.declaration.lasting();
        let (plus, tdmrep) = (plus::spell(&lasting), tdmrep::spell(&lasting));
        let policy = lasting.policy_url().map(ToString::to_string);
        let value = |wording: &Option<Wording>| wording.as_ref().map(|said| said.value.clone());
        let terms = |wording: &Option<Wording>| wording.as_ref()?.terms.clone();
        [
            (DATA_MINING, value(&plus)),
            (OTHER_CONSTRAINTS, terms(&plus)),
            (RESERVATION, value(&tdmrep)),
            (POLICY, terms(&tdmrep)),
            (USAGE_TERMS, self.notice()),
            (WEB_STATEMENT, policy),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }

    /// The notice for the copyright field, where something is denied.
    #[must_use]
    pub fn notice(&self) -> Option<String> {
        notice::spell(&self.declaration.lasting()).map(|wording| wording.value)
    }
}
