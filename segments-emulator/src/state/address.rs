//! Addresses of segments, flags and AI Configs.

use super::resource::Targeted;

/// The project, the environment and the key of a segment.
#[derive(Clone, Copy)]
pub(crate) struct Address<'a> {
    pub(crate) project: &'a str,
    pub(crate) environment: &'a str,
    pub(crate) key: &'a str,
}

impl Address<'_> {
    /// The path of the segment in the REST API.
    pub(crate) fn path(self) -> String {
        let Self {
            project,
            environment,
            key,
        } = self;
        format!("/api/v2/segments/{project}/{environment}/{key}")
    }
}

impl<'a> From<[&'a str; 3]> for Address<'a> {
    fn from([project, environment, key]: [&'a str; 3]) -> Self {
        Self {
            project,
            environment,
            key,
        }
    }
}

/// The project and the key of a flag or an AI Config.
#[derive(Clone, Copy)]
pub(crate) struct TargetingAddress<'a> {
    pub(crate) targeted: Targeted,
    pub(crate) project: &'a str,
    pub(crate) key: &'a str,
}
