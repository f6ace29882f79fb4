//! Sources of lists of members. A list is never in memory as a whole: it is read while it is sent.

use std::fmt;
use std::path::PathBuf;
use std::pin::Pin;

use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::super::progress::{Progress, ProgressEvent};

/// How much is read and sent at a time.
const CHUNK: usize = 64 * 1024;

pub(super) type File = Pin<Box<dyn Stream<Item = std::io::Result<Vec<u8>>> + Send>>;

/// The members of a big segment, from a file, a reader, a stream or an iterator.
///
/// In CSV the keys are in the first column, there is no header line, and all keys are of the kind that
/// the segment is declared for.
pub struct Members(Source);

enum Source {
    Path(PathBuf),
    Again(Box<dyn Fn() -> File + Send>),
    Once(Option<File>),
}

/// Keys of members are nobody's business.
impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::Path(_) => "Members from a file",
            Source::Again(_) => "Members from an iterator",
            Source::Once(_) => "Members from a stream",
        })
    }
}

impl Members {
    /// Creates a list from a CSV file. It can be read again if sending is interrupted.
    pub fn csv_file(path: impl Into<PathBuf>) -> Self {
        Self(Source::Path(path.into()))
    }

    /// Creates a list from a reader of CSV. It cannot be read again.
    pub fn csv(reader: impl AsyncRead + Send + Unpin + 'static) -> Self {
        Self(Source::Once(Some(chunks(reader))))
    }

    /// Creates a list from a stream of keys. It cannot be read again.
    pub fn stream(keys: impl Stream<Item = String> + Send + 'static) -> Self {
        Self(Source::Once(Some(lines(keys))))
    }

    /// Creates a list from an iterator of keys, which is created again if sending is interrupted.
    ///
    /// ```
    /// use segments_runtime::sync::Members;
    ///
    /// let members = Members::keys(|| (0..1_000_000).map(|number| format!("customer-{number}")));
    /// # let _ = members;
    /// ```
    pub fn keys<I>(keys: impl Fn() -> I + Send + 'static) -> Self
    where
        I: Iterator<Item = String> + Send + 'static,
    {
        Self(Source::Again(Box::new(move || lines(stream::iter(keys())))))
    }

    /// The list from its beginning; `None` if it cannot be read again.
    pub(super) async fn open(&mut self) -> std::io::Result<Option<File>> {
        Ok(match &mut self.0 {
            Source::Path(path) => Some(chunks(tokio::fs::File::open(path).await?)),
            Source::Again(make) => Some(make()),
            Source::Once(file) => file.take(),
        })
    }
}

fn chunks(reader: impl AsyncRead + Send + Unpin + 'static) -> File {
    Box::pin(stream::try_unfold(reader, |mut reader| async move {
        let mut chunk = vec![0; CHUNK];
        let read = reader.read(&mut chunk).await?;
        chunk.truncate(read);
        Ok((read > 0).then_some((chunk, reader)))
    }))
}

/// One key on each line, many lines in each chunk.
fn lines(keys: impl Stream<Item = String> + Send + 'static) -> File {
    let lines = keys.ready_chunks(1024).map(|keys| {
        let mut chunk = Vec::new();
        for key in keys.iter().filter(|key| !key.is_empty()) {
            write_field(&mut chunk, key);
            chunk.push(b'\n');
        }
        Ok(chunk)
    });
    Box::pin(lines)
}

/// A key as a field of CSV (RFC 4180).
fn write_field(chunk: &mut Vec<u8>, key: &str) {
    let plain = !key.contains([',', '"', '\n', '\r']) && key.trim() == key;
    if plain {
        chunk.extend_from_slice(key.as_bytes());
    } else {
        chunk.push(b'"');
        chunk.extend_from_slice(key.replace('"', "\"\"").as_bytes());
        chunk.push(b'"');
    }
}

/// The list, telling how much of it has been sent.
pub(super) fn watched(
    file: File,
    progress: Progress,
) -> impl Stream<Item = std::io::Result<Vec<u8>>> + Send {
    let mut bytes = 0_u64;
    file.inspect_ok(move |chunk| {
        bytes = bytes.saturating_add(chunk.len() as u64);
        progress.tell(ProgressEvent::Uploaded { bytes });
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn text(mut members: Members) -> String {
        let file = members.open().await.unwrap().unwrap();
        let chunks: Vec<Vec<u8>> = file.try_collect().await.unwrap();
        String::from_utf8(chunks.concat()).unwrap()
    }

    #[tokio::test]
    async fn keys_of_any_characters_are_fields_of_csv() {
        let keys = || ["a", "a,b", "say \"hi\"", "two\nlines", " edge", ""].map(str::to_owned);
        assert_eq!(
            text(Members::keys(move || keys().into_iter())).await,
            "a\n\"a,b\"\n\"say \"\"hi\"\"\"\n\"two\nlines\"\n\" edge\"\n"
        );
    }

    #[tokio::test]
    async fn readers_are_passed_on_as_they_are() {
        let csv = "k".repeat(CHUNK + 7);
        let reader = std::io::Cursor::new(csv.clone().into_bytes());
        assert_eq!(text(Members::csv(reader)).await, csv);
    }

    #[tokio::test]
    async fn what_was_read_once_is_gone_unless_it_can_be_made_anew() {
        let mut once = Members::stream(stream::iter(["a".to_owned()]));
        assert!(once.open().await.unwrap().is_some());
        assert!(once.open().await.unwrap().is_none());
        let mut again = Members::keys(|| ["a".to_owned()].into_iter());
        assert!(again.open().await.unwrap().is_some());
        assert!(again.open().await.unwrap().is_some());
    }
}
