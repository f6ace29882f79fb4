//! Targeting without a declaration.

use segments_model::{
    AiConfigKey, Clause, Resource, SegmentKey, Serve, Targeting, TargetingRule, Unlisted,
    VariationKey,
};
use tokio::time::Instant;

use super::super::client::connect;
use super::super::config::{SyncConfig, SyncMode};
use super::super::converge::Converge;
use super::super::decide::{Terms, decide};
use super::super::degraded;
use super::super::error::SyncError;
use super::super::failed::FailedRequest;
use super::super::manner::Manner;
use super::super::reader::Reader;
use super::super::report::{Outcome, Report, TargetingReport};
use super::super::revision::InForce;
use super::super::runtime;
use super::super::writer::Writer;
use super::Goal;

/// Makes an AI Config serve a variation to the members of the segments, with one rule, and leaves
/// everything else as it is. Calling it again changes nothing; calling it with another variation changes
/// the variation of the rule.
///
/// The rule keeps its position, or is added at the end; earlier rules that match the same contexts win.
/// The rule has no owner: a program that declares the AI Config's rules removes it.
///
/// ```no_run
/// use segments_runtime::SyncConfig;
/// use segments_runtime::model::{AiConfigKey, VariationKey};
/// use segments_runtime::sync::target_segments;
///
/// # use segments_runtime::SegmentKey;
/// # struct AiBetaTesters;
/// # impl AiBetaTesters { const KEY: SegmentKey = SegmentKey::from_static("ai-beta-testers"); }
/// # async fn steer() -> Result<(), Box<dyn std::error::Error>> {
/// let config = SyncConfig::from_env()?;
/// let (assistant, careful) = (AiConfigKey::parse("support-assistant")?, VariationKey::parse("careful")?);
/// let report = target_segments(&config, &assistant, &careful, [AiBetaTesters::KEY]).await?;
/// println!("{report}");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If the AI Config cannot be read, and, with the report, if it has no such variation, or the rule could
/// not be created.
pub async fn target_segments(
    config: &SyncConfig,
    ai_config: &AiConfigKey,
    variation: &VariationKey,
    segments: impl IntoIterator<Item = SegmentKey>,
) -> Result<Report, SyncError> {
    let segments = segments.into_iter().collect();
    runtime::needed(steer(config, ai_config, variation, segments)).await
}

async fn steer(
    config: &SyncConfig,
    ai_config: &AiConfigKey,
    variation: &VariationKey,
    segments: Vec<SegmentKey>,
) -> Result<Report, SyncError> {
    let started = Instant::now();
    let targeting = Targeting {
        resource: Resource::AiConfig(ai_config.clone()),
        variations: vec![variation.clone()],
        targets: None,
        rules: Some(vec![TargetingRule {
            description: None,
            clauses: vec![Clause::segment_match(segments)],
            serve: Serve::Variation(variation.clone()),
        }]),
        fallthrough: None,
        others: Unlisted::Keep,
        environments: [].into(),
    };
    let reader = Reader::new(connect(config)?, config);
    let report = |reader: &Reader, outcome, cause: Option<Box<FailedRequest>>| Report {
        project: config.project.clone(),
        environment: config.environment.clone(),
        mode: config.options.mode,
        reached: cause.is_none(),
        cause,
        segments: Vec::new(),
        targetings: vec![TargetingReport {
            resource: targeting.resource.clone(),
            outcome,
            let_go: Vec::new(),
            effect: None,
        }],
        measured: Vec::new(),
        kinds: Vec::new(),
        consequences: Vec::new(),
        warnings: Vec::new(),
        prompts: Vec::new(),
        requests: reader.client.requests(),
        elapsed: started.elapsed(),
    };
    let goal = Goal {
        targeting: &targeting,
        environment: &config.environment,
        claimant: None,
        revision: None,
        anywhere: true,
        ends: false,
        forgets: false,
    };
    let remote = match reader.targeting(&targeting.resource).await {
        Ok(remote) => remote,
        Err(failed) if degraded::continues(config, &failed) => {
            return Ok(report(
                &reader,
                Outcome::Unreachable,
                Some(Box::new(failed)),
            ));
        }
        Err(failed) => {
            return Err(SyncError::Read {
                scope: config.scope(),
                error: Box::new(failed),
            });
        }
    };
    let terms = Terms::new(&goal, remote.as_ref(), &config.options, InForce::Ours);
    let mut outcome = decide(&goal, remote.as_ref(), terms);
    let warnings = match (&outcome, &remote) {
        (Outcome::Planned(action), Some(remote)) => goal.warnings(remote, action.changes()),
        _ => Vec::new(),
    };
    let writer = Writer { reader };
    if let (Outcome::Planned(planned), Some(remote), SyncMode::Apply) =
        (&outcome, remote, config.options.mode)
    {
        let owner = config.owner();
        let converge = Converge {
            writer: &writer,
            config,
            goal,
            in_force: InForce::Ours,
            manner: Manner::Converge,
            owner: &owner,
            effect: &[],
        };
        outcome = converge.settle(Some(&remote), planned).await;
    }
    let mut report = report(&writer.reader, outcome, None);
    report.warnings = warnings;
    degraded::tolerate(config, report.complete())
}
