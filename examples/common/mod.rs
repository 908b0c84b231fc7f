//! What the programs share: paths and text made safe to show, results as lines, exit status.

#![allow(dead_code, reason = "each program uses its part")]

pub(crate) mod csv;
pub(crate) mod list;

use std::fmt::Write as _;
use std::fs::File;
use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use noai_audio::{
    Batch, Date, Declaration, Error, Item, Statement, Summary, TermsDigest, TermsVerdict,
};
use serde::Serialize;

/// Exit status: 0 yes or done, 1 the answer is no, 3 could not look. (2 is clap's: usage.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    Yes,
    No,
    CouldNotLook,
}

impl Exit {
    /// The worse of two.
    pub(crate) fn and(&mut self, other: Exit) {
        *self = (*self).max(other);
    }

    /// The status of a file that gave an error.
    pub(crate) fn of(error: &Error) -> Exit {
        if error.kind().is_refusal() {
            Exit::No
        } else {
            Exit::CouldNotLook
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Yes => 0,
            Exit::No => 1,
            Exit::CouldNotLook => 3,
        })
    }
}

/// `error` in a line of JSON.
#[derive(Serialize)]
pub(crate) struct ErrorLine {
    pub(crate) kind: &'static str,
    pub(crate) message: String,
}

impl From<&Error> for ErrorLine {
    fn from(error: &Error) -> ErrorLine {
        ErrorLine {
            kind: error.kind().name(),
            message: error.reason(),
        }
    }
}

/// A statement in a line of JSON.
#[derive(Serialize)]
pub(crate) struct StatementLine {
    field: &'static str,
    vocabulary: &'static str,
    raw: String,
    tag: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<&'static str>,
}

impl From<&Statement> for StatementLine {
    fn from(statement: &Statement) -> StatementLine {
        StatementLine {
            field: statement.field(),
            vocabulary: statement.vocabulary().name(),
            raw: statement.raw().to_owned(),
            tag: statement.tag(),
            fault: statement.fault().map(str::to_owned),
            remark: statement.remark(),
        }
    }
}

/// The path as text: bytes that are no UTF-8 are written `\xNN`, a backslash `\\`.
pub(crate) fn path_text(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(&chunk.valid().replace('\\', "\\\\"));
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// Text for a terminal: control characters, and those that change the direction of
/// writing, are written `\u{N}`.
pub(crate) fn shown(text: &str) -> String {
    let harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut safe = String::new();
    for c in text.chars() {
        if harmful(c) {
            safe.extend(c.escape_unicode());
        } else {
            safe.push(c);
        }
    }
    safe
}

/// A path for a terminal.
pub(crate) fn shown_path(path: &Path) -> String {
    shown(&path_text(path))
}

/// Runs the batch under a progress bar, which only a terminal sees.
pub(crate) fn run<T: Send>(
    batch: &Batch,
    operate: impl Fn(&Path) -> Result<T, Error> + Sync,
    mut each: impl FnMut(Item<T>),
) -> Summary {
    let bar = if std::io::stderr().is_terminal() {
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}");
        let bar = ProgressBar::new(batch.count() as u64);
        style
            .map(|style| bar.clone().with_style(style))
            .unwrap_or(bar)
    } else {
        ProgressBar::hidden()
    };
    let operate = |path: &Path| {
        let result = operate(path);
        bar.inc(1);
        result
    };
    let summary = batch.run(operate, |item| bar.suspend(|| each(item)));
    bar.finish_and_clear();
    summary
}

/// Prints one object as a line on standard output. A closed pipe ends the output quietly.
pub(crate) fn json(line: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(line) {
        say(&text);
    }
}

/// Prints a line on standard output. A closed pipe ends the output quietly.
pub(crate) fn say(line: &str) {
    put(&format!("{line}\n"));
}

/// Says a line to a person, on standard error. Where nobody can be told, the work and its
/// status are no others.
pub(crate) fn tell(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Prints text as it is on standard output. A closed pipe ends the output quietly.
pub(crate) fn print(text: &str) {
    put(text);
}

/// Output that cannot be written must not pass for output that was: all but a reader who
/// has left ends the program with the status of what could not be looked at.
fn put(text: &str) {
    if let Err(error) = std::io::stdout().write_all(text.as_bytes())
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        tell(&format!("error: cannot write the output: {error}"));
        std::process::exit(3);
    }
}

/// No terms that anyone agreed to are longer, in bytes.
const LONGEST_TERMS: u64 = 64 << 20;

/// The digest of the terms in the file, where one is given. A download that failed leaves an
/// empty file: these are no terms.
pub(crate) fn terms(path: Option<&Path>) -> Result<Option<TermsDigest>, String> {
    let Some(path) = path else { return Ok(None) };
    let named = |what: &str| format!("{}: {}", shown_path(path), shown(what));
    let read = || -> std::io::Result<(TermsDigest, u64)> {
        let mut bytes = File::open(path)?.take(LONGEST_TERMS + 1);
        let terms = TermsDigest::of(&mut bytes)?;
        Ok((terms, LONGEST_TERMS + 1 - bytes.limit()))
    };
    match read() {
        Ok((_, 0)) => Err(named("empty, so no terms")),
        Ok((_, length)) if length > LONGEST_TERMS => Err(named("too long for terms")),
        Ok((terms, _)) => Ok(Some(terms)),
        Err(error) => Err(named(&error.to_string())),
    }
}

/// What has become of the terms of a declaration, in a sentence.
pub(crate) fn terms_sentence(declaration: &Declaration, verdict: TermsVerdict) -> String {
    let url = declaration.policy_url().map_or("", |url| url.as_str());
    let day = declaration.declared_on();
    let day = day.map_or_else(String::new, |day| format!(" on {day}"));
    match verdict {
        TermsVerdict::Same => format!("The terms at {url} are the ones agreed to{day}."),
        TermsVerdict::Other => format!("The terms at {url} are not the ones agreed to{day}."),
        _ => format!("Which terms at {url} were agreed to is not said."),
    }
}

/// Today, by the system's clock and time zone.
pub(crate) fn today() -> Option<Date> {
    let day = jiff::ZonedDateTime::now().date();
    let year = u16::try_from(day.year()).ok()?;
    Date::new(
        year,
        u8::try_from(day.month()).ok()?,
        u8::try_from(day.day()).ok()?,
    )
    .ok()
}

/// `1 file`, `2 files`.
pub(crate) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
