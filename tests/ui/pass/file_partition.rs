segments_runtime::include_segments!("file/toml/partition.toml");

fn limit(user: &User) -> u32 {
    match Tier::of(user) {
        Tier::FreeUsers => 1,
        Tier::PaidUsers => 2,
        Tier::Other => 3,
    }
}

fn main() {
    let plans = [("free", 1), ("team", 2), ("trial", 3)];
    for (plan, expected) in plans {
        assert_eq!(limit(&User::new("u-1").plan(plan)), expected);
    }
    assert_eq!(limit(&User::new("u-1")), 3);
    let definition = <FreeUsers as segments_runtime::Segment>::definition();
    assert!(definition.lifecycle.never_wider);
}
