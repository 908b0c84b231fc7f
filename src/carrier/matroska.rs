//! Lines like ours in Matroska's `Tags` (RFC 9559 section 5.1.8).
//! Read, never written.
//!
//! `Tag` holds `SimpleTag`s, each a `TagName` and a `TagString` in UTF-8. ffmpeg writes
//! names in upper case there.

use std::ops::Range;

use super::ebml::{Element, element, text};
use super::{Field, Value, keep};
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
    let depth = source.limits().depth;
    gather(source, range, wants, &mut fields, &mut left, depth)?;
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
    let (mut name, mut values, mut at) = (None, Vec::new(), range.start);
    while at < range.end {
        let part = element(source, at, range.end)?;
        *left = left
            .checked_sub(1)
            .ok_or(Fault::Limit("Matroska: too many tags", at))?;
        let is_tag = matches!(part.id, TAG | SIMPLE_TAG);
        if is_tag && depth == 0 {
            return Err(Fault::Limit("Matroska: tags too deep in each other", at));
        }
        if part.is_open {
            return Err(Fault::Malformed("Matroska: a tag without a size", at));
        }
        at = part.payload.end;
        match part.id {
            TAG | SIMPLE_TAG => gather(source, part.payload, wants, fields, left, depth - 1)?,
            TAG_NAME => name = Some(text(source, &part)?),
            TAG_STRING | TAG_BINARY => values.push(part),
            _ => {}
        }
    }
    let Some(name) = name.filter(|name| wants(name)) else {
        return Ok(());
    };
    if values.is_empty() {
        return keep(fields, source, range.start, &name, Value::MISSING);
    }
    for part in values {
        let value = match part.id {
            TAG_BINARY => Value::NO_TEXT,
            _ => value_of(source, &part)?,
        };
        keep(fields, source, part.payload.start, &name, value)?;
    }
    Ok(())
}

fn value_of(source: &mut Source, element: &Element) -> Result<Value, Fault> {
    Ok(match Value::utf8(source, element.payload.clone())? {
        Value::Text(text) => {
            // RFC 8794 section 7.4: what stands behind a zero is no text.
            let length = text.find('\0').unwrap_or(text.len());
            Value::Text(text.get(..length).unwrap_or_default().to_owned())
        }
        unreadable @ Value::Unreadable(_) => unreadable,
    })
}
