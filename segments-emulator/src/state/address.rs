//! Where a segment is.

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
