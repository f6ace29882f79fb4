//! `variation` is generated code, `variation_with` is interpreted: what the one knows, the other says, too.

use segments_runtime::model::EnvironmentKey;
use segments_runtime::{Context, Salts, ai_config, segment};

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
    beta: Option<bool>,
    age: f64,
    names: Vec<String>,
}

#[derive(Context)]
#[context(kind = "device")]
struct Device {
    #[context(key)]
    id: String,
    model: String,
}

/// Some.
#[segment(include(User = ["u-1"]), rule(User::BETA.is(true)))]
struct Pioneers;

/// A share of them.
#[segment(rule(percent = 30, by = User::ID, User::AGE.gt(50)))]
struct Share;

#[ai_config(
    variations(fast, careful, bold),
    target(User = ["u-3", "u-4"] => bold),
    target(Device = ["d-1"] => careful),
    rule(member_of!(Pioneers), !User::NAMES.is("x") => careful),
    rule(!member_of!(Pioneers, Share), Device::MODEL.matches("m[0-9]+") => bold),
    rule(has_kind!(Device), User::AGE.lt(20) => percent(fast = 50, bold = 50)),
    rule(User::AGE.ge(70) => careful),
    fallthrough = fast,
)]
struct Assistant;

#[ai_config(variations(on, off), rule(member_of!(Share) => on), fallthrough = on)]
struct SameAnyway;

#[ai_config(variations(on, off), fallthrough = percent(on = 50, off = 50, by = User::ID))]
struct Drawn;

#[ai_config(variations(on, off), rule(User::AGE.gt(3) => on))]
struct Open;

#[ai_config(
    variations(on, off),
    rule(User::AGE.gt(3) => on),
    fallthrough = off,
    environment("staging", rule(User::AGE.gt(90) => on)),
)]
struct Staged;

const STAGING: EnvironmentKey = EnvironmentKey::from_static("staging");
const PRODUCTION: EnvironmentKey = EnvironmentKey::from_static("production");

#[test]
fn generated_and_interpreted_answers_are_the_same() {
    let mut rng = fastrand::Rng::with_seed(4);
    let mut known = 0;
    for number in 0..1000 {
        let user = User {
            id: format!("u-{}", rng.u8(..12)),
            beta: [None, Some(true), Some(false)][rng.usize(..3)],
            age: [f64::NAN, 3.0, 19.5, 60.0, 70.0, 95.0][rng.usize(..6)],
            names: ["x", "y"][..rng.usize(..3)]
                .iter()
                .map(|it| (*it).to_owned())
                .collect(),
        };
        let device = Device {
            id: format!("d-{}", rng.u8(..4)),
            model: ["m12", "m", "Ä"][rng.usize(..3)].to_owned(),
        };
        let device = (number % 3 > 0).then_some(&device);
        let contexts = (&user, device);
        let salts = Salts::new();
        let told = Assistant::variation(contexts);
        assert_eq!(
            told,
            Assistant::variation_with(contexts, &salts),
            "{}",
            Assistant::explain(contexts)
        );
        known += usize::from(told.known().is_some());
        assert_eq!(
            SameAnyway::variation(&user),
            SameAnyway::variation_with(&user, &salts)
        );
        assert_eq!(
            Drawn::variation(&user),
            Drawn::variation_with(&user, &salts)
        );
        assert_eq!(Open::variation(&user), Open::variation_with(&user, &salts));
        assert_eq!(Staged::variation_in(STAGING, &user), {
            let salts = Salts::new().of_environment(&STAGING);
            Staged::variation_with(&user, &salts)
        });
        assert_eq!(Staged::variation_in(PRODUCTION, &user), {
            let salts = Salts::new().of_environment(&PRODUCTION);
            Staged::variation_with(&user, &salts)
        });
    }
    assert!(known > 500, "{known}");
}
