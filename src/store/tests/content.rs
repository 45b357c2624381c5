use std::fs;

use proptest::prelude::*;
use rusqlite::Connection;

use super::*;

#[test]
fn a_plan_reads_back_as_it_was_written() {
    let (_folder, path) = written();
    let file = PlanFile::open(&path).unwrap();
    assert_eq!(file.plan().unwrap(), plan());
    assert_eq!(file.header().unwrap(), plan().header);
    file.verify_seal().unwrap();
}

#[test]
fn the_same_plan_gives_the_same_seal() {
    let (_one, first) = written();
    let (_two, second) = written();
    let seal = |path: &PathBuf| PlanFile::open(path).unwrap().reader().meta("seal").unwrap().unwrap();
    assert_eq!(seal(&first), seal(&second));
    assert_eq!(seal(&first).len(), 64);
}

#[test]
fn numbers_sqlite_does_not_keep_as_they_are_do_not_break_the_seal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("night.plan");
    let mut plan = plan();
    plan.linkage.pairs[0].weight = MatchWeight(-0.0);
    plan.linkage.pairs[0].terms[0].weight = MatchWeight(-3.0);
    plan.linkage.model.levels[0].m = f64::MIN_POSITIVE;
    PlanFile::create(&path, &plan).unwrap();
    PlanFile::open(&path).unwrap().verify_seal().unwrap();
}

#[test]
fn a_plan_is_one_file_for_its_owner_only() {
    let (folder, path) = written();
    assert_eq!(names_in(&folder), ["night.plan"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let mut file = PlanFile::open_for_journal(&path).unwrap();
    file.record(&[JournalEntry::Intent(attempt(1))]).unwrap();
    drop(file);
    assert_eq!(names_in(&folder), ["night.plan"]);
    let flag: String =
        Connection::open(&path).unwrap().pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(flag, "delete");
}

#[test]
fn every_sealed_table_is_guarded_against_edits() {
    for (table, _) in schema::SEALED {
        let (_folder, path) = written();
        let editor = Connection::open(&path).unwrap();
        let sql = if table == "meta" {
            "DELETE FROM meta WHERE key = 'settings'".to_owned()
        } else {
            format!("DELETE FROM {table}")
        };
        assert!(editor.execute(&sql, []).unwrap() > 0, "{table} is empty, so the test shows nothing");
        drop(editor);
        let verdict = PlanFile::open(&path).unwrap().verify_seal();
        assert!(matches!(verdict, Err(Error::Edited { .. })), "{table}");
    }
}

/// The seal of [`plan`] as versions before format 2 wrote it.
const SEAL_OF_FORMAT_1: &str = "9217f00e9337d24370bcc5e1c6003856cd702de9bda9ca610b8de4e07779bc17";

#[test]
fn a_plan_of_format_1_is_read_verified_and_sealed_again_as_it_was() {
    let (_folder, path) = written();
    let editor = Connection::open(&path).unwrap();
    editor.pragma_update(None, "user_version", 1).unwrap();
    editor.execute("UPDATE meta SET value = ?1 WHERE key = 'seal'", [SEAL_OF_FORMAT_1]).unwrap();
    drop(editor);
    PlanFile::open(&path).unwrap().verify_seal().unwrap();
    let mut plan = plan();
    plan.actions[2].reason = "a person said so".into();
    PlanFile::open_for_journal(&path).unwrap().replace_actions(&plan).unwrap();
    let file = PlanFile::open(&path).unwrap();
    file.verify_seal().unwrap();
    assert_eq!(file.plan().unwrap(), plan);
    drop(file);
    Connection::open(&path).unwrap().execute("UPDATE reasons SET text = 'else' WHERE reason = 1", []).unwrap();
    assert!(matches!(PlanFile::open(&path).unwrap().verify_seal(), Err(Error::Edited { .. })));
}

#[test]
fn a_value_changed_by_hand_is_noticed() {
    let (_folder, path) = written();
    Connection::open(&path).unwrap().execute("UPDATE actions SET contact = '5f03' WHERE action = 3", []).unwrap();
    assert!(matches!(PlanFile::open(&path).unwrap().verify_seal(), Err(Error::Edited { .. })));
    assert!(matches!(PlanFile::open_for_journal(&path).unwrap().replace_actions(&plan()), Err(Error::Edited { .. })));
}

#[test]
fn what_is_no_plan_is_refused_with_a_reason() {
    let (folder, path) = written();
    let at = |name: &str| folder.path().join(name);
    assert!(matches!(PlanFile::open(&at("none.plan")), Err(Error::Missing { .. })));
    fs::write(at("list.csv"), "email\nann@hillside.example\n".repeat(300)).unwrap();
    assert!(matches!(PlanFile::open(&at("list.csv")), Err(Error::NotAPlan { .. })));
    fs::write(at("empty.plan"), "").unwrap();
    assert!(matches!(PlanFile::open(&at("empty.plan")), Err(Error::NotAPlan { .. })));
    assert!(matches!(PlanFile::open(folder.path()), Err(Error::NotAPlan { .. })));
    Connection::open(at("other.db")).unwrap().execute_batch("CREATE TABLE meta (key, value)").unwrap();
    assert!(matches!(PlanFile::open_for_journal(&at("other.db")), Err(Error::NotAPlan { .. })));
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let newer = PlanFile::open(&path).unwrap_err();
    assert!(matches!(newer, Error::NewerFormat { found: 99, known: 2, .. }));
    assert!(newer.to_string().ends_with(
        "night.plan: the plan has format 99, this leadfold reads up to 2; use the leadfold that made it or a newer one"
    ));
    let locks = names_in(&folder).into_iter().filter(|name| name.contains(".lock")).count();
    assert_eq!(locks, 0);
}

#[test]
fn a_failed_write_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("nowhere").join("a.plan");
    let error = PlanFile::create(&missing, &plan()).unwrap_err();
    assert!(matches!(&error, Error::Io { path, .. } if *path == missing), "{error}");
    let mut broken = plan();
    broken.rows.push(broken.rows[0].clone());
    let path = folder.path().join("b.plan");
    assert!(PlanFile::create(&path, &broken).unwrap_err().to_string().contains("b.plan"));
    assert_eq!(names_in(&folder), Vec::<String>::new());
}

#[test]
fn the_view_of_changes_shows_each_value_before_and_after() {
    let (_folder, path) = written();
    let file = PlanFile::open(&path).unwrap();
    let mut statement = file
        .connection
        .prepare("SELECT action || ' ' || attribute || ' ' || coalesce(before, '-') || ' ' || after FROM changes ORDER BY action, position")
        .unwrap();
    let lines: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(
        lines,
        [
            "1 email - a@b.example",
            "1 custom:plan - 12",
            "2 unsubscribed_from_emails 0 1",
            "2 signed_up_at - 1700000000"
        ]
    );
    let seen: String = file
        .connection
        .query_row("SELECT input || row || band || survives || expected FROM overview WHERE record = 1", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(seen, "webinar.csv2auto1updated");
}

#[test]
fn the_document_names_every_table_and_column() {
    let (_folder, path) = written();
    let file = PlanFile::open(&path).unwrap();
    let document = include_str!("../../../docs/plan-file.md");
    let mut documented = Vec::new();
    for line in document.lines() {
        if let Some(name) = line.strip_prefix("### `").and_then(|rest| rest.split('`').next()) {
            documented.push((name.to_owned(), Vec::new()));
        } else if let Some(name) = line.strip_prefix("| `").and_then(|rest| rest.split('`').next())
            && let Some((_, columns)) = documented.last_mut()
        {
            columns.push(name.to_owned());
        }
    }
    let mut statement = file
        .connection
        .prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY rowid")
        .unwrap();
    let stored: Vec<(String, Vec<String>)> = statement
        .query_map([], |row| row.get::<_, String>(0))
        .unwrap()
        .map(Result::unwrap)
        .map(|table| {
            let statement = file.connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
            let columns = statement.column_names().map(str::to_owned).collect();
            (table, columns)
        })
        .collect();
    assert_eq!(documented, stored);
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,12}", "\\PC{0,8}", Just("{\"a\":1}".to_owned()), Just("O'Brien\n\"x\",;".to_owned())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_and_number_survives_the_file(
        texts in prop::collection::vec(text(), 8),
        number in any::<i64>(),
        weight in prop::num::f64::NORMAL | prop::num::f64::ZERO,
        copies in 0_usize..6,
    ) {
        let mut plan = plan();
        let word = |index: usize| texts[index % texts.len()].clone();
        plan.header.made_at = Timestamp(number);
        plan.header.settings = serde_json::json!({ "note": word(0), "number": number });
        plan.sources[0].name = word(1);
        plan.sources[0].notes = texts.clone();
        plan.sources[0].columns[0].field = crate::contact::Field::Custom(format!("c{}", word(2)).into());
        plan.sources[0].columns[0].mapped_by = MappedBy::Preset(word(3));
        plan.linkage.pairs[0].terms[0].weight = MatchWeight(weight);
        plan.linkage.groups[0].weight = Some(MatchWeight(weight));
        plan.linkage.groups[0].golden.fields.change(|fields| fields[0].value = word(4));
        plan.actions[0].reason = word(5).into();
        plan.actions[3].body = ActionBody::Attach { what: Attachment::Note { body: word(6) } };
        plan.actions[1].body = ActionBody::Update { changes: std::iter::once(Change {
            attribute: Attribute::Custom(word(7)),
            before: Some(AttributeValue::Time(number)),
            after: AttributeValue::Text(word(0)),
            from: RecordIndex(0),
        }).collect() };
        for copy in 0..copies {
            let row = u32::try_from(plan.records.len()).unwrap();
            plan.records.push(
&                RecordBuilder::new().row(row).email(&word(copy)).name(&word(copy + 1)).note(&word(copy + 2))
                    .custom("Plan", &word(copy + 3)).created_at(number).build(),
            );
            plan.rows.push(RowPlan { record: RecordIndex(row), ..plan.rows[0].clone() });
            plan.linkage.groups[0].members.push(RecordIndex(row));
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("any.plan");
        PlanFile::create(&path, &plan).unwrap();
        let file = PlanFile::open(&path).unwrap();
        prop_assert_eq!(file.plan().unwrap(), plan);
        file.verify_seal().unwrap();
    }
}
