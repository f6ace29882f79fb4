//! Persistence of the state in a file.
//!
//! The file has a line of JSON per request, with the new state of the things that it changed. A line is
//! written before its request is answered, so a killed process loses no change that a client knows about.
//! A truncated line is the change of an unanswered request and is left out. At the start, and when there
//! are many lines, they are merged into one, in a new file that then replaces the old one.
//!
//! A refused file is left as it is, and so are all files beside it: nothing is opened for writing before
//! the data is known to be an emulator's, and used by no other process. A name ending in `.lock` is only
//! locked, regardless of its content; the new file has an unused name.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use thiserror::Error;

use crate::message::ApiError;
use crate::state::State;

/// The reason why a data file was refused.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// The file cannot be read or written.
    #[error("cannot use {path} for the emulator's data: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// Another emulator uses the file.
    #[error("{0} is in use by another emulator; stop it, or choose another file")]
    InUse(PathBuf),
    /// The file was not written by an emulator.
    #[error("{path}:{line} is not data of an emulator: {source}; choose another file")]
    Content {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The problem.
        source: serde_json::Error,
    },
}

/// Where the state is kept; nowhere, by default.
#[derive(Debug, Default)]
pub(crate) struct Store {
    open: Option<Open>,
}

/// A file of data that was read, and is nobody else's, and is not written yet.
#[derive(Debug)]
pub(crate) struct Claim {
    path: PathBuf,
    lock: File,
}

#[derive(Debug)]
struct Open {
    path: PathBuf,
    file: File,
    /// How long the file is, up to the last line that is whole.
    length: u64,
    /// How long it was when it held nothing but the state.
    folded: u64,
    /// Whether something after `length` is still to be cut off.
    torn: bool,
    /// The changes that are not yet written, as JSON without the brackets around them.
    pending: Vec<u8>,
    /// Held as long as the file is in use: its own lock would go when another file takes its place.
    _lock: File,
}

/// The changes may be so much longer than the state, twice over, before they are folded into it.
const UNFOLDED: u64 = 4 * 1024 * 1024;

/// The current state of one item. The value is put where the names lead; without a value, the item is
/// removed.
#[derive(Serialize, Deserialize)]
struct Change<P, V> {
    at: P,
    #[serde(default = "none")]
    is: Option<V>,
}

fn none<V>() -> Option<V> {
    None
}

impl Claim {
    /// Reads what is in a file, if there is one, and claims it.
    pub(crate) fn new(path: &Path) -> Result<(Self, Option<State>), DataError> {
        let file_error = |source| DataError::File {
            path: path.to_owned(),
            source,
        };
        // A link stays one: what it leads to is replaced.
        let path = match path.canonicalize() {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => {
                path.to_owned()
            }
            target => target.map_err(file_error)?,
        };
        // Refused before anything is made.
        load(&path)?;
        let lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(beside(&path, ".lock"))
            .map_err(file_error)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataError::InUse(path)),
            Err(TryLockError::Error(source)) => return Err(file_error(source)),
        }
        // Again, since another emulator may have written before it let go.
        let state = load(&path)?;
        Ok((Self { path, lock }, state))
    }
}

impl Store {
    /// Keeps the state in a file from now on.
    pub(crate) fn new(claim: Claim, state: &State) -> Result<Self, DataError> {
        let Claim { path, lock } = claim;
        match replace(&path, state) {
            Ok((file, length)) => Ok(Self {
                open: Some(Open {
                    path,
                    file,
                    length,
                    folded: length,
                    torn: false,
                    pending: Vec::new(),
                    _lock: lock,
                }),
            }),
            Err(source) => Err(DataError::File { path, source }),
        }
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
        // A part of a line in the middle of the file would make it unreadable.
        if self.torn {
            self.file.set_len(self.length)?;
            self.torn = false;
        }
        let line = [b"[", &*self.pending, b"]\n"].concat();
        if let Err(error) = self.file.write_all(&line) {
            self.torn = self.file.set_len(self.length).is_err();
            return Err(error);
        }
        self.length += line.len() as u64;
        self.pending.clear();
        Ok(())
    }

    fn fold(&mut self, state: &State) -> io::Result<()> {
        (self.file, self.length) = replace(&self.path, state)?;
        self.folded = self.length;
        self.torn = false;
        self.pending.clear();
        Ok(())
    }
}

/// Writes the whole state into a new file, which then takes the place of the old one. Gives the file
/// and its length.
fn replace(path: &Path, state: &State) -> io::Result<(File, u64)> {
    let all = Change {
        at: [""; 0],
        is: Some(state),
    };
    let mut text = serde_json::to_vec(&[all])?;
    text.push(b'\n');
    let (new, mut file) = create_beside(path)?;
    let written = file
        .write_all(&text)
        .and_then(|()| match std::fs::metadata(path) {
            Ok(old) => file.set_permissions(old.permissions()),
            Err(_) => Ok(()),
        })
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::rename(&new, path));
    if let Err(error) = written {
        let _ = std::fs::remove_file(&new);
        return Err(error);
    }
    Ok((file, text.len() as u64))
}

/// Makes a file beside another one, under a name that was free.
fn create_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut number = 0_u32;
    loop {
        let new = beside(path, &format!(".{number}.new"));
        let mut options = OpenOptions::new();
        match options.create_new(true).append(true).open(&new) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => {
                number += 1;
            }
            made => return made.map(|file| (new, file)),
        }
    }
}

/// The state in a file; `None` if there is no file.
fn load(path: &Path) -> Result<Option<State>, DataError> {
    let file_error = |source| DataError::File {
        path: path.to_owned(),
        source,
    };
    let refuse = |why: &str| file_error(io::Error::other(why));
    match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(file_error(error)),
        Ok(metadata) if !metadata.is_file() => return Err(refuse("it is not a regular file")),
        Ok(metadata) if metadata.permissions().readonly() => {
            return Err(refuse("it can only be read"));
        }
        Ok(_) => {}
    }
    let bytes = std::fs::read(path).map_err(file_error)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    read(path, &bytes).map(Some)
}

/// The longest place: more names than lead to anything in the state.
const LONGEST_PLACE: usize = 16;

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
                if changes.iter().any(|it| it.at.len() > LONGEST_PLACE) {
                    let error = serde::de::Error::custom("an address with too many names");
                    return Err(content_error(index + 1, error));
                }
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
