//! Forms with files (RFC 7578), in complete bodies.

use memchr::memmem;

/// A part of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) content: &'a [u8],
}

/// Reads a form, or says what is wrong with it.
pub(super) fn parts<'a>(content_type: &str, body: &'a [u8]) -> Result<Vec<Part<'a>>, &'static str> {
    let (media_type, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    if !media_type
        .trim()
        .eq_ignore_ascii_case("multipart/form-data")
    {
        return Err("its content type is not multipart/form-data");
    }
    let boundary = parameter(parameters, "boundary").filter(|boundary| !boundary.is_empty());
    let boundary = format!(
        "--{}",
        boundary.ok_or("its content type names no boundary")?
    );
    let between = format!("\r\n{boundary}");
    // What stands before the first boundary is for nobody.
    let start = memmem::find(body, boundary.as_bytes()).ok_or("its boundary is not in it")?;
    let mut rest = &body[start + boundary.len()..];
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        let head = memmem::find(rest, b"\r\n").ok_or("it is cut short")?;
        // The empty line after the head may follow the boundary at once.
        let end = memmem::find(&rest[head..], b"\r\n\r\n").ok_or("it is cut short")? + head;
        let body = &rest[end + 4..];
        let length = memmem::find(body, between.as_bytes()).ok_or("it is cut short")?;
        parts.push(part(&rest[head..end], &body[..length])?);
        rest = &body[length + between.len()..];
    }
    Ok(parts)
}

fn part<'a>(head: &[u8], content: &'a [u8]) -> Result<Part<'a>, &'static str> {
    let head = std::str::from_utf8(head).map_err(|_| "the head of a part is not UTF-8")?;
    let disposition = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let named = name.trim().eq_ignore_ascii_case("content-disposition");
        named.then_some(value)
    });
    let parameters = disposition.and_then(|value| Some(value.split_once(';')?.1));
    let parameters = parameters.ok_or("a part has no name")?;
    Ok(Part {
        name: parameter(parameters, "name").ok_or("a part has no name")?,
        file_name: parameter(parameters, "filename"),
        content,
    })
}

/// The value of one of `a=b; c="d"`.
fn parameter(parameters: &str, wanted: &str) -> Option<String> {
    let mut rest = parameters;
    loop {
        let (name, value) = rest.split_once('=')?;
        let name = name.trim_matches([' ', '\t', ';']);
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None => {
                let (value, after) = value.split_once(';').unwrap_or((value, ""));
                (value.trim().to_owned(), after)
            }
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after;
    }
}

/// A quoted text without its quotes, and what follows it.
fn unquoted(quoted: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TYPE: &str = "multipart/form-data; charset=utf-8; boundary=\"B\"";

    #[test]
    fn parts_have_names_and_contents() {
        let body =
            b"ignored\r\n--B\r\nContent-Disposition: form-data; name=\"mode\"\r\n\r\nmerge\r\n\
            --B  \r\ncontent-disposition: form-data; filename=\"a \\\"b\\\";=.csv\"; name=file\r\n\
            Content-Type: text/csv\r\n\r\na\r\n--C\r\n\r\n--B--\r\nignored";
        let parts = parts(TYPE, body).unwrap();
        let part = |name: &str, file_name: Option<&str>, content| Part {
            name: name.to_owned(),
            file_name: file_name.map(str::to_owned),
            content,
        };
        assert_eq!(
            parts,
            [
                part("mode", None, b"merge".as_slice()),
                part("file", Some("a \"b\";=.csv"), b"a\r\n--C\r\n"),
            ]
        );
        assert_eq!(super::parts(TYPE, b"--B--"), Ok(vec![]));
    }

    #[test]
    fn what_is_no_form_is_refused_with_the_reason() {
        let head = "--B\r\nContent-Disposition: form-data; name=x\r\n\r\n";
        for (content_type, body, reason) in [
            (
                "text/csv",
                "a",
                "its content type is not multipart/form-data",
            ),
            (
                "multipart/form-data",
                "a",
                "its content type names no boundary",
            ),
            (
                "multipart/form-data; boundary=",
                "a",
                "its content type names no boundary",
            ),
            (TYPE, "", "its boundary is not in it"),
            (TYPE, "--B", "it is cut short"),
            (TYPE, "--B\r\n\r\n", "it is cut short"),
            (TYPE, &format!("{head}content"), "it is cut short"),
            (TYPE, "--B\r\nA: b\r\n\r\nc\r\n--B--", "a part has no name"),
        ] {
            assert_eq!(parts(content_type, body.as_bytes()), Err(reason), "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(pieces in prop::collection::vec(
            prop::sample::select(vec!["--B", "--", "\r\n", "\r", "\n", "\"", "\\", ";", "=", "Content-Disposition: form-data", "; name=", "\"file\"", ":", "é"]), 0..30)) {
            let _ = parts(TYPE, pieces.concat().as_bytes());
            let _ = parts(&format!("multipart/form-data;{}", pieces.concat()), b"--B--");
        }
    }
}
