//! The guided report, as its pages are used.

use meldekette::core::ids::{AccountId, DraftId, OrgId};
use meldekette::incidents::guide::model::Step;
use meldekette::incidents::guide::service::{self, Key};

use super::app::House;
use super::client::{Door, Reply, Visitor};

/// The value of the first hidden field of this name on the page.
pub fn hidden(html: &str, name: &str) -> String {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).expect(name);
    rest.split('"').next().unwrap().to_owned()
}

/// Begins a draft by the page's button; the address of its first question.
pub async fn begin(door: &Door, who: &Visitor, kind: &str) -> String {
    let page = door.get(who, "/melden").await.text();
    let begun = door.post(who, "/melden", &[("once", hidden(&page, "once").as_str()), ("art", kind)]).await;
    begun.to.unwrap_or_else(|| panic!("no draft: {}", String::from_utf8_lossy(&begun.body)))
}

/// Answers one question of a draft and goes on.
pub async fn answer(door: &Door, who: &Visitor, first: &str, step: &str, typed: &[(&str, &str)]) -> Reply {
    let path = first.replace("lage", step);
    let page = door.get(who, &path).await.text();
    let version = hidden(&page, "version");
    let fields = [&[("version", version.as_str()), ("tun", "weiter")], typed].concat();
    door.post(who, &path, &fields).await
}

/// The least that makes a report for a house; where it says what, these words.
pub async fn write(door: &Door, who: &Visitor, house: OrgId, title: &str) -> String {
    let first = begin(door, who, "vorfall").await;
    let house = house.to_string();
    for (step, typed) in [
        ("was", &[("observed", "mail"), ("title", title)][..]),
        ("erreichbar", &[("contact_phone", "030 23125 114")]),
        ("fuer", &[("organisation", house.as_str())]),
        ("weitergabe", &[("inform", "by_name")]),
    ] {
        let reply = answer(door, who, &first, step, typed).await;
        assert_eq!(reply.status.as_u16(), 303, "{step}: {}", reply.text());
    }
    first
}

/// Sends a draft from its summary.
pub async fn send(door: &Door, who: &Visitor, first: &str) -> Reply {
    let path = first.replace("lage", "pruefen");
    let page = door.get(who, &path).await.text();
    door.post(who, &path, &[("version", hidden(&page, "version"))]).await
}

/// What a draft says: by question, by field.
type Said<'a> = (Step, &'a [(&'static str, &'a str)]);

/// A draft of an account that says this already; each question is a version of it.
pub async fn draft(house: &House, account: AccountId, said: &[Said<'_>]) -> DraftId {
    let typed = |fields: &[(&'static str, &str)]| -> Vec<_> {
        fields.iter().map(|(name, value)| (*name, vec![(*value).to_owned()])).collect()
    };
    let said: Vec<_> = said.iter().map(|(step, fields)| (*step, typed(fields))).collect();
    house
        .act(account, move |tx, actor| {
            let id = service::begin(tx, actor, false)?;
            let mut opened = service::open(tx, actor, &Key::Own(id))?;
            for (seen, (step, typed)) in (1..).zip(&said) {
                service::save(tx, &mut opened, seen, *step, typed)?;
            }
            Ok(id)
        })
        .await
}

/// A draft of an account that it sent for this house.
pub async fn sent(house: &House, account: AccountId, org: OrgId) -> DraftId {
    let org = org.to_string();
    let said = [
        (Step::Observed, &[("observed", "outage"), ("title", "Ausfall beim Kunden")][..]),
        (Step::Reach, &[("contact_phone", "030 23125 114")]),
        (Step::Houses, &[("organisation", org.as_str())]),
        (Step::Inform, &[("inform", "by_name")]),
    ];
    let id = draft(house, account, &said).await;
    house.act(account, move |tx, actor| service::send(tx, actor, &Key::Own(id), 5).map(|_| ())).await;
    id
}
