//! Pages in Markdown, and the blocks of code in them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::root;

/// The pages of the guide and of the examples, and those at the top.
pub fn pages() -> Vec<(PathBuf, String)> {
    fn collect(folder: &Path, deep: bool, pages: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && deep {
                collect(&path, deep, pages);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    let mut pages = Vec::new();
    collect(&root(), false, &mut pages);
    collect(&root().join("docs"), true, &mut pages);
    collect(&root().join("examples"), true, &mut pages);
    pages.sort();
    pages
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect()
}

#[derive(Clone, Copy)]
pub struct Block<'a> {
    /// What stands behind the fence.
    pub info: &'a str,
    pub code: &'a str,
    /// Where the code begins in the page, in bytes.
    pub at: usize,
    pub line: usize,
}

pub fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(start) = page[at..].find("\n```").map(|found| at + found + 1) {
        let code = start + page[start..].find('\n').unwrap() + 1;
        let end = code + page[code..].find("```").expect("every block ends");
        blocks.push(Block {
            info: page[start + 3..code].trim(),
            code: &page[code..end],
            at: code,
            line: page[..start].lines().count() + 1,
        });
        at = end + 2;
    }
    blocks
}

/// What is not code.
pub fn prose(page: &str) -> String {
    let mut fenced = false;
    let lines = page.lines().filter(|line| {
        let fence = line.starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    });
    lines.map(|line| format!("{line}\n")).collect()
}

/// The names of the headings in addresses, as GitHub and mdBook make them.
pub fn anchors(page: &str) -> Vec<String> {
    let prose = prose(page);
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let kept = heading.trim_start_matches('#').trim().chars();
        let kept = kept.filter(|kept| kept.is_alphanumeric() || " -_".contains(*kept));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    headings.map(anchor).collect()
}
