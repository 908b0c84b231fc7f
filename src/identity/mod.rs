//! What the recording is, whatever its tags say.

mod digest;
mod essence;

pub(crate) use digest::RestDigest;
pub use digest::{DigestError, EssenceDigest, FileDigest};
pub use essence::{Essence, EssenceError};
pub(crate) use essence::{Measured, digest_file, measure};
