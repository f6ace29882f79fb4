//! Every macro works where the runtime has another name, which `crate = path` says.

use audiences::{AttributeValue, Attributes, Context, segment};

#[derive(AttributeValue)]
#[attribute(crate = ::audiences)]
enum Plan {
    Free,
    Pro,
}

#[derive(Attributes)]
#[attributes(crate = ::audiences)]
struct Address {
    city: String,
}

#[derive(Context)]
#[context(crate = ::audiences)]
struct User {
    #[context(key)]
    id: String,
    plan: Plan,
    address: Address,
}

/// Colleagues.
#[segment(
    crate = ::audiences,
    include(User = ["u-2"]),
    rule(User::PLAN.is(Plan::Pro), !User::ADDRESS.city.is("Berlin")),
    rule(percent = 10, by = User::ID, User::PLAN.is(Plan::Free)),
    member(User { id: "u-2".into(), plan: Plan::Free, address: Address { city: "Bonn".into() } }),
)]
struct Staff;

/// Everybody else.
#[segment(crate = ::audiences, rule(!member_of!(Listed)))]
struct Unlisted;

/// Who is listed.
#[segment(crate = ::audiences, include(User = ["u-2"]), allow(style_key))]
struct Listed;

#[test]
fn every_macro_works_under_another_name() {
    let user = |id: &str| User {
        id: id.to_owned(),
        plan: Plan::Pro,
        address: Address {
            city: "Bonn".to_owned(),
        },
    };
    assert_eq!(Staff::membership(&user("u-1")).known(), Some(true));
    assert!(Listed::contains(&user("u-2")));
    assert!(!Unlisted::contains(&user("u-2")));
    assert_eq!(
        audiences::registry::definitions().map(|all| all.len()).ok(),
        Some(4)
    );
}

/// As a crate of a company that hides the runtime: its macro names the runtime by `$crate`, which is this
/// crate here.
mod facade {
    pub use audiences as segs;
}

macro_rules! paying {
    ($name:ident, $user:ident) => {
        #[derive(Context)]
        #[context(kind = "user", crate = $crate::facade::segs)]
        struct $user {
            #[context(key)]
            id: String,
            plan: String,
        }

        /// Paying users.
        #[segment(crate = $crate::facade::segs, rule($user::PLAN.is("pro")), allow(style_key))]
        struct $name;
    };
}

paying!(PayingThroughFacade, FacadeUser);

#[test]
fn the_runtime_of_a_facade_is_named_by_dollar_crate() {
    let user = FacadeUser {
        id: "u-1".to_owned(),
        plan: "pro".to_owned(),
    };
    assert!(PayingThroughFacade::contains(&user));
}
