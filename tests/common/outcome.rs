//! How a check says that something does not hold.

use std::error::Error;

/// What a test gives: nothing, or the reason why it could not look.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// Fails a helper with a sentence.
pub(crate) fn fail<T>(what: impl Into<String>) -> Outcome<T> {
    Err(what.into().into())
}

/// Fails a helper with a sentence unless `holds`.
pub(crate) fn ensure(holds: bool, what: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { fail(what()) }
}
