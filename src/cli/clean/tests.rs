//! What a person reads in the morning.

use super::record::{Ended, Night, Since};
use super::summary::{advise, mail};
use super::unattended;
use crate::config::{Layer, Layers, Settings, ValueOrigin};

fn night(ended: Ended) -> Night {
    Night {
        started_at: "2026-11-22T03:17:00Z".to_owned(),
        run: "2026-11-22T03-17-00Z".to_owned(),
        workspace: "abc123".to_owned(),
        workspace_name: "Agora".to_owned(),
        ended,
        seconds: 42.0,
        contacts: 12_040,
        changed: 31,
        departed: 2,
        duplicates: 9,
        to_review: 3,
        calls: 57,
        folder: "/nights/2026-11-22T03-17-00Z".to_owned(),
        since: Some(Since {
            run: "2026-11-21T03-17-00Z".to_owned(),
            contacts: 14,
            new_contacts: 16,
            new_groups: 8,
            new_to_review: 1,
            left_review: 0,
        }),
        ..Night::default()
    }
}

fn told(mut night: Night) -> String {
    advise(&mut night, &Settings::default());
    mail(&night)
}

#[test]
fn a_night_that_may_not_act_says_how_to_let_it() {
    insta::assert_snapshot!(told(night(Ended::Reported)), @r#"
    leadfold clean: Agora: 9 duplicates found, none touched

    began                   2026-11-22T03:17:00Z
    contacts                12040  (+14 since the last night)
    new or changed          31  (16 created since)
    gone meanwhile          2
    duplicates found        9  (8 new groups)
    merged                  0
    archived                0
    failed                  0
    groups to review        3  (1 new)
    calls, minutes          57, 0.7
    since                   2026-11-21T03-17-00Z
    kept in                 /nights/2026-11-22T03-17-00Z

    what to do
      open /nights/2026-11-22T03-17-00Z/night.html   shows what it would do, and why
      leadfold apply /nights/2026-11-22T03-17-00Z/night.plan   does it this once
      [clean] apply = ["merge", "archive"] in leadfold.toml   does it every night
      leadfold review /nights/2026-11-22T03-17-00Z/night.plan   decides on the groups that wait
    "#);
}

#[test]
fn a_guardrail_says_why_and_what_to_do() {
    let reasons = vec![
        "the plan exceeds --max-archive 5%: it concerns 50000 contacts, 2600 are allowed; nothing was applied"
            .to_owned(),
    ];
    insta::assert_snapshot!(told(Night { reasons, duplicates: 50_000, exit_code: 4, ..night(Ended::Guardrail) }), @r#"
    leadfold clean: Agora: STOPPED by a guardrail: 50000 duplicates found, none touched

    the plan exceeds --max-archive 5%: it concerns 50000 contacts, 2600 are allowed; nothing was applied

    began                   2026-11-22T03:17:00Z
    contacts                12040  (+14 since the last night)
    new or changed          31  (16 created since)
    gone meanwhile          2
    duplicates found        50000  (8 new groups)
    merged                  0
    archived                0
    failed                  0
    groups to review        3  (1 new)
    calls, minutes          57, 0.7
    since                   2026-11-21T03-17-00Z
    kept in                 /nights/2026-11-22T03-17-00Z

    what to do
      open /nights/2026-11-22T03-17-00Z/night.html   shows what it would have done, and why
      if a list was imported twice: archive the copies in Intercom, the next night is quiet again
      if it is right: leadfold apply /nights/2026-11-22T03-17-00Z/night.plan --max-merge 50000 --max-archive 50000   does it this once
      if so many are usual: raise [guardrails] max_merge and max_archive
      leadfold review /nights/2026-11-22T03-17-00Z/night.plan   decides on the groups that wait
    "#);
}

#[test]
fn a_night_without_network_says_that_nothing_is_lost() {
    let failed = Night {
        started_at: "2026-11-22T03:17:00Z".to_owned(),
        exit_code: 6,
        reasons: vec!["api.intercom.io: no connection".to_owned()],
        ..Night::default()
    };
    insta::assert_snapshot!(told(failed), @r#"
    leadfold clean: no workspace reached: FAILED

    api.intercom.io: no connection

    began                   2026-11-22T03:17:00Z
    calls, minutes          0, 0.0

    what to do
      nothing is lost: the next night goes on where it stopped
    "#);
}

#[test]
fn an_unwatched_run_has_guardrails_unless_somebody_set_others() {
    let (layers, set) = unattended(Layers::merge([]));
    let limits = layers.settings().unwrap().guardrails;
    assert_eq!((set, limits.max_merge, limits.max_archive), (false, "5%".parse().ok(), "5%".parse().ok()));
    let mut flags = Layer::default();
    flags.set("guardrails.max_archive", "900", ValueOrigin::Flag("--max-archive"));
    let (layers, set) = unattended(Layers::merge([flags]));
    let limits = layers.settings().unwrap().guardrails;
    assert_eq!((set, limits.max_merge, limits.max_archive), (true, "5%".parse().ok(), "900".parse().ok()));
}
