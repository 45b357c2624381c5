//! Every class of error, provoked against the sandbox: the sentence a person reads.

use leadfold::contact::IntercomId;
use leadfold::intercom::{CompanyId, ContactPatch, EXPLANATIONS, Error, ReadWorkspace, TagId, WriteWorkspace};
use leadfold::sandbox::{Fault, FaultRule, Faults, Reset, Running, When};
use serde_json::{Value, json};

use crate::intercom_client::{client_of, sandbox};
use crate::support::Desk;
use crate::workspace::Workspace;

/// The sentence without what differs from run to run.
fn sentence<T>(result: Result<T, Error>) -> String {
    let Err(error) = result else { panic!("this must fail") };
    redacted(&error.sentence())
}

/// A text without what differs from run to run.
pub(crate) fn redacted(text: &str) -> String {
    let mut words = Vec::new();
    let mut after = "";
    for word in text.split(' ') {
        let end: String =
            word.chars().rev().take_while(|c| ");:,".contains(*c)).collect::<Vec<_>>().into_iter().rev().collect();
        let is_id = word.trim_end_matches([')', ';', ':', ',']).rsplit('=').next().unwrap().len() == 24
            && word
                .trim_end_matches([')', ';', ':', ','])
                .rsplit('=')
                .next()
                .unwrap()
                .bytes()
                .all(|b| b.is_ascii_hexdigit());
        words.push(match after {
            "request" | "until" if !word.starts_with('(') && word.chars().any(|c| c.is_ascii_digit()) => {
                format!("…{end}")
            }
            _ if is_id => format!("{}…{end}", if word.contains('=') { "id=" } else { "" }),
            _ if word.starts_with("127.0.0.1:") => format!("127.0.0.1:…{end}"),
            _ => word.to_owned(),
        });
        after = word;
    }
    words.join(" ")
}

fn patch(standard: &Value) -> ContactPatch {
    ContactPatch { standard: standard.as_object().unwrap().clone(), ..ContactPatch::default() }
}

fn id(text: &str) -> IntercomId {
    IntercomId(text.into())
}

async fn healthy() -> Running {
    sandbox(|options| options.limit_per_window = 1_000_000).await
}

fn every(fault: Fault) -> Faults {
    Faults { rules: vec![FaultRule::always(fault)], ..Faults::default() }
}

#[tokio::test]
async fn what_is_refused_says_what_it_means_and_what_to_do() {
    let running = healthy().await;
    let client = client_of(&running, "2.14");
    let newer = client_of(&running, "2.16");
    let lead = client.create(&patch(&json!({"role": "lead", "email": "m@oran.example"}))).await.unwrap().id;
    let user = client.create(&patch(&json!({"role": "user", "external_id": "1"}))).await.unwrap().id;
    let other = client.create(&patch(&json!({"role": "user", "external_id": "2"}))).await.unwrap().id;
    let nobody = id("ffffffffffffffffffffffff");
    let mut unknown = ContactPatch::default();
    unknown.custom.insert("shoe_size".to_owned(), json!(44));
    let mut said = vec![
        ("unknown attribute", sentence(client.update(&lead, &unknown).await)),
        ("no e-mail", sentence(client.create(&patch(&json!({"email": "no address"}))).await)),
        ("nothing to go by", sentence(client.create(&patch(&json!({"name": "X"}))).await)),
        ("user into user", sentence(client.merge(&user, &other).await)),
        ("no shared e-mail", sentence(newer.merge(&lead, &user).await)),
        ("gone", sentence(client.contact(&nobody).await)),
        ("no such tag", sentence(client.attach_tag(&lead, &TagId("99999".to_owned())).await)),
        ("no such company", sentence(client.attach_company(&lead, &CompanyId("99999".to_owned())).await)),
        ("taken", sentence(client.create(&patch(&json!({"external_id": "1"}))).await)),
    ];
    client.archive(&other).await.unwrap();
    said.push(("taken, archived", sentence(client.create(&patch(&json!({"external_id": "2"}))).await)));
    client.merge(&lead, &user).await.unwrap();
    said.push(("merged", sentence(newer.contact(&lead).await)));
    said.push(("back from a merge", sentence(client.unarchive(&lead).await)));
    let said: Vec<String> = said.into_iter().map(|(what, sentence)| format!("{what}: {sentence}")).collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    unknown attribute: a value was not accepted: Custom attribute 'shoe_size' does not exist (400 parameter_invalid, request …); correct the field that is named and send it again
    no e-mail: a value was not accepted: Email is invalid (400 parameter_invalid, request …); correct the field that is named and send it again
    nothing to go by: something the call needs was not given: email, external_id or role must be specified (400 parameter_not_found, request …); give it: the message names it
    user into user: these two cannot be merged: only a lead can be merged into a user, and from 2.16 on only one that shares its e-mail or phone: Merging can only be performed on a lead into a user (400 invalid_merge, request …); check both with leadfold lead find and leadfold user find
    no shared e-mail: these two cannot be merged: only a lead can be merged into a user, and from 2.16 on only one that shares its e-mail or phone: Contacts can only be merged when they are duplicates (matching email or phone). Pass skip_duplicate_validation=true to override this check. (400 invalid_merge, request …); check both with leadfold lead find and leadfold user find
    gone: it is not there: User Not Found (404 not_found, request …); it was deleted, archived or merged, or belongs to another workspace; look it up with leadfold lead find or leadfold user find
    no such tag: it is not there: Resource Not Found (404 not_found, request …); it was deleted, archived or merged, or belongs to another workspace; look it up with leadfold lead find or leadfold user find
    no such company: there is no such company: Company Not Found (404 company_not_found, request …); it was deleted, or belongs to another workspace; look it up in Intercom
    taken: another contact is in the way: A contact matching those details already exists with id=… (409 conflict, request …); change that one: leadfold user update … NAME=VALUE
    taken, archived: another contact is in the way: An archived contact matching those details already exists with id=… (409 conflict, request …); bring that one back: leadfold user unarchive …
    merged: the contact was merged into another one: no longer a contact of its own (410 contact_merged, request …); go on with …
    back from a merge: the request was not accepted: User has been merged and is not restorable. (400 bad_request, request …); the message says why
    ");
}

#[tokio::test]
async fn what_goes_wrong_on_the_way_says_whether_it_may_have_been_carried_out() {
    let running = healthy().await;
    let client = client_of(&running, "2.14");
    let lead = patch(&json!({"role": "lead"}));
    let before = When::BeforeCommit;
    let mut said = Vec::new();
    for (what, fault) in [
        ("500", Fault::ServerError { status: 500, when: before, html: false }),
        ("502", Fault::ServerError { status: 502, when: before, html: true }),
        ("503", Fault::ServerError { status: 503, when: before, html: false }),
        ("dropped", Fault::Drop { when: When::AfterCommit }),
        ("page", Fault::Html),
        ("limit", Fault::TooManyRequests { reset: Reset::Ahead(1) }),
        ("token", Fault::Unauthorized),
    ] {
        running.set_faults(every(fault));
        said.push(format!("{what}: {}", sentence(client.create(&lead).await)));
    }
    let url = running.url();
    running.shutdown().await;
    said.push(format!("down: {}", sentence(client.create(&lead).await)));
    assert!(said.iter().all(|line| !line.contains(&url)));
    insta::assert_snapshot!(said.join("\n"), @r#"
    500: Intercom failed: Sorry, we couldn't process your request (500 server_error, request …); try again; look first where something may have been created
    502: the server failed, or a gateway in front of it: a web page titled "502" (502, request …); try again; look first where something may have been created
    503: Intercom is not available: Sorry, the API service is temporarily unavailable (503 service_unavailable, request …); see https://www.intercomstatus.com and try again later
    dropped: the connection broke before an answer came, so it may have been carried out: no answer from 127.0.0.1:…: connection closed before message completed; look before sending it again; apply does so by itself
    page: the server failed, or a gateway in front of it: the answer is no JSON (malformed) (200, request …); try again; look first where something may have been created
    limit: more requests were sent than the limit allows, by this program or others on the same workspace: Exceeded rate limit of 1000000 in 10_seconds (429 rate_limit_exceeded, after 4 attempts, limit 1000000 per 10 seconds with 0 left until …, request …); wait a moment, or take a smaller share with --rate-share
    token: the access token was refused: Access Token Invalid (401 unauthorized, request …); give another token (Intercom → Settings → Developers → your app → Authentication)
    down: no connection was made, so nothing was sent: cannot reach 127.0.0.1:…: Connection refused (os error 111); check the network and the base URL
    "#);
}

/// Codes no answer of a server holds: they have tests of their own here and in `api`.
const OURS: [&str; 5] = ["not_in_this_version", "not_sent", "server error", "unreachable", "no answer"];

#[tokio::test]
async fn every_documented_code_says_its_sentence() {
    let running = healthy().await;
    let client = client_of(&running, "2.14");
    let mut said = vec![
        format!("not_sent: {}", sentence(client.contact(&id("..")).await)),
        format!("not_in_this_version: {}", sentence(client_of(&running, "1.4").opt_out(&id("5f"), "91").await)),
    ];
    let page = |status| Fault::ServerError { status, when: When::BeforeCommit, html: true };
    running.set_faults(every(page(504)));
    said.push(format!("server error: {}", sentence(client.create(&patch(&json!({}))).await)));
    for row in EXPLANATIONS.iter().filter(|row| !OURS.contains(&row.code)) {
        // Where a gateway gives no code, the status alone leads to the row
        let code = if row.code.contains(' ') { "" } else { row.code };
        let statuses = if row.code == "redirect" { &[302][..] } else { row.statuses };
        for status in statuses {
            let refusal = Fault::Refusal { status: *status, code: code.to_owned(), message: "No.".to_owned() };
            running.set_faults(every(refusal));
            said.push(format!("{}: {}", row.code, sentence(client.create(&patch(&json!({}))).await)));
        }
    }
    for row in EXPLANATIONS.iter().filter(|row| !["unreachable", "no answer"].contains(&row.code)) {
        assert!(said.iter().any(|line| line.starts_with(&format!("{}: {}", row.code, row.meaning))), "{}", row.code);
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    not_sent: what was given is no id: an id is empty or no id; nothing was sent (404 not_sent); give the contact's id
    not_in_this_version: this version of the API has no call for it: version 1.4 of the API cannot write subscription types (400 not_in_this_version); choose another with --api, or do it in Intercom
    server error: the server failed, or a gateway in front of it: a web page titled "504" (504, request …); try again; look first where something may have been created
    parameter_invalid: a value was not accepted: No. (400 parameter_invalid, request …); correct the field that is named and send it again
    parameter_invalid: a value was not accepted: No. (422 parameter_invalid, request …); correct the field that is named and send it again
    parameter_not_found: something the call needs was not given: No. (400 parameter_not_found, request …); give it: the message names it
    missing_parameter: something the call needs was not given: No. (400 missing_parameter, request …); give it: the message names it
    parameter_not_allowed: something was given that this call does not take: No. (400 parameter_not_allowed, request …); leave it out
    type_mismatch: a value is of the wrong type: No. (400 type_mismatch, request …); look at the attribute's type in Intercom and write it so
    client_error: the request was not understood: No. (400 client_error, request …); send it again with -vv and report what is printed
    invalid_merge: these two cannot be merged: only a lead can be merged into a user, and from 2.16 on only one that shares its e-mail or phone: No. (400 invalid_merge, request …); check both with leadfold lead find and leadfold user find
    contact_company_limit_exceeded: the contact has 1000 companies, the most there can be: No. (400 contact_company_limit_exceeded, request …); take a company off first
    invalid_sort_order: the order of a search was not accepted: No. (400 invalid_sort_order, request …); report it: leadfold sorts only as documented
    intercom_version_invalid: the call does not exist in this version of the API: No. (400 intercom_version_invalid, request …); choose another with --api
    tag_has_dependent_objects: the tag is used by a segment or rule: No. (400 tag_has_dependent_objects, request …); remove it there first
    scroll_exists: another scroll is open in this workspace, and there can be one only: No. (400 scroll_exists, request …); wait a minute: a scroll nobody uses is closed by then
    scroll_exists: another scroll is open in this workspace, and there can be one only: No. (409 scroll_exists, request …); wait a minute: a scroll nobody uses is closed by then
    custom_data_limit_reached: the workspace has as many custom attributes as it may have (250): No. (400 custom_data_limit_reached, request …); archive some in Intercom, or leave columns out
    custom_data_limit_reached: the workspace has as many custom attributes as it may have (250): No. (403 custom_data_limit_reached, request …); archive some in Intercom, or leave columns out
    custom_data_limit_reached: the workspace has as many custom attributes as it may have (250): No. (422 custom_data_limit_reached, request …); archive some in Intercom, or leave columns out
    invalid_document: a custom attribute was not accepted: No. (400 invalid_document, request …); its value must be text of at most 255 characters, a number, true or false, or a date
    invalid_document: a custom attribute was not accepted: No. (422 invalid_document, request …); its value must be text of at most 255 characters, a number, true or false, or a date
    not_restorable: the contact was blocked or merged and cannot come back: No. (400 not_restorable, request …); make a new one
    not_restorable: the contact was blocked or merged and cannot come back: No. (422 not_restorable, request …); make a new one
    bad_request: the request was not accepted: No. (400 bad_request, request …); the message says why
    unauthorized: the access token was refused: No. (401 unauthorized, request …); give another token (Intercom → Settings → Developers → your app → Authentication)
    token_unauthorized: the access token does not allow this: No. (401 token_unauthorized, request …); give the app the permission in Intercom's Developer Hub
    token_unauthorized: the access token does not allow this: No. (403 token_unauthorized, request …); give the app the permission in Intercom's Developer Hub
    token_not_found: nobody knows this access token: No. (401 token_not_found, request …); give another token (Intercom → Settings → Developers → your app → Authentication)
    token_revoked: the access token was revoked: No. (401 token_revoked, request …); give another token (Intercom → Settings → Developers → your app → Authentication)
    token_expired: the access token has expired: No. (401 token_expired, request …); give another token (Intercom → Settings → Developers → your app → Authentication)
    token_blocked: the access token is blocked: No. (401 token_blocked, request …); ask Intercom's support, or give another token
    token_suspended: the app of this token is suspended: No. (401 token_suspended, request …); ask Intercom's support
    api_plan_restricted: the workspace's plan does not include this: No. (403 api_plan_restricted, request …); leave it out, or change the plan in Intercom
    action_forbidden: the token's teammate may not do this: No. (403 action_forbidden, request …); give the teammate or the app the permission in Intercom
    forbidden: the token may not do this: No. (403 forbidden, request …); give the app the permission in Intercom's Developer Hub
    company_not_found: there is no such company: No. (404 company_not_found, request …); it was deleted, or belongs to another workspace; look it up in Intercom
    admin_not_found: there is no such teammate: No. (404 admin_not_found, request …); look at the teammates in Intercom's settings
    tag_not_found: there is no such tag: No. (404 tag_not_found, request …); it was deleted or renamed; tag by name
    field_not_found: there is no such attribute: No. (404 field_not_found, request …); look at the data settings in Intercom
    job_not_found: there is no such job: No. (404 job_not_found, request …); it is over, or was made in another workspace
    not_found: it is not there: No. (404 not_found, request …); it was deleted, archived or merged, or belongs to another workspace; look it up with leadfold lead find or leadfold user find
    unique_user_constraint: another user has this e-mail address or external id: No. (400 unique_user_constraint, request …); name the user by its Intercom id
    unique_user_constraint: another user has this e-mail address or external id: No. (409 unique_user_constraint, request …); name the user by its Intercom id
    resource_conflict: another user has this e-mail address or external id: No. (409 resource_conflict, request …); name the user by its Intercom id
    conflict: another contact is in the way: No. (400 conflict, request …); change that one, or bring it back when it is archived (leadfold user unarchive ID); where several match, name one by its Intercom id
    conflict: another contact is in the way: No. (409 conflict, request …); change that one, or bring it back when it is archived (leadfold user unarchive ID); where several match, name one by its Intercom id
    contact_merged: the contact was merged into another one: no longer a contact of its own (410 contact_merged, request …); go on with that one
    data_invalid: the values do not fit together: No. (422 data_invalid, request …); the message says why
    unprocessable_entity: Intercom cannot do this with this contact, for instance with a lead that came from another channel: No. (422 unprocessable_entity, request …); the message says why; leave the contact out, or do it in Intercom
    rate_limit_exceeded: more requests were sent than the limit allows, by this program or others on the same workspace: No. (429 rate_limit_exceeded, after 4 attempts, limit 1000000 per 10 seconds with 0 left until …, request …); wait a moment, or take a smaller share with --rate-share
    too_many_requests: the server is too busy for this: No. (429 too_many_requests, after 4 attempts, limit 1000000 per 10 seconds with 0 left until …, request …); wait a minute and try again
    request_timeout: the server gave up waiting: No. (408 request_timeout, request …); try again; look first where something may have been created
    service_unavailable: Intercom is not available: No. (503 service_unavailable, request …); see https://www.intercomstatus.com and try again later
    server_error: Intercom failed: No. (500 server_error, request …); try again; look first where something may have been created
    not acceptable: the server cannot answer in JSON: No. (406, request …); check the base URL
    unsupported media: the server takes no JSON: No. (415, request …); check the base URL
    redirect: the address answers with a redirect, which is not followed because it would carry the token along: moved elsewhere (302 redirect, request …); check the base URL
    "#);
}

#[test]
fn the_command_line_says_the_sentence_once() {
    let workspace =
        Workspace::start(leadfold::sandbox::Options { tokens: vec!["another".into()], ..Workspace::options() });
    let ran = Desk::new().run_on(&workspace.url(), &["whoami"]).ends_with(8);
    insta::assert_snapshot!(redacted(&ran.err), @r"
    error: the access token was refused: Access Token Invalid (401 unauthorized, request …); give another token (Intercom → Settings → Developers → your app → Authentication)
    hint: check the token and its permissions, and the region: --api-url https://api.eu.intercom.io (EU) or https://api.au.intercom.io (Australia)
    ");
}

#[test]
fn whoami_shows_the_rate_limit() {
    let workspace = Workspace::start(leadfold::sandbox::Options { limit_per_window: 180, ..Workspace::options() });
    let desk = Desk::new();
    let ran = desk.run_on(&workspace.url(), &["whoami"]).ends_with(0);
    assert!(
        ran.out.contains(
            "rate limit  180 requests per 10 seconds (1080 a minute), 179 left in the window that ends at 20"
        ),
        "{}",
        ran.out
    );
    let document: Value = serde_json::from_str(&desk.run_on(&workspace.url(), &["whoami", "--json"]).out).unwrap();
    let limit = &document["rate_limit"];
    assert_eq!(limit["limit_per_10_seconds"], 180);
    assert!(limit["reset"].as_i64().unwrap() > 1_600_000_000, "{limit}");
}
