//! Keeping the state in a file.
//!
//! The file has a line of JSON per change, which says what one thing is now. A line is written
//! before its request is answered, so a process that is killed loses no change that a client knows
//! of. A line that was cut short is the change of an unanswered request and is left out. At the
//! start the lines are folded into one, in a new file that then takes the place of the old one.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use thiserror::Error;

use crate::error::ApiError;
use crate::state::State;

/// Why a file of data was not taken.
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
    file: Option<File>,
}

/// What one thing is now. The value goes where the names lead, or away if there is none.
#[derive(Serialize, Deserialize)]
struct Line<P, V> {
    at: P,
    #[serde(default = "none")]
    is: Option<V>,
}

fn none<V>() -> Option<V> {
    None
}

impl Store {
    /// Opens a file, makes it if it is not there, and reads what is in it.
    pub(crate) fn open(path: &Path) -> Result<(Self, Option<State>), DataError> {
        let file_error = |source| DataError::File {
            path: path.to_owned(),
            source,
        };
        let state = match std::fs::read_to_string(path) {
            Ok(text) if text.is_empty() => None,
            Ok(text) => Some(read(path, &text)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(file_error(error)),
        };
        Ok((
            Self {
                file: Some(
                    OpenOptions::new()
                        .create(true)
                        .append(true)
                        .open(path)
                        .map_err(file_error)?,
                ),
            },
            state,
        ))
    }

    /// Writes the whole state into a new file, which then takes the place of the old one.
    pub(crate) fn rewrite(&mut self, path: &Path, state: &State) -> Result<(), DataError> {
        let file_error = |source| DataError::File {
            path: path.to_owned(),
            source,
        };
        let mut name = path.as_os_str().to_owned();
        name.push(".new");
        let new = PathBuf::from(name);
        let mut file = File::create(&new).map_err(file_error)?;
        let line = Line {
            at: [""; 0],
            is: Some(state),
        };
        write_line(&mut file, &line).map_err(file_error)?;
        file.sync_all().map_err(file_error)?;
        std::fs::rename(&new, path).map_err(file_error)?;
        self.file = Some(file);
        Ok(())
    }

    /// Says what the thing at a place is now, or that it is gone.
    pub(crate) fn set<V: Serialize>(
        &mut self,
        at: &[&str],
        is: Option<&V>,
    ) -> Result<(), ApiError> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        write_line(file, &Line { at, is }).map_err(|error| {
            let mut refusal = ApiError::broken(500);
            refusal.message = format!("the change cannot be saved: {error}");
            refusal
        })
    }
}

fn write_line(file: &mut File, line: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    file.write_all(&text)
}

fn read(path: &Path, text: &str) -> Result<State, DataError> {
    let content_error = |line, source| DataError::Content {
        path: path.to_owned(),
        line,
        source,
    };
    let mut whole = Json::Null;
    let mut lines = text.split_inclusive('\n').enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        match serde_json::from_str::<Line<Vec<String>, Json>>(line) {
            Ok(line) => place(&mut whole, &line.at, line.is),
            // Cut short: the process ended while it wrote.
            Err(_) if index > 0 && lines.peek().is_none() && !line.ends_with('\n') => {}
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
