//! Definitions that are evaluated locally: a context's segments and variations.

use std::collections::BTreeSet;
use std::path::Path;

use segments_model::evaluate::{
    CompiledEnvironment, CompiledSegments, CompiledTargeting, LeftOut, Loaded, Snapshot,
};
use segments_model::{EnvironmentKey, Targeting, wire};

use crate::DefinitionsSource;
use crate::arguments::Files;
use crate::contexts::Compared;
use crate::failure::Failure;
use crate::file;
use crate::output::Output;

#[derive(Default)]
pub(crate) struct Local {
    /// In the service's form.
    pub(crate) segments: Vec<wire::Segment>,
    /// Whether a segment that is not among them does not exist.
    complete: bool,
    /// The targeting of AI Configs and flags, as our own definitions.
    pub(crate) targetings: Vec<Targeting>,
    /// Flags, and those behind AI Configs, as SDKs receive them.
    flags: Vec<wire::Flag>,
    /// The keys of members that a snapshot leaves out.
    left_out: LeftOut,
    /// The header of a snapshot, if it is one.
    pub(crate) snapshot: Option<Snapshot>,
}

impl Local {
    /// Reads what is declared for an environment at a moment in milliseconds since 1970, from TOML, the program or
    /// the service's JSON. If none is named, what is declared for those that have nothing of their own.
    pub(crate) fn read(
        files: &Files,
        declared: DefinitionsSource,
        (environment, now): (Option<&EnvironmentKey>, i64),
        output: Output,
    ) -> Result<Self, Failure> {
        if let Some(loaded) = loaded(files)? {
            if let ([], [path]) = (&loaded.segments[..], &files.files[..]) {
                output.always(format_args!(
                    "`{}` is {}, and no segment is in it",
                    path.display(),
                    loaded.form
                ));
            }
            return Ok(loaded.into());
        }
        let (mut definitions, mut targetings) = files.definitions(declared, output)?;
        if let Some(environment) = environment {
            for definition in &mut definitions {
                *definition = definition.in_environment(environment).into_owned();
            }
            for targeting in &mut targetings {
                *targeting = targeting.in_environment(environment).into_owned();
            }
        } else {
            let of_segments = definitions.iter().flat_map(|it| it.environments.keys());
            let others = targetings.iter().flat_map(|it| it.environments.keys());
            if let Some(others) = in_words(of_segments.chain(others)) {
                output.message(format_args!(
                    "these are the declarations for all environments except {others}; `--environment` selects one"
                ));
            }
        }
        let definitions = definitions.iter().map(|it| it.at(now));
        Ok(Self {
            segments: definitions.map(|it| wire::Segment::from(&*it)).collect(),
            targetings,
            ..Self::default()
        })
    }

    /// All segments of an environment, which are known already.
    pub(crate) fn complete(segments: Vec<wire::Segment>) -> Self {
        Self {
            segments,
            complete: true,
            ..Self::default()
        }
    }

    pub(crate) fn compiled(&self) -> CompiledSegments {
        let compiled = CompiledSegments::from_wire(self.segments.iter().cloned());
        let compiled = compiled.with_left_out(&self.left_out);
        if self.complete {
            compiled.complete()
        } else {
            compiled
        }
    }

    /// Segments and flags together.
    pub(crate) fn environment(&self) -> CompiledEnvironment {
        CompiledEnvironment::new(&Loaded {
            segments: self.segments.clone(),
            flags: self.flags.clone(),
            complete: self.complete,
            left_out: self.left_out.clone(),
            ..Loaded::default()
        })
    }

    /// The values that clauses of the segments compare attributes with.
    pub(crate) fn compared(&self) -> Compared {
        Compared::with(self.segments.iter().flat_map(|segment| &segment.rules))
    }

    /// AI Configs and flags, with the segments that their rules may ask.
    pub(crate) fn targetings<'t>(
        &self,
        targetings: impl IntoIterator<Item = &'t Targeting>,
    ) -> Vec<CompiledTargeting> {
        CompiledTargeting::all(targetings, self.segments.iter().cloned())
    }
}

impl From<Loaded> for Local {
    fn from(loaded: Loaded) -> Self {
        Self {
            segments: loaded.segments,
            complete: loaded.complete,
            targetings: Vec::new(),
            flags: loaded.flags,
            left_out: loaded.left_out,
            snapshot: loaded.snapshot,
        }
    }
}

/// The service's JSON, if that is what the one file that is named holds.
pub(crate) fn loaded(files: &Files) -> Result<Option<Loaded>, Failure> {
    let [path] = files.files.as_slice() else {
        return Ok(None);
    };
    json(path)?.map(|text| load(path, &text)).transpose()
}

/// Reads the service's JSON of a file.
pub(crate) fn load(path: &Path, text: &str) -> Result<Loaded, Failure> {
    Loaded::from_json(text).map_err(|source| Failure::Load {
        path: path.to_owned(),
        source,
    })
}

/// "`eu`, `staging`".
fn in_words<'a>(environments: impl Iterator<Item = &'a EnvironmentKey>) -> Option<String> {
    let environments: BTreeSet<&EnvironmentKey> = environments.collect();
    let names: Vec<String> = environments.iter().map(|key| format!("`{key}`")).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// The text of a file that says it is JSON or looks like it: a TOML file starts with neither a
/// brace nor two brackets' worth of nothing else. What cannot be read is left to the reader of
/// TOML, which says why.
fn json(path: &Path) -> Result<Option<String>, Failure> {
    let named = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let toml = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    if toml {
        return Ok(None);
    }
    match file::read(path) {
        Ok(text) => {
            // No TOML begins with a brace, so this is JSON, perhaps with its end cut off.
            let looks = text.trim_start().starts_with('{')
                || serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            Ok((named || looks).then_some(text))
        }
        Err(failure) if named => Err(failure),
        Err(_) => Ok(None),
    }
}
