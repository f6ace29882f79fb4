//! Files of the user: what is read and quoted, and that what is written is whole or as it was.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use segments_emulator::Emulator;

use crate::support::{Ended, Folder, TWO};

const TOKEN: &str = "api-canary-5d8e-files";

/// A command that a secret is in the environment of.
fn run(folder: &Folder, words: &str) -> Ended {
    let mut command = folder.command(words);
    command
        .env("LAUNCHDARKLY_ACCESS_TOKEN", TOKEN)
        .env("OTHER_SECRET", "canary-5d8e-other");
    command.output().unwrap().into()
}

#[track_caller]
fn refused(folder: &Folder, words: &str) -> Ended {
    let ended = run(folder, words);
    let said = format!("{}{}", ended.data, ended.messages);
    assert!(!said.contains("canary-5d8e"), "{words}: {said}");
    assert_ne!(ended.code, 0, "{words}: {said}");
    ended
}

#[test]
fn a_link_to_what_the_system_says_of_itself_is_not_quoted() {
    if !Path::new("/proc/self/environ").exists() {
        eprintln!("not run: this system has no /proc");
        return;
    }
    let folder = Folder::new("files-environ");
    folder.write("ann.json", r#"{"kind":"user","key":"ann"}"#);
    folder.write("good.toml", TWO);
    for name in ["segments.toml", "context.json", "contexts.csv"] {
        symlink("/proc/self/environ", folder.path(name)).unwrap();
    }
    for words in [
        "check",
        "check --format json",
        "check /proc/self/environ",
        "plan --base-uri http://127.0.0.1:9",
        "doc --out -",
        "fmt",
        "eval --context ann.json",
        "eval --definitions /proc/self/environ --context ann.json",
        "eval --file good.toml --context context.json",
        "eval --file good.toml --context /proc/self/environ",
        "count --file good.toml contexts.csv",
        "count --file good.toml /proc/self/environ",
        "emulate --fill /proc/self/environ",
        "apply /proc/self/environ --base-uri http://127.0.0.1:9",
    ] {
        refused(&folder, words);
    }
}

#[test]
fn a_manifest_names_files_of_its_package_or_workspace_only() {
    let folder = Folder::new("files-manifest");
    folder.write("outside.toml", TWO);
    std::fs::create_dir_all(folder.path("workspace/package")).unwrap();
    folder.write("workspace/shared.toml", TWO);
    folder.write("workspace/package/own.toml", TWO);
    symlink("../shared.toml", folder.path("workspace/package/link.toml")).unwrap();
    symlink(
        "../../outside.toml",
        folder.path("workspace/package/out.toml"),
    )
    .unwrap();
    let check = |file: &str| {
        folder.write(
            "workspace/package/Cargo.toml",
            &format!(
                "[package]\nname = \"x\"\n[package.metadata.segments]\nfiles = [\"{file}\"]\n"
            ),
        );
        let mut command = folder.command("check");
        command.current_dir(folder.path("workspace/package"));
        Ended::from(command.output().unwrap())
    };
    folder.write("workspace/Cargo.toml", "[workspace]\n");
    for good in ["own.toml", "./own.toml", "link.toml"] {
        let ended = check(good);
        assert_eq!(ended.code, 0, "{good}: {ended:?}");
    }
    for (bad, says) in [
        ("out.toml", "leads out of the package"),
        ("../shared.toml", "leads out of the package"),
        ("/etc/passwd", "absolute path"),
        ("/proc/self/environ", "absolute path"),
    ] {
        let ended = check(bad);
        assert_eq!(ended.code, 3, "{bad}: {ended:?}");
        assert!(ended.messages.contains(says), "{bad}: {ended:?}");
    }
}

#[test]
fn a_file_that_is_something_else_and_a_line_with_a_token_are_not_quoted() {
    let folder = Folder::new("files-quoted");
    folder.write(
        "shadow",
        "root:$y$canary-5d8e:19000:0:99999:7:::\nann:!:1\n",
    );
    folder.write("env", "API_KEY=canary-5d8e\nOTHER=canary-5d8e-2\n");
    folder.write(
        "token.toml",
        &format!("[segments.a]\nnobody = \"{TOKEN}\"\n"),
    );
    for file in ["shadow", "env", "token.toml"] {
        for format in ["human", "json", "sarif", "github"] {
            let ended = refused(&folder, &format!("check {file} --format {format}"));
            assert_eq!(ended.code, 1, "{ended:?}");
        }
        refused(
            &folder,
            &format!("eval --definitions {file} --context user:u"),
        );
    }
    refused(&folder, "fmt shadow");
    let ended = run(&folder, "check shadow");
    assert!(ended.messages.contains("shadow:1:"), "{ended:?}");
    // The search for secrets looks at what tests leave behind.
    std::fs::remove_dir_all(folder.path("")).unwrap();
}

/// Every name in the folder.
fn names(folder: &Folder) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path("")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// `cargo segments` in a shell, below other words.
fn in_shell(folder: &Folder, script: &str) -> Ended {
    let program = env!("CARGO_BIN_EXE_cargo-segments");
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &script.replace("SEGMENTS", program)])
        .current_dir(folder.path(""))
        .env_remove("LAUNCHDARKLY_ACCESS_TOKEN")
        .stdin(Stdio::null());
    let output = shell.output().unwrap();
    Ended {
        code: output.status.code().unwrap_or(-1),
        data: String::from_utf8(output.stdout).unwrap(),
        messages: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn on_a_full_disk_every_file_stays_what_it_was() {
    let (folder, emulator) = (
        Folder::new("files-full"),
        Emulator::builder().start_blocking().unwrap(),
    );
    folder.write("segments.toml", TWO);
    folder.run_at(&emulator, "apply --yes").with(0);
    folder.write("old", "old");
    folder.write("contexts.ndjson", "{\"kind\":\"user\",\"key\":\"u\"}\n");
    folder.write("history", "{\"at\":1,\"contexts\":1,\"members\":{}}\n");
    let before = names(&folder);
    let service = format!(
        "LAUNCHDARKLY_BASE_URI={} LAUNCHDARKLY_ACCESS_TOKEN={}",
        emulator.base_uri(),
        emulator.access_token()
    );
    for words in [
        "SEGMENTS doc --out old",
        "SEGMENTS new first.toml",
        "SEGMENTS count contexts.ndjson --history history",
        &format!("{service} SEGMENTS plan --out old"),
        &format!("{service} SEGMENTS import imported.toml"),
    ] {
        // Once as a signal, which ends a process that does not expect it, and once as an error.
        for ignored in ["", "trap '' XFSZ; "] {
            let ended = in_shell(&folder, &format!("{ignored}ulimit -f 0; {words}"));
            assert_eq!(ended.code, 3, "{words}: {ended:?}");
            assert!(ended.messages.contains("cannot write"), "{ended:?}");
            assert_eq!(names(&folder), before, "{words}");
        }
    }
    let text = |name: &str| std::fs::read_to_string(folder.path(name)).unwrap();
    assert_eq!(text("old"), "old");
    assert_eq!(text("history").lines().count(), 1);
    // And nothing is in the way of the next.
    folder.run_at(&emulator, "import imported.toml").with(0);
}

#[test]
fn a_process_that_is_killed_leaves_the_old_file_or_the_new_one() {
    let folder = Folder::new("files-kill");
    let many: String = (0..300)
        .map(|n| format!("[segments.s{n}]\ndescription = \"S\"\nnobody = true\n"))
        .collect();
    folder.write("segments.toml", &many);
    folder.write("page.html", "old");
    folder.run("doc --out whole.html").with(0);
    let whole = std::fs::read_to_string(folder.path("whole.html")).unwrap();
    for pause in 0..12 {
        let mut child = folder
            .command("doc --out page.html --quiet")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(pause * 15));
        child.kill().unwrap();
        child.wait().unwrap();
        let text = std::fs::read_to_string(folder.path("page.html")).unwrap();
        assert!(text == "old" || text == whole, "{} bytes", text.len());
    }
    // What was left does not keep the next from it.
    folder.run("doc --out page.html").with(0);
}

#[test]
fn what_cannot_be_written_leaves_nothing_behind() {
    let folder = Folder::new("files-nowhere");
    folder.write("segments.toml", TWO);
    for out in ["missing/page.html", "/proc/page.html"] {
        let ended = folder.run(&format!("doc --out {out}")).with(3);
        assert!(ended.messages.contains("cannot write"), "{ended:?}");
    }
    folder.write("page.html", "old");
    let mode = PermissionsExt::from_mode(0o604);
    std::fs::set_permissions(folder.path("page.html"), mode).unwrap();
    symlink("page.html", folder.path("link.html")).unwrap();
    folder.run("doc --out link.html").with(0);
    let metadata = std::fs::symlink_metadata(folder.path("page.html")).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o604);
    assert!(folder.path("link.html").is_symlink());
    let text = std::fs::read_to_string(folder.path("page.html")).unwrap();
    assert!(text.contains("People who work here"));
    assert_eq!(names(&folder), ["link.html", "page.html", "segments.toml"]);
}

#[test]
fn of_two_at_once_one_is_written() {
    let folder = Folder::new("files-two");
    let children: Vec<_> = (0..4)
        .map(|_| {
            let mut command = folder.command("new");
            command.stderr(Stdio::null()).spawn().unwrap()
        })
        .collect();
    let codes = children
        .into_iter()
        .map(|mut it| it.wait().unwrap().code().unwrap());
    let mut codes: Vec<i32> = codes.collect();
    codes.sort_unstable();
    assert_eq!(codes, [0, 5, 5, 5]);
    assert_eq!(names(&folder), ["segments.toml"]);
    folder.run("check --deny warnings").with(0);
}

#[test]
fn a_history_that_was_cut_off_goes_on() {
    let folder = Folder::new("files-history");
    folder.write("segments.toml", TWO);
    folder.write(
        "contexts.ndjson",
        "{\"kind\":\"user\",\"key\":\"user-123\"}\n",
    );
    let count = "count contexts.ndjson --history history";
    folder.run(count).with(0);
    let text = std::fs::read_to_string(folder.path("history")).unwrap();
    folder.write("history", &format!("{text}{}", &text[..30]));
    let ended = folder.run(count).with(0);
    assert!(ended.messages.contains("truncated in line 2"), "{ended:?}");
    assert!(ended.data.contains("counted 2 times"), "{ended:?}");
    // The cut line is in the middle now, and still no matter.
    let ended = folder.run(count).with(0);
    assert!(ended.data.contains("counted 3 times"), "{ended:?}");
    folder.write("history", "{\"no\": \"point\"}\n");
    folder.run(count).with(3);
}

#[test]
fn output_that_cannot_be_written_is_an_error_unless_nobody_listens() {
    if !Path::new("/dev/full").exists() {
        eprintln!("not run: this system has no /dev/full");
        return;
    }
    let folder = Folder::new("files-dev-full");
    folder.write("segments.toml", TWO);
    folder.write("contexts.ndjson", "{\"kind\":\"user\",\"key\":\"u\"}\n");
    for words in [
        "--version",
        "--help",
        "schema",
        "man",
        "completions bash",
        "check --format json",
        "doc --out -",
        "eval --context user:u",
        "count contexts.ndjson",
    ] {
        let ended = in_shell(&folder, &format!("SEGMENTS {words} > /dev/full"));
        assert_eq!(ended.code, 3, "{words}: {ended:?}");
        assert!(
            ended.messages.contains("cannot write"),
            "{words}: {ended:?}"
        );
    }
    let ended = in_shell(&folder, "SEGMENTS check 2> /dev/full");
    assert_eq!(ended.code, 3, "{ended:?}");
    let ended = in_shell(&folder, "SEGMENTS doc --out /dev/full");
    assert_eq!(ended.code, 3, "{ended:?}");
    for closed in ["SEGMENTS schema | true", "SEGMENTS --help | true"] {
        assert_eq!(in_shell(&folder, closed).code, 0);
    }
}

/// Attributes in one file, segments that ask each other in two more.
fn files_of_one_set(folder: &Folder) {
    std::fs::create_dir_all(folder.path("audiences")).unwrap();
    folder.write(
        "audiences/contexts.toml",
        "[contexts.user.attributes]\nemail = \"string\"\n\n[segments.nobody]\ndescription = \"Nobody.\"\nnobody = true\n",
    );
    folder.write(
        "audiences/staff.toml",
        "[segments.staff]\ndescription = \"Staff.\"\nrules = [{ clauses = [{ attribute = \"email\", op = \"endsWith\", values = [\"@company.com\"] }] }]\n",
    );
    folder.write(
        "audiences/testers.toml",
        "[segments.testers]\ndescription = \"Testers.\"\nrules = [{ clauses = [{ op = \"segmentMatch\", values = [\"staff\"] }, { attribute = \"email\", op = \"contains\", values = [\"test\"] }] }]\n",
    );
}

#[test]
fn files_that_a_pattern_fits_are_one_set() {
    let folder = Folder::new("one-set");
    files_of_one_set(&folder);
    let alone = folder.run("check audiences/testers.toml").with(1);
    assert!(
        alone.messages.contains("there is no segment `staff`"),
        "{alone:?}"
    );
    folder.run("check audiences/*.toml").with(0);
    let missing = folder.run("check nowhere/*.toml").with(3);
    assert!(
        missing
            .messages
            .contains("no file matches `nowhere/*.toml`"),
        "{missing:?}"
    );

    let emulator = segments_emulator::Emulator::builder()
        .start_blocking()
        .unwrap();
    folder
        .run_at(&emulator, "apply --yes -f audiences/*.toml")
        .with(0);
    assert_eq!(emulator.segments("default", "production").len(), 3);

    // The manifest takes patterns as well.
    folder.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\n[package.metadata.segments]\nfiles = [\"audiences/*.toml\"]\n",
    );
    folder.run_at(&emulator, "verify").with(0);

    // What one file says of an attribute holds in the others.
    folder.write(
        "audiences/zebras.toml",
        "[contexts.user.attributes]\nemail = \"number\"\n\n[segments.zebras]\ndescription = \"Zebras.\"\nnobody = true\n",
    );
    let told = folder.run("check").with(1).messages;
    assert!(
        told.contains(
            "`email` of `user` is declared differently in `audiences/contexts.toml`, as a string"
        ),
        "{told}"
    );
}

#[test]
fn definitions_come_over_standard_input() {
    let folder = Folder::new("standard-input");
    let text = crate::support::TWO;
    folder.run_with_input("check -", text).with(0);
    let wrong = folder
        .run_with_input(
            "check -",
            &text.replace("email", "mail").replace("mail = ", "email = "),
        )
        .with(1);
    assert!(wrong.messages.contains("--> -:"), "{wrong:?}");
}
