//! An application team's deployments, from the first to a rollback: a crate of audiences, a migration
//! job, eight replicas that start at once, an older version beside a newer one, and a LaunchDarkly in
//! trouble. No audience of the newest version is lost at any time.

use segments_emulator::{Emulator, Fault};
use segments_runtime::model::Definition;
use segments_runtime::sync::{
    Outcome, Report, SyncConfig, SyncConfigBuilder, SyncError, Unreachable, spawn_definitions,
    sync_definitions,
};

/// The crate of audiences. It names their owner, so that all services sync them as the same owner.
mod audiences {
    use segments_runtime::{Context, Segment, registry, segment};

    segments_runtime::owner!("growth");

    #[derive(Context)]
    #[context(kind = "user")]
    pub struct User {
        #[context(key)]
        pub id: String,
        pub plan: String,
    }

    /// Paying users.
    #[segment(rule(User::PLAN.is("pro")))]
    pub struct Paying;

    /// Users who may try new features: since version 2.
    #[segment(rule(percent = 10, User::PLAN.is("pro")))]
    pub struct Pioneers;

    /// The declarations of each version.
    pub const ONE: &[registry::Declaration] = &[Paying::definition];
    pub const TWO: &[registry::Declaration] = &[Paying::definition, Pioneers::definition];
}

/// One of the versions of the application, which all share the emulator.
struct Version {
    revision: u64,
    declared: Vec<Definition>,
}

impl Version {
    fn config(&self, emulator: &Emulator) -> SyncConfigBuilder {
        SyncConfig::builder()
            .base_uri(emulator.base_uri())
            .token(emulator.access_token())
            .program("shop", env!("CARGO_PKG_VERSION"))
            .revision(self.revision)
            .prune(true)
    }

    async fn start(&self, emulator: &Emulator) -> Result<Report, SyncError> {
        sync_definitions(&self.config(emulator).build()?, &self.declared).await
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::start().await?;
    let one = Version {
        revision: 1,
        declared: segments_runtime::registry::from([audiences::ONE])?,
    };
    let two = Version {
        revision: 2,
        declared: segments_runtime::registry::from([audiences::TWO])?,
    };

    // The migration job of the first deployment, and eight replicas after it, which have nothing to do.
    println!("job:      {}", one.start(&emulator).await?.headline());
    let config = one.config(&emulator).build()?;
    let mut replicas = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (config, declared) = (config.clone(), one.declared.clone());
        replicas.spawn(async move { sync_definitions(&config, &declared).await });
    }
    let mut writes = 0;
    while let Some(report) = replicas.join_next().await {
        writes += report??.writes();
    }
    println!("replicas: {writes} writes");
    assert_eq!(writes, 0);

    // Version 2 is deployed while replicas of version 1 still restart. They know one audience
    // less, and leave it alone.
    println!("new:      {}", two.start(&emulator).await?.headline());
    let report = one.start(&emulator).await?;
    println!("old:      {}", report.headline());
    assert!(matches!(
        report.outcome("paying"),
        Some(Outcome::Superseded { revision: 2 })
    ));
    assert_eq!(emulator.segments("default", "production").len(), 2);

    // LaunchDarkly's proxy answers HTML. A service that has to start does so, and retries in the background.
    let down = Fault::wrong_body("<html>").always();
    emulator.inject_fault(down);
    let hasty = two.config(&emulator).unreachable(Unreachable::Continue);
    let hasty = hasty.deadline(std::time::Duration::from_secs(2)).build()?;
    let handle = spawn_definitions(hasty, two.declared.clone());
    let state = handle.first_attempt().await;
    println!("degraded: in sync {}", state.is_in_sync());
    assert!(!state.is_in_sync() && state.cause.is_some());
    emulator.clear_faults();
    while !handle.next_attempt().await.is_in_sync() {}
    println!("healed:   in sync {}", handle.state().is_in_sync());

    // An intended rollback: the old declarations, as the newest.
    let back = Version {
        revision: 3,
        declared: one.declared,
    };
    let report = back.start(&emulator).await?;
    println!("rollback: {}", report.headline());
    // A new segment is not deleted: a program that is being deployed may have created it.
    assert_eq!(emulator.segments("default", "production").len(), 2);
    Ok(())
}
