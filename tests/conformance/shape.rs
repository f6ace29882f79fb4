//! What a body has to look like.

use serde_json::Value as Json;

/// Compares a body with its shape. Objects may have members that the shape does not name; arrays
/// have exactly the elements of the shape. A text in angle brackets stands for what it says.
pub(crate) fn compare(shape: &Json, actual: Option<&Json>, at: &str) -> Result<(), String> {
    if shape == "<absent>" {
        return match actual {
            None => Ok(()),
            Some(actual) => Err(format!("{at} should be absent, is {actual}")),
        };
    }
    let actual = actual.ok_or_else(|| format!("{at} is absent"))?;
    match (shape, actual) {
        (Json::Object(shape), Json::Object(members)) => {
            for (name, shape) in shape {
                compare(shape, members.get(name), &format!("{at}.{name}"))?;
            }
            Ok(())
        }
        (Json::Array(shapes), Json::Array(elements)) if shapes.len() == elements.len() => {
            for (index, (shape, element)) in shapes.iter().zip(elements).enumerate() {
                compare(shape, Some(element), &format!("{at}[{index}]"))?;
            }
            Ok(())
        }
        (Json::String(kind), actual) if kind.starts_with('<') => {
            let fits = match kind.as_str() {
                "<text>" => actual.as_str().is_some_and(|text| !text.is_empty()),
                "<uuid>" => actual.as_str().is_some_and(is_uuid),
                "<object id>" => actual
                    .as_str()
                    .is_some_and(|text| text.len() == 24 && text.bytes().all(is_lower_hex)),
                "<milliseconds>" => actual.as_i64().is_some_and(|ms| ms > 1_600_000_000_000),
                "<number>" => actual.is_number(),
                "<array>" => actual.is_array(),
                "<object>" => actual.is_object(),
                _ => return Err(format!("the shape {kind} does not exist")),
            };
            if fits {
                Ok(())
            } else {
                Err(format!("{at} should be {kind}, is {actual}"))
            }
        }
        _ if shape == actual => Ok(()),
        _ => Err(format!("{at} should be {shape}, is {actual}")),
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => is_lower_hex(byte),
        })
}

fn is_lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}
