//! Loading segments from JSON in common forms.
//!
//! Each form is recognized by its names. Other forms are refused by name, too: guessing would evaluate
//! segments that do not exist.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value as Json};
use thiserror::Error;

use super::segments::CompiledSegments;
use super::snapshot::{LeftOut, Snapshot};
use crate::wire;

/// The reason why JSON has no segments.
#[derive(Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The text is not JSON.
    #[error("the segments are not JSON: {0}")]
    Json(serde_json::Error),
    /// The text is truncated.
    #[error("it is cut off in line {line}; take it again")]
    Cut {
        /// The line, from 1.
        line: usize,
    },
    /// The snapshot is from a later version of this program.
    #[error("it is a snapshot of format {0}, and this version reads format 1; take it again")]
    Format(u64),
    /// One of the flags cannot be read.
    #[error("flag `{key}` cannot be read: {source}")]
    UnreadableFlag {
        /// Its key.
        key: String,
        /// The problem.
        source: serde_json::Error,
    },
    /// The JSON is too large.
    #[error("the segments are too many to be read: {0}")]
    TooMuch(#[from] wire::TooMuch),
    /// The JSON has none of the known forms.
    #[error(
        "this JSON is neither a segment, nor a list of segments, nor segments by key, nor a response of the REST API, nor data that SDKs receive or store"
    )]
    Form,
    /// The JSON has only flags.
    #[error("this JSON has flags and no `segments`; take the data that has both")]
    NoSegments,
    /// The JSON is a flag.
    #[error("`{0}` is a flag, and no segment")]
    Flag(String),
    /// The JSON is a context.
    #[error("`{0}` is a context, and no segment")]
    Context(String),
    /// The JSON is a store of several environments.
    #[error("this is the data of several environments, {0}; leave one of them in it")]
    Environments(String),
    /// The text is that of a stream.
    #[error("this is a stream of events; take the JSON behind `data:` of its `put`")]
    Stream,
    /// A segment has the key of another.
    #[error("entry `{entry}` holds segment `{key}`; write the same key in both places")]
    OtherKey {
        /// The key in front.
        entry: String,
        /// The key that the segment says.
        key: String,
    },
    /// One of the segments cannot be read.
    #[error("segment `{key}` cannot be read: {source}")]
    Segment {
        /// Its key, or its place in the list.
        key: String,
        /// The problem.
        source: serde_json::Error,
    },
}

crate::readable_debug! {
    enum LoadError {
        Json(error),
        Cut { line },
        Format(number),
        UnreadableFlag { key, source },
        TooMuch(error),
        Form,
        NoSegments,
        Flag(key),
        Context(key),
        Environments(names),
        Stream,
        OtherKey { entry, key },
        Segment { key, source },
    }
}

impl From<serde_json::Error> for LoadError {
    fn from(error: serde_json::Error) -> Self {
        // Nothing at all is nothing that was cut.
        if error.is_eof() && error.line() > 0 && error.column() > 0 {
            return Self::Cut { line: error.line() };
        }
        Self::Json(error)
    }
}

impl CompiledSegments {
    /// Loads segments in any of these forms:
    ///
    /// - one segment, in the form of the REST API or of the data for SDKs;
    /// - a list of segments, or a page of the REST API's listing (`items`);
    /// - segments by key;
    /// - everything that an SDK receives: `flags` and `segments`, plain, as the event `put` that starts
    ///   a stream, or as the `events` of the second protocol (`FDv2`);
    /// - an SDK's store: an edge store (`LD-Env-…`), or the hashes of Redis, whose values are JSON in
    ///   strings.
    ///
    /// The data of an SDK is [complete](Self::complete).
    ///
    /// # Errors
    ///
    /// If the text is not JSON, or has none of these forms, or one of the segments has a field of the
    /// wrong type.
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
        Ok(Self::of_loaded(Loaded::from_json(text)?))
    }

    /// Loads segments from parsed JSON.
    ///
    /// # Errors
    ///
    /// If the JSON has none of the forms, or one of the segments has a field of the wrong type.
    pub fn from_json_value(json: Json) -> Result<Self, LoadError> {
        Ok(Self::of_loaded(Loaded::from_json_value(json)?))
    }

    fn of_loaded(loaded: Loaded) -> Self {
        let compiled = Self::from_wire(loaded.segments).with_left_out(&loaded.left_out);
        if loaded.complete {
            compiled.complete()
        } else {
            compiled
        }
    }
}

/// Segments from JSON, before they are [prepared](CompiledSegments::from_wire).
///
/// Example: [`CompiledSegments`](super::CompiledSegments).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Loaded {
    /// The segments.
    pub segments: Vec<wire::Segment>,
    /// The flags, including those behind AI Configs, if the data has them.
    pub flags: Vec<wire::Flag>,
    /// Whether these are [all segments](CompiledSegments::complete) of their environment.
    pub complete: bool,
    /// The form of the JSON.
    pub form: Form,
    /// The keys of members that a snapshot leaves out.
    pub left_out: LeftOut,
    /// The description of the snapshot, if this is one.
    pub snapshot: Option<Snapshot>,
}

/// The form of JSON with segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Form {
    /// One segment.
    Segment,
    /// A list of segments, or a page of the REST API's listing.
    #[default]
    List,
    /// Segments by key.
    ByKey,
    /// The data that an SDK receives.
    Sdk,
    /// The store of an edge SDK.
    EdgeStore,
    /// An SDK's data in Redis.
    Redis,
    /// The events of the second protocol.
    Events,
}

impl std::fmt::Display for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Segment => "a segment",
            Self::List => "a list of segments",
            Self::ByKey => "segments by key",
            Self::Sdk => "the data that SDKs receive",
            Self::EdgeStore => "the store of an edge SDK",
            Self::Redis => "an SDK's data in Redis",
            Self::Events => "a stream of the second protocol",
        })
    }
}

impl Loaded {
    /// Loads the forms that [`CompiledSegments::from_json`] accepts. A byte-order mark is ignored.
    ///
    /// # Errors
    ///
    /// The same, and if the JSON has more values than any environment.
    pub fn from_json(text: &str) -> Result<Self, LoadError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let is_field = |line: &str| ["event:", "data:"].iter().any(|it| line.starts_with(it));
        if text.trim_start().lines().next().is_some_and(is_field) {
            return Err(LoadError::Stream);
        }
        wire::bounded(text.as_bytes())?;
        Self::from_json_value(serde_json::from_str(text)?)
    }

    fn from_json_value(json: Json) -> Result<Self, LoadError> {
        match json {
            Json::Array(items) if items.iter().any(|item| item.get("event").is_some()) => {
                events(items)
            }
            Json::Array(items) => list(items),
            Json::Object(object) => from_object(object),
            _ => Err(LoadError::Form),
        }
    }

    /// Some segments of an environment.
    fn some(segments: Vec<wire::Segment>, form: Form) -> Self {
        Self {
            segments,
            form,
            ..Self::default()
        }
    }

    /// The same as it was in a snapshot.
    fn within(mut self, snapshot: Option<Snapshot>) -> Self {
        if let Some(snapshot) = &snapshot {
            self.left_out.clone_from(&snapshot.left_out);
        }
        self.snapshot = snapshot;
        self
    }
}

type Object = Map<String, Json>;

/// The header of a snapshot; `None` if this is not a snapshot.
fn snapshot(object: &mut Object) -> Result<Option<Snapshot>, LoadError> {
    let Some(Json::Object(said)) = object.get("snapshot") else {
        return Ok(None);
    };
    // A segment may be called so.
    let Some(format) = said.get("format").and_then(Json::as_u64) else {
        return Ok(None);
    };
    let said = object.remove("snapshot").unwrap_or_default();
    let snapshot: Snapshot = serde_json::from_value(said).map_err(|_| LoadError::Format(format))?;
    if !snapshot.is_known() {
        return Err(LoadError::Format(format));
    }
    Ok(Some(snapshot))
}

fn from_object(mut object: Object) -> Result<Loaded, LoadError> {
    let snapshot = snapshot(&mut object)?;
    let is_snapshot = snapshot.is_some();
    let loaded = within_object(object)?.within(snapshot);
    if is_snapshot && !loaded.complete {
        return Err(LoadError::Form);
    }
    Ok(loaded)
}

fn within_object(mut object: Object) -> Result<Loaded, LoadError> {
    if object.get("key").is_some_and(Json::is_string) {
        let loaded = list(vec![Json::Object(object)])?;
        return Ok(Loaded {
            form: Form::Segment,
            ..loaded
        });
    }
    if let Some(Json::Array(items)) = object.get_mut("items") {
        return list(std::mem::take(items));
    }
    if let Some(Json::Array(items)) = object.get_mut("events") {
        return events(std::mem::take(items));
    }
    if object.get("path").is_some_and(Json::is_string) {
        return match object.remove("data") {
            Some(Json::Object(data)) => sdk_data(data),
            _ => Err(LoadError::Form),
        };
    }
    if object.contains_key("segments") || object.contains_key("flags") {
        return sdk_data(object);
    }
    if object.keys().any(|name| name.starts_with(EDGE)) {
        return edge_store(object);
    }
    if object.keys().any(|name| name.ends_with(REDIS)) {
        return redis(object);
    }
    keyed(object)
}

/// The prefix of environments in the stores of edge SDKs.
const EDGE: &str = "LD-Env-";
/// The suffix of the hash of segments in Redis; a prefix comes before it.
const REDIS: &str = ":segments";

/// Everything that an SDK receives.
fn sdk_data(mut object: Object) -> Result<Loaded, LoadError> {
    let flags = match object.remove("flags") {
        Some(Json::Object(flags)) => flags,
        _ => Object::new(),
    };
    match object.remove("segments") {
        Some(Json::Object(segments)) => Ok(Loaded {
            segments: by_key(segments)?,
            flags: self::flags(flags)?,
            complete: true,
            form: Form::Sdk,
            ..Loaded::default()
        }),
        Some(Json::Array(items)) => list(items),
        None => Err(LoadError::NoSegments),
        Some(_) => Err(LoadError::Form),
    }
}

/// The environments of an edge store, each the data of an SDK, as it is or as a text.
fn edge_store(mut object: Object) -> Result<Loaded, LoadError> {
    object.retain(|name, _| name.starts_with(EDGE));
    if object.len() > 1 {
        let names: Vec<String> = object.keys().map(|name| format!("`{name}`")).collect();
        return Err(LoadError::Environments(names.join(" and ")));
    }
    match object.into_iter().next().map(|(_, data)| unpacked(data)) {
        Some(Ok(Json::Object(data))) => Ok(Loaded {
            form: Form::EdgeStore,
            ..sdk_data(data)?
        }),
        Some(Err(error)) => Err(error),
        _ => Err(LoadError::Form),
    }
}

/// The hashes that an SDK keeps in Redis. With the mark that it is initialized, they are all.
fn redis(mut object: Object) -> Result<Loaded, LoadError> {
    let names = object.keys().filter(|name| name.ends_with(REDIS));
    let names: Vec<String> = names.cloned().collect();
    let [name] = names.as_slice() else {
        return Err(LoadError::Environments(names.join(" and ")));
    };
    let initialized = format!("{}:$inited", name.strip_suffix(REDIS).unwrap_or_default());
    let complete = object.contains_key(&initialized);
    match object.remove(name) {
        Some(Json::Object(segments)) => Ok(Loaded {
            segments: by_key(segments)?,
            complete,
            form: Form::Redis,
            ..Loaded::default()
        }),
        _ => Err(LoadError::Form),
    }
}

/// The events of the second protocol. After a full transfer they are all segments; after one of
/// changes, only those that changed.
fn events(items: Vec<Json>) -> Result<Loaded, LoadError> {
    let mut loaded = Loaded::some(Vec::new(), Form::Events);
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut flags: BTreeMap<String, wire::Flag> = BTreeMap::new();
    for mut item in items {
        let mut data = item["data"].take();
        match item["event"].as_str() {
            Some("server-intent") => {
                let intent = &data["payloads"][0]["intentCode"];
                loaded.complete = intent.as_str() == Some("xfer-full");
            }
            Some("put-object") if data["kind"] == "segment" => {
                let object = data["object"].take();
                let Some(key) = data["key"].as_str() else {
                    return Err(LoadError::Form);
                };
                same_key(key, &object)?;
                let segment = wire::Segment {
                    key: key.to_owned(),
                    ..segment(key.to_owned(), object)?
                };
                let next = loaded.segments.len();
                match *places.entry(key.to_owned()).or_insert(next) {
                    place if place == next => loaded.segments.push(segment),
                    place => loaded.segments[place] = segment,
                }
            }
            Some("put-object") if data["kind"] == "flag" => {
                let object = data["object"].take();
                let Some(key) = data["key"].as_str() else {
                    return Err(LoadError::Form);
                };
                flags.insert(key.to_owned(), flag(key.to_owned(), object)?);
            }
            Some("delete-object") if data["kind"] == "flag" => {
                flags.remove(data["key"].as_str().unwrap_or_default());
            }
            Some("delete-object") if data["kind"] == "segment" => {
                let place = data["key"].as_str().and_then(|key| places.get(key));
                if let Some(place) = place {
                    loaded.segments[*place].deleted = true;
                }
            }
            Some(_) => {}
            None => return Err(LoadError::Form),
        }
    }
    loaded.flags = flags.into_values().collect();
    Ok(loaded)
}

/// Segments by key and nothing around them. Every other object has names and values, too, so each has
/// to say its key itself.
fn keyed(object: Object) -> Result<Loaded, LoadError> {
    let mut segments = Object::new();
    for (key, value) in object {
        let value = unpacked(value).map_err(|_| LoadError::Form)?;
        if value["key"].as_str() != Some(&key) {
            return Err(LoadError::Form);
        }
        segments.insert(key, value);
    }
    if segments.is_empty() {
        return Err(LoadError::Form);
    }
    by_key(segments).map(|segments| Loaded::some(segments, Form::ByKey))
}

/// A value that a store keeps as the text of its JSON.
fn unpacked(value: Json) -> Result<Json, LoadError> {
    match value {
        Json::String(text) => {
            wire::bounded(text.as_bytes())?;
            Ok(serde_json::from_str(&text)?)
        }
        value => Ok(value),
    }
}

fn list(items: Vec<Json>) -> Result<Loaded, LoadError> {
    few(items.len())?;
    let read = |(index, item): (usize, Json)| match item.get("key") {
        Some(Json::String(key)) => segment(key.clone(), item),
        _ if item.is_object() => Err(LoadError::Segment {
            key: format!("#{}", index + 1),
            source: serde::de::Error::missing_field("key"),
        }),
        _ => segment(format!("#{}", index + 1), item),
    };
    let segments: Result<Vec<_>, _> = items.into_iter().enumerate().map(read).collect();
    Ok(Loaded::some(segments?, Form::List))
}

/// A segment takes a hundred times what an empty object does.
fn few(segments: usize) -> Result<(), wire::TooMuch> {
    if segments > wire::MOST_ITEMS {
        return Err(wire::TooMuch);
    }
    Ok(())
}

fn by_key(segments: Object) -> Result<Vec<wire::Segment>, LoadError> {
    few(segments.len())?;
    let read = |(key, item): (String, Json)| {
        let item = unpacked(item)?;
        same_key(&key, &item)?;
        segment(key.clone(), item).map(|segment| wire::Segment { key, ..segment })
    };
    segments.into_iter().map(read).collect()
}

/// Checks that the object under a key has the same key.
fn same_key(entry: &str, segment: &Json) -> Result<(), LoadError> {
    match segment.get("key").and_then(Json::as_str) {
        Some(key) if key != entry => Err(LoadError::OtherKey {
            entry: entry.to_owned(),
            key: key.to_owned(),
        }),
        _ => Ok(()),
    }
}

fn flags(flags: Object) -> Result<Vec<wire::Flag>, LoadError> {
    few(flags.len())?;
    let flags = flags.into_iter();
    flags
        .map(|(key, item)| {
            let item = unpacked(item)?;
            flag(key, item)
        })
        .collect()
}

fn flag(key: String, json: Json) -> Result<wire::Flag, LoadError> {
    match serde_json::from_value::<wire::Flag>(json) {
        Ok(flag) => Ok(wire::Flag { key, ..flag }),
        Err(source) => Err(LoadError::UnreadableFlag { key, source }),
    }
}

fn segment(key: String, json: Json) -> Result<wire::Segment, LoadError> {
    let is_flag = ["variations", "fallthrough", "offVariation"];
    if is_flag.iter().any(|name| json.get(name).is_some()) {
        return Err(LoadError::Flag(key));
    }
    if json.get("kind").is_some_and(Json::is_string) {
        return Err(LoadError::Context(key));
    }
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
            (r#"{"a":{"key":"a"},"b":{"key":"b"}}"#, vec!["a", "b"]),
            (r#"{"flags":{},"segments":{"a":{"key":"a"}}}"#, vec!["a"]),
            (r#"{"path":"/","data":{"segments":{"a":{}}}}"#, vec!["a"]),
            (r#"[{"key":"a"},{"key":"b","deleted":true}]"#, vec!["a"]),
            ("\u{feff}[{\"key\":\"a\"}]", vec!["a"]),
            (
                r#"{"LD-Env-1":{"flags":{},"segments":{"a":{}}}}"#,
                vec!["a"],
            ),
            (r#"{"LD-Env-1":"{\"segments\":{\"a\":{}}}"}"#, vec!["a"]),
            (
                r#"{"ld:features":{},"ld:segments":{"a":"{\"key\":\"a\"}"},"ld:$inited":""}"#,
                vec!["a"],
            ),
            (r#"{"a":"{\"key\":\"a\"}"}"#, vec!["a"]),
            (
                r#"{"events":[
                    {"event":"server-intent","data":{"payloads":[{"intentCode":"xfer-full"}]}},
                    {"event":"put-object","data":{"kind":"segment","key":"a","version":1,"object":{"key":"a"}}},
                    {"event":"put-object","data":{"kind":"segment","key":"b","version":1,"object":{"key":"b"}}},
                    {"event":"put-object","data":{"kind":"flag","key":"f","version":1,"object":{"key":"f"}}},
                    {"event":"delete-object","data":{"kind":"segment","key":"b","version":2}},
                    {"event":"payload-transferred","data":{"version":2}}]}"#,
                vec!["a"],
            ),
        ] {
            let segments = CompiledSegments::from_json(json).unwrap();
            assert_eq!(segments.keys().collect::<Vec<_>>(), keys, "{json}");
        }
    }

    #[test]
    fn other_json_is_refused_with_the_place() {
        for (json, says) in [
            ("", "not JSON"),
            ("1", "neither a segment"),
            ("{}", "neither a segment"),
            (r#"{"a":1}"#, "neither a segment"),
            (r#"{"items":1}"#, "neither a segment"),
            (r#"{"a":{}}"#, "neither a segment"),
            (r#"{"a":{"key":"b"}}"#, "neither a segment"),
            (r#"{"kind":"user","name":"x"}"#, "neither a segment"),
            (r#"{"flags":{"f":{"key":"f"}}}"#, "flags and no `segments`"),
            (
                r#"{"path":"/","data":{"flags":{}}}"#,
                "flags and no `segments`",
            ),
            (r#"{"LD-Env-1":{"flags":{}}}"#, "flags and no `segments`"),
            (
                r#"{"LD-Env-1":{"segments":{}},"LD-Env-2":{"segments":{}}}"#,
                "several environments, `LD-Env-1` and `LD-Env-2`",
            ),
            (r#"{"key":"f","variations":[1],"on":true}"#, "`f` is a flag"),
            (
                r#"{"items":[{"key":"f","variations":[]}]}"#,
                "`f` is a flag",
            ),
            (r#"{"kind":"user","key":"u"}"#, "`u` is a context"),
            (
                r#"{"segments":{"a":{"key":"b"}}}"#,
                "entry `a` holds segment `b`",
            ),
            (
                r#"{"LD-Env-1":{"segments":{"a":{"key":"b"}}}}"#,
                "entry `a` holds segment `b`",
            ),
            (
                r#"{"ld:segments":{"a":"{\"key\":\"b\"}"}}"#,
                "entry `a` holds segment `b`",
            ),
            ("[{}]", "segment `#1` cannot be read: missing field `key`"),
            ("event: put\ndata: {}", "stream of events"),
        ] {
            let error = CompiledSegments::from_json(json).unwrap_err().to_string();
            assert!(error.contains(says), "{json}: {error}");
        }
        let many = format!("[{}]", vec!["{}"; 50_001].join(","));
        let error = CompiledSegments::from_json(&many).unwrap_err();
        assert!(matches!(error, LoadError::TooMuch(_)), "{error}");
        let error = CompiledSegments::from_json(r#"[{"key":"a","rules":7}]"#).unwrap_err();
        assert!(error.to_string().starts_with("segment `a` cannot be read"));
    }

    #[test]
    fn forms_have_names_even_if_nothing_is_in_them() {
        for (json, form) in [
            ("[]", Form::List),
            (r#"{"items":[]}"#, Form::List),
            (r#"{"flags":{},"segments":{}}"#, Form::Sdk),
            (r#"{"segments":[]}"#, Form::List),
            (r#"{"LD-Env-1":{"segments":{}}}"#, Form::EdgeStore),
            (r#"{"ld:segments":{}}"#, Form::Redis),
            (r#"{"events":[]}"#, Form::Events),
        ] {
            let loaded = Loaded::from_json(json).unwrap();
            assert_eq!((loaded.form, loaded.segments.len()), (form, 0), "{json}");
        }
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
