//! Where the definitions come from.

/// The source of the definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefinitionsSource {
    /// `segments.toml`, or other files.
    InFiles,
    /// The segments that are linked into this program.
    InProgram {
        /// The owner, unless a flag or the manifest says otherwise. A program that syncs at its
        /// start has an owner, and the commands over its segments need the same one.
        owner: Option<&'static str>,
        /// The revision of the segments, unless a flag or the manifest says otherwise.
        revision: Option<u64>,
    },
}

impl DefinitionsSource {
    pub(crate) fn owner(self) -> Option<&'static str> {
        match self {
            DefinitionsSource::InFiles => None,
            DefinitionsSource::InProgram { owner, .. } => owner,
        }
    }

    pub(crate) fn revision(self) -> Option<u64> {
        match self {
            DefinitionsSource::InFiles => None,
            DefinitionsSource::InProgram { revision, .. } => revision,
        }
    }
}
