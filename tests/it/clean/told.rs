//! Who is told how a night went, and what they are not told.

use std::io::{Read as _, Write as _};

use leadfold::sandbox::{Fault, FaultRule, Faults};
use serde_json::{Value, json};

use super::{APPLY, House};
use crate::people::Person;
use crate::support::TOKEN;

#[test]
fn quiet_says_nothing_as_long_as_all_is_well() {
    let house = House::of(10, APPLY);
    let ran = house.clean(&["--quiet"]).ends_with(0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", ""));
    let refused = FaultRule::always(Fault::Unauthorized);
    house.workspace.set_faults(Faults { rules: vec![refused], ..Faults::default() });
    let ran = house.clean(&["--quiet", "--summary-file", "night.json"]).ends_with(8);
    ran.says(&["FAILED", "leadfold whoami"]);
    let summary: Value = serde_json::from_str(&house.desk.read("night.json")).unwrap();
    assert_eq!((&summary["ended"], &summary["exit_code"]), (&json!("failed"), &json!(8)));
}

/// Takes one POST and answers it with a status; gives what was sent.
fn listener(status: &'static str) -> (String, std::thread::JoinHandle<String>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks/very-secret", listener.local_addr().unwrap());
    let heard = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut text = String::new();
        let mut buffer = [0; 4096];
        loop {
            let read = connection.read(&mut buffer).unwrap();
            text.push_str(&String::from_utf8_lossy(&buffer[..read]));
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length =
                head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if read == 0 || body.len() >= length.unwrap_or(0) {
                break;
            }
        }
        write!(connection, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        text
    });
    (url, heard)
}

#[test]
fn a_webhook_hears_the_counts_and_nothing_of_any_contact() {
    let house = House::of(40, APPLY);
    house.lead(&Person::number(3));
    let (url, heard) = listener("200 OK");
    house.clean(&["--webhook", &url]).ends_with(0);
    let heard = heard.join().unwrap();
    let (request, body) = heard.split_once("\r\n\r\n").unwrap();
    assert!(
        request.starts_with("POST /hooks/very-secret HTTP/1.1") && request.to_lowercase().contains("application/json")
    );
    let night: Value = serde_json::from_str(body).unwrap();
    assert_eq!((&night["merged"], &night["ended"]), (&json!(1), &json!("applied")));
    let person = Person::number(3);
    assert!(!heard.contains(&person.email) && !heard.contains(&person.family) && !heard.contains(TOKEN));
}

#[test]
fn a_webhook_that_refuses_does_not_undo_the_night_but_is_said() {
    let house = House::of(10, APPLY);
    let (url, heard) = listener("403 Forbidden");
    let ran = house.clean(&["--webhook", &url, "--quiet"]).ends_with(1);
    heard.join().unwrap();
    assert!(ran.err.contains("the webhook at 127.0.0.1 answered 403") && !ran.err.contains("secret"), "{}", ran.err);
    house.clean(&["--webhook", "http://hooks.example/very-secret"]).ends_with(2).says(&["use https"]);
}
