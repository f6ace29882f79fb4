//! Where the service is, and for how long it is asked.

#[cfg(feature = "tls")]
use std::io::{Read, Write};
use std::net::TcpListener;

use segments_emulator::Emulator;

use crate::support::{Ended, Folder, TWO};

const PROXIES: [&str; 6] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
];

#[test]
fn a_timeout_of_any_length_is_a_timeout() {
    let folder = Folder::new("timeout");
    let emulator = Emulator::builder().start_blocking().unwrap();
    folder.write("segments.toml", TWO);
    for seconds in [
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
    ] {
        let ended = folder.run_at(&emulator, &format!("plan --timeout {seconds}"));
        assert!(ended.with(0).data.contains("2 to create"), "{seconds}");
    }
    for seconds in ["18446744073709551616", "-1", "1e300", "x"] {
        folder
            .run_at(&emulator, &format!("plan --timeout={seconds}"))
            .with(2);
    }
    let ended = folder.run_at(&emulator, "plan --timeout 0").with(8);
    assert!(ended.messages.contains("deadline"), "{ended:?}");
}

/// The proxy would read the token, which travels in clear to this machine.
#[test]
fn nothing_that_stays_on_this_machine_goes_through_a_proxy() {
    let folder = Folder::new("proxy");
    let emulator = Emulator::builder().start_blocking().unwrap();
    folder.write("segments.toml", TWO);
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    proxy.set_nonblocking(true).unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let by_name = emulator.base_uri().replace("127.0.0.1", "localhost");
    for base_uri in [emulator.base_uri(), by_name.as_str()] {
        let mut command = folder.command("plan");
        command
            .env("LAUNCHDARKLY_BASE_URI", base_uri)
            .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token())
            .env_remove("NO_PROXY")
            .env_remove("no_proxy");
        for name in PROXIES {
            command.env(name, &address);
        }
        Ended::from(command.output().unwrap()).with(0);
        assert!(proxy.accept().is_err(), "{base_uri} was asked by way of it");
    }
}

/// Nor is a proxy that cannot be used passed by, which would show whom the program talks to.
#[test]
#[cfg(feature = "tls")]
fn a_proxy_of_another_kind_is_an_error_that_repeats_no_password() {
    let folder = Folder::new("socks");
    folder.write("segments.toml", TWO);
    let mut command = folder.command("plan");
    command
        .env("LAUNCHDARKLY_BASE_URI", "https://segments.invalid")
        .env("LAUNCHDARKLY_ACCESS_TOKEN", "api-canary-5d8e")
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    for name in PROXIES {
        command.env(name, "socks5://me:canary-5d8e@127.0.0.1:9");
    }
    let ended = Ended::from(command.output().unwrap()).with(3);
    assert!(ended.messages.contains("HTTPS_PROXY"), "{ended:?}");
    assert!(!format!("{ended:?}").contains("canary-5d8e"), "{ended:?}");
}

/// A proxy sees whom the program talks to, and nothing else.
#[test]
#[cfg(feature = "tls")]
fn a_proxy_is_asked_for_a_tunnel_and_sees_no_token() {
    let folder = Folder::new("tunnel");
    folder.write("segments.toml", TWO);
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://me:canary-5d8e@{}", proxy.local_addr().unwrap());
    let seen = std::thread::spawn(move || {
        let (mut stream, _) = proxy.accept().unwrap();
        let mut request = vec![0; 4096];
        let length = stream.read(&mut request).unwrap();
        stream
            .write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
        String::from_utf8(request[..length].to_vec()).unwrap()
    });
    let mut command = folder.command("plan --timeout 1");
    command
        .env("LAUNCHDARKLY_BASE_URI", "https://segments.invalid")
        .env("LAUNCHDARKLY_ACCESS_TOKEN", "api-canary-5d8e")
        .env("HTTPS_PROXY", address)
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    let ended = Ended::from(command.output().unwrap()).with(3);
    if ended.messages.contains("TLS certificates") {
        eprintln!("not run: the tunnel of a proxy, which needs the system's certificates");
        return;
    }
    assert!(!format!("{ended:?}").contains("canary-5d8e"), "{ended:?}");
    let seen = seen.join().unwrap();
    assert!(
        seen.starts_with("CONNECT segments.invalid:443 HTTP/1.1\r\n"),
        "{seen}"
    );
    // `me:canary-5d8e`, as `Basic` has it.
    let seen = seen.to_ascii_lowercase();
    assert!(
        seen.contains("proxy-authorization: basic bwu6y2fuyxj5ltvkogu="),
        "{seen}"
    );
    assert!(!seen.contains("api-"), "{seen}");
}

#[test]
fn a_mistyped_address_does_not_repeat_its_password() {
    let folder = Folder::new("address");
    folder.write("segments.toml", TWO);
    for address in [
        "https://me:canary-5d8e@x",
        "https://me:canary-5d8e",
        "htps://me:canary-5d8e@x",
        "me:canary-5d8e@x",
        "canary-5d8e:x@x",
        "https://me:1/canary-5d8e@x",
        "https://x?canary-5d8e",
    ] {
        for words in ["plan", "plan --help", "verify -v --json", "eval --live x"] {
            let mut command = folder.command(words);
            command
                .env("LAUNCHDARKLY_BASE_URI", address)
                .env("LAUNCHDARKLY_ACCESS_TOKEN", "api-token");
            let ended = Ended::from(command.output().unwrap());
            assert!(!format!("{ended:?}").contains("canary-5d8e"), "{ended:?}");
        }
        let ended = folder.run(&format!("plan --base-uri {address}"));
        assert!(!format!("{ended:?}").contains("canary-5d8e"), "{ended:?}");
        let manifest = format!(
            "[package]\nname = \"x\"\n[package.metadata.segments]\nbase-uri = \"{address}\"\n"
        );
        folder.write("Cargo.toml", &manifest);
        let ended = folder.run("plan");
        assert_ne!(ended.code, 0);
        assert!(!format!("{ended:?}").contains("canary-5d8e"), "{ended:?}");
        std::fs::remove_file(folder.path("Cargo.toml")).unwrap();
    }
}
