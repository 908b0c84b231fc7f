//! What has to be noted of the end of a file before a tag chunk stands behind it.

use std::fmt;

use super::open::Open;

/// How a file ended before a tag chunk was put behind its last chunk.
///
/// Its text form, the note, is `[WORD][.open:OUTER[:DATA]]`: a word where the last chunk
/// is odd and its pad byte is not there or not counted, and sizes that were never filled
/// in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ending {
    /// The pad byte of an odd last chunk is there,
    pub(super) padded: bool,
    /// and the outer size counts it.
    pub(super) counted: bool,
    pub(super) open: Option<Open>,
}

/// The pad byte is there, and it is counted.
const WORDS: [(&str, bool, bool); 3] = [
    ("uncounted", true, false),
    ("unpadded", false, false),
    ("promised", false, true),
];

impl Ending {
    /// The usual one.
    pub(super) const PLAIN: Ending = Ending {
        padded: true,
        counted: true,
        open: None,
    };

    /// The ending that a note tells of.
    pub(super) fn noted(note: Option<&str>) -> Ending {
        let mut ending = Ending::PLAIN;
        for part in note.unwrap_or_default().split('.') {
            if let Some((_, padded, counted)) = WORDS.iter().find(|(word, ..)| *word == part) {
                (ending.padded, ending.counted) = (*padded, *counted);
            } else if let Some(sizes) = part.strip_prefix("open:") {
                let mut sizes = sizes.split(':').map(str::parse);
                ending.open = match (sizes.next(), sizes.next(), sizes.next()) {
                    (Some(Ok(outer)), None, _) => Some(Open { outer, data: None }),
                    (Some(Ok(outer)), Some(Ok(data)), None) => Some(Open {
                        outer,
                        data: Some(data),
                    }),
                    _ => None,
                };
            }
        }
        ending
    }

    /// The note; none for the usual ending.
    pub(super) fn note(self) -> Option<String> {
        (self != Ending::PLAIN).then(|| self.to_string())
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_this = |(_, padded, counted): &&(&str, bool, bool)| {
            (*padded, *counted) == (self.padded, self.counted)
        };
        let word = WORDS.iter().find(is_this).map(|(word, ..)| *word);
        f.write_str(word.unwrap_or_default())?;
        if let Some(Open { outer, data }) = self.open {
            let dot = if word.is_some() { "." } else { "" };
            write!(f, "{dot}open:{outer}")?;
            if let Some(data) = data {
                write!(f, ":{data}")?;
            }
        }
        Ok(())
    }
}
