//! The story of the quickstart, with the segments that it declares.

#[allow(dead_code, reason = "the story asks fewer questions than the example")]
#[path = "../examples/quickstart/audiences.rs"]
mod audiences;
mod support;

use audiences::{AiBetaTesters, BetaTesters, Device, EstablishedStaff, EuPowerUsers, User};
use segments_emulator::Emulator;
use segments_runtime::model::{Audience, Number};
use segments_runtime::{Definition, Timestamp, registry, sync};
use support::{config, five, writes};

/// What the macros make of `#[segment]`, and what the bodies that are compared with LaunchDarkly's
/// documentation are made of, are the same audiences.
#[test]
fn declared_segments_are_those_of_the_documented_bodies() {
    let mut written = five();
    written.sort_by(|left, right| left.key.cmp(&right.key));
    let declared = registry::definitions().unwrap();
    let audience = |definition: &Definition| {
        (
            definition.key.clone(),
            definition.tags.clone(),
            definition.audience.clone(),
        )
    };
    assert_eq!(
        declared.iter().map(audience).collect::<Vec<_>>(),
        written.iter().map(audience).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_program_plans_syncs_and_has_nothing_left_to_do() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let definitions = registry::definitions().unwrap();

    let plan = sync::plan(&config, &definitions).await.unwrap();
    assert!(!plan.is_empty());
    assert!(writes(&emulator).is_empty(), "a plan reads");

    let report = plan.apply(&config).await.unwrap();
    // Two for each segment, and one for each kind of context that the project does not have yet.
    assert_eq!(report.writes(), 5 * 2 + 2, "{report}");
    assert_eq!(emulator.segments("default", "production").len(), 5);

    emulator.clear_requests();
    let report = sync(&config).await.unwrap();
    assert_eq!((report.requests(), report.writes()), (1, 0), "{report}");
    assert_eq!(emulator.requests().len(), 1);
}

#[tokio::test]
async fn a_wider_change_is_caught_in_a_plan_with_its_witness() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let mut definitions = registry::definitions().unwrap();
    let plan = sync::plan(&config, &definitions).await.unwrap();
    plan.apply(&config).await.unwrap();

    let testers = definitions
        .iter_mut()
        .find(|it| it.key == AiBetaTesters::KEY);
    let testers = testers.unwrap();
    let Audience::Standard { rules, .. } = &mut testers.audience else {
        panic!("{testers:?}");
    };
    rules.as_mut().unwrap()[0].clauses[1].values = vec![Number::new(7.0).unwrap().into()];
    let plan = sync::plan(&config, &definitions).await.unwrap();
    let told = plan.to_string();
    assert!(
        told.contains(r#"wider: also lets in, for example, `{"kind":"user","key":"u","accountAge":8,"beta_tester":true}`"#),
        "{told}"
    );

    // Said of the segment, it is refused, whoever plans.
    let testers = definitions
        .iter_mut()
        .find(|it| it.key == AiBetaTesters::KEY);
    testers.unwrap().lifecycle.never_wider = true;
    let plan = sync::plan(&config, &definitions).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    let told = plan.to_string();
    assert!(
        told.contains("is declared `never_wider` and would also let in"),
        "{told}"
    );
}

#[test]
fn contexts_are_told_apart_and_answers_explained() {
    let user = User {
        id: "user-123".into(),
        email: Some("ada@company.com".into()),
        beta_opted_in: false,
        beta_tester: true,
        account_age: 31,
        account_created: Timestamp::from_millis(1_690_000_000_000),
        region: Some("eu-west".into()),
        monthly_usage: 250,
    };
    let device = Device {
        id: "phone-1".into(),
        version: semver::Version::new(2, 0, 1),
    };
    assert!(BetaTesters::contains(&user), "listed");
    assert!(AiBetaTesters::contains(&user));
    assert!(!EuPowerUsers::contains(&user));
    assert!(EstablishedStaff::contains((&user, &device)));
    assert!(EstablishedStaff::contains((&device, &user)), "in any order");
    assert!(!EstablishedStaff::contains((&user, None::<&Device>)));

    let excluded = User {
        id: "user-999".into(),
        beta_opted_in: true,
        ..user
    };
    assert!(!BetaTesters::contains(&excluded));
    let explanation = EuPowerUsers::explain(&excluded).to_string();
    assert!(
        explanation.contains("user monthlyUsage is greater than 1000: it is 250"),
        "{explanation}"
    );
}
