//! A sign of life for those who wait.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Shorter waits need no sign.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

/// A spinner on stderr, from one second after its start until it is dropped.
pub struct Progress {
    /// Dropping it is the signal to stop.
    done: Option<Sender<()>>,
    waiting: Option<JoinHandle<()>>,
}

impl Progress {
    /// Shows nothing if `quiet`, or if stderr is not a terminal.
    pub fn start(message: String, quiet: bool) -> Self {
        if quiet || !io::stderr().is_terminal() {
            return Self {
                done: None,
                waiting: None,
            };
        }
        let (done, stopped) = mpsc::channel();
        let waiting = thread::spawn(move || {
            if stopped.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let spinner = ProgressBar::new_spinner()
                    .with_style(style())
                    .with_message(message)
                    .with_elapsed(PATIENCE);
                spinner.enable_steady_tick(TICK);
                // Ends when the sender is dropped.
                let _ = stopped.recv();
                spinner.finish_and_clear();
            }
        });
        Self {
            done: Some(done),
            waiting: Some(waiting),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.done = None;
        // The line is cleared before anything else is printed.
        if let Some(waiting) = self.waiting.take() {
            let _ = waiting.join();
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {msg} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
}
