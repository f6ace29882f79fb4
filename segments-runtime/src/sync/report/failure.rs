//! The reasons why a resource could not be settled.

use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::sync::change::Change;
use crate::sync::failed::FailedRequest;
use crate::sync::let_go::LetGo;
use crate::sync::report::Keep;
use crate::sync::request_error::ServiceError;

/// The reason why a segment could not be settled.
#[derive(Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ItemError {
    /// A request failed.
    #[error(transparent)]
    Request(#[from] FailedRequest),
    /// The lists would be longer than the service allows.
    #[error(
        "{count} contexts are listed and a standard segment holds {limit}; declare a big segment, or use an attribute and a rule"
    )]
    TooManyTargets {
        /// How many contexts would be listed.
        count: usize,
        /// How many may be.
        limit: usize,
    },
    /// The segment is a big segment and is declared as a standard one, or the reverse.
    #[error(
        "it is {found} and is declared as {declared}, which the service cannot change; declare it under another key, or delete it first"
    )]
    OtherForm {
        /// What it is.
        found: String,
        /// What it is declared as.
        declared: String,
    },
    /// The service accepted the changes and still returns something else.
    #[error(
        "after {patches} patches the service still shows something else ({}); sync again, and check who else changes it",
        .left.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    )]
    NotConverged {
        /// How many patches were sent.
        patches: usize,
        /// The remaining differences.
        left: Vec<Change>,
    },
    /// A rule references a segment that does not exist.
    #[error("it references segment `{key}`, which could not be created")]
    WaitsFor {
        /// The missing segment.
        key: String,
    },
    /// A rule references a segment that is declared elsewhere and does not exist here.
    #[error(
        "it references segment `{key}`, which does not exist in this environment: a condition on it matches nobody, and a negated one everybody; create it first, or remove the condition"
    )]
    NoSuchSegment {
        /// The missing segment.
        key: String,
    },
    /// The segment was created, could not be given its lists and rules, and could not be removed again.
    #[error("{error}; it was just created, is empty, and could not be removed again: {left}")]
    LeftEmpty {
        /// Why it could not be given its contents.
        error: Box<ItemError>,
        /// Why it could not be removed.
        left: Box<FailedRequest>,
    },
    /// The service returns a part that has to change without the identifier that the change needs.
    #[error(
        "the service returned the {what} without an identifier, so it cannot be changed; nothing was written. Remove it in LaunchDarkly, or contact LaunchDarkly's support"
    )]
    Unidentified {
        /// The part, in words.
        what: String,
    },
    /// The segment is protected, and would lose all members.
    #[error(
        "it is protected, and would lose all lists and rules; remove `protect` first, or keep a list or a rule"
    )]
    Protected,
    /// A segment that is declared never to get wider would get a member.
    #[error("{}", never_wider(.key, .example.as_deref()))]
    NeverWider {
        /// The segment that would.
        key: String,
        /// An example of a context that it would let in; `None` if there is none to show.
        example: Option<String>,
    },
    /// Parts of the segment were declared before, and a strict declaration has to decide about them.
    #[error(
        "its declaration is strict and leaves out parts that it declared before: {}",
        .parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    )]
    LetGo {
        /// The parts.
        parts: Vec<LetGo>,
    },
    /// Variations are declared that the AI Config or flag does not have.
    #[error("the {what} has no variation {}", unknown_variations(.unknown, .existing))]
    UnknownVariations {
        /// What it is.
        what: &'static str,
        /// Their keys.
        unknown: Vec<String>,
        /// Those that it has.
        existing: Vec<String>,
    },
    /// The AI Config or flag does not exist, or the token cannot see it.
    #[error(
        "there is no such {what} in the project; create it in LaunchDarkly, with {}", listed(.variations)
    )]
    NoResource {
        /// What it would be.
        what: &'static str,
        /// The variations that are declared.
        variations: Vec<String>,
    },
    /// The AI Config or flag is archived, so SDKs do not receive it.
    #[error(
        "it is archived, so SDKs do not receive it; restore it in LaunchDarkly, or remove its declaration"
    )]
    Archived,
    /// The service returns no targeting for the environment.
    #[error("it has no environment `{environment}`; check LAUNCHDARKLY_ENVIRONMENT")]
    NoEnvironment {
        /// The environment.
        environment: String,
    },
    /// The segment takes the place of another, and exists without having done so.
    #[error(
        "it is declared as moved from `{from}`, and both exist; choose a key that does not exist, or delete one of them"
    )]
    MovedToExisting {
        /// The other segment.
        from: String,
    },
    /// The segment takes the place of a big segment, whose members cannot be read.
    #[error(
        "it is declared as moved from `{from}`, a big segment, whose members cannot be read; declare both, import the members, and retire `{from}`"
    )]
    MovedFromBig {
        /// The other segment.
        from: String,
    },
    /// The segment takes the place of a segment that does not belong to this owner.
    #[error(
        "it is declared as moved from `{from}`, which has another owner, or none; adopt `{from}` first"
    )]
    MovedFromOthers {
        /// The other segment.
        from: String,
    },
    /// The segment took the place of one that could not be deleted.
    #[error(
        "`{from}`, whose place it takes, stays: {}",
        .because.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    )]
    FormerStays {
        /// The other segment.
        from: String,
        /// Why it stays.
        because: Vec<Keep>,
    },
    /// Contexts on its lists could not be given the expiry that they have in the segment whose place it
    /// takes.
    #[error("contexts could not be given the expiry that they have in `{from}`: {reason}")]
    ExpiryLeft {
        /// The other segment.
        from: String,
        /// The service's message.
        reason: String,
    },
    /// Contexts on its lists could not be given the expiry that is declared.
    #[error(
        "LaunchDarkly refused {refused} of {of} expiries, so contexts stay on its lists for longer than declared; change `until`, or sync again"
    )]
    ExpiryRefused {
        /// How many expiries were refused.
        refused: usize,
        /// How many were sent.
        of: usize,
    },
    /// The resource that an experiment runs on does not exist.
    #[error(
        "there is no {what} to run on; sync its declaration first, or create it in LaunchDarkly"
    )]
    NothingToRunOn {
        /// The AI Config or flag, the rule or the variation, in words.
        what: String,
    },
    /// The project lacks context kinds that the segment uses.
    #[error("the project has no context kind {}; create them, or set `ContextKinds::Create`", .kinds.join(", "))]
    MissingKinds {
        /// The kinds.
        kinds: Vec<String>,
    },
}

segments_model::readable_debug! {
    enum ItemError {
        Request(error),
        TooManyTargets { count, limit },
        OtherForm { found, declared },
        NotConverged { patches, left },
        WaitsFor { key },
        NoSuchSegment { key },
        LeftEmpty { error, left },
        Unidentified { what },
        Protected,
        NeverWider { key, example },
        LetGo { parts },
        UnknownVariations { what, unknown, existing },
        NoResource { what, variations },
        Archived,
        NoEnvironment { environment },
        NothingToRunOn { what },
        MissingKinds { kinds },
        MovedToExisting { from },
        MovedFromBig { from },
        MovedFromOthers { from },
        FormerStays { from, because },
        ExpiryLeft { from, reason },
        ExpiryRefused { refused, of },
    }
}

impl ItemError {
    /// Returns whether the error is the program's own mistake, as [`RequestError::is_own_mistake`] does
    /// for requests.
    ///
    /// [`RequestError::is_own_mistake`]: crate::sync::RequestError::is_own_mistake
    pub fn is_own_mistake(&self) -> bool {
        match self {
            ItemError::Request(failed) => failed.error.is_own_mistake(),
            ItemError::LeftEmpty { error, .. } => error.is_own_mistake(),
            // Somebody else writes, or the other segment says why.
            ItemError::NotConverged { .. }
            | ItemError::WaitsFor { .. }
            | ItemError::Archived
            | ItemError::FormerStays { .. }
            | ItemError::ExpiryLeft { .. }
            | ItemError::ExpiryRefused { .. }
            | ItemError::Unidentified { .. } => false,
            ItemError::TooManyTargets { .. }
            | ItemError::OtherForm { .. }
            | ItemError::NoSuchSegment { .. }
            | ItemError::Protected
            | ItemError::NeverWider { .. }
            | ItemError::LetGo { .. }
            | ItemError::UnknownVariations { .. }
            | ItemError::NoResource { .. }
            | ItemError::NoEnvironment { .. }
            | ItemError::MovedToExisting { .. }
            | ItemError::MovedFromBig { .. }
            | ItemError::MovedFromOthers { .. }
            | ItemError::NothingToRunOn { .. }
            | ItemError::MissingKinds { .. } => true,
        }
    }
}

fn never_wider(key: &str, example: Option<&str>) -> String {
    let what = match example {
        Some(whom) => format!("would also let in, for example, {whom}"),
        None => "may let somebody else in (unknown)".to_owned(),
    };
    format!(
        "segment `{key}` is declared `never_wider` and {what}; narrow the rules, or remove `never_wider` from `{key}`"
    )
}

fn listed(keys: &[String]) -> String {
    let plural = if keys.len() == 1 { "" } else { "s" };
    let keys: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
    format!("variation{plural} {}", keys.join(", "))
}

/// Each with a suggestion if one is close, and then all that there are.
fn unknown_variations(unknown: &[String], existing: &[String]) -> String {
    let names = || existing.iter().map(String::as_str);
    let say = |key: &String| match segments_model::did_you_mean(key, names()) {
        Some(meant) => format!("`{key}` (did you mean `{meant}`?)"),
        None => format!("`{key}`"),
    };
    let unknown: Vec<_> = unknown.iter().map(say).collect();
    let has = if existing.is_empty() {
        "it has none".to_owned()
    } else {
        format!("it has the {}", listed(existing))
    };
    format!("{}; {has}", unknown.join(", "))
}

impl Serialize for ItemError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'a> {
            error: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            refusal: Option<&'a ServiceError>,
        }
        let refusal = match self {
            ItemError::Request(failed) => failed.error.refusal(),
            _ => None,
        };
        let error = self.to_string();
        Fields { error, refusal }.serialize(serializer)
    }
}
