//! What a verdict comes down to, and the words that the page has for it.

use super::Row;

/// What a file comes down to, in the order in which the page shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Moved,
    Altered,
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

/// How a group is called.
pub(super) struct Words {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// What one file of it does, and what several do.
    pub(super) one: &'static str,
    pub(super) many: &'static str,
}

/// A word of `verify_folder`, and what it means.
pub(super) struct Word {
    pub(super) name: &'static str,
    pub(super) gloss: &'static str,
    pub(super) tone: Tone,
}

impl Group {
    pub(super) const ALL: [Group; 13] = [
        Group::Moved,
        Group::Altered,
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
            ("missing", "file" | "essence" | "pcm") => Group::Bare,
            ("missing", "recording" | "excerpt") => Group::LikelyBare,
            ("missing" | "intact", "review") => Group::Listen,
            ("missing", "other") => Group::Foreign,
            ("missing", _) => Group::Silent,
            ("intact", "file" | "essence" | "pcm") if row.record.is_some() => Group::Whole,
            ("intact", "file" | "essence" | "pcm") => Group::Fits,
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

    #[rustfmt::skip]
    pub(super) fn words(self) -> Words {
        let (id, title, one, many) = match self {
            Group::Moved => ("moved", "Statement made for another recording",
                "carries a statement that was made for another recording",
                "carry a statement that was made for another recording"),
            Group::Altered => ("altered", "Statement altered",
                "has a statement that was altered or damaged",
                "have a statement that was altered or damaged"),
            Group::Bare => ("bare", "Yours, without a statement",
                "is yours but carries no statement",
                "are yours but carry no statement"),
            Group::LikelyBare => ("likely-bare", "Probably yours, without a statement",
                "is probably yours but carries no statement",
                "are probably yours but carry no statement"),
            Group::Listen => ("listen", "Listen to these",
                "is alike, but not alike enough to be sure: listen",
                "are alike, but not alike enough to be sure: listen"),
            Group::Unread => ("unread", "Could not be read",
                "could not be read: treat as no permission",
                "could not be read: treat as no permission"),
            Group::Apart => ("apart", "Statement whole, sound re-encoded or different",
                "carries a whole statement, but not the coded sound that it names",
                "carry a whole statement, but not the coded sound that it names"),
            Group::Loose => ("loose", "Statement whole, not tied to this sound",
                "carries a whole statement that nothing ties to its sound",
                "carry a whole statement that nothing ties to its sound"),
            Group::Likely => ("likely", "Statement whole, recording re-encoded or cut",
                "carries a whole statement and is probably its recording, re-encoded or cut",
                "carry a whole statement and are probably its recording, re-encoded or cut"),
            Group::Whole => ("whole", "Yours, with your statement",
                "is your recording with your statement intact",
                "are your recordings with your statement intact"),
            Group::Fits => ("fits", "Statement whole and made for this sound",
                "carries a whole, unsigned statement that fits its sound",
                "carry a whole, unsigned statement that fits their sound"),
            Group::Foreign => ("foreign", "None of your records",
                "matches none of your records and carries no statement",
                "match none of your records and carry no statement"),
            Group::Silent => ("silent", "No statement",
                "carries no statement",
                "carry no statement"),
        };
        Words { id, title, one, many }
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
pub(super) fn content(name: &'static str) -> Word {
    let (gloss, tone) = match name {
        "file" => ("the very file", Tone::Good),
        "essence" => ("the same coded sound", Tone::Good),
        "pcm" => ("the same samples, packed anew", Tone::Good),
        "recording" => ("probably the recording, re-encoded", Tone::Good),
        "excerpt" => ("probably a part of the recording", Tone::Good),
        "review" => ("perhaps the recording", Tone::Act),
        "differs" => ("re-encoded or different", Tone::Look),
        "other" => ("another recording", Tone::Quiet),
        _ => ("nothing to compare with", Tone::Quiet),
    };
    Word { name, gloss, tone }
}

/// What is said of the statement.
pub(super) fn marker(name: &'static str, group: Group) -> Word {
    let (gloss, tone) = match name {
        "intact" => ("whole, unsigned", Tone::Good),
        "altered" => ("changed or damaged", Tone::Act),
        "moved" => ("made for another recording", Tone::Act),
        _ if matches!(group, Group::Bare | Group::LikelyBare) => ("none found", Tone::Act),
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
