//! How many segments stand on each of some pages.

use std::fmt;
use std::str::FromStr;

/// Segment counts of consecutive pages; in a note `N` or, repeated, `NxTIMES`, joined
/// by dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counts(pub(super) Vec<u8>);

impl Counts {
    /// The number of all segments.
    pub(super) fn segments(&self) -> usize {
        self.0.iter().map(|count| usize::from(*count)).sum()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut dot = "";
        for run in self.0.chunk_by(|a, b| a == b) {
            match run {
                [count] => write!(f, "{dot}{count}")?,
                [count, ..] => write!(f, "{dot}{count}x{}", run.len())?,
                [] => {}
            }
            dot = ".";
        }
        Ok(())
    }
}

/// The text is no list of counts.
pub(super) struct CountsError;

impl FromStr for Counts {
    type Err = CountsError;

    fn from_str(note: &str) -> Result<Counts, CountsError> {
        let mut counts = Vec::new();
        for run in note.split('.') {
            let (count, times) = run.split_once('x').unwrap_or((run, "1"));
            let times: usize = times.parse().map_err(|_| CountsError)?;
            let count: u8 = count.parse().map_err(|_| CountsError)?;
            if times > 1 << 16 || counts.len() > 1 << 16 {
                return Err(CountsError);
            }
            counts.extend(std::iter::repeat_n(count, times));
        }
        Ok(Counts(counts))
    }
}
