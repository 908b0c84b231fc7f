//! Our notice in an AIFF copyright chunk (the payload of `(c) `; Apple, "Audio
//! Interchange File Format 1.3", 1989).
//!
//! Text chunks have no names: only the copyright field has a place.

use std::ops::Range;

use super::{Edited, Field, Value, Wanted, keep};
use crate::error::Fault;
use crate::source::Source;
use crate::splice::Splice;

pub(crate) fn read(
    source: &mut Source,
    range: Range<u64>,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Vec<Field>, Fault> {
    const NAME: &str = "COPYRIGHT";
    if !wants(NAME) {
        return Ok(Vec::new());
    }
    let start = range.start;
    let value = if range.end - start > source.limits().field {
        Value::TOO_LONG
    } else {
        Value::Text(text(source, range)?.0)
    };
    let mut fields = Vec::new();
    keep(&mut fields, source, start, NAME, value)?;
    Ok(fields)
}

pub(crate) fn edit(
    source: &mut Source,
    range: Range<u64>,
    wanted: &Wanted<'_>,
) -> Result<Edited, Fault> {
    if wanted.copyright.is_untouched() {
        return Ok(Edited::default());
    }
    let (text, end) = text(source, range)?;
    let edit = wanted.copyright.edit(Some(&text), false);
    let old = edit.drop as u64;
    let mut splices = Vec::new();
    if old > 0 || !edit.add.is_empty() {
        splices.push(Splice::replace(end - old..end, edit.add.as_bytes()));
    }
    Ok(Edited {
        splices,
        notice: edit.notice,
        ..Edited::default()
    })
}

/// The text, without zeros behind it, and where it ends.
fn text(source: &mut Source, range: Range<u64>) -> Result<(String, u64), Fault> {
    if range.end - range.start > source.limits().field {
        let what = "AIFF: the copyright text is too long for a notice";
        return Err(Fault::Limit(what, range.start));
    }
    let bytes = source.bytes(range.clone())?;
    let filled = bytes.iter().rposition(|byte| *byte != 0);
    let length = filled.map_or(0, |last| last + 1);
    let text = String::from_utf8_lossy(bytes.get(..length).unwrap_or_default()).into_owned();
    Ok((text, range.start + length as u64))
}
