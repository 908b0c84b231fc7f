//! The text of `AI_CONSENT`: written one way, parsed strictly.

use std::fmt;
use std::str::FromStr;

use super::Marker;
use super::undo::UndoError;
use crate::consent::{Declaration, Preference, Role, Usage};
use crate::vocabulary::aipref;
use crate::vocabulary::dictionary::{self, Member, Value};

const VERSION: i64 = 1;

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let declaration = &self.declaration;
        write!(f, "v={VERSION}")?;
        for (usage, preference) in declaration.preferences().iter() {
            if let Some(word) = preference.word() {
                write!(f, ", {usage}={word}")?;
            }
        }
        if let Some(policy) = declaration.policy_url() {
            write!(f, ", policy=\"{policy}\"")?;
        }
        if let Some(terms) = declaration.terms_digest() {
            write!(f, ", terms=\"{terms}\"")?;
        }
        if let Some(name) = declaration.declarer_name() {
            f.write_str(", declarer=")?;
            display_string(name, f)?;
        }
        if declaration.declarer_role() != Role::default() {
            write!(f, ", role={}", declaration.declarer_role().name())?;
        }
        if let Some(day) = declaration.declared_on() {
            write!(f, ", declared=\"{day}\"")?;
        }
        if let Some(day) = declaration.expires_after() {
            write!(f, ", expires=\"{day}\"")?;
        }
        if aipref::spell(&declaration.lasting()).is_some() {
            write!(f, ", aipref={}", aipref::DRAFT)?;
        }
        if let Some(essence) = &self.essence {
            write!(f, ", essence=\"{essence}\"")?;
        }
        if let Some(code) = &self.code {
            write!(f, ", iscc=\"{code}\"")?;
        }
        if let Some(undo) = &self.undo {
            write!(f, ", undo=\"{undo}\"")?;
        }
        Ok(())
    }
}

/// Writes `text` as a String where plain ASCII does, else as a Display String
/// (RFC 9651 section 4.1.11), with `;` escaped too.
fn display_string(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let plain = |b: u8| matches!(b, 0x20..=0x7e) && !matches!(b, b'"' | b'\\' | b';' | b'%');
    if text.bytes().all(plain) {
        return write!(f, "\"{text}\"");
    }
    f.write_str("%\"")?;
    for byte in text.bytes() {
        if plain(byte) || byte == b'\\' {
            write!(f, "{}", char::from(byte))?;
        } else {
            write!(f, "%{byte:02x}")?;
        }
    }
    f.write_str("\"")
}

/// Why a text is no `AI_CONSENT` of ours, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}, at byte {at}")]
pub struct MarkerError {
    what: String,
    at: usize,
}

impl MarkerError {
    /// The position of the fault in the text, in bytes from 0.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }
}

impl FromStr for Marker {
    type Err = MarkerError;

    fn from_str(text: &str) -> Result<Self, MarkerError> {
        let fail = |what: &str, at| MarkerError {
            what: what.to_owned(),
            at,
        };
        if let Some(at) = text.bytes().position(|b| b == b';') {
            return Err(fail("a statement has no semicolon", at));
        }
        let members = dictionary::members(text).map_err(|error| MarkerError {
            what: error.what,
            at: error.at,
        })?;
        match members.first() {
            Some(Member { key, value, .. }) if key == "v" => {
                if *value != Value::Integer(VERSION) {
                    return Err(fail("not version 1, the only one known", 0));
                }
            }
            _ => return Err(fail("a statement begins with v=1", 0)),
        }
        let mut marker = Marker::new(Declaration::new());
        let mut seen: Vec<&str> = Vec::new();
        for member in &members {
            let at = position(text, &member.key, seen.contains(&member.key.as_str()));
            if seen.contains(&member.key.as_str()) {
                return Err(fail("a member stands twice", at));
            }
            seen.push(&member.key);
            marker = take(marker, member).map_err(|what| MarkerError { what, at })?;
        }
        marker
            .declaration
            .check()
            .map_err(|error| fail(&error.to_string(), 0))?;
        Ok(marker)
    }
}

/// Where the member `key` begins; of two, the second where `again`.
fn position(text: &str, key: &str, again: bool) -> usize {
    let starts = |(at, _): &(usize, &str)| {
        let before = text.get(..*at).unwrap_or_default();
        let after = text.get(at + key.len()..).unwrap_or_default();
        (before.is_empty() || before.ends_with([' ', ',']))
            && !after.starts_with(|c: char| c.is_alphanumeric() || c == '-')
    };
    text.match_indices(key)
        .filter(starts)
        .nth(usize::from(again))
        .map_or(0, |(at, _)| at)
}

/// Adds what one member says.
fn take(mut marker: Marker, member: &Member) -> Result<Marker, String> {
    let key = member.key.as_str();
    if let Ok(usage) = key.parse::<Usage>() {
        let preference = Preference::ALL
            .into_iter()
            .find(|p| matches!(&member.value, Value::Token(t) if p.word() == Some(t)))
            .ok_or_else(|| format!("{key} is y, n or c"))?;
        marker.declaration = marker.declaration.say(usage, preference);
        return Ok(marker);
    }
    let bad = |what: &str| format!("{key} is {what}");
    let declaration = marker.declaration;
    marker.declaration = match (key, &member.value) {
        ("policy", Value::Text(url)) => {
            declaration.policy(url.parse().map_err(|_| bad("an http(s) URL"))?)
        }
        ("terms", Value::Text(text)) => {
            declaration.terms(text.parse().map_err(|_| bad("a digest of terms"))?)
        }
        ("declarer", Value::Text(name)) => declaration.declarer(name),
        ("role", Value::Token(name)) => {
            let role = Role::ALL.into_iter().find(|role| role.name() == name);
            declaration.role(role.ok_or_else(|| bad("artist, rightsholder or platform"))?)
        }
        ("declared", Value::Text(day)) => {
            declaration.declared(day.parse().map_err(|_| bad("a day"))?)
        }
        ("expires", Value::Text(day)) => {
            declaration.expires(day.parse().map_err(|_| bad("a day"))?)
        }
        ("v", _) | ("aipref", Value::Token(_)) => declaration,
        ("essence", Value::Text(text)) => {
            marker.essence = Some(text.parse().map_err(|_| bad("an essence"))?);
            declaration
        }
        ("iscc", Value::Text(text)) => {
            marker.code = Some(text.parse().map_err(|_| bad("a content code"))?);
            declaration
        }
        ("undo", Value::Text(text)) => {
            match text.parse() {
                Ok(undo) => marker.undo = Some(undo),
                Err(UndoError::Later) => marker.unknown_members = true,
                Err(UndoError::Damaged) => return Err(bad("an undo note")),
            }
            declaration
        }
        (
            "policy" | "terms" | "declarer" | "role" | "declared" | "expires" | "aipref"
            | "essence" | "iscc" | "undo",
            _,
        ) => return Err(bad("of another type")),
        _ => {
            marker.unknown_members = true;
            declaration
        }
    };
    Ok(marker)
}
