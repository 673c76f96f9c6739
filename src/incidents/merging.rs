//! What may be merged into what, and what an organisation sees of a case that was: pure, `(lead, member) → plan or
//! refusal`.
//!
//! A merge is one level deep: a case that leads others is not itself merged, and a merged one leads none, so there is
//! never a circle and never a chain to be followed.

use jiff::Timestamp;

use super::model::Priority;
use super::status::{CloseReason, Status};
use crate::core::ids::IncidentId;

/// What a case's organisation sees of where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub status: Status,
    pub close_reason: Option<CloseReason>,
    pub closed_at: Option<Timestamp>,
}

/// Where a case went that was merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    pub lead: IncidentId,
    pub at: Timestamp,
    /// Where it stood before.
    pub before: Status,
    /// What became of it, for everybody who is not of the team.
    pub seen: Seen,
}

/// What decides whether a case can lead or be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub id: IncidentId,
    pub status: Status,
    pub priority: Option<Priority>,
    pub is_drill: bool,
    pub is_restricted: bool,
    pub is_unconfirmed: bool,
    pub merged_into: Option<IncidentId>,
    /// Whether others were merged into it.
    pub leads: bool,
}

/// Why a case does not lead, or is not merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is none, or not for this person.
    Unknown,
    LeadClosed,
    LeadMerged,
    /// Nobody knows yet whose it is: who leads is whom the CERT works with.
    LeadUnconfirmed,
    Closed,
    /// It is part of another case already, or of this one.
    Merged,
    /// It leads others: merge these first, or let it lead.
    Leads,
    /// A drill with what is real.
    Drill,
    /// One of the two is for named persons only: who may read the one may not read the other.
    Restricted,
    /// It is further than the case that is to lead, which nobody has looked at yet.
    Further,
}

impl Refusal {
    /// The Fluent key of the sentence.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Unknown => "merge-refused-unknown",
            Self::LeadClosed => "merge-refused-lead-closed",
            Self::LeadMerged => "merge-refused-lead-merged",
            Self::LeadUnconfirmed => "merge-refused-lead-unconfirmed",
            Self::Closed => "merge-refused-closed",
            Self::Merged => "merge-refused-merged",
            Self::Leads => "merge-refused-leads",
            Self::Drill => "merge-refused-drill",
            Self::Restricted => "merge-refused-restricted",
            Self::Further => "merge-refused-further",
        }
    }
}

/// Whether a case can lead others.
///
/// # Errors
/// Why it cannot.
pub fn check_lead(lead: &Standing) -> Result<(), Refusal> {
    match lead {
        Standing { merged_into: Some(_), .. } => Err(Refusal::LeadMerged),
        Standing { status: Status::Closed, .. } => Err(Refusal::LeadClosed),
        Standing { is_unconfirmed: true, .. } => Err(Refusal::LeadUnconfirmed),
        _ => Ok(()),
    }
}

/// Whether another case can be merged into it. Who may read both is asked before; a report that nobody has confirmed
/// yet can be merged, for a wave has many of these.
///
/// # Errors
/// Why it cannot.
pub fn check_member(lead: &Standing, member: &Standing) -> Result<(), Refusal> {
    match member {
        Standing { merged_into: Some(_), .. } => Err(Refusal::Merged),
        Standing { status: Status::Closed, .. } => Err(Refusal::Closed),
        Standing { leads: true, .. } => Err(Refusal::Leads),
        Standing { is_drill, .. } if *is_drill != lead.is_drill => Err(Refusal::Drill),
        Standing { is_restricted, .. } if *is_restricted != lead.is_restricted => Err(Refusal::Restricted),
        Standing { status, .. } if lead.status == Status::Reported && *status != Status::Reported => {
            Err(Refusal::Further)
        }
        _ => Ok(()),
    }
}

/// The case that leads unless somebody chooses another: of those that can, one that leads already, then the one that is
/// furthest, then the first of them.
#[must_use]
pub fn suggested(candidates: &[Standing]) -> Option<IncidentId> {
    let able = candidates.iter().filter(|one| check_lead(one).is_ok());
    able.rev().max_by_key(|one| (one.leads, one.status)).map(|one| one.id)
}

/// What the organisation of a merged case sees from the merge on: it never falls back behind what it was told.
#[must_use]
pub fn seen_at_merge(member: Status, lead: Status) -> Status {
    member.max(lead)
}

/// The priority that the leading case takes over from the merged ones, where one is more urgent, so that no clock is lost.
#[must_use]
pub fn raised(
    lead: Option<Priority>,
    members: impl IntoIterator<Item = Option<Priority>>,
) -> Option<Priority> {
    let most_urgent = members.into_iter().flatten().min()?;
    lead.is_some_and(|own| most_urgent < own).then_some(most_urgent)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(number: u8) -> IncidentId {
        format!("01999999-0000-7000-8000-0000000000{number:02x}").parse().unwrap()
    }

    fn case(number: u8) -> Standing {
        Standing {
            id: id(number),
            status: Status::Triaged,
            priority: Some(2),
            is_drill: false,
            is_restricted: false,
            is_unconfirmed: false,
            merged_into: None,
            leads: false,
        }
    }

    #[test]
    fn two_open_cases_are_merged_either_way() {
        assert_eq!(check_lead(&case(1)), Ok(()));
        assert_eq!(check_member(&case(1), &case(2)), Ok(()));
    }

    #[test]
    fn what_is_over_or_part_of_another_case_or_nobodys_does_not_lead() {
        let lead = case(1);
        for (lead, why) in [
            (Standing { status: Status::Closed, ..lead }, Refusal::LeadClosed),
            (Standing { status: Status::Closed, merged_into: Some(id(9)), ..lead }, Refusal::LeadMerged),
            (Standing { is_unconfirmed: true, ..lead }, Refusal::LeadUnconfirmed),
        ] {
            assert_eq!(check_lead(&lead), Err(why));
        }
    }

    #[test]
    fn each_conflict_of_a_member_has_its_own_sentence() {
        let (lead, member) = (case(1), case(2));
        for (member, why) in [
            (Standing { status: Status::Closed, ..member }, Refusal::Closed),
            (Standing { status: Status::Closed, merged_into: Some(id(9)), ..member }, Refusal::Merged),
            // Already part of this very case.
            (Standing { status: Status::Closed, merged_into: Some(id(1)), ..member }, Refusal::Merged),
            (Standing { leads: true, ..member }, Refusal::Leads),
            (Standing { is_drill: true, ..member }, Refusal::Drill),
            (Standing { is_restricted: true, ..member }, Refusal::Restricted),
        ] {
            assert_eq!(check_member(&lead, &member), Err(why));
        }
        let unread = Standing { status: Status::Reported, priority: None, ..lead };
        assert_eq!(check_member(&unread, &member), Err(Refusal::Further));
        let restricted = Standing { is_restricted: true, ..lead };
        assert_eq!(check_member(&restricted, &member), Err(Refusal::Restricted));
        assert_eq!(check_member(&restricted, &Standing { is_restricted: true, ..member }), Ok(()));
        assert_eq!(check_member(&lead, &Standing { is_unconfirmed: true, ..member }), Ok(()));
    }

    #[test]
    fn whoever_leads_already_is_suggested_then_the_furthest_then_the_first() {
        let reported = |number| Standing { status: Status::Reported, priority: None, ..case(number) };
        assert_eq!(suggested(&[reported(1), reported(2)]), Some(id(1)));
        assert_eq!(suggested(&[reported(1), case(2)]), Some(id(2)));
        let leads = Standing { leads: true, ..reported(3) };
        assert_eq!(suggested(&[reported(1), case(2), leads]), Some(id(3)));
        let closed = Standing { status: Status::Closed, ..case(4) };
        assert_eq!(suggested(&[closed]), None);
    }

    #[test]
    fn the_more_urgent_priority_is_taken_over_and_no_other() {
        assert_eq!(raised(Some(3), [Some(4), None, Some(1)]), Some(1));
        assert_eq!(raised(Some(1), [Some(2)]), None);
        assert_eq!(raised(Some(2), [None]), None);
        assert_eq!(raised(None, [None]), None);
    }

    fn any_standing() -> impl Strategy<Value = Standing> {
        let status = prop::sample::select(Status::ALL);
        (1_u8..4, status, any::<[bool; 5]>()).prop_map(
            |(number, status, [drill, named, loose, merged, leads])| {
                Standing {
                    id: id(number),
                    status: if merged { Status::Closed } else { status },
                    priority: (status > Status::Reported).then_some(2),
                    is_drill: drill,
                    is_restricted: named,
                    is_unconfirmed: loose,
                    merged_into: merged.then(|| id(9)),
                    // A merged case leads none: that is what is to be kept.
                    leads: leads && !merged,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn a_merge_is_never_deeper_than_one_level(lead in any_standing(), member in any_standing()) {
            if check_lead(&lead).is_ok() && check_member(&lead, &member).is_ok() {
                prop_assert!(lead.merged_into.is_none() && !member.leads && member.merged_into.is_none());
            }
        }

        #[test]
        fn nobody_is_told_that_the_work_went_back(member in any_standing(), lead in any_standing()) {
            prop_assert!(seen_at_merge(member.status, lead.status) >= member.status);
        }
    }
}
