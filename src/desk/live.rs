//! What is sent to open pages: that the list changed, that a case changed, who else is at it. Never content: a page
//! that is told fetches by itself what it may see.
//!
//! One task for the process ([`Live::run`]) hears what this process commits, reads from the trail what others have
//! committed, asks for all of it at once who may know, and looks through the connections in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::broadcast::error::TryRecvError;
use tokio::sync::{Mutex, broadcast, watch};
use uuid::Uuid;

use crate::access::guard::Visitor;
use crate::audit::service as audit;
use crate::core::error::{FieldError, Result};
use crate::core::event::{Change, Changed};
use crate::core::ids::{AccountId, AnyId, IncidentId};
use crate::incidents::service::{self as incidents, Watcher};
use crate::queue::runner::is_over;
use crate::store::Db;
use crate::web::live::{Frame, Hub, Limits, Presence, others, share};
use crate::web::{Failure, Query};

/// How long what happens is gathered before it is told.
const TURN: Duration = Duration::from_millis(250);
/// How often is looked for what other processes have committed.
const LOOK: SignedDuration = SignedDuration::from_secs(1);
/// How many rows of the trail are read at once.
const ROWS: i64 = 500;
/// A connection that is silent for long is cut by proxies; and that a page is gone shows when it is written to.
const BEAT: SignedDuration = SignedDuration::from_secs(5);
/// How often the rows that say who is here are written again: well within the time that they hold.
const SHARE: SignedDuration = SignedDuration::from_secs(20);
/// Who leaves may only be loading the page again.
const GRACE: SignedDuration = SignedDuration::from_secs(5);
/// What others do may commit so much later than it began, and not stand on a page that was made meanwhile.
const MARGIN: SignedDuration = SignedDuration::from_secs(1);
/// How many changes are remembered for pages that come back.
const REMEMBERED: usize = 1024;

/// How old a page may be before all that matters is that it is old.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// Come back: with what may have changed of who you are.
const AGAIN: &str = "neu";
/// The list changed.
const LIST: &str = "liste";
/// The case changed.
const CASE: &str = "vorgang";
/// Who else is at the case.
const OTHERS: &str = "andere";

/// One page that is connected.
struct Page {
    watcher: Watcher,
    name: String,
    is_writing: bool,
    /// What the page itself shows already.
    since: Timestamp,
    /// Who else was there when it was last told.
    told: Vec<(String, bool)>,
}

/// Somebody who is at a case or just left.
struct Guest {
    presence: Presence,
    left_at: Option<Timestamp>,
}

struct State {
    changes: broadcast::Receiver<Change>,
    /// Where reading the trail goes on; `None` where this process is the only one, or before the first look.
    seq: Option<i64>,
    looked_at: Timestamp,
    beat_at: Timestamp,
    /// What was told lately, the oldest first.
    recent: VecDeque<Change>,
    /// Before this, what happened is not known.
    known_since: Timestamp,
    guests: HashMap<(Uuid, AccountId), Guest>,
    elsewhere: Vec<Presence>,
    shared: Vec<Presence>,
    shared_at: Timestamp,
    /// When was looked last who is elsewhere.
    met_at: Timestamp,
}

/// The live updates of this process.
pub struct Live {
    db: Db,
    hub: Hub<Page>,
    process: AnyId,
    /// Whether others may work on the same database.
    has_others: bool,
    state: Mutex<State>,
}

impl Live {
    /// With nobody connected. Hears from now on what is committed.
    #[must_use]
    pub fn new(db: Db, limits: Limits) -> Self {
        let now = db.env().now();
        let state = State {
            changes: db.changes(),
            seq: None,
            looked_at: Timestamp::MIN,
            beat_at: now,
            recent: VecDeque::new(),
            known_since: now,
            guests: HashMap::new(),
            elsewhere: Vec::new(),
            shared: Vec::new(),
            shared_at: Timestamp::MIN,
            met_at: Timestamp::MIN,
        };
        let process = AnyId(db.env().uuid());
        Self { has_others: !db.is_sqlite(), db, hub: Hub::new(limits), process, state: Mutex::new(state) }
    }

    /// Tells what happens until `stop` becomes true; then all connections end.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut is_failing = false;
        while !is_over(&stop) {
            let turned = self.turn().await;
            if let (Err(error), false) = (&turned, is_failing) {
                tracing::warn!(%error, "live updates wait for the database");
            }
            is_failing = turned.is_err();
            tokio::select! {
                () = tokio::time::sleep(TURN) => {}
                _ = stop.changed() => {}
            }
        }
        self.shut();
    }

    /// Ends all connections, and lets nobody in any more.
    pub fn shut(&self) {
        self.hub.shut();
    }

    /// Tells what happened since the last turn.
    ///
    /// # Errors
    /// The database's: then those whom it concerned come back and fetch what they may have missed.
    pub async fn turn(&self) -> Result<()> {
        let mut state = self.state.lock().await;
        let now = self.db.env().now();
        let heard = hear(&mut state);
        let read = self.look(&mut state, now).await;
        let all_heard = heard.is_some() && read.is_ok();
        let mut changes = heard.unwrap_or_default();
        changes.extend(read.as_ref().map(|read| read.clone()).unwrap_or_default());
        changes.retain(|change| state.recent.iter().all(|told| told.row != change.row));
        let told = self.tell(&changes, now).await;
        for change in changes {
            if state.recent.len() >= REMEMBERED && state.recent.pop_front().is_some() {
                state.known_since = state.recent.front().map_or(now, |oldest| oldest.at);
            }
            state.recent.push_back(change);
        }
        if !all_heard || told.is_err() {
            // What nobody knows any more is made up for by looking.
            state.known_since = now;
            self.hub.close(&Frame::event(AGAIN), |_| true);
        }
        let greeted = self.greet(&mut state, now).await;
        if now.duration_since(state.beat_at) >= BEAT {
            state.beat_at = now;
            self.hub.send(|_| Some(Frame::beat(now)));
        }
        self.hub.expire(&Frame::event(AGAIN));
        read.and(told).and(greeted)
    }

    /// What other processes have committed, once a second.
    async fn look(&self, state: &mut State, now: Timestamp) -> Result<Vec<Change>> {
        if !self.has_others || now.duration_since(state.looked_at) < LOOK {
            return Ok(Vec::new());
        }
        let from = state.seq;
        let found = self.db.read_apart(move |tx| match from {
            Some(seq) => audit::news(tx, seq, ROWS),
            None => Ok((Vec::new(), audit::last_seq(tx)?)),
        });
        let (changes, seq) = found.await?;
        // A full batch goes on at once.
        if from.is_none_or(|from| seq - from < ROWS) {
            state.looked_at = now;
        }
        state.seq = Some(seq);
        Ok(changes)
    }

    async fn tell(&self, changes: &[Change], now: Timestamp) -> Result<()> {
        let again = Frame::event(AGAIN);
        let mut cases: Vec<(IncidentId, Change)> = Vec::new();
        for change in changes {
            match change.what {
                Changed::Incident(id) => cases.push((id, *change)),
                Changed::Account(account) => self.hub.close(&again, |seat| seat.account == account),
                Changed::Session(session) => self.hub.close(&again, |seat| seat.session == Some(session)),
                Changed::Acting => self.hub.close(&again, |seat| !seat.kept.watcher.is_team()),
            }
        }
        if cases.is_empty() || self.hub.is_empty() {
            return Ok(());
        }
        let mut with_houses = false;
        self.hub.each(|seat| with_houses |= !seat.kept.watcher.is_team());
        let asked: Vec<_> =
            cases.iter().map(|(id, change)| (*id, change.at)).collect::<BTreeSet<_>>().into_iter().collect();
        let traces = self.db.read_apart(move |tx| incidents::traces(tx, &asked, with_houses)).await?;
        let mut of_case: HashMap<IncidentId, Vec<Change>> = HashMap::new();
        for (id, change) in cases {
            of_case.entry(id).or_default().push(change);
        }
        self.hub.close(&again, |seat| {
            let watched = seat.kept.watcher.case;
            traces.iter().any(|trace| watched == Some(trace.incident) && !seat.kept.watcher.sees(trace))
        });
        self.hub.send(|seat| {
            let page = &seat.kept;
            let is_new = traces.iter().any(|trace| {
                page.watcher.case.is_none_or(|case| case == trace.incident)
                    && of_case[&trace.incident].iter().any(|change| {
                        is_news(change, seat.account, page.since) && page.watcher.learns(trace, change.at)
                    })
            });
            is_new.then(|| Frame::at(if page.watcher.case.is_some() { CASE } else { LIST }, now))
        });
        Ok(())
    }

    /// Tells those at a case who else is there.
    async fn greet(&self, state: &mut State, now: Timestamp) -> Result<()> {
        let mut here: BTreeMap<(Uuid, AccountId), Presence> = BTreeMap::new();
        self.hub.each(|seat| {
            if let Some(case) = seat.kept.watcher.case.filter(|_| seat.kept.watcher.works) {
                let presence = here.entry((case.0, seat.account)).or_insert_with(|| Presence {
                    subject: case.0,
                    account: seat.account,
                    name: seat.kept.name.clone(),
                    is_writing: false,
                });
                presence.is_writing |= seat.kept.is_writing;
            }
        });
        state.guests.retain(|who, guest| {
            if here.contains_key(who) {
                return true;
            }
            now.duration_since(*guest.left_at.get_or_insert(now)) < GRACE
        });
        for (who, presence) in here {
            state.guests.insert(who, Guest { presence, left_at: None });
        }
        if self.has_others {
            self.exchange(state, now).await?;
        }
        let mut at: HashMap<Uuid, Vec<&Presence>> = HashMap::new();
        for presence in state.guests.values().map(|guest| &guest.presence).chain(&state.elsewhere) {
            at.entry(presence.subject).or_default().push(presence);
        }
        self.hub.send(|seat| {
            let case = seat.kept.watcher.case.filter(|_| seat.kept.watcher.works)?;
            let mut names = BTreeMap::<&str, bool>::new();
            for presence in at.get(&case.0).into_iter().flatten().filter(|it| it.account != seat.account) {
                *names.entry(&presence.name).or_default() |= presence.is_writing;
            }
            let names: Vec<_> = names.into_iter().map(|(name, writes)| (name.to_owned(), writes)).collect();
            if names == seat.kept.told {
                return None;
            }
            let data =
                names.iter().map(|(name, writes)| json!({ "name": name, "schreibt": writes })).collect();
            seat.kept.told = names;
            Some(Frame::json(OTHERS, &data))
        });
        Ok(())
    }

    /// Writes down who is here where that changed, and reads who is elsewhere.
    async fn exchange(&self, state: &mut State, now: Timestamp) -> Result<()> {
        let process = self.process;
        let mut here: Vec<_> = state.guests.values().map(|guest| guest.presence.clone()).collect();
        here.sort();
        let is_old = !here.is_empty() && now.duration_since(state.shared_at) >= SHARE;
        if here != state.shared || is_old {
            let rows = here.clone();
            self.db.write(move |tx| share(tx, process, &rows)).await?;
            (state.shared, state.shared_at) = (here, now);
        }
        if state.guests.is_empty() {
            state.elsewhere.clear();
        } else if now.duration_since(state.met_at) >= LOOK {
            state.elsewhere = self.db.read_apart(move |tx| others(tx, process)).await?;
            state.met_at = now;
        }
        Ok(())
    }

    /// Whether something happened since a page was made that does not show on it.
    async fn missed(&self, watcher: Watcher, account: AccountId, since: Timestamp) -> Result<bool> {
        if watcher.case.is_some() {
            return self
                .db
                .read(move |tx| incidents::has_changed(tx, &watcher, account, since, MARGIN))
                .await;
        }
        let asked: Vec<_> = {
            let state = self.state.lock().await;
            if since < state.known_since - MARGIN {
                return Ok(true);
            }
            let cases = state.recent.iter().filter(|change| is_news(change, account, since));
            cases
                .filter_map(|change| match change.what {
                    Changed::Incident(id) => Some((id, change.at)),
                    _ => None,
                })
                .collect()
        };
        if asked.is_empty() {
            return Ok(false);
        }
        // Lists are the team's, to whom all of a case's changes are told.
        let traces = self.db.read_apart(move |tx| incidents::traces(tx, &asked, false)).await?;
        Ok(traces.iter().any(|trace| watcher.sees(trace)))
    }
}

/// Whether a page of this account that was made at `since` may not show the change yet. What one did oneself shows on
/// the page that follows.
fn is_news(change: &Change, account: AccountId, since: Timestamp) -> bool {
    let margin = if change.by == Some(account) { SignedDuration::ZERO } else { MARGIN };
    change.at > since - margin
}

/// What this process has committed; `None` where more happened than is kept.
fn hear(state: &mut State) -> Option<Vec<Change>> {
    let mut heard = Vec::new();
    loop {
        match state.changes.try_recv() {
            Ok(change) => heard.push(change),
            Err(TryRecvError::Lagged(_)) => {
                while !matches!(state.changes.try_recv(), Err(TryRecvError::Empty | TryRecvError::Closed)) {}
                return None;
            }
            Err(TryRecvError::Empty | TryRecvError::Closed) => return Some(heard),
        }
    }
}

/// What a page says when it connects.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Ask {
    /// What it knows: the instant of the page, or of what it was told last.
    seit: Option<String>,
    /// Whether somebody writes on it.
    schreibt: Option<String>,
}

impl Ask {
    fn since(&self, now: Timestamp) -> Result<Timestamp> {
        let refused = |_| FieldError::new("seit", "error-choice");
        let since = self.seit.as_deref().map(str::parse::<Timestamp>).transpose().map_err(refused)?;
        Ok(since.unwrap_or(now).clamp(now - LONGEST, now))
    }
}

/// The stream of the team's queue.
pub(super) async fn queue(
    visitor: Visitor,
    live: Data<Live>,
    ask: Query<Ask>,
) -> Result<HttpResponse, Failure> {
    connect(&visitor, &live, None, &ask).await
}

/// The stream of one case.
pub(super) async fn case(
    visitor: Visitor,
    live: Data<Live>,
    reference: Path<String>,
    ask: Query<Ask>,
) -> Result<HttpResponse, Failure> {
    connect(&visitor, &live, Some(reference.into_inner()), &ask).await
}

async fn connect(
    visitor: &Visitor,
    live: &Live,
    reference: Option<String>,
    ask: &Ask,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let account = actor.account.ok_or(crate::core::error::Error::SignInNeeded)?;
    let (name, now) = (actor.name.clone(), live.db.env().now());
    let since = ask.since(now)?;
    let watcher = live.db.read(move |tx| incidents::watch(tx, &actor, reference.as_deref())).await?;
    let page =
        Page { watcher: watcher.clone(), name, is_writing: ask.schreibt.is_some(), since, told: Vec::new() };
    let connection = live.hub.join(account, visitor.session, page)?;
    // Looked up once the place is taken: what happens from here on is told.
    let missed = live.missed(watcher.clone(), account, since).await?;
    let first = match watcher.case {
        _ if !missed => Frame::beat(now),
        Some(_) => Frame::at(CASE, now),
        None => Frame::at(LIST, now),
    };
    live.hub.send_first(&connection, &first);
    Ok(connection.answer())
}
