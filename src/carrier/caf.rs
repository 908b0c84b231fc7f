//! Lines like ours in the chunk `info` of a Core Audio Format file (Apple, "Core Audio
//! Format Specification 1.0", "Information Chunk"; integers are big-endian). Read, never
//! written.
//!
//! A count of 4 bytes, then names and values in UTF-8, each ended by a zero byte.

use std::ops::Range;

use super::{Field, Value, keep};
use crate::error::Fault;
use crate::source::Source;

pub(crate) fn read(
    source: &mut Source,
    range: Range<u64>,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Vec<Field>, Fault> {
    let wrong = Fault::Malformed("CAF: wrong information chunk", range.start);
    if range.end - range.start < 4 {
        return Err(wrong);
    }
    let bytes = source.bytes(range.start + 4..range.end)?;
    let mut texts = bytes.split(|byte| *byte == 0);
    let mut fields = Vec::new();
    while let Some(name) = texts.next() {
        let (name, value) = (String::from_utf8_lossy(name), texts.next());
        if wants(&name) {
            let value = match value {
                None => Value::MISSING,
                Some(text) if text.len() as u64 > source.limits().field => Value::TOO_LONG,
                Some(text) => Value::of_utf8(text.to_vec()),
            };
            keep(&mut fields, source, range.start, &name, value)?;
        }
    }
    Ok(fields)
}
