//! Drafts and reports of people without an account, found by their codes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use meldekette::core::actor::Actor;
use meldekette::core::ids::{IncidentId, OrgId};
use meldekette::incidents::guide::model::Step;
use meldekette::incidents::guide::service::{self, Held, Key};
use meldekette::incidents::service as incidents;

use super::app::House;
use super::cast::Cast;
use super::client::Visitor;
use super::town::{Case, ROLES, canary};

/// The cookie that holds a draft.
pub const COOKIE: &str = "__Host-mk-draft";

/// The canary of the draft that is not sent: nobody reads it but who holds its code.
pub const WORD: &str = "zettel";

/// A code that nobody has yet.
fn fresh() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::SeqCst);
    let letter = |at: u32| char::from(b"23456789"[(number >> (3 * at)) as usize % 8]);
    let tail: String = (0..8).map(letter).collect();
    format!("7KQM-2XWP-{}-{}", &tail[..4], &tail[4..])
}

/// The same browser, holding the draft with this code.
pub fn holding(who: &Visitor, code: &str) -> Visitor {
    let mut who = who.clone();
    who.cookies.retain(|cookie| cookie.name() != COOKIE);
    who.cookies.push(actix_web::cookie::Cookie::new(COOKIE, code.to_owned()));
    who
}

/// Versions of a draft that [`draft`] makes.
pub const VERSION: &str = "5";

/// A draft that could be sent as it is, with these words; its code.
pub async fn draft(house: &House, title: &str, words: &str) -> String {
    let typed = |fields: &[(&'static str, &str)]| -> Vec<_> {
        fields.iter().map(|(name, value)| (*name, vec![(*value).to_owned()])).collect()
    };
    let said = [
        (Step::Observed, typed(&[("observed", "outage"), ("title", title), ("description", words)])),
        (Step::Reach, typed(&[("contact_name", "Hausmeisterei"), ("contact_phone", "030 23125 114")])),
        (Step::Office, typed(&[("office_name", "Zweckverband Nirgends")])),
        (Step::Inform, typed(&[("inform", "by_name")])),
    ];
    let code = fresh();
    let held = Held::of(&code);
    house
        .write(move |tx| {
            let (actor, key) = (Actor::anonymous(None), Key::Held(held.clone()));
            service::begin_held(tx, &actor, &held, false)?;
            let mut opened = service::open(tx, &actor, &key)?;
            for (seen, (step, typed)) in (1..).zip(&said) {
                service::save(tx, &mut opened, seen, *step, typed)?;
            }
            Ok(())
        })
        .await;
    code
}

/// A report without an account; the code of its draft, and its reference.
pub async fn sent(house: &House, title: &str, words: &str) -> (String, Case) {
    let code = draft(house, title, words).await;
    let key = Key::Held(Held::of(&code));
    let seen: i32 = VERSION.parse().unwrap();
    let sent = house.write(move |tx| service::send(tx, &Actor::anonymous(None), &key, seen)).await;
    let reference = sent.reference.expect("a case");
    let id = house.app.db.read_now(|tx| Ok(incidents::load_by_reference(tx, &reference)?.id)).unwrap();
    (code, Case { id, reference })
}

/// A report without an account that the CERT has attached to this house; its case.
pub async fn attached(house: &House, cast: &Cast, to: OrgId) -> IncidentId {
    let (_, case) = sent(house, "Ausfall", "").await;
    let analyst = cast.person("analyst2").account;
    let Case { id, reference } = case;
    house
        .act(analyst, move |tx, actor| {
            let seen = incidents::load(tx, id)?.version;
            incidents::attach(tx, actor, &reference, seen, to)
        })
        .await;
    id
}

/// Codes of drafts, by `write`, `sent`, `send.ROLE` and `discard.ROLE`; and the case that the sent one has become.
pub async fn build(house: &House) -> (BTreeMap<String, String>, Case) {
    let mut held = BTreeMap::new();
    let unsent = ["Titel", "Beschreibung"].map(|what| canary(WORD, what));
    held.insert("write".to_owned(), draft(house, &unsent[0], &unsent[1]).await);
    for role in ROLES {
        for what in ["send", "discard"] {
            held.insert(format!("{what}.{role}"), draft(house, "Ausfall", "").await);
        }
    }
    let (title, words) = (canary("ohnekonto", "Titel"), canary("ohnekonto", "Beschreibung"));
    let (code, case) = sent(house, &title, &words).await;
    held.insert("sent".to_owned(), code);
    (held, case)
}
