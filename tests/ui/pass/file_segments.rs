//! One file twice, bound and not, without a warning, in modules that see nothing of the prelude.
#![deny(warnings, missing_docs)]

use segments_runtime::Context;

/// Of the application.
#[derive(Context)]
#[context(kind = "user")]
pub struct Person {
    /// Its key.
    #[context(key)]
    pub id: String,
    /// Its age.
    pub age: u32,
    /// Its mail address.
    pub email: Option<String>,
}

/// Bound.
pub mod bound {
    segments_runtime::include_segments!("file/toml/bound.toml", user = crate::Person);
}

/// Not bound.
pub mod made {
    #![no_implicit_prelude]
    ::segments_runtime::include_segments!("file/toml/bound.toml");
}

fn main() {
    let person = Person {
        id: "p".into(),
        age: 18,
        email: None,
    };
    assert!(bound::GrownUp::contains(&person));
    assert!(made::GrownUp::contains(&made::User::new("p").age(18)));
    assert_eq!(bound::SEGMENTS[0](), made::SEGMENTS[0]());
}
