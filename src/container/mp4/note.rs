//! What did `embed` do to an MP4 beyond its items? The container's part of the undo note:
//! the outermost atom that was made, and `co64.` with the tracks whose chunk offsets were
//! made wider; joined by `+` where there are both.

/// As the undo note has it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Note {
    /// `udta`, `meta` or `ilst`.
    pub(super) made: Option<String>,
    /// Tracks by their place in `moov`, from 1.
    pub(super) widened: Vec<usize>,
}

impl Note {
    pub(super) fn read(text: Option<&str>) -> Note {
        let mut note = Note::default();
        for word in text.unwrap_or_default().split('+') {
            match word.strip_prefix("co64.") {
                Some(tracks) => note.widened = tracks.split('.').flat_map(str::parse).collect(),
                None if !word.is_empty() => note.made = Some(word.to_owned()),
                None => {}
            }
        }
        note
    }

    pub(super) fn text(self) -> Option<String> {
        let tracks: Vec<String> = self.widened.iter().map(usize::to_string).collect();
        let widened = (!tracks.is_empty()).then(|| format!("co64.{}", tracks.join(".")));
        let words: Vec<String> = self.made.into_iter().chain(widened).collect();
        (!words.is_empty()).then(|| words.join("+"))
    }
}
