//! The same call over files and folders: in parallel, in path order, to the end.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use walkdir::WalkDir;

use crate::container::{Format, Layout};
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::source::{self, Source};
use crate::temporary::is_temporary;

/// A job over files and folders.
///
/// Folders are walked recursively, without following symbolic links to folders. A file
/// in a folder that is not audio by its content is counted and skipped; one that was
/// named itself is an error. A temporary file of another run is passed over. An error never ends the walk.
///
/// ```
/// use noai_audio::Batch;
/// let mut codecs = Vec::new();
/// let summary = Batch::new(["test-audio/clean"])
///     .jobs(2)
///     .run(|path| noai_audio::identify(path), |item| codecs.extend(item.result.map(|id| id.stream.codec)));
/// assert_eq!(summary.audio, codecs.len());
/// ```
#[derive(Debug, Clone)]
pub struct Batch {
    roots: Vec<PathBuf>,
    is_list: bool,
    jobs: Option<NonZero<usize>>,
    skip: Vec<Format>,
}

/// One audio file's result.
#[derive(Debug)]
#[non_exhaustive]
pub struct Item<T> {
    /// The path, below the root that it was found in.
    pub path: PathBuf,
    /// The format, where the content shows one that can be written.
    pub format: Option<Format>,
    /// What the call gave.
    pub result: Result<T, Error>,
}

/// How many files there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Summary {
    /// Files with a result.
    pub audio: usize,
    /// Other files, and files of a format that was to be skipped.
    pub skipped: usize,
}

impl Batch {
    /// A job over these files and folders.
    pub fn new(roots: impl IntoIterator<Item = impl Into<PathBuf>>) -> Batch {
        Batch {
            roots: roots.into_iter().map(Into::into).collect(),
            is_list: false,
            jobs: None,
            skip: Vec::new(),
        }
    }

    /// A job over these files alone, in the order in which they are given, each as often
    /// as it is: one result for each path. No folder is walked. For calls that only look,
    /// since a file that is given twice may be worked on twice at once.
    ///
    /// A list that is longer than memory is several jobs, of a thousand paths each.
    pub fn list(paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Batch {
        Batch {
            is_list: true,
            ..Batch::new(paths)
        }
    }

    /// Works on so many files at once; 0 means as many as there are processors.
    #[must_use]
    pub fn jobs(mut self, jobs: usize) -> Batch {
        self.jobs = NonZero::new(jobs);
        self
    }

    /// Leaves files of this format alone.
    #[must_use]
    pub fn skip(mut self, format: Format) -> Batch {
        self.skip.push(format);
        self
    }

    /// Every file below the roots, in path order, audio or not. For a progress bar.
    #[must_use]
    pub fn count(&self) -> usize {
        self.candidates().len()
    }

    /// Calls `operate` on every audio file, and `each` with every result, in path order, or
    /// in that of the list.
    pub fn run<T: Send>(
        &self,
        operate: impl Fn(&Path) -> Result<T, Error> + Sync,
        mut each: impl FnMut(Item<T>),
    ) -> Summary {
        let candidates = self.candidates();
        let threads = self
            .jobs
            .or(thread::available_parallelism().ok())
            .map_or(1, NonZero::get)
            .min(candidates.len().max(1));
        let next = AtomicUsize::new(0);
        let (results, incoming) = mpsc::channel();
        let mut summary = Summary::default();
        thread::scope(|scope| {
            for _ in 0..threads {
                let (results, next, candidates, operate) =
                    (results.clone(), &next, &candidates, &operate);
                scope.spawn(move || {
                    while let Some((index, candidate)) = {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        candidates.get(index).map(|candidate| (index, candidate))
                    } {
                        // Nobody listens any more only where `each` has panicked.
                        let _ = results.send((index, self.work(candidate, operate)));
                    }
                });
            }
            drop(results);
            let mut early = BTreeMap::new();
            let mut due = 0;
            for (index, outcome) in incoming {
                early.insert(index, outcome);
                while let Some(outcome) = early.remove(&due) {
                    due += 1;
                    match outcome {
                        Some(item) => {
                            summary.audio += 1;
                            each(item);
                        }
                        None => summary.skipped += 1,
                    }
                }
            }
        });
        summary
    }

    /// The result for one candidate; `None` where it is skipped.
    fn work<T>(
        &self,
        candidate: &Candidate,
        operate: &(impl Fn(&Path) -> Result<T, Error> + Sync),
    ) -> Option<Item<T>> {
        let path = candidate.path.clone();
        if let Some(error) = &candidate.error {
            let error = Error::io(
                "cannot walk the folder",
                std::io::Error::other(error.clone()),
            );
            let result = Err(error.about(&path));
            return Some(Item {
                path,
                format: None,
                result,
            });
        }
        let format = match format(&path) {
            Ok(format) if self.skip.contains(&format) => return None,
            Ok(format) => Some(format),
            Err(error) if error.kind() == ErrorKind::NotAudio && !candidate.named => return None,
            Err(error) if error.kind() == ErrorKind::Io => {
                let result = Err(error.about(&path));
                return Some(Item {
                    path,
                    format: None,
                    result,
                });
            }
            Err(_) => None,
        };
        let result = operate(&path);
        Some(Item {
            path,
            format,
            result,
        })
    }

    fn candidates(&self) -> Vec<Candidate> {
        if self.is_list {
            let named = |path: &PathBuf| Candidate {
                path: path.clone(),
                named: true,
                is_link: false,
                error: None,
            };
            return self.roots.iter().map(named).collect();
        }
        let mut candidates = Vec::new();
        for root in &self.roots {
            for entry in WalkDir::new(root).sort_by_file_name() {
                match entry {
                    Ok(entry) if entry.file_type().is_dir() => {}
                    Ok(entry) if entry.depth() > 0 && is_temporary(entry.file_name()) => {}
                    Ok(entry) => candidates.push(Candidate {
                        named: entry.depth() == 0,
                        is_link: entry.path_is_symlink(),
                        path: entry.into_path(),
                        error: None,
                    }),
                    Err(error) => candidates.push(Candidate {
                        path: error.path().unwrap_or(root).to_owned(),
                        named: true,
                        is_link: false,
                        error: Some(error.to_string()),
                    }),
                }
            }
        }
        candidates.sort_by(|a, b| (a.is_link, &a.path).cmp(&(b.is_link, &b.path)));
        // A file that is reached twice, by a link too, would be worked on twice at once.
        let mut seen = HashSet::new();
        candidates.retain(|candidate| {
            let real = fs::canonicalize(&candidate.path);
            seen.insert(real.unwrap_or_else(|_| candidate.path.clone()))
        });
        candidates.sort_by(|a, b| a.path.cmp(&b.path));
        candidates
    }
}

struct Candidate {
    path: PathBuf,
    /// Given by the caller, not found in a folder.
    named: bool,
    is_link: bool,
    error: Option<String>,
}

/// The format by content.
fn format(path: &Path) -> Result<Format, Error> {
    let mut file = source::open(path)?;
    let mut source = Source::new(&mut file, Limits::default())?;
    Ok(Layout::scan(&mut source)?.format())
}
