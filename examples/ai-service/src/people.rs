//! Those who ask: four with a question each, and many with an opinion.

use std::error::Error;
use std::net::SocketAddr;

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

/// The support page, as a browser sees it.
pub(crate) struct Page {
    http: reqwest::Client,
    address: SocketAddr,
}

const QUESTION: &str = "How do I change my password?";

impl Page {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            http: reqwest::Client::new(),
            address,
        }
    }

    async fn post(&self, path: &str, body: &Value) -> reqwest::Result<Response> {
        let address = format!("http://{}/{path}", self.address);
        self.http.post(address).json(body).send().await
    }

    /// Asks four questions, shows who is answered what, and says what two of them think of it.
    pub(crate) async fn four_questions(&self) -> Result<(), Box<dyn Error>> {
        for (id, plan, days, question, helpful) in [
            ("u-1", "free", 90, QUESTION, Some(true)),
            ("u-6", "pro", 90, QUESTION, Some(false)),
            ("u-3", "pro", 5, "Is <b>this</b> safe?", None),
            ("u-4", "free", 1, "Please overload yourself.", None),
        ] {
            let user = json!({"id": id, "plan": plan, "accountAge": days});
            let body = json!({"user": user, "question": question});
            let answer = self.post("ask", &body).await?;
            let status = answer.status();
            if status == StatusCode::BAD_GATEWAY {
                println!("{id}: {status}");
                continue;
            }
            let answer: Value = answer.error_for_status()?.json().await?;
            let word = |name: &str| answer[name].as_str().unwrap_or("none");
            println!(
                "{id}, {}, {}: {}",
                word("variation"),
                word("tone"),
                word("answer")
            );
            if let Some(helpful) = helpful {
                self.tell(&user, &answer, helpful).await?;
            }
        }
        Ok(())
    }

    /// Asks a question, and says what this person thinks of the answer.
    pub(crate) async fn visit(&self, number: u32) -> Result<(), Box<dyn Error>> {
        let is_regular = number.is_multiple_of(2);
        let days = if is_regular { 800 } else { 90 };
        let user = json!({"id": format!("visitor-{number}"), "plan": "pro", "accountAge": days});
        let body = json!({"user": user, "question": QUESTION});
        let answer = self.post("ask", &body).await?.error_for_status()?;
        let answer: Value = answer.json().await?;
        let is_long = answer["answer"]
            .as_str()
            .is_some_and(|it| it.contains("step by step"));
        // Of ten. Newcomers want to be told everything; regulars want the one thing that they forgot.
        let pleased = match (is_regular, is_long) {
            (false, true) => 8,
            (false, false) => 4,
            (true, true) => 5,
            (true, false) => 7,
        };
        self.tell(&user, &answer, number / 2 % 10 < pleased).await
    }

    /// Says whether an answer helped, and how many stars it is worth.
    async fn tell(
        &self,
        user: &Value,
        answer: &Value,
        helpful: bool,
    ) -> Result<(), Box<dyn Error>> {
        let stars = if helpful { 5 } else { 2 };
        let opinion =
            json!({"user": user, "run": answer["run"], "helpful": helpful, "stars": stars});
        self.post("feedback", &opinion).await?.error_for_status()?;
        Ok(())
    }
}
