//! What holds for every command.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use serde_json::Value as Json;

use crate::support::Folder;

#[test]
fn a_wrong_command_line_is_exit_code_2_and_help_is_0() {
    let folder = Folder::new("command-line");
    let ended = folder.run("chekc").with(2);
    assert!(ended.messages.contains("'check'"), "{ended:?}");
    assert!(folder.run("--help").with(0).data.contains("emulate"));
    // As cargo calls it.
    assert_eq!(
        folder.run("segments --version").with(0).data,
        folder.run("--version").with(0).data
    );
}

/// Binaries have every feature, a compiled command line perhaps not; nobody is told that a command does not exist.
#[test]
#[cfg(not(all(feature = "mcp", feature = "parquet")))]
fn what_a_build_is_without_is_told_with_its_feature() {
    let folder = Folder::new("not-built");
    folder.run("new").with(0);
    folder.write("users.parquet", "PAR1");
    let lacking = [
        ("mcp", cfg!(feature = "mcp"), &["mcp"][..]),
        (
            "parquet",
            cfg!(feature = "parquet"),
            &[
                "count users.parquet",
                "count --contexts-as parquet users.txt",
            ],
        ),
    ];
    for (feature, has, commands) in lacking {
        for command in commands.iter().filter(|_| !has) {
            let ended = folder.run(command).with(2);
            let built = format!("cargo install --locked cargo-segments --features {feature}`");
            assert!(ended.messages.contains(&built), "{command}: {ended:?}");
        }
    }
}

#[test]
fn a_first_file_is_right_and_is_never_written_over() {
    let folder = Folder::new("new");
    folder.run("new").with(0);
    let ended = folder.run("check --deny warnings").with(0);
    assert_eq!(ended.messages, "checked 1 segment: nothing is wrong\n");
    // Under another name, the next commands say it.
    let ended = folder.run("new audiences.toml").with(0);
    for command in ["check", "plan"] {
        let next = format!("cargo segments {command} --file audiences.toml");
        assert!(ended.messages.contains(&next), "{ended:?}");
    }
    folder.run("check --file audiences.toml").with(0);
    folder.write("segments.toml", "mine");
    folder.run("new").with(5);
    let text = std::fs::read_to_string(folder.path("segments.toml")).unwrap();
    assert_eq!(text, "mine");
}

#[test]
fn generated_texts_name_the_commands() {
    let folder = Folder::new("generated");
    let schema = folder.run("schema").with(0).json();
    assert_eq!(schema, segments_model::file::json_schema());
    for words in [
        "completions bash",
        "completions zsh",
        "completions fish",
        "man",
    ] {
        assert!(folder.run(words).with(0).data.contains("verify"), "{words}");
    }
}

/// One request, without a client.
fn get(base_uri: &str, path: &str, token: &str) -> String {
    let address = base_uri.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: {token}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_emulator_says_where_it_is_and_serves_until_it_is_stopped() {
    let folder = Folder::new("emulate");
    let mut child = folder
        .command("emulate --port 0 --json --environment shop/staging")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let ready: Json = serde_json::from_str(&line).unwrap();
    let text = |name: &str| ready[name].as_str().unwrap();
    assert!(text("sdk_key").starts_with("sdk-"));
    for environment in ["default/production", "shop/staging"] {
        let path = format!("/api/v2/segments/{environment}");
        let answer = get(text("base_uri"), &path, text("access_token"));
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
