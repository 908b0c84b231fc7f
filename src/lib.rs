//! Says, in the audio file itself, how AI may use the recording.

mod consent;
mod vocabulary;
mod marker;
mod carrier;
mod container;
mod identity;
mod tagging;
mod confirm;
mod rewrite;
mod embed;
mod inspect;
mod verify;
mod batch;
mod limits;
mod source;
mod splice;
mod error;

pub use crate::batch::{Batch, Item, Summary};
pub use crate::consent::{
    Date, DateError, Declaration, DeclarationError, PolicyUrl, Preference, Preferences, Preset,
    Role, UnknownUsage, Usage,
};
pub use crate::container::{Format, UnknownFormat};
pub use crate::embed::{EmbedOptions, Embedded, Status, Stripped, Warning, embed, strip};
pub use crate::error::{Error, ErrorKind};
pub use crate::identity::{DigestError, Essence, EssenceDigest, EssenceError, FileDigest};
pub use crate::inspect::{Answer, Inspection, Statement, read, read_from};
pub use crate::limits::Limits;
pub use crate::marker::{Marker, MarkerError};
pub use crate::verify::{ContentVerdict, Identity, MarkerVerdict, Verdict, identify, verify};
pub use crate::vocabulary::Vocabulary;
