//! What does a text say in our words, and what of it cannot be read?

use crate::consent::{Preference, Preferences, Usage};

/// What a wording says.
///
/// A text that cannot be read is no permission: [`preference`](Reading::preference) gives
/// `None` for each use that it would speak of, unless it denies that use all the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    says: Preferences,
    fault: Option<String>,
    about: Vec<Usage>,
    remark: Option<&'static str>,
}

impl Reading {
    pub(crate) fn of(says: Preferences) -> Reading {
        Reading {
            says,
            ..Reading::default()
        }
    }

    /// One preference about several uses.
    pub(super) fn all(uses: &[Usage], preference: Preference) -> Reading {
        Reading::of(Preferences::default().with(uses, preference))
    }

    /// A text that cannot be read, and of which uses it would speak.
    pub(crate) fn unreadable(why: impl Into<String>, about: &[Usage]) -> Reading {
        Reading {
            fault: Some(why.into()),
            about: about.to_vec(),
            ..Reading::default()
        }
    }

    /// What several texts say together: the strongest word for each use.
    #[must_use]
    pub(crate) fn and(mut self, other: Reading) -> Reading {
        self.says = self.says.combine(other.says);
        self.fault = self.fault.or(other.fault);
        self.about.extend(other.about);
        self.remark = self.remark.or(other.remark);
        self
    }

    /// The same without its permissions.
    pub(crate) fn permit_nothing(&mut self) {
        for usage in self.says.which(Preference::Allowed).collect::<Vec<_>>() {
            self.says.set(usage, Preference::Unknown);
        }
    }

    /// The same, with something about the text that a person should know.
    pub(super) fn with_remark(mut self, remark: &'static str) -> Reading {
        self.remark = Some(remark);
        self
    }

    /// What is said about `usage`; `None` where that cannot be read.
    #[must_use]
    pub fn preference(&self, usage: Usage) -> Option<Preference> {
        let said = self.says.get(usage);
        let readable = said == Preference::Disallowed || !self.about.contains(&usage);
        readable.then_some(said)
    }

    /// What could be read.
    #[must_use]
    pub fn preferences(&self) -> &Preferences {
        &self.says
    }

    /// Why the text cannot be read, where some of it cannot.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// What else there is to know: that the labels are those of an older draft.
    #[must_use]
    pub fn remark(&self) -> Option<&'static str> {
        self.remark
    }
}
