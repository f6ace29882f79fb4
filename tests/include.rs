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
