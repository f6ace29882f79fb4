//! A pulled environment, which evaluates typed segments and variations.

use std::fmt;
use std::path::{Path, PathBuf};

use segments_model::evaluate::{CompiledEnvironment, LeftOut, LoadError, Loaded};
use segments_model::explanation::Explanation;
use segments_model::{
    EnvironmentKey, Evaluation, Membership, Resource, SegmentKey, VariationKey, did_you_mean,
};
use thiserror::Error;

#[cfg(feature = "launchdarkly-sdk")]
use crate::membership::received::Received;
use crate::{Contexts, Salts, Segment, Targeted, Variation};

/// A pulled environment in a file, saved by `cargo segments pull`: segments, flags and AI Configs as they
/// are in LaunchDarkly, not as this program declares them. Uses no network.
///
/// ```
/// use segments_runtime::testing::Snapshot;
/// use segments_runtime::{Context, assert_member, assert_not_member, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, plan: String }
///
/// /// A quarter of those who pay.
/// #[segment(rule(percent = 25, User::PLAN.is("pro")))]
/// struct BetaTesters;
///
/// # let text = r#"{"snapshot": {"format": 1, "project": "shop", "environment": "production",
/// #   "taken": "2026-11-30T09:00:00Z", "protocol": "fdv1"}, "flags": {}, "segments": {"beta-testers": {
/// #   "key": "beta-testers", "included": [], "excluded": [], "salt": "e5b6", "version": 3, "rules": [{
/// #   "weight": 25000, "rolloutContextKind": "user", "clauses": [
/// #   {"contextKind": "user", "attribute": "plan", "op": "in", "values": ["pro"]}]}]}}}"#;
/// // let production = Snapshot::open("production.json")?;
/// let production = Snapshot::parse(text)?.of("shop", "production")?;
/// let user = |id: &str| User { id: id.into(), plan: "pro".into() };
///
/// // Who is in the quarter depends on the salt, which the snapshot has.
/// assert_member!(BetaTesters, &user("u-1"), in production);
/// assert_not_member!(BetaTesters, &user("u-2"), in production);
/// assert_eq!(BetaTesters::contains_with(&user("u-1"), production.salts()), Some(true));
/// # Ok::<(), segments_runtime::testing::SnapshotError>(())
/// ```
#[derive(Clone)]
pub struct Snapshot {
    project: String,
    environment: String,
    taken: String,
    compiled: CompiledEnvironment,
    salts: Salts,
    loaded: Loaded,
    #[cfg(feature = "launchdarkly-sdk")]
    data: serde_json::Value,
}

/// Snapshots may have the keys of members, which are personal data.
impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("project", &self.project)
            .field("environment", &self.environment)
            .field("taken", &self.taken)
            .finish_non_exhaustive()
    }
}

/// The reason why a snapshot cannot answer.
#[derive(Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The file cannot be read.
    #[error("cannot read `{}`: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        error: std::io::Error,
    },
    /// The file has other contents, or is truncated.
    #[error("`{}` is not a usable snapshot: {error}", path.display())]
    InFile {
        /// The file.
        path: PathBuf,
        /// The problem.
        #[source]
        error: Box<SnapshotError>,
    },
    /// The data cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The data does not name its environment.
    #[error("it does not name its environment; create a snapshot with `cargo segments pull`")]
    NoSnapshot,
    /// The snapshot is of another environment.
    #[error("the snapshot is of {taken}, not of {wanted}; create one of {wanted}")]
    Elsewhere {
        /// The project and the environment of which it is.
        taken: String,
        /// The project and the environment of which it should be.
        wanted: String,
    },
    /// The segment does not exist.
    #[error("the snapshot of {scope} has no segment `{segment}`{suggestion}")]
    NoSegment {
        /// The segment.
        segment: SegmentKey,
        /// The project and the environment.
        scope: String,
        /// The key that was probably meant.
        suggestion: String,
    },
    /// The AI Config or flag does not exist.
    #[error("the snapshot of {scope} has no {resource}{suggestion}")]
    NoResource {
        /// The AI Config or flag.
        resource: Resource,
        /// The project and the environment.
        scope: String,
        /// The key that was probably meant.
        suggestion: String,
    },
    /// The contexts are served a variation that this program does not know.
    #[error(
        "{resource} serves `{variation}` there, which this program does not declare; add it to `variations(...)`"
    )]
    OtherVariation {
        /// The AI Config or flag.
        resource: Resource,
        /// The served variation.
        variation: String,
    },
    /// The snapshot leaves out keys of members, so the SDK would treat their lists as empty.
    #[error(
        "the snapshot leaves out the keys of listed contexts, so the SDK would serve them something else; create it with `--members`, or treat the lists as empty with `with_empty_lists`"
    )]
    LeftOut,
    /// The SDK cannot read a segment or a flag.
    #[error("LaunchDarkly's SDK cannot read {what} `{key}`: {error}")]
    Sdk {
        /// Whether it is a segment or a flag.
        what: &'static str,
        /// Its key.
        key: String,
        /// Why.
        #[source]
        error: serde_json::Error,
    },
}

segments_model::readable_debug! {
    enum SnapshotError {
        File { path, error },
        InFile { path, error },
        Load(error),
        NoSnapshot,
        Elsewhere { taken, wanted },
        NoSegment { segment, scope, suggestion },
        NoResource { resource, scope, suggestion },
        OtherVariation { resource, variation },
        LeftOut,
        Sdk { what, key, error },
    }
}

impl Snapshot {
    /// Reads a file that `cargo segments pull` wrote.
    ///
    /// # Errors
    ///
    /// If there is no such file, or if it is truncated, of a later version, or not a snapshot.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SnapshotError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| SnapshotError::File {
            path: path.to_owned(),
            error,
        })?;
        Self::parse(&text).map_err(|error| SnapshotError::InFile {
            path: path.to_owned(),
            error: Box::new(error),
        })
    }

    /// Parses the text of such a file.
    ///
    /// # Errors
    ///
    /// If the text is truncated, of a later version, or not a snapshot.
    pub fn parse(text: &str) -> Result<Self, SnapshotError> {
        let loaded = Loaded::from_json(text)?;
        let about = loaded.snapshot.clone().ok_or(SnapshotError::NoSnapshot)?;
        let mut salts = Salts::from_json(text)?;
        if let Ok(environment) = EnvironmentKey::parse(about.environment.clone()) {
            salts = salts.of_environment(&environment);
        }
        Ok(Self {
            project: about.project,
            environment: about.environment,
            taken: about.taken,
            compiled: CompiledEnvironment::new(&loaded),
            salts,
            loaded,
            #[cfg(feature = "launchdarkly-sdk")]
            data: serde_json::from_str(text).map_err(LoadError::from)?,
        })
    }

    /// Checks that the snapshot is of this project and environment.
    ///
    /// # Errors
    ///
    /// If it is of another one.
    pub fn of(self, project: &str, environment: &str) -> Result<Self, SnapshotError> {
        let (taken, wanted) = (self.scope(), format!("{project}/{environment}"));
        if taken == wanted {
            return Ok(self);
        }
        Err(SnapshotError::Elsewhere { taken, wanted })
    }

    /// Treats lists whose keys were left out as empty. Without this, results that depend on them are
    /// unknown.
    #[must_use]
    pub fn with_empty_lists(mut self) -> Self {
        self.loaded.left_out = LeftOut::default();
        self.compiled = CompiledEnvironment::new(&self.loaded);
        self
    }

    /// Returns the key of the project.
    #[must_use]
    pub fn project(&self) -> &str {
        &self.project
    }

    /// Returns the key of the environment.
    #[must_use]
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// Returns the time of the snapshot, in RFC 3339.
    #[must_use]
    pub fn taken(&self) -> &str {
        &self.taken
    }

    /// Returns the salts, with which this program's declarations pick the same contexts as LaunchDarkly.
    #[must_use]
    pub fn salts(&self) -> &Salts {
        &self.salts
    }

    /// Returns whether contexts were in a segment, with the deciding list or rule.
    ///
    /// # Errors
    ///
    /// If there was no such segment.
    pub fn membership<S: Segment>(
        &self,
        contexts: impl Contexts,
    ) -> Result<Membership, SnapshotError> {
        Ok(self.explain::<S>(contexts)?.membership)
    }

    /// How the answer comes about: each rule and clause, with what was seen and compared.
    ///
    /// # Errors
    ///
    /// As [`membership`](Self::membership).
    #[allow(
        clippy::needless_pass_by_value,
        reason = "asked as `explain` of a segment is, with a reference or a tuple of them"
    )]
    pub fn explain<S: Segment>(
        &self,
        contexts: impl Contexts,
    ) -> Result<Explanation, SnapshotError> {
        let segments = self.compiled.segments();
        let explanation = segments.explain(S::KEY.as_str(), &contexts.to_instance());
        explanation.ok_or_else(|| {
            let known = self.loaded.segments.iter();
            let known = known.map(|segment| segment.key.as_str());
            SnapshotError::NoSegment {
                segment: S::KEY,
                scope: self.scope(),
                suggestion: suggestion(S::KEY.as_str(), known),
            }
        })
    }

    /// Which variation of an AI Config or a flag contexts were served, and what decides it.
    ///
    /// # Errors
    ///
    /// When there was no such AI Config or flag, or it serves a variation that is not declared.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "asked as `variation` is, with a reference or a tuple of them"
    )]
    pub fn variation<T: Targeted>(
        &self,
        contexts: impl Contexts,
    ) -> Result<Evaluation<T::Variation>, SnapshotError> {
        let resource = T::targeting().resource;
        let served = self
            .compiled
            .evaluate(resource.key(), &contexts.to_instance());
        let Some(served) = served else {
            return Err(SnapshotError::NoResource {
                suggestion: suggestion(resource.key(), self.compiled.flags()),
                scope: self.scope(),
                resource,
            });
        };
        match served {
            Evaluation::Unknown { reason } => Ok(Evaluation::Unknown { reason }),
            Evaluation::Served { variation, by } => match declared::<T>(&variation) {
                Some(variation) => Ok(Evaluation::Served { variation, by }),
                None => Err(SnapshotError::OtherVariation {
                    resource,
                    variation,
                }),
            },
        }
    }

    fn scope(&self) -> String {
        format!("{}/{}", self.project, self.environment)
    }
}

/// The official SDK's flags and segments, with which its `TestData` is filled.
#[cfg(feature = "launchdarkly-sdk")]
impl Snapshot {
    /// Returns the flags, including those behind AI Configs, for `TestData::use_preconfigured_flag`.
    ///
    /// ```
    /// # use segments_runtime::testing::Snapshot;
    /// # fn fill(production: &Snapshot) -> Result<(), segments_runtime::testing::SnapshotError> {
    /// # struct TestData;
    /// # impl TestData {
    /// #     fn new() -> Self { Self }
    /// #     fn use_preconfigured_flag<T>(&self, _: T) {}
    /// #     fn use_preconfigured_segment<T>(&self, _: T) {}
    /// # }
    /// let data = TestData::new(); // launchdarkly_server_sdk::TestData
    /// for segment in production.sdk_segments()? {
    ///     data.use_preconfigured_segment(segment);
    /// }
    /// for flag in production.sdk_flags()? {
    ///     data.use_preconfigured_flag(flag);
    /// }
    /// // ConfigBuilder::new("sdk-key").data_source(&data)
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If keys of listed contexts are left out, or the SDK cannot read a flag.
    pub fn sdk_flags(
        &self,
    ) -> Result<Vec<launchdarkly_server_sdk_evaluation::Flag>, SnapshotError> {
        self.for_sdk(Received::Flags)
    }

    /// Returns the segments, for `TestData::use_preconfigured_segment`.
    ///
    /// Example: [`sdk_flags`](Self::sdk_flags).
    ///
    /// # Errors
    ///
    /// If keys of listed contexts are left out, or the SDK cannot read a segment.
    pub fn sdk_segments(
        &self,
    ) -> Result<Vec<launchdarkly_server_sdk_evaluation::Segment>, SnapshotError> {
        self.for_sdk(Received::Segments)
    }

    fn for_sdk<T: serde::de::DeserializeOwned>(
        &self,
        received: Received,
    ) -> Result<Vec<T>, SnapshotError> {
        if !self.loaded.left_out.is_empty() {
            return Err(SnapshotError::LeftOut);
        }
        let objects = received.of(&self.data).into_iter();
        let objects = objects.map(|(key, object)| {
            serde_json::from_value(object.clone()).map_err(|error| SnapshotError::Sdk {
                what: received.one(),
                key: key.to_owned(),
                error,
            })
        });
        objects.collect()
    }
}

/// The declared variation that is called so.
fn declared<T: Targeted>(label: &str) -> Option<T::Variation> {
    let key = VariationKey::parse(label.to_owned()).ok()?;
    let mut variations = T::Variation::ALL.iter().copied();
    variations.find(|variation| variation.key() == key)
}

fn suggestion<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> String {
    match did_you_mean(wrong, known) {
        Some(meant) => format!("; did you mean `{meant}`?"),
        None => String::new(),
    }
}
