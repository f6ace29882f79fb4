//! Keeping the state in a file.
//!
//! The file has a line of JSON per request, which says what the things that it changed are now. A
//! line is written before its request is answered, so a process that is killed loses no change that
//! a client knows of. A line that was cut short is the change of an unanswered request and is left
//! out. At the start, and when they have become many, the lines are folded into one, in a new file
//! that then takes the place of the old one.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use thiserror::Error;

use crate::message::ApiError;
use crate::state::State;

/// Why a file of data was not taken.
///
/// See the example of [`Emulator`](crate::Emulator).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// The file cannot be read or written.
    #[error("cannot use {path} for the emulator's data: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another emulator keeps its data in the file.
    #[error("{0} is in use by another emulator; stop it, or choose another file")]
    InUse(PathBuf),
    /// The file is not one that an emulator wrote.
    #[error("{path}:{line} is not data of an emulator: {source}; choose another file")]
    Content {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// Where the state is kept; nowhere, by default.
#[derive(Debug, Default)]
pub(crate) struct Store {
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    path: PathBuf,
    file: File,
    /// How long the file is, up to the last line that is whole.
    length: u64,
    /// How long it was when it held nothing but the state.
    folded: u64,
    /// What changed and is not written yet, as JSON without the brackets around it.
    pending: Vec<u8>,
    /// Held as long as the file is in use: its own lock would go when another file takes its place.
    _lock: File,
}

/// The changes may be so much longer than the state, twice over, before they are folded into it.
const UNFOLDED: u64 = 4 * 1024 * 1024;

/// What one thing is now. The value goes where the names lead, or away if there is none.
#[derive(Serialize, Deserialize)]
struct Change<P, V> {
    at: P,
    #[serde(default = "none")]
    is: Option<V>,
}

fn none<V>() -> Option<V> {
    None
}

impl Store {
    /// Opens a file, makes it if it is not there, and gives what is in it.
    pub(crate) fn open(path: &Path) -> Result<(Self, Option<State>), DataError> {
        let file_error = |source| DataError::File {
            path: path.to_owned(),
            source,
        };
        let lock = File::create(beside(path, ".lock")).map_err(file_error)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataError::InUse(path.to_owned())),
            Err(TryLockError::Error(source)) => return Err(file_error(source)),
        }
        let state = match std::fs::read(path) {
            Ok(bytes) if bytes.is_empty() => None,
            Ok(bytes) => Some(read(path, &bytes)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(file_error(error)),
        };
        let mut options = OpenOptions::new();
        let file = options.create(true).append(true).open(path);
        let open = Open {
            path: path.to_owned(),
            file: file.map_err(file_error)?,
            length: 0,
            folded: 0,
            pending: Vec::new(),
            _lock: lock,
        };
        Ok((Self { open: Some(open) }, state))
    }

    /// Writes the whole state into a new file, which then takes the place of the old one.
    pub(crate) fn fold(&mut self, state: &State) -> Result<(), DataError> {
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        open.fold(state).map_err(|source| DataError::File {
            path: open.path.clone(),
            source,
        })
    }

    /// Notes what the thing at a place is now, or that it is gone.
    pub(crate) fn set<V: Serialize>(
        &mut self,
        at: &[&str],
        is: Option<&V>,
    ) -> Result<(), ApiError> {
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        let before = open.pending.len();
        if before > 0 {
            open.pending.push(b',');
        }
        let written = serde_json::to_writer(&mut open.pending, &Change { at, is });
        written.map_err(|error| {
            open.pending.truncate(before);
            not_saved(&error)
        })
    }

    /// Writes what changed, all in one line, so that a change that consists of several is kept as a
    /// whole or not at all. What cannot be written waits for the next time.
    pub(crate) fn save(&mut self, state: &State) -> Result<(), ApiError> {
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        if open.pending.is_empty() {
            return Ok(());
        }
        open.append().map_err(|error| not_saved(&error))?;
        if open.length > 2 * open.folded + UNFOLDED {
            // The changes are in the file already, so that nothing is lost if this fails.
            let _ = open.fold(state);
        }
        Ok(())
    }
}

fn not_saved(error: &dyn std::fmt::Display) -> ApiError {
    let mut refusal = ApiError::broken(500);
    refusal.message = format!("the change cannot be saved: {error}");
    refusal
}

/// A file beside another one, named after it.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

impl Open {
    fn append(&mut self) -> io::Result<()> {
        let line = [b"[", &*self.pending, b"]\n"].concat();
        if let Err(error) = self.file.write_all(&line) {
            // A part of a line in the middle of the file would make it unreadable.
            let _ = self.file.set_len(self.length);
            return Err(error);
        }
        self.length += line.len() as u64;
        self.pending.clear();
        Ok(())
    }

    fn fold(&mut self, state: &State) -> io::Result<()> {
        let new = beside(&self.path, ".new");
        let all = Change {
            at: [""; 0],
            is: Some(state),
        };
        let mut text = serde_json::to_vec(&[all])?;
        text.push(b'\n');
        let mut options = OpenOptions::new();
        let mut file = options.create(true).append(true).open(&new)?;
        file.set_len(0)?;
        file.write_all(&text)?;
        file.sync_all()?;
        std::fs::rename(&new, &self.path)?;
        self.file = file;
        self.length = text.len() as u64;
        self.folded = self.length;
        self.pending.clear();
        Ok(())
    }
}

fn read(path: &Path, bytes: &[u8]) -> Result<State, DataError> {
    let content_error = |line, source| DataError::Content {
        path: path.to_owned(),
        line,
        source,
    };
    let mut whole = Json::Null;
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    for (index, line) in lines.enumerate() {
        match serde_json::from_slice::<Vec<Change<Vec<String>, Json>>>(line) {
            Ok(changes) => {
                for change in changes {
                    place(&mut whole, &change.at, change.is);
                }
            }
            // Cut short, so the last: the process ended while it wrote.
            Err(_) if index > 0 && !line.ends_with(b"\n") => {}
            Err(error) => return Err(content_error(index + 1, error)),
        }
    }
    serde_json::from_value(whole).map_err(|error| content_error(1, error))
}

fn place(whole: &mut Json, at: &[String], is: Option<Json>) {
    match (at, is) {
        ([], is) => *whole = is.unwrap_or_default(),
        ([name], None) => {
            if let Json::Object(members) = whole {
                members.remove(name);
            }
        }
        ([name, rest @ ..], is) => {
            if !whole.is_object() {
                *whole = Json::Object(serde_json::Map::new());
            }
            if let Json::Object(members) = whole {
                place(members.entry(name).or_insert(Json::Null), rest, is);
            }
        }
    }
}
