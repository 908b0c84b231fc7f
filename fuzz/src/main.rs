//! Every fuzz target in one program: the variable `NOAI_FUZZ` says which.

#![no_main]

mod common;
mod mutate;
mod operations;
mod seeds;
#[path = "../../tests/checks/mod.rs"]
mod checks;

use std::alloc::System;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use cap::Cap;
use checks::Check;
use common::Outcome;

/// What the crate may hold of any input, the input itself and two new files included.
#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, 32 << 20);

static TARGET: OnceLock<Option<Check>> = OnceLock::new();
/// What the last panic said: decoders are let panic, and only a panic that gets out is told.
static PANIC: Mutex<String> = Mutex::new(String::new());

libfuzzer_sys::fuzz_target!(init: start(), |bytes: &[u8]| {
    let held = catch_unwind(AssertUnwindSafe(|| hold(bytes)));
    let said = match held {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.to_string(),
        Err(_) => PANIC.lock().map(|said| said.clone()).unwrap_or_default(),
    };
    eprintln!("FINDING: {said}");
    std::process::abort();
});

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::mutate(data, size, max_size, seed)
});

fn start() {
    std::panic::set_hook(Box::new(|info| {
        if let Ok(mut said) = PANIC.lock() {
            *said = info.to_string();
        }
    }));
    let name = std::env::var("NOAI_FUZZ").unwrap_or_default();
    if let Some(folder) = name.strip_prefix("seeds=") {
        seeds::write(Path::new("test-audio"), Path::new(folder)).expect("seeds");
        std::process::exit(0);
    }
    let target = Check::ALL.into_iter().find(|check| check.name() == name);
    if target.is_none() && name != "disk" {
        eprintln!("NOAI_FUZZ is not the name of a target");
        std::process::exit(2);
    }
    TARGET.get_or_init(|| target);
}

fn hold(bytes: &[u8]) -> Outcome {
    match TARGET.get() {
        Some(Some(check)) => check.hold(bytes),
        _ => operations::disk(bytes),
    }
}
