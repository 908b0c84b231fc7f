//! How to give back the file from before `embed`.
//!
//! `undo="STEP… [layout=NOTE] rest=DIGEST"`, separated by single spaces. A step is
//! `CARRIER=MADE[NOTICE]`: `n`, `p` or `g` for a tag that is new, took its room from
//! padding, or grew; `+N` where N characters were appended to the copyright field, `*N`
//! where a field of N characters was made. NOTE belongs to the container. A chained Ogg has a
//! step for each link, and a NOTE for each, joined by `/`. DIGEST is the [`RestDigest`] of
//! the file before.

use std::fmt;
use std::str::FromStr;

use crate::carrier::{Carrier, Made, Notice};
use crate::digest::RestDigest;

/// What `embed` did to one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undo {
    pub(crate) steps: Vec<Step>,
    pub(crate) layout: Option<String>,
    pub(crate) rest: RestDigest,
}

/// What `embed` did to one tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) carrier: Carrier,
    pub(crate) made: Made,
    pub(crate) notice: Option<Notice>,
}

impl Undo {
    /// What was done to the tags of this carrier, in their order.
    pub(crate) fn steps(&self, carrier: Carrier) -> impl Iterator<Item = Step> {
        let steps = self.steps.iter().copied();
        steps.filter(move |step| step.carrier == carrier)
    }

    /// What was done to the `index`th of `count` tags of this carrier, and what its container
    /// noted. A note about a single tag is about whichever it stands in: it may have become a
    /// link of a chain.
    pub(crate) fn of(
        &self,
        carrier: Carrier,
        index: usize,
        count: usize,
    ) -> Option<(Step, Option<&str>)> {
        let layout = self.layout.as_deref();
        match self.steps(carrier).count() {
            1 => Some((self.steps(carrier).next()?, layout)),
            noted if noted == count => {
                let layout = layout.and_then(|notes| notes.split('/').nth(index));
                Some((self.steps(carrier).nth(index)?, layout))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Undo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            let made = match step.made {
                Made::New => 'n',
                Made::Padded => 'p',
                Made::Grown => 'g',
            };
            write!(f, "{}={made}", step.carrier.name())?;
            match step.notice {
                Some(Notice::Appended(length)) => write!(f, "+{length}")?,
                Some(Notice::Created(length)) => write!(f, "*{length}")?,
                None => {}
            }
            f.write_str(" ")?;
        }
        if let Some(layout) = &self.layout {
            write!(f, "layout={layout} ")?;
        }
        write!(f, "rest={}", self.rest)
    }
}

/// Why the text is no undo note that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UndoError {
    /// It is none.
    Damaged,
    /// A later version wrote into a carrier that this one does not know.
    Later,
}

impl FromStr for Undo {
    type Err = UndoError;

    fn from_str(text: &str) -> Result<Self, UndoError> {
        let (mut steps, mut layout, mut rest) = (Vec::new(), None, None);
        let mut is_later = false;
        for word in text.split(' ') {
            match word.split_once('=').ok_or(UndoError::Damaged)? {
                ("layout", note) if layout.is_none() && !note.is_empty() => {
                    layout = Some(note.to_owned());
                }
                ("rest", digest) if rest.is_none() => {
                    rest = Some(digest.parse().map_err(|_| UndoError::Damaged)?);
                }
                ("layout" | "rest", _) => return Err(UndoError::Damaged),
                (name, made) => match Carrier::ALL.into_iter().find(|c| c.name() == name) {
                    Some(carrier) => steps.push(step(carrier, made).ok_or(UndoError::Damaged)?),
                    None if is_name(name) => is_later = true,
                    None => return Err(UndoError::Damaged),
                },
            }
        }
        match rest {
            None => Err(UndoError::Damaged),
            Some(_) if is_later => Err(UndoError::Later),
            Some(rest) => Ok(Undo {
                steps,
                layout,
                rest,
            }),
        }
    }
}

/// Whether a later version may call a carrier so.
fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    !text.is_empty() && text.bytes().all(plain)
}

fn step(carrier: Carrier, text: &str) -> Option<Step> {
    let (made, notice) = text.split_at_checked(1)?;
    let made = match made {
        "n" => Made::New,
        "p" => Made::Padded,
        "g" => Made::Grown,
        _ => return None,
    };
    let length = |digits: &str| {
        let plain = digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse().ok().filter(|_| plain)
    };
    let notice = match notice.split_at_checked(1) {
        None => None,
        Some(("+", digits)) => Some(Notice::Appended(length(digits)?)),
        Some(("*", digits)) => Some(Notice::Created(length(digits)?)),
        Some(_) => return None,
    };
    Some(Step {
        carrier,
        made,
        notice,
    })
}
