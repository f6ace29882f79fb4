//! `doc`: one page about all segments.

mod graph;

use std::collections::{BTreeMap, BTreeSet};

use maud::{DOCTYPE, Markup, PreEscaped, html};
use segments_model::draft::DraftLifecycle;
use segments_model::evaluate::Loaded;
use segments_model::{Audience, Definition, Draft, Targets, visible_lines, wire};

use crate::DefinitionsSource;
use crate::arguments::Doc;
use crate::counted::counted;
use crate::definitions::in_words;
use crate::failure::Failure;
use crate::file;
use crate::local;
use crate::output::Output;
use crate::status::Status;

use graph::Graph;

const STYLE: &str = include_str!("style.css");

pub(crate) fn doc(
    arguments: &Doc,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    let mut definitions = match local::loaded(&arguments.files)? {
        Some(loaded) => described(&loaded, output),
        None => arguments.files.definitions(declared, output)?.0,
    };
    if let Some(environment) = &arguments.environment {
        let here = definitions.iter().map(|it| it.in_environment(environment));
        let here = here.filter(|it| !it.absent);
        definitions = here.map(std::borrow::Cow::into_owned).collect();
    }
    let page = text(&definitions);
    let path = &arguments.out;
    if path == "-" {
        output.file(&page)?;
    } else {
        file::replace(path, &page)?;
        output.message(format_args!(
            "wrote {} to `{}`",
            counted(definitions.len(), "segment"),
            path.display()
        ));
    }
    Ok(Status::Done)
}

/// The segments of a snapshot, or of the service's JSON, as far as definitions can say them. Keys that a
/// snapshot leaves out are counted, as all others are.
fn described(loaded: &Loaded, output: Output) -> Vec<Definition> {
    let describe = |segment: &wire::Segment| {
        let mut segment = segment.clone();
        if segment.name.is_empty() {
            segment.name.clone_from(&segment.key);
        }
        if let Some(lists) = loaded.left_out.segments.get(&segment.key) {
            segment.included_contexts.extend(stand_ins(&lists.included));
            segment.excluded_contexts.extend(stand_ins(&lists.excluded));
        }
        let draft = Draft::try_from(&segment).map_err(|reason| reason.to_string())?;
        let parsed = draft.parse().map_err(|findings| {
            let messages = findings.iter().map(|finding| finding.message.clone());
            messages.collect::<Vec<_>>().join("; ")
        });
        parsed.map(|(definition, _)| definition)
    };
    let present = loaded.segments.iter().filter(|segment| !segment.deleted);
    let described = present.filter_map(|segment| match describe(segment) {
        Ok(definition) => Some(definition),
        Err(reason) => {
            output.always(format_args!("left out `{}`: {reason}", segment.key));
            None
        }
    });
    described.collect()
}

/// As many keys as were left out; the page counts them and shows none.
fn stand_ins(counts: &BTreeMap<String, u64>) -> impl Iterator<Item = wire::ContextTargets> {
    counts.iter().map(|(kind, count)| wire::ContextTargets {
        context_kind: kind.clone(),
        values: (0..*count).map(|number| number.to_string()).collect(),
    })
}

/// The page's text. Letters that nobody sees, and those that turn the direction of reading, are shown
/// by their numbers, so that no name looks like another.
fn text(definitions: &[Definition]) -> String {
    visible_lines(&page(definitions).into_string()).into_owned()
}

/// The page. It loads nothing from anywhere, so it can be kept, sent and published. Keys of members
/// are personal data and are counted.
fn page(definitions: &[Definition]) -> Markup {
    let declared: BTreeSet<&str> = definitions.iter().map(|one| one.key.as_str()).collect();
    let mut asked_by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for definition in definitions {
        for asked in definition.references() {
            let asking = asked_by.entry(asked).or_default();
            asking.push(definition.key.as_str());
        }
    }
    let graph = Graph::of(definitions);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Segments" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Segments" }
                p.lead { (counted(definitions.len(), "segment")) }
                nav {
                    @for definition in definitions {
                        a href={ "#" (definition.key.as_str()) } { (definition.key.as_str()) }
                    }
                }
                @if !graph.is_empty() {
                    h2 { "References between segments" }
                    div.graph { (graph.svg(&declared)) }
                }
                @for definition in definitions {
                    (segment(definition, &asked_by, &declared))
                }
            }
        }
    }
}

fn segment(
    definition: &Definition,
    asked_by: &BTreeMap<&str, Vec<&str>>,
    declared: &BTreeSet<&str>,
) -> Markup {
    let Definition {
        key,
        name,
        description,
        tags,
        audience,
        unmanaged,
        absent: _,
        lifecycle,
        environments,
    } = definition;
    let asks = definition.references();
    let asked_by = asked_by
        .get(key.as_str())
        .map(Vec::as_slice)
        .unwrap_or_default();
    html! {
        section id=(key.as_str()) {
            h2 { (name) " " code { (key.as_str()) } }
            @if let Some(description) = description {
                p { (description) }
            }
            @if let Some(tags) = tags {
                p.tags { @for tag in tags { span { (tag.as_str()) } " " } }
            }
            @for (key, text) in DraftLifecycle::from(lifecycle).iter() {
                p { code { (key.name()) @if let Some(text) = text { " = " (text) } } ": " (key.meaning()) }
            }
            @if !unmanaged.is_empty() {
                @let parts: Vec<&str> = unmanaged.iter().map(|part| part.name()).collect();
                p.unmanaged { "Left to people: " (parts.join(", ")) "." }
            }
            @match audience {
                Audience::Big { kind } => {
                    p { "A list of contexts of kind " code { (kind.as_str()) } ", which LaunchDarkly keeps." }
                }
                Audience::Standard { included, excluded, rules } => {
                    (targets("Included", included))
                    (targets("Excluded", excluded))
                    @match rules {
                        None => p.unmanaged { "The rules are not managed." },
                        Some(rules) if rules.is_empty() => p { "No rules." },
                        Some(rules) => {
                            p { "A context is also a member if one of these rules matches:" }
                            ol {
                                @for rule in rules {
                                    li {
                                        (rule.to_string())
                                        @if let Some(description) = &rule.description {
                                            div.note { (description) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            @if !environments.is_empty() {
                p.unmanaged { "Declared differently in " (counted(environments.len(), "environment")) "." }
            }
            (links("References", &asks, declared))
            (links("Referenced by", asked_by, declared))
        }
    }
}

fn targets(what: &str, targets: &Targets) -> Markup {
    let (lists, others) = match targets {
        Targets::Unmanaged => return html! {},
        Targets::Exactly(lists) => (lists, ""),
        Targets::AtLeast(lists) => (lists, ", plus those added by others"),
    };
    let counts: Vec<String> = lists
        .iter()
        .flat_map(|(kind, keys)| in_words(kind.as_str(), keys))
        .collect();
    let counts = if counts.is_empty() {
        "nobody".to_owned()
    } else {
        counts.join(", ")
    };
    html! { p { (what) ": " (counts) (others) "." } }
}

fn links(what: &str, keys: &[&str], declared: &BTreeSet<&str>) -> Markup {
    html! {
        @if !keys.is_empty() {
            p.links {
                (what) ": "
                @for (index, key) in keys.iter().enumerate() {
                    @if index > 0 { ", " }
                    @if declared.contains(key) {
                        a href={ "#" (key) } { (key) }
                    } @else {
                        (key) " (declared elsewhere)"
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_escapes_says_rules_in_words_names_no_member_and_loads_nothing() {
        let source = r#"
            external_segments = ["elsewhere"]
            [contexts.user.attributes]
            email = "string"
            [segments.staff]
            name = "<b>Staff</b>\u202e"
            included = { user = ["secret-1", "secret-2"] }
            rules = [{ description = "& co", clauses = [{ attribute = "email", op = "endsWith", values = ["@x.io"] }] }]
            [segments.testers]
            rules = [{ clauses = [{ op = "segmentMatch", values = ["staff", "elsewhere"] }] }]
        "#;
        let report = segments_model::file::read("x", source.as_bytes());
        let segments = report.into_file().unwrap().segments;
        let definitions: Vec<_> = segments.into_iter().map(|one| one.definition).collect();
        let page = text(&definitions);
        for part in [
            r"&lt;b&gt;Staff&lt;/b&gt;\u{202e}",
            "user email ends with &quot;@x.io&quot;",
            "&amp; co",
            "Included: 2 contexts of kind user.",
            "href=\"#staff\"",
            "elsewhere (declared elsewhere)",
            "<svg",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        for part in [
            "secret-1", "<script", "src=", "http://", "https://", "@import", "url(h",
        ] {
            assert!(!page.contains(part), "{part}");
        }
    }
}
