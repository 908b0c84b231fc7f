//! Is this probably the same recording, in 32 bytes that fit in a tag?

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE32_NOPAD;

/// The ISCC Audio-Code of 256 bits (ISO 24138): a similarity hash of the fingerprint of
/// the whole recording.
///
/// Its text form is `ISCC:` and an ISCC unit in base32. Transcodes differ in few bits;
/// a part of a recording in many, as another recording does.
///
/// ```
/// use noai_audio::ContentCode;
/// let code: ContentCode = "ISCC:EIDQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".parse()?;
/// assert_eq!(code.distance(&code), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentCode([u8; 32]);

/// Main type Content, subtype Audio, version 0, length 256 (ISO 24138 section 5).
const HEADER: [u8; 2] = [0x22, 0x07];

impl ContentCode {
    /// The code of a fingerprint (ISO 24138 section 10.4). `None` where most of it stands
    /// still: all silence has one code.
    #[cfg(feature = "fingerprint")]
    pub(crate) fn of(fingerprint: &super::Fingerprint) -> Option<ContentCode> {
        if fingerprint.is_monotonous() {
            return None;
        }
        let items = fingerprint.items().iter();
        let vector: Vec<i32> = items.map(|item| item.cast_signed()).collect();
        let code = iscc_lib::gen_audio_code_v0(&vector, 256).ok()?;
        code.iscc.parse().ok()
    }

    /// The number of bits in which the two differ, 0 to 256.
    #[must_use]
    pub fn distance(&self, other: &ContentCode) -> u32 {
        let pairs = self.0.iter().zip(other.0);
        pairs.map(|(a, b)| (a ^ b).count_ones()).sum()
    }
}

impl fmt::Display for ContentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = [&HEADER, self.0.as_slice()].concat();
        write!(f, "ISCC:{}", BASE32_NOPAD.encode(&unit))
    }
}

/// The text is no Audio-Code of 256 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a content code: ISCC: and an Audio-Code of 256 bits in base32")]
pub struct ContentCodeError;

impl FromStr for ContentCode {
    type Err = ContentCodeError;

    fn from_str(text: &str) -> Result<Self, ContentCodeError> {
        let unit = text
            .strip_prefix("ISCC:")
            .and_then(|unit| BASE32_NOPAD.decode(unit.as_bytes()).ok())
            .ok_or(ContentCodeError)?;
        let bits = unit.strip_prefix(&HEADER).ok_or(ContentCodeError)?;
        bits.try_into()
            .map(ContentCode)
            .map_err(|_| ContentCodeError)
    }
}
