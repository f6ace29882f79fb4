//! Segments from JSON in the forms in which people have it.

use serde_json::{Map, Value as Json};
use thiserror::Error;

use super::segments::CompiledSegments;
use crate::wire;

/// Why JSON holds no segments.
///
/// See the example of [`CompiledSegments`](super::CompiledSegments).
#[derive(Error)]
#[non_exhaustive]
pub enum LoadError {
    /// It is no JSON.
    #[error("the segments are not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// There is more in it than can be meant.
    #[error("the segments are too many to be read: {0}")]
    TooMuch(#[from] wire::TooMuch),
    /// It is JSON, but none of the forms.
    #[error(
        "this JSON is neither a segment, nor a list of segments, nor segments by key, nor an answer of the REST API or data for SDKs that has some"
    )]
    Form,
    /// One of the segments is none.
    #[error("segment `{key}` cannot be read: {source}")]
    Segment {
        /// Its key, or its place in the list.
        key: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

crate::readable_debug! {
    enum LoadError {
        Json(error),
        Form,
        TooMuch(error),
        Segment { key, source },
    }
}

impl CompiledSegments {
    /// Reads segments in any of these forms:
    ///
    /// - one segment, as the REST API or the data for SDKs shows it;
    /// - a list of segments, or a page of the REST API's listing (`items`);
    /// - segments by key;
    /// - everything that an SDK receives (`flags` and `segments`, plain or as the event that starts
    ///   a stream). These are [all segments](Self::complete) of their environment.
    ///
    /// # Errors
    ///
    /// When it is no JSON, or none of these forms, or one of the segments has a field of the wrong
    /// type.
    ///
    /// ```
    /// use segments_model::evaluate::CompiledSegments;
    ///
    /// let page = r#"{"items": [{"key": "a"}, {"key": "b"}], "totalCount": 2}"#;
    /// let segments = CompiledSegments::from_json(page)?;
    /// assert_eq!(segments.keys().collect::<Vec<_>>(), ["a", "b"]);
    ///
    /// assert!(CompiledSegments::from_json("7").is_err());
    /// # Ok::<(), segments_model::evaluate::LoadError>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, LoadError> {
        wire::bounded(text.as_bytes())?;
        Self::from_json_value(serde_json::from_str(text)?)
    }

    /// The same, from JSON that is parsed already.
    ///
    /// # Errors
    ///
    /// When it is none of the forms, or one of the segments has a field of the wrong type.
    pub fn from_json_value(json: Json) -> Result<Self, LoadError> {
        let Loaded { segments, complete } = Loaded::from_json_value(json)?;
        let compiled = Self::from_wire(segments);
        Ok(if complete {
            compiled.complete()
        } else {
            compiled
        })
    }
}

/// Segments as they were in JSON, before they are [prepared](CompiledSegments::from_wire).
///
/// See the example of [`CompiledSegments`](super::CompiledSegments).
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The segments.
    pub segments: Vec<wire::Segment>,
    /// Whether these are [all segments](CompiledSegments::complete) of their environment.
    pub complete: bool,
}

impl Loaded {
    /// Reads the forms that [`CompiledSegments::from_json`] reads.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn from_json(text: &str) -> Result<Self, LoadError> {
        wire::bounded(text.as_bytes())?;
        Self::from_json_value(serde_json::from_str(text)?)
    }

    fn from_json_value(json: Json) -> Result<Self, LoadError> {
        match json {
            Json::Array(items) => list(items),
            Json::Object(object) => from_object(object),
            _ => Err(LoadError::Form),
        }
    }

    fn some(segments: Vec<wire::Segment>) -> Self {
        Self {
            segments,
            complete: false,
        }
    }
}

fn from_object(mut object: Map<String, Json>) -> Result<Loaded, LoadError> {
    if object.get("key").is_some_and(Json::is_string) {
        return list(vec![Json::Object(object)]);
    }
    match (object.remove("items"), object.remove("segments")) {
        (Some(Json::Array(items)), _) | (_, Some(Json::Array(items))) => return list(items),
        (_, Some(Json::Object(segments))) => {
            return Ok(Loaded {
                complete: true,
                ..by_key(segments)?
            });
        }
        (None, None) => {}
        _ => return Err(LoadError::Form),
    }
    if object.get("path").is_some_and(Json::is_string)
        && let Some(Json::Object(data)) = object.remove("data")
    {
        return from_object(data);
    }
    if object.values().all(Json::is_object) && !object.is_empty() {
        return by_key(object);
    }
    Err(LoadError::Form)
}

fn list(items: Vec<Json>) -> Result<Loaded, LoadError> {
    few(items.len())?;
    let read = |(index, item): (usize, Json)| {
        let key = match item.get("key") {
            Some(Json::String(key)) => key.clone(),
            _ => format!("#{}", index + 1),
        };
        segment(key, item)
    };
    let segments: Vec<_> = items
        .into_iter()
        .enumerate()
        .map(read)
        .collect::<Result<_, _>>()?;
    Ok(Loaded::some(segments))
}

/// A segment takes a hundred times what an empty object does.
fn few(segments: usize) -> Result<(), wire::TooMuch> {
    if segments > wire::MOST_ITEMS {
        return Err(wire::TooMuch);
    }
    Ok(())
}

fn by_key(segments: Map<String, Json>) -> Result<Loaded, LoadError> {
    few(segments.len())?;
    let read = |(key, item): (String, Json)| {
        segment(key.clone(), item).map(|segment| wire::Segment { key, ..segment })
    };
    let segments: Vec<_> = segments.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok(Loaded::some(segments))
}

fn segment(key: String, json: Json) -> Result<wire::Segment, LoadError> {
    serde_json::from_value(json).map_err(|source| LoadError::Segment { key, source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::ContextInstance;

    #[test]
    fn every_form_is_read() {
        for (json, keys) in [
            (r#"{"key":"a","name":"A"}"#, vec!["a"]),
            (r#"[{"key":"a"},{"key":"b"}]"#, vec!["a", "b"]),
            (r#"{"items":[],"totalCount":0}"#, vec![]),
            (r#"{"a":{"key":"a"},"b":{}}"#, vec!["a", "b"]),
            (r#"{"flags":{},"segments":{"a":{"key":"a"}}}"#, vec!["a"]),
            (r#"{"path":"/","data":{"segments":{"a":{}}}}"#, vec!["a"]),
            (r#"[{"key":"a"},{"key":"b","deleted":true}]"#, vec!["a"]),
        ] {
            let segments = CompiledSegments::from_json(json).unwrap();
            assert_eq!(segments.keys().collect::<Vec<_>>(), keys, "{json}");
        }
    }

    #[test]
    fn other_json_is_refused_with_the_place() {
        for json in ["", "1", "{}", r#"{"a":1}"#, r#"{"items":1}"#] {
            assert!(CompiledSegments::from_json(json).is_err(), "{json}");
        }
        let many = format!("[{}]", vec!["{}"; 50_001].join(","));
        let error = CompiledSegments::from_json(&many).unwrap_err();
        assert!(matches!(error, LoadError::TooMuch(_)), "{error}");
        let error = CompiledSegments::from_json(r#"[{"key":"a","rules":7}]"#).unwrap_err();
        assert!(error.to_string().starts_with("segment `a` cannot be read"));
    }

    #[test]
    fn data_for_sdks_is_everything_there_is() {
        let segment = r#"{"key":"a","rules":[{"clauses":[{"attribute":"","op":"segmentMatch","values":["b"]}]}]}"#;
        let user = ContextInstance::from_json(r#"{"kind":"user","key":"u"}"#).unwrap();
        let alone = CompiledSegments::from_json(segment).unwrap();
        assert_eq!(alone.membership("a", &user).known(), None);
        let all = CompiledSegments::from_json(&format!(r#"{{"segments":{{"a":{segment}}}}}"#));
        assert_eq!(all.unwrap().membership("a", &user).known(), Some(false));
    }
}
