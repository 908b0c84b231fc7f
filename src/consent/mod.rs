//! What is said: which uses of a recording its declarer allows and denies.
//!
//! Pure values. Nothing here knows how a statement is spelled or stored.

mod usage;
mod preference;
mod declaration;
mod date;

pub use date::{Date, DateError};
pub use declaration::{Declaration, DeclarationError, PolicyUrl, Preset, Role};
pub use preference::{Preference, Preferences};
pub use usage::{UnknownUsage, Usage};
