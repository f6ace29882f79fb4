//! `count` over tables says what it says over the same contexts in JSON.

use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use serde_json::json;

use crate::support::Folder;

const SEGMENTS: &str = r#"
[contexts.user.attributes]
email = "string"
age = "number"
score = "number"
beta = "bool"
created = "date"
groups = { type = "string", many = true }
"/address/city" = "string"

[contexts.device.attributes]
os = "string"

[segments.staff]
rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
[segments.outsiders]
rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"], negate = true }] }]
[segments.adults]
rules = [{ clauses = [{ attribute = "age", op = "greaterThanOrEqual", values = [18] }] }]
[segments.good]
rules = [{ clauses = [{ attribute = "score", op = "lessThan", values = [0.25] }] }]
[segments.testers]
rules = [{ clauses = [{ attribute = "beta", op = "in", values = [true] }] }]
[segments.early]
rules = [{ clauses = [{ attribute = "created", op = "before", values = ["2024-01-01T00:00:00Z"] }] }]
[segments.third-group]
rules = [{ clauses = [{ attribute = "groups", op = "in", values = ["g-3"] }] }]
[segments.bernese]
rules = [{ clauses = [{ attribute = "/address/city", op = "in", values = ["Bern"] }] }]
[segments.linux]
rules = [{ clauses = [{ context = "device", attribute = "os", op = "in", values = ["linux"] }] }]
"#;

const SCHEMA: &str = "message users {
    required binary key (UTF8);
    optional binary email (UTF8);
    required int32 age;
    required double score;
    optional boolean beta;
    required int64 created (TIMESTAMP_MILLIS);
    optional group groups (LIST) { repeated group list { required binary element (UTF8); } }
    required group address { required binary city (UTF8); }
    required binary device:key (UTF8);
    required binary device:os (UTF8);
}";

const ROWS: usize = 500;

/// What the contexts are, however they are written.
struct User {
    email: Option<String>,
    age: i32,
    score: f64,
    beta: Option<bool>,
    created: i64,
    groups: Vec<String>,
    city: &'static str,
    os: &'static str,
}

fn user(n: usize) -> User {
    let small = i32::try_from(n).unwrap();
    User {
        email: (!n.is_multiple_of(7)).then(|| {
            let host = if n.is_multiple_of(3) {
                "company.com"
            } else {
                "x.io"
            };
            format!("{n}@{host}")
        }),
        age: small % 40,
        score: f64::from(small) / 100.0,
        beta: (!n.is_multiple_of(5)).then_some(n.is_multiple_of(2)),
        created: 1_704_067_200_000 + i64::from(small - 100) * 1000,
        groups: (0..n % 6).map(|group| format!("g-{group}")).collect(),
        city: ["Bern", "Zürich", "Łódź"][n % 3],
        os: ["linux", "ios"][n % 2],
    }
}

fn ndjson() -> String {
    let mut lines = String::new();
    for n in 0..ROWS {
        let it = user(n);
        let context = json!({"kind": "multi",
            "user": {"key": format!("u-{n}"), "email": it.email, "age": it.age, "score": it.score, "beta": it.beta,
                "created": it.created, "groups": it.groups, "address": {"city": it.city}},
            "device": {"key": format!("d-{n}"), "os": it.os}});
        writeln!(lines, "{context}").unwrap();
    }
    lines
}

fn csv() -> String {
    let mut lines = String::from(
        "key,email,age,score,beta,created,groups,/address/city,device:key,device:os\n",
    );
    for n in 0..ROWS {
        let it = user(n);
        let beta = it.beta.map(|beta| beta.to_string()).unwrap_or_default();
        let groups = json!(it.groups).to_string().replace('"', "\"\"");
        writeln!(
            lines,
            "u-{n},{},{},{},{beta},{},\"{groups}\",{},d-{n},{}",
            it.email.unwrap_or_default(),
            it.age,
            it.score,
            it.created,
            it.city,
            it.os
        )
        .unwrap();
    }
    lines
}

/// Writes the next column. Levels say which values are there, and which begin a list.
fn column<T: DataType>(
    rows: &mut SerializedRowGroupWriter<'_, File>,
    values: &[T::T],
    defined: Option<&[i16]>,
    repeated: Option<&[i16]>,
) {
    let mut column = rows.next_column().unwrap().unwrap();
    let writer = column.typed::<T>();
    writer.write_batch(values, defined, repeated).unwrap();
    column.close().unwrap();
}

fn texts(texts: impl IntoIterator<Item = String>) -> Vec<ByteArray> {
    let texts = texts.into_iter();
    texts.map(|text| ByteArray::from(text.as_str())).collect()
}

/// Two groups of rows, compressed.
fn parquet(path: &Path) {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
    let file = File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties.build())).unwrap();
    for numbers in [0..ROWS / 2, ROWS / 2..ROWS] {
        let users: Vec<User> = numbers.clone().map(user).collect();
        let there = |there: bool| i16::from(there);
        let mut rows = writer.next_row_group().unwrap();
        let keys = texts(numbers.clone().map(|n| format!("u-{n}")));
        column::<ByteArrayType>(&mut rows, &keys, None, None);
        let emails = texts(users.iter().filter_map(|it| it.email.clone()));
        let defined: Vec<i16> = users.iter().map(|it| there(it.email.is_some())).collect();
        column::<ByteArrayType>(&mut rows, &emails, Some(&defined), None);
        let ages: Vec<i32> = users.iter().map(|it| it.age).collect();
        column::<Int32Type>(&mut rows, &ages, None, None);
        let scores: Vec<f64> = users.iter().map(|it| it.score).collect();
        column::<DoubleType>(&mut rows, &scores, None, None);
        let betas: Vec<bool> = users.iter().filter_map(|it| it.beta).collect();
        let defined: Vec<i16> = users.iter().map(|it| there(it.beta.is_some())).collect();
        column::<BoolType>(&mut rows, &betas, Some(&defined), None);
        let created: Vec<i64> = users.iter().map(|it| it.created).collect();
        column::<Int64Type>(&mut rows, &created, None, None);
        let (mut defined, mut repeated) = (Vec::new(), Vec::new());
        for it in &users {
            // A list that is not there, and one that begins and goes on.
            let length = it.groups.len();
            defined.extend(if length == 0 {
                vec![0]
            } else {
                vec![2; length]
            });
            repeated.extend((0..length.max(1)).map(|place| there(place > 0)));
        }
        let groups = texts(users.iter().flat_map(|it| it.groups.clone()));
        column::<ByteArrayType>(&mut rows, &groups, Some(&defined), Some(&repeated));
        let cities = texts(users.iter().map(|it| it.city.to_owned()));
        column::<ByteArrayType>(&mut rows, &cities, None, None);
        let devices = texts(numbers.clone().map(|n| format!("d-{n}")));
        column::<ByteArrayType>(&mut rows, &devices, None, None);
        let systems = texts(users.iter().map(|it| it.os.to_owned()));
        column::<ByteArrayType>(&mut rows, &systems, None, None);
        rows.close().unwrap();
    }
    writer.close().unwrap();
}

#[test]
fn tables_are_counted_as_json_is() {
    let folder = Folder::new("count-tables");
    folder.write("segments.toml", SEGMENTS);
    folder.write("users.ndjson", &ndjson());
    folder.write("users.csv", &csv());
    parquet(&folder.path("users.parquet"));
    let counted = |file: &str| {
        let ended = folder.run(&format!("count {file} --format json")).with(0);
        ended.json()
    };
    let expected = counted("users.ndjson");
    assert_eq!(expected["contexts"], ROWS);
    for tally in expected["segments"].as_array().unwrap() {
        let members = tally["members"].as_u64().unwrap();
        assert!(members > 0 && members < ROWS as u64, "{tally}");
    }
    assert_eq!(counted("users.csv"), expected);
    assert_eq!(counted("users.parquet"), expected);
}

/// Files that pyarrow wrote.
fn seeds() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/parquet")
}

#[test]
fn parquet_is_read_however_it_is_packed_and_whoever_wrote_it() {
    let folder = Folder::new("count-codecs");
    folder.write("segments.toml", SEGMENTS);
    let count = |name: &str| {
        let path = seeds().join(name);
        let mut command = folder.command("count --format json");
        let ended = command.arg(path).output().unwrap();
        crate::support::Ended::from(ended).with(0).json()
    };
    let expected = count("none.parquet");
    assert_eq!(expected["contexts"], 40);
    let members = |key: &str| {
        let segments = expected["segments"].as_array().unwrap();
        let of = segments.iter().find(|it| it["segment"] == key).unwrap();
        of["members"].as_u64().unwrap()
    };
    assert_eq!((members("testers"), members("bernese")), (20, 40));
    for codec in ["snappy", "gzip", "brotli", "lz4", "zstd", "v2-plain"] {
        assert_eq!(count(&format!("{codec}.parquet")), expected, "{codec}");
    }
}

#[test]
fn the_first_error_of_parquet_ends_the_reading_and_says_where() {
    let folder = Folder::new("count-damaged");
    folder.write("segments.toml", SEGMENTS);
    let whole = std::fs::read(seeds().join("gzip.parquet")).unwrap();
    for (name, at) in [("begin", 4..60), ("middle", 1200..1300)] {
        let mut damaged = whole.clone();
        damaged[at].fill(0xff);
        let file = format!("{name}.parquet");
        std::fs::write(folder.path(&file), damaged).unwrap();
        let ended = folder.run(&format!("count {file}")).with(3);
        assert!(
            ended.messages.contains(&format!("`{file}`: row group ")),
            "{ended:?}"
        );
        assert!(!ended.messages.contains("panicked"), "{ended:?}");
        assert!(ended.data.is_empty(), "{ended:?}");
    }
    std::fs::write(folder.path("cut.parquet"), &whole[..whole.len() / 2]).unwrap();
    folder.run("count cut.parquet").with(3);
    folder.write("empty.parquet", "");
    folder.run("count empty.parquet").with(3);
}

#[test]
fn cells_take_the_type_that_clauses_of_their_kind_ask() {
    let folder = Folder::new("count-kinds");
    folder.write(
        "segments.toml",
        r#"
[contexts.user.attributes]
id = "number"
"/zip" = "string"
[contexts.device.attributes]
id = "string"
version = "semver"
[segments.devices]
rules = [{ clauses = [{ context = "device", attribute = "id", op = "in", values = ["3001"] }] }]
[segments.users]
rules = [{ clauses = [{ attribute = "id", op = "in", values = [3001] }] }]
[segments.swiss]
rules = [{ clauses = [{ attribute = "/zip", op = "in", values = ["8001"] }] }]
[segments.newer]
rules = [{ clauses = [{ context = "device", attribute = "version", op = "semVerGreaterThan", values = ["2.9.0"] }] }]
"#,
    );
    let table = "kind,key,id,zip,version\nuser,1,3001,8001,\ndevice,2,3001,,2.10\n,3,3001,9000,\n";
    folder.write("mixed.csv", table);
    let ended = folder.run("count mixed.csv --format json").with(0);
    let json = ended.json();
    let segments = json["segments"].as_array().unwrap().iter();
    let members: Vec<_> = segments.map(|it| it["members"].clone()).collect();
    assert_eq!(members, [1, 2, 1, 1]);
    folder.write(
        "unread.csv",
        &format!("{table}user,4,many,8001,\nuser,5,more,8001,\n"),
    );
    let ended = folder.run("count unread.csv").with(1);
    let says =
        "column `id`: 2 cells are not numbers, which clauses compare with; the first is in row 4";
    assert!(ended.messages.contains(says), "{ended:?}");
    let unread = folder.run("count unread.csv --format json").with(1).json()["unread"].clone();
    assert_eq!(
        unread,
        json!([{"column": "id", "cells": 2, "first_row": 4}])
    );
}

#[test]
fn tables_that_contradict_themselves_or_have_no_end_are_refused() {
    let folder = Folder::new("count-refused");
    folder.write("segments.toml", SEGMENTS);
    folder.write("twice.csv", "key,age,age\nu,1,2\n");
    let ended = folder.run("count twice.csv").with(3);
    assert!(
        ended.messages.contains("columns `age` and `age`"),
        "{ended:?}"
    );
    folder.write("deep.csv", &format!("key,{}\nu,1\n", "/a".repeat(10_000)));
    let ended = folder.run("count deep.csv").with(3);
    assert!(ended.messages.contains("100 objects deep"), "{ended:?}");
    folder.write("open.csv", &format!("key\n\"{}", "x".repeat(17 << 20)));
    let ended = folder.run("count open.csv").with(3);
    assert!(ended.messages.contains("longer than 16 MB"), "{ended:?}");
    let long = " ".repeat(17 << 20);
    folder.write(
        "long.ndjson",
        &format!("{long}\n{{\"kind\":\"user\",\"key\":\"u\"}}\n"),
    );
    let ended = folder.run("count long.ndjson").with(1);
    assert!(
        ended.messages.contains("line 1 is longer than 16 MB"),
        "{ended:?}"
    );
    assert!(ended.data.starts_with("1 context\n"), "{ended:?}");
    // A folder is read without end by those who ask again after an error.
    std::fs::create_dir_all(folder.path("folder.csv")).unwrap();
    folder.run("count folder.csv").with(3);
}

#[test]
fn every_reader_takes_a_mark_of_byte_order_and_refuses_utf_16() {
    let folder = Folder::new("byte-order");
    let mark = "\u{feff}";
    let user = r#"{"kind":"user","key":"u-1","email":"1@company.com"}"#;
    folder.write("segments.toml", &format!("{mark}{SEGMENTS}"));
    folder.write(
        "segments.json",
        &format!("{mark}[{{\"key\":\"staff\",\"included\":[\"u-1\"]}}]"),
    );
    folder.write("context.json", &format!("{mark}{user}"));
    folder.write("contexts.ndjson", &format!("{mark}{user}\n"));
    folder.write(
        "contexts.csv",
        &format!("{mark}key,email\nu-1,1@company.com\n"),
    );
    folder.write("Cargo.toml", &format!("{mark}[package]\nname = \"x\"\n"));
    for words in [
        "check",
        "eval staff --context context.json",
        "eval --file segments.json --context context.json",
        "count contexts.ndjson",
        "count contexts.csv",
        "fmt --check",
    ] {
        let ended = folder.run(words);
        assert!(
            ended.code <= 1 && !ended.messages.contains("error"),
            "{words}: {ended:?}"
        );
    }
    let utf_16: Vec<u8> = user.encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(
        folder.path("wide.json"),
        [&b"\xff\xfe"[..], &utf_16].concat(),
    )
    .unwrap();
    for words in [
        "check wide.json",
        "eval --file wide.json --context context.json",
        "eval --context wide.json",
        "fmt wide.json",
    ] {
        let ended = folder.run(words);
        assert!(
            ended.code > 0 && ended.messages.contains("UTF-16"),
            "{words}: {ended:?}"
        );
    }
}
