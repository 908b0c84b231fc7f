//! The verdict in words that are true of it.

use std::fmt::{self, Display, Formatter};

use super::{ContentVerdict, MarkerVerdict, Verdict};
use crate::record::Record;

impl Display for Verdict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.marker {
            MarkerVerdict::Missing => self.without_statement(f),
            MarkerVerdict::Moved if self.record.is_some() => {
                f.write_str("Statement sits on a different recording than its record.")
            }
            MarkerVerdict::Moved => f.write_str(
                "Statement sits on a different recording than its own, or on one whose speed, pitch or spectrum was changed. Its denials still count.",
            ),
            MarkerVerdict::Altered if !self.changes.is_empty() => {
                let changes: Vec<String> = self.changes.iter().map(ToString::to_string).collect();
                write!(f, "Statement differs from your record: {}.", changes.join(", "))
            }
            MarkerVerdict::Altered => f.write_str(
                "Statement altered: its fields disagree or are damaged. Its denials still count.",
            ),
            MarkerVerdict::Intact => self.with_statement(f),
        }?;
        if self.other_tracks {
            f.write_str(" Only the first of several tracks was looked at.")?;
        }
        match &self.undecoded {
            Some(why) => write!(f, " Not compared by sound: {why}."),
            None => Ok(()),
        }
    }
}

impl Verdict {
    fn with_statement(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let about = match self.content {
            ContentVerdict::File | ContentVerdict::Essence | ContentVerdict::Pcm
                if !self.is_own =>
            {
                let label = self.record.as_ref().map_or("untitled", Record::label);
                format!("it names other audio than this, which is that of your record \"{label}\"")
            }
            ContentVerdict::File | ContentVerdict::Essence if self.other_tracks => {
                "made for this track".to_owned()
            }
            ContentVerdict::File | ContentVerdict::Essence => {
                return f.write_str(
                    "Statement fits this audio. Unsigned: anyone could have written it.",
                );
            }
            ContentVerdict::Pcm => "the same samples, re-encoded without loss".to_owned(),
            ContentVerdict::Recording { similarity } => {
                format!("probably this recording, re-encoded ({similarity} ‰)")
            }
            ContentVerdict::Excerpt {
                similarity,
                from,
                to,
                holds_more: true,
            } => {
                let (from, to) = (from.as_secs(), to.as_secs());
                format!(
                    "probably holds seconds {from} to {to} of its recording, and other sound ({similarity} ‰)"
                )
            }
            ContentVerdict::Excerpt {
                similarity,
                from,
                to,
                ..
            } => {
                let (from, to) = (from.as_secs(), to.as_secs());
                format!("probably seconds {from} to {to} of its recording ({similarity} ‰)")
            }
            ContentVerdict::Review { similarity } => {
                format!("perhaps this recording, listen ({similarity} ‰)")
            }
            ContentVerdict::Other | ContentVerdict::Differs => {
                "audio re-encoded or different".to_owned()
            }
            ContentVerdict::Unbound => "it names no audio".to_owned(),
        };
        write!(f, "Statement present; {about}. Its denials still count.")
    }

    fn without_statement(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let label = self.record.as_ref().map_or("untitled", Record::label);
        f.write_str(if self.denies {
            "No full statement; other fields still deny."
        } else {
            "No statement."
        })?;
        match self.content {
            ContentVerdict::File => write!(f, " This is the file of your record \"{label}\"."),
            ContentVerdict::Essence => {
                write!(f, " Audio is that of your record \"{label}\", bit for bit.")
            }
            ContentVerdict::Pcm => {
                write!(f, " Audio has the very samples of your record \"{label}\".")
            }
            ContentVerdict::Recording { similarity } => write!(
                f,
                " Audio probably matches your record \"{label}\" ({similarity} ‰)."
            ),
            ContentVerdict::Excerpt {
                similarity,
                from,
                to,
                holds_more,
            } => write!(
                f,
                " Audio probably {} seconds {} to {} of your record \"{label}\"{} ({similarity} ‰).",
                if holds_more { "holds" } else { "matches" },
                from.as_secs(),
                to.as_secs(),
                if holds_more { ", and other sound" } else { "" },
            ),
            ContentVerdict::Review { similarity } => write!(
                f,
                " Audio perhaps matches your record \"{label}\" ({similarity} ‰): listen."
            ),
            ContentVerdict::Other => f.write_str(" Audio matches none of your records."),
            ContentVerdict::Differs | ContentVerdict::Unbound => Ok(()),
        }
    }
}
