//! What the recording is, whatever its tags say: strongest first.

mod level;
mod essence;
mod pcm;
mod code;
mod fingerprint;
mod likeness;

pub use code::{ContentCode, ContentCodeError};
pub use essence::{Essence, EssenceError};
pub(crate) use essence::{Measured, digest_file, measure};
pub use fingerprint::{Fingerprint, FingerprintError};
pub use level::Level;
pub use likeness::Likeness;
pub use pcm::{Pcm, PcmError};
