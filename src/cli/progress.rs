//! Progress: a bar on a terminal, otherwise a line every 30 seconds.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::printer::Printer;

const SILENCE: Duration = Duration::from_secs(30);

/// One piece of long work.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    plain: Option<Plain>,
}

#[derive(Debug)]
struct Plain {
    printer: Printer,
    label: String,
    last: Mutex<Instant>,
}

impl Progress {
    /// Begins work of `total` units, `None` when nobody knows.
    pub(super) fn start(printer: &Printer, label: &str, total: Option<u64>) -> Self {
        let terminal = std::io::stderr().is_terminal() && !printer.is_quiet();
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        if terminal {
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(8));
            let template = match total {
                Some(_) => "{prefix} [{bar:30}] {human_pos}/{human_len}  {per_sec}  ETA {eta}  {msg}",
                None => "{prefix} {spinner} {human_pos}  {per_sec}  {msg}",
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_prefix(label.to_owned());
        }
        let plain = (!terminal && !printer.is_quiet()).then(|| Plain {
            printer: printer.clone(),
            label: label.to_owned(),
            last: Mutex::new(Instant::now()),
        });
        Self { bar, plain }
    }

    /// Says how far the work is; `message` adds what matters (limit share, waiting until).
    pub(super) fn at(&self, position: u64, total: Option<u64>, message: &str) {
        if let Some(total) = total {
            self.bar.set_length(total);
        }
        self.bar.set_position(position);
        if !message.is_empty() {
            self.bar.set_message(message.to_owned());
        }
        let Some(plain) = &self.plain else { return };
        let Ok(mut last) = plain.last.lock() else { return };
        if last.elapsed() >= SILENCE {
            *last = Instant::now();
            let of = total.or_else(|| self.bar.length()).map_or_else(String::new, |total| format!(" of {total}"));
            let message = if message.is_empty() { String::new() } else { format!(", {message}") };
            plain.printer.say(&format!("{}: {position}{of}{message}", plain.label));
        }
    }

    /// Ends it and clears the bar.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
