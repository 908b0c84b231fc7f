//! Who says what about which uses, on which terms and since when?

use super::{Date, PolicyUrl, Preference, Preferences, TermsVerdict, Usage};
use crate::digest::TermsDigest;

/// One party's statement about the machine uses of a recording.
///
/// ```
/// use noai_audio::{Declaration, Preference, Preset, Usage};
/// let declaration = Declaration::from(Preset::NoAi)
///     .allow(Usage::Search)
///     .declared("2026-11-24".parse()?);
/// assert_eq!(declaration.preference(Usage::Inference), Preference::Disallowed);
/// assert_eq!(declaration.preference(Usage::PlatformService), Preference::Unknown);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Declaration {
    preferences: Preferences,
    policy: Option<PolicyUrl>,
    terms: Option<TermsDigest>,
    declarer: Option<String>,
    role: Role,
    declared: Option<Date>,
    expires: Option<Date>,
}

impl Declaration {
    /// A declaration that is silent on everything, by an [artist](Role::Artist).
    #[must_use]
    pub fn new() -> Declaration {
        Declaration::default()
    }

    /// A declaration of these preferences, by an artist.
    pub(crate) fn of(preferences: Preferences) -> Declaration {
        Declaration {
            preferences,
            ..Declaration::default()
        }
    }

    /// Denies `usage`.
    #[must_use]
    pub fn deny(self, usage: Usage) -> Declaration {
        self.say(usage, Preference::Disallowed)
    }

    /// Permits `usage`, so far as the declarer can. [`Usage::Replication`] cannot be
    /// permitted by a tag: [`check`](Declaration::check) refuses it.
    #[must_use]
    pub fn allow(self, usage: Usage) -> Declaration {
        self.say(usage, Preference::Allowed)
    }

    /// Says `preference` about `usage`, in place of what was said before.
    #[must_use]
    pub fn say(mut self, usage: Usage, preference: Preference) -> Declaration {
        self.preferences.set(usage, preference);
        self
    }

    /// Names the terms under which conditional uses are permitted.
    #[must_use]
    pub fn policy(mut self, policy: PolicyUrl) -> Declaration {
        self.policy = Some(policy);
        self
    }

    /// Pins the terms at the policy's address as they are now, so that it shows where they
    /// are changed later: see [`compare_terms`](Declaration::compare_terms).
    #[must_use]
    pub fn terms(mut self, terms: TermsDigest) -> Declaration {
        self.terms = Some(terms);
        self
    }

    /// Names who says this. Off by default: a name in a public file is personal data.
    #[must_use]
    pub fn declarer(mut self, name: impl Into<String>) -> Declaration {
        self.declarer = Some(name.into());
        self
    }

    /// Says in which role the declarer speaks.
    #[must_use]
    pub fn role(mut self, role: Role) -> Declaration {
        self.role = role;
        self
    }

    /// Says on which day this was declared.
    #[must_use]
    pub fn declared(mut self, day: Date) -> Declaration {
        self.declared = Some(day);
        self
    }

    /// Ends every permission after `day`. Denials do not lapse.
    #[must_use]
    pub fn expires(mut self, day: Date) -> Declaration {
        self.expires = Some(day);
        self
    }

    /// Checks what the types alone cannot.
    ///
    /// # Errors
    /// [`DeclarationError`] where nothing is said, replication is permitted, a use is
    /// conditional or terms are pinned without a policy, an expiry has no permission to
    /// end, or the declarer's name is empty, has control characters or over 256 bytes.
    pub fn check(&self) -> Result<(), DeclarationError> {
        let says = |preference| self.preferences.which(preference).next().is_some();
        let bad_name = |name: &String| {
            name.is_empty() || name.len() > 256 || name.chars().any(char::is_control)
        };
        if self.preferences == Preferences::default() {
            Err(DeclarationError::Silent)
        } else if self.preference(Usage::Replication) == Preference::Allowed {
            Err(DeclarationError::ReplicationAllowed)
        } else if says(Preference::Conditional) && self.policy.is_none() {
            Err(DeclarationError::ConditionalWithoutPolicy)
        } else if self.terms.is_some() && self.policy.is_none() {
            Err(DeclarationError::TermsWithoutPolicy)
        } else if self.expires.is_some() && !says(Preference::Allowed) {
            Err(DeclarationError::ExpiryWithoutPermission)
        } else if self.declarer.as_ref().is_some_and(bad_name) {
            Err(DeclarationError::DeclarerName)
        } else {
            Ok(())
        }
    }

    /// What is said about `usage`, whatever the day.
    #[must_use]
    pub fn preference(&self, usage: Usage) -> Preference {
        self.preferences.get(usage)
    }

    /// What is said about every use, whatever the day.
    #[must_use]
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// What is said on the day `today`: permissions that have expired are unknown.
    #[must_use]
    pub fn preferences_on(&self, today: Date) -> Preferences {
        if self.expires.is_some_and(|last| today > last) {
            self.lasting().preferences
        } else {
            self.preferences
        }
    }

    /// The same declaration without permissions that end.
    pub(crate) fn lasting(&self) -> Declaration {
        let mut lasting = self.clone();
        if lasting.expires.take().is_some() {
            for usage in self.preferences.which(Preference::Allowed) {
                lasting.preferences.set(usage, Preference::Unknown);
            }
        }
        lasting
    }

    /// The terms of conditional uses.
    #[must_use]
    pub fn policy_url(&self) -> Option<&PolicyUrl> {
        self.policy.as_ref()
    }

    /// The terms as they were agreed to, where they are pinned.
    #[must_use]
    pub fn terms_digest(&self) -> Option<TermsDigest> {
        self.terms
    }

    /// Whether `now`, the terms that stand at the policy's address today, are those that
    /// were agreed to; `None` where no policy is named. No preference changes by it: what
    /// was conditional stays so, on the terms that were agreed to.
    ///
    /// ```
    /// use noai_audio::{Declaration, Preset, TermsDigest, TermsVerdict};
    /// let agreed = TermsDigest::of(&b"Recommendation may use AI."[..])?;
    /// let today = TermsDigest::of(&b"Everything may use AI."[..])?;
    /// let declaration = Declaration::from(Preset::AskFirst)
    ///     .policy("https://example.org/terms".parse()?)
    ///     .terms(agreed);
    /// assert_eq!(declaration.compare_terms(agreed), Some(TermsVerdict::Same));
    /// assert_eq!(declaration.compare_terms(today), Some(TermsVerdict::Other));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn compare_terms(&self, now: TermsDigest) -> Option<TermsVerdict> {
        self.policy.as_ref().map(|_| match self.terms {
            Some(agreed) if agreed == now => TermsVerdict::Same,
            Some(_) => TermsVerdict::Other,
            None => TermsVerdict::Unpinned,
        })
    }

    /// Who says this, where that is told.
    #[must_use]
    pub fn declarer_name(&self) -> Option<&str> {
        self.declarer.as_deref()
    }

    /// In which role the declarer speaks.
    #[must_use]
    pub fn declarer_role(&self) -> Role {
        self.role
    }

    /// On which day this was declared, where that is told.
    #[must_use]
    pub fn declared_on(&self) -> Option<Date> {
        self.declared
    }

    /// The last day of the permissions, where they end.
    #[must_use]
    pub fn expires_after(&self) -> Option<Date> {
        self.expires
    }

    /// Whether `self` and `other` say the same, apart from the day on which it was said.
    #[must_use]
    pub fn says_the_same_as(&self, other: &Declaration) -> bool {
        let undated = |declaration: &Declaration| Declaration {
            declared: None,
            ..declaration.clone()
        };
        undated(self) == undated(other)
    }
}

/// In which role a declarer speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Role {
    /// Whoever made the recording.
    #[default]
    Artist,
    /// Whoever holds rights in it.
    Rightsholder,
    /// A service that hosts it: may add denials, never overrides the artist.
    Platform,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 3] = [Role::Artist, Role::Rightsholder, Role::Platform];

    /// The role's name in a statement.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Role::Artist => "artist",
            Role::Rightsholder => "rightsholder",
            Role::Platform => "platform",
        }
    }
}

/// What is wrong with a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeclarationError {
    /// Nothing is allowed, denied or made conditional.
    #[error("the declaration says nothing about any use")]
    Silent,
    /// Replication can be denied or conditional, never granted by a tag.
    #[error("replication cannot be allowed by a tag: agree on it outside the file")]
    ReplicationAllowed,
    /// A conditional use needs a policy URL that names the condition.
    #[error("a conditional use needs a policy URL that names the condition")]
    ConditionalWithoutPolicy,
    /// Pinned terms need the policy URL at which they stand.
    #[error("pinned terms need the policy URL at which they stand")]
    TermsWithoutPolicy,
    /// Only permissions expire.
    #[error("an expiry needs a permission to end: denials do not lapse")]
    ExpiryWithoutPermission,
    /// Not a policy URL; see [`PolicyUrl`].
    #[error(
        "a policy URL is http(s)://HOST…, printable ASCII without space, quote, backslash and semicolon (write %3B), at most 2048 bytes"
    )]
    PolicyUrl,
    /// Not a declarer's name.
    #[error("a declarer's name has 1 to 256 bytes and no control characters")]
    DeclarerName,
}
