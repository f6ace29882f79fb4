//! The argument `crate = path`.

use std::path::Path;

use syn::LitStr;

use crate::errors::Errors;
use crate::meta::{self, Argument, ArgumentValue};
use crate::runtime_path::RuntimePath;

impl RuntimePath {
    /// Reads the value of `crate = path`.
    pub(crate) fn read(argument: &Argument, errors: &mut Errors) -> Self {
        if let ArgumentValue::Equals(tokens) = &argument.value
            && let Ok(text) = syn::parse2::<LitStr>(tokens.clone())
        {
            let path = text.value();
            errors.on(
                &text,
                format!("the path is not a string; write `crate = {path}`"),
            );
            return Self::refused();
        }
        match argument.value("::path::to::segments_runtime", errors) {
            Some(path) => Self::given(path, errors),
            None => Self::refused(),
        }
    }

    /// Takes a path, which has to mean the same in every module.
    pub(crate) fn given(path: syn::Path, errors: &mut Errors) -> Self {
        let first = path.segments.first().map(|first| first.ident.to_string());
        let rooted = path.leading_colon.is_some()
            || first.is_none_or(|first| first == "crate" || first == "$crate");
        if rooted {
            return Self::Given(path);
        }
        let text = meta::source(&path);
        errors.on(
            &path,
            format!(
                "this path has a different meaning in each module; write `::{text}` or `crate::{text}`"
            ),
        );
        Self::refused()
    }

    /// Stands for a refused path, so that its error is the only one.
    fn refused() -> Self {
        let folder = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
        let manifest = std::fs::read_to_string(Path::new(&folder).join("Cargo.toml"));
        let manifest = manifest.unwrap_or_default();
        let mut lines = manifest.lines().map(str::trim_start);
        let named = |line: &str| {
            line.starts_with("segments-runtime")
                || line.starts_with("[dependencies.segments-runtime")
                || line.starts_with("[dev-dependencies.segments-runtime")
        };
        if lines.any(named) {
            Self::Default
        } else {
            Self::Missing
        }
    }
}
