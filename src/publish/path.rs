//! At which address is a recording served, and does a rule speak of it?

use std::fmt;
use std::str::FromStr;

use crate::statement::Statement;

/// The path of a URL (RFC 3986 section 3.3): from the first `/` on, percent-encoded, without
/// query and fragment, at most 2,048 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrlPath(String);

/// The text is no [`UrlPath`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a URL's path begins with / and is percent-encoded, at most 2048 bytes")]
pub struct UrlPathError;

impl UrlPath {
    /// The path as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path with the two characters encoded that patterns give a meaning.
    pub(super) fn literal(&self) -> String {
        literal(&self.0)
    }

    /// The pattern for this path alone.
    pub(super) fn exact(&self) -> String {
        self.literal() + "$"
    }

    /// The path as rules are compared with it.
    pub(super) fn compared(&self) -> Compared {
        Compared(canonical(&self.literal()))
    }
}

/// A path in the one of its spellings that is compared (RFC 9309 section 2.2.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Compared(String);

impl Compared {
    /// Whether a pattern speaks of this path: a beginning of it, in which `*` stands for
    /// anything and a `$` at the end for the end (RFC 9309 section 2.2.3).
    pub(super) fn is_of(&self, pattern: &str) -> Option<Meant> {
        self.length_of(pattern).map(|(_, meant)| meant)
    }

    /// How long the pattern is that speaks of this path.
    pub(super) fn length_of(&self, pattern: &str) -> Option<(usize, Meant)> {
        spellings(pattern).find_map(|(pattern, meant)| {
            let (beginning, ends) = match pattern.strip_suffix('$') {
                Some(beginning) => (beginning, true),
                None => (pattern, false),
            };
            let beginning = canonical(beginning);
            let speaks = matches(&self.0, &beginning, ends);
            speaks.then(|| (beginning.len() + usize::from(ends), meant))
        })
    }

    /// Whether an address without a pattern's characters is this path.
    pub(super) fn is_at(&self, address: &str) -> Option<Meant> {
        let is_it = |address: &str| canonical(&literal(address)) == self.0;
        spellings(address).find_map(|(address, meant)| is_it(address).then_some(meant))
    }
}

/// Whether a text that speaks of this path means the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    Surely,
    /// Nobody knows at which host the recording is asked for: a whole URL may be another's.
    Perhaps,
}

impl Meant {
    /// What may be meant for another recording permits nothing.
    pub(super) fn hear(self, statements: &mut [Statement]) {
        if self == Meant::Perhaps {
            statements.iter_mut().for_each(Statement::permit_nothing);
        }
    }
}

/// A pattern or an address, and what of a whole URL is its path.
fn spellings(text: &str) -> impl Iterator<Item = (&str, Meant)> {
    let path = without_host(text).map(|path| (path, Meant::Perhaps));
    [(text, Meant::Surely)].into_iter().chain(path)
}

/// Whether a pattern can speak of the path of any URL. Others may be meant for any.
pub(super) fn is_pattern(text: &str) -> bool {
    text.is_empty() || text.starts_with(['/', '*']) || text.contains("://")
}

fn matches(path: &str, pattern: &str, ends: bool) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return !ends || rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if ends && parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    true
}

fn literal(path: &str) -> String {
    path.replace('*', "%2A").replace('$', "%24")
}

/// What stands behind the host of a URL, with a scheme or with none.
fn without_host(url: &str) -> Option<&str> {
    let behind = match url.split_once("://") {
        Some((scheme, behind)) if !scheme.contains('/') => behind,
        _ => url.strip_prefix("//")?,
    };
    Some(match behind.find('/') {
        Some(at) => behind.get(at..)?,
        None if behind.ends_with('$') => "/$",
        None => "/",
    })
}

/// Percent-encoded is only what would have another meaning else, and what is no visible ASCII.
fn canonical(path: &str) -> String {
    let mut bytes = path.as_bytes();
    let mut spelled = String::with_capacity(path.len());
    while let Some((first, behind)) = bytes.split_first() {
        let (byte, rest) = match behind.split_first_chunk() {
            Some((digits, rest)) if *first == b'%' => match hexadecimal(*digits) {
                Some(byte) => (byte, rest),
                None => (*first, behind),
            },
            _ => (*first, behind),
        };
        bytes = rest;
        let was_encoded = rest.len() < behind.len();
        let has_meaning = match byte {
            b'%' | b'$' => true,
            b'/' | b'?' | b'#' | b'*' => was_encoded,
            _ => !byte.is_ascii_graphic(),
        };
        if has_meaning {
            spelled.push('%');
            spelled.push_str(&data_encoding::HEXUPPER.encode(&[byte]));
        } else {
            spelled.push(char::from(byte));
        }
    }
    spelled
}

fn hexadecimal(digits: [u8; 2]) -> Option<u8> {
    let byte = data_encoding::HEXUPPER_PERMISSIVE.decode(&digits).ok()?;
    byte.first().copied()
}

impl fmt::Display for UrlPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for UrlPath {
    type Err = UrlPathError;

    fn from_str(text: &str) -> Result<UrlPath, UrlPathError> {
        let plain = |b: u8| {
            b.is_ascii_graphic()
                && !matches!(
                    b,
                    b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | b'?' | b'#'
                )
        };
        if text.starts_with('/') && text.len() <= 2048 && text.bytes().all(plain) {
            Ok(UrlPath(text.to_owned()))
        } else {
            Err(UrlPathError)
        }
    }
}
