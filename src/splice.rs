//! What changes: these bytes in place of that range.

use std::ops::Range;

/// Puts `bytes` in place of `range`. An empty range inserts; empty bytes remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Splice {
    pub(crate) range: Range<u64>,
    pub(crate) bytes: Vec<u8>,
}

impl Splice {
    pub(crate) fn replace(range: Range<u64>, bytes: impl Into<Vec<u8>>) -> Splice {
        Splice {
            range,
            bytes: bytes.into(),
        }
    }

    pub(crate) fn insert(at: u64, bytes: impl Into<Vec<u8>>) -> Splice {
        Splice::replace(at..at, bytes)
    }

    pub(crate) fn remove(range: Range<u64>) -> Splice {
        Splice::replace(range, Vec::new())
    }

    /// By how much everything behind the splice moves, in bytes.
    pub(crate) fn growth(&self) -> i64 {
        self.bytes.len().cast_signed() as i64 - (self.range.end - self.range.start).cast_signed()
    }
}

/// By how much everything behind all of the splices moves, in bytes.
pub(crate) fn growth(splices: &[Splice]) -> i64 {
    splices.iter().map(Splice::growth).sum()
}

/// The bytes after the splices, whose ranges count from the start of `bytes`.
///
/// Splices must not overlap; an insertion stands before what else begins at its place, and
/// of several insertions the first given comes first.
pub(crate) fn apply(bytes: &[u8], splices: &[Splice]) -> Vec<u8> {
    let mut sorted: Vec<&Splice> = splices.iter().collect();
    sorted.sort_by_key(|splice| (splice.range.start, splice.range.end));
    let mut result = Vec::with_capacity(bytes.len());
    let mut done = 0;
    for splice in sorted {
        let start = splice.range.start as usize;
        result.extend_from_slice(bytes.get(done..start).unwrap_or_default());
        result.extend_from_slice(&splice.bytes);
        done = splice.range.end as usize;
    }
    result.extend_from_slice(bytes.get(done..).unwrap_or_default());
    result
}
