//! Reads the definitions.

use std::collections::HashMap;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;

use segments_model::algebra::KnownAttributes;
use segments_model::diagnostic::{Colors, Diagnostic};
use segments_model::file::{
    self, Beside, LARGEST, NotQuotable, QuotableFile, Report, SegmentsFile,
};
use segments_model::policy::Policy;
use segments_model::{
    Code, ContextKeys, Definition, Experiment, Expiry, FormerNames, Metric, Severity, Targeting,
};
use segments_runtime::registry;

use crate::DefinitionsSource;
use crate::arguments::Files;
use crate::counted::counted;
use crate::failure::Failure;
use crate::manifest;
use crate::matching::matching;
use crate::output::{self, Output, Text};

/// The file of definitions where nothing names another: here, else beside the manifest that has settings.
const USUAL: &str = "segments.toml";

/// Segments, and what AI Configs and flags serve.
type Targeted = (Vec<Definition>, Vec<Targeting>);

impl Files {
    /// The files that are named, in the manifest if not on the command line.
    pub(crate) fn or_usual(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut files = self.files.clone();
        if files.is_empty() {
            let settings = manifest::settings()?;
            files = settings.files;
            if files.is_empty() {
                let here = PathBuf::from(USUAL);
                let beside = settings.folder.join(USUAL);
                files.push(if here.exists() { here } else { beside });
            }
        }
        let mut all = Vec::new();
        for path in files {
            all.extend(matching(&path)?);
        }
        Ok(all)
    }

    /// The files that are read; none for a program's own segments.
    pub(crate) fn read_by(&self, declared: DefinitionsSource) -> Result<Vec<PathBuf>, Failure> {
        if matches!(declared, DefinitionsSource::InProgram { .. }) && self.files.is_empty() {
            Ok(Vec::new())
        } else {
            self.or_usual()
        }
    }

    /// The segments, and what AI Configs and flags serve, if nothing is wrong with any of them. What
    /// is wrong is shown.
    pub(crate) fn definitions(
        &self,
        declared: DefinitionsSource,
        output: Output,
    ) -> Result<Targeted, Failure> {
        targeted(&read(&self.read_by(declared)?), output)
    }

    /// Everything that is declared, and what the files say about all of it.
    pub(crate) fn declarations(
        &self,
        declared: DefinitionsSource,
        output: Output,
    ) -> Result<Declarations, Failure> {
        let paths = self.read_by(declared)?;
        if paths.is_empty() {
            let program = registry::program()?;
            return Ok(Declarations {
                definitions: program.segments,
                targetings: program.targetings,
                metrics: program.metrics,
                experiments: program.experiments,
                header: Header::default(),
            });
        }
        Declarations::of(&read(&paths), output)
    }

    /// Returns whether a file is named or the usual ones exist, or a program declares something.
    pub(crate) fn is_any(&self, declared: DefinitionsSource) -> Result<bool, Failure> {
        Ok(self.is_any_of(&self.read_by(declared)?))
    }

    /// The same of the files that are read.
    pub(crate) fn is_any_of(&self, paths: &[PathBuf]) -> bool {
        let nobody_named = self.files.is_empty() && !paths.is_empty();
        !nobody_named || paths.iter().any(|path| path.exists())
    }

    /// The header of all files.
    pub(crate) fn header(&self, declared: DefinitionsSource) -> Result<Header, Failure> {
        Header::of(&read(&self.read_by(declared)?))
    }
}

/// The segments, and what AI Configs and flags serve, of files; those of the program if there are none.
pub(crate) fn targeted(files: &[ReadFile], output: Output) -> Result<Targeted, Failure> {
    if files.is_empty() {
        return Ok((registry::definitions()?, registry::targetings()?));
    }
    together(files, output)
}

/// The declarations of all files together, if none of them has an error. Errors are shown.
fn together(files: &[ReadFile], output: Output) -> Result<Targeted, Failure> {
    let errors: usize = files.iter().map(|file| file.count(Severity::Error)).sum();
    if errors > 0 {
        for file in files.iter().filter(|file| file.count(Severity::Error) > 0) {
            output.always(file.human());
        }
        return Err(Failure::Definitions(counted(errors, "error")));
    }
    let (mut definitions, mut targetings) = (Vec::new(), Vec::new());
    let mut former = FormerNames::default();
    for file in files {
        former.extend(file.report.readable_part().former_names());
    }
    for file in files {
        let read = file.report.readable_part();
        let segments = read.segments.iter();
        definitions.extend(segments.map(|segment| segment.definition.clone()));
        let declared = read.targetings.iter();
        targetings.extend(declared.map(|it| it.targeting.clone()));
    }
    for definition in &mut definitions {
        former.add_to(definition);
    }
    for targeting in &mut targetings {
        former.add_to_targeting(targeting);
    }
    Ok((definitions, targetings))
}

/// Everything that is declared.
#[derive(Debug, Default)]
pub(crate) struct Declarations {
    pub(crate) definitions: Vec<Definition>,
    pub(crate) targetings: Vec<Targeting>,
    pub(crate) metrics: Vec<Metric>,
    pub(crate) experiments: Vec<Experiment>,
    pub(crate) header: Header,
}

impl Declarations {
    /// The declarations of all files together, if none of them has an error. Errors are shown.
    pub(crate) fn of(files: &[ReadFile], output: Output) -> Result<Self, Failure> {
        let (definitions, targetings) = together(files, output)?;
        let parts = || files.iter().map(|file| file.report.readable_part());
        let metrics = parts().flat_map(|part| &part.metrics);
        let experiments = parts().flat_map(|part| &part.experiments);
        Ok(Self {
            definitions,
            targetings,
            metrics: metrics.map(|it| it.metric.clone()).collect(),
            experiments: experiments.map(|it| it.experiment.clone()).collect(),
            header: Header::of(files)?,
        })
    }

    /// The declarations without metrics and experiments, for commands that are about segments only.
    pub(crate) fn without_measured(self) -> Self {
        Self {
            metrics: Vec::new(),
            experiments: Vec::new(),
            ..self
        }
    }
}

/// The settings that apply to all declarations of the files.
#[derive(Debug, Default)]
pub(crate) struct Header {
    /// The owner.
    pub(crate) owner: Option<String>,
    /// Whether one of them is strict about what it declared before.
    pub(crate) strict: bool,
    /// The environments that it is for, in order; for any, if there are none.
    pub(crate) environments: Vec<String>,
    /// The policy for the segments of each file, by key.
    pub(crate) policies: HashMap<String, Policy>,
    /// The facts about the attributes of contexts.
    pub(crate) attributes: KnownAttributes,
}

impl Header {
    /// The header of these files.
    pub(crate) fn of(files: &[ReadFile]) -> Result<Self, Failure> {
        let mut header = Self::default();
        let known = files.iter().map(|file| file.report.readable_part());
        header.attributes = known.flat_map(SegmentsFile::known_attributes).collect();
        for file in files {
            let part = file.report.readable_part();
            header.strict |= part.strict;
            if let Some(policy) = &part.policy {
                let keys = part.segments.iter().map(|it| it.definition.key.to_string());
                let keys = keys.map(|key| (key, policy.clone()));
                header.policies.extend(keys);
            }
            match (&header.owner, &part.owner) {
                (Some(one), Some(other)) if one != other => {
                    return Err(Failure::Owners(one.clone(), other.clone()));
                }
                (None, Some(owner)) => header.owner = Some(owner.clone()),
                _ => {}
            }
            let keys: Vec<_> = part.environments.iter().map(ToString::to_string).collect();
            if header.environments.is_empty() {
                header.environments = keys;
            } else if !keys.is_empty() {
                let before = header.environments.join(", ");
                header.environments.retain(|key| keys.contains(key));
                // None at all would stand for any.
                if header.environments.is_empty() {
                    return Err(Failure::NoEnvironment(before, keys.join(", ")));
                }
            }
        }
        Ok(header)
    }
}

/// One file, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct ReadFile {
    pub(crate) report: Report,
    /// Its problems in combination with the other files.
    pub(crate) beside: Vec<Diagnostic>,
}

impl ReadFile {
    pub(crate) fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.report.diagnostics().iter().chain(&self.beside)
    }

    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.diagnostics()
            .filter(|found| found.severity() == severity)
            .count()
    }

    /// All diagnostics for people, in colours; the output strips them where they are not wanted.
    pub(crate) fn human(&self) -> Text {
        let of_file = self.report.human(Colors::Always);
        let source = self.report.source();
        let beside = self
            .beside
            .iter()
            .map(|found| segments_model::diagnostic::human(found, source, Colors::Always));
        let drawn = std::iter::once(of_file).filter(|text| !text.is_empty());
        Text::drawn(drawn.chain(beside).collect::<Vec<_>>().join("\n\n"))
    }
}

/// Reads files that belong together: a key is declared in one of them only, and each may ask what the others
/// declare.
pub(crate) fn read(paths: &[PathBuf]) -> Vec<ReadFile> {
    beside_each_other(paths, |path, beside| read_one(path, beside))
}

/// The same of texts with the names that they are shown by. What holds the access token is not quoted.
pub(crate) fn read_texts(texts: &[(String, String)]) -> Vec<ReadFile> {
    beside_each_other(texts, |(shown, text), beside| {
        read_text_beside(shown, text.as_bytes(), beside)
    })
}

/// Reads each alone, to know what it declares, and then beside the others.
fn beside_each_other<F>(files: &[F], read: impl Fn(&F, &Beside) -> Report) -> Vec<ReadFile> {
    let now = now();
    let alone = Beside::default().at(now);
    let mut reports: Vec<Report> = files.iter().map(|file| read(file, &alone)).collect();
    if files.len() > 1 {
        let together = files.iter().enumerate().map(|(at, file)| {
            let mut beside = Beside::default().at(now);
            let others = reports.iter().enumerate().filter(|(other, _)| *other != at);
            for (other, report) in others {
                beside.add(report.source().path(), report.readable_part(), other < at);
            }
            read(file, &beside)
        });
        reports = together.collect();
    }
    let beside = beside(&reports);
    let files = reports.into_iter().zip(beside);
    files
        .map(|(report, beside)| ReadFile { report, beside })
        .collect()
}

/// The problems of each of several files in combination with the others.
fn beside(reports: &[Report]) -> Vec<Vec<Diagnostic>> {
    let mut declared: HashMap<(&str, &str), &str> = HashMap::new();
    let mut beside = Vec::new();
    for report in reports {
        let path = report.source().path();
        let mut found = Vec::new();
        let part = report.readable_part();
        let segments = part.segments.iter();
        let segments = segments.map(|it| ("segment", it.definition.key.as_str(), &it.span));
        let targetings = part.targetings.iter().map(|it| {
            let resource = &it.targeting.resource;
            (resource.what(), resource.key(), &it.span)
        });
        let metrics = part.metrics.iter();
        let metrics = metrics.map(|it| ("metric", it.metric.key.as_str(), &it.span));
        let experiments = part.experiments.iter();
        let experiments =
            experiments.map(|it| ("experiment", it.experiment.key.as_str(), &it.span));
        let measured = metrics.chain(experiments);
        for (what, key, span) in segments.chain(targetings).chain(measured) {
            match declared.get(&(what, key)) {
                Some(other) if *other != path => found.push(Diagnostic::new(
                    Code::KEY_DUPLICATE,
                    span.clone(),
                    format!(
                        "{what} `{key}` is also declared in `{other}`; declare it in one place"
                    ),
                )),
                _ => {
                    declared.insert((what, key), path);
                }
            }
        }
        beside.push(found);
    }
    beside
}

fn read_text_beside(shown: &str, text: &[u8], beside: &Beside) -> Report {
    let report = file::read_beside(shown, text, beside);
    if output::holds_secret(&String::from_utf8_lossy(text)) {
        report.withheld()
    } else {
        report
    }
}

/// The content of standard input, which can be read only once.
fn standard_input() -> Result<Vec<u8>, NotQuotable> {
    static INPUT: OnceLock<Vec<u8>> = OnceLock::new();
    if let Some(text) = INPUT.get() {
        return Ok(text.clone());
    }
    let mut text = Vec::new();
    let input = std::io::stdin().lock();
    input.take(LARGEST + 1).read_to_end(&mut text)?;
    if text.len() as u64 > LARGEST {
        return Err(NotQuotable::TooLarge(LARGEST));
    }
    Ok(INPUT.get_or_init(|| text).clone())
}

/// Reads one file; standard input if it is `-`.
fn read_one(path: &Path, beside: &Beside) -> Report {
    let shown = path.display().to_string();
    let text = if path == "-" {
        standard_input()
    } else {
        QuotableFile::open(path).and_then(|file| file.read(LARGEST))
    };
    let reason = match text {
        Ok(text) => return read_text_beside(&shown, &text, beside),
        Err(NotQuotable::Io(error)) if error.kind() == ErrorKind::NotFound => {
            "there is no such file; `cargo segments new` writes one".to_owned()
        }
        Err(NotQuotable::Io(error)) => format!("this file cannot be read: {error}"),
        Err(other) => other.to_string(),
    };
    file::unreadable(&shown, reason)
}

/// "2 contexts of kind user", and how many until when.
pub(crate) fn in_words(kind: &str, keys: &ContextKeys) -> Vec<String> {
    let groups = keys.by_expiry().into_iter();
    let groups = groups.map(|(until, keys)| {
        let until = until.map_or_else(String::new, |until| format!(" until {until}"));
        format!("{} of kind {kind}{until}", counted(keys.len(), "context"))
    });
    groups.collect()
}

/// The time of day, in milliseconds since 1970.
pub(crate) fn now() -> i64 {
    Expiry::from(SystemTime::now()).milliseconds()
}
