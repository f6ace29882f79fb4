//! The documented behavior of the service, row by row: a request, the status, the shape of the
//! body.
//!
//! A row is named after the operation of LaunchDarkly's API that it is about, and after what it
//! documents. Each runs against an emulator of its own.

mod membership;
mod row;
mod segment_create;
mod segment_delete;
mod segment_json_patch;
mod segment_list;
mod segment_semantic_patch;
mod shape;
mod surroundings;
mod transport;

use row::Row;

fn rows() -> Vec<Row> {
    [
        transport::rows(),
        segment_create::rows(),
        segment_list::rows(),
        segment_semantic_patch::rows(),
        segment_json_patch::rows(),
        segment_delete::rows(),
        membership::rows(),
        surroundings::rows(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[tokio::test]
async fn every_row_holds() {
    let mut failures = Vec::new();
    let rows = rows();
    let client = reqwest::Client::new();
    for row in &rows {
        if let Err(failure) = row.run(&client).await {
            failures.push(format!("{}: {failure}", row.name));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} rows fail:\n{}",
        failures.len(),
        rows.len(),
        failures.join("\n")
    );
}

#[test]
fn rows_have_names_of_their_own() {
    let mut names: Vec<_> = rows().iter().map(|row| row.name).collect();
    names.sort_unstable();
    let repeated: Vec<_> = names
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .map(|pair| pair[0])
        .collect();
    assert!(repeated.is_empty(), "{repeated:?}");
}

/// What is inferred stands behind a switch, and each switch in a row that says why.
#[test]
fn every_switch_is_in_the_documentation() {
    let documented = include_str!("../../docs/service-behaviour.md");
    let switches = serde_json::to_value(segments_emulator::Behavior::default()).unwrap();
    for switch in switches.as_object().unwrap().keys() {
        let mut name = String::new();
        for letter in switch.chars() {
            if letter.is_uppercase() {
                name.push('_');
            }
            name.extend(letter.to_lowercase());
        }
        assert!(documented.contains(&format!("`{name}`")), "{name}");
    }
}
