//! Mails are read in a process of their own: whatever a file does to the one that reads it, the server goes on. A mail
//! nested thousands of times overflows a stack, and one encoded anew at each level fills any memory.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::Semaphore;

use super::letter::{self, LARGEST, Letter};
use crate::core::error::{Error, Result};

/// The command of the own program that reads one mail from its input and writes what can be shown to its output.
pub const COMMAND: &str = "read-mail";
/// What it may take: bytes of memory, seconds on a processor; and seconds altogether, also to wait for its turn.
const MEMORY: u64 = 512 << 20;
const PROCESSOR_S: u64 = 10;
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes that it may say: more than everything that a page shows of a mail.
const ANSWER: u64 = 8 << 20;
/// How many may run at once.
const AT_ONCE: usize = 2;

/// Starts readers.
#[derive(Debug)]
pub struct Reader {
    program: PathBuf,
    turns: Semaphore,
    patience: Duration,
}

impl Reader {
    /// Readers that are this program.
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self { program, turns: Semaphore::new(AT_ONCE), patience: PATIENCE }
    }

    /// Reads a mail. `None`: these bytes are none, or do to their reader what no mail does.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it takes too long, [`Error::Internal`] where the reader cannot be started.
    pub async fn read(&self, bytes: &[u8]) -> Result<Option<Letter>> {
        match tokio::time::timeout(self.patience, self.ask(bytes)).await {
            Ok(read) => read,
            Err(_) => {
                tracing::warn!(bytes = bytes.len(), "a mail took its reader too long, or many were read");
                Err(Error::Conflict("evidence-refused-slow"))
            }
        }
    }

    async fn ask(&self, bytes: &[u8]) -> Result<Option<Letter>> {
        let Some(said) = self.say(COMMAND, bytes, ANSWER).await? else { return Ok(None) };
        serde_json::from_slice(&said).map_err(|error| Error::Internal(format!("what a reader said: {error}")))
    }

    /// What another command of the own program that limits itself ([`limit_myself`]) says about a mail, at most so many
    /// bytes. `None`: the mail ended it.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub async fn run(&self, command: &str, bytes: &[u8], most: u64) -> Result<Option<Vec<u8>>> {
        match tokio::time::timeout(self.patience, self.say(command, bytes, most)).await {
            Ok(said) => said,
            Err(_) => Err(Error::Conflict("evidence-refused-slow")),
        }
    }

    async fn say(&self, command: &str, bytes: &[u8], most: u64) -> Result<Option<Vec<u8>>> {
        let broken = |error: std::io::Error| Error::Internal(format!("the reader of mails: {error}"));
        let _turn = self.turns.acquire().await.map_err(|error| Error::Internal(error.to_string()))?;
        let mut child = Command::new(&self.program)
            .arg(command)
            .env_clear()
            // The allocator takes memory in steps that fit below the limit.
            .env("MIMALLOC_ARENA_RESERVE", "32768")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(broken)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let send = async {
            if let Some(mut input) = input {
                // Who dies while it reads is found out by its end.
                let _ = input.write_all(bytes).await;
            }
        };
        let mut said = Vec::new();
        let hear = async {
            match output {
                Some(output) => output.take(most).read_to_end(&mut said).await.map(|_| ()),
                None => Ok(()),
            }
        };
        let ((), heard) = tokio::join!(send, hear);
        heard.map_err(broken)?;
        let ended = child.wait().await.map_err(broken)?;
        if !ended.success() {
            tracing::warn!(bytes = bytes.len(), %ended, "a mail ended its reader");
            return Ok(None);
        }
        Ok(Some(said))
    }
}

/// Bounds memory and processor of this process, which is to read one mail and end.
///
/// # Errors
/// What a limit says.
pub fn limit_myself() -> std::io::Result<()> {
    for (resource, most) in
        [(Resource::As, MEMORY), (Resource::Cpu, PROCESSOR_S), (Resource::Core, 0), (Resource::Fsize, 0)]
    {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

/// Is such a reader: limits itself, reads the mail from standard input, and writes it as JSON to standard output.
///
/// # Errors
/// What a limit or a stream says.
pub fn run() -> std::io::Result<()> {
    limit_myself()?;
    let mut bytes = Vec::new();
    std::io::stdin().take(LARGEST).read_to_end(&mut bytes)?;
    let read = serde_json::to_vec(&letter::read(&bytes))?;
    std::io::stdout().write_all(&read)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn who_waits_for_a_reader_that_never_ends_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("silent");
        std::fs::write(&program, "#!/bin/sh\nexec sleep 600\n").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
        let reader = Reader { patience: Duration::from_millis(50), ..Reader::new(program) };
        let is_slow = |error: Error| matches!(error, Error::Conflict("evidence-refused-slow"));
        assert!(is_slow(reader.read(b"Subject: a\r\n\r\n").await.unwrap_err()));
        assert!(is_slow(reader.run(COMMAND, b"Subject: a\r\n\r\n", ANSWER).await.unwrap_err()));
    }
}
