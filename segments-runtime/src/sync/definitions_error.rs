//! Definitions that cannot be synced as a whole.

use thiserror::Error;

/// The reason why a set of definitions cannot be synced as a whole.
#[derive(Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DefinitionsError {
    /// Two declarations are of one segment, AI Config, flag, metric or experiment.
    #[error("`{0}` is declared twice; declare it once")]
    Duplicate(String),
    /// Segment references form a cycle, which makes every flag that uses one of them fail.
    #[error("segment references form a cycle: {}; remove one of these clauses", .0.join(" -> "))]
    Cycle(Vec<String>),
    /// The declarations name every environment that there is, and this is none of them.
    #[error(
        "`{declared}` is declared for the environments {}, but not for `{environment}`; check LAUNCHDARKLY_ENVIRONMENT, or add a declaration for it", listed(.known)
    )]
    UnknownEnvironment {
        /// The declaration: a segment, an AI Config or a flag.
        declared: String,
        /// The environment that was to be synced.
        environment: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// An AI Config or flag that is to end is still declared.
    #[error("{0} is declared; remove its declaration before it is retired")]
    StillDeclared(String),
    /// The plan is limited to something that does not exist.
    #[error("`{key}` is neither declared nor this owner's{}", or_how(.meant.as_deref()))]
    UnknownOnly {
        /// The key that was given.
        key: String,
        /// The key that was probably meant.
        meant: Option<String>,
    },
}

fn or_how(meant: Option<&str>) -> String {
    match meant {
        Some(meant) => format!("; did you mean `{meant}`?"),
        None => {
            "; name a segment by its key, others as `flag/<key>`, `ai-config/<key>`, `metric/<key>` or `experiment/<key>`".to_owned()
        }
    }
}

fn listed(keys: &[String]) -> String {
    let keys: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
    keys.join(", ")
}

segments_model::readable_debug! {
    enum DefinitionsError {
        Duplicate(name),
        Cycle(keys),
        UnknownEnvironment { declared, environment, known },
        StillDeclared(resource),
        UnknownOnly { key, meant },
    }
}
