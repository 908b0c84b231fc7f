//! What the text of an ID3v2 frame says, and how a character is written behind it.

/// The body of a text frame: an encoding byte, then values between terminators.
pub(super) struct Text<'a> {
    encoding: u8,
    bytes: &'a [u8],
}

/// The last value of a text that is not empty, or the only one.
pub(super) struct LastValue {
    pub(super) text: String,
    /// Where it ends in the frame's body, in bytes.
    pub(super) end: usize,
    /// Bytes for each ASCII character.
    pub(super) unit: usize,
    little_endian: bool,
    head: Head,
}

/// The encoding byte of one-byte characters and the byte order mark of UTF-16: what has to
/// stand before the first character and is as long as one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Head {
    Missing,
    Directly,
    Elsewhere,
}

impl LastValue {
    /// The text, after an edit that appended `length` characters, the last of them `notice`.
    /// Where its head was missing then, that is the first of them.
    pub(super) fn since(&mut self, length: usize, notice: &str) -> String {
        let is_all = self.text.chars().count() + 1 == length && self.text.ends_with(notice);
        if self.head == Head::Directly && is_all {
            self.head = Head::Missing;
            return format!("\u{feff}{}", self.text);
        }
        self.text.clone()
    }

    /// The head, where it is missing.
    pub(super) fn missing(&self) -> Vec<u8> {
        match (self.head, self.unit) {
            (Head::Missing, 1) => vec![0],
            (Head::Missing, _) if self.little_endian => vec![0xff, 0xfe],
            (Head::Missing, _) => vec![0xfe, 0xff],
            _ => Vec::new(),
        }
    }

    /// The bytes of one ASCII character.
    pub(super) fn encode(&self, ascii: u8) -> Vec<u8> {
        match (self.unit, self.little_endian) {
            (1, _) => vec![ascii],
            (_, true) => vec![ascii, 0],
            (_, false) => vec![0, ascii],
        }
    }
}

impl<'a> Text<'a> {
    /// The text of a frame's body; `None` where the encoding is none of the four.
    pub(super) fn new(body: &'a [u8]) -> Option<Text<'a>> {
        let (encoding, bytes) = body.split_first()?;
        (*encoding <= 3).then_some(Text {
            encoding: *encoding,
            bytes,
        })
    }

    /// Description and value of a `TXXX` frame; an inner `None` where the value does not
    /// fit its encoding.
    pub(super) fn described(&self) -> Option<(String, Option<String>)> {
        let unit = self.unit();
        let end = self.bytes.chunks_exact(unit).position(is_zero)? * unit;
        let name = self.decode(self.bytes.get(..end)?, None)?;
        let rest = self.bytes.get(end + unit..)?;
        let value = self.decode(rest, byte_order(self.bytes));
        let value = value.map(|text| text.trim_end_matches('\0').to_owned());
        Some((name, value))
    }

    /// Every value of a text frame; `None` where they do not fit the encoding.
    pub(super) fn values(&self) -> Option<Vec<String>> {
        let text = self.decode(self.bytes, None)?;
        let values = text.trim_end_matches('\0').split('\0');
        let bare = |value: &str| value.trim_start_matches('\u{feff}').to_owned();
        Some(values.map(bare).collect())
    }

    /// The value of a frame's body that a notice is appended to; `None` where how is unclear.
    pub(super) fn last_value(body: &[u8]) -> Option<LastValue> {
        if body.is_empty() {
            return Some(LastValue {
                text: String::new(),
                end: 0,
                unit: 1,
                little_endian: false,
                head: Head::Missing,
            });
        }
        let text = Text::new(body)?;
        let unit = text.unit();
        if !text.bytes.len().is_multiple_of(unit) {
            return None;
        }
        let units: Vec<&[u8]> = text.bytes.chunks_exact(unit).collect();
        let filled = units.iter().rposition(|unit| !is_zero(unit));
        let end = filled.map_or(0, |last| last + 1);
        let gap = units.get(..end)?.iter().rposition(|unit| is_zero(unit));
        let start = gap.map_or(0, |zero| zero + 1);
        let value = text.bytes.get(start * unit..end * unit)?;
        let head = match (text.encoding, byte_order(value)) {
            (0, _) | (1, Some(_)) if start == 0 => Head::Directly,
            (1, None) if text.bytes.is_empty() => Head::Missing,
            _ => Head::Elsewhere,
        };
        let order = match text.encoding {
            1 if head == Head::Missing => Some(true),
            1 => Some(byte_order(value).or(byte_order(text.bytes))?),
            _ => None,
        };
        Some(LastValue {
            text: text.decode(value, order)?,
            end: 1 + end * unit,
            unit,
            little_endian: order == Some(true),
            head,
        })
    }

    fn unit(&self) -> usize {
        if matches!(self.encoding, 1 | 2) { 2 } else { 1 }
    }

    /// Decodes without a leading byte order mark. `little` counts where none stands.
    fn decode(&self, bytes: &[u8], little: Option<bool>) -> Option<String> {
        match self.encoding {
            0 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
            3 => String::from_utf8(bytes.to_vec()).ok(),
            _ => {
                let little = byte_order(bytes).or(little).unwrap_or(false);
                let units = bytes.chunks_exact(2).map(|pair| match pair {
                    [a, b] if little => u16::from_le_bytes([*a, *b]),
                    [a, b] => u16::from_be_bytes([*a, *b]),
                    _ => 0,
                });
                let text: String = char::decode_utf16(units).collect::<Result<_, _>>().ok()?;
                Some(text.trim_start_matches('\u{feff}').to_owned())
            }
        }
    }
}

/// The names that the body of a `TXXX` frame may have, whatever its encoding byte says;
/// where it is flagged, whatever the flags put before it, too.
pub(super) fn likely_names(body: &[u8], is_flagged: bool) -> impl Iterator<Item = String> {
    // Group and encryption method are a byte each, lengths four.
    let before: &[usize] = if is_flagged {
        &[0, 1, 2, 4, 5, 6]
    } else {
        &[0]
    };
    before
        .iter()
        .flat_map(|before| {
            let text = |at| body.get(before + at..).unwrap_or_default();
            [narrow(text(1)), wide(text(1)), wide(text(3))]
        })
        .flatten()
}

/// Bytes up to a zero.
fn narrow(text: &[u8]) -> Option<String> {
    let end = text.iter().position(|byte| *byte == 0)?;
    text.get(..end)
        .map(|name| name.iter().map(|byte| char::from(*byte)).collect())
}

/// Pairs of a byte and a zero, in either order, up to two zeros.
fn wide(text: &[u8]) -> Option<String> {
    let (units, _) = text.as_chunks::<2>();
    let end = units.iter().position(|unit| is_zero(unit))?;
    let one = |unit: &[u8; 2]| match unit {
        [byte, 0] | [0, byte] => Some(char::from(*byte)),
        _ => None,
    };
    units.get(..end)?.iter().map(one).collect()
}

fn is_zero(unit: &[u8]) -> bool {
    unit.iter().all(|byte| *byte == 0)
}

/// Whether a byte order mark says little-endian, where one stands.
fn byte_order(bytes: &[u8]) -> Option<bool> {
    match bytes.get(..2) {
        Some([0xff, 0xfe]) => Some(true),
        Some([0xfe, 0xff]) => Some(false),
        _ => None,
    }
}
