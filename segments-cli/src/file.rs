//! Files of the user: read as text, and written completely or not at all.

use std::ffi::OsString;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal as _, Read, Write};
use std::path::{Path, PathBuf};

use segments_model::file::{NotQuotable, QuotableFile};

use crate::failure::Failure;

/// How large a file may be that is read as a whole. Definitions of the service's JSON are the largest.
const LARGEST: u64 = 256 << 20;

/// Reads a file that the user named; standard input if it is `-`. A byte order mark is not part of the
/// text.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    let bytes = if path == "-" {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes);
        read.map_err(|source| failed_to_read(path, source))?;
        if bytes.len() as u64 > LARGEST {
            return Err(not_quotable(path, NotQuotable::TooLarge(LARGEST)));
        }
        bytes
    } else {
        let opened = QuotableFile::open(path).and_then(|file| file.read(LARGEST));
        opened.map_err(|error| not_quotable(path, error))?
    };
    text(bytes).map_err(|reason| Failure::NotText {
        path: path.to_owned(),
        reason,
    })
}

/// Opens what is read part by part: a file that a person made, or a pipe.
pub(crate) fn open(path: &Path) -> Result<File, Failure> {
    let is_pipe = std::fs::metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir());
    if is_pipe {
        let opened = File::open(path).map_err(|source| failed_to_read(path, source))?;
        return if is_endless(path, &opened) {
            Err(not_quotable(path, NotQuotable::NoFile))
        } else {
            Ok(opened)
        };
    }
    let opened = QuotableFile::open(path).map(QuotableFile::into_file);
    opened.map_err(|error| not_quotable(path, error))
}

/// Returns whether something is a device that never ends, such as `/dev/zero`, and not a terminal.
#[cfg(unix)]
fn is_endless(path: &Path, opened: &File) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let is_device = opened
        .metadata()
        .is_ok_and(|it| it.file_type().is_char_device() || it.file_type().is_block_device());
    let is_nothing = std::fs::canonicalize(path).is_ok_and(|real| real == Path::new("/dev/null"));
    is_device && !is_nothing && !opened.is_terminal()
}

#[cfg(not(unix))]
fn is_endless(_: &Path, _: &File) -> bool {
    false
}

/// Returns whether something is a pipe with a name, which opens when a program writes to it.
#[cfg(unix)]
pub(crate) fn is_named_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::metadata(path).is_ok_and(|it| it.file_type().is_fifo())
}

#[cfg(not(unix))]
pub(crate) fn is_named_pipe(_: &Path) -> bool {
    false
}

/// The same; `None` if there is no such file.
pub(crate) fn read_if_any(path: &Path) -> Result<Option<String>, Failure> {
    match read(path) {
        Ok(text) => Ok(Some(text)),
        Err(Failure::Read { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
        Err(failure) => Err(failure),
    }
}

pub(crate) fn failed_to_read(path: &Path, source: io::Error) -> Failure {
    Failure::Read {
        path: path.to_owned(),
        source,
    }
}

pub(crate) fn not_quotable(path: &Path, error: NotQuotable) -> Failure {
    match error {
        NotQuotable::Io(source) => failed_to_read(path, source),
        reason => Failure::NotQuotable {
            path: path.to_owned(),
            reason,
        },
    }
}

/// UTF-8 with or without a mark of byte order. All readers take the one and refuse UTF-16 by name.
fn text(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err("it is UTF-16; save it as UTF-8".to_owned());
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("byte {} is not UTF-8 text; save it as UTF-8", at + 1)
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    })
}

/// Replaces or creates a file. If anything fails, the file is unchanged: the text is written beside it,
/// flushed, and put in its place in one step.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    replaced(path, text.as_bytes()).map_err(|source| Failure::Write {
        path: path.to_owned(),
        source,
    })
}

/// The same for what nobody but the owner may read, whatever the file was before.
pub(crate) fn replace_private(path: &Path, text: &str) -> Result<(), Failure> {
    let written = || -> io::Result<()> {
        let written = Beside::write(path, text.as_bytes(), Access::Private)?;
        std::fs::rename(&written.path, path)?;
        written.took_its_place(path);
        Ok(())
    };
    written().map_err(|source| Failure::Write {
        path: path.to_owned(),
        source,
    })
}

/// Writes a text where no file is. What somebody wrote is never written over.
pub(crate) fn create(path: &Path, text: &str) -> Result<(), Failure> {
    created(path, text.as_bytes(), Access::Usual).map_err(|source| not_created(path, source))
}

/// The same for what nobody but the owner may read.
pub(crate) fn create_private(path: &Path, text: &str) -> Result<(), Failure> {
    created(path, text.as_bytes(), Access::Private).map_err(|source| not_created(path, source))
}

fn not_created(path: &Path, source: io::Error) -> Failure {
    match source.kind() {
        ErrorKind::AlreadyExists => Failure::Exists(path.to_owned()),
        _ => Failure::Write {
            path: path.to_owned(),
            source,
        },
    }
}

fn replaced(path: &Path, text: &[u8]) -> io::Result<()> {
    let existing = match std::fs::metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    // A pipe or a device keeps its place.
    if existing
        .as_ref()
        .is_some_and(|existing| !existing.is_file())
    {
        let mut file = OpenOptions::new().write(true).open(path)?;
        return file.write_all(text).and_then(|()| file.flush());
    }
    // A link stays a link.
    let path = match existing {
        Some(_) => std::fs::canonicalize(path)?,
        None => target(path),
    };
    let access = existing.as_ref().map_or(Access::Usual, Access::As);
    let written = Beside::write(&path, text, access)?;
    std::fs::rename(&written.path, &path)?;
    written.took_its_place(&path);
    Ok(())
}

fn created(path: &Path, text: &[u8], access: Access<'_>) -> io::Result<()> {
    if std::fs::symlink_metadata(path).is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    let written = Beside::write(path, text, access)?;
    // Unlike a move, a link does not take the place of a file that came meanwhile.
    match std::fs::hard_link(&written.path, path) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
        // Not every file system knows links.
        Err(_) if !path.exists() => {
            std::fs::rename(&written.path, path)?;
            written.took_its_place(path);
            return Ok(());
        }
        Err(error) => return Err(error),
    }
    flush_folder(path);
    Ok(())
}

/// Where a link leads that leads to no file yet.
fn target(path: &Path) -> PathBuf {
    match std::fs::read_link(path) {
        Ok(to) => path.parent().unwrap_or(Path::new("")).join(to),
        Err(_) => path.to_owned(),
    }
}

/// The permissions of a new file.
#[derive(Clone, Copy)]
enum Access<'a> {
    /// The system's default permissions.
    Usual,
    /// The permissions of the file that it replaces.
    As(&'a Metadata),
    /// Its owner.
    Private,
}

/// A new file beside another, which is gone at the end unless it took the other's place.
struct Beside {
    path: PathBuf,
    is_ours: bool,
}

impl Beside {
    /// Writes all of it to the disk.
    fn write(path: &Path, text: &[u8], access: Access<'_>) -> io::Result<Self> {
        outlive_a_limit_of_size();
        let (mut file, beside) = Self::new(path, access)?;
        file.write_all(text)?;
        if let Access::As(existing) = access {
            file.set_permissions(existing.permissions())?;
        }
        file.sync_all()?;
        Ok(beside)
    }

    /// Creates a file for this process only, even if others write to the same folder.
    fn new(path: &Path, access: Access<'_>) -> io::Result<(File, Self)> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if let Access::Private = access {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        #[cfg(not(unix))]
        let _ = access;
        let Some(name) = path.file_name() else {
            return Err(io::Error::new(
                ErrorKind::InvalidInput,
                "this names no file",
            ));
        };
        for number in 0..1000 {
            let mut beside = OsString::from(".");
            beside.push(name);
            beside.push(format!(".{}-{number}.new", std::process::id()));
            let path = path.with_file_name(beside);
            match options.open(&path) {
                Ok(file) => {
                    let is_ours = true;
                    return Ok((file, Self { path, is_ours }));
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::new(
            ErrorKind::AlreadyExists,
            "there are a thousand unfinished copies beside it; delete the files that end in `.new`",
        ))
    }

    fn took_its_place(mut self, place: &Path) {
        self.is_ours = false;
        flush_folder(place);
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if self.is_ours {
            // Whether it can be deleted changes nothing about what went wrong before.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// A name in a folder lasts once the folder is written, too. Where folders cannot be flushed, the
/// system sees to it.
fn flush_folder(path: &Path) {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// A file that grows beyond `ulimit -f` ends the process by a signal, and the half-written copy would
/// stay. Once somebody listens, it is an error of writing like others.
fn outlive_a_limit_of_size() {
    #[cfg(unix)]
    {
        use std::sync::Once;
        use tokio::signal::unix::{SignalKind, signal};

        /// The same on Linux and on systems that come from BSD.
        const SIGXFSZ: i32 = 25;
        static HEARD: Once = Once::new();
        HEARD.call_once(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime {
                runtime.block_on(async {
                    // Without a listener the process ends as others do.
                    let _ = signal(SignalKind::from_raw(SIGXFSZ));
                });
            }
        });
    }
}

/// Adds a record to a file, in one step: others who add theirs at the same time do not come between,
/// and what cannot be written as a whole is taken back.
pub(crate) fn append(path: &Path, record: &str) -> Result<(), Failure> {
    appended(path, record).map_err(|source| Failure::Write {
        path: path.to_owned(),
        source,
    })
}

fn appended(path: &Path, record: &str) -> io::Result<()> {
    outlive_a_limit_of_size();
    let mut file = OpenOptions::new()
        .create(true)
        .read(true)
        .append(true)
        .open(path)?;
    let before = file.metadata()?.len();
    let mut bytes = Vec::with_capacity(record.len() + 2);
    if !ends_a_line(&file, before)? {
        bytes.push(b'\n');
    }
    bytes.extend_from_slice(record.as_bytes());
    bytes.push(b'\n');
    let taken = match file.write(&bytes) {
        Ok(written) if written == bytes.len() => return file.sync_all(),
        Ok(_) => ErrorKind::StorageFull.into(),
        Err(error) => error,
    };
    // Nobody else's record is behind half of ours, or it would be longer.
    if file.metadata()?.len() < before + bytes.len() as u64 {
        file.set_len(before)?;
    }
    Err(taken)
}

fn ends_a_line(file: &File, length: u64) -> io::Result<bool> {
    use std::io::{Seek, SeekFrom};
    let Some(last) = length.checked_sub(1) else {
        return Ok(true);
    };
    let mut file = file;
    file.seek(SeekFrom::Start(last))?;
    let mut end = [0];
    file.read_exact(&mut end)?;
    Ok(&end == b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let name = format!("file-{name}-{}", std::process::id());
            let path = std::env::temp_dir().join(name);
            let _ = std::fs::remove_dir_all(&path);
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn names(&self) -> Vec<String> {
            let entries = std::fs::read_dir(&self.0).unwrap();
            let names = entries.map(|it| it.unwrap().file_name().into_string().unwrap());
            let mut names: Vec<String> = names.collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_file_is_replaced_with_its_permissions_and_without_litter() {
        let folder = Folder::new("replace");
        let path = folder.0.join("f");
        replace(&path, "one").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::{PermissionsExt, symlink};
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
            symlink("f", folder.0.join("link")).unwrap();
            replace(&folder.0.join("link"), "two").unwrap();
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o640);
            assert!(folder.0.join("link").is_symlink());
            symlink("later", folder.0.join("nowhere")).unwrap();
            replace(&folder.0.join("nowhere"), "three").unwrap();
            assert_eq!(
                std::fs::read_to_string(folder.0.join("later")).unwrap(),
                "three"
            );
            assert_eq!(folder.names(), ["f", "later", "link", "nowhere"]);
            assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
        }
    }

    #[test]
    fn what_exists_is_not_created_and_of_many_at_once_one_is() {
        let folder = Folder::new("create");
        let path = folder.0.join("f");
        let results: Vec<bool> = std::thread::scope(|scope| {
            let create = |n: usize| {
                let path = &path;
                scope.spawn(move || create(path, &n.to_string().repeat(10_000)).is_ok())
            };
            let threads: Vec<_> = (0..8).map(create).collect();
            let joined = threads.into_iter().map(|thread| thread.join().unwrap());
            joined.collect()
        });
        assert_eq!(results.iter().filter(|created| **created).count(), 1);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, text[..1].repeat(10_000));
        assert_eq!(folder.names(), ["f"]);
    }

    #[test]
    fn records_are_added_whole_also_behind_a_cut_one() {
        let folder = Folder::new("append");
        let path = folder.0.join("f");
        append(&path, "one").unwrap();
        std::fs::write(&path, "one\ntw").unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| append(&path, &"x".repeat(5000)).unwrap());
            }
        });
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(lines[..2], ["one", "tw"]);
        assert_eq!(lines.len(), 10);
        assert!(lines[2..].iter().all(|line| *line == "x".repeat(5000)));
    }

    #[test]
    fn marks_of_byte_order_are_no_text() {
        assert_eq!(text(b"\xef\xbb\xbf{}".to_vec()).unwrap(), "{}");
        assert!(
            text(b"\xff\xfe{\0".to_vec())
                .unwrap_err()
                .contains("UTF-16")
        );
        assert!(text(b"a\xff".to_vec()).unwrap_err().contains("byte 2"));
    }
}
