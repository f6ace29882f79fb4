//! Rules that look at several kinds of context.

use segments_model::evaluate::CompiledSegments;
use segments_runtime::{Context, Contexts, Segment, segment};

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
    plan: String,
    phone: Option<String>,
}

#[derive(Context)]
#[context(kind = "device")]
struct Device {
    #[context(key)]
    id: String,
    os: String,
}

/// Who can be called.
#[segment(rule(User::PHONE.starts_with("+")))]
struct Callable;

/// A rule that changes between kinds, and asks in the middle.
#[segment(rule(
    User::PLAN.is("pro"),
    Device::OS.starts_with("l"),
    !Device::ID.starts_with("x"),
    member_of!(Callable),
    User::PHONE.starts_with("+49"),
    !Device::OS.ends_with("s"),
))]
struct Changing;

/// Clauses that stand beside each other are decided together if they look at one context. What is
/// declared has them as they are written, and both answer alike.
#[test]
fn clauses_of_several_kinds_keep_their_order() {
    let definition = Changing::definition();
    let clauses = definition.rules()[0].clauses.iter();
    let clauses: Vec<String> = clauses.map(ToString::to_string).collect();
    assert_eq!(
        clauses,
        [
            "user plan is \"pro\"",
            "device os starts with \"l\"",
            "device key does not start with \"x\"",
            "is in segment `callable`",
            "user phone starts with \"+49\"",
            "device os does not end with \"s\"",
        ]
    );

    let compiled = CompiledSegments::from_definitions([&definition, &Callable::definition()]);
    let user = |plan: &str, phone: Option<&str>| User {
        id: "u-1".to_owned(),
        plan: plan.to_owned(),
        phone: phone.map(str::to_owned),
    };
    let device = |id: &str, os: &str| {
        Some(Device {
            id: id.to_owned(),
            os: os.to_owned(),
        })
    };
    let pro = || user("pro", Some("+49 30 1"));
    for (user, device, member) in [
        (pro(), device("d-1", "linux"), true),
        (
            user("free", Some("+49 30 1")),
            device("d-1", "linux"),
            false,
        ),
        (pro(), device("d-1", "android"), false),
        (pro(), device("x-1", "linux"), false),
        (user("pro", None), device("d-1", "linux"), false),
        (user("pro", Some("+1 30 1")), device("d-1", "linux"), false),
        (pro(), device("d-1", "ls"), false),
        (pro(), None, false),
    ] {
        let contexts = (&user, device.as_ref());
        assert_eq!(Changing::contains(contexts), member);
        let interpreted = compiled.membership("changing", &contexts.to_instance());
        assert_eq!(interpreted.known(), Some(member));
    }
}
