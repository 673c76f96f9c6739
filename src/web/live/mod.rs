//! Live updates by server-sent events: who is connected, in this process.
//!
//! A connection is a place in a table and a short queue of bytes: no thread, no timer, no query of its own. Whoever
//! knows what happened ([`Hub::send`]) decides for each connection in memory. A connection that does not read what it
//! is sent, and one whose time is over, is closed; its page comes back and says from when on it knows nothing.

mod frame;
mod presence;

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::sync::mpsc;
use tokio::time::Instant;

pub use frame::Frame;
pub use presence::{Presence, others, share};

use crate::core::error::Error;
use crate::core::ids::{AccountId, SessionId};

/// Frames that wait for one slow reader before it is given up.
const WAITING: usize = 16;

/// How many may be connected, and for how long at a stretch.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub all: usize,
    pub per_account: usize,
    /// Then a page comes back, and who it is, what the session is worth and what it may see is asked anew.
    pub life: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { all: 2000, per_account: 12, life: Duration::from_secs(120) }
    }
}

/// Somebody connected. `S` is what the feature keeps of them.
pub struct Seat<S> {
    pub account: AccountId,
    pub session: Option<SessionId>,
    pub kept: S,
    until: Instant,
    sender: mpsc::Sender<Bytes>,
}

struct Table<S> {
    next: u64,
    seats: HashMap<u64, Seat<S>>,
    /// No more come in: the process ends.
    is_closed: bool,
}

/// Everybody who is connected to this process. Cheap to clone.
pub struct Hub<S> {
    table: Arc<Mutex<Table<S>>>,
    limits: Limits,
}

impl<S: Send + 'static> Hub<S> {
    /// With nobody in it.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let table = Table { next: 0, seats: HashMap::new(), is_closed: false };
        Self { table: Arc::new(Mutex::new(table)), limits }
    }

    fn table(&self) -> MutexGuard<'_, Table<S>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets somebody in.
    ///
    /// # Errors
    /// [`Error::RateLimited`] where this account or all together have too many connections, [`Error::Unavailable`]
    /// while the process ends.
    pub fn join(&self, account: AccountId, session: Option<SessionId>, kept: S) -> Result<Connection, Error> {
        let mut table = self.table();
        if table.is_closed {
            return Err(Error::Unavailable("the process ends".to_owned()));
        }
        let own = table.seats.values().filter(|seat| seat.account == account).count();
        if own >= self.limits.per_account || table.seats.len() >= self.limits.all {
            return Err(Error::RateLimited { retry_after_s: 60 });
        }
        let (sender, receiver) = mpsc::channel(WAITING);
        let number = table.next;
        table.next += 1;
        // Spread over a quarter, so that those who came together do not come back together.
        let spread = self.limits.life / 4 * u32::try_from(number % 16).unwrap_or(0) / 16;
        let until = Instant::now() + self.limits.life + spread;
        table.seats.insert(number, Seat { account, session, kept, until, sender });
        let leave = Leave { table: Arc::downgrade(&self.table), number };
        Ok(Connection { number, receiver, _leave: Box::new(leave) })
    }

    /// Sends each connection what `choose` has for it, if anything. Who does not keep up is closed.
    pub fn send(&self, mut choose: impl FnMut(&mut Seat<S>) -> Option<Frame>) {
        self.table().seats.retain(|_, seat| match choose(seat) {
            Some(frame) => seat.sender.try_send(frame.bytes()).is_ok(),
            None => true,
        });
    }

    /// Sends one connection what it needs to know when it comes.
    pub fn send_first(&self, connection: &Connection, frame: &Frame) {
        if let Some(seat) = self.table().seats.get(&connection.number) {
            let _ = seat.sender.try_send(frame.bytes());
        }
    }

    /// Closes those that `whom` names, after a last frame.
    pub fn close(&self, last: &Frame, mut whom: impl FnMut(&Seat<S>) -> bool) {
        self.table().seats.retain(|_, seat| {
            let goes = whom(seat);
            if goes {
                let _ = seat.sender.try_send(last.bytes());
            }
            !goes
        });
    }

    /// Closes those whose time is over.
    pub fn expire(&self, last: &Frame) {
        let now = Instant::now();
        self.close(last, |seat| seat.until <= now);
    }

    /// Closes everything, for the end of the process.
    pub fn shut(&self) {
        let mut table = self.table();
        table.is_closed = true;
        table.seats.clear();
    }

    /// Looks at everybody.
    pub fn each(&self, look: impl FnMut(&Seat<S>)) {
        self.table().seats.values().for_each(look);
    }

    /// How many are connected.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table().seats.len()
    }

    /// Whether nobody is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<S> Clone for Hub<S> {
    fn clone(&self) -> Self {
        Self { table: Arc::clone(&self.table), limits: self.limits }
    }
}

/// The body of an answer that does not end by itself. Its seat is free when it is dropped.
pub struct Connection {
    number: u64,
    receiver: mpsc::Receiver<Bytes>,
    _leave: Box<dyn std::any::Any + Send>,
}

impl Stream for Connection {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.receiver.poll_recv(cx).map(|bytes| bytes.map(Ok))
    }
}

impl Connection {
    /// The answer.
    #[must_use]
    pub fn answer(self) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "text/event-stream"))
            // Packed, or kept back by a proxy until it is long enough, nothing would be live.
            .insert_header((CONTENT_ENCODING, "identity"))
            .insert_header(("x-accel-buffering", "no"))
            .streaming(self)
    }
}

struct Leave<S> {
    table: Weak<Mutex<Table<S>>>,
    number: u64,
}

impl<S> Drop for Leave<S> {
    fn drop(&mut self) {
        if let Some(table) = self.table.upgrade() {
            table.lock().unwrap_or_else(PoisonError::into_inner).seats.remove(&self.number);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt as _, StreamExt as _};
    use uuid::Uuid;

    use super::*;

    fn account(number: u128) -> AccountId {
        AccountId(Uuid::from_u128(number))
    }

    fn hub(all: usize, per_account: usize) -> Hub<()> {
        Hub::new(Limits { all, per_account, life: Duration::from_secs(60) })
    }

    fn now(connection: &mut Connection) -> Option<Option<String>> {
        let next = connection.next().now_or_never()?;
        Some(next.map(|bytes| String::from_utf8(bytes.unwrap().to_vec()).unwrap()))
    }

    #[tokio::test]
    async fn an_account_and_all_together_have_only_so_many_places_and_a_place_that_is_left_is_free() {
        let hub = hub(3, 2);
        let join = |who| hub.join(account(who), None, ());
        let first = join(1).unwrap();
        let _second = join(1).unwrap();
        assert!(matches!(join(1), Err(Error::RateLimited { .. })), "a third of one account");
        let _third = join(2).unwrap();
        assert!(matches!(join(3), Err(Error::RateLimited { .. })), "a fourth of all");
        drop(first);
        let _again = join(1).unwrap();
        assert_eq!(hub.len(), 3);
        hub.shut();
        assert!(matches!(join(4), Err(Error::Unavailable(_))) && hub.is_empty());
    }

    #[tokio::test]
    async fn who_does_not_read_is_closed_and_others_are_not_kept_waiting() {
        let hub = hub(10, 10);
        let mut slow = hub.join(account(1), None, ()).unwrap();
        let mut quick = hub.join(account(2), None, ()).unwrap();
        for _ in 0..=WAITING {
            hub.send(|_| Some(Frame::event("liste")));
            assert!(now(&mut quick).unwrap().unwrap().starts_with("event: liste\n"));
        }
        assert_eq!(hub.len(), 1, "the slow one is gone");
        let mut read = 0;
        while let Some(Some(_)) = now(&mut slow) {
            read += 1;
        }
        assert_eq!(read, WAITING, "what was sent arrives, then it ends");
    }

    #[tokio::test]
    async fn a_connection_ends_when_its_time_is_over() {
        let lasting = |life| Hub::new(Limits { all: 10, per_account: 10, life });
        let hub = lasting(Duration::from_secs(3600));
        let mut connection = hub.join(account(1), None, ()).unwrap();
        hub.expire(&Frame::event("neu"));
        assert_eq!((hub.len(), now(&mut connection)), (1, None));
        let hub = lasting(Duration::ZERO);
        let mut connection = hub.join(account(1), None, ()).unwrap();
        hub.expire(&Frame::event("neu"));
        assert!(now(&mut connection).unwrap().unwrap().starts_with("event: neu\n"));
        assert_eq!(now(&mut connection), Some(None), "then it ends");
    }
}
