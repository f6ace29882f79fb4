//! Restrictions on the files that are read and quoted in messages.
//!
//! Names of files come from manifests, macros and links, and the author of a change to these may not be
//! allowed to see every file of the machine that checks it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use thiserror::Error;

/// A file that may be read and quoted: made by people, and not a link or pipe to data of the system, such
/// as the environment of a process.
///
/// ```
/// use segments_model::file::{NotQuotable, QuotableFile};
///
/// let error = QuotableFile::open("/dev/null").unwrap_err();
/// assert!(matches!(error, NotQuotable::NoFile));
/// ```
#[derive(Debug)]
pub struct QuotableFile(File);

/// The reason why a file is not read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NotQuotable {
    /// The path is absolute.
    #[error("it is an absolute path; write one from the folder of `Cargo.toml`")]
    Absolute,
    /// The path leaves the folder, directly or by a link.
    #[error("it leads out of the package and its workspace; move the file into one of them")]
    Outside,
    /// It is a folder.
    #[error("this is a folder; name a file in it")]
    Folder,
    /// It is a pipe, a device, or another endless source.
    #[error("this is not a file that can be read")]
    NoFile,
    /// The system generates its content.
    #[error("this is what the system says of itself, and no file of segments; name another")]
    OfTheSystem,
    /// It is too large.
    #[error("this file is larger than {} MB; divide it", .0 >> 20)]
    TooLarge(u64),
    /// It cannot be opened or read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl QuotableFile {
    /// Opens a file that a person named.
    ///
    /// # Errors
    ///
    /// If the file may not be read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, NotQuotable> {
        let path = path.as_ref();
        let metadata = std::fs::metadata(path)?;
        if metadata.is_dir() {
            return Err(NotQuotable::Folder);
        }
        if !metadata.is_file() {
            return Err(NotQuotable::NoFile);
        }
        let real = std::fs::canonicalize(path)?;
        if ["/proc", "/sys"].iter().any(|of| real.starts_with(of)) {
            return Err(NotQuotable::OfTheSystem);
        }
        let file = File::open(&real)?;
        // It may have become something else meanwhile.
        if !file.metadata()?.is_file() {
            return Err(NotQuotable::NoFile);
        }
        Ok(Self(file))
    }

    /// Returns the path of a file that another file names, relative to the folder `beside`. It has to be
    /// below `top`.
    ///
    /// # Errors
    ///
    /// If the path leaves the folder, or `top` by a link. A file that does not exist is not an error.
    pub fn path_below(top: &Path, beside: &Path, path: &Path) -> Result<PathBuf, NotQuotable> {
        for component in path.components() {
            match component {
                Component::Normal(_) | Component::CurDir => {}
                Component::ParentDir => return Err(NotQuotable::Outside),
                Component::RootDir | Component::Prefix(_) => return Err(NotQuotable::Absolute),
            }
        }
        let path = beside.join(path);
        match std::fs::canonicalize(&path) {
            Ok(real) if !real.starts_with(std::fs::canonicalize(top)?) => Err(NotQuotable::Outside),
            _ => Ok(path),
        }
    }

    /// Returns the file, for reading in parts.
    #[must_use]
    pub fn into_file(self) -> File {
        self.0
    }

    /// Reads the whole file, up to a number of bytes.
    ///
    /// # Errors
    ///
    /// If it is larger, or cannot be read.
    pub fn read(self, at_most: u64) -> Result<Vec<u8>, NotQuotable> {
        let mut bytes = Vec::new();
        self.0.take(at_most + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > at_most {
            return Err(NotQuotable::TooLarge(at_most));
        }
        Ok(bytes)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_lead_to_files_of_people_and_nowhere_else() {
        let folder = std::env::temp_dir().join(format!("quotable-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("in")).unwrap();
        std::fs::write(folder.join("in/file"), "x").unwrap();
        std::fs::write(folder.join("out"), "x").unwrap();
        for (link, to) in [
            ("in/good", "file"),
            ("in/leaves", "../out"),
            ("in/environ", "/proc/self/environ"),
            ("in/zero", "/dev/zero"),
        ] {
            symlink(to, folder.join(link)).unwrap();
        }
        let inside = folder.join("in");
        let opened = |name: &str| QuotableFile::open(inside.join(name)).and_then(|it| it.read(1));
        assert_eq!(opened("good").unwrap(), b"x");
        assert!(matches!(opened("zero"), Err(NotQuotable::NoFile)));
        assert!(matches!(opened("."), Err(NotQuotable::Folder)));
        let too_large = QuotableFile::open(inside.join("file")).unwrap().read(0);
        assert!(matches!(too_large, Err(NotQuotable::TooLarge(0))));
        if Path::new("/proc/self/environ").exists() {
            assert!(matches!(opened("environ"), Err(NotQuotable::OfTheSystem)));
        }
        let below = |name: &str| QuotableFile::path_below(&inside, &inside, Path::new(name));
        assert_eq!(below("./good").unwrap(), inside.join("./good"));
        assert_eq!(below("missing").unwrap(), inside.join("missing"));
        assert!(matches!(below("../out"), Err(NotQuotable::Outside)));
        assert!(matches!(below("/etc/passwd"), Err(NotQuotable::Absolute)));
        assert!(matches!(below("leaves"), Err(NotQuotable::Outside)));
        let leaves = QuotableFile::path_below(&folder, &inside, Path::new("leaves"));
        assert_eq!(leaves.unwrap(), inside.join("leaves"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
