//! The copyright text of QuickTime's user data (Apple, "QuickTime File Format", "User Data
//! Atoms") and of 3GPP (TS 26.244 section 8); integers are big-endian. Read, never written.
//!
//! `©cpy` holds texts, each behind its length and its language, of 16 bits each; `cprt`
//! one text behind version, flags and language, in UTF-8 or, behind FEFF, in UTF-16, ended
//! by a zero character.

use std::ops::Range;

use super::ilst::atoms;
use super::{Field, Value, keep};
use crate::error::Fault;
use crate::source::Source;

/// The range is that of the children of `udta`.
pub(crate) fn read(
    source: &mut Source,
    range: Range<u64>,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Vec<Field>, Fault> {
    let mut fields = Vec::new();
    for atom in atoms(source, range)? {
        let payload = atom.payload();
        let is_long = payload.end - payload.start > source.limits().field;
        let texts: &dyn Fn(&[u8]) -> Vec<String> = match &atom.kind {
            b"\xa9cpy" => &quicktime,
            b"cprt" => &|bytes| third_generation(bytes).into_iter().collect(),
            _ => continue,
        };
        if !wants("COPYRIGHT") {
            continue;
        }
        let values = if is_long {
            vec![Value::TOO_LONG]
        } else {
            let texts = texts(&source.bytes(payload.clone())?);
            texts.into_iter().map(Value::Text).collect()
        };
        for value in values {
            keep(&mut fields, source, payload.start, "COPYRIGHT", value)?;
        }
    }
    Ok(fields)
}

fn quicktime(mut bytes: &[u8]) -> Vec<String> {
    let mut texts = Vec::new();
    while let Some(([high, low, _, _], rest)) = bytes.split_first_chunk::<4>() {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(rest.len());
        let (text, behind) = rest.split_at(length);
        texts.push(String::from_utf8_lossy(text).into_owned());
        bytes = behind;
    }
    texts
}

fn third_generation(bytes: &[u8]) -> Option<String> {
    let text = bytes.get(6..)?;
    let Some(wide) = text.strip_prefix(b"\xfe\xff") else {
        let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
        return Some(String::from_utf8_lossy(text).into_owned());
    };
    let (units, _) = wide.as_chunks::<2>();
    let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
    let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
    Some(String::from_utf16_lossy(&units))
}
