//! Who receives what is said to many: the names and the count that an approver sees, and later the recipients.

use std::collections::BTreeSet;

use crate::core::error::Result;
use crate::core::ids::OrgId;
use crate::directory::model::{AudienceFilter, Candidate, OrgName, Reach, Recipient, choose, today};
use crate::directory::store::{contacts, lists};
use crate::store::Tx;

use super::{administrations_of, names};

/// The administrations that a filter means, as of now: enrolled ones, and by hand also others.
#[derive(Debug, Clone, Default)]
pub struct Audience {
    /// One for each organisation that has a suitable contact, in the order of places.
    pub recipients: Vec<Recipient>,
    /// Meant, but nobody there can be written to so; last those that were picked by hand and are not enrolled.
    pub without: Vec<(OrgId, OrgName)>,
}

/// Recipients, and who is meant but has none: for the preview before an approval.
///
/// # Errors
/// The database's.
pub fn audience(tx: &mut Tx<'_>, filter: &AudienceFilter, reach: Reach) -> Result<Audience> {
    let day = today(tx.now());
    let by_hand: BTreeSet<OrgId> = match filter {
        AudienceFilter::Hand(ids) => administrations_of(tx, ids)?.into_values().collect(),
        _ => BTreeSet::new(),
    };
    let mut meant = lists::enrolled(tx, day)?;
    meant.retain(|(id, kind, _, _, district)| match filter {
        AudienceFilter::All => true,
        AudienceFilter::Kinds(kinds) => kinds.contains(kind),
        AudienceFilter::Districts(districts) => {
            districts.contains(id) || district.is_some_and(|district| districts.contains(&district))
        }
        AudienceFilter::Hand(_) => by_hand.contains(id),
    });
    let not_enrolled: Vec<OrgId> =
        by_hand.into_iter().filter(|id| !meant.iter().any(|(there, ..)| there == id)).collect();
    let ids: Vec<OrgId> = meant.iter().map(|(id, ..)| *id).collect();
    let mut chosen = choose(candidates(tx, &ids)?, reach);
    let mut audience = Audience::default();
    for (org, _, org_name, sign, _) in meant {
        match chosen.remove(&org) {
            Some(candidate) => audience.recipients.push(recipient(candidate, org_name, sign)),
            None => audience.without.push((org, OrgName { name: org_name, sign })),
        }
    }
    let mut others: Vec<_> = names(tx, &not_enrolled)?.into_iter().collect();
    others.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    audience.without.extend(others);
    Ok(audience)
}

/// Who could be written to at these organisations.
pub(super) fn candidates(tx: &mut Tx<'_>, orgs: &[OrgId]) -> Result<Vec<Candidate>> {
    let all = contacts::of(tx, orgs)?.into_iter();
    Ok(all
        .map(|contact| Candidate {
            org: contact.organisation,
            contact: contact.id,
            role: contact.role,
            name: contact.name,
            address: contact.mail,
            is_function: contact.is_function,
            certificate_until: contact.certificate_until,
            pgp_until: contact.pgp_until,
        })
        .collect())
}

fn recipient(candidate: Candidate, org_name: String, sign: String) -> Recipient {
    Recipient {
        org: candidate.org,
        org_name,
        sign,
        contact: candidate.contact,
        name: candidate.name,
        address: candidate.address,
        is_function: candidate.is_function,
        certificate_until: candidate.certificate_until,
        pgp_until: candidate.pgp_until,
    }
}
