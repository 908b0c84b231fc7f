//! What the crate's own tests know of the formats, apart from the crate.

#![allow(dead_code, reason = "the tests use the rest")]

#[path = "../../tests/common/build.rs"]
pub(crate) mod build;
#[path = "../../tests/common/bytes.rs"]
pub(crate) mod bytes;
#[path = "../../tests/common/fragments.rs"]
mod fragments;
#[path = "../../tests/common/id3.rs"]
pub(crate) mod id3;
#[path = "../../tests/common/ogg.rs"]
pub(crate) mod ogg;
#[path = "../../tests/common/outcome.rs"]
mod outcome;
#[path = "../../tests/common/pieces.rs"]
pub(crate) mod pieces;

pub(crate) use self::bytes::hex;
pub(crate) use self::outcome::{Outcome, ensure, fail};

/// The folder of the corpus.
pub(crate) fn corpus() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-audio")
}
