//! One message of an event stream (WHATWG HTML, 9.2.6).

use actix_web::web::Bytes;
use jiff::Timestamp;

/// A message, written once and sent to many.
#[derive(Debug, Clone)]
pub struct Frame(Bytes);

impl Frame {
    /// An event without further words. A browser passes on only what has some data.
    #[must_use]
    pub fn event(name: &str) -> Self {
        Self(format!("event: {name}\ndata: 1\n\n").into())
    }

    /// An event up to which its reader knows everything.
    #[must_use]
    pub fn at(name: &str, now: Timestamp) -> Self {
        Self(format!("event: {name}\nid: {now}\ndata: 1\n\n").into())
    }

    /// An event with JSON, which is one line.
    #[must_use]
    pub fn json(name: &str, data: &serde_json::Value) -> Self {
        Self(format!("event: {name}\ndata: {data}\n\n").into())
    }

    /// A sign of life, up to which its reader knows everything. It raises no event.
    #[must_use]
    pub fn beat(now: Timestamp) -> Self {
        Self(format!("id: {now}\n\n").into())
    }

    pub(super) fn bytes(&self) -> Bytes {
        self.0.clone()
    }
}
