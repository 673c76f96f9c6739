//! A running process of the product: what it logs, and the ways to end it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::run::wait_until;

#[derive(Default)]
struct Log {
    lines: Mutex<Vec<String>>,
    more: Condvar,
}

/// A running process. It is killed with this value.
pub struct Process {
    child: Child,
    log: Arc<Log>,
}

impl Process {
    /// Starts it.
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (log, stderr) = (Arc::new(Log::default()), child.stderr.take().unwrap());
        let heard = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                heard.lines.lock().unwrap().push(line);
                heard.more.notify_all();
            }
        });
        Self { child, log }
    }

    /// The lines of the log that hold `words`.
    pub fn logged(&self, words: &str) -> Vec<String> {
        let lines = self.log.lines.lock().unwrap();
        lines.iter().filter(|line| line.contains(words)).cloned().collect()
    }

    /// Waits for a line of the log that holds `words`.
    pub fn wait_for_log(&self, seconds: u64, words: &str) {
        let lines = self.log.lines.lock().unwrap();
        let is_absent = |lines: &mut Vec<String>| !lines.iter().any(|line| line.contains(words));
        let (lines, waited) =
            self.log.more.wait_timeout_while(lines, Duration::from_secs(seconds), is_absent).unwrap();
        assert!(!waited.timed_out(), "the log never said {words:?}:\n{}", lines.join("\n"));
    }

    /// Where `serve` answers.
    pub fn url(&self, path: &str) -> String {
        let line = self.logged("serving").remove(0);
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        format!("http://{}{path}", line["address"].as_str().unwrap())
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let signal = match name {
            "TERM" => Signal::TERM,
            "KILL" => Signal::KILL,
            "STOP" => Signal::STOP,
            "CONT" => Signal::CONT,
            _ => panic!("{name} is no signal that is sent here"),
        };
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Asks the process to stop, and waits until it has.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal("TERM");
        let mut ended = None;
        wait_until(60, "the process stopped", || {
            ended = self.child.try_wait().unwrap();
            ended.is_some()
        });
        ended.unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
