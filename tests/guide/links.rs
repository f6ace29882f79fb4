//! Links lead somewhere, and every page is in the book.

use std::fs;
use std::path::{Path, PathBuf};

use crate::page::{anchors, pages, prose};
use crate::root;

/// The targets of the links of a page: inline, and those that are defined at its end.
fn links(page: &str) -> Vec<String> {
    let prose = prose(page);
    let inline = prose.split("](").skip(1);
    let inline = inline.map(|link| link.split([')', ' ']).next().unwrap());
    let defined = prose.lines().filter_map(|line| {
        let (_, target) = line.strip_prefix('[')?.split_once("]: ")?;
        Some(target)
    });
    inline.chain(defined).map(str::to_owned).collect()
}

/// Where a link leads in this repository. Others are not followed: tests need no network.
fn local(page: &Path, link: &str) -> Option<PathBuf> {
    if let Some(path) = link.strip_prefix(env!("CARGO_PKG_REPOSITORY")) {
        let path = ["/blob/main/", "/tree/main/"]
            .iter()
            .find_map(|start| path.strip_prefix(start))?;
        return Some(root().join(path));
    }
    if link.contains("://") {
        return None;
    }
    match link {
        "" => Some(page.to_owned()),
        path => Some(page.parent().unwrap().join(path)),
    }
}

#[test]
fn links_lead_somewhere() {
    let mut followed = 0;
    for (path, page) in pages() {
        for link in links(&page) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let Some(target) = local(&path, file) else {
                continue;
            };
            let place = format!("{} links to {link}", path.display());
            let target = target.canonicalize().expect(&place);
            if !anchor.is_empty() {
                let headings = anchors(&fs::read_to_string(&target).unwrap());
                assert!(headings.iter().any(|known| known == anchor), "{place}");
            }
            followed += 1;
        }
    }
    assert!(followed > 50, "{followed}");
}

/// The book holds what is in `docs`, so its pages call everything else by its whole address.
#[test]
fn links_of_the_book_stay_in_the_book() {
    let docs = root().join("docs");
    for (path, page) in pages() {
        for link in links(&page) {
            let file = link.split('#').next().unwrap();
            if path.starts_with(&docs) && !file.contains("://") {
                let target = path.parent().unwrap().join(file).canonicalize().unwrap();
                let place = path.display();
                assert!(target.starts_with(&docs), "{place} links to {link}");
            }
        }
    }
}

#[test]
fn every_page_is_in_the_book() {
    let docs = root().join("docs");
    let summary = fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    for (path, _) in pages() {
        if let Ok(page) = path.strip_prefix(&docs)
            && page != Path::new("SUMMARY.md")
        {
            let page = page.display();
            assert!(summary.contains(&format!("({page})")), "{page} is missing");
        }
    }
}
