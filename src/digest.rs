//! Which bytes were these? One type for each kind, so that two kinds cannot be compared.

use std::fmt;
use std::io::{self, Read, Write};
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// The text is no digest of the expected form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a digest: sha256: and 64 lower-case hexadecimal digits")]
pub struct DigestError;

/// SHA-256 (FIPS 180-4) of every byte of a file. Never stored inside the file it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileDigest(pub(crate) [u8; 32]);

/// SHA-256 (FIPS 180-4) of the coded packets of the first audio stream, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EssenceDigest(pub(crate) [u8; 32]);

/// SHA-256 (FIPS 180-4) of the decoded samples of a lossless stream, interleaved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PcmDigest(pub(crate) [u8; 32]);

/// SHA-256 (FIPS 180-4) of the terms of conditional uses, byte for byte as they were.
///
/// Nothing is normalised: what counts as the same text is then no matter of opinion, and
/// `sha256sum` prints the same digits.
///
/// ```
/// use noai_audio::TermsDigest;
/// let terms = TermsDigest::of(&b"Ask first.\n"[..])?;
/// assert_eq!(
///     terms.to_string(),
///     "sha256:110a6a99188c8a2b3ab89d4b7c3641a12efd9422553aa7ee7eaa7e77485f734d"
/// );
/// assert_ne!(terms, TermsDigest::of(&b"Ask first.\r\n"[..])?);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TermsDigest([u8; 32]);

impl TermsDigest {
    /// The digest of all that `terms` has left to read, of which little is held at a time.
    ///
    /// # Errors
    /// Where `terms` cannot be read to its end.
    pub fn of(mut terms: impl Read) -> io::Result<TermsDigest> {
        let mut digest = Hashed(Sha256::new());
        io::copy(&mut terms, &mut digest)?;
        Ok(TermsDigest(digest.0.finalize().into()))
    }
}

/// Takes what is written to it into the digest.
struct Hashed(Sha256);

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The first 16 bytes of the SHA-256 of everything in a file that is not essence, in
/// file order: tells a `strip` whether it gave the whole file back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RestDigest(pub(crate) [u8; 16]);

macro_rules! sha256_text {
    ($type:ident) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("sha256:")?;
                hex(&self.0, f)
            }
        }

        impl FromStr for $type {
            type Err = DigestError;

            fn from_str(text: &str) -> Result<Self, DigestError> {
                text.strip_prefix("sha256:")
                    .and_then(unhex)
                    .map($type)
                    .ok_or(DigestError)
            }
        }
    };
}

sha256_text!(FileDigest);
sha256_text!(EssenceDigest);
sha256_text!(PcmDigest);
sha256_text!(TermsDigest);

impl fmt::Display for RestDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl FromStr for RestDigest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        unhex(text).map(RestDigest).ok_or(DigestError)
    }
}

fn hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let digit = |c: u8| match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    };
    if text.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}
