//! On which day was it said?

use std::fmt;
use std::str::FromStr;

/// A calendar day (proleptic Gregorian), written `YYYY-MM-DD` as RFC 3339 does.
///
/// The crate reads no clock: whoever declares or asks says which day it is.
///
/// ```
/// use noai_audio::Date;
/// let day: Date = "2026-02-28".parse()?;
/// assert_eq!(day.to_string(), "2026-02-28");
/// assert!("2026-02-29".parse::<Date>().is_err());
/// # Ok::<(), noai_audio::DateError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day `day` of `month` (both from 1) in `year` (0 to 9999).
    ///
    /// # Errors
    /// [`DateError`] where there is no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Date, DateError> {
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if year.is_multiple_of(4)
                && (!year.is_multiple_of(100) || year.is_multiple_of(400)) =>
            {
                29
            }
            2 => 28,
            _ => 0,
        };
        if year > 9999 || day == 0 || day > days {
            return Err(DateError);
        }
        Ok(Date { year, month, day })
    }

    /// The year, 0 to 9999.
    #[must_use]
    pub fn year(self) -> u16 {
        self.year
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// The text or the numbers are no calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a calendar day of the form YYYY-MM-DD")]
pub struct DateError;

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let number = |digits: &str, width: usize| {
            (digits.len() == width && digits.bytes().all(|b| b.is_ascii_digit()))
                .then(|| digits.parse::<u16>().ok())
                .flatten()
                .ok_or(DateError)
        };
        let mut parts = text.splitn(3, '-');
        let mut part = |width| number(parts.next().ok_or(DateError)?, width);
        let (year, month, day) = (part(4)?, part(2)?, part(2)?);
        Date::new(year, month as u8, day as u8)
    }
}
