//! Says, in the audio file itself, how AI may use the recording.
//!
//! The crate writes a declaration of consent, above all "no AI", into the tags that an
//! audio file has anyway ([`Format`] names the kinds), bound to its sound by a digest; it
//! proves that nothing else in the file changed; it takes the declaration off again, byte
//! for byte; and it tells of any copy, re-encoded, cut or stripped, which recording it is,
//! what is declared, and whether the declaration is its own.
//!
//! It does not stop anyone from taking the tags off, it cannot prove who wrote them, and
//! it never turns silence, damage or an unsigned permission into [`Answer::Allowed`]. A
//! [`Gate`] asks on behalf of whoever trains or indexes, and is shut unless somebody opened it.
//!
//! ```text
//!  Declaration ─▶ vocabulary ─▶ Marker ─▶ carrier ─▶ container ─▶ file
//!  what is said    each         our own    in which    where the bytes
//!                  dialect      lines      tag field   are, spliced
//!  Verdict ◀─ Record ◀─ Identity ◀─ essence · PCM · fingerprint ◀──┘
//! ```
//!
//! ```
//! use noai_audio::{Answer, Batch, Declaration, Preset, Usage};
//! # let dir = tempfile::tempdir()?;
//! # let folder = dir.path();
//! # for song in ["sine.mp3", "sine.flac", "sine.wav"] {
//! #     std::fs::copy(format!("test-audio/clean/{song}"), folder.join(song))?;
//! # }
//! let declaration = Declaration::from(Preset::NoAi).declared("2026-11-24".parse()?);
//! let summary = Batch::new([folder]).run(
//!     |path| noai_audio::embed(path, &declaration),
//!     |item| match item.result {
//!         Ok(embedded) => println!("{}: {}", item.path.display(), embedded.essence),
//!         Err(error) => eprintln!("{error}"),
//!     },
//! );
//! assert_eq!(summary.audio, 3);
//!
//! let inspection = noai_audio::read(folder.join("sine.mp3"))?;
//! assert_eq!(inspection.answer(Usage::GenerativeTraining, None), Answer::Disallowed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A file that is not fully understood is refused with an [`Error`] that says what and
//! where, and stays as it was. The fields, their grammar and the essence of each format
//! are specified in `docs/SPEC.md`; why it is built this way stands in `docs/DESIGN.md`.

#![cfg_attr(
    not(feature = "fingerprint"),
    allow(dead_code, reason = "what a layout knows for decoders alone")
)]

mod digest;
mod consent;
mod vocabulary;
mod marker;
mod carrier;
mod container;
mod identity;
#[cfg(feature = "fingerprint")]
mod sound;
mod found;
mod current;
mod change;
mod tagging;
mod confirm;
mod proof;
mod temporary;
mod rewrite;
mod options;
mod planned;
mod embed;
mod statement;
mod publish;
mod inspect;
mod gate;
mod identify;
mod record;
mod verify;
mod batch;
mod limits;
mod source;
mod view;
mod splice;
mod xml;
mod error;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;

pub use crate::batch::{Batch, Item, Summary};
pub use crate::consent::{
    Date, DateError, Declaration, DeclarationError, PolicyUrl, Preference, Preferences, Preset,
    Role, TermsVerdict, UnknownUsage, Usage,
};
pub use crate::container::{Format, Stream, UnknownFormat};
pub use crate::digest::{DigestError, EssenceDigest, FileDigest, PcmDigest, TermsDigest};
pub use crate::embed::{Embedded, Status, Stripped, Warning, embed, strip};
pub use crate::error::{Error, ErrorKind};
pub use crate::gate::{Decision, Gate};
pub use crate::identify::{Identity, Sound, identify, identify_levels, identify_within};
pub use crate::identity::{
    ContentCode, ContentCodeError, Essence, EssenceError, Fingerprint, FingerprintError, Level,
    Likeness, Pcm, PcmError,
};
pub use crate::inspect::{Answer, Inspection, ManifestVerdict, read, read_from, read_within};
pub use crate::limits::Limits;
pub use crate::marker::{Marker, MarkerError};
pub use crate::options::EmbedOptions;
pub use crate::publish::{Place, Publication, UrlPath, UrlPathError};
pub use crate::record::{Record, RecordError, Records};
pub use crate::statement::Statement;
pub use crate::verify::{ContentVerdict, Difference, MarkerVerdict, Verdict, verify};
pub use crate::vocabulary::{Loss, Reading, Spelled, Vocabulary, Wording};
