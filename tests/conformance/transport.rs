//! Tokens, versions, methods, errors: what all operations share.

use serde_json::json;

use crate::row::{Row, SEGMENTS, get, patch, post, request, row};

#[allow(clippy::too_many_lines, reason = "a table")]
pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("authentication: no token is 401").then(get(SEGMENTS).without_token().refused_saying(
            401,
            "unauthorized",
            "Invalid access token",
        )),
        row("authentication: a token that nobody has is 401").then(
            get(SEGMENTS)
                .without_token()
                .header("Authorization", "api-nobody")
                .refused(401, "unauthorized"),
        ),
        row("authentication: a scheme in front of the token is 401").then(
            get(SEGMENTS)
                .without_token()
                .header(
                    "Authorization",
                    "Bearer api-00000000-0000-4000-8000-000000000000",
                )
                .refused(401, "unauthorized"),
        ),
        row("authentication: the body of a 401 can be empty")
            .behavior(|behavior| behavior.empty_unauthorized = true)
            .then(get(SEGMENTS).without_token().gives(401)),
        row("authentication: comes before anything else about the path").then(
            get("/api/v2/segments/nowhere/test")
                .without_token()
                .refused(401, "unauthorized"),
        ),
        row("versions: the current version is accepted")
            .then(get(SEGMENTS).header("LD-API-Version", "20240415")),
        row("versions: beta is accepted on stable resources")
            .then(get(SEGMENTS).header("LD-API-Version", "beta")),
        row("versions: one that does not exist is 400").then(
            get(SEGMENTS)
                .header("LD-API-Version", "20300101")
                .refused(400, "invalid_request"),
        ),
        row("versions: one that does not exist passes where that is switched off")
            .behavior(|behavior| behavior.refuse_unknown_versions = false)
            .then(get(SEGMENTS).header("LD-API-Version", "20300101")),
        row("versions: before pages came, a list was all of it")
            .many_segments(21)
            .then(
                get(SEGMENTS)
                    .header("LD-API-Version", "20220603")
                    .shaped(json!({"totalCount": 21, "items": vec![json!({}); 21]})),
            ),
        row("cross-origin: a page of this machine may ask").then(
            request("OPTIONS", SEGMENTS)
                .without_token()
                .header("Origin", "http://localhost:3000")
                .header("Access-Control-Request-Method", "PATCH")
                .header("Access-Control-Request-Headers", "authorization")
                .gives(204)
                .answers_with("access-control-allow-origin", "http://localhost:3000")
                .answers_with("access-control-allow-headers", "authorization"),
        ),
        row("cross-origin: a page of this machine may read").then(
            get(SEGMENTS)
                .header("Origin", "http://127.0.0.1:8000")
                .answers_with("access-control-allow-origin", "http://127.0.0.1:8000"),
        ),
        row("cross-origin: with the token that everybody knows, no other page may").then(
            get(SEGMENTS)
                .header("Origin", "https://elsewhere.example")
                .gives(403)
                .answers_without("access-control-allow-origin"),
        ),
        row("errors: a body that is nested too deep is 400").then(
            post(SEGMENTS, json!({}))
                .body(format!(
                    "{{\"key\":\"a\",\"name\":\"A\",\"x\":{}{}}}",
                    "[".repeat(100_000),
                    "]".repeat(100_000)
                ))
                .refused(400, "invalid_request"),
        ),
        row("errors: an unknown project is 404").then(
            get("/api/v2/segments/nowhere/test").refused_saying(
                404,
                "not_found",
                "Invalid resource identifier",
            ),
        ),
        row("errors: an unknown environment is 404")
            .then(get("/api/v2/segments/default/nowhere").refused(404, "not_found")),
        row("errors: an unknown segment is 404")
            .then(get(format!("{SEGMENTS}/nobody")).refused(404, "not_found")),
        row("errors: an unknown path is 404")
            .then(get("/api/v2/nothing").refused(404, "not_found")),
        row("errors: a method that a path does not have is 405")
            .then(request("PUT", SEGMENTS).refused(405, "method_not_allowed")),
        row("errors: a body that is not JSON is 400").then(
            post(SEGMENTS, json!({}))
                .body("{\"key\":")
                .refused(400, "invalid_request"),
        ),
        row("errors: a body that is not UTF-8 is 400").then(
            post(SEGMENTS, json!({}))
                .body(vec![b'"', 0xff, b'"'])
                .refused(400, "invalid_request"),
        ),
        row("errors: a key that is not UTF-8 is 404")
            .then(get(format!("{SEGMENTS}/%ff")).refused(404, "not_found")),
        row("answers: bodies are JSON")
            .then(get(SEGMENTS).answers_with("content-type", "application/json")),
        row("answers: errors are JSON").then(
            get("/api/v2/nothing")
                .refused(404, "not_found")
                .answers_with("content-type", "application/json"),
        ),
        row("method override: POST can stand for PATCH")
            .segment("a")
            .then(
                post(format!("{SEGMENTS}/a"), json!({"name": "New"}))
                    .header("X-HTTP-Method-Override", "PATCH")
                    .shaped(json!({"name": "New"})),
            ),
        row("method override: POST can stand for DELETE")
            .segment("a")
            .then(
                post(format!("{SEGMENTS}/a"), json!({}))
                    .header("X-HTTP-Method-Override", "DELETE")
                    .gives(204),
            )
            .then(get(format!("{SEGMENTS}/a")).gives(404)),
        row("method override: means nothing on another method")
            .segment("a")
            .then(
                patch(format!("{SEGMENTS}/a"), json!({"name": "New"}))
                    .header("X-HTTP-Method-Override", "DELETE")
                    .gives(200),
            )
            .then(get(format!("{SEGMENTS}/a"))),
    ]
}
