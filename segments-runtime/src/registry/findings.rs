//! What is found in the declarations of a program.

use super::problem::{Problem, Warning};

/// Everything that is found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) problems: Vec<Problem>,
    pub(crate) warnings: Vec<Warning>,
}
