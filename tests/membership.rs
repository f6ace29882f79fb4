//! What an application asks about membership, beside one context and one segment.

use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::stream;
use segments_model::evaluate::CompiledSegments;
use segments_model::explanation::Explanation;
use segments_runtime::sdk::{self, ContextBuilder, MultiContextBuilder};
use segments_runtime::{
    Attributes, Context, Contexts, Count, Salts, all_segments, registry, segment,
};
use serde_json::json;

#[derive(Attributes)]
struct Address {
    city: String,
    #[attributes(private)]
    street: String,
}

#[derive(Context)]
#[context(kind = "user", rename_all = "camelCase")]
struct User {
    #[context(key)]
    id: String,
    plan: Option<String>,
    #[context(private)]
    phone: Option<String>,
    address: Option<Address>,
    #[context(name = "a/b", private)]
    slashed: bool,
    #[context(private)]
    home: Option<Address>,
}

#[derive(Context)]
#[context(kind = "device")]
struct Device {
    #[context(key)]
    id: String,
    os: String,
}

/// People who pay.
#[segment(exclude(User = ["u-9"]), rule(User::PLAN.is("pro")))]
struct Customers;

/// People in Berlin whose number is known.
#[segment(rule(User::ADDRESS.city.is("Berlin"), User::PHONE.starts_with("+49")))]
struct Berliners;

/// A third of the customers.
#[segment(rule(percent = 33.333, by = User::ID, member_of!(Customers)), allow(split_kind_optional))]
struct Trial;

/// Devices of those in the trial.
#[segment(rule(description = "on Linux", member_of!(Trial), Device::OS.is("linux")))]
struct TrialDevices;

fn user(id: &str, plan: Option<&str>) -> User {
    User {
        id: id.to_owned(),
        plan: plan.map(str::to_owned),
        phone: Some("+49 30 1".to_owned()),
        address: Some(Address {
            city: "Berlin".to_owned(),
            street: "Allee 1".to_owned(),
        }),
        slashed: true,
        home: None,
    }
}

fn linux() -> Device {
    Device {
        id: "d-1".to_owned(),
        os: "linux".to_owned(),
    }
}

const SALTS: &str = r#"{"flags": {}, "segments": {
    "customers": {"key": "customers", "salt": "c"}, "trial": {"key": "trial", "salt": "e5b6"},
    "trial-devices": {"key": "trial-devices", "salt": "d"}
}}"#;

#[test]
fn all_segments_of_the_program_answer_in_one_call() {
    let user = user("u-1", Some("pro"));
    let segments = all_segments((&user, None::<&Device>)).unwrap();
    assert_eq!(
        segments.to_string(),
        "`berliners`: in the segment: rule 1 holds\n\
         `customers`: in the segment: rule 1 holds\n\
         `trial`: unknown: rule 1 of `trial` takes a percentage, which depends on the segment's salt; load it from the data for SDKs\n\
         `trial-devices`: not in the segment: it is on no list, and no rule holds"
    );
    assert_eq!(segments.holding().count(), 2);
    assert_eq!(segments.in_doubt().collect::<Vec<_>>(), [&Trial::KEY]);
    assert_eq!(
        segments.get(&Customers::KEY),
        Some(&Customers::membership(&user))
    );
    assert_eq!(
        serde_json::to_value(&segments).unwrap()["customers"],
        json!({"member": "in", "by": {"rule": {"index": 0, "id": null}}})
    );
    // A context of a kind that no segment looks at, and none at all.
    assert_eq!(all_segments(()).unwrap().holding().count(), 0);
}

#[test]
fn salts_from_data_for_sdks_end_the_doubt() {
    let salts = Salts::from_json(SALTS).unwrap();
    let compiled = registry::compiled().unwrap();
    let known = CompiledSegments::from_json(SALTS).unwrap();
    let compiled = compiled.with_salts(known.salts());
    let (mut members, device) = (0, linux());
    for number in 0..300 {
        let user = user(&format!("u-{number}"), Some("pro"));
        let both = (&user, &device);
        let member = TrialDevices::contains_with(both, &salts).unwrap();
        assert_eq!(
            TrialDevices::membership(both).known(),
            (number == 9).then_some(false)
        );
        assert_eq!(
            TrialDevices::membership_with(both, &salts).known(),
            Some(member)
        );
        let interpreted = compiled.membership("trial-devices", &both.to_instance());
        assert_eq!(interpreted.known(), Some(member));
        let explanation = TrialDevices::explain_with(both, &salts);
        assert_eq!(explanation.membership, interpreted);
        members += u32::from(member);
    }
    assert!((70..130).contains(&members), "{members} of 300 are a third");
}

#[test]
fn an_explanation_is_read_by_people_and_by_machines() {
    let (user, device) = (user("u-1", Some("pro")), linux());
    let salts = Salts::from_json(SALTS).unwrap();
    let explanation = TrialDevices::explain_with((&user, &device), &salts);
    assert_eq!(
        explanation.to_string(),
        "`trial-devices`: in the segment: rule 1 holds\n\
         └ ✓ rule 1 (on Linux)\n  \
           ├ ✓ is in segment \"trial\"\n  \
           │ └ `trial`: in the segment: rule 1 holds\n  \
           │   └ ✓ rule 1\n  \
           │     ├ ✓ is in segment \"customers\"\n  \
           │     │ └ `customers`: in the segment: rule 1 holds\n  \
           │     │   └ ✓ rule 1\n  \
           │     │     └ ✓ user plan is \"pro\": it is \"pro\"\n  \
           │     └ ✓ 33.333% by user key: it is \"u-1\", which lies at 14.770%\n  \
           └ ✓ device os is \"linux\": it is \"linux\""
    );
    let json = serde_json::to_value(&explanation).unwrap();
    let clause = &json["rules"][0]["clauses"][1];
    assert_eq!(clause["seen"], json!({"value": "linux"}));
    assert_eq!(
        clause["matched"],
        json!({"attribute": "linux", "value": "linux"})
    );
    let back: Explanation = serde_json::from_value(json).unwrap();
    assert_eq!(back, explanation);
}

#[test]
fn the_official_sdk_gets_what_is_declared_and_keeps_private_what_is_private() {
    let user = user("u-1", None);
    let context = sdk::context((&user, None::<&Device>)).unwrap();
    let json = serde_json::to_value(&context).unwrap();
    assert_eq!(
        json["address"],
        json!({"city": "Berlin", "street": "Allee 1"})
    );
    assert_eq!(
        json["_meta"]["privateAttributes"],
        json!([
            "phone",
            "/address/street",
            "a/b",
            "/home/city",
            "/home/street"
        ])
    );
    // Each is a reference that the SDK understands, to what is there.
    for reference in ["phone", "/address/street", "a/b"] {
        let reference = launchdarkly_server_sdk_evaluation::Reference::new(reference);
        assert!(context.get_value(&reference).is_some(), "{reference:?}");
    }
    let both = sdk::context((&user, &linux())).unwrap();
    assert!(both.is_multi());
}

#[test]
fn the_official_sdks_contexts_are_asked_about() {
    let user = ContextBuilder::new("u-1")
        .set_string("plan", "pro")
        .build()
        .unwrap();
    let device = ContextBuilder::new("d-1").kind("device").build().unwrap();
    let both = MultiContextBuilder::of(vec![user, device]).build().unwrap();
    let segments = all_segments(&both).unwrap();
    assert_eq!(segments.holding().collect::<Vec<_>>(), [&Customers::KEY]);
}

fn users() -> impl Iterator<Item = User> {
    (0..10_000).map(|number| user(&format!("u-{number}"), (number % 4 == 0).then_some("pro")))
}

#[tokio::test]
async fn audiences_are_counted_over_iterators_and_streams() {
    let says = "10000 contexts\ncustomers: 2500, 25.0%\n\
                trial-devices: 0, 0.0%; unknown for 2500";
    let heard = AtomicU64::new(0);
    let count = || {
        Count::new()
            .segment(Customers::KEY, |(user, _): &(User, Device)| {
                Customers::contains(user)
            })
            .segment(TrialDevices::KEY, |(user, device)| {
                TrialDevices::membership((user, device))
            })
            .progress(|done| _ = heard.fetch_max(done, Ordering::Relaxed))
    };
    let typed = count().contexts(users().map(|user| (user, linux())));
    assert_eq!(typed.to_string(), says);
    let pairs = stream::iter(users().map(|user| (user, linux())));
    assert_eq!(count().stream(pairs).await.to_string(), says);
    assert_eq!(heard.load(Ordering::Relaxed), 10_000);

    let compiled = registry::compiled().unwrap();
    let instances = || users().map(|user| (&user, &linux()).to_instance());
    let one = compiled.get("customers").unwrap().count();
    let says = "10000 contexts\ncustomers: 2500, 25.0%";
    assert_eq!(one.contexts(instances()).to_string(), says);
    let all = compiled.count().stream(stream::iter(instances())).await;
    let tallies: Vec<_> = all
        .segments
        .iter()
        .map(|tally| (tally.segment.as_str(), tally.members, tally.unknown))
        .collect();
    assert_eq!(
        tallies,
        [
            ("berliners", 10_000, 0),
            ("customers", 2500, 0),
            ("trial", 0, 2500),
            ("trial-devices", 0, 2500)
        ]
    );
}
