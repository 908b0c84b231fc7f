//! At which address is a recording served, and does a rule speak of it?

use std::fmt;
use std::str::FromStr;

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
        self.0.replace('*', "%2A").replace('$', "%24")
    }

    /// The pattern for this path alone.
    pub(super) fn exact(&self) -> String {
        self.literal() + "$"
    }

    /// Whether a pattern speaks of this path: a beginning of it, in which `*` stands for
    /// anything and a `$` at the end for the end (RFC 9309 section 2.2.3).
    pub(super) fn is_of(&self, pattern: &str) -> bool {
        let path = self.literal();
        let (pattern, ends) = match pattern.strip_suffix('$') {
            Some(pattern) => (pattern, true),
            None => (pattern, false),
        };
        let mut parts = pattern.split('*');
        let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else {
            return false;
        };
        let parts: Vec<&str> = parts.collect();
        if parts.is_empty() {
            return !ends || rest.is_empty();
        }
        let last = parts.len() - 1;
        for (place, part) in parts.into_iter().enumerate() {
            if ends && place == last {
                return rest.ends_with(part);
            }
            match rest.split_once(part) {
                Some((_, behind)) => rest = behind,
                None => return false,
            }
        }
        true
    }
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
