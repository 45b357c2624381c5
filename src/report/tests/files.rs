//! CSV and JSON.

use super::super::sample::FORMULA;
use super::*;
use crate::plan::ActionId;

#[test]
fn groups_as_csv_have_the_promised_columns_and_every_accepted_row_once() {
    insta::assert_snapshot!(shown(Part::Groups, Format::Csv), @r#"
    source,row,id,group,survivor,weight,band
    workspace.csv,1,5f1a00000000000000000001,1,true,17.2500,auto
    workspace.csv,2,5f1a00000000000000000002,1,false,17.2500,auto
    workspace.csv,3,5f1a00000000000000000003,2,true,11.0000,auto
    workspace.csv,4,5f1a00000000000000000004,2,false,11.0000,auto
    webinar.csv,1,,3,true,2.5000,review
    webinar.csv,2,,3,false,2.5000,review
    webinar.csv,3,'=cmd|' /C calc'!A0,4,true,,single
    webinar.csv,5,,5,true,,single
    "#);
}

#[test]
fn rows_as_csv_include_the_rejected_ones_in_their_place() {
    insta::assert_snapshot!(shown(Part::Rows, Format::Csv), @r#"
    source,row,line,id,group,band,expected,actions,reason
    workspace.csv,1,2,5f1a00000000000000000001,1,auto,updated,2,takes over what the lead had
    workspace.csv,2,3,5f1a00000000000000000002,1,auto,merged,1,merged into the user
    workspace.csv,3,4,5f1a00000000000000000003,2,auto,unchanged,,the survivor lacks nothing
    workspace.csv,4,5,5f1a00000000000000000004,2,auto,archived,3 4,a duplicate of the survivor
    webinar.csv,1,2,,3,review,skipped,,waits for a person
    webinar.csv,2,3,,3,review,skipped,,waits for a person
    webinar.csv,3,4,'=cmd|' /C calc'!A0,4,single,created,5,new to the workspace
    webinar.csv,4,5,,,,rejected,,"7 cells, but the header has 5"
    webinar.csv,5,6,,5,single,created,6,new to the workspace
    webinar.csv,6,7,,,,rejected,,"no name, e-mail or phone"
    "#);
}

#[test]
fn the_model_as_csv_starts_with_prior_and_thresholds() {
    insta::assert_snapshot!(shown(Part::Model, Format::Csv), @r#"
    comparison,level,m,u,weight,from,pairs,new_pairs,alone
    (prior),,,,-9.0000,,,,
    (threshold of auto),,,,8.0000,,,,
    (threshold of review),,,,0.0000,,,,
    e-mail,same address,0.7,0.00005,13.7700,learned,,,
    (blocking),the same e-mail address,,,,,3,3,2
    (candidates),,,,,,4,,
    (left out),,,,,,0,,
    (contradicted),,,,,,0,,
    "#);
}

#[test]
fn the_model_on_a_terminal_says_where_the_weights_come_from_and_what_blocking_found() {
    insta::assert_snapshot!(shown(Part::Model, Format::Table), @r"
    Weights learned from a list
    Made for 10 records with 8 distinct names and 2 companies
    Prior −9.00; groups are planned from +8.00, reviewed from +0.00 (bits: log2 of a Bayes factor)

    Levels
     comparison   level               m         u   weight   from
    ─────────────────────────────────────────────────────────────────
     e-mail       same address   0.7000   5.00e-5   +13.77   learned
    Where two records agree on a value, its own frequency takes the place of u.

    Candidates: 4 pairs compared
     found by                  pairs   no earlier key   no other key   share found alone
    ─────────────────────────────────────────────────────────────────────────────────────
     the same e-mail address       3                3              2               50.0%
    No limit left a pair out.
    ");
    let mut plan = sample::plan();
    plan.linkage.model.fallback = Some(crate::link::Fallback::FewMatches);
    plan.linkage.blocking.left_out = 1_200;
    plan.linkage.blocking.contradicted = 1;
    let text = print(|writer| super::part(&plan, None, Part::Model, Format::Table, &plain(), writer));
    assert!(text.starts_with("Shipped default weights: the list has too few matches to learn from\n"), "{text}");
    assert!(text.contains("1 pair was not compared because neither name nor address agrees"), "{text}");
    assert!(
        text.ends_with("1,200 pairs were left out because their blocks are too large to be compared completely.\n")
    );
}

#[test]
fn the_model_as_json_is_the_file_that_can_be_used_again() {
    let document: serde_json::Value = serde_json::from_str(&shown(Part::Model, Format::Json)).unwrap();
    let saved: serde_json::Value = serde_json::from_str(&sample::plan().linkage.model.to_json()).unwrap();
    for (field, value) in saved.as_object().unwrap() {
        assert_eq!(document[field], *value, "{field}");
    }
    assert_eq!(document["blocking"]["keys"][0]["alone"], 2);
}

#[test]
fn the_error_file_has_the_original_columns_first_and_no_formulas() {
    insta::assert_snapshot!(exported(ExportFile::Errors), @r#"
    Name,E-mail,Mobile,Plan,Born,leadfold_extra_1,leadfold_extra_2,leadfold_source,leadfold_row,leadfold_line,leadfold_problem,leadfold_message,leadfold_suggestion
    Dora,dora@example.com,+49 30 5550123,'=cmd|' /C calc'!A0,,left,over,webinar.csv,4,5,too many cells,"7 cells, but the header has 5",put quotes around cells that hold a semicolon
    ,,,gold,,,,webinar.csv,6,7,nothing usable,"no name, e-mail or phone",fill one of them
    "#);
}

#[test]
fn the_skipped_file_says_why() {
    insta::assert_snapshot!(exported(ExportFile::Skipped), @r#"
    source,row,line,id,group,contact,reason
    webinar.csv,1,2,,3,Chiara Conti <c.conti@example.org>,waits for a person
    webinar.csv,2,3,,3,Claudia Conti <conti@example.org>,waits for a person
    "#);
}

#[test]
fn the_id_map_leads_from_every_id_that_goes_to_the_one_that_stays() {
    insta::assert_snapshot!(exported(ExportFile::IdMap), @r#"
    old_id,new_id,how,action,progress
    5f1a00000000000000000002,5f1a00000000000000000001,merged,1,planned
    5f1a00000000000000000004,5f1a00000000000000000003,archived,4,planned
    "#);
}

#[test]
fn rows_that_failed_are_in_the_error_file_with_their_cells() {
    let ids = [IntercomId("5f1a00000000000000000001".into()), IntercomId("5f1a0000000000000000000a".into())];
    let rows = applied_rows(&ids);
    let applied = Applied { rows: &rows, ..Applied::default() };
    insta::assert_snapshot!(print(|writer| export(&sample::plan(), Some(&applied), ExportFile::Errors, writer)), @r#"
    id,Name,Email,E-mail,Mobile,Plan,Born,leadfold_extra_1,leadfold_extra_2,leadfold_source,leadfold_row,leadfold_line,leadfold_problem,leadfold_message,leadfold_suggestion
    5f1a00000000000000000004,B. Keller,bruno@kellerbau.example,,,,,,,workspace.csv,4,5,failed,Intercom said: contact is locked (request 7f),"mend what the message names, then plan and apply this row again"
    ,Dora,,dora@example.com,+49 30 5550123,'=cmd|' /C calc'!A0,,left,over,webinar.csv,4,5,too many cells,"7 cells, but the header has 5",put quotes around cells that hold a semicolon
    ,,,,,gold,,,,webinar.csv,6,7,nothing usable,"no name, e-mail or phone",fill one of them
    "#);
}

#[test]
fn the_id_map_gives_imported_ids_and_created_contacts_once_they_are_known() {
    let ids = [IntercomId("5f1a00000000000000000001".into()), IntercomId("5f1a0000000000000000000a".into())];
    let rows = applied_rows(&ids);
    let actions = [
        AppliedAction { action: ActionId(1), progress: Progress::Done, message: "", contact: Some(&ids[0]) },
        AppliedAction { action: ActionId(4), progress: Progress::Failed, message: "locked", contact: None },
    ];
    let applied = Applied { rows: &rows, actions: &actions, ..Applied::default() };
    insta::assert_snapshot!(print(|writer| export(&sample::plan(), Some(&applied), ExportFile::IdMap, writer)), @r#"
    old_id,new_id,how,action,progress
    5f1a00000000000000000002,5f1a00000000000000000001,merged,1,done
    5f1a00000000000000000004,5f1a00000000000000000003,archived,4,failed
    '=cmd|' /C calc'!A0,5f1a0000000000000000000a,created,,done
    "#);
}

#[test]
fn every_json_document_parses_and_names_its_schema() {
    let plan = sample::plan();
    let mut documents = vec![
        print(|writer| summary_json(&plan, None, writer)),
        print(|writer| Explanation::of(&plan, 3).unwrap().json(writer)),
        print(|writer| check_json(&[sample::ingested()], writer)),
    ];
    for part in [Part::Groups, Part::Actions, Part::Rows, Part::Outcomes, Part::Model] {
        documents.push(shown(part, Format::Json));
        documents.push(print(|writer| super::part(&sample::empty(), None, part, Format::Json, &plain(), writer)));
    }
    for document in documents {
        let value: serde_json::Value = serde_json::from_str(&document).unwrap();
        let schema = value["schema"].as_str().unwrap();
        assert!(schema.starts_with("leadfold.") && schema.ends_with("/1"), "{schema}");
    }
}

#[test]
fn no_cell_of_any_csv_starts_a_formula() {
    let texts = ExportFile::ALL.map(exported).into_iter().chain([shown(Part::Groups, Format::Csv)]);
    for text in texts {
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        for row in reader.records() {
            assert!(row.unwrap().iter().all(|cell| !cell.starts_with(['=', '@']) && cell != FORMULA));
        }
    }
}

#[test]
fn every_field_of_the_json_report_is_documented() {
    let text = print(|writer| summary_json(&sample::plan(), None, writer));
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let documented = include_str!("../../../docs/report.md");
    for key in document.as_object().unwrap().keys() {
        assert!(documented.contains(&format!("| `{key}` |")), "{key} is missing in docs/report.md");
    }
}
