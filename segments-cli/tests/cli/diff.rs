//! `diff`: whom an edit lets in and leaves out.

use std::process::Command;

use segments_emulator::Emulator;

use crate::support::Folder;

const HEAD: &str = r#"
allow = ["style-description"]

[contexts.user.attributes]
plan = "string"
beta = "bool"

[segments.paying]
rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["pro"] }] }]
"#;

const BETA: &str = r#"
[segments.beta]
rules = [{ clauses = [
  { attribute = "beta", op = "in", values = [true] },
  { op = "segmentMatch", values = ["paying"] },
] }]
"#;

fn folder(name: &str, edited: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("old.toml", &format!("{HEAD}{BETA}"));
    folder.write("segments.toml", edited);
    folder
}

#[test]
fn who_joins_is_told_with_a_context_also_through_other_segments() {
    let wider = format!("{HEAD}{BETA}").replace(r#"["pro"]"#, r#"["pro", "team"]"#);
    let folder = folder("diff-wider", &wider);
    let ended = folder.run("diff old.toml segments.toml").with(0);
    assert_eq!(
        ended.data,
        r#"segment `beta`: wider
  also lets in, for example, `{"kind":"user","key":"u","beta":true,"plan":"team"}`
segment `paying`: wider
  also lets in, for example, `{"kind":"user","key":"u","plan":"team"}`
"#
    );
    assert_eq!(ended.messages, "2 segments changed\n");
    let denied = folder
        .run("diff old.toml segments.toml --deny wider")
        .with(1);
    assert!(
        denied
            .messages
            .ends_with("error: 2 changes that `--deny` names\n"),
        "{}",
        denied.messages
    );
    folder
        .run("diff old.toml segments.toml --deny narrower")
        .with(0);
    folder
        .run("diff segments.toml old.toml --deny narrower")
        .with(1);
}

#[test]
fn what_changes_nothing_but_form_says_so() {
    let other_form = format!("{HEAD}{BETA}").replace(
        r#"op = "in", values = ["pro"]"#,
        r#"op = "matches", values = ["^p[r]o$"]"#,
    );
    let folder = folder(
        "diff-form",
        &format!(
            "allow = ['pattern-line-breaks', 'style-description']{}",
            other_form.replace("allow = [\"style-description\"]", "")
        ),
    );
    let ended = folder.run("diff old.toml segments.toml --deny any").with(0);
    assert_eq!(
        ended.data,
        "segment `beta`: same audience\n  only its form changes\nsegment `paying`: same audience\n  only its form changes\n"
    );
    let same = folder.run("diff segments.toml segments.toml").with(0);
    assert_eq!(
        (&same.data[..], &same.messages[..]),
        ("", "no segment changes\n")
    );
}

#[test]
fn new_and_deleted_segments_are_told() {
    let folder = folder(
        "diff-new",
        &format!(
            "{HEAD}\n[segments.trial]\nrules = [{{ clauses = [{{ attribute = \"plan\", op = \"in\", values = [\"trial\"] }}] }}]\n"
        ),
    );
    let ended = folder.run("diff old.toml segments.toml").with(0);
    assert_eq!(
        ended.data,
        r#"segment `beta`: narrower
  no longer lets in, for example, `{"kind":"user","key":"u","beta":true,"plan":"pro"}`
segment `trial`: wider
  also lets in, for example, `{"kind":"user","key":"u","plan":"trial"}`
"#
    );
}

/// Runs git in the folder; false where there is none.
fn git(folder: &Folder, words: &[&str]) -> bool {
    let mut git = Command::new("git");
    git.current_dir(folder.path(".")).args(words);
    git.envs([
        ("GIT_AUTHOR_NAME", "a"),
        ("GIT_AUTHOR_EMAIL", "a@example.com"),
    ]);
    git.envs([
        ("GIT_COMMITTER_NAME", "a"),
        ("GIT_COMMITTER_EMAIL", "a@example.com"),
    ]);
    git.output().is_ok_and(|output| output.status.success())
}

/// Commits what is there; false where there is no git.
fn committed(folder: &Folder) -> bool {
    if !git(folder, &["init", "--quiet"]) {
        eprintln!("not run: there is no git");
        return false;
    }
    assert!(git(folder, &["add", "."]) && git(folder, &["commit", "--quiet", "-m", "first"]));
    true
}

#[test]
fn revisions_of_git_are_read() {
    let folder = folder("diff-git", &format!("{HEAD}{BETA}"));
    if !committed(&folder) {
        return;
    }
    folder.write(
        "segments.toml",
        &format!("{HEAD}{BETA}").replace(r#"["pro"]"#, r#"["team"]"#),
    );
    for old in ["HEAD", "HEAD:segments.toml", "HEAD:old.toml segments.toml"] {
        let ended = folder.run(&format!("diff {old}")).with(0);
        assert!(
            ended
                .data
                .contains("segment `paying`: wider and narrower\n"),
            "{}",
            ended.data
        );
    }
    let ended = folder.run("diff nowhere").with(3);
    assert!(
        ended
            .messages
            .starts_with("error: `nowhere` is neither a file nor in git: "),
        "{}",
        ended.messages
    );
}

/// All files of a manifest, and segments of one that ask for those of another.
#[test]
fn a_revision_is_compared_with_all_files_of_the_manifest() {
    let folder = Folder::new("diff-files");
    folder.write(
        "Cargo.toml",
        "[package]\nname = 'a'\n[package.metadata.segments]\nfiles = ['one.toml', 'two.toml', 'new.toml']\n",
    );
    folder.write("one.toml", HEAD);
    let two = BETA.replace(
        "[segments",
        "allow = ['style-description']\n[contexts.user.attributes]\nbeta = 'bool'\n[segments",
    );
    folder.write("two.toml", &two);
    if !committed(&folder) {
        return;
    }
    folder.write("new.toml", &HEAD.replace("paying", "fresh"));
    folder.write(
        "one.toml",
        &HEAD.replace(r#"["pro"]"#, r#"["pro", "team"]"#),
    );
    let ended = folder.run("diff HEAD").with(0);
    assert_eq!(
        ended.data,
        r#"segment `beta`: wider
  also lets in, for example, `{"kind":"user","key":"u","beta":true,"plan":"team"}`
segment `fresh`: wider
  also lets in, for example, `{"kind":"user","key":"u","plan":"pro"}`
segment `paying`: wider
  also lets in, for example, `{"kind":"user","key":"u","plan":"team"}`
"#
    );
}

/// `paying` takes one more plan in `test`, where `beta` is not; lists have other members.
const TWO_ENVIRONMENTS: &str = r#"{"projects": {"default": {"environments": {
    "production": {"segments": [
        {"key": "paying", "name": "Paying", "included": ["canary-5d8e-1"], "rules": [{"clauses": [
            {"contextKind": "user", "attribute": "plan", "op": "in", "values": ["pro"]}]}]},
        {"key": "same", "name": "Same", "rules": [{"clauses": [
            {"contextKind": "user", "attribute": "plan", "op": "in", "values": ["a", "b"]}]}]},
        {"key": "listed", "name": "Listed", "included": ["canary-5d8e-2", "canary-5d8e-3"]},
        {"key": "beta", "name": "Beta", "rules": [{"clauses": [
            {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["paying"]}]}]}]},
    "test": {"segments": [
        {"key": "paying", "name": "Paying", "included": ["canary-5d8e-1"], "rules": [{"clauses": [
            {"contextKind": "user", "attribute": "plan", "op": "in", "values": ["pro", "team"]}]}]},
        {"key": "same", "name": "Same", "rules": [
            {"clauses": [{"contextKind": "user", "attribute": "plan", "op": "in", "values": ["b"]}]},
            {"clauses": [{"contextKind": "user", "attribute": "plan", "op": "in", "values": ["a"]}]}]},
        {"key": "listed", "name": "Listed", "included": ["canary-5d8e-2"]}]}}}}}"#;

#[test]
fn two_environments_are_compared_in_words_and_no_member_is_named() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    emulator.fill(TWO_ENVIRONMENTS).unwrap();
    let folder = Folder::of_members("diff-environments");
    let ended = folder
        .run_at(&emulator, "diff production environment/test")
        .with(0);
    assert_eq!(
        ended.data,
        "segment `beta`: only in `production`\n  \
           only `production` lets in, for example, a context of kind user that is listed by its key\n\
         segment `listed`: narrower in `test`\n  \
           only `production` lets in, for example, a context of kind user that is listed by its key\n  \
           included of kind user: 2 in `production`, 1 in `test`\n\
         segment `paying`: wider in `test`\n  \
           only `test` lets in, for example, `{\"kind\":\"user\",\"key\":\"a\",\"plan\":\"team\"}`\n"
    );
    assert_eq!(
        ended.messages,
        "3 differences between `production` and `test`\n"
    );
    let denied = folder
        .run_at(&emulator, "diff production test --deny wider")
        .with(1);
    assert!(!format!("{denied:?}{ended:?}").contains("5d8e"));
    let none = folder
        .run_at(&emulator, "diff environment/test environment/test")
        .with(0);
    assert_eq!(
        none.messages,
        "the segments of `test` and `test` are the same\n"
    );
    let one = folder
        .run_at(&emulator, "diff environment/test segments.toml")
        .with(2);
    assert!(
        one.messages
            .contains("cannot compare an environment with a file"),
        "{one:?}"
    );
}
