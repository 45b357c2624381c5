//! The laws about outcomes and the journal can be broken, too.

use leadfold::contact::{IntercomId, Timestamp};
use leadfold::plan::{Action, ActionBody, ActionId, Attribute, AttributeValue, Change, StandardAttribute, Target};
use leadfold::plan::{Outcome, RowPlan};
use leadfold::store::{ActionState, Attempt, AttemptId, AttemptResult, RowOutcome};
use serde_json::{Value, json};

use super::laws::{Evidence, broken};
use super::scene::Meddling;

/// What a run left behind; empty unless a test forges it.
#[derive(Default)]
struct Forged {
    before: Vec<Value>,
    after: Vec<Value>,
    log: Vec<Value>,
    actions: Vec<Action>,
    states: Vec<ActionState>,
    attempts: Vec<Attempt>,
    outcomes: Vec<RowOutcome>,
    records: usize,
    rows: Vec<(Vec<String>, usize)>,
}

impl Forged {
    fn verdict(&self) -> String {
        let evidence = Evidence {
            before: &json!({ "contacts": self.before }),
            after: &json!({ "contacts": self.after }),
            log: &json!({ "log": self.log }),
            meddling: &Meddling::default(),
            actions: &self.actions,
            states: &self.states,
            attempts: &self.attempts,
            outcomes: &self.outcomes,
            records: self.records,
            rows: &self.rows,
            legacy: false,
        };
        broken(&evidence).join("; ")
    }

    /// With an action and where it stands.
    fn act(mut self, target: Target, body: ActionBody, state: ActionState) -> Self {
        let id = ActionId(u32::try_from(self.actions.len()).unwrap() + 1);
        self.actions.push(Action { id, group: 1, target, body, reason: "".into(), needs: Vec::new() });
        self.states.push(state);
        self
    }

    fn attempt(mut self, request: &str, result: Option<AttemptResult>, answered: bool) -> Self {
        self.attempts.push(Attempt {
            id: AttemptId(1),
            action: ActionId(1),
            step: 0,
            request: request.to_owned(),
            intended_at: Timestamp(0),
            result,
            ended_at: None,
            request_id: answered.then(|| "r1".to_owned()),
        });
        self
    }

    fn seen(mut self, method: &str, path: &str, committed: bool) -> Self {
        let number = self.log.len() + 1;
        self.log.push(json!({ "number": number, "method": method, "path": path, "committed": committed }));
        self
    }

    fn outcome(mut self, record: usize, outcome: Outcome, contact: Option<&str>) -> Self {
        // Deserialised, because the type of the record's number belongs to a room that tests do not name
        let planned: RowPlan = serde_json::from_value(
            json!({ "record": record, "group": 1, "expected": "created", "decided_by": [], "reason": "" }),
        )
        .unwrap();
        let contact = contact.map(|id| IntercomId(id.into()));
        self.outcomes.push(RowOutcome { record: planned.record, outcome, contact, message: String::new() });
        self
    }
}

fn contact(id: &str, role: &str, state: &str) -> Value {
    json!({
        "id": id, "state": state, "merged_into": null, "role": role, "external_id": null,
        "email": "ann@hill.example", "phone": null, "name": "Ann Lee", "unsubscribed_from_emails": false,
        "has_hard_bounced": false, "marked_email_as_spam": false, "custom_attributes": {}, "tags": [],
        "companies": [], "notes": [], "subscriptions": {},
    })
}

fn existing(id: &str) -> Target {
    Target::Existing(IntercomId(id.into()))
}

fn done(contact: &str) -> ActionState {
    ActionState::Done { contact: Some(IntercomId(contact.into())) }
}

fn carried_out() -> AttemptResult {
    AttemptResult::Done { id: None }
}

fn create() -> (Target, ActionBody) {
    let values = vec![Change {
        attribute: Attribute::Standard(StandardAttribute::Name),
        before: None,
        after: AttributeValue::Text("Ann Lee".to_owned()),
        from: serde_json::from_value(json!(0)).unwrap(),
    }];
    (Target::CreatedBy(ActionId(1)), ActionBody::Create { role: leadfold::contact::Role::Lead, values: values.into() })
}

#[test]
fn a_row_without_outcome_with_two_or_with_an_unknown_one_is_noticed() {
    let forged = || Forged { records: 1, ..Forged::default() };
    assert!(forged().verdict().contains("1 rows, 0 outcomes"));
    let twice = forged().outcome(0, Outcome::Unchanged, None).outcome(0, Outcome::Unchanged, None);
    assert!(twice.verdict().contains("1 rows, 2 outcomes"));
    assert!(forged().outcome(0, Outcome::Unknown, None).verdict().contains("is unknown in the end"));
    assert_eq!(forged().outcome(0, Outcome::Skipped, None).verdict(), "");
}

#[test]
fn an_action_left_pending_is_noticed() {
    let (target, body) = create();
    assert!(Forged::default().act(target, body, ActionState::Pending).verdict().contains("left pending"));
}

#[test]
fn a_new_contact_of_nobody_or_of_two_rows_is_noticed() {
    let new = || Forged { after: vec![contact("n1", "lead", "active")], ..Forged::default() };
    assert!(new().verdict().contains("known to no action"));
    let act = |forged: Forged| {
        let (target, body) = create();
        forged.act(target, body, done("n1"))
    };
    assert!(act(act(new())).verdict().contains("2 rows were made into the new contact n1"));
    assert_eq!(act(new()).verdict(), "");
}

#[test]
fn a_row_that_is_said_to_have_arrived_and_has_not_is_noticed() {
    let people = vec![contact("u1", "user", "active")];
    let row = |cells: &[&str]| (cells.iter().map(|cell| (*cell).to_owned()).collect(), 0);
    let forged = |cells: &[&str], stands_for| {
        let forged = Forged {
            before: people.clone(),
            after: people.clone(),
            records: 1,
            rows: vec![row(cells)],
            ..Forged::default()
        };
        forged.outcome(0, Outcome::Updated, stands_for).verdict()
    };
    assert!(forged(&["ann@hill.example"], None).contains("has no contact"));
    assert!(forged(&["ann@hill.example", "webinar"], Some("u1")).contains("lacks \"webinar\""));
    assert_eq!(forged(&["ann@hill.example", "Ann Lee"], Some("u1")), "");
}

#[test]
fn who_went_into_somebody_that_went_too_is_noticed() {
    let mut merged = contact("l1", "lead", "merged");
    merged["merged_into"] = json!("l2");
    let forged = Forged {
        before: vec![contact("l1", "lead", "active"), contact("l2", "lead", "active")],
        after: vec![merged, contact("l2", "lead", "archived")],
        ..Forged::default()
    };
    let said = forged.verdict();
    assert!(said.contains("which is \"archived\"") && said.contains("l2 is archived without anybody"), "{said}");
}

#[test]
fn a_request_that_was_never_settled_or_done_twice_or_never_is_noticed() {
    let note = "POST /contacts/u1/notes";
    let open = Forged::default().attempt(note, None, false).seen("POST", "/contacts/u1/notes", true);
    assert!(open.verdict().contains("was never settled"));
    let twice = Forged::default()
        .attempt(note, Some(carried_out()), true)
        .seen("POST", "/contacts/u1/notes", true)
        .seen("POST", "/contacts/u1/notes", true);
    assert!(twice.verdict().contains("carried out 2 times, the journal says 1"));
    let never = Forged::default().attempt(note, Some(carried_out()), true).seen("POST", "/contacts/u1/notes", false);
    assert!(never.verdict().contains("never was carried out"));
    let once = Forged::default().attempt(note, Some(carried_out()), true).seen("POST", "/contacts/u1/notes", true);
    assert_eq!(once.verdict(), "");
}

#[test]
fn an_archive_before_a_look_at_the_survivor_is_noticed() {
    let (l1, l2) = (contact("l1", "lead", "active"), contact("l2", "lead", "active"));
    let forged = || {
        let forged = Forged {
            before: vec![l1.clone(), l2.clone()],
            after: vec![l1.clone(), contact("l2", "lead", "archived")],
            ..Forged::default()
        };
        forged
            .act(existing("l2"), ActionBody::Archive { survivor: existing("l1") }, done("l2"))
            .attempt("POST /contacts/l1/tags 7", Some(carried_out()), true)
            .attempt("POST /contacts/l2/archive", Some(carried_out()), true)
    };
    let look = ("GET", "/contacts/l1");
    let (tag, archive) = (("POST", "/contacts/l1/tags"), ("POST", "/contacts/l2/archive"));
    let order = |steps: &[(&str, &str)]| {
        steps.iter().fold(forged(), |forged, (method, path)| forged.seen(method, path, true)).verdict()
    };
    assert!(order(&[look, tag, archive]).contains("l2 was archived before l1 was verified"));
    assert_eq!(order(&[look, tag, look, archive]), "");
}
