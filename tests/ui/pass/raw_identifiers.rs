#![deny(warnings)]

use segments_runtime::{AttributeValue, Context, segment};

#[derive(AttributeValue)]
#[allow(non_camel_case_types)]
pub enum Kind {
    r#in,
    Out,
}

#[derive(Context)]
pub struct User {
    #[context(key)]
    pub r#type: String,
    pub r#match: Kind,
}

/// Somebody.
#[segment(rule(User::MATCH.is(Kind::r#in)))]
pub struct Staff;

fn main() {
    assert!(Staff::contains(&User {
        r#type: "u".into(),
        r#match: Kind::r#in
    }));
    assert!(!Staff::contains(&User {
        r#type: "u".into(),
        r#match: Kind::Out
    }));
    let json = segments_runtime::Context::to_json(&User {
        r#type: "u".into(),
        r#match: Kind::r#in,
    });
    assert_eq!(json["match"], "in");
}
