//! The usual order of keys.

use segments_model::file::usual_order;

pub(super) fn usual(path: &[String]) -> Vec<&'static str> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    usual_order(&path)
}

/// Where a key stands among the others; the sort is stable, so that the rest keeps its order.
pub(super) fn rank(usual: &[&str], key: &str) -> usize {
    usual
        .iter()
        .position(|known| *known == key)
        .unwrap_or(usual.len())
}
