//! Asking a typed segment allocates nothing: an allocator that counts proves it.

use std::time::Duration;

use allocation_counter::measure;
use segments_model::evaluate::{CompiledSegments, ContextInstance};
use segments_runtime::sync::{self, Schedule, SyncConfig};
use segments_runtime::{
    AttributeValue, Attributes, Context, Environment, Salts, Segment, Timestamp, segment,
};
use semver::Version;

#[derive(AttributeValue)]
enum Plan {
    Free,
    Pro,
}

#[derive(Attributes)]
struct Address {
    city: String,
}

#[derive(Context)]
#[context(kind = "user", rename_all = "camelCase")]
struct User {
    #[context(key)]
    id: String,
    email: Option<String>,
    plan: Plan,
    account_age: u32,
    beta: bool,
    version: Version,
    created: Timestamp,
    groups: Vec<String>,
    address: Option<Address>,
}

#[derive(Context)]
#[context(kind = "device")]
struct Device {
    #[context(key)]
    id: String,
    os: String,
}

/// Everything that can be asked of a user, so that no operator is left out.
#[segment(
    include(User = ["u-01", "u-02", "u-03", "u-04", "u-05", "u-06", "u-07", "u-08", "u-09", "u-10", "u-11", "u-12", "u-13"]),
    exclude(User = ["u-99"]),
    rule(User::EMAIL.ends_with("@nowhere.io")),
    rule(User::EMAIL.starts_with("nobody")),
    rule(User::EMAIL.contains("+spam+")),
    rule(User::EMAIL.matches("[0-9]@")),
    rule(User::EMAIL.is_any_of(["a@x", "b@x", "c@x", "d@x", "e@x", "f@x", "g@x", "h@x", "i@x", "j@x", "k@x", "l@x", "m@x", "n@x"])),
    rule(User::PLAN.is(Plan::Free)),
    rule(User::ACCOUNT_AGE.lt(1)),
    rule(User::ACCOUNT_AGE.ge(1000)),
    rule(User::VERSION.gt("9.0.0")),
    rule(User::VERSION.is_any_of(["3.0.0", "4.0.0-rc.1"])),
    rule(User::CREATED.before("2001-01-01T00:00:00Z")),
    rule(User::CREATED.after(4_000_000_000_000_i64)),
    rule(User::GROUPS.is("ops")),
    rule(User::ADDRESS.city.is("Atlantis")),
    rule(!User::BETA.is(true), User::GROUPS.is("qa")),
)]
struct Everything;

/// Devices of people who are in `Everything`.
#[segment(
    exclude(Device = ["d-9"]),
    rule(member_of!(Everything), Device::OS.is("linux")),
)]
struct TheirDevices;

fn user(id: &str, plan: Plan) -> User {
    User {
        id: id.to_owned(),
        email: Some("ann@company.com".to_owned()),
        plan,
        account_age: 12,
        beta: true,
        version: Version::new(2, 1, 0),
        created: Timestamp::from_millis(1_704_067_200_000),
        groups: vec!["dev".to_owned(), "qa".to_owned()],
        address: Some(Address {
            city: "Berlin".to_owned(),
        }),
    }
}

/// How many allocations one call makes, patterns and lists prepared before.
fn allocations(question: impl Fn() -> bool, answer: bool) -> u64 {
    assert_eq!(question(), answer);
    measure(|| assert_eq!(question(), answer)).count_total
}

#[test]
fn typed_questions_allocate_nothing() {
    let device = Device {
        id: "d-1".to_owned(),
        os: "linux".to_owned(),
    };
    for (user, answer) in [
        (user("u-13", Plan::Pro), true),
        (user("u-99", Plan::Pro), false),
        (user("u-50", Plan::Free), true),
        // Every rule is tried.
        (user("u-50", Plan::Pro), false),
    ] {
        let id = &user.id;
        assert_eq!(
            allocations(|| Everything::contains(&user), answer),
            0,
            "{id}"
        );
        let both = || TheirDevices::contains((&user, &device));
        assert_eq!(allocations(both, answer), 0, "{id}");
        let alone = || TheirDevices::contains((&user, None::<&Device>));
        assert_eq!(allocations(alone, false), 0, "{id}");
    }
}

/// A half of the users with a mail address.
#[segment(rule(percent = 50.0, User::EMAIL.contains("@")))]
struct Half;

#[test]
fn a_bucket_of_the_key_allocates_nothing() {
    let salts = Salts::new().with(Half::KEY, "e5b6");
    for (id, answer) in [("u-1", true), ("u-3", false)] {
        let user = user(id, Plan::Pro);
        let question = || Half::contains_with(&user, &salts).unwrap();
        assert_eq!(allocations(question, answer), 0, "{id}");
    }
}

#[test]
fn the_interpreter_allocates_nothing_as_long_as_no_segment_asks_another() {
    let segments = CompiledSegments::from_definitions([&Everything::definition()]);
    let segment = segments.get(Everything::KEY.as_str()).unwrap();
    for (user, answer) in [
        (user("u-13", Plan::Pro), true),
        (user("u-50", Plan::Pro), false),
    ] {
        let context = ContextInstance::from_value(user.to_json()).unwrap();
        let question = || segment.contains(&context).unwrap();
        assert_eq!(allocations(question, answer), 0, "{}", user.id);
    }
}

/// A sync in the background keeps little once an attempt has ended, and nothing happens until the next.
#[test]
fn an_idle_background_sync_allocates_nothing_and_keeps_under_100_kb() {
    let emulator = segments_emulator::Emulator::builder()
        .start_blocking()
        .unwrap();
    let schedule = Schedule {
        recheck: Some(Duration::from_hours(1)),
        ..Schedule::default()
    };
    let config = SyncConfig::builder()
        .token(emulator.access_token())
        .base_uri(emulator.base_uri())
        .schedule(schedule)
        .build()
        .unwrap();
    let definitions: Vec<_> = [Everything::definition(), TheirDevices::definition()].into();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let start = || {
        runtime.block_on(async {
            let segments = sync::spawn_definitions(config.clone(), definitions.clone());
            assert!(segments.first_attempt().await.is_in_sync());
            segments
        })
    };
    // What Tokio itself allocates while it goes round.
    let round = || {
        let rounds = async {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
        };
        measure(|| runtime.block_on(rounds)).count_total
    };
    // What is made once in a process, such as the TLS configuration, is there after the first.
    drop(start());
    let mut segments = None;
    let kept = measure(|| segments = Some(start())).bytes_current;
    assert!(kept < 100_000, "{kept} bytes");
    let idle = round();
    let running = segments.take().unwrap();
    assert!(!running.is_finished());
    drop(running);
    round();
    assert_eq!(idle, round());
}

/// Where somebody else is in it in an environment.
#[derive(Environment, Clone, Copy)]
enum Stage {
    Staging,
    Production,
}

/// Who sees new things first.
#[segment(
    rule(User::EMAIL.ends_with("@company.com")),
    environment(Stage::Staging, rule(User::BETA.is(true))),
    environment(Stage::Production),
)]
struct Pioneers;

#[test]
fn a_question_about_an_environment_allocates_nothing() {
    let user = user("u-1", Plan::Pro);
    for stage in Stage::ALL {
        assert_eq!(allocations(|| Pioneers::contains_in(stage, &user), true), 0);
    }
    assert_eq!(allocations(|| Pioneers::contains(&user), true), 0);
}

#[test]
fn the_counter_counts() {
    assert!(measure(|| drop(std::hint::black_box(vec![1]))).count_total > 0);
}
