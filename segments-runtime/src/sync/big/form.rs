//! The form that uploads a list (API documentation, *createBigSegmentImport*; RFC 7578).

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};

use super::super::transport::Chunks;

/// A form that is made while it is sent.
pub(super) struct Form {
    pub(super) content_type: String,
    pub(super) body: Chunks,
}

impl Form {
    /// A form of a mode and a file.
    pub(super) fn new(
        mode: &str,
        file: impl Stream<Item = std::io::Result<Vec<u8>>> + Send + 'static,
    ) -> Self {
        Self::parted(&format!("segments-{:032x}", fastrand::u128(..)), mode, file)
    }

    /// The text between the parts has to occur in none of them, which chance sees to.
    fn parted(
        boundary: &str,
        mode: &str,
        file: impl Stream<Item = std::io::Result<Vec<u8>>> + Send + 'static,
    ) -> Self {
        let begin = format!(
            "--{boundary}\r\n\
             Content-Disposition: form-data; name=\"mode\"\r\n\r\n\
             {mode}\r\n\
             --{boundary}\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"members.csv\"\r\n\
             Content-Type: text/csv\r\n\r\n"
        );
        let end = format!("\r\n--{boundary}--\r\n");
        let around = |text: String| stream::iter([Ok(Bytes::from(text))]);
        let body = around(begin)
            .chain(file.map_ok(Bytes::from))
            .chain(around(end));
        Self {
            content_type: format!("multipart/form-data; boundary={boundary}"),
            body: Box::pin(body),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_form_has_a_mode_and_a_file() {
        let file = stream::iter([Ok(b"a\n".to_vec()), Ok(b"b\n".to_vec())]);
        let form = Form::parted("B", "replace", file);
        assert_eq!(form.content_type, "multipart/form-data; boundary=B");
        let text: Vec<Bytes> = form.body.try_collect().await.unwrap();
        assert_eq!(
            String::from_utf8(text.concat()).unwrap(),
            "--B\r\nContent-Disposition: form-data; name=\"mode\"\r\n\r\nreplace\r\n\
             --B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"members.csv\"\r\n\
             Content-Type: text/csv\r\n\r\na\nb\n\r\n--B--\r\n"
        );
    }
}
