//! Whole runs against the simulation. Counts are asserted, not times.

use std::sync::Arc;
use std::time::Duration;

use super::simulation::{Setting, run};
use super::{Ending, Pacer, Ticket, WindowPacer};

/// What a client without a pace does: everybody sends at once, and sleeps after a 429.
struct Unpaced;

impl Pacer for Unpaced {
    async fn acquire(&self) -> Ticket {
        Ticket { serial: 0, sent: Duration::ZERO }
    }

    fn settle(&self, _: Ticket, _: Ending) {}
}

impl Pacer for Arc<WindowPacer> {
    async fn acquire(&self) -> Ticket {
        self.as_ref().acquire().await
    }

    fn settle(&self, ticket: Ticket, ending: Ending) {
        self.as_ref().settle(ticket, ending);
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_pace_the_simulation_refuses_many_calls() {
    let result = run(&Setting { workers: 32, ..Setting::default() }, Unpaced).await;
    assert!(result.refused > 50, "{result:?}");
}

#[tokio::test(start_paused = true)]
async fn alone_on_the_limit_nothing_is_refused_and_the_whole_window_is_used() {
    for workers in [1, 4, 16, 64] {
        for round_trip in [60, 250] {
            for phase in [0, 3_300, 9_900] {
                let setting = Setting {
                    workers,
                    round_trip: Duration::from_millis(round_trip),
                    phase: Duration::from_millis(phase),
                    ..Setting::default()
                };
                let result = run(&setting, WindowPacer::new(1.0)).await;
                assert_eq!(result.refused, 0, "{setting:?} {result:?}");
                // One worker at 250 ms cannot send more than 40 calls a window
                if workers > 4 || round_trip == 60 {
                    assert!(result.used() >= 99.0, "{} {setting:?} {result:?}", result.used());
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_large_limit_is_used_in_full_by_many_workers() {
    for round_trip in [60, 250] {
        let setting = Setting {
            limits: vec![(0, 1_666)],
            workers: 64,
            calls: 8_000,
            round_trip: Duration::from_millis(round_trip),
            ..Setting::default()
        };
        let result = run(&setting, WindowPacer::new(1.0)).await;
        assert_eq!(result.refused, 0, "{result:?}");
        assert!(result.used() >= 99.0, "{} {result:?}", result.used());
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_local_clock_changes_nothing() {
    for skew in [-30, 0, 30] {
        let result = run(&Setting { skew, workers: 16, ..Setting::default() }, WindowPacer::new(1.0)).await;
        assert_eq!(result.refused, 0, "{skew} {result:?}");
        assert!(result.used() >= 99.0, "{skew} {result:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_changes_is_followed_without_a_refusal() {
    for workers in [4, 32] {
        let limits = vec![(0, 166), (40, 80), (80, 240)];
        let setting = Setting { limits, workers, phase: Duration::ZERO, calls: 2_000, ..Setting::default() };
        let result = run(&setting, WindowPacer::new(1.0)).await;
        assert!(result.refused <= 1, "{result:?}");
        assert!(result.used() >= 97.0, "{} {result:?}", result.used());
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_grows_manifold_is_used_in_full() {
    let limits = vec![(0, 60), (20, 400)];
    let setting = Setting { limits, workers: 32, phase: Duration::ZERO, calls: 2_000, ..Setting::default() };
    let result = run(&setting, WindowPacer::new(1.0)).await;
    assert_eq!(result.refused, 0, "{result:?}");
    assert!(result.used() >= 97.0, "{} {result:?}", result.used());
}

#[tokio::test(start_paused = true)]
async fn a_neighbour_that_takes_a_third_costs_few_refusals_and_no_call_fails() {
    for workers in [1, 4, 16, 64] {
        for round_trip in [60, 250] {
            let setting = Setting {
                neighbour_per_second: 3.0,
                workers,
                round_trip: Duration::from_millis(round_trip),
                ..Setting::default()
            };
            let result = run(&setting, WindowPacer::new(1.0)).await;
            assert!(result.refused <= 2, "{setting:?} {result:?}");
            assert_eq!(result.failed, 0);
            if workers >= 16 {
                assert!(result.used() >= 92.0, "{} {setting:?} {result:?}", result.used());
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn windows_that_end_later_than_they_say_are_learnt_after_a_few_refusals() {
    for late in [300, 900] {
        let setting = Setting { late: Duration::from_millis(late), workers: 32, calls: 2_000, ..Setting::default() };
        let result = run(&setting, WindowPacer::new(1.0)).await;
        assert!(result.refused <= 8, "{result:?}");
        assert_eq!(result.failed, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_share_leaves_the_rest_of_every_window_to_others() {
    let result = run(&Setting { workers: 16, ..Setting::default() }, WindowPacer::new(0.8)).await;
    assert_eq!(result.refused, 0);
    assert!(result.windows.iter().all(|(ours, _)| *ours <= 80), "{result:?}");
    assert!((79.0..=80.0).contains(&result.used()), "{result:?}");
}

#[tokio::test(start_paused = true)]
async fn every_window_is_counted() {
    let pacer = Arc::new(WindowPacer::new(1.0));
    run(&Setting::default(), pacer.clone()).await;
    assert_eq!(pacer.windows().iter().map(|window| window.sent).sum::<u64>(), 1_000);
    assert_eq!(pacer.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_429_for_no_reason_is_waited_out_and_does_not_lead_to_others() {
    for trouble_reset in [None, Some(-5), Some(-1), Some(0), Some(3), Some(12)] {
        let setting = Setting { trouble_every: 83, trouble_reset, workers: 16, ..Setting::default() };
        let result = run(&setting, WindowPacer::new(1.0)).await;
        assert!(result.trouble >= 12, "{result:?}");
        assert!(result.refused <= 1, "{trouble_reset:?} {result:?}");
        assert_eq!(result.failed, 0, "{trouble_reset:?} {result:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_neighbour_that_takes_more_than_there_is_fails_no_more_than_it_must() {
    for workers in [1, 16] {
        let setting = Setting { neighbour_per_second: 9.5, workers, calls: 100, ..Setting::default() };
        let result = run(&setting, WindowPacer::new(1.0)).await;
        assert!(result.refused <= 60, "{result:?}");
        assert!(result.failed <= 5, "{result:?}");
    }
}
