//! The page for people, as text and in a real browser where there is one.

use std::process::Command;

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
async fn a_browser_shows_the_page_and_keeps_the_requests_fresh() {
    let emulator = emulator().await;
    let page = format!("{}/?at=default/test", emulator.base_uri());
    let browser = Command::new("chromium")
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--virtual-time-budget=5000",
            "--dump-dom",
        ])
        .arg(page)
        .output();
    let Ok(output) = browser else {
        eprintln!("skipped: there is no chromium here");
        return;
    };
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("Who is in what?"), "{shown}");
    assert!(shown.contains("PATCH /api/v2/segments/default/test/staff"));
}
