//! Who is written to when something is said to many: one recipient for each administration.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ContactRole, Kind};
use crate::core::ids::{ContactId, OrgId};

/// Which of the enrolled administrations are meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "of", rename_all = "snake_case")]
pub enum AudienceFilter {
    All,
    Kinds(Vec<Kind>),
    /// Those in these districts, the district's own administration included.
    Districts(Vec<OrgId>),
    /// These; a member municipality stands for the administration that acts for it.
    Hand(Vec<OrgId>),
}

/// Who may be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Functions and persons.
    Anybody,
    /// Persons by name only, as TLP:RED demands.
    NamedPersons,
}

/// A contact that could be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub org: OrgId,
    pub contact: ContactId,
    pub role: ContactRole,
    pub name: String,
    pub address: String,
    pub is_function: bool,
    /// Until when the certificate on file holds; `None`: none on file.
    pub certificate_until: Option<Timestamp>,
    /// Until when the OpenPGP key on file holds; `None`: none on file.
    pub pgp_until: Option<Timestamp>,
}

/// The one contact of an administration that is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub org: OrgId,
    pub org_name: String,
    /// The district's sign, possibly empty.
    pub sign: String,
    pub contact: ContactId,
    pub name: String,
    pub address: String,
    pub is_function: bool,
    pub certificate_until: Option<Timestamp>,
    pub pgp_until: Option<Timestamp>,
}

/// Who comes first: the officer, else the deputy, else the head. Nobody reads mail at a hotline.
fn rank(role: ContactRole) -> Option<u8> {
    match role {
        ContactRole::ItSecurityOfficer => Some(0),
        ContactRole::Deputy => Some(1),
        ContactRole::Head => Some(2),
        ContactRole::Hotline => None,
    }
}

/// One contact for each organisation that has a suitable one: by role, among equals the one entered first.
#[must_use]
pub fn choose(candidates: Vec<Candidate>, reach: Reach) -> BTreeMap<OrgId, Candidate> {
    let key = |candidate: &Candidate| (rank(candidate.role), candidate.contact);
    let mut chosen: BTreeMap<OrgId, Candidate> = BTreeMap::new();
    for candidate in candidates {
        let suits = rank(candidate.role).is_some()
            && !candidate.address.is_empty()
            && (reach == Reach::Anybody || !candidate.is_function);
        if suits && chosen.get(&candidate.org).is_none_or(|best| key(&candidate) < key(best)) {
            chosen.insert(candidate.org, candidate);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
        let one = (0..6u128, 0..4usize, any::<bool>(), any::<bool>());
        prop::collection::vec(one, 0..40).prop_map(|all| {
            let made = all.into_iter().enumerate().map(|(n, (org, role, is_function, has_mail))| Candidate {
                org: OrgId(Uuid::from_u128(org)),
                contact: ContactId(Uuid::from_u128(n as u128)),
                role: ContactRole::ALL[role],
                name: format!("contact {n}"),
                address: if has_mail { format!("c{n}@stadt.example") } else { String::new() },
                is_function,
                certificate_until: None,
                pgp_until: None,
            });
            made.collect()
        })
    }

    fn suits(candidate: &Candidate, reach: Reach) -> bool {
        candidate.role != ContactRole::Hotline
            && !candidate.address.is_empty()
            && (reach == Reach::Anybody || !candidate.is_function)
    }

    proptest! {
        #[test]
        fn every_administration_with_a_suitable_contact_gets_exactly_one_and_the_best(
            all in candidates(), by_name in any::<bool>(),
        ) {
            let reach = if by_name { Reach::NamedPersons } else { Reach::Anybody };
            let chosen = choose(all.clone(), reach);
            for candidate in all.iter().filter(|candidate| suits(candidate, reach)) {
                let best = chosen.get(&candidate.org);
                prop_assert!(best.is_some_and(|best| best.role <= candidate.role), "{candidate:?} {best:?}");
            }
            for (org, best) in &chosen {
                prop_assert!(*org == best.org && suits(best, reach));
                prop_assert!(all.contains(best));
            }
        }

        #[test]
        fn the_order_of_rows_does_not_matter(all in candidates()) {
            let mut turned = all.clone();
            turned.reverse();
            prop_assert_eq!(choose(all, Reach::Anybody), choose(turned, Reach::Anybody));
        }
    }

    #[test]
    fn an_audience_reads_back_from_what_a_draft_keeps() {
        let filter = AudienceFilter::Kinds(vec![Kind::Landkreis]);
        let kept = serde_json::to_string(&filter).expect("json");
        assert_eq!(kept, r#"{"by":"kinds","of":["landkreis"]}"#);
        assert_eq!(serde_json::from_str::<AudienceFilter>(&kept).expect("read"), filter);
    }
}
