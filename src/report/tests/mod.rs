//! What people and programs read, as text.

mod files;
mod page;

use super::sample;
use super::*;
use crate::contact::IntercomId;
use crate::link::RecordIndex;
use crate::plan::Outcome;

fn print(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn plain() -> TextOptions {
    TextOptions { width: 110, ..TextOptions::default() }
}

fn shown(part: Part, format: Format) -> String {
    print(|writer| super::part(&sample::plan(), None, part, format, &plain(), writer))
}

fn exported(file: ExportFile) -> String {
    print(|writer| export(&sample::plan(), None, file, writer))
}

#[test]
fn the_terminal_report_gives_the_verdict_then_the_risks_then_the_tables() {
    insta::assert_snapshot!(print(|writer| summary_text(&sample::plan(), None, &plain(), writer)), @r#"
    10 rows → 2 create, 1 update, 1 merge, 1 archive, 2 to review, 1 unchanged, 2 rejected; 13 calls, about 2 s; nothing has been written
    Plan of 2025-11-22 03:00 UTC for workspace Northwind (ab12cd34, EU), Intercom 2.14, by leadfold 0.1.0

    Before you apply
    !! merged leads disappear for good: Intercom cannot undo a merge (1)
    !! new contacts are made: one that matches a live message or series is sent it at once (2)
     ! contacts are unsubscribed from e-mails, because a row of the same person opted out (1)
     ! 1 group waits for a person: leadfold review
     ! 1 join was refused because the records contradict each other
     ! 2 rows could not be read; leadfold export writes them to errors.csv
     ! 1 cell could not be understood: carried as written, never compared
     ! webinar.csv: read as Windows-1252, as its bytes suggest; if names look wrong use --encoding

    Inputs
     source          is         rows   rejected   encoding       recognised as
    ────────────────────────────────────────────────────────────────────────────
     workspace.csv   existing      4          0   UTF-8          Intercom users
     webinar.csv     incoming      6          2   Windows-1252   –
    webinar.csv: 1 date could be read two ways; read as day/month

    Actions
     action    count   undo
    ────────────────────────────────────
     create        2   can be put back
     update        1   can be put back
     merge         1   cannot be undone
     attach        1   can be put back
     archive       1   can be put back
    4 calls that read and 9 that write; about 2 s at 1,666 calls per 10 s

    Groups, the ones to review and the loosest first (3 of 3)
     group   band     weight   rows   survivor                             others
    ───────────────────────────────────────────────────────────────────────────────────────────────────────────
         3   review    +2.50      2   Chiara Conti <c.conti@example.org>   Claudia Conti <conti@example.org>
         2   auto     +11.00      2   Bruno Keller                         B. Keller <bruno@kellerbau.example>
                                      <bruno@kellerbau.example>
         1   auto     +17.25      2   Ada Marsh <ada.marsh@example.com>    ada marsh <ada.marsh@example.com>

    Rejected rows: 1 too many cells, 1 nothing usable
     source        row   line   what is wrong                   what to do
    ──────────────────────────────────────────────────────────────────────────────────────────────────────────
     webinar.csv     4      5   7 cells, but the header has 5   put quotes around cells that hold a semicolon
     webinar.csv     6      7   no name, e-mail or phone        fill one of them

    Next
      leadfold review PLAN           decide on 1 doubtful group
      leadfold show PLAN --group N   why a group was joined, pair by pair
      leadfold apply PLAN -n         check again and forecast, without writing
      leadfold apply PLAN            carry it out; running it again resumes it
      leadfold undo PLAN             put back what can be put back
    "#);
}

#[test]
fn a_plan_without_rows_says_there_is_nothing_to_do() {
    insta::assert_snapshot!(print(|writer| summary_text(&sample::empty(), None, &plain(), writer)), @r#"
    0 rows → nothing to do; no calls needed; nothing has been written
    Plan of 2025-11-22 03:00 UTC for workspace Northwind (ab12cd34, EU), Intercom 2.14, by leadfold 0.1.0

    Next
      Nothing to apply.
    "#);
}

#[test]
fn a_group_is_explained_pair_by_pair() {
    let plan = sample::plan();
    let explanation = Explanation::of(&plan, 1).unwrap();
    insta::assert_snapshot!(print(|writer| explanation.text(&plain(), writer)), @r#"
    Group 1: 2 rows, auto, weight +17.25
    ★ row 1 of workspace.csv stays: the only user

     field          1: ★ workspace.csv row 1   2: workspace.csv row 2
                    existing user              existing lead
    ──────────────────────────────────────────────────────────────────
     name           Ada Marsh                  ada marsh
     email          ada.marsh@example.com      ada.marsh@example.com
     phone                                     + +442079460018
     external_id    u-1001
     company        Northwind Ltd
     unsubscribed                              + yes
     created_at     2020-09-13 12:26 UTC       2022-04-15 05:20 UTC

    Why row 1 of workspace.csv and row 2 of workspace.csv?
      prior        before anything is compared                 −9.00
      e-mail       same address                               +15.25
      name         same name                                  +11.00
      total        probability over 99.99%                    +17.25
      found by the same e-mail address

    The merged contact
     field   value              from                     not used
    ───────────────────────────────────────────────────────────────
     name    Ada Marsh          row 1 of workspace.csv   ada marsh
     phone   +44 20 7946 0018   row 2 of workspace.csv

    Planned
      1. merge 5f1a00000000000000000001: part of user 5f1a00000000000000000001
         before: lead 5f1a00000000000000000002
         because the lead is the same person as the user
      2. update 5f1a00000000000000000001: phone: +44 20 7946 0018; unsubscribed_from_emails: yes
         before: phone: (empty); unsubscribed_from_emails: no
         because the user lacks what the lead had
    "#);
}

#[test]
fn a_doubtful_group_shows_the_doubt_and_the_refused_joins() {
    let plan = sample::plan();
    let explanation = Explanation::of(&plan, 3).unwrap();
    insta::assert_snapshot!(print(|writer| explanation.text(&plain(), writer)), @r#"
    Group 3: 2 rows, review, weight +2.50
    To review: the given names differ
    ★ row 1 of webinar.csv stays: first row of 2

     field   1: ★ webinar.csv row 1   2: webinar.csv row 2
             incoming                 incoming
    ───────────────────────────────────────────────────────
     name    Chiara Conti             ≠ Claudia Conti
     email   c.conti@example.org      ≠ conti@example.org
     phone   +390655501234            +390655501234

    Why row 1 of webinar.csv and row 2 of webinar.csv?
      prior        before anything is compared                 −9.00
      e-mail       different address, same domain              −1.50
      name         same surname, other given name              −2.00
      phone        same number                                +15.00
      total        probability 84.98%                          +2.50
      found by the same e-mail address

    Joins refused
      row 4 of workspace.csv and row 1 of webinar.csv (weight +3.50): the names cannot be one person's, between row 4 of workspace.csv and row 1 of webinar.csv

    Planned
      nothing
    "#);
}

#[test]
fn a_group_the_plan_does_not_have_is_not_explained() {
    assert!(Explanation::of(&sample::plan(), 0).is_none());
    assert!(Explanation::of(&sample::plan(), 6).is_none());
}

#[test]
fn check_shows_dialect_columns_rejects_and_a_preview() {
    insta::assert_snapshot!(print(|writer| check_text(&sample::ingested(), &plain(), writer)), @r#"
    webinar.csv: 6 rows, 4 usable, 2 rejected
      20.4 kB, Windows-1252 (detected), separated by semicolon; not a known export: columns read by their names
      1 date could be read two ways; read as day/month

     #   column   means         because of   filled   not understood
    ─────────────────────────────────────────────────────────────────
     1   Name     name          its name       100%
     2   E-mail   email         its name       100%
     3   Mobile   phone         its name        50%
     4   Plan     custom:plan   its name        25%
     5   Born     birthday      its name        25%                1

    Rejected rows
      row 4, line 5: 7 cells, but the header has 5; put quotes around cells that hold a semicolon
      row 6, line 7: no name, e-mail or phone; fill one of them

    The first rows as they are understood
      row 1
        name           Chiara Conti
        email          c.conti@example.org
        phone          +390655501234
      row 2
        name           Claudia Conti
        email          conti@example.org
        phone          +390655501234
      row 3
        name           <script>alert(1)</script> gnol & "Co" 👩🚀
        email          mallory@example.net
        plan           =cmd|' /C calc'!A0
    "#);
}

#[test]
fn actions_as_a_table_fit_the_terminal() {
    insta::assert_snapshot!(shown(Part::Actions, Format::Table), @r#"
     action   group   kind      target                     after                        reason
    ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
          1       1   merge     5f1a00000000000000000001   part of user                 the lead is the same
                                                           5f1a00000000000000000001     person as the user
          2       1   update    5f1a00000000000000000001   phone: +44 20 7946 0018;     the user lacks what the
                                                           unsubscribed_from_emails:    lead had
                                                           yes
          3       2   attach    5f1a00000000000000000003   all tags, companies, notes   kept before the duplicate
                                                           and open conversations of    is archived
                                                           5f1a00000000000000000004
          4       2   archive   5f1a00000000000000000004   archived;                    a duplicate of the
                                                           5f1a00000000000000000003     survivor
                                                           stays in its place
          5       4   create    new contact                lead; name:                  new to the workspace
                                                           <script>alert(1)</script>
                                                           gnol & "Co" 👩‍🚀; email:
                                                           mallory@example.net;
                                                           custom:plan: =cm…
          6       5   create    new contact                lead; name: Longname         new to the workspace
                                                           Longname Longname Longname
                                                           Longname Longname Longname
                                                           Longname Longname Longna…
    "#);
}

#[test]
fn a_long_table_points_at_csv() {
    let options = TextOptions { rows: 2, ..plain() };
    let text = print(|writer| part(&sample::plan(), None, Part::Groups, Format::Table, &options, writer));
    insta::assert_snapshot!(text, @r#"
     source          row   id                         group   survivor    weight   band
    ────────────────────────────────────────────────────────────────────────────────────
     workspace.csv     1   5f1a00000000000000000001       1   true       17.2500   auto
     workspace.csv     2   5f1a00000000000000000002       1   false      17.2500   auto
    … and 6 more rows; --format csv prints all
    "#);
}

/// An apply that finished, with one failure and one create.
fn applied_rows(ids: &[IntercomId]) -> Vec<AppliedRow<'_>> {
    let row = |record, outcome, contact, message| AppliedRow { record: RecordIndex(record), outcome, contact, message };
    vec![
        row(0, Outcome::Updated, Some(&ids[0]), "done"),
        row(1, Outcome::Merged, Some(&ids[0]), "done"),
        row(2, Outcome::Unchanged, None, "done"),
        row(3, Outcome::Failed, None, "Intercom said: contact is locked (request 7f)"),
        row(4, Outcome::Skipped, None, "waits for a person"),
        row(5, Outcome::Skipped, None, "waits for a person"),
        row(6, Outcome::Created, Some(&ids[1]), "done"),
    ]
}

#[test]
fn after_an_apply_every_row_is_reconciled_and_what_is_left_is_named() {
    let ids = [IntercomId("5f1a00000000000000000001".into()), IntercomId("5f1a0000000000000000000a".into())];
    let rows = applied_rows(&ids);
    let applied = Applied { rows: &rows, requests: 7, ..Applied::default() };
    let plan = sample::plan();
    let mut outcomes = std::collections::BTreeMap::from([(Outcome::Rejected, 2)]);
    for row in &rows {
        *outcomes.entry(row.outcome).or_default() += 1;
    }
    let tallied = Tallied { outcomes, to_review: 2, given: 10 };
    let text = print(|writer| reconciliation(&tallied, &plain(), writer));
    let whole = print(|writer| summary_text(&plan, Some(&applied), &plain(), writer));
    assert!(whole.ends_with(&text), "counts alone say the same");
    insta::assert_snapshot!(format!("{}\n{text}", verdict(&plan, Some(&applied))), @r#"
    10 rows → 1 created, 1 updated, 1 merged, 2 to review, 1 unchanged, 2 rejected, 1 failed, 1 not done yet; 7 write requests
      created           1
      updated           1
      merged            1
      unchanged         1
      skipped           2  (2 wait for a person to review)
      rejected          2
      failed            1
      not done yet      1
      sum              10
    10 rows: 9 outcomes, 1 not done yet; apply again to go on
    "#);
}

#[test]
fn nothing_a_stranger_wrote_reaches_a_terminal_unsafe() {
    let plan = sample::plan();
    let mut texts = vec![
        print(|writer| summary_text(&plan, None, &plain(), writer)),
        print(|writer| check_text(&sample::ingested(), &plain(), writer)),
    ];
    texts.extend([Part::Groups, Part::Actions, Part::Rows, Part::Outcomes].map(|part| shown(part, Format::Table)));
    texts.extend((1..=5).map(|id| print(|writer| Explanation::of(&plan, id).unwrap().text(&plain(), writer))));
    for text in texts {
        assert!(!text.contains(['\u{202e}', '\u{202c}', '\u{1b}']), "{text}");
    }
}

#[test]
fn escape_codes_are_written_only_when_asked_for() {
    let colour = TextOptions { style: Style::Colour, ..plain() };
    let escape = '\u{1b}';
    assert!(print(|writer| summary_text(&sample::plan(), None, &colour, writer)).contains(escape));
    assert!(!print(|writer| summary_text(&sample::plan(), None, &plain(), writer)).contains(escape));
}

#[test]
fn a_damaged_plan_is_shown_as_far_as_it_goes() {
    let mut plan = sample::plan();
    plan.linkage.groups[0].members.push(RecordIndex(99));
    plan.linkage.groups[0].golden.survivor = RecordIndex(98);
    plan.rows.truncate(3);
    plan.sources.truncate(1);
    for part in [Part::Groups, Part::Actions, Part::Rows, Part::Outcomes, Part::Model] {
        for format in [Format::Table, Format::Csv, Format::Json] {
            assert!(!print(|writer| super::part(&plan, None, part, format, &plain(), writer)).is_empty());
        }
    }
    assert!(!print(|writer| summary_text(&plan, None, &plain(), writer)).is_empty());
    assert!(!print(|writer| Explanation::of(&plan, 1).unwrap().text(&plain(), writer)).is_empty());
}
