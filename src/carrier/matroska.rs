//! Lines like ours in Matroska's `Tags` (RFC 9559 section 5.1.8).
//! Read, never written.
//!
//! `Tag` holds `SimpleTag`s, each a `TagName` and a `TagString` in UTF-8. ffmpeg writes
//! names in upper case there.

use std::ops::Range;

use super::ebml::{Element, element, text};
use super::{Field, Value};
use crate::error::Fault;
use crate::source::Source;

const TAG: u32 = 0x7373;
const SIMPLE_TAG: u32 = 0x67c8;
const TAG_NAME: u32 = 0x45a3;
const TAG_STRING: u32 = 0x4487;
const TAG_BINARY: u32 = 0x4485;

pub(crate) fn read(
    source: &mut Source,
    range: Range<u64>,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Vec<Field>, Fault> {
    let mut fields = Vec::new();
    let mut left = source.limits().parts;
    // A tag in a tag says more about it; a few levels are enough for anybody.
    gather(source, range, wants, &mut fields, &mut left, 8)?;
    Ok(fields)
}

/// Gathers what is wanted of the elements in `range`, at most `left` of them in all.
fn gather(
    source: &mut Source,
    range: Range<u64>,
    wants: &dyn Fn(&str) -> bool,
    fields: &mut Vec<Field>,
    left: &mut u32,
    depth: u32,
) -> Result<(), Fault> {
    let (mut name, mut value, mut at) = (None, None, range.start);
    while at < range.end {
        let part = element(source, at, range.end)?;
        *left = left
            .checked_sub(1)
            .filter(|_| depth > 0 && !part.is_open)
            .ok_or(Fault::Limit("Matroska: too many tags", at))?;
        at = part.payload.end;
        match part.id {
            TAG | SIMPLE_TAG => gather(source, part.payload, wants, fields, left, depth - 1)?,
            TAG_NAME => name = Some(text(source, &part)?),
            TAG_STRING | TAG_BINARY => value = Some(part),
            _ => {}
        }
    }
    if let (Some(name), Some(part)) = (name, value)
        && wants(&name)
    {
        let value = match part.id {
            TAG_BINARY => Value::Unreadable("the data is no text"),
            _ => value_of(source, &part)?,
        };
        // Each value is bounded; together they must be, too.
        let cost = (part.payload.end - part.payload.start) / 64;
        *left = left.saturating_sub(u32::try_from(cost).unwrap_or(u32::MAX));
        fields.push(Field { name, value });
    }
    Ok(())
}

fn value_of(source: &mut Source, element: &Element) -> Result<Value, Fault> {
    let Range { start, end } = element.payload;
    if end - start > source.limits().field {
        return Ok(Value::Unreadable("the field is too long"));
    }
    let mut bytes = source.bytes(start..end)?;
    bytes.truncate(bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len()));
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Value::Text(text),
        Err(_) => Value::Unreadable("the text is not UTF-8"),
    })
}
