//! `include_segments!` and the segments that it makes.

use segments_model::file;
use segments_runtime::{Timestamp, segment};

mod elsewhere {
    use super::segment;

    /// Declared in Rust, asked by the file.
    #[segment(nobody())]
    pub struct DeclaredElsewhere;
}

mod included {
    segments_runtime::include_segments!(
        "toml/include.toml",
        "declared-elsewhere" = crate::elsewhere::DeclaredElsewhere
    );
}

/// The same file by a way that leaves the package, bound to structs of this crate.
mod bound {
    use segments_runtime::{AttributeValue, Attributes, Context, Timestamp};

    #[derive(Context, Default)]
    #[context(kind = "user", rename_all = "camelCase")]
    pub struct Person {
        #[context(key)]
        pub id: String,
        #[context(name = "beta_opted_in")]
        pub beta_opted_in: bool,
        pub account_age: u32,
        pub email: Option<String>,
        pub plan: Plan,
        pub version: Option<semver::Version>,
        pub account_created: Option<Timestamp>,
        pub groups: Vec<String>,
        pub roles: Vec<Role>,
        pub address: Option<Address>,
    }

    /// A text of the file.
    #[derive(AttributeValue, Default)]
    pub enum Plan {
        #[default]
        Free,
        Pro,
        EnterprisePlus,
    }

    #[derive(AttributeValue)]
    pub enum Role {
        Admin,
        Editor,
    }

    #[derive(Attributes)]
    pub struct Address {
        pub city: String,
    }

    segments_runtime::include_segments!(
        "../tests/toml/include.toml",
        user = self::Person,
        "declared-elsewhere" = crate::elsewhere::DeclaredElsewhere
    );
}

/// What the page of diagnostics shows as right, where only the macro says what is wrong.
mod mended {
    segments_runtime::include_segments!("toml/mended.toml");
}

/// Keys that are no names in Rust, or names that Rust has already.
mod named {
    segments_runtime::include_segments!("toml/names.toml");
}

/// Clauses on the kinds of a context, and an attribute of which nobody knows how many values it has.
mod kinds {
    segments_runtime::include_segments!("toml/kinds.toml");
}

/// Segments that become data.
mod table {
    segments_runtime::include_segments!("toml/table.toml");
}

/// What is counted, and compared by it.
mod measured {
    segments_runtime::include_segments!("toml/measured.toml");
}

use included::{
    AiBetaTesters, Device, Half, NewCheckout, NobodyYet, OldKey, SEGMENTS, SupportAssistant,
    SupportAssistantVariation, TARGETINGS, User, UserAddress,
};

#[test]
fn metrics_and_experiments_are_those_of_the_file() {
    use segments_runtime::{Experiment as _, Metric as _};
    let report = file::read("measured.toml", include_bytes!("toml/measured.toml"));
    let file = report.into_file().unwrap();
    let metrics: Vec<_> = file.metrics.into_iter().map(|it| it.metric).collect();
    assert_eq!(
        [
            measured::ResolvedQuickly::metric(),
            measured::OrderTotal::metric()
        ],
        metrics[..]
    );
    let experiments = file.experiments.into_iter();
    let experiments: Vec<_> = experiments.map(|it| it.experiment).collect();
    assert_eq!([measured::CarefulAnswers::experiment()], experiments[..]);
}

#[test]
fn definitions_are_those_of_the_file() {
    let report = file::read("include.toml", include_bytes!("toml/include.toml"));
    let file = report.into_file().unwrap();
    let read: Vec<_> = file
        .segments
        .into_iter()
        .map(|read| read.definition)
        .collect();
    let made: Vec<_> = SEGMENTS.iter().map(|definition| definition()).collect();
    assert_eq!(made, read);
    let bound: Vec<_> = bound::SEGMENTS
        .iter()
        .map(|definition| definition())
        .collect();
    assert_eq!(bound, read);
}

#[test]
fn so_is_what_ai_configs_and_flags_serve() {
    let report = file::read("include.toml", include_bytes!("toml/include.toml"));
    let file = report.into_file().unwrap();
    let read: Vec<_> = file.targetings.into_iter().map(|it| it.targeting).collect();
    assert_eq!(read.len(), 2);
    let made: Vec<_> = TARGETINGS.iter().map(|targeting| targeting()).collect();
    assert_eq!(made, read);
    let bound: Vec<_> = bound::TARGETINGS
        .iter()
        .map(|targeting| targeting())
        .collect();
    assert_eq!(bound, read);
    // Both modules say the same, so that the program declares each once.
    let registered = segments_runtime::registry::targetings().unwrap();
    for targeting in &read {
        let same = registered
            .iter()
            .filter(|it| it.resource == targeting.resource);
        assert_eq!(same.collect::<Vec<_>>(), [targeting]);
    }
}

#[test]
fn kinds_and_unknown_arity_are_asked_as_the_interpreter_answers() {
    use kinds::{AdminsElsewhere, Apps, Device, Org, User};
    let report = file::read("kinds.toml", include_bytes!("toml/kinds.toml"));
    assert_eq!(report.diagnostics(), []);
    let read: Vec<_> = report.into_file().unwrap().segments;
    let read: Vec<_> = read.into_iter().map(|read| read.definition).collect();
    let made: Vec<_> = kinds::SEGMENTS
        .iter()
        .map(|definition| definition())
        .collect();
    assert_eq!(made, read);

    let (device, org) = (Device::new("d-1"), Org::new("o-1"));
    let admin = User::new("u-1").groups("admin");
    let both = User::new("u-2").groups(vec!["eu".to_owned(), "admin".to_owned()]);
    let compiled = segments_model::evaluate::CompiledSegments::from_definitions(&made);
    for user in [&admin, &both] {
        for device in [None, Some(&device)] {
            assert_eq!(Apps::contains(device), device.is_some());
            for org in [None, Some(&org)] {
                let contexts = (user, device, org);
                let instance = segments_runtime::Contexts::to_instance(&contexts);
                let expected = compiled.membership("admins-elsewhere", &instance);
                assert_eq!(AdminsElsewhere::membership(contexts), expected);
                let member = user == &both && device.is_none() && org.is_none();
                assert_eq!(AdminsElsewhere::contains(contexts), member);
            }
        }
    }
}

#[test]
fn ai_configs_are_asked_as_if_they_were_written_in_rust() {
    let (user, device) = (User::new("user-7"), Device::new("d-1"));
    let evaluation = SupportAssistant::variation((&user, &device));
    assert_eq!(evaluation.known(), Some(&SupportAssistantVariation::Fast));
    assert_eq!(SupportAssistant::KEY, "support-assistant");
    let off = NewCheckout::variation(&user).known().unwrap().to_string();
    assert_eq!(off, "false");
}

/// Two modules, or two crates, may include one file: what they say is the same.
#[test]
fn one_file_may_be_included_twice() {
    let registered = segments_runtime::registry::definitions().unwrap();
    for definition in included::SEGMENTS.iter().map(|definition| definition()) {
        let same = registered.iter().filter(|it| it.key == definition.key);
        assert_eq!(same.collect::<Vec<_>>(), [&definition]);
    }
}

#[test]
fn segments_are_asked_as_if_they_were_written_in_rust() {
    let member = User::new("u-1")
        .beta_opted_in(true)
        .account_age(32)
        .email("anna@company.org")
        .groups(["admins", "all"])
        .address(UserAddress::default().city("Berlin"))
        .account_created(Timestamp::from_millis(0));
    let device = Device::new("d-2").model("x");
    assert!(!OldKey::contains(&member));
    assert!(!OldKey::contains(&User::new("a")));
    assert!(!NobodyYet::contains(&member));
    assert_eq!(
        AiBetaTesters::membership((&member, &device)).known(),
        Some(true)
    );
    assert_eq!(Half::KEY, "half");
}

/// The file has texts, the structs have enums.
#[test]
fn kinds_may_be_bound_to_structs_with_enums() {
    use bound::{PayingEditors, Person, Plan, Role};
    let person = |plan, roles| Person {
        plan,
        roles,
        ..Person::default()
    };
    assert!(PayingEditors::contains(&person(
        Plan::Pro,
        vec![Role::Admin, Role::Editor]
    )));
    assert!(PayingEditors::contains(&person(
        Plan::EnterprisePlus,
        vec![Role::Editor]
    )));
    assert!(!PayingEditors::contains(&person(
        Plan::Pro,
        vec![Role::Admin]
    )));
    assert!(!PayingEditors::contains(&person(
        Plan::Free,
        vec![Role::Editor]
    )));
}

/// Any key has a name that can be told beforehand, and no name hides one that the output needs.
#[test]
fn keys_have_predictable_names() {
    use named::{
        _2dView, _2faUsers, Device, DeviceGrößeX, EuPowerUsers, EveryScript, Result, Self_, Words,
    };
    let device = Device::new("d")
        .r#type("xy")
        .self_(true)
        .crate_(1)
        ._2nd("x")
        .größe(1)
        .with_年齢(1)
        .возраст(1)
        .with_عمر(1)
        .with_อายุ(1)
        ._unnamed("🙂")
        .a_b("x")
        .a_c("x")
        .http_status(404)
        .clone(true)
        .eq(false)
        .into(false)
        .fmt(false)
        .default(true)
        .contains("x")
        .string(["x"])
        .größe_x(DeviceGrößeX::default().型("日本"));
    assert!(EuPowerUsers::contains(&device));
    assert!(_2faUsers::contains(&device));
    assert!(Self_::contains(&device));
    assert!(EveryScript::contains(&device));
    let result = Result::new("r").ok("x");
    let view = _2dView::new("v").some(Timestamp::from_millis(1_800_000_000_000));
    assert!(Words::contains((&device, &result, &view)));
    assert!(!named::Option::contains(&device));
    for (key, name) in [
        (named::None::KEY, "None"),
        (named::Bool::KEY, "bool"),
        (named::F64::KEY, "f64"),
        (named::Crate::KEY, "crate"),
        (named::Union::KEY, "union"),
    ] {
        assert_eq!(key, name);
    }
    let report = file::read("names.toml", include_bytes!("toml/names.toml"));
    let read = report.into_file().unwrap().segments.into_iter();
    let read: Vec<_> = read.map(|read| read.definition).collect();
    let made: Vec<_> = named::SEGMENTS
        .iter()
        .map(|definition| definition())
        .collect();
    assert_eq!(made, read);
}

#[test]
fn segments_that_are_data_answer_as_the_interpreter_does() {
    use segments_runtime::{Contexts, Segment};
    use table::{Listed, LongList, ManyRules, Parsed, SEGMENTS, User, UserAddress};

    /// Asks a file's segment that stands in Rust.
    #[segment(rule(member_of!(Listed), !member_of!(Parsed)))]
    struct ListedOnly;

    let report = file::read("table.toml", include_bytes!("toml/table.toml"));
    assert_eq!(report.diagnostics(), []);
    let read = report.into_file().unwrap().segments.into_iter();
    let read: Vec<_> = read.map(|read| read.definition).collect();
    let made: Vec<_> = SEGMENTS.iter().map(|definition| definition()).collect();
    assert_eq!(made, read);

    let versions = [None, Some("0.9.0"), Some("2.0.0"), Some("2.0.1")];
    let emails = [
        None,
        Some("a@company.com"),
        Some("x@company.org"),
        Some("32@company.com"),
    ];
    let compiled = segments_model::evaluate::CompiledSegments::from_definitions(&made);
    let mut decided = std::collections::BTreeSet::new();
    for at in 0..512_u16 {
        let mut user = User::new(format!("u-{}", at % 5))
            .groups(["all", "admins"].get(usize::from(at % 3)).copied());
        if at % 7 > 0 {
            user = user.beta(at % 7 > 3).age(f64::from(at) - 7.0);
        }
        if at % 11 > 2 {
            let city = if at % 2 > 0 { "Berlin" } else { "Bern" };
            user = user.address(UserAddress::default().city(city));
        }
        if at % 13 > 3 {
            user = user.born(Timestamp::from_millis(
                900_000_000_000 + 20_000_000_000 * i64::from(at) / 13,
            ));
        }
        if let Some(version) = versions[usize::from(at % 4)] {
            user = user.version(semver::Version::parse(version).unwrap());
        }
        if let Some(email) = emails[usize::from(at / 4 % 4)] {
            user = user.email(email);
        }
        let instance = (&user).to_instance();
        for (key, membership, contains) in [
            (
                Listed::KEY,
                Listed::membership(&user),
                Listed::contains(&user),
            ),
            (
                LongList::KEY,
                LongList::membership(&user),
                LongList::contains(&user),
            ),
            (
                ManyRules::KEY,
                ManyRules::membership(&user),
                ManyRules::contains(&user),
            ),
            (
                Parsed::KEY,
                Parsed::membership(&user),
                Parsed::contains(&user),
            ),
        ] {
            let expected = compiled.membership(key.as_str(), &instance);
            assert_eq!(membership, expected, "{key}, user {at}");
            assert_eq!(membership.known(), Some(contains), "{key}, user {at}");
            decided.insert(format!("{key} {membership:?}"));
        }
        assert_eq!(Parsed::explain(&user).membership, Parsed::membership(&user));
        let only = Listed::contains(&user) && !Parsed::contains(&user);
        assert_eq!(ListedOnly::contains(&user), only, "user {at}");
    }
    // Each list and each rule decided about somebody, and so did none.
    assert_eq!(decided.len(), 3 + 3 + 2 + 4, "{decided:#?}");

    // What is told of a declaration has the name that the program writes.
    let (_, place) = Parsed::declared();
    assert_eq!(
        (place.path, place.file),
        ("include::table::Parsed", file!())
    );
}
