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
    use segments_runtime::{Attributes, Context, Timestamp};

    #[derive(Context)]
    #[context(kind = "user", rename_all = "camelCase")]
    pub struct Person {
        #[context(key)]
        pub id: String,
        #[context(name = "beta_opted_in")]
        pub beta_opted_in: bool,
        pub account_age: u32,
        pub email: Option<String>,
        pub plan: String,
        pub version: semver::Version,
        pub account_created: Timestamp,
        pub groups: Vec<String>,
        pub address: Option<Address>,
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

use included::{AiBetaTesters, Device, Half, NobodyYet, OldKey, SEGMENTS, User, UserAddress};

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
