//! The emulator's image without Docker: its root file system, with the Dockerfile's commands run in it.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Ended, Folder};

/// How long the emulator may take to start, on a machine that is busy.
const PATIENCE: Duration = Duration::from_mins(1);

const TOKEN: &str = "api-canary-5d8e-image";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn dockerfile() -> String {
    std::fs::read_to_string(root().join("packaging/emulator/Dockerfile")).unwrap()
}

/// The words of an instruction in its form of a list.
fn words(instruction: &str) -> Vec<String> {
    let text = dockerfile();
    let line = text
        .lines()
        .map(str::trim)
        .find_map(|line| line.strip_prefix(instruction));
    serde_json::from_str(line.unwrap().trim()).unwrap()
}

/// A way to run programs in another root, which takes the right to. If there is none, says so.
fn changed_root(test: &str) -> Option<Vec<&'static str>> {
    let as_root = vec!["chroot", "--userspec=65532:65532"];
    let as_user = vec!["unshare", "--map-root-user", "chroot"];
    let found = [as_root, as_user].into_iter().find(|way| {
        let mut command = Command::new(way[0]);
        let output = command.args(&way[1..]).args(["/", "/bin/true"]).output();
        output.is_ok_and(|output| output.status.success())
    });
    if found.is_none() {
        let _ = writeln!(
            std::io::stderr(),
            "not run: {test} needs chroot, or user namespaces"
        );
    }
    found
}

/// A port that nothing listens on.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn the_image_serves_says_that_it_does_and_stops() {
    let Some(way) = changed_root("the image of the emulator") else {
        return;
    };
    let folder = Folder::new("image");
    let mut make = Command::new("bash");
    make.arg(root().join("packaging/emulator/root"))
        .arg(env!("CARGO_BIN_EXE_cargo-segments"))
        .arg(folder.path("root"))
        .env("SEGMENTS_LIBRARIES", "1");
    Ended::from(make.output().unwrap()).with(0);

    let port = free_port();
    let inside = |words: &[String]| {
        let mut command = Command::new(way[0]);
        command.args(&way[1..]).arg(folder.path("root"));
        command.args(
            words
                .iter()
                .map(|word| word.replace("8765", &port.to_string())),
        );
        // A container has nothing of its host's environment.
        let path = std::env::var_os("PATH").unwrap();
        command.env_clear().env("PATH", path).stdin(Stdio::null());
        command
    };
    let (entry, health) = (words("ENTRYPOINT"), words("CMD"));

    // The token that everybody knows is none where other machines can ask.
    let ended = Ended::from(inside(&entry).output().unwrap()).with(3);
    assert!(ended.messages.contains("access token"), "{ended:?}");
    let ended = Ended::from(inside(&health).output().unwrap()).with(3);
    assert!(ended.messages.contains("no emulator answers"), "{ended:?}");

    let serving = inside(&entry)
        .env("LAUNCHDARKLY_ACCESS_TOKEN", TOKEN)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !inside(&health).output().unwrap().status.success() {
        assert!(started.elapsed() < PATIENCE, "the emulator is not healthy");
        std::thread::sleep(Duration::from_millis(50));
    }
    let answer = |token: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        write!(
            stream,
            "GET /api/v2/segments/default/production HTTP/1.1\r\nHost: emulator\r\nAuthorization: {token}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        std::io::read_to_string(stream).unwrap()
    };
    assert!(answer(TOKEN).starts_with("HTTP/1.1 200"));
    assert!(answer("api-another").starts_with("HTTP/1.1 401"));

    // As `docker stop` does, which the signal of the Dockerfile makes a Ctrl-C.
    assert!(dockerfile().contains("\nSTOPSIGNAL SIGINT\n"));
    let mut interrupt = Command::new("kill");
    interrupt.args(["-INT", &serving.id().to_string()]);
    assert!(interrupt.status().unwrap().success());
    let ended = Ended::from(serving.wait_with_output().unwrap()).with(0);
    assert!(ended.messages.contains("stopped after"), "{ended:?}");
    assert!(!ended.data.contains(TOKEN) && !ended.messages.contains(TOKEN));
}

#[test]
fn the_image_runs_as_nobody_from_nothing() {
    let text = dockerfile();
    let instructions: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(instructions[0], "FROM scratch");
    assert!(instructions.contains(&"USER 65532:65532"));
    assert_eq!(
        instructions
            .iter()
            .filter(|line| line.starts_with("FROM"))
            .count(),
        1
    );
    assert!(instructions.contains(&"EXPOSE 8765"));
}

/// The programs that the guide shows for Testcontainers. Running them takes Docker.
#[test]
fn the_programs_for_testcontainers_are_well_formed_and_fit_the_image() {
    let folder = Folder::new("testcontainers");
    for (name, checker) in [
        ("emulator.py", &["python3", "-m", "py_compile"][..]),
        ("emulator.mjs", &["node", "--check"]),
    ] {
        let text = std::fs::read_to_string(root().join("examples/testcontainers").join(name));
        let text = text.unwrap();
        for word in [
            "8765",
            "LAUNCHDARKLY_ACCESS_TOKEN",
            "ghcr.io/segments-as-code/emulator",
        ] {
            assert!(text.contains(word), "{name}: {word}");
        }
        folder.write(name, &text);
        let mut check = Command::new(checker[0]);
        check.args(&checker[1..]).arg(folder.path(name));
        match check.output() {
            Ok(output) => {
                Ended::from(output).with(0);
            }
            Err(_) => {
                let _ = writeln!(std::io::stderr(), "not run: {name} needs {}", checker[0]);
            }
        }
    }
}
