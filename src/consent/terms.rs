//! Are these the terms that were agreed to?

/// What has become of the terms that a declaration names, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TermsVerdict {
    /// They are, byte for byte, those that it pins.
    Same,
    /// It names them and pins none: nobody can tell.
    Unpinned,
    /// They are not those that it pins.
    Other,
}

impl TermsVerdict {
    /// The verdict's name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            TermsVerdict::Same => "same",
            TermsVerdict::Unpinned => "unpinned",
            TermsVerdict::Other => "other",
        }
    }
}
