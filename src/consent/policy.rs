//! Where do the terms of a conditional use stand?

use std::fmt;
use std::str::FromStr;

use super::DeclarationError;

/// The address of the terms for conditional uses.
///
/// An absolute `http` or `https` URL (RFC 3986) in printable ASCII, at most 2,048
/// bytes, without space, `"`, `\` and `;`: ffmpeg joins repeated fields with `;`, so
/// one inside a value could not be told from a join. Write `%3B` instead.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PolicyUrl(String);

impl PolicyUrl {
    /// The URL as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PolicyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PolicyUrl {
    type Err = DeclarationError;

    fn from_str(text: &str) -> Result<Self, DeclarationError> {
        let host = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        let plain = text
            .bytes()
            .all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\' | b';'));
        if host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
            && plain
            && text.len() <= 2048
        {
            Ok(PolicyUrl(text.to_owned()))
        } else {
            Err(DeclarationError::PolicyUrl)
        }
    }
}
