//! Contexts from a stream of lines.

use std::io::{self, BufRead, Read};
use std::iter;

use thiserror::Error;

use super::blocks::{LONGEST, skip_line};
use crate::evaluate::context::{ContextInstance, InvalidContext};

/// The reason why a line of a stream is not a context.
#[derive(Error)]
#[non_exhaustive]
pub enum LineError {
    /// The rest of the stream cannot be read.
    #[error("line {line} cannot be read: {source}")]
    Read {
        /// The line, from 1.
        line: u64,
        /// The error.
        source: io::Error,
    },
    /// The line is longer than any context, and was skipped.
    #[error("line {line} is longer than 16 MB; write each context on a separate line")]
    TooLong {
        /// The line, from 1.
        line: u64,
    },
    /// The line is not a context.
    #[error("line {line}: {source}")]
    Context {
        /// The line, from 1.
        line: u64,
        /// The problem.
        source: InvalidContext,
    },
}

crate::readable_debug! {
    enum LineError {
        Read { line, source },
        TooLong { line },
        Context { line, source },
    }
}

impl LineError {
    /// Returns the line, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        match self {
            Self::Read { line, .. } | Self::TooLong { line } | Self::Context { line, .. } => *line,
        }
    }

    /// Takes the place of the first error, if its line comes before.
    pub(in crate::evaluate) fn keep_first(self, first: &mut Option<Self>) {
        let is_first = first
            .as_ref()
            .is_none_or(|first| self.line() < first.line());
        if is_first {
            *first = Some(self);
        }
    }
}

/// Iterates over contexts from newline-delimited JSON; blank lines are skipped. After a line that is not
/// a context, the next one is read; after an error of the stream, nothing is.
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
pub fn ndjson(
    mut reader: impl BufRead,
) -> impl Iterator<Item = Result<ContextInstance, LineError>> {
    let (mut text, mut lines, mut failed) = (Vec::new(), 1.., false);
    iter::from_fn(move || {
        while !failed {
            let line = lines.next()?;
            text.clear();
            match read_line(&mut reader, &mut text) {
                Ok(true) if text.is_empty() => return None,
                Ok(true) => {}
                Ok(false) => return Some(Err(LineError::TooLong { line })),
                Err(source) => {
                    failed = true;
                    return Some(Err(LineError::Read { line, source }));
                }
            }
            if let Some(context) = context(line, &text) {
                return Some(context);
            }
        }
        None
    })
}

/// Reads a line; `false` if it is longer than a line may be, and nothing of it is kept.
fn read_line(reader: &mut impl BufRead, text: &mut Vec<u8>) -> io::Result<bool> {
    let longest = LONGEST as u64 + 1;
    reader.by_ref().take(longest).read_until(b'\n', text)?;
    let is_whole = text.len() <= LONGEST || text.ends_with(b"\n");
    if !is_whole {
        *text = Vec::new();
        skip_line(reader)?;
    }
    Ok(is_whole)
}

/// The context in a line; none in a blank one.
pub(super) fn context(line: u64, text: &[u8]) -> Option<Result<ContextInstance, LineError>> {
    // Some programs put a mark before the first line that says that this is UTF-8.
    let text = match line {
        1 => text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text),
        _ => text,
    };
    if text.trim_ascii().is_empty() {
        return None;
    }
    let context = ContextInstance::from_bytes(text);
    Some(context.map_err(|source| LineError::Context { line, source }))
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

    #[test]
    fn a_line_without_an_end_is_passed_over() {
        let context = b"{\"kind\":\"user\",\"key\":\"a\"}";
        let long = vec![b' '; LONGEST + 1];
        let stream = [&long[..], b"\n", context].concat();
        let contexts: Vec<_> = ndjson(&stream[..]).collect();
        let [Err(LineError::TooLong { line: 1 }), Ok(context)] = &contexts[..] else {
            panic!("{contexts:?}");
        };
        assert_eq!(context.key("user"), Some("a"));
    }

    #[test]
    fn what_is_no_text_is_refused_and_what_comes_later_is_read() {
        let stream = b"\xef\xbb\xbf{\"kind\":\"user\",\"key\":\"a\"}\r\n\r\n{\"kind\":\"user\",\"key\":\"\xff\"}\n{\"kind\":\"user\",\"key\":\"b\"}";
        let contexts: Vec<_> = ndjson(&stream[..]).collect();
        let [Ok(first), Err(error), Ok(last)] = &contexts[..] else {
            panic!("{contexts:?}");
        };
        assert_eq!(
            (first.key("user"), last.key("user")),
            (Some("a"), Some("b"))
        );
        assert_eq!(
            error.to_string(),
            "line 3: the context is not JSON: invalid unicode code point at line 1 column 23"
        );
    }
}
