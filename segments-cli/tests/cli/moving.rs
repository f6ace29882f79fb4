//! `docs/guide/moving-here.md` shows what one sees who comes with segments that a script made.

use serde_json::{Value as Json, json};

use crate::accounts::clause;
use crate::docs::{Place, consoles};
use crate::import::{rules, send};

const PAGE: &str = include_str!("../../../docs/guide/moving-here.md");

#[test]
fn segments_of_a_script_are_taken_over() {
    let place = Place::new("moving-here");
    let make = |key: &str, name: &str, clauses: &[Json]| {
        let description = format!("{name}, made by a script");
        let new = json!({"key": key, "name": name, "description": description});
        send(&place.emulator, "POST", "", &new);
        let each = clauses.iter().map(|clause| json!({"clauses": [clause]}));
        let patch = rules(&each.collect());
        send(&place.emulator, "PATCH", &format!("/{key}"), &patch);
    };
    let colleagues = clause("user", "email", "endsWith", &json!(["@company.com"]));
    make("staff", "Staff", &[colleagues.clone(), colleagues]);
    make("cut-off", "Cut off", &[]);
    let mut outdated = clause("user", "version", "semVerGreaterThan", &json!(["v2.0.0"]));
    outdated["negate"] = json!(true);
    make("outdated", "Outdated", &[outdated]);

    let [(title, before), (_, after)] = &consoles(PAGE)[..] else {
        panic!("the page has two blocks of commands");
    };
    place.prints(title, before);

    // Somebody takes out the second of the two rules, which are equal.
    let text = std::fs::read_to_string(place.folder.path("segments.toml")).unwrap();
    let (first, _) = text.rsplit_once("[[segments.staff.rules]]").unwrap();
    place.folder.write("segments.toml", first);
    place.prints(title, after);
}
