//! `segments.toml`: contexts and segments as a file.
//!
//! [`read`] takes the whole text and gives back everything that it says and everything that is
//! wrong with it, in one go, each thing with its place.
//!
//! ```
//! use segments_model::file;
//!
//! let report = file::read("segments.toml", br#"
//! [contexts.user.attributes]
//! email = "string"
//!
//! [segments.staff]
//! description = "People who work here"
//! rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
//! "#);
//! assert!(report.diagnostics().is_empty());
//! let file = report.into_file().unwrap();
//! assert_eq!(file.segments[0].definition.rules()[0].to_string(), "user email ends with \"@company.com\"");
//! ```

mod advice;
mod context;
mod environment;
mod example;
mod mend;
mod places;
mod reader;
mod rule;
mod schema;
mod segment;
mod shape;
mod syntax;
mod targeting;
mod value;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

pub use example::Example;
pub use schema::json_schema;
pub use shape::usual_order;
pub use targeting::DeclaredTargeting;

use places::Places;
use reader::{Reader, in_order};
use segment::Written;

use crate::diagnostic::{self, Colors, Diagnostic, Source};
use crate::relations::relations;
use crate::{
    AttributeRef, AttributeType, Code, ContextKind, Definition, EnvironmentKey, Finding, Findings,
    Place, SegmentKey, Severity, Value,
};

/// What a file says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SegmentsFile {
    /// The kinds of contexts that it declares, with their attributes.
    pub contexts: BTreeMap<ContextKind, ContextSchema>,
    /// The segments, in the order of writing.
    pub segments: Vec<DeclaredSegment>,
    /// What AI Configs serve, then what flags do, in the order of writing.
    pub targetings: Vec<DeclaredTargeting>,
    /// Segments that clauses may ask although the file does not declare them.
    pub external: BTreeSet<SegmentKey>,
    /// The keys of segments that have errors, as they are written; these are not among `segments`.
    pub unreadable: Vec<String>,
    /// The keys of AI Configs (`false`) and flags (`true`) that have errors.
    pub unreadable_targetings: Vec<(bool, String)>,
}

impl SegmentsFile {
    /// Every place that it keeps.
    fn spans_mut(&mut self) -> impl Iterator<Item = &mut Range<usize>> {
        let contexts = self.contexts.values_mut().flat_map(|schema| {
            let attributes = schema.attributes.values_mut();
            let attributes = attributes.map(|attribute| &mut attribute.span);
            std::iter::once(&mut schema.span).chain(attributes)
        });
        let segments = self.segments.iter_mut().flat_map(|segment| {
            let examples = segment.examples.iter_mut();
            let examples = examples.map(|example| &mut example.span);
            std::iter::once(&mut segment.span).chain(examples)
        });
        let targetings = self.targetings.iter_mut();
        let targetings = targetings.map(|targeting| &mut targeting.span);
        contexts.chain(segments).chain(targetings)
    }
}

/// A segment of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredSegment {
    /// The segment.
    pub definition: Definition,
    /// Contexts that are in it, or are not.
    pub examples: Vec<Example>,
    /// Where its key stands: bytes of the [`Source`].
    pub span: Range<usize>,
}

/// A kind of context as a file declares it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContextSchema {
    /// What the kind stands for.
    pub description: Option<String>,
    /// Where it is declared: bytes of the [`Source`].
    pub span: Range<usize>,
    /// Its attributes. `key`, `name` and `anonymous` exist without being declared.
    pub attributes: BTreeMap<AttributeRef, AttributeSchema>,
}

/// An attribute as a file declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeSchema {
    /// What its values are.
    pub attribute_type: AttributeType,
    /// Whether the type could not be read, and `any` only stands for it.
    pub unreadable: bool,
    /// Whether it holds several of them.
    pub many: bool,
    /// All values that it can have, if they are known.
    pub one_of: Option<BTreeSet<Value>>,
    /// Whether SDKs keep it out of what they send to LaunchDarkly.
    pub private: bool,
    /// What the attribute says.
    pub description: Option<String>,
    /// Where it is declared: bytes of the [`Source`].
    pub span: Range<usize>,
}

/// What reading a file gave: everything that could be read, and everything that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    source: Source,
    file: SegmentsFile,
    diagnostics: Vec<Diagnostic>,
    omitted: usize,
}

impl Report {
    fn new(source: Source, file: SegmentsFile, mut diagnostics: Vec<Diagnostic>) -> Self {
        let place = |found: &Diagnostic| (found.span.start, found.span.end);
        let omitted = diagnostics.len().saturating_sub(syntax::MOST);
        if omitted > 0 {
            diagnostics.sort_by_key(|found| (std::cmp::Reverse(found.severity()), place(found)));
            diagnostics.truncate(syntax::MOST);
        }
        diagnostics.sort_by_key(place);
        Self {
            source,
            file,
            diagnostics,
            omitted,
        }
    }

    /// The file as the diagnostics point into it.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Errors and warnings, in the order of their places. Of more than a thousand, errors first,
    /// the rest is only [counted](Self::omitted).
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// How many diagnostics there are beyond those that are kept.
    #[must_use]
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// Whether something is wrong, and not only probably so.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        let mut severities = self.diagnostics.iter().map(Diagnostic::severity);
        severities.any(|severity| severity == Severity::Error)
    }

    /// What the file says, if nothing is wrong with it.
    #[must_use]
    pub fn file(&self) -> Option<&SegmentsFile> {
        (!self.has_errors()).then_some(&self.file)
    }

    /// What the file says, if nothing is wrong with it.
    ///
    /// # Errors
    ///
    /// The report itself, which is an error that shows all diagnostics.
    #[allow(clippy::result_large_err, reason = "asked once for each file")]
    pub fn into_file(self) -> Result<SegmentsFile, Report> {
        if self.has_errors() {
            Err(self)
        } else {
            Ok(self.file)
        }
    }

    /// The part that could be read although something is wrong: a segment with an error is not in
    /// it. For editors and for macros, which keep what is right usable.
    #[must_use]
    pub fn readable_part(&self) -> &SegmentsFile {
        &self.file
    }

    /// All diagnostics for people, with an empty line between them.
    #[must_use]
    pub fn human(&self, colors: Colors) -> String {
        let mut drawn: Vec<String> = self
            .diagnostics
            .iter()
            .map(|found| diagnostic::human(found, &self.source, colors))
            .collect();
        if self.omitted > 0 {
            drawn.push(format!(
                "and {} more in {}",
                self.omitted,
                self.source.path()
            ));
        }
        drawn.join("\n\n")
    }
}

/// All diagnostics, for people.
impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.human(Colors::Never))
    }
}

impl std::error::Error for Report {}

/// The report on a file that could not be opened, so that it looks like every other one.
///
/// ```
/// use segments_model::file;
///
/// let report = file::unreadable("segments.toml", "there is no such file");
/// assert_eq!(
///     report.to_string(),
///     "error[file-unreadable]: there is no such file\n --> segments.toml:1:1\n  |\n1 |\n  | ^"
/// );
/// ```
pub fn unreadable(path: &str, reason: impl Into<String>) -> Report {
    let found = Diagnostic::new(Code::FileUnreadable, 0..0, reason);
    Report::new(Source::new(path, ""), SegmentsFile::default(), vec![found])
}

/// Reads a file and checks it. `path` is only shown, `text` is what the file holds.
///
/// A byte-order mark and line ends of either kind are no matter.
#[must_use]
pub fn read(path: &str, text: &[u8]) -> Report {
    match std::str::from_utf8(text) {
        Ok(text) => read_text(Source::new(path, text)),
        Err(error) => not_utf8(path, text, error.valid_up_to()),
    }
}

fn not_utf8(path: &str, text: &[u8], at: usize) -> Report {
    let message = match text {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            "this file is UTF-16; TOML is UTF-8, save it as that".to_owned()
        }
        _ => format!(
            "byte 0x{:02x} is not UTF-8 text; save the file as UTF-8",
            text[at]
        ),
    };
    let source = Source::new(path, String::from_utf8_lossy(text));
    // The mark of byte order, which the source leaves out, is valid and counted.
    let bom = if text.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    let span = at - bom..at - bom + char::REPLACEMENT_CHARACTER.len_utf8();
    let found = Diagnostic::new(Code::FileEncoding, span, message);
    Report::new(source, SegmentsFile::default(), vec![found])
}

fn read_text(source: Source) -> Report {
    if let Some(diagnostics) = syntax::flood(source.text()) {
        return Report::new(source, SegmentsFile::default(), diagnostics);
    }
    let (table, syntax) = syntax::parse(source.text());
    let broken = syntax.iter().any(|found| found.code == Code::TomlSyntax);
    let mended = if broken {
        mend::mend(source.text())
    } else {
        None
    };
    let Some(mended) = mended else {
        let (file, diagnostics) = read_table(source.text(), &table, syntax);
        return Report::new(source, file, diagnostics);
    };
    let (table, mut syntax) = syntax::parse(&mended.text);
    syntax.extend(mended.diagnostics.iter().cloned());
    let (mut file, mut diagnostics) = read_table(&mended.text, &table, syntax);
    for found in &mut diagnostics {
        found.span = mended.original(&found.span);
        for related in &mut found.related {
            related.span = mended.original(&related.span);
        }
    }
    for span in file.spans_mut() {
        *span = mended.original(span);
    }
    Report::new(source, file, diagnostics)
}

/// Reads a tree. The text is the one that it was made of.
fn read_table(
    text: &str,
    table: &toml::Spanned<toml::de::DeTable<'_>>,
    syntax: Vec<Diagnostic>,
) -> (SegmentsFile, Vec<Diagnostic>) {
    let unreadable = syntax::Unreadable::new(&syntax);
    let mut reader = Reader::new(text, &unreadable);
    let file = reader.file(table.get_ref());
    let mut diagnostics = reader.diagnostics;
    diagnostics.retain(|found| !unreadable.touches(&found.span));
    diagnostics.extend(syntax);
    (file, diagnostics)
}

/// Whether something is missing, rather than wrong.
fn lacks(code: Code) -> bool {
    matches!(
        code,
        Code::SegmentEmpty | Code::RuleWithoutClauses | Code::ValuesMissing | Code::TargetEmpty
    )
}

impl Reader<'_> {
    fn file(&mut self, table: &toml::de::DeTable<'_>) -> SegmentsFile {
        let entries = self.known(table, 0..0, &shape::FILE);
        let allowed = entries.get("allow").map(|value| self.allow(value));
        let contexts = entries.get("contexts").map(|value| self.contexts(value));
        let contexts = contexts.unwrap_or_default();
        let external = entries
            .get("external_segments")
            .map(|value| self.external(value));
        let external = external.unwrap_or_default();
        let listed = entries
            .get("environments")
            .map(|value| self.environment_list(value));

        let mut segments = Vec::new();
        if let Some(declared) = entries
            .get("segments")
            .and_then(|value| self.map("segments", value))
        {
            let declared = in_order(declared);
            let ends = declared.iter().skip(1).map(|(key, _)| key.span().start);
            let ends: Vec<usize> = ends.chain([usize::MAX]).collect();
            for ((key, value), end) in declared.into_iter().zip(ends) {
                let from = self.diagnostics.len();
                if let Some(mut written) = self.segment(key, value, &contexts, &listed) {
                    written.part = key.span().start..end;
                    self.drop_allowed(from, &written.allow);
                    segments.push(written);
                }
            }
        }
        let mut targetings = Vec::new();
        for (name, flag) in [("ai_configs", false), ("flags", true)] {
            if let Some(value) = entries.get(name) {
                targetings.extend(self.targetings(name, flag, value, &contexts));
            }
        }
        if segments.is_empty() && targetings.is_empty() && self.errors == 0 {
            let message = "this file declares no segments; write `[segments.some-key]`";
            self.report(Code::FileEmpty, 0..0, message);
        }
        let read = self.define(&segments, &contexts, &external);
        let declared: HashSet<&str> = segments
            .iter()
            .map(|written| written.draft.key.as_str())
            .collect();
        let (targetings, unreadable_targetings) =
            self.define_targetings(targetings, &declared, &external);
        if let Some(allowed) = allowed {
            self.drop_allowed(0, &allowed);
        }
        let keys = segments.iter().map(|written| &written.draft.key);
        let readable: HashSet<&str> = read
            .iter()
            .map(|read| read.definition.key.as_str())
            .collect();
        let unreadable = keys.filter(|key| !readable.contains(key.as_str())).cloned();
        SegmentsFile {
            unreadable: unreadable.collect(),
            contexts: contexts.0,
            segments: read,
            targetings,
            unreadable_targetings,
            external,
        }
    }

    fn external(&mut self, value: &reader::Value<'_>) -> BTreeSet<SegmentKey> {
        let mut external = BTreeSet::new();
        for (element, key) in self.texts("external_segments", value) {
            match key.map(SegmentKey::parse) {
                Some(Ok(key)) => {
                    external.insert(key);
                }
                Some(Err(error)) => {
                    self.report(Code::SegmentKeyInvalid, element.span(), error.to_string());
                }
                None => {}
            }
        }
        external
    }

    /// Checks each segment, and makes definitions of those that are right.
    fn define(
        &mut self,
        segments: &[Written<'_, '_>],
        contexts: &context::Contexts,
        external: &BTreeSet<SegmentKey>,
    ) -> Vec<DeclaredSegment> {
        let declared: HashSet<&str> = segments
            .iter()
            .map(|written| written.draft.key.as_str())
            .collect();
        let may_lack_tables = self.may_lack_tables();
        let mut definitions = Vec::new();
        for written in segments {
            let from = self.diagnostics.len();
            let errors = self.errors;
            let (mut definition, findings) = self.define_one(written, &Findings::default());
            if !may_lack_tables {
                let asked = written.draft.references();
                self.references(asked, &written.places, &declared, external);
            }
            for (environment, written) in &written.environments {
                let (there, _) = self.define_one(written, &findings);
                if !may_lack_tables {
                    let asked = written.draft.references();
                    self.references(asked, &written.places, &declared, external);
                }
                if let (Some(definition), Some(there)) = (&mut definition, there) {
                    let there = (environment.clone(), there.into());
                    definition.environments.extend([there]);
                }
            }
            if !written.environments.is_empty() {
                self.say_once(from);
            }
            self.drop_allowed(from, &written.allow);
            let right = !written.broken && self.errors == errors;
            let examples = written.examples.map(|value| self.examples(value, contexts));
            if let Some(definition) = definition.filter(|_| right) {
                definitions.push(DeclaredSegment {
                    definition,
                    examples: examples.unwrap_or_default(),
                    span: written.key_span.clone(),
                });
            }
        }
        self.relate(segments, &definitions, contexts, None);
        let named = definitions.iter();
        let named = named.flat_map(|read| read.definition.environments.keys());
        let named: BTreeSet<&EnvironmentKey> = named.collect();
        for environment in &named {
            self.relate(segments, &definitions, contexts, Some(environment));
        }
        if !named.is_empty() {
            self.say_once(0);
        }
        let places = segments.iter().filter(|written| written.examples.is_some());
        let places = places.map(|written| (written.draft.key.as_str(), &written.places));
        self.prove(&definitions, &places.collect());
        definitions
    }

    /// Checks one draft, and makes a definition of it if it is right. An environment has much from
    /// elsewhere: what is `known` of the segment as a whole is not said again.
    fn define_one(
        &mut self,
        written: &Written<'_, '_>,
        known: &Findings,
    ) -> (Option<Definition>, Findings) {
        let (findings, definition) = match written.draft.parse() {
            Ok((definition, findings)) => (findings, Some(definition)),
            Err(findings) => (findings, None),
        };
        for finding in &findings {
            // Said at the part that could not be read.
            if finding.code == Code::DraftIncomplete && written.broken {
                continue;
            }
            let span = written.places.of(finding);
            if lacks(finding.code) && self.unreadable.within(&written.part) {
                continue;
            }
            let of_the_whole = span == written.places.segment;
            if of_the_whole && known.iter().any(|known| known == finding) {
                continue;
            }
            self.report(finding.code, span, finding.message.clone());
        }
        (definition, findings)
    }

    /// Takes back what was reported twice since `from`: an environment has much from elsewhere.
    fn say_once(&mut self, from: usize) {
        let mut said = HashSet::new();
        let reported = self.diagnostics.split_off(from).into_iter();
        self.diagnostics.extend(
            reported.filter(|found| {
                said.insert((found.code, found.span.clone(), found.message.clone()))
            }),
        );
    }

    /// Reports what segments say about one another, in one environment or elsewhere.
    fn relate(
        &mut self,
        segments: &[Written<'_, '_>],
        read: &[DeclaredSegment],
        contexts: &context::Contexts,
        environment: Option<&EnvironmentKey>,
    ) {
        let single = |kind: &ContextKind, attribute: &AttributeRef| {
            let found = contexts.attribute(kind.as_str(), attribute.as_str());
            match found {
                context::Found::Type(AttributeType::Any, _)
                | context::Found::NoKind
                | context::Found::NoAttribute => false,
                context::Found::Type(_, schema) => !schema.is_some_and(|schema| schema.many),
            }
        };
        let definitions = read.iter().map(|read| match environment {
            Some(environment) => read.definition.in_environment(environment),
            None => Cow::Borrowed(&read.definition),
        });
        let definitions: Vec<Cow<'_, Definition>> = definitions.collect();
        let definitions: Vec<&Definition> = definitions.iter().map(Cow::as_ref).collect();
        let found = relations(&definitions, &single);
        if found.is_empty() {
            return;
        }
        let by_key: HashMap<&str, &Written<'_, '_>> = segments
            .iter()
            .map(|written| (written.draft.key.as_str(), written))
            .collect();
        let written =
            |index: usize| by_key[definitions[index].key.as_str()].in_environment(environment);
        for relation in found {
            let about = written(relation.segment);
            let code = relation.finding.code;
            // Segments that are the same in one environment only are none too many.
            let only_here = environment.is_some() && code == Code::SegmentIdentical;
            if only_here || about.allow.contains(&code) {
                continue;
            }
            let span = about.places.of(&relation.finding);
            let Finding { code, message, .. } = relation.finding;
            let mut diagnostic = Diagnostic::new(code, span, message);
            // The first few show the way.
            for (segment, place, label) in relation.related.into_iter().take(8) {
                diagnostic = diagnostic.with(written(segment).places.find(place), label);
            }
            self.push(diagnostic);
        }
    }

    /// Takes back the warnings, from one on, that the author allows.
    fn drop_allowed(&mut self, from: usize, allowed: &HashSet<Code>) {
        if !allowed.is_empty() {
            let kept = self.diagnostics.split_off(from);
            let kept = kept.into_iter();
            self.diagnostics
                .extend(kept.filter(|found| !allowed.contains(&found.code)));
        }
    }

    /// Reports the segments that clauses ask and nobody declares.
    fn references<'d>(
        &mut self,
        asked: impl Iterator<Item = (Place, &'d str)>,
        places: &Places,
        declared: &HashSet<&str>,
        external: &BTreeSet<SegmentKey>,
    ) {
        for (place, key) in asked {
            let known = declared.contains(key) || external.contains(key);
            if known || SegmentKey::parse(key).is_err() {
                continue;
            }
            let names = declared
                .iter()
                .copied()
                .chain(external.iter().map(SegmentKey::as_str));
            let advice = match self.advice.or_list(key, names) {
                advice if advice.contains("did you mean") => advice,
                _ => "; declare it, or list it in `external_segments` if it lives elsewhere"
                    .to_owned(),
            };
            let message = format!("there is no segment `{key}`{advice}");
            self.report(Code::SegmentUnknown, places.find(place), message);
        }
    }
}
