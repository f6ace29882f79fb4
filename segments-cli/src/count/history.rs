//! Earlier counts, one JSON object on each line of a file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use segments_model::evaluate::Counts;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::file;

#[derive(Debug)]
pub(crate) struct History {
    pub(super) path: PathBuf,
    pub(super) points: Vec<Point>,
    /// Lines that were not written to their end.
    pub(super) cut: Vec<usize>,
}

/// One count.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Point {
    /// When, in milliseconds since 1970.
    at: u64,
    contexts: u64,
    /// Members by segment.
    pub(super) members: BTreeMap<String, u64>,
}

impl History {
    /// Reads the file; none is the start of one.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = match File::open(path) {
            Ok(file) => read_at_most(file, LARGEST),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        };
        let bytes = bytes.map_err(|source| file::failed_to_read(path, source))?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let mut history = Self {
            path: path.to_owned(),
            points: Vec::new(),
            cut: Vec::new(),
        };
        for (bytes, line) in bytes.split_inclusive(|byte| *byte == b'\n').zip(1..) {
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            match serde_json::from_slice(bytes) {
                Ok(point) => history.points.push(point),
                // A process that was killed left this.
                Err(error) if error.is_eof() || !bytes.ends_with(b"\n") => history.cut.push(line),
                Err(source) => {
                    return Err(Failure::History {
                        path: path.to_owned(),
                        line,
                        source,
                    });
                }
            }
        }
        Ok(history)
    }

    /// The members of each segment in the last count, and of how many contexts.
    #[cfg(feature = "lsp")]
    pub(crate) fn into_latest(mut self) -> Option<(BTreeMap<String, u64>, u64)> {
        let point = self.points.pop()?;
        Some((point.members, point.contexts))
    }

    /// Adds a count.
    pub(super) fn append(&mut self, counts: &Counts) -> Result<(), Failure> {
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let members = counts.segments.iter();
        let point = Point {
            at: u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX),
            contexts: counts.contexts,
            members: members
                .map(|tally| (tally.segment.clone(), tally.members))
                .collect(),
        };
        let record = serde_json::to_string(&point).expect("texts and numbers have a JSON form");
        file::append(&self.path, &record)?;
        self.points.push(point);
        Ok(())
    }
}

/// How large a history may be: of ten thousand segments, a thousand counts.
const LARGEST: u64 = 512 << 20;

fn read_at_most(file: File, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let message = format!("it is larger than {} MB; use a new file", most >> 20);
        return Err(io::Error::other(message));
    }
    Ok(bytes)
}
