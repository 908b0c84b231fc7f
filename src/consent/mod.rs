//! What is said: which uses of a recording its declarer allows and denies.
//!
//! Pure values. Nothing here knows how a statement is spelled or stored.

mod usage;
mod preference;
mod date;
mod policy;
mod terms;
mod declaration;
mod preset;

pub use date::{Date, DateError};
pub use declaration::{Declaration, DeclarationError, Role};
pub use policy::PolicyUrl;
pub use preference::{Preference, Preferences};
pub use preset::Preset;
pub use terms::TermsVerdict;
pub use usage::{UnknownUsage, Usage};
