//! The record of requests.

use reqwest::Method;
use serde_json::{Value, json};

use super::bench::Bench;
use crate::sandbox::Sandbox;
use crate::sandbox::options::Options;

#[tokio::test]
async fn every_request_is_written_down_with_its_body_and_without_the_token() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("requests.jsonl");
    let bench = Bench::with(Options { record: Some(path.clone()), ..Options::default() }).await;
    bench.post("/contacts?a=b%2F", json!({ "role": "lead", "name": "Zoë" })).await;
    bench.get("/contacts/nobody").await;
    let broken = bench.ask(Method::POST, "/contacts").header("content-type", "application/json").body("{");
    broken.send().await.unwrap();
    bench.bare(Method::GET, "/__sandbox/state").send().await.unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "looking inside is no request of the API");
    assert_eq!(
        lines[0],
        json!({
            "number": 1, "method": "POST", "path": "/contacts?a=b%2F",
            "headers": {
                "intercom-version": "2.14", "accept": "application/json", "content-type": "application/json"
            },
            "body": { "role": "lead", "name": "Zoë" }, "status": 200
        })
    );
    assert_eq!((&lines[1]["body"], &lines[1]["status"]), (&json!(null), &json!(404)));
    assert_eq!((&lines[2]["body"], &lines[2]["status"]), (&json!("{"), &json!(400)));
    assert!(!text.contains("Bearer"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let second = Sandbox::start(Options { record: Some(path), ..Options::default() }).await;
    assert!(second.err().unwrap().to_string().ends_with("name a file that is not there yet"));
}
