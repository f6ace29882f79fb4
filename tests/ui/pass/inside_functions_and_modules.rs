#![deny(warnings)]

mod contexts {
    use segments_runtime::Context;

    #[derive(Context)]
    pub(crate) struct User {
        #[context(key)]
        pub(crate) id: String,
        pub(crate) beta: bool,
    }
}

mod audiences {
    use segments_runtime::segment;

    /// Somebody.
    #[segment(rule(crate::contexts::User::BETA.is(true)))]
    pub(crate) struct Staff;
}

fn main() {
    use contexts::User;
    use segments_runtime::{Context, segment};

    #[derive(Context)]
    struct Device {
        #[context(key)]
        id: String,
        old: bool,
    }

    /// Somebody else.
    #[segment(rule(member_of!(audiences::Staff), !Device::OLD.is(true)))]
    struct Inner;

    let user = User {
        id: "u".into(),
        beta: true,
    };
    let device = Device {
        id: "d".into(),
        old: false,
    };
    assert!(audiences::Staff::contains(&user));
    assert!(Inner::contains((&user, &device)));
    assert!(!Inner::contains((None::<&User>, &device)));
}
