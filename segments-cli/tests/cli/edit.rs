//! `include`, `exclude` and `remove`.

use segments_emulator::{Emulator, Fault};
use serde_json::Value as Json;

use crate::look::WORLD;
use crate::support::Folder;

fn filled() -> Emulator {
    let emulator = Emulator::builder().start_blocking().unwrap();
    emulator.fill(WORLD).unwrap();
    emulator
}

fn included(emulator: &Emulator) -> Vec<String> {
    emulator
        .segment("default", "production", "testers")
        .unwrap()
        .included
}

#[test]
fn contexts_come_onto_lists_and_off_again() {
    let (folder, emulator) = (Folder::new("edit"), filled());
    let run = |words: &str| folder.run_at(&emulator, words);
    let done =
        run("include testers --user u-1 --user u-2 --context device:d-1 --until 2099-01-31 --yes")
            .with(0);
    assert_eq!(
        done.messages,
        "~ testers in default/production\n    \
         include 1 context of kind device, until 2099-01-31T00:00:00Z\n    \
         include 2 contexts of kind user, until 2099-01-31T00:00:00Z\n\
         default/production: changed the lists of `testers`\n"
    );
    assert_eq!(included(&emulator), ["u-1", "u-2"]);
    // Once is the same as twice.
    let requests = emulator.requests().len();
    let again = run("include testers --user u-1 --until 2099-01-31 --yes").with(0);
    assert_eq!(
        again.messages,
        "default/production: the lists of `testers` are already like this\n"
    );
    assert!(
        emulator.requests()[requests..]
            .iter()
            .all(|it| !it.is_write())
    );
    let later = run("include testers --user u-1 --until 2099-02-01T12:00:00Z --yes").with(0);
    assert!(
        later
            .messages
            .contains("set the expiry of 1 context of kind user to 2099-02-01T12:00:00Z"),
        "{later:?}"
    );
    // LaunchDarkly takes them off by itself.
    run("include testers --user u-3 --until 2099-03-01 --yes").with(0);
    emulator.advance(std::time::Duration::from_hours(24 * 365 * 80));
    run("show testers").with(0);
    assert!(included(&emulator).is_empty());
    run("include testers --user u-1 --user u-2 --yes").with(0);
    // Who is included is in, so that whoever is excluded is included no more.
    let excluded = run("exclude testers --user u-1 --yes").with(0);
    assert!(
        excluded
            .messages
            .contains("exclude 1 context of kind user, no longer include 1 context of kind user"),
        "{excluded:?}"
    );
    assert_eq!(included(&emulator), ["u-2"]);
    folder.write("keys.txt", "u-1\n\nu-2\n");
    run("remove testers --users-from keys.txt --yes").with(0);
    let segment = emulator
        .segment("default", "production", "testers")
        .unwrap();
    assert!(segment.included.is_empty() && segment.excluded.is_empty());
    // The list of a big segment, in the service's own words.
    run("include paying --user u-1 --yes").with(0);
    let shown = run("show paying").with(0);
    assert!(
        shown.data.contains("included  1 context of kind user"),
        "{shown:?}"
    );
    let again = run("include paying --user u-1 --yes").with(0);
    assert!(
        again.messages.contains("are already like this"),
        "{again:?}"
    );
    run("exclude paying --user u-1 --yes").with(0);
}

#[test]
fn what_is_shown_is_asked_about() {
    let (folder, emulator) = (Folder::new("edit-ask"), filled());
    let asked = folder
        .run_at(&emulator, "include testers --user u-1")
        .with(5);
    assert!(
        asked
            .messages
            .starts_with("~ testers in default/production\n    include 1 context of kind user\n"),
        "{asked:?}"
    );
    assert!(
        asked.messages.contains("cannot ask for confirmation"),
        "{asked:?}"
    );
    assert!(included(&emulator).is_empty());
}

#[test]
fn a_list_that_is_declared_is_refused() {
    let (folder, emulator) = (Folder::new("edit-declared"), filled());
    let file = |list: &str| {
        let text = format!(
            "owner = \"growth\"\nexternal_segments = [\"staff\"]\n[segments.testers]\nname = \"Testers\"\n{list}\n\
             [[segments.testers.rules]]\npercent = 10\nbucket_context = \"user\"\nclauses = [{{ op = \"segmentMatch\", values = [\"staff\"] }}]\n"
        );
        folder.write("segments.toml", &text);
    };
    let refused = |words: &str| {
        let ended = folder.run_at(&emulator, words).with(5);
        assert!(
            ended.messages.contains("the included list of `testers` is declared, so the next sync would undo this; change the declaration; nothing was changed"),
            "{ended:?}"
        );
    };
    file("included = { user = [\"u-9\"] }");
    folder.run_at(&emulator, "apply --yes").with(0);
    refused("include testers --user u-1 --yes");
    refused("remove testers --user u-9 --yes");
    // The other list is nobody's.
    folder
        .run_at(&emulator, "exclude testers --user u-1 --yes")
        .with(0);
    // Where there is no file, the tags of the segment tell.
    std::fs::remove_file(folder.path("segments.toml")).unwrap();
    refused("include testers --user u-2 --yes");
    // Others than those that are declared are free.
    file("included_at_least = { user = [\"u-9\"] }");
    folder.run_at(&emulator, "apply --yes").with(0);
    folder
        .run_at(&emulator, "include testers --user u-2 --yes")
        .with(0);
    folder
        .run_at(&emulator, "remove testers --user u-2 --yes")
        .with(0);
    refused("remove testers --user u-9 --yes");
    assert_eq!(included(&emulator), ["u-9"]);
}

#[test]
fn what_cannot_be_is_one_clear_error_and_changes_nothing() {
    let (folder, emulator) = (Folder::of_members("edit-bad"), filled());
    let before = emulator.segment("default", "production", "testers");
    folder.write(
        "many.txt",
        &(0..100_000)
            .map(|n| format!("canary-5d8e-{n}\n"))
            .collect::<String>(),
    );
    for (words, code, says) in [
        (
            "include testers --user u-1 --until 2020-01-01 --yes",
            5,
            "the expiry 2020-01-01T00:00:00Z has passed; name a later one",
        ),
        (
            "include testers --user u-1 --until 1960-01-01 --yes",
            2,
            "`1960-01-01` is before 1970; write the day",
        ),
        (
            "include testers --user= --yes",
            5,
            "a key is empty; name each context by its key; nothing was changed",
        ),
        (
            "include testers --user u-1 --until tomorrow --yes",
            2,
            "write a date such as `2027-01-31`",
        ),
        (
            "include testers --yes",
            2,
            "no context is named; name one with `--user KEY`",
        ),
        (
            "include testers --context d-1 --yes",
            2,
            "write a kind and a key, such as `device:d-1`",
        ),
        (
            "include tester --user u-1 --yes",
            3,
            "there is no segment `tester` in default/production; did you mean `testers`?",
        ),
        ("include te:st --user u-1 --yes", 2, "segment key"),
        (
            "include testers --users-from many.txt --yes",
            5,
            "`testers` would list 100000 contexts, but at most 15000 are allowed; use a big segment",
        ),
        (
            "include paying --context device:d-1 --yes",
            5,
            "of kind `user`; name contexts of that kind",
        ),
        (
            "include paying --user u-1 --until 2099-01-01 --yes",
            5,
            "contexts do not expire",
        ),
        (
            "include testers --user u-1 --context spaceship:s-1 --yes",
            5,
            "the project `default` has no context kind `spaceship`",
        ),
        (
            "include testers --user u-1 --yes -e production,test",
            2,
            "one environment",
        ),
    ] {
        let ended = folder.run_at(&emulator, words).with(code);
        assert!(ended.messages.contains(says), "{words}: {ended:?}");
        assert!(!ended.messages.contains("5d8e"), "{words}");
    }
    assert!(emulator.requests().iter().all(|it| !it.is_write()));
    assert_eq!(emulator.segment("default", "production", "testers"), before);
    // Contexts that cannot be given their expiry are not listed for good.
    let fault = Fault::status(403).on("PATCH", "expiring-targets").always();
    emulator.inject_fault(fault);
    let ended = folder
        .run_at(
            &emulator,
            "include testers --user u-1 --until 2099-01-01 --yes",
        )
        .with(5);
    assert!(
        ended
            .messages
            .contains("could not be given their expiry, so they were not listed"),
        "{ended:?}"
    );
    assert!(included(&emulator).is_empty());
}

#[test]
fn contexts_of_a_kind_that_nobody_declares_are_refused() {
    let (folder, emulator) = (Folder::new("edit-kind"), filled());
    folder.write(
        "segments.toml",
        "owner = \"shop\"\n[contexts.device.attributes]\nos = \"string\"\n\n[segments.phones]\ndescription = \"Few\"\n\
         rules = [{ clauses = [{ context = \"device\", attribute = \"os\", op = \"in\", values = [\"ios\"] }] }]\n",
    );
    let run = |words: &str| folder.run_at(&emulator, words);
    let refused = run("include testers --context devize:d-1 --yes").with(2);
    assert_eq!(
        refused.messages,
        "error: no file declares contexts of kind `devize`; did you mean `device`?; nothing was changed\n"
    );
    assert!(emulator.requests().iter().all(|it| !it.is_write()));
    run("include testers --context device:d-1 --user u-1 --yes").with(0);
}

#[test]
fn many_contexts_go_in_chunks() {
    let (folder, emulator) = (Folder::new("edit-many"), filled());
    folder.write(
        "keys.txt",
        &(0..3001).map(|n| format!("u-{n}\n")).collect::<String>(),
    );
    folder
        .run_at(&emulator, "include testers --users-from keys.txt --yes")
        .with(0);
    let writes = emulator
        .requests()
        .into_iter()
        .filter(segments_emulator::RecordedRequest::is_write);
    let sizes: Vec<usize> = writes
        .map(|it| {
            let body: Json = it.body.unwrap();
            body["instructions"][0]["values"].as_array().unwrap().len()
        })
        .collect();
    assert_eq!(sizes, [1500, 1500, 1]);
    assert_eq!(included(&emulator).len(), 3001);
}

#[test]
fn what_was_changed_is_taken_back() {
    let (folder, emulator) = (Folder::of_members("edit-undo"), filled());
    let run = |words: &str| folder.run_at(&emulator, words);
    let keys = |list: fn(segments_model::wire::Segment) -> Vec<String>| {
        list(
            emulator
                .segment("default", "production", "testers")
                .unwrap(),
        )
    };
    run("exclude testers --user canary-5d8e-1 --yes").with(0);
    let done = run("include testers --user canary-5d8e-1 --user u-2 --context device:d-1 --save-undo undo.json --yes").with(0);
    assert!(
        done.messages.ends_with(
            "default/production: changed the lists of `testers`\n`cargo segments undo undo.json` takes it back\n"
        ),
        "{done:?}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = std::fs::metadata(folder.path("undo.json")).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    }
    // Nobody was there to say yes.
    let asked = run("undo undo.json").with(5);
    assert_eq!(
        asked.messages,
        "~ testers in default/production\n    \
         no longer include 1 context of kind device\n    \
         exclude 1 context of kind user, no longer include 2 contexts of kind user\n\
         error: cannot ask for confirmation: stdin or stderr is not a terminal; nothing was applied. Pass `--yes` to skip the prompt\n"
    );
    // What is taken back is where it was made, and nowhere else.
    let elsewhere = run("undo undo.json --environment test --yes").with(5);
    let says = "the change was made in default/production, and the undo is applied to default/test";
    assert!(elsewhere.messages.contains(says), "{elsewhere:?}");
    assert_eq!(keys(|it| it.included).len(), 2);
    run("undo undo.json --yes").with(0);
    assert_eq!(keys(|it| it.excluded), ["canary-5d8e-1"]);
    assert!(keys(|it| it.included).is_empty());
    let again = run("undo undo.json --yes").with(0);
    assert!(
        again.messages.contains("are already like this"),
        "{again:?}"
    );
    // What somebody changed since is theirs.
    run("include testers --user u-3 --user u-4 --until 2099-01-31 --save-undo later.json --yes")
        .with(0);
    run("exclude testers --user u-3 --yes").with(0);
    let refused = run("undo later.json --yes").with(5);
    let says = "1 of the contexts were changed since on the lists of `testers`; check the lists, and make a new change; nothing was changed";
    assert!(refused.messages.contains(says), "{refused:?}");
    assert_eq!(keys(|it| it.included), ["u-4"]);
    // Nothing is kept of nothing, and what is already kept is not written over.
    run("include testers --user u-4 --until 2099-01-31 --save-undo none.json --yes").with(0);
    assert!(!folder.path("none.json").exists());
    run("include testers --user u-5 --save-undo undo.json --yes").with(5);
    assert_eq!(keys(|it| it.included), ["u-4"]);
    // A big segment.
    run("include paying --user u-1 --save-undo big.json --yes").with(0);
    run("undo big.json --yes").with(0);
    assert!(!run("show paying").with(0).data.contains("included"));
}

#[test]
fn what_is_half_done_can_be_taken_back() {
    let (folder, emulator) = (Folder::of_members("edit-half"), filled());
    // Contexts of the first kind are on the list when those of the second are refused.
    let fault = Fault::status(403)
        .on("PATCH", "segments/default/production/testers")
        .after(1);
    emulator.inject_fault(fault);
    let words = "include testers --user u-1 --context device:d-1 --save-undo undo.json --yes";
    let failed = folder.run_at(&emulator, words).with(4);
    let says = "contexts of kind device were changed before";
    assert!(failed.messages.contains(says), "{failed:?}");
    folder.run_at(&emulator, "undo undo.json --yes").with(0);
    let segment = emulator
        .segment("default", "production", "testers")
        .unwrap();
    assert!(
        segment.included.is_empty()
            && segment
                .included_contexts
                .iter()
                .all(|it| it.values.is_empty())
    );
}

#[test]
fn what_is_too_much_or_cannot_be_kept_is_not_begun() {
    let (folder, emulator) = (Folder::of_members("edit-cap"), filled());
    let keys = (0..100_000).map(|n| format!("canary-5d8e-{n}\n"));
    folder.write("many.txt", &keys.collect::<String>());
    for (words, code, says) in [
        (
            "include testers --users-from many.txt --at-most 100 --yes",
            5,
            "100000 contexts are named, and `--at-most` allows 100; name fewer, or allow more; nothing was changed",
        ),
        (
            "include testers --user u-1 --context device:d-1 --at-most 1 --yes",
            5,
            "2 contexts are named, and `--at-most` allows 1",
        ),
        (
            "include testers --user u-1 --save-undo many.txt --yes",
            5,
            "`many.txt` exists already",
        ),
        (
            "include testers --user u-1 --save-undo missing/undo.json --yes",
            3,
            "cannot write `missing/undo.json`",
        ),
        (
            "include paying --users-from many.txt --save-undo undo.json --yes",
            5,
            "so many contexts of a big segment cannot be taken back",
        ),
        (
            "undo many.txt --yes",
            3,
            "`many.txt` is not what `--save-undo` wrote: line 1 cannot be read",
        ),
        ("undo missing.json --yes", 3, "cannot read `missing.json`"),
    ] {
        let ended = folder.run_at(&emulator, words).with(code);
        assert!(ended.messages.contains(says), "{words}: {ended:?}");
        assert!(!ended.messages.contains("5d8e"), "{words}");
    }
    assert!(emulator.requests().iter().all(|it| !it.is_write()));
    assert!(!folder.path("undo.json").exists());
}
