//! Finds and opens the file.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;
use segments_model::did_you_mean;
use segments_model::file::{self, Report};
use syn::LitStr;

use crate::runtime_path::RuntimePath;

/// Reads the file, or says why that cannot be.
pub(super) fn read(literal: &LitStr) -> Result<Report, String> {
    let written = literal.value();
    if written.is_empty() {
        return Err("this names no file; write `\"segments.toml\"`".to_owned());
    }
    if Path::new(&written).is_absolute() {
        return Err(format!(
            "`{written}` exists on this machine only; write the path from the package's folder"
        ));
    }
    let path = folder().join(&written);
    // A file that is none, such as a pipe, would be read without end.
    let metadata = std::fs::metadata(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => missing(&written, &path),
        _ => format!("`{written}` cannot be opened: {error}"),
    })?;
    if metadata.is_dir() {
        return Err(format!("`{written}` is a folder; name a file in it"));
    }
    if !metadata.is_file() {
        return Err(format!("`{written}` is not a file that can be read"));
    }
    let text =
        std::fs::read(&path).map_err(|error| format!("`{written}` cannot be read: {error}"))?;
    Ok(file::read(&written, &text))
}

/// Where cargo says that the package is. A compiler that is run by hand says nothing, and starts
/// where it is run.
fn folder() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .unwrap_or_default()
}

fn missing(written: &str, path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path
        .parent()
        .and_then(|parent| std::fs::read_dir(parent).ok());
    let beside: Vec<String> = beside
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .collect();
    match did_you_mean(&name, beside.iter().map(String::as_str)) {
        Some(meant) => format!("there is no file `{written}`; did you mean `{meant}`?"),
        None => format!(
            "there is no file `{written}`; the path starts at the folder of the package's `Cargo.toml`"
        ),
    }
}

/// Makes cargo build again when the file changes.
pub(super) fn track(literal: &LitStr, runtime: &RuntimePath) -> TokenStream {
    let private = runtime.private();
    let below = format!("/{}", literal.value());
    quote! {
        const _: &[#private::core::primitive::u8] = #private::core::include_bytes!(
            #private::core::concat!(#private::core::env!("CARGO_MANIFEST_DIR"), #below)
        );
    }
}
