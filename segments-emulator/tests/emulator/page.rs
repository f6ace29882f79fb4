//! The page for people, as text and in a real browser where there is one.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Client;
use segments_emulator::{Emulator, Role, Token};
use serde_json::{Value as Json, json};

async fn emulator() -> Emulator {
    let emulator = Emulator::start().await.unwrap();
    let here = format!("{}/api/v2/segments/default/test", emulator.base_uri());
    let send = async |method: &str, url: &str, body: Json| {
        let request = Client::new().request(method.parse().unwrap(), url);
        let request = request.header("Authorization", emulator.access_token());
        let answer = request.json(&body).send().await.unwrap();
        assert!(answer.status().is_success());
    };
    send("POST", &here, json!({"key": "staff", "name": "Staff <b>"})).await;
    let rules = json!({"rules": [{"weight": 25000, "clauses": [
        {"attribute": "email", "op": "endsWith", "values": ["@x.io"], "negate": true}]}], "included": ["u-1"]});
    send("PATCH", &format!("{here}/staff"), rules).await;
    emulator
}

#[tokio::test]
async fn segments_are_shown_in_words_and_contexts_are_answered() {
    let emulator = emulator().await;
    let url = format!("{}/?at=default/test&context=", emulator.base_uri());
    let text = async |context: &str| {
        let answer = Client::new()
            .get(format!("{url}{context}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap()
    };
    let shown = text(r#"{"kind":"user","key":"u-1"}"#).await;
    assert!(shown.contains("25% by user key of user email does not end with &quot;@x.io&quot;"));
    assert!(shown.contains("Staff &lt;b&gt;"), "names are escaped");
    assert!(shown.contains("on its included list"));
    assert!(shown.contains("PATCH /api/v2/segments/default/test/staff"));
    assert!(!shown.contains(emulator.access_token()));
    let wrong = text("nonsense").await;
    assert!(wrong.contains("role=\"alert\""));
}

#[tokio::test]
async fn an_environment_without_segments_says_what_to_do() {
    let emulator = emulator().await;
    let shown = async |environment: &str| {
        let url = format!("{}/?at=default/{environment}", emulator.base_uri());
        Client::new()
            .get(url)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    };
    let first = shown("production").await;
    for step in [
        format!("export LAUNCHDARKLY_BASE_URI={}\n", emulator.base_uri()),
        "LAUNCHDARKLY_PROJECT=default LAUNCHDARKLY_ENVIRONMENT=production".to_owned(),
        "cargo segments new\ncargo segments plan\ncargo segments apply".to_owned(),
    ] {
        assert!(first.contains(&step), "{step}\n{first}");
    }
    assert!(!first.contains(emulator.access_token()));
    assert!(!shown("test").await.contains("Start here"));
}

#[tokio::test]
async fn a_name_that_leads_here_does_not_open_the_page() {
    let emulator = emulator().await;
    let request = Client::new()
        .get(emulator.base_uri())
        .header("Host", "elsewhere.example");
    assert_eq!(request.send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn beyond_loopback_the_page_asks_for_a_token() {
    let emulator = Emulator::builder()
        .address("0.0.0.0:0".parse().unwrap())
        .token(Token::new("own", "api-own", Role::Writer))
        .start()
        .await
        .unwrap();
    let page = format!("http://127.0.0.1:{}/", emulator.address().port());
    let refused = Client::new().get(&page).send().await.unwrap();
    assert_eq!(refused.status(), 401);
    assert!(refused.headers().contains_key("www-authenticate"));
    let opened = Client::new()
        .get(&page)
        .basic_auth("anybody", Some("api-own"));
    assert_eq!(opened.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn in_a_browser_the_page_is_used_with_keys_alone_and_keeps_the_requests_fresh() {
    let emulator = emulator().await;
    let Some(mut browser) = Browser::start() else {
        eprintln!("skipped: there is no chromium here, so the page was not tried in a browser");
        return;
    };
    browser.open(&format!("{}/?at=default/test", emulator.base_uri()));
    assert_eq!(
        browser.value("document.querySelectorAll('label').length"),
        2
    );

    // From the top: the environment, its button, the context, its button.
    browser.keys("Tab", 3);
    assert_eq!(browser.value("document.activeElement.id"), "context");
    browser.value("document.activeElement.select()");
    browser.write(r#"{"kind": "user", "key": "u-1"}"#);
    browser.keys("Tab", 1);
    browser.keys("Enter", 1);
    browser.until("document.querySelector('td.yes')?.textContent === 'yes'");
    let why = browser.value("document.querySelector('td.yes + td').textContent");
    assert!(why.as_str().unwrap().contains("included"), "{why}");

    // A segment is folded and unfolded.
    let open = "document.querySelector('details').open";
    assert_eq!(browser.value(open), true);
    browser.value("document.querySelector('summary').focus()");
    browser.keys("Enter", 1);
    browser.until("!document.querySelector('details').open");

    // What is asked while the page is open appears on it.
    let path = "/api/v2/segments/default/nowhere";
    let request = Client::new().get(format!("{}{path}", emulator.base_uri()));
    request.send().await.unwrap();
    let shown = format!("document.getElementById('requests').textContent.includes('{path}')");
    browser.until(&shown);
}

/// Chromium without a window, told what to do through pipes in the words of its `DevTools` protocol.
struct Browser {
    child: Child,
    commands: ChildStdin,
    events: BufReader<ChildStdout>,
    session: String,
    last: u64,
    profile: PathBuf,
}

impl Browser {
    /// Starts it, if there is one.
    fn start() -> Option<Self> {
        let profile = std::env::temp_dir().join(format!("segments-page-{}", std::process::id()));
        let found = Command::new("chromium").arg("--version").output();
        found.ok().filter(|output| output.status.success())?;
        // The protocol comes and goes by the descriptors 3 and 4.
        let script = "exec chromium --headless=new --no-sandbox --disable-gpu --no-first-run \
             --remote-debugging-pipe --user-data-dir=\"$0\" about:blank 3<&0 4>&1 >/dev/null 2>&1";
        let mut child = Command::new("sh")
            .args(["-c", script])
            .arg(&profile)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let commands = child.stdin.take()?;
        let events = BufReader::new(child.stdout.take()?);
        let mut browser = Self {
            child,
            commands,
            events,
            session: String::new(),
            last: 0,
            profile,
        };
        let target = browser.command("Target.createTarget", &json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.command("Target.attachToTarget", &attach);
        attached["sessionId"]
            .as_str()?
            .clone_into(&mut browser.session);
        Some(browser)
    }

    /// Sends a command and waits for its result.
    fn command(&mut self, method: &str, parameters: &Json) -> Json {
        let answer = self.answer(method, parameters);
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Sends a command and waits for its answer.
    fn answer(&mut self, method: &str, parameters: &Json) -> Result<Json, Json> {
        self.last += 1;
        let mut command = json!({"id": self.last, "method": method, "params": parameters});
        if !self.session.is_empty() {
            command["sessionId"] = json!(self.session);
        }
        write!(self.commands, "{command}\0").unwrap();
        self.commands.flush().unwrap();
        loop {
            let mut message = Vec::new();
            let read = self.events.read_until(0, &mut message).unwrap();
            assert!(read > 0, "the browser ended");
            message.pop();
            let message: Json = serde_json::from_slice(&message).unwrap();
            if message["id"] == self.last {
                return match message.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(message["result"].clone()),
                };
            }
        }
    }

    fn open(&mut self, url: &str) {
        self.command("Page.navigate", &json!({"url": url}));
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    /// What an expression comes to; nothing while a page gives way to another.
    fn value(&mut self, expression: &str) -> Json {
        let asked = json!({"expression": expression, "returnByValue": true});
        match self.answer("Runtime.evaluate", &asked) {
            Ok(mut answer) => answer["result"]["value"].take(),
            Err(error) if error["message"] == "Inspected target navigated or closed" => Json::Null,
            Err(error) => panic!("{expression}: {error}"),
        }
    }

    /// Waits until an expression is true.
    fn until(&mut self, expression: &str) {
        let begin = Instant::now();
        while self.value(expression) != true {
            let waited = begin.elapsed();
            assert!(waited < Duration::from_secs(20), "never so: {expression}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn keys(&mut self, key: &str, times: usize) {
        let (code, text) = match key {
            "Enter" => (13, "\r"),
            _ => (9, ""),
        };
        for _ in 0..times {
            for kind in ["keyDown", "keyUp"] {
                let mut event = json!({"type": kind, "key": key, "code": key,
                    "windowsVirtualKeyCode": code, "nativeVirtualKeyCode": code});
                if kind == "keyDown" && !text.is_empty() {
                    event["text"] = json!(text);
                }
                self.command("Input.dispatchKeyEvent", &event);
            }
        }
    }

    fn write(&mut self, text: &str) {
        self.command("Input.insertText", &json!({"text": text}));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
