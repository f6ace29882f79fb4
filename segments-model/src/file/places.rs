//! The places of the parts of a declaration in a file.

use super::span::Span;
use crate::source;

pub(super) type Places = source::Places<Span>;
