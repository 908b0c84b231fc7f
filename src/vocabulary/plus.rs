//! `plus:DataMining` (PLUS 2.0.1, IPTC 2023.1), and `plus:OtherConstraints` as its terms.
//!
//! | code | generative training | training | inference | data mining | search |
//! |---|---|---|---|---|---|
//! | `DMI-UNSPECIFIED` | | | | | |
//! | `DMI-ALLOWED` | allowed | allowed | allowed | allowed | allowed |
//! | `DMI-PROHIBITED-GENAIMLTRAINING` | denied | | | | |
//! | `DMI-PROHIBITED-AIMLTRAINING` | denied | denied | | | |
//! | `DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING` | denied | denied | denied | denied | |
//! | `DMI-PROHIBITED` | denied | denied | denied | denied | denied |
//! | `DMI-PROHIBITED-SEE…` | conditional | conditional | conditional | conditional | conditional |
//!
//! The value is a URI below `http://ns.useplus.org/ldf/vocab/`; the bare code and the label
//! that people see are read too. What is excepted from a prohibition is not thereby
//! permitted: search stays unknown. The three codes that send the reader elsewhere are
//! `SEECONSTRAINT`, `SEEEMBEDDEDRIGHTSEXPR` and `SEELINKEDRIGHTSEXPR`. Written is the
//! weakest code that lets nothing pass that is denied or conditional.

use super::{Reading, Wording, of_all};
use crate::consent::Usage::{DataMining, GenerativeTraining, Inference, Search, Training};
use crate::consent::{Declaration, Preference, Usage};

const VOCABULARY: &str = "http://ns.useplus.org/ldf/vocab/";
/// The uses that a code may speak of.
pub(crate) const USES: [Usage; 5] = [GenerativeTraining, Training, Inference, DataMining, Search];

/// A code, its label, and what it says about which uses.
type Code = (&'static str, &'static str, &'static [Usage], Preference);

/// The weakest first, as far as one is weaker than another.
const CODES: [Code; 9] = [
    (
        "DMI-UNSPECIFIED",
        "Unspecified - no prohibition defined",
        &[],
        Preference::Unknown,
    ),
    ("DMI-ALLOWED", "Allowed", &USES, Preference::Allowed),
    (
        "DMI-PROHIBITED-SEECONSTRAINT",
        "Prohibited, see plus:OtherConstraints",
        &USES,
        Preference::Conditional,
    ),
    (
        "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR",
        "Prohibited, see iptcExt:EmbdEncRightsExpr",
        &USES,
        Preference::Conditional,
    ),
    (
        "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR",
        "Prohibited, see iptcExt:LinkedEncRightsExpr",
        &USES,
        Preference::Conditional,
    ),
    (
        "DMI-PROHIBITED-GENAIMLTRAINING",
        "Prohibited for Generative AI/ML training",
        &[GenerativeTraining],
        Preference::Disallowed,
    ),
    (
        "DMI-PROHIBITED-AIMLTRAINING",
        "Prohibited for AI/ML training",
        &[GenerativeTraining, Training],
        Preference::Disallowed,
    ),
    (
        "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
        "Prohibited except for search engine indexing",
        &[GenerativeTraining, Training, Inference, DataMining],
        Preference::Disallowed,
    ),
    (
        "DMI-PROHIBITED",
        "Prohibited",
        &USES,
        Preference::Disallowed,
    ),
];

/// The code's URI, and with `SEECONSTRAINT` the policy's address as the constraint.
pub(crate) fn spell(declaration: &Declaration) -> Option<Wording> {
    let strongest = of_all(declaration, &USES);
    let lets_pass = |(_, _, uses, word): &&Code| {
        let said = |usage: &Usage| {
            if uses.contains(usage) {
                *word
            } else {
                Preference::Unknown
            }
        };
        USES.iter()
            .any(|usage| said(usage).is_looser_than(declaration.preference(*usage)))
    };
    let is_fit = |code: &&Code| code.3 == strongest && !lets_pass(code);
    let denial = |code: &&Code| code.3 == Preference::Disallowed && !lets_pass(code);
    let (code, ..) = match strongest {
        Preference::Unknown => return None,
        _ => CODES
            .iter()
            .find(is_fit)
            .or_else(|| CODES.iter().find(denial))?,
    };
    let policy = declaration
        .policy_url()
        .filter(|_| strongest == Preference::Conditional);
    Some(Wording {
        value: format!("{VOCABULARY}{code}"),
        terms: policy.map(|url| format!("See {url}")),
    })
}

/// What the code says.
pub(super) fn understand(wording: &Wording) -> Reading {
    let text = wording.value.trim();
    let bare = text.strip_prefix(VOCABULARY).unwrap_or(text);
    let is_named = |(code, label, ..): &&Code| {
        code.eq_ignore_ascii_case(bare) || label.eq_ignore_ascii_case(bare)
    };
    match CODES.iter().find(is_named) {
        Some((_, _, uses, word)) => Reading::all(uses, *word),
        None => Reading::unreadable("not in its vocabulary", &USES),
    }
}
