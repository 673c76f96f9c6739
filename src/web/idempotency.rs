//! `Idempotency-Key`: a request that is sent twice, because an answer got lost, is carried out once.
//!
//! The key's row is claimed, filled and committed in the transaction of the change itself, so that an answer is kept
//! exactly when its change is. Of two at once the later waits for the earlier and gets its answer.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use diesel::prelude::*;
use jiff::Timestamp;
use ring::digest::{SHA256, digest};

use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::AccountId;
use crate::core::text::Refusal;
use crate::store::schema::idempotency_keys as keys;
use crate::store::{At, Statement as _, Tx};
use crate::web::FormData;

/// The header (draft-ietf-httpapi-idempotency-key-header).
pub const HEADER: &str = "Idempotency-Key";
/// Characters that a key has at most.
const LONGEST: usize = 200;

/// A key as its client chose it: 1 to 200 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// Checks a key.
    ///
    /// # Errors
    /// The Fluent key of the reason.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        match text.len() {
            0 => Err("error-required"),
            length if length > LONGEST => Err("error-too-long"),
            _ if !text.bytes().all(|b| b.is_ascii_graphic()) => Err("error-control-characters"),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

/// What was answered, to be answered again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: String,
}

impl Answer {
    /// An answer in JSON.
    ///
    /// # Errors
    /// [`Error::Internal`] when the value cannot be written as JSON.
    pub fn json(status: u16, value: &impl serde::Serialize) -> Result<Self> {
        let body = serde_json::to_string(value).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Self { status, body })
    }

    /// The HTTP answer.
    #[must_use]
    pub fn respond(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        HttpResponse::build(status).content_type("application/json").body(self.body)
    }
}

/// The key of a request, where it has one.
///
/// # Errors
/// [`Error::Invalid`] on the header when it is not a key.
pub fn of_request(request: &HttpRequest) -> Result<Option<Key>> {
    let Some(value) = request.headers().get(HEADER) else { return Ok(None) };
    let key = value.to_str().map_err(|_| "error-control-characters").and_then(Key::parse);
    key.map(Some).map_err(|reason| FieldError::new(HEADER, reason).into())
}

/// A fingerprint of the request: method, path and body.
#[must_use]
pub fn fingerprint(method: &str, path: &str, body: &[u8]) -> Vec<u8> {
    let mut all = format!("{method} {path}\n").into_bytes();
    all.extend_from_slice(body);
    digest(&SHA256, &all).as_ref().to_vec()
}

/// What came of a request under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// Carried out, now or before.
    Done(Answer),
    /// Not carried out: another request under this key was, with this answer.
    Other(Answer),
}

/// Carries out `change` unless it was carried out under this key before; then the kept answer comes again. What
/// `change` refuses is not kept: nothing was done, and the client may correct it under the same key.
///
/// # Errors
/// What `change` returns; [`Error::Invalid`] on the key when it was used for another request; the database's.
pub fn once(
    tx: &mut Tx<'_>,
    account: AccountId,
    key: &Key,
    fingerprint: &[u8],
    change: impl FnOnce(&mut Tx<'_>) -> Result<Answer>,
) -> Result<Answer> {
    match attempt(tx, account, key, fingerprint, change)? {
        Sent::Done(answer) => Ok(answer),
        Sent::Other(_) => Err(FieldError::new(HEADER, "access-error-idempotency").into()),
    }
}

/// Carries a form out once, however often it is sent: its `once` (`ui::once`) stands for it; a form without one is
/// carried out each time. Where the same form was sent before with other content, nothing is done and `used` says so: the
/// page that shows it has a fresh form.
///
/// # Errors
/// `used` and what `change` returns; [`Error::Conflict`] for a token that is none, [`Error::SignInNeeded`] for nobody
/// known.
pub fn form(
    tx: &mut Tx<'_>,
    actor: &Actor,
    about: &str,
    (typed, used): (&FormData, FieldError),
    change: impl FnOnce(&mut Tx<'_>) -> Result<()>,
) -> Result<()> {
    if typed.get("once").is_empty() {
        return change(tx);
    }
    let key = Key::parse(typed.get("once")).map_err(|_| Error::Conflict("web-form-token"))?;
    let account = actor.account.ok_or(Error::SignInNeeded)?;
    let print = fingerprint("POST", about, &typed.content());
    let sent = attempt(tx, account, &key, &print, |tx| {
        change(tx)?;
        Ok(Answer { status: 303, body: String::new() })
    })?;
    match sent {
        Sent::Done(_) => Ok(()),
        Sent::Other(_) => Err(used.into()),
    }
}

/// The same as [`once`], for a form: somebody who went back and typed something else is asked, not refused.
///
/// # Errors
/// What `change` returns; the database's.
pub fn attempt(
    tx: &mut Tx<'_>,
    account: AccountId,
    key: &Key,
    fingerprint: &[u8],
    change: impl FnOnce(&mut Tx<'_>) -> Result<Answer>,
) -> Result<Sent> {
    if !claim(tx, account, key, fingerprint)? {
        return kept(tx, account, key, fingerprint);
    }
    let answer = change(tx)?;
    diesel::update(keys::table.find((account, &key.0)))
        .set((keys::status.eq(i32::from(answer.status)), keys::body.eq(&answer.body)))
        .run(tx.conn)?;
    Ok(Sent::Done(answer))
}

/// Forgets answers given before `before`.
///
/// # Errors
/// The database's.
pub fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<usize> {
    Ok(diesel::delete(keys::table.filter(keys::created_at.lt(At(before)))).execute(tx.conn)?)
}

/// Whether the key is ours now. Waits on PostgreSQL while another transaction holds the same one.
fn claim(tx: &mut Tx<'_>, account: AccountId, key: &Key, fingerprint: &[u8]) -> Result<bool> {
    let row = (
        keys::account_id.eq(account),
        keys::idempotency_key.eq(&key.0),
        keys::request_hash.eq(fingerprint),
        keys::status.eq(0),
        keys::body.eq(""),
        keys::created_at.eq(tx.at()),
    );
    let insert = diesel::insert_into(keys::table).values(row).on_conflict_do_nothing();
    Ok(insert.run(tx.conn)? == 1)
}

fn kept(tx: &mut Tx<'_>, account: AccountId, key: &Key, fingerprint: &[u8]) -> Result<Sent> {
    let (hash, status, body): (Vec<u8>, i32, String) = keys::table
        .find((account, &key.0))
        .select((keys::request_hash, keys::status, keys::body))
        .first(tx.conn)?;
    let status = u16::try_from(status).map_err(|error| Error::Internal(error.to_string()))?;
    let answer = Answer { status, body };
    Ok(if hash == fingerprint { Sent::Done(answer) } else { Sent::Other(answer) })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::core::env::Env;
    use crate::store::testing::databases;
    use crate::store::tx::Provided;

    fn answer(body: &str) -> Answer {
        Answer { status: 201, body: body.to_owned() }
    }

    #[test]
    fn a_report_that_is_sent_twice_is_filed_once() {
        for test in databases(&Env::system(), Provided::default) {
            let (account, key) = (AccountId(Env::system().uuid()), Key::parse("abc").unwrap());
            let send = |body: &'static str, bytes: &'static [u8]| {
                let key = key.clone();
                test.db.write_now(move |tx| {
                    once(tx, account, &key, &fingerprint("POST", "/x", bytes), |_| Ok(answer(body)))
                })
            };
            assert_eq!(send("first", b"report").unwrap(), answer("first"));
            assert_eq!(send("second", b"report").unwrap(), answer("first"), "the kept answer");
            assert!(matches!(send("third", b"another report"), Err(Error::Invalid(_))));
        }
    }

    #[test]
    fn a_refused_report_may_be_corrected_under_the_same_key() {
        for test in databases(&Env::system(), Provided::default) {
            let account = AccountId(Env::system().uuid());
            let key = Key::parse("abc").unwrap();
            let again = key.clone();
            let refused = test.db.write_now(move |tx| {
                once(tx, account, &key, b"wrong", |_| Err(FieldError::new("title", "error-required").into()))
            });
            assert!(matches!(refused, Err(Error::Invalid(_))));
            let done =
                test.db.write_now(move |tx| once(tx, account, &again, b"right", |_| Ok(answer("filed"))));
            assert_eq!(done.unwrap(), answer("filed"));
        }
    }

    #[test]
    fn of_many_at_once_one_is_carried_out_and_all_get_its_answer() {
        for test in databases(&Env::system(), Provided::default) {
            let account = AccountId(Env::system().uuid());
            let ran = Arc::new(AtomicU32::new(0));
            let bodies: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8)
                    .map(|n| {
                        let (db, ran) = (test.db.clone(), Arc::clone(&ran));
                        scope.spawn(move || {
                            db.write_now(move |tx| {
                                once(tx, account, &Key::parse("abc").unwrap(), b"same", |_| {
                                    ran.fetch_add(1, Ordering::SeqCst);
                                    Ok(answer(&n.to_string()))
                                })
                            })
                        })
                    })
                    .collect();
                threads.into_iter().map(|thread| thread.join().unwrap().unwrap().body).collect()
            });
            assert_eq!(ran.load(Ordering::SeqCst), 1);
            assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
        }
    }

    #[test]
    fn a_key_is_short_and_visible() {
        assert_eq!(Key::parse(""), Err("error-required"));
        assert_eq!(Key::parse(&"k".repeat(201)), Err("error-too-long"));
        assert_eq!(Key::parse("a b"), Err("error-control-characters"));
    }
}
