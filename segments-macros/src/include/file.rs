//! Finds and opens the file.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;
use segments_model::did_you_mean;
use segments_model::file::{self, LARGEST, NotQuotable, QuotableFile, Report};
use syn::LitStr;

use crate::runtime_path::RuntimePath;

/// Reads the file, or says why that cannot be.
pub(super) fn read(literal: &LitStr) -> Result<Report, String> {
    read_in(&folder(), &literal.value())
}

fn read_in(folder: &Path, written: &str) -> Result<Report, String> {
    if written.is_empty() {
        return Err("this names no file; write `\"segments.toml\"`".to_owned());
    }
    if Path::new(written).is_absolute() {
        return Err(format!(
            "`{written}` exists only on this machine; write the path from the package's folder"
        ));
    }
    let path = folder.join(written);
    let text = QuotableFile::open(&path).and_then(|file| file.read(LARGEST));
    match text {
        Ok(text) => Ok(file::read(written, &text)),
        Err(NotQuotable::Folder) => Err(format!("`{written}` is a folder; name a file in it")),
        Err(NotQuotable::NoFile) => Err(format!("`{written}` is not a file that can be read")),
        Err(NotQuotable::Io(error)) if error.kind() == ErrorKind::NotFound => {
            Err(missing(written, &path))
        }
        Err(error) => Err(format!("`{written}` cannot be opened: {error}")),
    }
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A folder of its own, removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let name = format!("segments-macros-{name}-{}", std::process::id());
            let path = std::env::temp_dir().join(name);
            fs::create_dir_all(path.join("package")).unwrap();
            Self(path)
        }

        /// The error, or how many segments were read.
        fn read(&self, written: &str) -> Result<usize, String> {
            let report = read_in(&self.0.join("package"), written)?;
            Ok(report.readable_part().segments.len())
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const GOOD: &str = "[segments.a]\nnobody = true\n";

    #[test]
    fn a_file_may_be_shared_outside_of_the_package() {
        let folder = Folder::new("outside");
        fs::write(folder.0.join("shared.toml"), GOOD).unwrap();
        assert_eq!(folder.read("../shared.toml"), Ok(1));
        assert_eq!(folder.read("./../package/../shared.toml"), Ok(1));
    }

    #[test]
    fn what_comes_and_goes_is_said_each_time() {
        let folder = Folder::new("comes");
        let file = folder.0.join("package/segments.toml");
        let missing = "there is no file `segments.toml`; the path starts at the folder of the package's `Cargo.toml`";
        assert_eq!(folder.read("segments.toml"), Err(missing.to_owned()));
        fs::write(&file, GOOD).unwrap();
        assert_eq!(folder.read("segments.toml"), Ok(1));
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        let is_folder = "`segments.toml` is a folder; name a file in it";
        assert_eq!(folder.read("segments.toml"), Err(is_folder.to_owned()));
        fs::remove_dir(&file).unwrap();
        assert_eq!(folder.read("segments.toml"), Err(missing.to_owned()));
        let through = folder.read("package/segments.toml/x");
        assert!(through.unwrap_err().starts_with("there is no file"));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_unless_they_lead_nowhere() {
        use std::os::unix::fs::symlink;
        let folder = Folder::new("links");
        let package = folder.0.join("package");
        fs::write(folder.0.join("shared.toml"), GOOD).unwrap();
        symlink("../shared.toml", package.join("link.toml")).unwrap();
        symlink("two.toml", package.join("one.toml")).unwrap();
        symlink("one.toml", package.join("two.toml")).unwrap();
        symlink("gone.toml", package.join("broken.toml")).unwrap();
        assert_eq!(folder.read("link.toml"), Ok(1));
        let circle = folder.read("one.toml").unwrap_err();
        assert!(
            circle.starts_with("`one.toml` cannot be opened: "),
            "{circle}"
        );
        let broken = folder.read("broken.toml").unwrap_err();
        assert!(
            broken.starts_with("there is no file `broken.toml`"),
            "{broken}"
        );
        // Reading it would never end.
        assert_eq!(
            read_in(Path::new("/dev"), "zero").unwrap_err(),
            "`zero` is not a file that can be read"
        );
    }
}
