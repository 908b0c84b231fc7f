//! Bytes by position, with a reason where there are none.

use super::{Outcome, fail};

/// The bytes from `at` on, `length` of them.
pub(crate) fn part(bytes: &[u8], at: usize, length: usize) -> Outcome<&[u8]> {
    match at.checked_add(length).and_then(|end| bytes.get(at..end)) {
        Some(part) => Ok(part),
        None => fail(format!("no {length} bytes at {at} of {}", bytes.len())),
    }
}

/// The bytes from `at` to the end.
pub(crate) fn rest(bytes: &[u8], at: usize) -> Outcome<&[u8]> {
    bytes
        .get(at..)
        .map_or_else(|| fail(format!("nothing at {at} of {}", bytes.len())), Ok)
}

pub(crate) fn byte(bytes: &[u8], at: usize) -> Outcome<u8> {
    part(bytes, at, 1).map(|one| one.iter().copied().sum())
}

/// A big-endian number of `length` bytes.
pub(crate) fn be(bytes: &[u8], at: usize, length: usize) -> Outcome<usize> {
    Ok(part(bytes, at, length)?
        .iter()
        .fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// A little-endian number of four bytes.
pub(crate) fn le32(bytes: &[u8], at: usize) -> Outcome<usize> {
    Ok(part(bytes, at, 4)?
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// A little-endian number of eight bytes.
pub(crate) fn le64(bytes: &[u8], at: usize) -> Outcome<usize> {
    Ok(part(bytes, at, 8)?
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// A number of 28 bits in four bytes of seven.
pub(crate) fn synchsafe(bytes: &[u8], at: usize) -> Outcome<usize> {
    Ok(part(bytes, at, 4)?
        .iter()
        .fold(0, |number, byte| number << 7 | usize::from(byte & 0x7f)))
}

/// Where `needle` stands in `bytes`, first.
pub(crate) fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    if needle.is_empty() {
        return None;
    }
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}

/// Replaces the bytes at `at`.
pub(crate) fn put(bytes: &mut [u8], at: usize, new: &[u8]) -> Outcome {
    match bytes.get_mut(at..at + new.len()) {
        Some(place) => {
            place.copy_from_slice(new);
            Ok(())
        }
        None => fail(format!("no place for {} bytes at {at}", new.len())),
    }
}

pub(crate) fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// The text without the zeros behind it.
pub(crate) fn trim_zeros(bytes: &[u8]) -> &[u8] {
    let end = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    bytes.get(..end).unwrap_or_default()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)])
        .flatten()
        .collect()
}
