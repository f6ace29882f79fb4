//! All read operations. Plans and verifications have a reader and no writer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::stream::{self, StreamExt, TryStreamExt};
use segments_model::wire::{Experiment, Metric, Page, Segment, Targeting};
use segments_model::{AiConfigKey, EnvironmentKey, ExperimentKey, MetricKey, Resource, SegmentKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use thiserror::Error;

use super::client::Client;
use super::config::SyncConfig;
use super::failed::FailedRequest;
use super::listed::{Listed, UnreadableSegment};
use super::pages::Pages;
use super::progress::{Progress, ProgressEvent};
use super::request::{ENVIRONMENTS, PAGE, Request, Scope};
use super::request_error::{NoEnvironment, NoProject, RequestError};
use super::seen::{LiveMembership, SeenValues};

/// Reads one environment.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub(crate) client: Arc<Client>,
    pub(crate) scope: Scope,
}

/// A context kind of the project.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Kind {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) archived: bool,
}

/// A list that comes as a whole.
pub(crate) type Items<T> = Page<T>;

/// Whether the list is certainly complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listing {
    /// The pages fit together.
    Whole,
    /// It changed while it was read, so that segments may have slipped from one page to another.
    Shifted,
}

/// An item of a list.
pub(crate) trait Keyed {
    /// Distinguishes it from all others.
    fn key(&self) -> &str;
}

/// An AI Config or a flag of a list.
#[derive(Debug, Deserialize)]
pub(crate) struct Tagged {
    pub(crate) key: String,
    #[serde(default)]
    tags: Option<Vec<String>>,
}

impl Tagged {
    pub(crate) fn tags(&self) -> &[String] {
        self.tags.as_deref().unwrap_or_default()
    }
}

impl Keyed for Tagged {
    fn key(&self) -> &str {
        &self.key
    }
}

/// Why a list is not known to be whole.
#[derive(Debug, Error)]
pub(crate) enum NotWhole {
    #[error(transparent)]
    Request(#[from] FailedRequest),
    #[error("the list does not say how long it is")]
    NotCounted,
    #[error("the list says that it has {count} items, and shows {shown}")]
    Miscounted { count: usize, shown: usize },
    #[error("the list changed while it was read")]
    Shifted,
}

impl Reader {
    /// Reads the environment of a configuration.
    pub(crate) fn new(client: Arc<Client>, config: &SyncConfig) -> Self {
        let scope = Scope {
            project: config.project.clone(),
            environment: config.environment.clone(),
        };
        Self { client, scope }
    }

    /// Reads another environment of the project.
    pub(crate) fn at(mut self, environment: EnvironmentKey) -> Self {
        self.scope.environment = environment;
        self
    }

    /// Reads a list of which nothing may be missed, or finds out that it is not known to be whole.
    /// Each page begins with the last item of the one before: had anything moved in between, another
    /// one would stand there. The end is where nothing more comes, whatever the list says of its
    /// length; and that has to be right, too.
    pub(crate) async fn whole<T: Keyed + DeserializeOwned>(
        &self,
        request: impl Fn(usize, usize) -> Request,
    ) -> Result<Vec<T>, NotWhole> {
        let mut items: Vec<T> = Vec::new();
        let mut pages = Pages::default();
        let mut length = None;
        loop {
            let overlap = items.len().saturating_sub(1);
            let request = request(overlap, PAGE);
            let page: Page<T> = self.client.json(&request).await?;
            let count = page.total_count.ok_or(NotWhole::NotCounted)?;
            if *length.get_or_insert(count) != count {
                return Err(NotWhole::Shifted);
            }
            let mut page = page.items.into_iter();
            if let Some(last) = items.last() {
                let again = page.next();
                if again.is_none_or(|again| again.key() != last.key()) {
                    return Err(NotWhole::Shifted);
                }
            }
            let before = pages.seen();
            let more = pages
                .take(page.as_slice().iter().map(Keyed::key), Some(count))
                .map_err(|error| FailedRequest::answered(&request, error))?;
            if pages.seen() - before != page.len() {
                return Err(NotWhole::Shifted);
            }
            items.extend(page);
            let shown = items.len();
            if shown > count || !more && shown != count {
                return Err(NotWhole::Miscounted { count, shown });
            }
            if !more {
                return Ok(items);
            }
        }
    }

    /// Reads all AI Configs of the project.
    pub(crate) async fn ai_configs(&self) -> Result<Vec<Tagged>, NotWhole> {
        self.whole(|from, to| self.scope.list_ai_configs(from, to))
            .await
    }

    /// Reads all segments, page by page, and hands each to `each`; a list that changes meanwhile
    /// may show one twice. Pages after the first are read at the same time, because the first tells
    /// how many there are. Links to next pages are not followed: the service does not always send
    /// them (seen in LaunchDarkly's own migration scripts).
    pub(crate) async fn segments(
        &self,
        concurrency: usize,
        progress: &Progress,
        mut each: impl FnMut(Listed),
    ) -> Result<Listing, FailedRequest> {
        let first = self.page(0, PAGE).await?;
        let total = first.total_count;
        // A service that gives out smaller pages than asked for is followed in its own steps.
        let step = first.items.len();
        let mut next = first.has_next(0, PAGE);
        let mut pages = Pages::default();
        let mut shifted = false;
        let list = self.scope.list(0, PAGE);
        let mut take = |page: Page<Listed>| {
            shifted |= page.total_count != total;
            let keys = page.items.iter().map(Listed::key);
            let more = pages.take(keys, page.total_count);
            let more = more.map_err(|error| FailedRequest::answered(&list, error))?;
            page.items.into_iter().for_each(&mut each);
            let read = pages.seen();
            let total = total.unwrap_or(read);
            progress.tell(ProgressEvent::Listed { read, total });
            Ok::<bool, FailedRequest>(more)
        };
        take(first)?;
        match total {
            _ if step == 0 => {}
            Some(total) => {
                // Asked for one by one, and none after one that brings nothing.
                let ended = AtomicBool::new(false);
                let offsets = (step..total)
                    .step_by(step)
                    .take_while(|_| !ended.load(Ordering::Relaxed));
                let mut answers = stream::iter(offsets)
                    .map(|offset| self.page(offset, step))
                    .buffer_unordered(concurrency);
                while let Some(page) = answers.try_next().await? {
                    ended.fetch_or(!take(page)?, Ordering::Relaxed);
                }
            }
            None => {
                let mut offset = step;
                while next {
                    let page = self.page(offset, PAGE).await?;
                    next = page.has_next(offset, PAGE);
                    offset += page.items.len();
                    next &= take(page)?;
                }
            }
        }
        shifted |= total.is_some_and(|total| pages.seen() != total);
        Ok(if shifted {
            Listing::Shifted
        } else {
            Listing::Whole
        })
    }

    /// A list that is refused because of what is in it.
    pub(crate) fn unreadable(&self, unreadable: &[UnreadableSegment]) -> FailedRequest {
        let causes: Vec<String> = unreadable.iter().map(ToString::to_string).collect();
        let error = RequestError::UnexpectedResponse {
            status: 200,
            content_type: "application/json".to_owned(),
            cause: causes.join("; "),
        };
        FailedRequest::answered(&self.scope.list(0, PAGE), error)
    }

    async fn page(&self, offset: usize, limit: usize) -> Result<Page<Listed>, FailedRequest> {
        let request = self.scope.list(offset, limit);
        self.client
            .read(&request, |answer, token| {
                // Item by item only where one cannot be read: that takes longer, and is seldom.
                let page = answer.json::<Page<Segment>>(token);
                let page = page.map(|page| page.map(|it| Listed::Segment(Box::new(it))));
                page.or_else(|_| answer.json(token))
            })
            .await
    }

    /// Reads one segment; `None` if it does not exist.
    pub(crate) async fn segment(&self, key: &SegmentKey) -> Result<Option<Segment>, FailedRequest> {
        match self.client.json::<Segment>(&self.scope.get(key)).await {
            Ok(segment) if segment.deleted => Ok(None),
            Ok(segment) => Ok(Some(segment)),
            Err(failed) if matches!(failed.error, RequestError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads what an AI Config or flag serves; `None` if it does not exist.
    pub(crate) async fn targeting(
        &self,
        resource: &Resource,
    ) -> Result<Option<Targeting>, FailedRequest> {
        self.found(&self.scope.targeting(resource)).await
    }

    /// Reads a metric; `None` if it does not exist.
    pub(crate) async fn metric(&self, key: &MetricKey) -> Result<Option<Metric>, FailedRequest> {
        self.found(&self.scope.metric(key, false)).await
    }

    /// The same with the number of those who use it.
    pub(crate) async fn metric_with_uses(
        &self,
        key: &MetricKey,
    ) -> Result<Option<Metric>, FailedRequest> {
        self.found(&self.scope.metric(key, true)).await
    }

    /// Reads an experiment with its iterations; `None` if it does not exist.
    pub(crate) async fn experiment(
        &self,
        key: &ExperimentKey,
    ) -> Result<Option<Experiment>, FailedRequest> {
        self.found(&self.scope.experiment(key)).await
    }

    /// Reads all experiments of the environment.
    pub(crate) async fn experiments(&self) -> Result<Vec<Tagged>, FailedRequest> {
        self.every_page(PAGE, |from| self.scope.list_experiments(from, PAGE))
            .await
    }

    /// Reads something that may not exist.
    async fn found<T: DeserializeOwned>(
        &self,
        request: &Request,
    ) -> Result<Option<T>, FailedRequest> {
        match self.client.json::<T>(request).await {
            Ok(found) => Ok(Some(found)),
            Err(failed) if matches!(failed.error, RequestError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads an AI Config with its variations; `None` if it does not exist.
    pub(crate) async fn ai_config(&self, key: &AiConfigKey) -> Result<Option<Json>, FailedRequest> {
        self.found(&self.scope.ai_config(key)).await
    }

    /// Reads the project's environments, page by page.
    pub(crate) async fn environments(&self) -> Result<Vec<EnvironmentKey>, FailedRequest> {
        #[derive(Deserialize)]
        struct Environment {
            key: String,
        }
        impl Keyed for Environment {
            fn key(&self) -> &str {
                &self.key
            }
        }
        let list = |offset| self.scope.list_environments(offset);
        let found: Vec<Environment> = self.every_page(ENVIRONMENTS, list).await?;
        let keys = found
            .into_iter()
            .map(|found| EnvironmentKey::parse(found.key));
        Ok(keys.filter_map(Result::ok).collect())
    }

    /// Says of something that was not found whether it is the project or the environment that is not there.
    pub(crate) async fn place(&self, mut failed: FailedRequest) -> FailedRequest {
        let RequestError::NotFound(refusal) = &failed.error else {
            return failed;
        };
        let (project, environment) = (&self.scope.project, &self.scope.environment);
        let error = match self.environments().await {
            Ok(known) if !known.contains(environment) => {
                RequestError::NoEnvironment(Box::new(NoEnvironment {
                    project: project.clone(),
                    environment: environment.clone(),
                    known,
                    refusal: refusal.clone(),
                }))
            }
            Err(other) if matches!(other.error, RequestError::NotFound(_)) => {
                RequestError::NoProject(Box::new(NoProject {
                    project: project.clone(),
                    refusal: refusal.clone(),
                }))
            }
            // It is something else, or nobody knows.
            _ => return failed,
        };
        failed.error = error;
        failed
    }

    /// Reads a list page by page, each of up to `limit` items, until no page follows or one brings
    /// nothing new.
    pub(crate) async fn every_page<T: Keyed + DeserializeOwned>(
        &self,
        limit: usize,
        request: impl Fn(usize) -> Request,
    ) -> Result<Vec<T>, FailedRequest> {
        let mut found: Vec<T> = Vec::new();
        let mut pages = Pages::default();
        loop {
            let request = request(found.len());
            let page: Page<T> = self.client.json(&request).await?;
            let keys = page.items.iter().map(Keyed::key);
            let new = pages
                .take(keys, page.total_count)
                .map_err(|error| FailedRequest::answered(&request, error))?;
            let next = new && page.has_next(found.len(), limit);
            found.extend(page.items);
            if !next {
                return Ok(found);
            }
        }
    }

    /// Asks which segments a context is in.
    pub(crate) async fn memberships(
        &self,
        context: &Json,
    ) -> Result<Vec<LiveMembership>, FailedRequest> {
        let request = self.scope.evaluate(context);
        let memberships: Items<LiveMembership> = self.client.json(&request).await?;
        Ok(memberships.items)
    }

    /// Reads the values that contexts have had in an attribute.
    pub(crate) async fn attribute_values(
        &self,
        attribute: &str,
    ) -> Result<SeenValues, FailedRequest> {
        #[derive(Deserialize)]
        struct OfKind {
            kind: String,
            #[serde(default)]
            values: Vec<Seen>,
        }
        #[derive(Deserialize)]
        struct Seen {
            name: Json,
        }
        let request = self.scope.attribute_values(attribute);
        let found: Items<OfKind> = match self.client.json(&request).await {
            Ok(found) => found,
            Err(failed) if matches!(failed.error, RequestError::NotFound(_)) => {
                return Ok(SeenValues::new());
            }
            Err(error) => return Err(error),
        };
        let by_kind = found.items.into_iter().map(|of| {
            let values = of.values.into_iter().map(|seen| seen.name);
            (of.kind, values.collect())
        });
        Ok(by_kind.collect())
    }

    /// Reads the project's context kinds.
    pub(crate) async fn kinds(&self) -> Result<Vec<Kind>, FailedRequest> {
        let kinds: Items<Kind> = self.client.json(&self.scope.list_kinds()).await?;
        Ok(kinds.items)
    }
}
