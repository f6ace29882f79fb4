//! Contexts from a stream of lines.

use std::io::{self, BufRead};

use thiserror::Error;

use super::context::{ContextInstance, InvalidContext};

/// Why a line of a stream is no context.
///
/// See the example of [`ndjson`].
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LineError {
    /// The stream cannot be read any further.
    #[error("line {line} cannot be read: {source}")]
    Read {
        /// The line, from 1.
        line: u64,
        /// What went wrong.
        source: io::Error,
    },
    /// The line is no context.
    #[error("line {line}: {source}")]
    Context {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        source: InvalidContext,
    },
}

impl LineError {
    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        match self {
            Self::Read { line, .. } | Self::Context { line, .. } => *line,
        }
    }
}

/// Contexts from newline-delimited JSON, one after the other; blank lines are passed over. After a
/// line that is no context the next one is read; after an error of the stream nothing is.
///
/// ```
/// use segments_model::evaluate::ndjson;
///
/// let stream = "{\"kind\":\"user\",\"key\":\"u-1\"}\n\n{\"kind\":\"user\"}\n";
/// let contexts: Vec<_> = ndjson(stream.as_bytes()).collect();
/// assert_eq!(contexts[0].as_ref().unwrap().key("user"), Some("u-1"));
/// let error = contexts[1].as_ref().unwrap_err();
/// assert!(error.to_string().starts_with("line 3: the context of kind `user` has no `key`"));
/// ```
pub fn ndjson(reader: impl BufRead) -> impl Iterator<Item = Result<ContextInstance, LineError>> {
    lines(reader).map(|line| line.and_then(|line| line.parse()))
}

/// A line that is not blank, with its number.
#[derive(Debug)]
pub(super) struct Line {
    number: u64,
    text: String,
}

impl Line {
    pub(super) fn parse(&self) -> Result<ContextInstance, LineError> {
        ContextInstance::from_json(&self.text).map_err(|source| LineError::Context {
            line: self.number,
            source,
        })
    }
}

pub(super) fn lines(reader: impl BufRead) -> impl Iterator<Item = Result<Line, LineError>> {
    let mut failed = false;
    reader
        .lines()
        .zip(1..)
        .map(|(text, number)| match text {
            Ok(text) => Ok(Line { number, text }),
            Err(source) => Err(LineError::Read {
                line: number,
                source,
            }),
        })
        .take_while(move |line| !std::mem::replace(&mut failed, line.is_err()))
        .filter(|line| !matches!(line, Ok(line) if line.text.trim().is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_after_an_error_of_the_stream() {
        struct Broken;
        impl io::Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("torn"))
            }
        }
        let contexts: Vec<_> = ndjson(io::BufReader::new(Broken)).take(3).collect();
        assert_eq!(contexts.len(), 1);
        let error = contexts[0].as_ref().unwrap_err();
        assert_eq!(error.to_string(), "line 1 cannot be read: torn");
    }
}
