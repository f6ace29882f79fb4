//! AI Configs and flags that this owner targeted before and no longer declares. Their rules and targets,
//! and the segments that these use, stay until somebody decides how to end them.

use std::collections::BTreeMap;

use segments_model::{AiConfigKey, FlagKey, Resource, Targeting, Unlisted, wire};

use crate::sync::config::{End, SyncConfig};
use crate::sync::decide::{Terms, decide};
use crate::sync::definitions_error::DefinitionsError;
use crate::sync::failed::FailedRequest;
use crate::sync::ownership::Claim;
use crate::sync::reader::{Reader, Tagged};
use crate::sync::report::{Keep, Outcome};
use crate::sync::request::PAGE;
use crate::sync::revision::InForce;
use crate::sync::targeting::{self, Goal};

/// One of them, and what is due if it ends.
pub(super) struct Former {
    pub(super) resource: Resource,
    pub(super) outcome: Outcome,
    pub(super) work: Option<(Targeting, Box<wire::Targeting>)>,
}

/// Refuses to retire what is declared. Of what is declared, the parts that are not any more may be let go.
pub(super) fn check(config: &SyncConfig, declared: &[Targeting]) -> Result<(), DefinitionsError> {
    let retired = config.options.ending.iter();
    let retired = retired.filter(|(_, end)| **end == End::Retire);
    let retired = retired.map(|(resource, _)| resource);
    let mut declared = retired.filter(|it| declared.iter().any(|known| known.resource == **it));
    match declared.next() {
        Some(resource) => Err(DefinitionsError::StillDeclared(resource.to_string())),
        None => Ok(()),
    }
}

/// Finds them. That a list cannot be read stops nothing: it is about what is not declared.
pub(super) async fn look(
    reader: &Reader,
    config: &SyncConfig,
    declared: &[Targeting],
    listed: bool,
) -> Vec<Former> {
    let ending = config.options.ending.keys().cloned();
    let mut resources: BTreeMap<Resource, Outcome> =
        ending.map(|it| (it, Outcome::Undeclared)).collect();
    if listed {
        for found in [
            flags(reader, config).await,
            ai_configs(reader, config).await,
        ] {
            match found {
                Ok(found) => resources.extend(found),
                Err(error) => {
                    tracing::warn!(%error, "cannot look for AI Configs and flags that are no longer declared");
                }
            }
        }
    }
    for known in declared {
        resources.remove(&known.resource);
    }
    let mut former = Vec::new();
    for (resource, stays) in resources {
        let (outcome, work) = match config.options.ending.get(&resource) {
            None => (stays, None),
            Some(end) => ended(reader, config, &resource, *end).await,
        };
        former.push(Former {
            resource,
            outcome,
            work,
        });
    }
    former
}

/// The requests that end one.
async fn ended(
    reader: &Reader,
    config: &SyncConfig,
    resource: &Resource,
    end: End,
) -> (Outcome, Option<(Targeting, Box<wire::Targeting>)>) {
    let declared = nothing(resource, end);
    let remote = match reader.targeting(resource).await {
        Ok(Some(remote)) => remote,
        // There is nothing left to end.
        Ok(None) => return (Outcome::Unchanged, None),
        Err(error) => return (Outcome::Failed(error.into()), None),
    };
    let claimant = config.claimant().declaring();
    let environment = &reader.scope.environment;
    let goal = Goal::new(&declared, environment, &claimant, config.options.revision).ending();
    // It is this owner's, or it is left alone.
    let terms = Terms::new(&goal, Some(&remote), &config.options, InForce::Ours);
    let outcome = decide(&goal, Some(&remote), terms);
    let work = matches!(outcome, Outcome::Planned(_)).then(|| (declared, Box::new(remote)));
    (outcome, work)
}

/// A declaration of nothing: neither rules nor targets, or none of what becomes of them.
fn nothing(resource: &Resource, end: End) -> Targeting {
    let goes = end == End::Retire;
    Targeting {
        resource: resource.clone(),
        variations: Vec::new(),
        targets: goes.then(Vec::new),
        rules: goes.then(Vec::new),
        fallthrough: None,
        others: Unlisted::Remove,
        environments: [].into(),
    }
}

type Stays = Vec<(Resource, Outcome)>;

async fn flags(reader: &Reader, config: &SyncConfig) -> Result<Stays, FailedRequest> {
    let mut found = Vec::new();
    for tag in targeting::owner_tags(config) {
        // Nothing is deleted by this list, so that it need not be read twice to be sure of its end.
        let flags = reader.every_page(PAGE, |from| reader.scope.list_flags(Some(&tag), from, PAGE));
        found.extend(ours(config, flags.await?, |key| {
            FlagKey::parse(key).ok().map(Resource::Flag)
        }));
    }
    Ok(found)
}

async fn ai_configs(reader: &Reader, config: &SyncConfig) -> Result<Stays, FailedRequest> {
    let configs = reader.every_page(PAGE, |from| reader.scope.list_ai_configs(from, PAGE));
    Ok(ours(config, configs.await?, |key| {
        AiConfigKey::parse(key).ok().map(Resource::AiConfig)
    }))
}

fn ours(
    config: &SyncConfig,
    listed: Vec<Tagged>,
    resource: impl Fn(String) -> Option<Resource>,
) -> Stays {
    let ours = listed.into_iter().filter_map(|it| {
        let outcome = match targeting::claim(config, it.tags()) {
            Claim::Ours => Outcome::Undeclared,
            // Another owner may declare what this one does no more.
            Claim::Theirs(owners) if targeting::is_among(config, &owners) => {
                let because = vec![Keep::OwnedBy { owners }];
                Outcome::InUse { because }
            }
            _ => return None,
        };
        Some((resource(it.key)?, outcome))
    });
    ours.collect()
}
