//! Sessions that this process read a moment ago: each request asks for one, and hardly ever has anything changed.

use std::sync::Arc;

use jiff::Timestamp;
use quick_cache::sync::Cache;
use ring::digest::{SHA256, digest};

use crate::access::service::sessions::Loaded;
use crate::store::Mark;

/// How many are kept.
const MOST: usize = 4096;

/// As long as a session reads the same, it holds: nothing was committed since ([`crate::store::Db::mark`]), by this
/// process or any other, so one that was ended and a role that was taken count at once; and neither of its ends has come.
pub struct Held(Cache<Vec<u8>, Arc<(Mark, Loaded)>>);

impl Default for Held {
    fn default() -> Self {
        Self(Cache::new(MOST))
    }
}

/// What a session is kept under; its key itself nobody keeps.
fn name(key: &str) -> Vec<u8> {
    digest(&SHA256, key.as_bytes()).as_ref().to_vec()
}

impl Held {
    /// The session, where it would be read the same now. `mark` is of a moment after it was asked for.
    pub(super) fn again(&self, key: &str, mark: &Mark, now: Timestamp) -> Option<Loaded> {
        let kept = self.0.get(&name(key))?;
        let (then, session) = &*kept;
        (then == mark && now < session.holds_until).then(|| session.clone())
    }

    /// Keeps a session that was read behind `mark`.
    pub(super) fn keep(&self, key: &str, mark: Mark, session: Loaded) {
        self.0.insert(name(key), Arc::new((mark, session)));
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::access::model::Origin;
    use crate::core::env::Env;
    use crate::core::ids::{AccountId, SessionId};
    use crate::store::schema::leases;
    use crate::store::testing::{databases, write};
    use crate::store::{Db, Provided};

    const KEY: &str = "a key";

    fn session(now: Timestamp) -> Loaded {
        let later = now + SignedDuration::from_mins(5);
        Loaded {
            id: SessionId(uuid::Uuid::nil()),
            account: AccountId(uuid::Uuid::nil()),
            name: String::new(),
            roles: Vec::new(),
            state: "{}".to_owned(),
            origin: Origin { ip: None, agent: String::new() },
            created_at: now,
            seen_at: now,
            ends_at: later + later.duration_since(now),
            holds_until: later,
            has_factor: false,
            verified_at: None,
            released_at: None,
            is_held: false,
        }
    }

    /// Keeps one and asks for it. On PostgreSQL what others do in databases beside this one counts as a change, too.
    async fn is_given_again(db: &Db, held: &Held, now: Timestamp) -> bool {
        for _ in 0..200 {
            held.keep(KEY, db.mark().await.unwrap(), session(now));
            if held.again(KEY, &db.mark().await.unwrap(), now).is_some() {
                return true;
            }
        }
        false
    }

    #[tokio::test]
    async fn a_session_is_given_again_until_anything_is_committed_or_its_time_has_come() {
        let env = Env::system();
        for test in databases(&env, Provided::default) {
            let (db, held, now) = (&test.db, Held::default(), env.now());
            assert!(is_given_again(db, &held, now).await);
            let mark = db.mark().await.unwrap();
            held.keep(KEY, mark.clone(), session(now));
            assert!(held.again(KEY, &mark, now).is_some() && held.again("another", &mark, now).is_none());
            assert!(
                held.again(KEY, &mark, now + SignedDuration::from_mins(5)).is_none(),
                "its time has come"
            );
            write(db, |tx| {
                let holder = leases::holder.eq(tx.id::<SessionId>());
                let lease = (
                    leases::name.eq("a change"),
                    holder,
                    leases::fence.eq(0),
                    leases::held_until.eq(tx.at()),
                );
                Ok(diesel::insert_into(leases::table).values(lease).execute(tx.conn)?)
            });
            let after = db.mark().await.unwrap();
            assert!(held.again(KEY, &after, now).is_none(), "something was committed");
        }
    }
}
