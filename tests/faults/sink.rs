//! A mail server (RFC 5321) that knows nothing of the product: it notes each mail that it takes before it says so, and
//! misbehaves on request.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// How the server treats one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Take,
    /// 550 for the recipient.
    Refuse,
    /// 451 for the recipient.
    Later,
    /// Says nothing after the content, and keeps nothing.
    FallSilent,
    /// Hangs up when the content begins.
    HangUp,
    /// Takes the mail, and hangs up instead of saying so.
    TakeAndHangUp,
}

/// A mail that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    pub message_id: String,
    /// The name in EHLO: which process sent it.
    pub client: String,
}

type Plan = dyn Fn(&str, usize) -> Manner + Send + Sync;

struct State {
    taken: Mutex<Vec<Taken>>,
    more: Condvar,
    /// How often each recipient was tried.
    tries: Mutex<HashMap<String, usize>>,
    plan: Box<Plan>,
    pause: Duration,
    is_mute: AtomicBool,
}

/// A mail server on a port of its own.
pub struct Sink {
    pub port: u16,
    state: Arc<State>,
}

impl Sink {
    /// Takes every mail, each after `pause`.
    pub fn taking(pause: Duration) -> Self {
        Self::start(pause, |_, _| Manner::Take)
    }

    /// Treats the mail to a recipient as `plan` says for the recipient and the number of its try, from 1.
    pub fn start(pause: Duration, plan: impl Fn(&str, usize) -> Manner + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            taken: Mutex::default(),
            more: Condvar::new(),
            tries: Mutex::default(),
            plan: Box::new(plan),
            pause,
            is_mute: AtomicBool::new(false),
        });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&shared);
                // A client that is gone ends its conversation with an error, and that is all.
                std::thread::spawn(move || Talk::new(stream, &state).and_then(Talk::serve));
            }
        });
        Self { port, state }
    }

    /// From now on new connections are met with silence, or with words again.
    pub fn set_mute(&self, is_mute: bool) {
        self.state.is_mute.store(is_mute, Ordering::SeqCst);
    }

    /// The mails that were taken so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.state.taken.lock().unwrap().clone()
    }

    /// How often each Message-ID was taken.
    pub fn counts(&self) -> HashMap<String, usize> {
        let mut counts = HashMap::new();
        for taken in self.taken() {
            *counts.entry(taken.message_id).or_default() += 1;
        }
        counts
    }

    /// Waits until `count` mails are taken.
    pub fn wait_for(&self, count: usize, seconds: u64) {
        let taken = self.state.taken.lock().unwrap();
        let is_short = |taken: &mut Vec<Taken>| taken.len() < count;
        let (taken, waited) =
            self.state.more.wait_timeout_while(taken, Duration::from_secs(seconds), is_short).unwrap();
        assert!(!waited.timed_out(), "{} mails instead of {count} after {seconds} s", taken.len());
    }
}

/// One connection.
struct Talk<'a> {
    reader: BufReader<TcpStream>,
    writer: TcpStream,
    replies: String,
    state: &'a State,
    client: String,
    manner: Option<Manner>,
}

impl<'a> Talk<'a> {
    fn new(stream: TcpStream, state: &'a State) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let (writer, reader) = (stream.try_clone()?, BufReader::new(stream));
        let replies = "220 sink ESMTP\r\n".to_owned();
        Ok(Self { reader, writer, replies, state, client: String::new(), manner: None })
    }

    fn serve(mut self) -> io::Result<()> {
        if self.state.is_mute.load(Ordering::SeqCst) {
            return self.hear_out();
        }
        loop {
            let line = self.line()?;
            let (verb, rest) = line.split_at(line.len().min(4));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => {
                    self.client = rest.trim().to_owned();
                    self.say("250-sink\r\n250-PIPELINING\r\n250 8BITMIME");
                }
                "MAIL" => self.say("250 2.1.0 sender noted"),
                "RCPT" => self.recipient(rest),
                "DATA" => {
                    if !self.data()? {
                        return Ok(());
                    }
                }
                "RSET" => {
                    self.manner = None;
                    self.say("250 2.0.0 forgotten");
                }
                "QUIT" => {
                    self.say("221 2.0.0 goodbye");
                    return self.flush();
                }
                _ => self.say("502 5.5.1 not spoken here"),
            }
        }
    }

    fn recipient(&mut self, rest: &str) {
        let address = rest.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let tried = {
            let mut tries = self.state.tries.lock().unwrap();
            let tried = tries.entry(address.clone()).or_default();
            *tried += 1;
            *tried
        };
        match (self.state.plan)(&address, tried) {
            Manner::Refuse => self.say("550 5.1.1 no such mailbox"),
            Manner::Later => self.say("451 4.7.1 greylisted, try again later"),
            manner => {
                self.manner = Some(manner);
                self.say("250 2.1.5 recipient noted");
            }
        }
    }

    /// Whether the connection goes on.
    fn data(&mut self) -> io::Result<bool> {
        let Some(manner) = self.manner.take() else {
            self.say("503 5.5.1 no recipient");
            return Ok(true);
        };
        if manner == Manner::HangUp {
            return Ok(false);
        }
        self.say("354 go on");
        let message_id = self.content()?;
        if manner == Manner::FallSilent {
            self.hear_out()?;
            return Ok(false);
        }
        std::thread::sleep(self.state.pause / 2);
        self.state.taken.lock().unwrap().push(Taken { message_id, client: self.client.clone() });
        self.state.more.notify_all();
        std::thread::sleep(self.state.pause / 2);
        if manner == Manner::Take {
            self.say("250 2.0.0 taken");
        }
        Ok(manner == Manner::Take)
    }

    /// Reads a mail and returns its Message-ID.
    fn content(&mut self) -> io::Result<String> {
        let (mut message_id, mut is_header) = (String::new(), true);
        loop {
            let line = self.line()?;
            if line == "." {
                return Ok(message_id);
            }
            is_header &= !line.is_empty();
            if is_header && line.to_ascii_lowercase().starts_with("message-id:") {
                message_id = line["message-id:".len()..].trim().to_owned();
            }
        }
    }

    fn line(&mut self) -> io::Result<String> {
        if self.reader.buffer().is_empty() {
            self.flush()?;
        }
        let mut line = String::new();
        match self.reader.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
        }
    }

    fn say(&mut self, line: &str) {
        self.replies.push_str(line);
        self.replies.push_str("\r\n");
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.write_all(self.replies.as_bytes())?;
        self.replies.clear();
        Ok(())
    }

    /// Listens in silence until the client has had enough.
    fn hear_out(&mut self) -> io::Result<()> {
        self.reader.read_to_end(&mut Vec::new()).map(drop)
    }
}
