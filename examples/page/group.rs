//! What a verdict comes down to, and the words that the page has for it.

use super::Row;

/// What a file comes down to, in the order in which the page shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Moved,
    Altered,
    Terms,
    Bare,
    LikelyBare,
    Listen,
    Unread,
    Apart,
    Loose,
    Likely,
    Whole,
    Fits,
    Foreign,
    Silent,
}

/// How urgent it is; never told by its colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Act,
    Look,
    Good,
    Quiet,
}

/// A word of `verify_folder`, and what it means.
pub(super) struct Word {
    pub(super) name: &'static str,
    pub(super) gloss: &'static str,
    pub(super) tone: Tone,
}

impl Group {
    pub(super) const ALL: [Group; 14] = [
        Group::Moved,
        Group::Altered,
        Group::Terms,
        Group::Bare,
        Group::LikelyBare,
        Group::Listen,
        Group::Unread,
        Group::Apart,
        Group::Loose,
        Group::Likely,
        Group::Whole,
        Group::Fits,
        Group::Foreign,
        Group::Silent,
    ];

    pub(super) fn of(row: &Row) -> Group {
        match (
            row.marker.unwrap_or_default(),
            row.content.unwrap_or_default(),
        ) {
            ("moved", _) => Group::Moved,
            ("altered", _) => Group::Altered,
            ("intact", _) if row.terms == Some("other") => Group::Terms,
            ("missing", "file" | "essence" | "pcm") => Group::Bare,
            ("missing", "recording" | "excerpt") => Group::LikelyBare,
            ("missing" | "intact", "review") => Group::Listen,
            ("missing", "other") => Group::Foreign,
            ("missing", _) => Group::Silent,
            ("intact", "file" | "essence" | "pcm") if row.record.is_some() => Group::Whole,
            ("intact", "file" | "essence" | "pcm") => Group::Fits,
            ("intact", "excerpt") if row.holds_more => Group::Apart,
            ("intact", "recording" | "excerpt") => Group::Likely,
            ("intact", "differs") => Group::Apart,
            ("intact", _) => Group::Loose,
            _ => Group::Unread,
        }
    }

    pub(super) fn tone(self) -> Tone {
        match self {
            Group::Apart | Group::Loose => Tone::Look,
            Group::Likely | Group::Whole | Group::Fits => Tone::Good,
            Group::Foreign | Group::Silent => Tone::Quiet,
            _ => Tone::Act,
        }
    }

    /// Its name within the page.
    pub(super) fn id(self) -> &'static str {
        match self {
            Group::Moved => "moved",
            Group::Altered => "altered",
            Group::Terms => "terms",
            Group::Bare => "bare",
            Group::LikelyBare => "likely-bare",
            Group::Listen => "listen",
            Group::Unread => "unread",
            Group::Apart => "apart",
            Group::Loose => "loose",
            Group::Likely => "likely",
            Group::Whole => "whole",
            Group::Fits => "fits",
            Group::Foreign => "foreign",
            Group::Silent => "silent",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Group::Moved => "Statement made for another recording",
            Group::Altered => "Statement altered",
            Group::Terms => "Terms are not the ones agreed to",
            Group::Bare => "Yours, without a full statement",
            Group::LikelyBare => "Probably yours, without a full statement",
            Group::Listen => "Listen to these",
            Group::Unread => "Could not be read",
            Group::Apart => "Statement whole, sound re-encoded or different",
            Group::Loose => "Statement whole, not tied to this sound",
            Group::Likely => "Statement whole, recording re-encoded or cut",
            Group::Whole => "Yours, with your statement",
            Group::Fits => "Statement whole and made for this sound",
            Group::Foreign => "None of your records",
            Group::Silent => "No statement",
        }
    }

    /// What so many files of it do.
    #[rustfmt::skip]
    pub(super) fn says(self, number: usize) -> &'static str {
        let (one, many) = match self {
            Group::Moved => ("carries a statement that was made for another recording",
                "carry a statement that was made for another recording"),
            Group::Altered => ("has a statement that was altered or damaged",
                "have a statement that was altered or damaged"),
            Group::Terms => ("was permitted on other terms than today's",
                "were permitted on other terms than today's"),
            Group::Bare => ("is yours but carries no full statement",
                "are yours but carry no full statement"),
            Group::LikelyBare => ("is probably yours but carries no full statement",
                "are probably yours but carry no full statement"),
            Group::Listen => ("is alike, but not alike enough to be sure: listen",
                "are alike, but not alike enough to be sure: listen"),
            Group::Unread => ("could not be read: treat as no permission",
                "could not be read: treat as no permission"),
            Group::Apart => ("carries a whole statement, but not the coded sound that it names",
                "carry a whole statement, but not the coded sound that it names"),
            Group::Loose => ("carries a whole statement that nothing ties to its sound",
                "carry a whole statement that nothing ties to its sound"),
            Group::Likely => ("carries a whole statement and is probably its recording, re-encoded or cut",
                "carry a whole statement and are probably its recording, re-encoded or cut"),
            Group::Whole => ("is your recording with your statement intact",
                "are your recordings with your statement intact"),
            Group::Fits => ("carries a whole, unsigned statement that fits its sound",
                "carry a whole, unsigned statement that fits their sound"),
            Group::Foreign => ("matches none of your records and carries no statement",
                "match none of your records and carry no statement"),
            Group::Silent => ("carries no statement", "carry no statement"),
        };
        if number == 1 { one } else { many }
    }
}

impl Tone {
    pub(super) fn class(self) -> &'static str {
        match self {
            Tone::Act => "act",
            Tone::Look => "look",
            Tone::Good => "good",
            Tone::Quiet => "quiet",
        }
    }

    pub(super) fn urge(self) -> Option<&'static str> {
        match self {
            Tone::Act => Some("Needs attention"),
            Tone::Look => Some("Worth a look"),
            Tone::Good => Some("In order"),
            Tone::Quiet => None,
        }
    }

    /// A shape of its own for each: triangle, diamond, tick, dash.
    pub(super) fn mark(self) -> String {
        let shape = match self {
            Tone::Act => "M8 1 16 15H0Z",
            Tone::Look => "M8 0 16 8 8 16 0 8Z",
            Tone::Good => "M0 9 2.5 6.5 6 10 13.5 2 16 4.5 6 15Z",
            Tone::Quiet => "M1 6.5H15V9.5H1Z",
        };
        format!(
            "<svg class=\"mark\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"{shape}\"/></svg>"
        )
    }
}

/// What is said of the sound.
pub(super) fn content(name: &'static str, holds_more: bool) -> Word {
    let (gloss, tone) = match name {
        "file" => ("the very file", Tone::Good),
        "essence" => ("the same coded sound", Tone::Good),
        "pcm" => ("the same samples, packed anew", Tone::Good),
        "recording" => ("probably the recording, re-encoded", Tone::Good),
        "excerpt" if holds_more => (
            "probably the recording or a part, and other sound",
            Tone::Look,
        ),
        "excerpt" => ("probably a part of the recording", Tone::Good),
        "review" => ("perhaps the recording", Tone::Act),
        "differs" => ("re-encoded or different", Tone::Look),
        "other" => ("another recording", Tone::Quiet),
        _ => ("nothing to compare with", Tone::Quiet),
    };
    Word { name, gloss, tone }
}

/// What is said of the statement.
pub(super) fn marker(name: &'static str, group: Group, denies: bool) -> Word {
    let (gloss, tone) = match name {
        "intact" => ("whole, unsigned", Tone::Good),
        "altered" => ("changed or damaged", Tone::Act),
        "moved" => ("made for another recording", Tone::Act),
        _ if matches!(group, Group::Bare | Group::LikelyBare) && denies => {
            ("gone; other fields still deny", Tone::Act)
        }
        _ if matches!(group, Group::Bare | Group::LikelyBare) => ("none found", Tone::Act),
        _ if denies => ("none of ours; other fields deny", Tone::Quiet),
        _ => ("none found", Tone::Quiet),
    };
    Word { name, gloss, tone }
}

/// Which level told, where the word does not say it.
pub(super) fn by(row: &Row) -> &'static str {
    match row.level {
        Some("fingerprint") => ", by fingerprint",
        Some("iscc") => ", by content code",
        _ => "",
    }
}
