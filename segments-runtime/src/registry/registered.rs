//! A declaration, and its place in the program.

use std::fmt;
use std::panic::Location;

use segments_model::Code;

/// The place of a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RegisteredAt {
    /// The file.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
    /// The path of the type.
    pub path: &'static str,
    /// The names of the warnings that the declaration allows.
    pub allowed: &'static [&'static str],
}

impl RegisteredAt {
    /// The place of the type `T`.
    pub(crate) fn new<T>(place: &'static Location<'static>) -> Self {
        Self {
            file: place.file(),
            line: place.line(),
            path: std::any::type_name::<T>(),
            allowed: &[],
        }
    }

    /// Returns whether the declaration allows a warning.
    pub(crate) fn allows(&self, code: Code) -> bool {
        self.allowed.contains(&code.name())
    }
}

impl fmt::Display for RegisteredAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` at {}:{}", self.path, self.file, self.line)
    }
}

/// A declaration and its place.
#[doc(hidden)]
pub type Registered<T> = (T, RegisteredAt);
