//! The elements that Matroska is made of (RFC 8794): an identifier, a size and a payload.

use std::ops::Range;

use crate::error::Fault;
use crate::source::Source;

/// An element: what it is and where its payload stands.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub(crate) id: u32,
    pub(crate) payload: Range<u64>,
    /// It does not say where it ends: the payload goes on to the end of its parent.
    pub(crate) is_open: bool,
}

/// The element at `at`, in a parent that ends at `end`.
pub(crate) fn element(source: &mut Source, at: u64, end: u64) -> Result<Element, Fault> {
    let wrong = Fault::Malformed("Matroska: wrong element", at);
    let width = source.byte(at)?.leading_zeros() as usize + 1;
    if width > 4 {
        return Err(wrong);
    }
    let id = big_endian(source, at..at + width as u64)? as u32;
    let (size, start) = vint(source, at + width as u64, end)?;
    // All bits set: the size is not known.
    let is_open = size == (1 << (7 * (start - at - width as u64))) - 1;
    let stop = if is_open {
        Some(end)
    } else {
        start.checked_add(size)
    };
    let stop = stop
        .filter(|stop| *stop <= end && start <= end)
        .ok_or(wrong)?;
    Ok(Element {
        id,
        payload: start..stop,
        is_open,
    })
}

/// The elements that fill `range`.
pub(crate) fn children(source: &mut Source, range: Range<u64>) -> Result<Vec<Element>, Fault> {
    let mut elements = Vec::new();
    let mut at = range.start;
    while at < range.end {
        if elements.len() >= source.limits().parts as usize {
            return Err(Fault::Limit("Matroska: too many elements", at));
        }
        let element = element(source, at, range.end)?;
        at = element.payload.end;
        elements.push(element);
    }
    Ok(elements)
}

/// The first child of this kind.
pub(crate) fn find(
    source: &mut Source,
    range: Range<u64>,
    id: u32,
) -> Result<Option<Element>, Fault> {
    let mut children = children(source, range)?.into_iter();
    Ok(children.find(|element| element.id == id))
}

/// Where an element of unknown size ends: before the first of these kinds.
pub(crate) fn open_end(source: &mut Source, open: &Element, ends: &[u32]) -> Result<u64, Fault> {
    let Range { start: mut at, end } = open.payload;
    let mut parts = 0;
    while at < end {
        let element = element(source, at, end)?;
        if ends.contains(&element.id) {
            break;
        }
        parts += 1;
        if element.is_open || parts > source.limits().parts {
            return Err(Fault::Unsupported(
                "Matroska: an element without a size",
                at,
            ));
        }
        at = element.payload.end;
    }
    Ok(at)
}

/// A number with its width in its first byte, and where it ends.
pub(crate) fn vint(source: &mut Source, at: u64, end: u64) -> Result<(u64, u64), Fault> {
    let wrong = Fault::Malformed("Matroska: wrong number", at);
    let first = source.byte(at)?;
    let width = u64::from(first.leading_zeros()) + 1;
    if width > 8 || at + width > end {
        return Err(wrong);
    }
    let number = big_endian(source, at..at + width)?;
    Ok((number & ((1 << (7 * width)) - 1), at + width))
}

/// The number in up to 8 bytes.
fn big_endian(source: &mut Source, range: Range<u64>) -> Result<u64, Fault> {
    let mut number = 0;
    for at in range {
        number = number << 8 | u64::from(source.byte(at)?);
    }
    Ok(number)
}

/// An unsigned integer of up to 8 bytes.
pub(crate) fn number(source: &mut Source, element: &Element) -> Result<u64, Fault> {
    let Range { start, end } = element.payload;
    if end - start > 8 {
        return Err(Fault::Malformed("Matroska: wrong number", start));
    }
    big_endian(source, start..end)
}

/// A floating-point number of 4 or 8 bytes.
pub(crate) fn float(source: &mut Source, element: &Element) -> Result<f64, Fault> {
    let bits = number(source, element)?;
    Ok(match element.payload.end - element.payload.start {
        4 => f64::from(f32::from_bits(bits as u32)),
        8 => f64::from_bits(bits),
        _ => 0.0,
    })
}

/// A short text, such as a name.
pub(crate) fn text(source: &mut Source, element: &Element) -> Result<String, Fault> {
    let Range { start, end } = element.payload;
    let bytes = source.bytes(start..end.min(start + 256))?;
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    Ok(String::from_utf8_lossy(text).into_owned())
}
