//! What does one party say about one use, and what do several say together?

use super::Usage;

/// What a declarer says about one [`Usage`], from the weakest word to the strongest.
///
/// The order is the rule of combination: of two statements the greater one counts.
///
/// ```
/// use noai_audio::Preference::{Allowed, Conditional, Disallowed, Unknown};
/// assert_eq!(Allowed.combine(Disallowed), Disallowed);
/// assert_eq!(Allowed.combine(Conditional), Conditional);
/// assert_eq!(Unknown.combine(Allowed), Allowed);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Preference {
    /// Nothing is said. Silence is never consent.
    #[default]
    Unknown,
    /// The use is permitted, so far as this declarer can permit it.
    Allowed,
    /// The use is permitted under the terms that the policy URL names.
    Conditional,
    /// The use is denied.
    Disallowed,
}

impl Preference {
    /// Every preference, weakest first.
    pub const ALL: [Preference; 4] = [
        Preference::Unknown,
        Preference::Allowed,
        Preference::Conditional,
        Preference::Disallowed,
    ];

    /// The word for it in `AI_CONSENT`; silence has none.
    #[must_use]
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Preference::Unknown => None,
            Preference::Allowed => Some("y"),
            Preference::Conditional => Some("c"),
            Preference::Disallowed => Some("n"),
        }
    }

    /// The stronger of two statements: disallowed > conditional > allowed > unknown.
    #[must_use]
    pub fn combine(self, other: Preference) -> Preference {
        self.max(other)
    }

    /// Whether this permits something that `old` did not.
    ///
    /// Taking a permission back, by silence too, is never looser.
    #[must_use]
    pub fn is_looser_than(self, old: Preference) -> bool {
        const fn freedom(preference: Preference) -> u8 {
            match preference {
                Preference::Disallowed => 0,
                Preference::Conditional => 1,
                Preference::Unknown => 2,
                Preference::Allowed => 3,
            }
        }
        freedom(self) > freedom(old)
    }
}

/// A [`Preference`] for every [`Usage`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Preferences([Preference; Usage::ALL.len()]);

impl Preferences {
    /// What is said about `usage`.
    #[must_use]
    pub fn get(&self, usage: Usage) -> Preference {
        self.iter()
            .find(|(other, _)| *other == usage)
            .map_or(Preference::Unknown, |(_, preference)| preference)
    }

    /// Says `preference` about `usage`, in place of what was said before.
    pub fn set(&mut self, usage: Usage, preference: Preference) {
        for (other, slot) in Usage::ALL.iter().zip(&mut self.0) {
            if *other == usage {
                *slot = preference;
            }
        }
    }

    /// The same preferences, with `preference` for each of `usages`.
    #[must_use]
    pub fn with(mut self, usages: &[Usage], preference: Preference) -> Preferences {
        for usage in usages {
            self.set(*usage, preference);
        }
        self
    }

    /// The stronger word for every use, by [`Preference::combine`].
    #[must_use]
    pub fn combine(mut self, other: Preferences) -> Preferences {
        for (slot, preference) in self.0.iter_mut().zip(other.0) {
            *slot = slot.combine(preference);
        }
        self
    }

    /// Every use with its preference, in the order of [`Usage::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Usage, Preference)> + '_ {
        Usage::ALL.into_iter().zip(self.0)
    }

    /// The uses about which exactly `preference` is said.
    pub fn which(&self, preference: Preference) -> impl Iterator<Item = Usage> + '_ {
        self.iter()
            .filter(move |(_, said)| *said == preference)
            .map(|(usage, _)| usage)
    }

    /// Whether any use permits something that `old` did not.
    #[must_use]
    pub fn is_looser_than(&self, old: &Preferences) -> bool {
        self.0
            .iter()
            .zip(old.0)
            .any(|(new, old)| new.is_looser_than(old))
    }
}
