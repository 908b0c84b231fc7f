//! What is said beside a file, by whoever serves or lists it.
//!
//! One file per place, all of the same shape: `write` gives the place's text for a list of
//! recordings, `read` what such a text states about one of them. A text goes to a reader who
//! never sees the file, so it repeats what the file declares and adds nothing.

mod path;
mod headers;
mod page;
mod robots_txt;
mod tdmrep_json;
mod rsl_document;
mod assertions;

use std::collections::BTreeMap;
use std::fmt;

use crate::consent::{Declaration, PolicyUrl, Preference, Usage};
use crate::statement::Statement;
use crate::vocabulary::{Reading, Vocabulary, Wording, rsl, tdmrep, training_mining};

use path::Compared;
pub use path::{UrlPath, UrlPathError};

/// A place outside a file where consent is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// HTTP response headers. Written as a `_headers` file, which several hosts of static
    /// sites read: a path, and its headers below, indented.
    Headers,
    /// Elements of a page's `<head>`; they speak of every recording that it lists.
    Page,
    /// Rules of `/robots.txt` (RFC 9309, draft-ietf-aipref-attach-05).
    RobotsTxt,
    /// `/.well-known/tdmrep.json` (W3C TDMRep).
    TdmrepJson,
    /// A document of Really Simple Licensing 1.0.
    RslDocument,
    /// CAWG assertions for whoever signs the files: JSON Lines of `path`, `label`, `data`.
    Assertions,
}

impl Place {
    /// The longest text that is read, in bytes: 4 MiB. A longer one is unreadable.
    pub const LONGEST: usize = 4 << 20;

    /// Every place.
    pub const ALL: [Place; 6] = [
        Place::Headers,
        Place::Page,
        Place::RobotsTxt,
        Place::TdmrepJson,
        Place::RslDocument,
        Place::Assertions,
    ];

    /// The place's name, which a [`Statement`] gives as its [`tag`](Statement::tag).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Place::Headers => "headers",
            Place::Page => "page",
            Place::RobotsTxt => "robots.txt",
            Place::TdmrepJson => "tdmrep.json",
            Place::RslDocument => "rsl",
            Place::Assertions => "assertions",
        }
    }

    /// What a text in this place states about the recording at `path`.
    ///
    /// Where it names nobody's preferences the list is empty; what cannot be read gives an
    /// unreadable statement, and so no permission.
    #[must_use]
    pub fn read(self, text: &str, path: &UrlPath) -> Vec<Statement> {
        if text.len() > Place::LONGEST {
            return vec![self.unreadable("too large to be read")];
        }
        match self {
            Place::Headers => headers::read(text, path),
            Place::Page => page::read(text, path),
            Place::RobotsTxt => robots_txt::read(text, path),
            Place::TdmrepJson => tdmrep_json::read(text, path),
            Place::RslDocument => rsl_document::read(text, path),
            Place::Assertions => assertions::read(text, path),
        }
    }

    /// Something here may speak of the recording, and nobody can tell what it says.
    fn unreadable(self, why: &'static str) -> Statement {
        let (vocabulary, uses): (_, &[Usage]) = match self {
            Place::Headers | Place::RobotsTxt => (Vocabulary::Aipref, &rsl::USES),
            Place::Page => (Vocabulary::Robots, &rsl::USES),
            Place::TdmrepJson => (Vocabulary::Tdmrep, &tdmrep::USES),
            Place::RslDocument => (Vocabulary::Rsl, &rsl::USES),
            Place::Assertions => (Vocabulary::TrainingMining, &training_mining::USES),
        };
        let reading = Reading::unreadable(why, uses);
        Statement::read(self.name(), self, vocabulary, String::new(), reading)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Recordings, where each is served, and what each declares.
///
/// ```
/// use noai_audio::{Declaration, Place, Publication, Usage};
/// let declaration = Declaration::new().deny(Usage::GenerativeTraining);
/// let mut publication = Publication::new();
/// publication.list("/music/song.mp3".parse()?, &declaration);
/// assert_eq!(
///     publication.write(Place::RobotsTxt),
///     "User-agent: *\nContent-Usage: /music/song.mp3$ train-ai=n\n"
/// );
/// # Ok::<(), noai_audio::UrlPathError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Publication {
    /// By the spelling that is compared: two of one path are one recording.
    listed: BTreeMap<Compared, (UrlPath, Declaration)>,
    rsl: Option<PolicyUrl>,
}

impl Publication {
    /// Nothing listed.
    #[must_use]
    pub fn new() -> Publication {
        Publication::default()
    }

    /// Lists a recording. Of one that is listed twice the stronger word for each use counts;
    /// where the policies differ there is none. A permission that ends is left out.
    pub fn list(&mut self, path: UrlPath, declaration: &Declaration) -> &mut Publication {
        let mut declaration = declaration.lasting();
        if let Some((_, known)) = self.listed.get(&path.compared()) {
            let preferences = known.preferences().combine(*declaration.preferences());
            let policy = declaration
                .policy_url()
                .filter(|url| known.policy_url() == Some(*url));
            let policy = policy.cloned();
            declaration = Declaration::of(preferences);
            if let Some(policy) = policy {
                declaration = declaration.policy(policy);
            }
        }
        let compared = path.compared();
        self.listed.insert(compared, (path, declaration));
        self
    }

    /// Says where the [RSL document](Place::RslDocument) will be, so that headers, page and
    /// robots.txt link it.
    pub fn rsl(&mut self, address: PolicyUrl) -> &mut Publication {
        self.rsl = Some(address);
        self
    }

    /// The text for a place: UTF-8, lines ended by LF. Empty where there is nothing to say.
    #[must_use]
    pub fn write(&self, place: Place) -> String {
        match place {
            Place::Headers => headers::write(self),
            Place::Page => page::write(self),
            Place::RobotsTxt => robots_txt::write(self),
            Place::TdmrepJson => tdmrep_json::write(self),
            Place::RslDocument => rsl_document::write(self),
            Place::Assertions => assertions::write(self),
        }
    }

    /// What each recording's declaration is in a vocabulary, where it has a wording.
    fn spelled(&self, vocabulary: Vocabulary) -> impl Iterator<Item = (&UrlPath, Wording)> {
        self.listed.values().filter_map(move |(path, declaration)| {
            Some((path, vocabulary.spell(declaration).wording?))
        })
    }
}

/// The names under which headers, pages and robots.txt state consent.
const CONTENT_USAGE: &str = "Content-Usage";
const TDM_RESERVATION: &str = "tdm-reservation";
const TDM_POLICY: &str = "tdm-policy";
const CONTENT_SIGNAL: &str = "Content-Signal";
const LICENSE: &str = "License";

/// The media type of an RSL document, by which a link to one is told.
const RSL_TYPE: &str = "application/rsl+xml";

/// What a declaration is in headers and in a page, name by name.
fn named(declaration: &Declaration) -> Vec<(&'static str, String)> {
    let value = |vocabulary: Vocabulary| vocabulary.spell(declaration).wording;
    let tdm = value(Vocabulary::Tdmrep);
    let policy = tdm.as_ref().and_then(|wording| wording.terms.clone());
    let values = [
        (
            CONTENT_USAGE,
            value(Vocabulary::Aipref).map(|wording| wording.value),
        ),
        (TDM_RESERVATION, tdm.map(|wording| wording.value)),
        (TDM_POLICY, policy),
        (
            headers::ROBOTS,
            value(Vocabulary::Robots).map(|wording| wording.value),
        ),
    ];
    values
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// The text of these lines.
fn joined(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

/// The statements in a list of names and values, whatever the case of a name.
fn said(place: Place, pairs: &[(String, String)]) -> Vec<Statement> {
    let all = |name: &'static str| {
        let same = move |(other, _): &&(String, String)| other.eq_ignore_ascii_case(name);
        pairs.iter().filter(same).map(|(_, value)| value.as_str())
    };
    let state = |name, vocabulary, wording| Statement::outside(name, place, vocabulary, wording);
    let mut statements = Vec::new();
    let mut usages: Vec<String> = all(CONTENT_USAGE).map(str::to_owned).collect();
    // Several header lines of a structured field are one (RFC 9651 section 4.2).
    if place == Place::Headers && !usages.is_empty() {
        usages = vec![usages.join(", ")];
    }
    let usages = usages.iter().map(|usage| usage.as_str().into());
    statements.extend(usages.map(|usage| state(CONTENT_USAGE, Vocabulary::Aipref, usage)));
    let policy = all(TDM_POLICY).next();
    statements.extend(reserved(place, all(TDM_RESERVATION), policy));
    for (name, vocabulary) in [
        (headers::ROBOTS, Vocabulary::Robots),
        (CONTENT_SIGNAL, Vocabulary::ContentSignal),
    ] {
        let spoken = all(name).map(|value| state(name, vocabulary, value.into()));
        statements.extend(spoken.filter(|statement| !statement.is_silent()));
    }
    let licenses = all(LICENSE).map(|address| Statement::linked(LICENSE, place, address));
    statements.extend(licenses);
    statements
}

/// What each reservation says, given the policy that stands beside them all.
fn reserved<'a>(
    place: Place,
    bits: impl Iterator<Item = &'a str>,
    policy: Option<&str>,
) -> Vec<Statement> {
    // No copy for each bit: a text of many bits and a long policy would become a weapon. One
    // statement names it.
    let mut wording = Wording {
        value: String::new(),
        terms: policy.map(|policy| policy.trim().to_owned()),
    };
    let state = |bit: &str| {
        bit.clone_into(&mut wording.value);
        let reading = Vocabulary::Tdmrep.understand(&wording);
        let raw = bit.to_owned();
        Statement::read(TDM_RESERVATION, place, Vocabulary::Tdmrep, raw, reading)
    };
    let mut statements: Vec<Statement> = bits.map(state).collect();
    let is_conditional = |statement: &&mut Statement| {
        statement.preference(Usage::DataMining, None) == Some(Preference::Conditional)
    };
    if let Some(first) = statements.iter_mut().find(is_conditional) {
        first.raw().clone_into(&mut wording.value);
        *first = Statement::outside(TDM_RESERVATION, place, Vocabulary::Tdmrep, wording);
    }
    statements
}
