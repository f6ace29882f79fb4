//! Importing an environment as SDKs receive it: segments with their salts, flags, and the flags behind AI
//! Configs. Data that only the REST API has is made up: names are keys.

use std::collections::BTreeMap;

use segments_model::wire::{Flag, Segment, TargetList, TargetingRule};
use segments_model::{ContextKind, FlagKey};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::api::import::{Listed, import};
use crate::message::ApiError;
use crate::service::Service;
use crate::state::{
    Ai, EnvironmentTargeting, Prerequisite, Targeted, Targeting, Variation, kind_of,
};

/// Everything that an SDK receives.
#[derive(Deserialize)]
pub(crate) struct Received {
    segments: BTreeMap<String, Segment>,
    #[serde(default)]
    flags: BTreeMap<String, Flag>,
}

/// Takes it into an environment, which is made if it is not there. Segments, flags and AI Configs of the
/// same keys are replaced.
pub(crate) fn receive(
    service: &mut Service,
    project: &str,
    environment: &str,
    received: Received,
) -> Result<(), ApiError> {
    // All or nothing: what cannot be kept is found before anything is.
    for key in received.flags.keys() {
        FlagKey::parse(key.as_str()).map_err(|error| ApiError::invalid(error.to_string()))?;
    }
    let segments = received.segments.into_iter();
    let segments = segments.map(|(key, segment)| Segment { key, ..segment });
    import(
        service,
        project,
        environment,
        Listed::Items(segments.collect()),
    )?;
    for (key, flag) in received.flags {
        let targeted = if flag.is_ai_config() {
            Targeted::AiConfig
        } else {
            Targeted::Flag
        };
        let targeting = targeting(service, (project, environment), &key, flag, targeted)?;
        service.put_targeting(targeted, project, &key, targeting)?;
    }
    Ok(())
}

fn targeting(
    service: &mut Service,
    (project, environment): (&str, &str),
    key: &str,
    flag: Flag,
    targeted: Targeted,
) -> Result<Targeting, ApiError> {
    let now = service.clock.now();
    let known = service.state.project(project)?.targetings(targeted);
    let known = known.get(key).cloned();
    let variations = flag.variations.iter().map(|value| Variation {
        id: service.ids.uuid(),
        name: value["_ldMeta"]["variationKey"].as_str().map(str::to_owned),
        description: None,
        value: value.clone(),
    });
    let variations: Vec<Variation> = variations.collect();
    let ai = (targeted == Targeted::AiConfig).then(|| ai(service, &flag, now));
    let mut targeting = Targeting {
        name: key.to_owned(),
        description: String::new(),
        tags: Vec::new(),
        created: now,
        version: flag.version.max(1),
        variations,
        on_variation: 0,
        off_variation: flag.off_variation.unwrap_or_default(),
        archived: false,
        environments: BTreeMap::new(),
        ai,
    };
    match known {
        // The other environments stay, as far as they know the same variations.
        Some(known) if known.variations.len() == targeting.variations.len() => {
            targeting.environments = known.environments;
        }
        _ => {
            let environments = &service.state.project(project)?.environments;
            targeting.add_environments(key, environments, &mut service.ids);
        }
    }
    let before = targeting.environments.get(environment);
    let version = before.map_or(1, |here| here.version.saturating_add(1));
    let here = in_environment(service, flag, version, now);
    targeting.environments.insert(environment.to_owned(), here);
    Ok(targeting)
}

fn in_environment(
    service: &mut Service,
    flag: Flag,
    version: u64,
    now: i64,
) -> EnvironmentTargeting {
    let rules = flag.rules.into_iter().map(|mut rule| {
        rule.rule.id.get_or_insert_with(|| service.ids.uuid());
        rule
    });
    let rules: Vec<TargetingRule> = rules.collect();
    let prerequisites = flag.prerequisites.into_iter().map(|it| Prerequisite {
        key: it.key,
        variation: it.variation,
    });
    EnvironmentTargeting {
        on: flag.on,
        version: version.max(flag.version),
        modified: now,
        salt: flag.salt,
        prerequisites: prerequisites.collect(),
        targets: targets(&flag.targets, &flag.context_targets),
        expiring: Vec::new(),
        rules,
        fallthrough: flag.fallthrough,
        off_variation: flag.off_variation,
        track_events: false,
        track_events_fallthrough: false,
    }
}

/// One list of all kinds, in the order in which they count: an entry of users without keys stands for
/// their own list.
fn targets(users: &[TargetList], contexts: &[TargetList]) -> Vec<TargetList> {
    let one = |list: &TargetList| TargetList {
        context_kind: Some(kind_of(list).to_owned()),
        ..list.clone()
    };
    if contexts.is_empty() {
        return users.iter().map(one).collect();
    }
    let lists = contexts.iter().filter_map(|list| {
        let is_users = kind_of(list) == ContextKind::USER.as_str() && list.values.is_empty();
        if !is_users {
            return Some(one(list));
        }
        let users = users.iter().find(|it| it.variation == list.variation);
        users.map(one)
    });
    lists.collect()
}

/// The additional fields of an AI Config in the data for SDKs.
fn ai(service: &mut Service, flag: &Flag, now: i64) -> Ai {
    let mut modes = flag.variations.iter();
    let mode = modes.find_map(|value| value["_ldMeta"]["mode"].as_str());
    let variations = flag.variations.iter().filter_map(|value| {
        let meta = &value["_ldMeta"];
        let key = meta["variationKey"].as_str()?;
        let mut shown = value.clone();
        let fields = shown.as_object_mut()?;
        let version = meta["version"].as_u64().unwrap_or(1);
        fields.remove("_ldMeta");
        fields.entry("model").or_insert_with(|| json!({}));
        for (name, value) in [
            ("_id", json!(service.ids.uuid())),
            ("key", json!(key)),
            ("name", json!(key)),
            ("version", json!(version)),
            ("state", json!("published")),
            ("createdAt", json!(now)),
        ] {
            fields.insert(name.to_owned(), value);
        }
        Some(shown)
    });
    let variations: Vec<Json> = variations.collect();
    Ai {
        mode: mode.unwrap_or("completion").to_owned(),
        variations,
        updated: now,
        evaluation_metric_key: None,
    }
}
