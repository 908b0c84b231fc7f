//! Our lines in a RIFF `INFO` list (the payload behind `INFO`; Microsoft and IBM,
//! "Multimedia Programming Interface and Data Specifications 1.0", 1991; sizes are
//! little-endian).
//!
//! An item's name has four characters: only `NOAI` has a place of its own. The copyright
//! field is `ICOP`. New items stand before the first one, so that a last item whose pad
//! byte is missing stays last. Every other item stays byte for byte.

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
    let mut fields = Vec::new();
    for item in items(source, range)? {
        if let Some(name) = item.name().filter(|name| wants(name)) {
            let value = item.value(source)?;
            keep(&mut fields, source, item.whole.start, name, value)?;
        }
    }
    Ok(fields)
}

pub(crate) fn edit(
    source: &mut Source,
    range: Range<u64>,
    wanted: &Wanted<'_>,
) -> Result<Edited, Fault> {
    let items = items(source, range.clone())?;
    let mut splices = Vec::new();
    for item in items.iter().filter(|item| &item.kind == b"NOAI") {
        if item.name().is_some_and(wanted.out) {
            splices.push(Splice::remove(item.whole.clone()));
        }
    }
    let untouched = wanted.copyright.is_untouched();
    let copyright = items
        .iter()
        .rfind(|item| &item.kind == b"ICOP" && !untouched);
    let text = match copyright {
        Some(item) => Some(item.lossy_text(source)?),
        None => None,
    };
    let edit = wanted.copyright.edit(text.as_deref(), false);
    if let Some(item) = copyright {
        if edit.remove {
            splices.push(Splice::remove(item.whole.clone()));
        } else if edit.drop > 0 || !edit.add.is_empty() {
            splices.extend(append(source, item, edit.drop, &edit.add)?);
        }
    }
    let fields = wanted
        .fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()));
    let copyright = edit.create.iter().map(|text| ("ICOP", text.as_str()));
    let new: Vec<u8> = fields
        .filter(|(name, _)| *name == "NOAI")
        .chain(copyright)
        .flat_map(|(name, value)| new_item(name, value))
        .collect();
    if !new.is_empty() {
        splices.insert(0, Splice::insert(range.start, new));
    }
    Ok(Edited {
        splices,
        notice: edit.notice,
        ..Edited::default()
    })
}

/// An item with a terminated text.
fn new_item(name: &str, text: &str) -> Vec<u8> {
    let mut bytes = name.as_bytes().to_vec();
    bytes.extend((text.len() as u32 + 1).to_le_bytes());
    bytes.extend(text.bytes());
    bytes.push(0);
    if bytes.len() % 2 == 1 {
        bytes.push(0);
    }
    bytes
}

/// Changes the end of a text, its size, and the pad byte that its parity asks for.
fn append(source: &mut Source, item: &Item, drop: usize, add: &str) -> Result<Vec<Splice>, Fault> {
    let end = item.payload.start + item.text_length(source)?;
    let old = drop as u64;
    let size = item.payload.end - item.payload.start + add.len() as u64 - old;
    let unpadded =
        (item.payload.end - item.payload.start) % 2 == 1 && item.whole.end == item.payload.end;
    if unpadded {
        let what = "LIST INFO: ICOP has no pad byte";
        return Err(Fault::Unsupported(what, item.payload.end));
    }
    let pad = vec![0; usize::from(size % 2 == 1)];
    Ok(vec![
        Splice::replace(
            item.whole.start + 4..item.payload.start,
            (size as u32).to_le_bytes(),
        ),
        Splice::replace(end - old..end, add.as_bytes()),
        Splice::replace(item.payload.end..item.whole.end, pad),
    ])
}

struct Item {
    kind: [u8; 4],
    /// With header and pad byte.
    whole: Range<u64>,
    payload: Range<u64>,
}

/// The items that fill `range`.
fn items(source: &mut Source, range: Range<u64>) -> Result<Vec<Item>, Fault> {
    let mut items = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let wrong = Fault::Malformed("LIST INFO: wrong item size", at);
        if range.end - at < 8 {
            return Err(wrong);
        }
        let payload = at + 8..at + 8 + u64::from(source.le32(at + 4)?);
        if payload.end > range.end {
            return Err(wrong);
        }
        let odd = (payload.end - payload.start) % 2;
        let whole = at..(payload.end + odd).min(range.end);
        if whole.end > payload.end && source.byte(payload.end)? != 0 {
            return Err(Fault::Malformed(
                "LIST INFO: pad byte is not zero",
                payload.end,
            ));
        }
        if items.len() >= source.limits().parts as usize {
            return Err(Fault::Limit("LIST INFO: too many items", at));
        }
        at = whole.end;
        items.push(Item {
            kind: source.array(whole.start)?,
            payload,
            whole,
        });
    }
    Ok(items)
}

impl Item {
    fn name(&self) -> Option<&'static str> {
        match &self.kind {
            b"NOAI" => Some("NOAI"),
            b"ICOP" => Some("COPYRIGHT"),
            _ => None,
        }
    }

    fn value(&self, source: &mut Source) -> Result<Value, Fault> {
        if self.payload.end - self.payload.start > source.limits().field {
            return Ok(Value::TOO_LONG);
        }
        Ok(Value::Text(self.lossy_text(source)?))
    }

    /// The text without its terminator. The standard names no encoding: where it is not
    /// UTF-8 the characters beyond ASCII are lost, and only here.
    fn lossy_text(&self, source: &mut Source) -> Result<String, Fault> {
        let end = self.payload.start + self.text_length(source)?;
        let bytes = source.bytes(self.payload.start..end)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn text_length(&self, source: &mut Source) -> Result<u64, Fault> {
        if self.payload.end - self.payload.start > source.limits().field {
            let what = "LIST INFO: ICOP is too long for a notice";
            return Err(Fault::Limit(what, self.payload.start));
        }
        let bytes = source.bytes(self.payload.clone())?;
        let filled = bytes.iter().rposition(|byte| *byte != 0);
        Ok(filled.map_or(0, |last| last as u64 + 1))
    }
}
