//! Reading an environment: the resources that people created there, and the service's answers about them.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use segments_model::{AiConfigKey, EnvironmentKey, FlagKey, Resource, SegmentKey, wire};
use serde_json::Value as Json;

use super::ask::ask;
use super::config::SyncConfig;
use super::error::SyncError;
use super::expiries;
use super::failed::FailedRequest;
use super::listed::{Listed, UnreadableSegment};
use super::plan::running_on;
use super::prune::{Census, User};
use super::reader::{Reader, Tagged};
use super::report::BusyRule;
use super::request::PAGE;
use super::seen::{LiveMembership, SeenValues};

/// The segments of an environment.
///
/// Example: [`list_segments`].
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct SegmentList {
    /// The readable segments, ordered by key.
    pub segments: Vec<wire::Segment>,
    /// The segments that the service returns in an undocumented form.
    pub unreadable: Vec<UnreadableSegment>,
}

/// One segment, and everything that references it.
///
/// Example: [`segment_in_use`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SegmentInUse {
    /// The segment.
    pub segment: wire::Segment,
    /// The keys of the flags that reference it.
    pub flags: Vec<String>,
    /// The keys of the AI Configs that reference it.
    pub ai_configs: Vec<String>,
    /// The keys of the segments that reference it.
    pub segments: Vec<String>,
    /// Experiments and rollouts that LaunchDarkly runs on rules of those flags and AI Configs that the
    /// segment affects.
    pub running: Vec<BusyRule>,
    /// The parts that could not be read, in words: something there may reference the segment, too.
    pub gaps: Vec<String>,
}

/// Reads all segments of the environment in the service's form, ordered by key: to import or to inspect
/// them. To skip unreadable segments, use [`list_segments`].
///
/// ```no_run
/// use segments_runtime::sync::{self, SyncConfig};
///
/// # async fn look() -> Result<(), Box<dyn std::error::Error>> {
/// let config = SyncConfig::from_env()?;
/// for segment in sync::segments(&config).await? {
///     println!("{} has version {}", segment.key, segment.version);
/// }
/// let user = r#"{"kind": "user", "key": "u-1"}"#;
/// for found in sync::memberships(&config, &serde_json::from_str(user)?).await? {
///     println!("{}: {}", found.key, found.is_member);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If the environment, or one of its segments, cannot be read.
pub async fn segments(config: &SyncConfig) -> Result<Vec<wire::Segment>, SyncError> {
    ask(config, async |reader| {
        let SegmentList {
            segments,
            unreadable,
        } = list(reader, config).await?;
        match &unreadable[..] {
            [] => Ok(segments),
            unreadable => Err(reader.unreadable(unreadable)),
        }
    })
    .await
}

/// Reads all segments of the environment, and lists the unreadable ones.
///
/// ```no_run
/// use segments_runtime::sync::{self, SyncConfig};
///
/// # async fn look() -> Result<(), Box<dyn std::error::Error>> {
/// let list = sync::list_segments(&SyncConfig::from_env()?).await?;
/// println!("{} segments", list.segments.len());
/// for left_out in &list.unreadable {
///     println!("{left_out}");
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If the environment cannot be read.
pub async fn list_segments(config: &SyncConfig) -> Result<SegmentList, SyncError> {
    ask(config, async |reader| list(reader, config).await).await
}

/// Reads which contexts on the lists of segments expire, which a list of segments does not show, and adds that to
/// those that list somebody: a request for each.
///
/// ```no_run
/// use segments_runtime::sync::{self, SyncConfig};
///
/// # async fn look() -> Result<(), Box<dyn std::error::Error>> {
/// let config = SyncConfig::from_env()?;
/// let mut list = sync::list_segments(&config).await?;
/// sync::add_expiries(&config, &mut list.segments).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// When one of them cannot be read.
pub async fn add_expiries(
    config: &SyncConfig,
    segments: impl IntoIterator<Item = &mut wire::Segment>,
) -> Result<(), SyncError> {
    ask(config, async |reader| {
        let looks: Vec<_> = segments
            .into_iter()
            .map(|segment| add_expiries_of(reader, segment))
            .collect();
        let looks = stream::iter(looks).buffer_unordered(config.options.concurrency);
        looks.try_collect().await
    })
    .await
}

async fn add_expiries_of(
    reader: &Reader,
    segment: &mut wire::Segment,
) -> Result<(), FailedRequest> {
    let lists = [&segment.included_contexts, &segment.excluded_contexts];
    let mut others = lists.into_iter().flatten();
    let lists_somebody = !segment.included.is_empty()
        || !segment.excluded.is_empty()
        || others.any(|list| !list.values.is_empty());
    if let Ok(key) = SegmentKey::parse(segment.key.clone())
        && lists_somebody
        && !segment.unbounded
    {
        segment.expiring = Some(expiries::read(reader, &key).await?);
    }
    Ok(())
}

/// Reads one segment, and looks at every flag, AI Config and segment of the environment for those that
/// ask it; `None` if there is no such segment.
///
/// ```no_run
/// use segments_runtime::model::SegmentKey;
/// use segments_runtime::sync::{self, SyncConfig};
///
/// # async fn look() -> Result<(), Box<dyn std::error::Error>> {
/// let staff = SegmentKey::parse("staff")?;
/// if let Some(found) = sync::segment_in_use(&SyncConfig::from_env()?, &staff).await? {
///     println!("version {}, asked by flags {:?}", found.segment.version, found.flags);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If the segment cannot be read. Other unreadable resources are among the [gaps](SegmentInUse::gaps).
pub async fn segment_in_use(
    config: &SyncConfig,
    key: &SegmentKey,
) -> Result<Option<SegmentInUse>, SyncError> {
    let found = segments_in_use(config, std::slice::from_ref(key)).await?;
    Ok(found.into_iter().next().flatten())
}

/// Reads segments, and looks once at every flag, AI Config and segment of the environment for those that ask
/// them; `None` for one that does not exist.
///
/// Example: [`segment_in_use`].
///
/// # Errors
///
/// When one of the segments cannot be read. What cannot be read of the rest is among the
/// [gaps](SegmentInUse::gaps).
pub async fn segments_in_use(
    config: &SyncConfig,
    keys: &[SegmentKey],
) -> Result<Vec<Option<SegmentInUse>>, SyncError> {
    ask(config, async |reader| {
        let concurrency = config.options.concurrency;
        let reads: Vec<_> = keys.iter().map(|key| reader.segment(key)).collect();
        let reads = stream::iter(reads).buffered(concurrency);
        let segments: Vec<Option<wire::Segment>> = reads.try_collect().await?;
        if segments.iter().all(Option::is_none) {
            return Ok(vec![None; keys.len()]);
        }
        let census = Census::take(reader, concurrency, &config.claimant()).await;
        let mut found = Vec::new();
        for segment in segments {
            found.push(match segment {
                Some(segment) => Some(in_use(reader, &census, segment).await),
                None => None,
            });
        }
        Ok(found)
    })
    .await
}

/// Everything that asks a segment.
async fn in_use(reader: &Reader, census: &Census, segment: wire::Segment) -> SegmentInUse {
    let key = segment.key.clone();
    let flags = segment.flags.iter().flatten();
    let mut found = SegmentInUse {
        flags: flags.map(|flag| flag.key.clone()).collect(),
        ai_configs: Vec::new(),
        segments: Vec::new(),
        running: Vec::new(),
        gaps: census.gaps().map(ToString::to_string).collect(),
        segment,
    };
    for user in census.users(&key) {
        match user {
            User::Segment(key) => found.segments.push(key.clone()),
            User::Targeting(Resource::AiConfig(key)) => found.ai_configs.push(key.to_string()),
            User::Targeting(Resource::Flag(key)) => found.flags.push(key.to_string()),
        }
    }
    let (running, gaps) = running_on(reader, &key, &found.resources()).await;
    found.running = running;
    found.gaps.extend(gaps);
    found
}

impl SegmentInUse {
    /// The flags and AI Configs that ask it.
    fn resources(&self) -> Vec<Resource> {
        let flags = self.flags.iter().cloned();
        let flags = flags.filter_map(|key| FlagKey::parse(key).ok().map(Resource::Flag));
        let configs = self.ai_configs.iter().cloned();
        let configs =
            configs.filter_map(|key| AiConfigKey::parse(key).ok().map(Resource::AiConfig));
        flags.chain(configs).collect()
    }
}

/// Finds the other environments of the project that have a segment with this key. Each of them is a
/// separate segment.
///
/// Example: [`segment_in_use`].
///
/// # Errors
///
/// If the project's environments, or the segment in one of them, cannot be read.
pub async fn segment_elsewhere(
    config: &SyncConfig,
    key: &SegmentKey,
) -> Result<Vec<EnvironmentKey>, SyncError> {
    ask(config, async |reader| {
        let environments = reader.environments().await?;
        let others = environments.into_iter();
        let others = others.filter(|environment| *environment != reader.scope.environment);
        let looks: Vec<_> = others
            .map(async |environment| {
                let there = reader.clone().at(environment.clone());
                let segment = there.segment(key).await?;
                Ok::<_, FailedRequest>(segment.map(|_| environment))
            })
            .collect();
        let looks = stream::iter(looks).buffered(config.options.concurrency);
        let found: Vec<Option<EnvironmentKey>> = looks.try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    })
    .await
}

async fn list(reader: &Reader, config: &SyncConfig) -> Result<SegmentList, FailedRequest> {
    let mut found: BTreeMap<String, wire::Segment> = BTreeMap::new();
    let mut unreadable: Vec<UnreadableSegment> = Vec::new();
    let options = &config.options;
    let listing = reader.segments(options.concurrency, &options.progress, |item| match item {
        Listed::Segment(segment) => {
            // A list that changes while it is read may show a segment twice.
            let older = found
                .get(&segment.key)
                .is_some_and(|seen| seen.version > segment.version);
            if !older && !segment.deleted {
                found.insert(segment.key.clone(), *segment);
            }
        }
        Listed::Unreadable { what, rest } if !rest.deleted && !unreadable.contains(&what) => {
            unreadable.push(what);
        }
        Listed::Unreadable { .. } => {}
    });
    listing.await?;
    // One that was read after all was shown twice.
    unreadable.retain(|it| it.key.as_ref().is_none_or(|key| !found.contains_key(key)));
    unreadable.sort_by(|left, right| left.key.cmp(&right.key));
    Ok(SegmentList {
        segments: found.into_values().collect(),
        unreadable,
    })
}

/// Finds the AI Configs and flags of the project that have one of the tags; all of them if no tags are
/// given.
///
/// # Errors
///
/// If a list cannot be read, or changes while it is read.
pub async fn list_resources(
    config: &SyncConfig,
    tags: &[String],
) -> Result<Vec<Resource>, SyncError> {
    ask(config, async |reader| {
        let selected =
            |it: &Tagged| tags.is_empty() || it.tags().iter().any(|tag| tags.contains(tag));
        let all = |from| reader.scope.list_ai_configs(from, PAGE);
        let ai_configs: Vec<Tagged> = reader.every_page(PAGE, all).await?;
        let ai_configs = ai_configs.into_iter().filter(selected);
        let ai_configs = ai_configs.filter_map(|it| AiConfigKey::parse(it.key).ok());
        let mut found: Vec<Resource> = ai_configs.map(Resource::AiConfig).collect();
        let all = |from| reader.scope.list_flags(None, from, PAGE);
        let flags: Vec<Tagged> = reader.every_page(PAGE, all).await?;
        let flags = flags.into_iter().filter(selected);
        let flags = flags.filter_map(|it| FlagKey::parse(it.key).ok());
        found.extend(flags.map(Resource::Flag));
        Ok(found)
    })
    .await
}

/// Reads the targeting of AI Configs and flags, in the given order; `None` for one that does not exist.
///
/// # Errors
///
/// If one of them cannot be read.
pub async fn targetings(
    config: &SyncConfig,
    resources: &[Resource],
) -> Result<Vec<Option<wire::Targeting>>, SyncError> {
    ask(config, async |reader| {
        let reads: Vec<_> = resources.iter().map(|it| reader.targeting(it)).collect();
        let reads = stream::iter(reads).buffered(config.options.concurrency);
        reads.try_collect().await
    })
    .await
}

/// Reads the keys of the project's environments, in the order of the service.
///
/// # Errors
///
/// If the project cannot be read.
pub async fn environments(config: &SyncConfig) -> Result<Vec<EnvironmentKey>, SyncError> {
    ask(config, async |reader| reader.environments().await).await
}

/// Evaluates in the service which segments of the environment contain a context. The context is in the
/// service's JSON, of one kind or of several.
///
/// # Errors
///
/// If the service cannot be reached, or refuses the context.
pub async fn memberships(
    config: &SyncConfig,
    context: &Json,
) -> Result<Vec<LiveMembership>, SyncError> {
    ask(config, async |reader| reader.memberships(context).await).await
}

/// Reads the values that the environment's contexts have had in an attribute, the most frequent first;
/// empty if no context had the attribute.
///
/// # Errors
///
/// If the service cannot be reached.
pub async fn attribute_values(
    config: &SyncConfig,
    attribute: &str,
) -> Result<SeenValues, SyncError> {
    ask(config, async |reader| {
        reader.attribute_values(attribute).await
    })
    .await
}
