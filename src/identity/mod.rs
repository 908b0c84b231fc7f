//! What the recording is, whatever its tags say: strongest first.

mod level;
mod digest;
mod essence;
mod pcm;
mod code;
mod fingerprint;
mod likeness;

pub use code::{ContentCode, ContentCodeError};
pub(crate) use digest::RestDigest;
pub use digest::{DigestError, EssenceDigest, FileDigest, PcmDigest};
pub use essence::{Essence, EssenceError};
pub(crate) use essence::{Measured, digest_file, measure};
pub use fingerprint::{Fingerprint, FingerprintError};
pub use level::Level;
pub use likeness::Likeness;
pub use pcm::{Pcm, PcmError};
