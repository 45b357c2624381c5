//! The journal must not slow the requests down.

use std::time::{Duration, Instant};

use super::draft::Draft;
use super::fake::{Fake, shared};
use super::{apply_with, options};
use crate::apply::{Options, Silent};
use crate::contact::Role;
use crate::plan::Outcome;

#[tokio::test]
#[ignore = "measures time: cargo test --lib apply::tests::pace -- --ignored --nocapture"]
async fn calls_are_many_times_faster_than_the_disk_flushes_between_them() {
    let mut fake = Fake::new();
    fake.latency = Duration::from_millis(40);
    let fake = shared(fake);
    let mut draft = Draft::new();
    for number in 0..1_000 {
        let create = draft.create(number, Role::Lead, &[("email", &format!("p{number}@hill.example"))]);
        draft.row(number, Outcome::Created, &[create]);
    }
    let options = Options { lanes: 32, ..options() };
    let saved = draft.save();
    let mut plan = saved.open();
    let began = Instant::now();
    let summary = apply_with(&mut plan, &fake, &options, &Silent).await.unwrap();
    let rate = 1_000.0 / began.elapsed().as_secs_f64();
    println!("{rate:.0} creates per second, {:.2} s", began.elapsed().as_secs_f64());
    assert_eq!(summary.writes, 1_000);
    assert!(rate > 300.0, "{rate:.0} creates per second");
}
