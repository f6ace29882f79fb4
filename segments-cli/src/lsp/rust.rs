//! Places in Rust, in the form that editors use.

use gen_lsp_types as lsp;

use super::position::{Encoding, Lines};
use super::uri;
use crate::rust::Use;

pub(super) fn location(used: &Use, encoding: Encoding) -> lsp::Location {
    let lines = Lines::new(&used.text, false, encoding);
    lsp::Location {
        uri: uri::of_path(&used.file),
        range: lines.range(&used.text, &used.span, encoding),
    }
}
