//! Where the time of a run goes: wall time, processor time and memory of each phase.
//!
//! Is told when a phase ends, and knows what began where the last one ended. With `-v` every phase is a line on standard
//! error as it ends; `--timings json` writes all of them as one JSON object, on one line of standard error, at the end.
//! Processor time and memory come from `/proc` and are left out where there is none.

use std::time::{Duration, Instant};

use clap::ValueEnum;
use serde_json::{Value, json};

use super::printer::Printer;

/// How to write the timings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TimingsFormat {
    /// One JSON object on one line of standard error
    Json,
}

/// One phase that has ended. A phase that occurs several times (reading of several files) has one entry.
#[derive(Clone, Debug, PartialEq)]
struct Phase {
    name: &'static str,
    wall: Duration,
    usage: Option<Usage>,
}

/// What the system says about the process: processor time so far, bytes resident now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Usage {
    cpu_seconds: f64,
    resident_bytes: u64,
}

/// A stopwatch for the phases of a run.
#[derive(Debug)]
pub(super) struct Timings {
    began: Instant,
    last: Instant,
    used: Option<Usage>,
    phases: Vec<Phase>,
}

impl Timings {
    /// Starts now.
    pub(super) fn start() -> Self {
        let now = Instant::now();
        Self { began: now, last: now, used: usage(), phases: Vec::new() }
    }

    /// Ends a phase: everything since the last one ended is its time.
    pub(super) fn end(&mut self, name: &'static str) {
        let now = Instant::now();
        let wall = now - self.last;
        self.last = now;
        let used = usage();
        let before = self.used.map_or(0.0, |used| used.cpu_seconds);
        let since = used.map(|used| Usage { cpu_seconds: (used.cpu_seconds - before).max(0.0), ..used });
        self.used = used;
        if let Some(known) = self.phases.iter_mut().find(|phase| phase.name == name) {
            known.wall += wall;
            known.usage = known.usage.zip(since).map(|(known, since)| Usage {
                cpu_seconds: known.cpu_seconds + since.cpu_seconds,
                resident_bytes: known.resident_bytes.max(since.resident_bytes),
            });
        } else {
            self.phases.push(Phase { name, wall, usage: since });
        }
    }

    /// Says how long each phase took: as log lines, and in the form that was asked for.
    pub(super) fn report(&self, rows: u64, format: Option<TimingsFormat>, printer: &Printer) {
        for phase in &self.phases {
            tracing::info!("{}", line(phase.name, phase.wall, rows));
        }
        tracing::info!("{}", line("all", self.last - self.began, rows));
        if format == Some(TimingsFormat::Json) {
            printer.aside(&self.json(rows).to_string());
        }
    }

    /// `{"rows":…,"wall_seconds":…,"phases":[{"phase":"read","wall_seconds":…,"rows_per_second":…,…}]}`.
    fn json(&self, rows: u64) -> Value {
        let phases: Vec<Value> = self
            .phases
            .iter()
            .map(|phase| {
                let mut entry = json!({
                    "phase": phase.name,
                    "wall_seconds": rounded(phase.wall.as_secs_f64()),
                    "rows_per_second": per_second(rows, phase.wall),
                });
                if let (Some(usage), Value::Object(entry)) = (phase.usage, &mut entry) {
                    entry.insert("cpu_seconds".to_owned(), rounded(usage.cpu_seconds).into());
                    entry.insert("resident_bytes".to_owned(), usage.resident_bytes.into());
                }
                entry
            })
            .collect();
        let wall = self.last - self.began;
        json!({
            "rows": rows,
            "wall_seconds": rounded(wall.as_secs_f64()),
            "rows_per_second": per_second(rows, wall),
            "phases": phases,
        })
    }
}

fn line(name: &str, wall: Duration, rows: u64) -> String {
    let rate = per_second(rows, wall).map(|rate| format!(", {rate} rows/s")).unwrap_or_default();
    format!("{name}: {:.3} s{rate}", wall.as_secs_f64())
}

/// Nothing when the phase was too short to say.
fn per_second(rows: u64, wall: Duration) -> Option<u128> {
    let micros = wall.as_micros();
    (micros > 0).then(|| u128::from(rows) * 1_000_000 / micros)
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e6
}

/// `/proc/self/stat` and `/proc/self/statm` (proc(5)).
fn usage() -> Option<Usage> {
    // The kernel gives both to programs in these units whatever its own are, on all platforms we build for.
    const TICKS_PER_SECOND: u32 = 100;
    const PAGE_BYTES: u64 = 4096;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name in brackets and may hold spaces.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let user: u32 = fields.nth(11)?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(Usage {
        cpu_seconds: f64::from(user + system) / f64::from(TICKS_PER_SECOND),
        resident_bytes: pages * PAGE_BYTES,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_that_occurs_twice_is_one_entry() {
        let mut timings = Timings::start();
        for name in ["read", "normalise", "read", "link"] {
            timings.end(name);
        }
        let json = timings.json(3);
        let names: Vec<&str> =
            json["phases"].as_array().unwrap().iter().filter_map(|it| it["phase"].as_str()).collect();
        assert_eq!(names, ["read", "normalise", "link"]);
        assert_eq!(json["rows"], 3);
    }

    #[test]
    fn phases_add_up_to_the_whole() {
        let mut timings = Timings::start();
        std::thread::sleep(Duration::from_millis(3));
        timings.end("read");
        std::thread::sleep(Duration::from_millis(2));
        timings.end("link");
        let sum: Duration = timings.phases.iter().map(|phase| phase.wall).sum();
        assert_eq!(sum, timings.last - timings.began);
        assert!(timings.phases.iter().all(|phase| phase.wall >= Duration::from_millis(2)));
    }

    #[test]
    fn a_line_says_seconds_and_rows_a_second() {
        assert_eq!(line("read", Duration::from_millis(250), 1_000), "read: 0.250 s, 4000 rows/s");
        assert_eq!(line("read", Duration::ZERO, 1_000), "read: 0.000 s");
    }
}
