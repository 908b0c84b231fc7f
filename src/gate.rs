//! May I use this file?

use std::fmt;
use std::io::{Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::consent::{Date, PolicyUrl, Preference, Usage};
use crate::container::Format;
use crate::error::{Error, ErrorKind};
use crate::inspect::{Answer, Inspection, read_from, read_within};
use crate::limits::Limits;
use crate::statement::Statement;

/// A question that is put to file after file, before one is used: may I?
///
/// It is yes only where a permission is found for every use that is asked about. Silence,
/// damage, a condition, a denial and whatever goes wrong on the way are each a no, with the
/// reason. An unsigned permission, which anyone can paste, is a no unless
/// [`accept_unsigned`](Gate::accept_unsigned) says otherwise.
///
/// ```
/// # use std::io::Cursor;
/// # let undecoded = std::fs::read("test-audio/clean/sine.mp3")?;
/// use noai_audio::{Gate, Usage};
/// let gate = Gate::new(Usage::GenerativeTraining).today("2026-11-24".parse()?);
/// let decision = gate.ask_from(Cursor::new(&undecoded[..]));
/// if !decision.may() {
///     eprintln!("left out: {decision}");
/// }
/// # assert!(!decision.may());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    uses: Vec<Usage>,
    accept_unsigned: bool,
    today: Option<Date>,
    limits: Limits,
}

/// What a [`Gate`] decided on one file, and why.
///
/// Displayed, it is one sentence for a person. Some of its words are the file's: escape them
/// before a terminal shows them.
#[derive(Debug)]
#[must_use = "only what is asked with `may` keeps a file out"]
pub struct Decision {
    gate: Gate,
    inspected: Result<Inspection, Error>,
}

impl Gate {
    /// A gate that opens where `usage` is permitted.
    #[must_use]
    pub fn new(usage: Usage) -> Gate {
        Gate {
            uses: vec![usage],
            accept_unsigned: false,
            today: None,
            limits: Limits::default(),
        }
    }

    /// Opens only where `usage` is permitted too.
    #[must_use]
    pub fn and(mut self, usage: Usage) -> Gate {
        if !self.uses.contains(&usage) {
            self.uses.push(usage);
        }
        self
    }

    /// Lets an unsigned permission, [`Answer::Claimed`], count. Off by default: anyone can
    /// have written it.
    #[must_use]
    pub fn accept_unsigned(mut self, accept: bool) -> Gate {
        self.accept_unsigned = accept;
        self
    }

    /// Says which day it is. Without one, every permission that ends counts as ended.
    #[must_use]
    pub fn today(mut self, today: Date) -> Gate {
        self.today = Some(today);
        self
    }

    /// Bounds what a file may cost; one beyond them is a no.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Gate {
        self.limits = limits;
        self
    }

    /// Decides on the file at `path`. Never fails and never panics: what goes wrong is a no.
    pub fn ask(&self, path: impl AsRef<Path>) -> Decision {
        let path = path.as_ref();
        let inspected = guarded(|| read_within(path, self.limits));
        self.decide(inspected.map_err(|error| error.about(path)))
    }

    /// Decides on an audio file behind any reader, still coded: kilobytes are read, pictures
    /// and sound are seeked past. Never fails and never panics, be it the reader that does.
    pub fn ask_from(&self, reader: impl Read + Seek) -> Decision {
        self.decide(guarded(|| read_from(reader, self.limits)))
    }

    /// Decides on what was read already, and [heard](Inspection::hear) beside the file. An
    /// error is a no.
    pub fn decide(&self, inspected: Result<Inspection, Error>) -> Decision {
        Decision {
            gate: self.clone(),
            inspected,
        }
    }

    /// The day that permissions must reach.
    fn day(&self) -> Option<Date> {
        self.today.or_else(|| Date::new(9999, 12, 31).ok())
    }
}

/// The texts of a stranger's file go through parsers of other people.
fn guarded(look: impl FnOnce() -> Result<Inspection, Error>) -> Result<Inspection, Error> {
    let panicked = |_| {
        let what = "a fault of the reader on this file";
        Err(Error::new(ErrorKind::Unsupported, what))
    };
    catch_unwind(AssertUnwindSafe(look)).unwrap_or_else(panicked)
}

impl Decision {
    /// Whether the file may be used, for all that was asked about.
    #[must_use]
    pub fn may(&self) -> bool {
        self.gate.uses.iter().all(|usage| self.permits(*usage))
    }

    /// What the file says of each use that was asked about, in that order.
    pub fn answers(&self) -> impl Iterator<Item = (Usage, Answer)> {
        let uses = self.gate.uses.iter();
        uses.map(|usage| (*usage, self.answer(*usage)))
    }

    /// The statements by which the answer for `usage` is what it is. Beside
    /// [`Answer::None`], these are the permissions that have ended.
    pub fn evidence(&self, usage: Usage) -> impl Iterator<Item = &Statement> {
        let answer = self.answer(usage);
        let (preference, today) = match answer {
            Answer::Allowed | Answer::Claimed => (Some(Preference::Allowed), self.gate.day()),
            Answer::Conditional => (Some(Preference::Conditional), self.gate.day()),
            Answer::Disallowed => (Some(Preference::Disallowed), self.gate.day()),
            Answer::None => (Some(Preference::Allowed), None),
            Answer::Unreadable => (None, self.gate.day()),
        };
        let statements = self.inspected.iter().flat_map(Inspection::statements);
        statements.filter(move |statement| statement.preference(usage, today) == preference)
    }

    /// The addresses at which a person can ask about `usage`, where it is conditional, as
    /// they stand in the file.
    #[must_use]
    pub fn policies(&self, usage: Usage) -> Vec<&str> {
        let mut policies = Vec::new();
        if self.answer(usage) == Answer::Conditional {
            for statement in self.evidence(usage) {
                let marker = statement.marker();
                let url = marker.and_then(|marker| marker.declaration().policy_url());
                let here = url.map(PolicyUrl::as_str).into_iter();
                let texts = statement.terms().into_iter().chain([statement.raw()]);
                for policy in here.chain(texts.filter_map(address)) {
                    if !policies.contains(&policy) {
                        policies.push(policy);
                    }
                }
            }
        }
        policies
    }

    /// The file's format, where it could be looked at.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        self.inspected.as_ref().ok().map(Inspection::format)
    }

    /// Why the file could not be looked at, where it could not.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.inspected.as_ref().err()
    }

    fn answer(&self, usage: Usage) -> Answer {
        match &self.inspected {
            Ok(inspection) => inspection.answer(usage, self.gate.day()),
            Err(_) => Answer::Unreadable,
        }
    }

    fn permits(&self, usage: Usage) -> bool {
        match self.answer(usage) {
            Answer::Allowed => true,
            Answer::Claimed => self.gate.accept_unsigned,
            Answer::Conditional | Answer::Disallowed | Answer::None | Answer::Unreadable => false,
        }
    }

    /// Why `usage` is not permitted, in words.
    fn reason(&self, usage: Usage) -> String {
        let answer = self.answer(usage);
        let evidence: Vec<String> = self.evidence(usage).map(place).collect();
        let policies = self.policies(usage);
        let why = match answer {
            Answer::None if evidence.is_empty() => "nothing is said".to_owned(),
            Answer::None => "the permission has ended".to_owned(),
            Answer::Claimed => "permitted, but unsigned".to_owned(),
            Answer::Conditional if policies.is_empty() => answer.name().to_owned(),
            Answer::Conditional => format!("conditional, ask at {}", policies.join(" and ")),
            Answer::Allowed | Answer::Disallowed | Answer::Unreadable => answer.name().to_owned(),
        };
        if evidence.is_empty() {
            format!("{usage}: {why}")
        } else {
            format!("{usage}: {why} ({})", evidence.join(", "))
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Err(error) = &self.inspected {
            return write!(f, "May not be used: not looked at: {}.", error.reason());
        }
        let uses = self.gate.uses.iter();
        if self.may() {
            let uses: Vec<&str> = uses.map(|usage| usage.name()).collect();
            return write!(f, "May be used for {}.", uses.join(" and "));
        }
        let refused = uses.filter(|usage| !self.permits(**usage));
        let reasons: Vec<String> = refused.map(|usage| self.reason(*usage)).collect();
        write!(f, "May not be used: {}.", reasons.join("; "))
    }
}

/// The address in a text that is one, or refers to one as PLUS's constraint is written. What else
/// stands there is a stranger's prose.
fn address(text: &str) -> Option<&str> {
    let text = text.trim();
    let address = text.strip_prefix("See ").unwrap_or(text).trim_start();
    address.parse::<PolicyUrl>().ok().map(|_| address)
}

/// Where a statement stands, and why it cannot be read, where it cannot.
fn place(statement: &Statement) -> String {
    let fault = statement.fault();
    let fault = fault.map_or_else(String::new, |fault| format!(": {fault}"));
    format!("{} in {}{fault}", statement.field(), statement.tag())
}
