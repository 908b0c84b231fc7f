//! Lines like ours in an APEv2 tag at the end of a file (Hydrogenaudio: "APEv2
//! specification"; integers are little-endian). Read, never written.

use std::ops::Range;

use super::{Field, Value, keep};
use crate::error::Fault;
use crate::source::Source;

const FOOTER: u64 = 32;
const HAS_HEADER: u32 = 1 << 31;

/// The range of the APEv2 tag, header included, that ends at `end`; `None` where none does.
pub(crate) fn ends_at(source: &mut Source, end: u64) -> Result<Option<Range<u64>>, Fault> {
    let Some(footer) = end.checked_sub(FOOTER) else {
        return Ok(None);
    };
    if !source.has(footer, b"APETAGEX")? {
        return Ok(None);
    }
    let size = u64::from(source.le32(footer + 12)?);
    let header = if source.le32(footer + 20)? & HAS_HEADER != 0 {
        FOOTER
    } else {
        0
    };
    end.checked_sub(size + header)
        .filter(|_| size >= FOOTER)
        .map(|start| Some(start..end))
        .ok_or(Fault::Malformed("APEv2: wrong tag size", footer + 12))
}

pub(crate) fn read(
    source: &mut Source,
    range: Range<u64>,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Vec<Field>, Fault> {
    let footer = range.end - FOOTER;
    let mut at = footer + FOOTER - u64::from(source.le32(footer + 12)?);
    let (mut fields, mut parts) = (Vec::new(), 0);
    // Up to the footer, whatever number of items that states: a wrong one hides nothing.
    while at < footer {
        let wrong = Fault::Malformed("APEv2: wrong item", at);
        if footer - at < 9 {
            return Err(wrong);
        }
        parts += 1;
        if parts > source.limits().parts {
            return Err(Fault::Limit("APEv2: too many items", at));
        }
        let size = u64::from(source.le32(at)?);
        let is_text = source.le32(at + 4)? & 0b110 == 0;
        let longest = footer.min(at + 8 + 256);
        let key = source.bytes(at + 8..longest)?;
        let length = key.iter().position(|byte| *byte == 0).ok_or(wrong)?;
        let name = String::from_utf8_lossy(key.get(..length).unwrap_or_default()).into_owned();
        let value = at + 8 + length as u64 + 1;
        at = value + size;
        if at > footer {
            return Err(Fault::Malformed(
                "APEv2: the item is longer than the tag",
                value,
            ));
        }
        if wants(&name) {
            let text = if is_text {
                Value::utf8(source, value..at)?
            } else {
                Value::NO_TEXT
            };
            keep(&mut fields, source, value, &name, text)?;
        }
    }
    Ok(fields)
}
