//! How much memory a program holds, as GNU time tells.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::{Outcome, program};

/// What a process may hold, in bytes.
pub(crate) const ENOUGH: u64 = 32 << 20;

/// What a program did.
pub(crate) struct Run {
    pub(crate) memory: u64,
    pub(crate) time: Duration,
    pub(crate) status: Option<i32>,
    pub(crate) said: String,
}

/// Runs a program on a file or a folder, whatever it says of it.
pub(crate) fn run(name: &str, options: &[&str], path: &Path) -> Outcome<Run> {
    let begun = Instant::now();
    let done = Command::new("/usr/bin/time")
        .arg("-v")
        .arg(program(name)?)
        .args(options)
        .arg(path)
        .output()
        .map_err(|error| format!("/usr/bin/time (Debian package time): {error}"))?;
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    let line = said.lines().find_map(|line| {
        line.trim()
            .strip_prefix("Maximum resident set size (kbytes): ")
    });
    let memory = line.ok_or("this is not GNU time")?.parse::<u64>()? << 10;
    Ok(Run {
        memory,
        time: begun.elapsed(),
        status: done.status.code(),
        said,
    })
}
