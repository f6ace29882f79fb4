//! A place in the text of a file.

use std::ops::Range;

pub(super) type Span = Range<usize>;
