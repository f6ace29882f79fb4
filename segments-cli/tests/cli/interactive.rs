//! What people see and are asked: in a real terminal.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
#[cfg(unix)]
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::Command;
#[cfg(unix)]
use std::process::{Child, Stdio};
use std::time::Duration;

use segments_emulator::{Emulator, Fault};

use crate::support::{Folder, TWO};
use crate::terminal::Terminal;

const QUESTION: &str = "Type `yes` to apply:";

fn emulator() -> Emulator {
    Emulator::builder().start_blocking().unwrap()
}

fn count(emulator: &Emulator) -> usize {
    emulator.segments("default", "production").len()
}

fn writes(emulator: &Emulator) -> usize {
    let requests = emulator.requests();
    requests.iter().filter(|request| request.is_write()).count()
}

/// So many segments that making them takes a while, with an emulator that takes its time for each.
fn many(count: usize, emulator: &Emulator) -> String {
    let slow = Fault::slow(Duration::from_millis(500)).on("POST", "/segments/");
    emulator.inject_fault(slow.always());
    let mut file = String::from("[contexts.user.attributes]\nemail = \"string\"\n");
    for n in 0..count {
        let clause =
            format!("{{ attribute = \"email\", op = \"endsWith\", values = [\"@{n}.com\"] }}");
        write!(
            file,
            "\n[segments.s-{n}]\ndescription = \"Number {n}\"\nrules = [{{ clauses = [{clause}] }}]\n"
        )
        .unwrap();
    }
    file
}

#[test]
fn an_apply_asks_shows_how_far_it_is_and_what_was_done() {
    if !Terminal::can_be_opened("an apply in a terminal") {
        return;
    }
    let (folder, emulator) = (Folder::new("terminal-yes"), emulator());
    folder.write("segments.toml", &many(100, &emulator));
    let terminal = Terminal::run_at(&folder, &emulator, "apply");
    terminal.wait_for(QUESTION);
    assert_eq!(writes(&emulator), 0);
    terminal.enter("yes");
    terminal.wait_for("applying ");
    terminal.wait_for("/100");
    emulator.clear_faults();
    assert_eq!(terminal.exit_code(), 0);
    let screen = terminal.screen();
    assert!(
        screen.contains("default/production: 100 created"),
        "{screen}"
    );
    // The bar is gone, and so is what it covered.
    assert!(!screen.contains("applying"), "{screen}");
    assert_eq!(count(&emulator), 100);
}

#[test]
fn whatever_is_not_a_yes_is_a_no() {
    if !Terminal::can_be_opened("declining an apply") {
        return;
    }
    let (folder, emulator) = (Folder::new("terminal-no"), emulator());
    folder.write("segments.toml", TWO);
    for answer in ["no", "y", ""] {
        let terminal = Terminal::run_at(&folder, &emulator, "apply");
        terminal.wait_for(QUESTION);
        terminal.enter(answer);
        assert_eq!(terminal.exit_code(), 5, "{answer}");
        let screen = terminal.screen();
        assert!(
            screen.contains("error: declined; nothing was applied"),
            "{screen}"
        );
    }
    // Nobody is asked about a plan that was not shown.
    let terminal = Terminal::run_at(&folder, &emulator, "apply --quiet");
    terminal.wait_for(QUESTION);
    assert!(terminal.screen().contains("2 to create"));
    terminal.ctrl_c();
    assert_eq!(terminal.exit_code(), 130);
    let screen = terminal.screen();
    assert!(
        screen.contains("error: interrupted; nothing was changed"),
        "{screen}"
    );
    assert_eq!(writes(&emulator), 0);
}

#[test]
fn ctrl_c_lets_what_is_under_way_finish_and_says_what_was_done() {
    if !Terminal::can_be_opened("Ctrl-C during an apply") {
        return;
    }
    let (folder, emulator) = (Folder::new("terminal-interrupted"), emulator());
    folder.write("segments.toml", &many(100, &emulator));
    let terminal = Terminal::run_at(&folder, &emulator, "apply --yes -e production -e test");
    terminal.wait_for("applying ");
    terminal.ctrl_c();
    assert_eq!(terminal.exit_code(), 130);
    let screen = terminal.screen();
    let there = emulator.segments("default", "production");
    let left = 100 - there.len();
    assert!(left > 0, "{screen}");
    for text in [
        "stopping after the current step; press Ctrl-C again to stop at once",
        &format!(
            "default/production: {} created, {left} to create",
            there.len()
        ),
        "error: interrupted; default/test was not begun; `cargo segments plan` shows what is left",
    ] {
        assert!(screen.contains(text), "{text}: {screen}");
    }
    for segment in &there {
        assert!(
            screen.contains(&format!("created {}\n", segment.key)),
            "{screen}"
        );
        assert_eq!(segment.rules.len(), 1, "{} is half made", segment.key);
    }

    emulator.clear_faults();
    let ended = folder.run_at(&emulator, "apply --yes").with(0);
    let all = format!(
        "default/production: {left} created, {} unchanged (project: default, environment: default)\n",
        there.len()
    );
    let turned = format!(
        "default/production: {} unchanged, {left} created (project: default, environment: default)\n",
        there.len()
    );
    assert!(
        ended.messages.ends_with(&all) || ended.messages.ends_with(&turned),
        "{ended:?}"
    );
}

/// An apply that has begun to write.
#[cfg(unix)]
fn begun(command: &mut Command, emulator: &Emulator) -> Child {
    command
        .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
        .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    while writes(emulator) == 0 {
        std::thread::sleep(Duration::from_millis(5));
        assert!(child.try_wait().unwrap().is_none());
    }
    child
}

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// Returns whether the tests were started as `nohup` starts a program: what they start goes on without a terminal, too.
#[cfg(unix)]
fn hangups_are_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let ignored = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & 1 == 1)
}

/// A terminal that goes away says so twice: the system does, and the shell.
#[cfg(unix)]
#[test]
fn every_signal_that_ends_a_process_lets_what_is_under_way_finish() {
    let signals = [("-INT", "-HUP"), ("-TERM", "-HUP"), ("-HUP", "-HUP")];
    let heard = |first: &str| first != "-HUP" || !hangups_are_ignored();
    for (first, then) in signals.into_iter().filter(|(first, _)| heard(first)) {
        let (folder, emulator) = (Folder::new("signals"), emulator());
        folder.write("segments.toml", &many(100, &emulator));
        let mut child = begun(&mut folder.command("apply --yes"), &emulator);
        let mut said = BufReader::new(child.stderr.take().unwrap());
        signal(&child, first);
        let mut messages = String::new();
        while !messages.contains("stopping after the current step") {
            assert_ne!(
                said.read_line(&mut messages).unwrap(),
                0,
                "{first}: {messages}"
            );
        }
        signal(&child, then);
        said.read_to_string(&mut messages).unwrap();
        assert_eq!(
            child.wait().unwrap().code(),
            Some(130),
            "{first}: {messages}"
        );
        let there = emulator.segments("default", "production");
        let left = 100 - there.len();
        assert!(left > 0, "{first}: {messages}");
        let headline = format!("{} created, {left} to create", there.len());
        assert!(messages.contains(&headline), "{first}: {messages}");
        for segment in &there {
            assert_eq!(
                segment.rules.len(),
                1,
                "{first}: {} is half made",
                segment.key
            );
        }
    }
}

/// Nobody knows by then whether the service does what it was asked.
#[cfg(unix)]
#[test]
fn who_interrupts_a_change_of_lists_is_not_told_that_nothing_was_changed() {
    let (folder, emulator) = (Folder::of_members("signals-lists"), emulator());
    emulator.fill(crate::look::WORLD).unwrap();
    emulator.clear_requests();
    let slow = Fault::slow(Duration::from_secs(50)).on_method("PATCH");
    emulator.inject_fault(slow.always());
    let words = "include testers --user u-1 --save-undo undo.json --yes";
    let mut child = begun(&mut folder.command(words), &emulator);
    signal(&child, "-INT");
    let mut messages = String::new();
    let mut said = child.stderr.take().unwrap();
    said.read_to_string(&mut messages).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{messages}");
    assert!(
        messages.ends_with(
            "error: interrupted; changes under way may take effect; the same command with another file for `--save-undo` does what is left\n"
        ),
        "{messages}"
    );
    assert!(folder.path("undo.json").exists());
}

/// What `nohup` does is kept.
#[cfg(target_os = "linux")]
#[test]
fn an_apply_that_outlives_its_terminal_goes_on() {
    let (folder, emulator) = (Folder::new("signals-nohup"), emulator());
    folder.write("segments.toml", &many(2, &emulator));
    let apply = folder.command("apply --yes");
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' HUP; exec \"$0\" apply --yes"])
        .arg(apply.get_program())
        .current_dir(apply.get_current_dir().unwrap());
    let mut child = begun(&mut shell, &emulator);
    signal(&child, "-HUP");
    let mut messages = String::new();
    let mut said = child.stderr.take().unwrap();
    said.read_to_string(&mut messages).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{messages}");
    assert!(messages.contains("2 created"), "{messages}");
}

#[test]
fn the_second_ctrl_c_waits_for_nothing() {
    if !Terminal::can_be_opened("two Ctrl-C during an apply") {
        return;
    }
    let (folder, emulator) = (Folder::new("terminal-at-once"), emulator());
    folder.write("segments.toml", TWO);
    let slow = Fault::slow(Duration::from_secs(50)).on("POST", "/segments/");
    emulator.inject_fault(slow.always());
    let terminal = Terminal::run_at(&folder, &emulator, "apply --yes");
    terminal.wait_for("2 to create");
    terminal.wait("a request", || writes(&emulator) > 0);
    terminal.ctrl_c();
    terminal.wait_for("press Ctrl-C again to stop at once");
    terminal.ctrl_c();
    assert_eq!(terminal.exit_code(), 130);
    let screen = terminal.screen();
    assert!(
        screen.contains("0 of 2 were settled, and changes under way may take effect; `cargo segments plan` shows what is left"),
        "{screen}"
    );
}

#[test]
fn pruning_asks_for_each_segment_by_name() {
    if !Terminal::can_be_opened("pruning in a terminal") {
        return;
    }
    let (folder, emulator) = (Folder::new("terminal-prune"), emulator());
    let one = TWO.split("[segments.testers]").next().unwrap();
    let others = one.replace("[segments.staff]", "[segments.old]")
        + &one
            .replace("[segments.staff]", "[segments.older]")
            .replace("[contexts.user.attributes]\nemail = \"string\"\n", "");
    folder.write("segments.toml", &others);
    folder.run_at(&emulator, "apply --yes --owner shop").with(0);
    folder.write("segments.toml", one);
    let words = "apply --prune --owner shop";
    // Without a terminal there is nobody to name them.
    folder.run_at(&emulator, words).with(5);
    assert_eq!(count(&emulator), 2);

    let asked = |key: &str| {
        format!("`{key}` will be deleted from default/production. Type its key to confirm:")
    };
    let terminal = Terminal::run_at(&folder, &emulator, words);
    terminal.wait_for(QUESTION);
    terminal.enter("yes");
    terminal.wait_for(&asked("old"));
    terminal.enter("old");
    terminal.wait_for(&asked("older"));
    // A yes is no name.
    terminal.enter("yes");
    assert_eq!(terminal.exit_code(), 5);
    assert_eq!(count(&emulator), 2);

    let terminal = Terminal::run_at(&folder, &emulator, words);
    terminal.wait_for(QUESTION);
    terminal.enter("yes");
    terminal.wait_for(&asked("old"));
    terminal.enter("old");
    terminal.wait_for(&asked("older"));
    terminal.enter("older");
    assert_eq!(terminal.exit_code(), 0);
    let screen = terminal.left();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/cli.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    assert!(
        docs.contains(&format!("$ cargo segments {words}\n{screen}```")),
        "{screen}"
    );
    assert_eq!(count(&emulator), 1);
}

#[test]
fn terminals_get_colours_unless_somebody_does_not_want_them() {
    if !Terminal::can_be_opened("colours in a terminal") {
        return;
    }
    let (folder, emulator) = (Folder::new("terminal-colours"), emulator());
    folder.write("segments.toml", TWO);
    let green = "\u{1b}[32m+ staff";
    for (no_color, words, coloured) in [
        (None, "plan", true),
        (Some(""), "plan", true),
        (Some("1"), "plan", false),
        (None, "plan --color never", false),
        (Some("1"), "plan --color always", true),
    ] {
        let mut command = folder.command(words);
        command
            .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
            .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token());
        if let Some(value) = no_color {
            command.env("NO_COLOR", value);
        }
        let terminal = Terminal::run(&command);
        assert_eq!(terminal.exit_code(), 0);
        let seen = terminal.colours();
        assert_eq!(
            seen.contains(green),
            coloured,
            "{no_color:?} {words}: {seen:?}"
        );
        assert!(terminal.screen().contains("+ staff"), "{seen:?}");
    }
}

#[test]
fn a_count_shows_how_far_it_is_and_ctrl_c_shows_what_was_counted() {
    if !Terminal::can_be_opened("a count in a terminal") {
        return;
    }
    let folder = Folder::new("terminal-count");
    folder.write("segments.toml", TWO);
    let pipe = folder.path("contexts");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let terminal = Terminal::run(&folder.command("count contexts"));
    // Contexts come, first many and then one after the other, until nobody reads them any more.
    std::thread::spawn(move || {
        let mut contexts = File::options().write(true).open(&pipe)?;
        let line =
            |n| format!("{{\"kind\":\"user\",\"key\":\"{n}\",\"email\":\"{n}@company.com\"}}\n");
        contexts.write_all((0..50_000).map(line).collect::<String>().as_bytes())?;
        for n in 0..6_000 {
            std::thread::sleep(Duration::from_millis(10));
            contexts.write_all(line(n).as_bytes())?;
        }
        std::io::Result::Ok(())
    });
    terminal.wait_for(" contexts ");
    terminal.ctrl_c();
    assert_eq!(terminal.exit_code(), 130);
    let screen = terminal.screen();
    assert!(screen.contains("interrupted after "), "{screen}");
    assert!(!screen.contains("no contexts"), "{screen}");
    assert!(screen.contains("staff"), "{screen}");
}

#[test]
fn an_emulator_is_stopped_by_ctrl_c() {
    if !Terminal::can_be_opened("stopping an emulator") {
        return;
    }
    let folder = Folder::new("terminal-emulate");
    let terminal = Terminal::run(&folder.command("emulate"));
    terminal.wait_for("press Ctrl-C to stop");
    assert!(
        terminal
            .screen()
            .contains("LAUNCHDARKLY_BASE_URI=http://127.0.0.1:")
    );
    terminal.ctrl_c();
    assert_eq!(terminal.exit_code(), 0);
    assert!(terminal.screen().contains("stopped after 0 requests"));
}
