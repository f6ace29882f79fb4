//! Earlier counts, one in JSON on each line of a file.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use segments_model::evaluate::Counts;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

#[derive(Debug)]
pub(super) struct History {
    path: PathBuf,
    pub(super) points: Vec<Point>,
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
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(source) => {
                return Err(Failure::Read {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        let lines = text
            .lines()
            .zip(1..)
            .filter(|(line, _)| !line.trim().is_empty());
        let points = lines.map(|(point, line)| {
            serde_json::from_str(point).map_err(|source| Failure::History {
                path: path.to_owned(),
                line,
                source,
            })
        });
        Ok(Self {
            path: path.to_owned(),
            points: points.collect::<Result<_, _>>()?,
        })
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
        let line = serde_json::to_string(&point).expect("texts and numbers have a JSON form");
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path);
        file.and_then(|mut file| writeln!(file, "{line}"))
            .map_err(|source| Failure::Write {
                path: self.path.clone(),
                source,
            })?;
        self.points.push(point);
        Ok(())
    }

    /// The members of a segment, as often as it was counted.
    pub(super) fn of(&self, segment: &str) -> Vec<u64> {
        let points = self.points.iter();
        points
            .filter_map(|point| point.members.get(segment).copied())
            .collect()
    }
}
