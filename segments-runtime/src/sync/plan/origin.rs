//! The configuration that a plan was made with.

use crate::sync::config::SyncConfig;
use crate::sync::ownership::Claimant;

/// Where and as whom a plan was made. It is a plan for nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    base_uri: String,
    scope: String,
    claimant: Claimant,
    revision: Option<u64>,
    settings: String,
}

impl Origin {
    pub(crate) fn of(config: &SyncConfig) -> Self {
        let options = &config.options;
        Self {
            base_uri: config.base_uri.to_string(),
            scope: config.scope(),
            claimant: config.claimant(),
            revision: options.revision,
            settings: format!(
                "{:?} {} {:?} {} {:?} {:?} {} {:?} {:?} {:?}",
                options.adoption,
                options.override_running,
                options.kinds,
                options.prune,
                options.prune_at_most,
                options.prune_grace,
                options.strict,
                options.ending,
                options.adopted,
                options.only
            ),
        }
    }

    /// The differences in words; empty if there are none.
    pub(crate) fn difference(&self, other: &Self) -> Option<(&'static str, String, String)> {
        let number = |revision: Option<u64>| match revision {
            Some(number) => number.to_string(),
            None => "none".to_owned(),
        };
        let owner = |origin: &Self| origin.claimant.owner.to_string();
        let parts = [
            ("address", self.base_uri.clone(), other.base_uri.clone()),
            ("environment", self.scope.clone(), other.scope.clone()),
            ("owner", owner(self), owner(other)),
            ("revision", number(self.revision), number(other.revision)),
        ];
        parts.into_iter().find(|(_, ours, theirs)| ours != theirs)
    }
}
