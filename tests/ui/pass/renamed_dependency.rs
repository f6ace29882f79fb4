#![deny(warnings)]

/// A crate that passes the runtime on under another name.
pub mod platform {
    pub use segments_runtime as audiences;
}

use platform::audiences::{AttributeValue, Attributes, Context, segment};

#[derive(AttributeValue)]
#[attribute(crate = crate::platform::audiences)]
pub enum Plan {
    Free,
    Pro,
}

#[derive(Attributes)]
#[attributes(crate = crate::platform::audiences)]
pub struct Address {
    pub city: String,
}

#[derive(Context)]
#[context(crate = crate::platform::audiences)]
pub struct User {
    #[context(key)]
    pub id: String,
    pub plan: Plan,
    pub address: Address,
}

/// Somebody.
#[segment(crate = crate::platform::audiences, rule(User::PLAN.is(Plan::Pro), User::ADDRESS.city.is("Berlin")))]
pub struct Staff;

fn main() {
    let user = User {
        id: "u".into(),
        plan: Plan::Pro,
        address: Address {
            city: "Berlin".into(),
        },
    };
    assert!(Staff::contains(&user));
    assert_eq!(Plan::Free.name(), "free");
    use platform::audiences::AttributeValue as _;
}
