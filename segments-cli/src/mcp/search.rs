//! Definitions that have words in common with a question.

use segments_model::{Definition, Severity, Tag, Targeting, VariationKey};
use segments_runtime::registry;

use super::project::Project;
use crate::counted::counted;
use crate::definitions::{self, ReadFile};
use crate::failure::Failure;
use crate::output::Text;

/// How many are shown.
const MOST: usize = 20;

/// How many lines of each are shown: a segment may have hundreds of rules.
const MOST_LINES: usize = 20;

/// Something that is declared, in words.
struct Entry {
    /// What it is, and its key.
    what: String,
    /// File and line, where it is in a file.
    at: Option<String>,
    name: String,
    lines: Vec<String>,
}

/// The definitions that have every word, in their key, name, description, tags or rules.
pub(super) fn answer(project: &Project, words: &str) -> Result<Text, Failure> {
    let paths = project.files()?;
    let files = definitions::read(&paths);
    let entries = if paths.is_empty() {
        let (segments, targetings) = (registry::definitions()?, registry::targetings()?);
        let segments = segments.iter().map(Entry::of_segment);
        segments
            .chain(targetings.iter().map(Entry::of_targeting))
            .collect()
    } else {
        files
            .iter()
            .flat_map(|file| in_file(project, file))
            .collect::<Vec<_>>()
    };
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<Text> = Vec::new();
    let mut count = 0;
    for entry in entries {
        let text = entry.text().to_lowercase();
        if words.iter().all(|word| text.contains(word)) {
            count += 1;
            if count <= MOST {
                found.extend(entry.shown());
            }
        }
    }
    found.push(Text::from(match count {
        0 => "nothing that is declared has all of these words; use fewer, or other ones".to_owned(),
        count if count > MOST => format!("{} more; use more words", count - MOST),
        count => counted(count, "definition"),
    }));
    let errors: usize = files.iter().map(|file| file.count(Severity::Error)).sum();
    if errors > 0 {
        let errors = counted(errors, "error");
        found.push(Text::from(format_args!(
            "the files have {errors}, so that something may be missing; `check` shows them"
        )));
    }
    Ok(Text::lines(found))
}

/// Everything that a file declares and that can be read.
fn in_file(project: &Project, file: &ReadFile) -> Vec<Entry> {
    let (source, part) = (file.report.source(), file.report.readable_part());
    let shown = project.shown(source.path().as_ref());
    let at = |offset: usize| Some(format!("{shown}:{}", source.location(offset).line));
    let segments = part.segments.iter().map(|it| Entry {
        at: at(it.span.start),
        ..Entry::of_segment(&it.definition)
    });
    let targetings = part.targetings.iter().map(|it| Entry {
        at: at(it.span.start),
        ..Entry::of_targeting(&it.targeting)
    });
    let attributes = part.contexts.iter().flat_map(|(kind, schema)| {
        schema.attributes.iter().map(move |(attribute, schema)| {
            let values = schema.one_of.iter().map(|values| {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                format!("one of {}", values.join(", "))
            });
            let private = schema.private.then(|| "private".to_owned());
            Entry {
                what: format!("attribute {attribute} of {kind}"),
                at: at(schema.span.start),
                name: schema.attribute_type.to_string(),
                lines: schema
                    .description
                    .iter()
                    .cloned()
                    .chain(values)
                    .chain(private)
                    .collect(),
            }
        })
    });
    segments.chain(targetings).chain(attributes).collect()
}

impl Entry {
    fn of_segment(definition: &Definition) -> Self {
        let mut lines = Vec::from_iter(definition.description.clone());
        let tags: Vec<&str> = definition.tags.iter().flatten().map(Tag::as_str).collect();
        if !tags.is_empty() {
            lines.push(format!("tags: {}", tags.join(", ")));
        }
        // Keys of members are personal data.
        let lists = [
            ("includes", definition.included()),
            ("excludes", definition.excluded()),
        ];
        for (verb, targets) in lists.into_iter().filter(|(_, targets)| !targets.is_empty()) {
            lines.push(format!("{verb} {}", counted(targets.len(), "context")));
        }
        let rules = (1..).zip(definition.rules());
        lines.extend(rules.map(|(number, rule)| format!("rule {number}: {rule}")));
        lines.extend(elsewhere(definition.environments.keys()));
        Self {
            what: format!("segment {}", definition.key),
            at: None,
            name: definition.name.clone(),
            lines,
        }
    }

    fn of_targeting(targeting: &Targeting) -> Self {
        let variations: Vec<&str> = targeting
            .variations
            .iter()
            .map(VariationKey::as_str)
            .collect();
        let rules = (1..).zip(targeting.rules());
        let rules = rules.map(|(number, rule)| format!("rule {number}: {rule}"));
        let fallthrough = targeting.fallthrough.iter();
        let fallthrough = fallthrough.map(|serve| format!("otherwise: {serve}"));
        Self {
            what: targeting.resource.to_string(),
            at: None,
            name: format!("serves {}", variations.join(", ")),
            lines: rules
                .chain(fallthrough)
                .chain(elsewhere(targeting.environments.keys()))
                .collect(),
        }
    }

    /// What words are looked for in.
    fn text(&self) -> String {
        format!("{} {} {}", self.what, self.name, self.lines.join(" "))
    }

    fn shown(&self) -> Vec<Text> {
        let at = self.at.iter().map(|at| format!(" ({at})"));
        let at: String = at.collect();
        let head = Text::from(format_args!("{}{at}: {}", self.what, self.name));
        let lines = self.lines.iter().take(MOST_LINES);
        let lines = lines.map(|line| Text::from(format_args!("  {line}")));
        let more = self.lines.len().saturating_sub(MOST_LINES);
        let more =
            (more > 0).then(|| Text::from(format_args!("  ... {}", counted(more, "more line"))));
        std::iter::once(head).chain(lines).chain(more).collect()
    }
}

/// The environments that have something of their own.
fn elsewhere<'k, K: ToString + 'k>(environments: impl Iterator<Item = &'k K>) -> Option<String> {
    let keys: Vec<String> = environments.map(ToString::to_string).collect();
    (!keys.is_empty()).then(|| format!("declared apart for: {}", keys.join(", ")))
}
