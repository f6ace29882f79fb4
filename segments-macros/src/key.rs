//! A key of an attribute.

/// One key.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    /// How it is written, as messages show it.
    pub(crate) form: &'static str,
    /// The meaning, as editors show it.
    pub(crate) meaning: &'static str,
}
