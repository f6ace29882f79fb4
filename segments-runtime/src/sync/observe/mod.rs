//! Observing an environment: the sizes of segments, and differences from their declarations; as metrics,
//! and in words.
//!
//! The official OpenTelemetry crates would add a second HTTP client and an SDK for three numbers, so the
//! metrics are written here: in OTLP's JSON, and in the text format of Prometheus. A program that already
//! has a meter can feed it from an [`Observation`].

mod otlp;
mod post;
mod prometheus;
mod words;

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use segments_model::{EnvironmentKey, ProjectKey};

use super::client::connect;
use super::config::SyncConfig;
use super::definitions::Definitions;
use super::drift::{Drift, drift_over};
use super::error::SyncError;
use super::plan::{self, Declared};
use super::report::{Outcome, ReportItem};
use super::runtime;
use super::segment_size::SegmentSize;

pub use post::{PostError, post_json};
pub use words::DriftInWords;

/// The result of one check of an environment. It contains no keys of members.
///
/// Example: [`observe`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Observation {
    /// The project.
    pub project: ProjectKey,
    /// The environment.
    pub environment: EnvironmentKey,
    /// The time, in milliseconds since 1970.
    pub at: u64,
    /// The size of each segment, by key.
    pub sizes: BTreeMap<String, SegmentSize>,
    /// The differences from the declarations.
    pub drifted: Vec<DriftInWords>,
}

/// The outcome of a check: counted by `segments.sync.outcome`.
///
/// Example: [`observe`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LookOutcome {
    /// Everything was as declared.
    InSync,
    /// Something differs.
    Drift,
    /// The environment could not be read.
    Unreachable,
}

impl LookOutcome {
    /// All outcomes.
    pub const ALL: [Self; 3] = [Self::InSync, Self::Drift, Self::Unreachable];

    /// Returns the value of the attribute `outcome`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InSync => "in_sync",
            Self::Drift => "drift",
            Self::Unreachable => "unreachable",
        }
    }
}

/// The number of checks by outcome, project and environment, since the start of a program. It grows only
/// with the number of environments.
///
/// Example: [`observe`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LookCounts(BTreeMap<(String, String, LookOutcome), u64>);

impl LookCounts {
    /// Counts a check.
    pub fn add(&mut self, config: &SyncConfig, outcome: LookOutcome) {
        let (project, environment) = (config.project(), config.environment());
        let key = (project.to_string(), environment.to_string(), outcome);
        *self.0.entry(key).or_default() += 1;
    }

    fn each(&self) -> impl Iterator<Item = ([(&'static str, &str); 3], u64)> {
        self.0
            .iter()
            .map(|((project, environment, outcome), count)| {
                let labels = [
                    ("project", project.as_str()),
                    ("environment", environment.as_str()),
                    ("outcome", outcome.name()),
                ];
                (labels, *count)
            })
    }
}

/// The last check of each environment, and the outcomes of all checks: the source of metrics.
///
/// Example: [`observe`].
#[derive(Debug, Clone, Copy)]
pub struct Metrics<'m> {
    /// The last check of each environment.
    pub observations: &'m [Observation],
    /// The outcomes of all checks.
    pub looks: &'m LookCounts,
    /// The start of the program, in milliseconds since 1970: checks are counted from then on.
    pub since: u64,
}

impl Observation {
    /// Returns the outcome.
    #[must_use]
    pub fn outcome(&self) -> LookOutcome {
        if self.drifted.is_empty() {
            LookOutcome::InSync
        } else {
            LookOutcome::Drift
        }
    }

    /// Each number of a segment, with its labels.
    fn numbers(&self) -> impl Iterator<Item = (Vec<(&'static str, &str)>, u64)> {
        self.sizes.iter().flat_map(|(segment, size)| {
            let lists = [
                ("included", size.included),
                ("excluded", size.excluded),
                ("rules", size.rules),
            ];
            lists.map(|(part, count)| {
                let mut labels = self.labels();
                labels.extend([("segment", segment.as_str()), ("part", part)]);
                (labels, count)
            })
        })
    }

    fn labels(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("project", self.project.as_str()),
            ("environment", self.environment.as_str()),
        ]
    }
}

/// Checks an environment once: compares it with the declarations, and counts the contexts that segments
/// list.
///
/// ```
/// use segments_emulator::Emulator;
/// use segments_runtime::sync::{LookCounts, Metrics, SyncConfig, observe};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// emulator.import("default", "production", r#"[{"key": "staff", "included": ["u-1", "u-2"]}]"#)?;
/// let config = SyncConfig::builder()
///     .base_uri(emulator.base_uri())
///     .token(emulator.access_token())
///     .build()?;
///
/// let seen = observe(&config, &[]).await?;
/// assert_eq!(seen.sizes["staff"].included, 2);
///
/// let mut looks = LookCounts::default();
/// looks.add(&config, seen.outcome());
/// let text = Metrics { observations: &[seen], looks: &looks, since: 0 }.prometheus();
/// assert!(text.contains(r#"segments_size{project="default",environment="production",segment="staff",part="included"} 2"#));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If the definitions contradict each other, or the environment cannot be read.
pub async fn observe<'a>(
    config: &SyncConfig,
    declared: impl Into<Definitions<'a>>,
) -> Result<Observation, SyncError> {
    let declared = Declared::new(config, declared.into())?;
    let (plan, sizes, client) = runtime::needed(async {
        let client = connect(config)?;
        let mut seen = plan::look(client.clone(), config, &declared, true).await?;
        let sizes = std::mem::take(&mut seen.sizes);
        Ok::<_, SyncError>((seen.prove(config, &declared), sizes, client))
    })
    .await?;
    if !plan.report.reached {
        return Err(SyncError::NotReached(Box::new(plan.into_report())));
    }
    let differs = |it: &ReportItem<'_>| {
        matches!(it.outcome, Outcome::Planned(_))
            || it.outcome.is_failure()
            || !it.let_go.is_empty()
    };
    // A token that may not read the audit log is no reason not to look.
    let by_hand: Vec<Drift> = drift_over(client, config, plan.settled())
        .await
        .unwrap_or_default();
    let drifted = plan.settled().filter(differs);
    let drifted = drifted.map(|item| DriftInWords::of(item, &by_hand));
    Ok(Observation {
        project: config.project().clone(),
        environment: config.environment().clone(),
        at: milliseconds(SystemTime::now()),
        drifted: drifted.collect(),
        sizes,
    })
}

fn milliseconds(moment: SystemTime) -> u64 {
    let since_1970 = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One environment with one segment that drifted.
    pub(super) fn observation() -> Observation {
        let size = SegmentSize {
            included: 2,
            excluded: 0,
            rules: 1,
        };
        Observation {
            project: ProjectKey::from_static("shop"),
            environment: EnvironmentKey::from_static("production"),
            at: 1_000,
            sizes: [("staff".to_owned(), size)].into(),
            drifted: vec![DriftInWords::new(
                "staff",
                "`staff` was widened by hand: now also everyone",
            )],
        }
    }

    pub(super) fn looks() -> LookCounts {
        let config = SyncConfig::builder().token("api-1").build().unwrap();
        let mut looks = LookCounts::default();
        looks.add(&config, LookOutcome::Drift);
        looks.add(&config, LookOutcome::Drift);
        looks
    }
}
