//! Who reports: what the register and earlier cases say of the house, for whoever judges its report.

use std::borrow::Cow;

use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::i18n::{Lang, grouped, text, text_with};
use crate::core::ids::{IncidentId, OrgId};
use crate::directory::model::{AssetKind, Standing, today};
use crate::directory::service as directory;
use crate::incidents::model::{Filter, shown_title};
use crate::incidents::service as incidents;
use crate::store::Tx;

/// Other open cases of the house that are named; the rest is a number.
const NAMED: usize = 5;
/// Cases are counted as far as this.
const COUNTED: i64 = 100;
/// Networks and mail domains that are named.
const ASSETS: usize = 6;

/// One line: what it is about, and what is known.
pub(super) struct Fact {
    pub key: &'static str,
    pub value: String,
}

/// Another open case of the house.
pub(super) struct Other {
    pub reference: String,
    pub title: String,
}

/// What is known of the house that a case was reported for.
pub(super) struct House {
    pub id: OrgId,
    pub name: String,
    pub facts: Vec<Fact>,
    pub open: Vec<Other>,
    /// Open ones that are not named.
    pub more: usize,
}

/// Reads it, as far as the actor may see it.
///
/// # Errors
/// The policy's, the database's.
pub(super) fn house(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, case: IncidentId) -> Result<House> {
    let seen = directory::view(tx, actor, org)?;
    let mandates = directory::mandates(tx, actor, org)?;
    let of_house = |open| Filter {
        open: Some(open),
        organisations: Some(vec![org]),
        with_waiting: true,
        ..Filter::default()
    };
    let mut open = incidents::list(tx, actor, &of_house(true), None, COUNTED)?.rows;
    let closed = incidents::count(tx, actor, &of_house(false), COUNTED)?;
    open.retain(|row| row.id != case);

    let day = today(tx.now());
    let organisation = seen.organisation;
    let district = organisation.district.filter(|district| *district != org);
    let name_of = |id: &OrgId| seen.names.get(id).map(|name| name.name.clone()).unwrap_or_default();
    let served = seen.served_by.iter().filter(|it| {
        it.relation.valid_from <= day && it.relation.valid_until.is_none_or(|until| day < until)
    });
    let mut served: Vec<String> = served
        .map(|it| match it.relation.is_example {
            true => format!("{} ({})", it.other_name.name, say("directory-example")),
            false => it.other_name.name.clone(),
        })
        .collect();
    // One relation for each service.
    served.sort_unstable();
    served.dedup();
    let mandated = mandates.granted.iter().filter(|it| matches!(it.standing, Standing::Valid { .. }));
    let assets = |wanted: fn(AssetKind) -> bool| {
        let values: Vec<_> =
            seen.assets.iter().filter(|asset| wanted(asset.kind)).map(|asset| asset.value.clone()).collect();
        let shown = listed(values.iter().take(ASSETS).cloned());
        if values.len() > ASSETS { format!("{shown} …") } else { shown }
    };
    let facts = [
        ("desk-house-kind", say(organisation.kind.label()).into_owned()),
        ("desk-house-district", district.as_ref().map(name_of).unwrap_or_default()),
        ("desk-house-administered", organisation.administered_by.as_ref().map(name_of).unwrap_or_default()),
        ("desk-house-population", organisation.population.map(grouped).unwrap_or_default()),
        ("desk-house-members", listed(seen.members.iter().map(|member| member.name.clone()))),
        ("desk-house-served", listed(served.into_iter())),
        ("desk-house-mandates", listed(mandated.map(|it| it.other_name.name.clone()))),
        ("desk-house-mail", assets(|kind| kind == AssetKind::MailDomain)),
        ("desk-house-networks", assets(|kind| kind != AssetKind::MailDomain)),
        ("desk-house-past", past(closed)),
    ];
    let more = open.len().saturating_sub(NAMED);
    open.truncate(NAMED);
    Ok(House {
        id: org,
        name: organisation.name,
        facts: facts
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(key, value)| Fact { key, value })
            .collect(),
        open: open
            .into_iter()
            .map(|row| Other { title: shown_title(&row.title), reference: row.reference })
            .collect(),
        more,
    })
}

fn say(key: &str) -> Cow<'static, str> {
    text(Lang::De, key)
}

fn listed(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// How many cases of the house are closed.
fn past(closed: i64) -> String {
    let key = if closed == COUNTED { "desk-house-past-many" } else { "desk-house-past-count" };
    text_with(Lang::De, key, &[("count", closed.into())]).into_owned()
}
