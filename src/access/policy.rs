//! Who may do what: one pure table over relations, asked by every service. What no cell allows is denied.
//!
//! The caller loads the facts (who the actor is to this case, organisation, advisory, account); the table decides.
//! `tests/policy/expected.csv` says the same by route and role and is compared by hand-written expectation, not derived.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use crate::core::actor::{Actor, Role, Scope, Via};
use crate::core::error::{Error, Result};
use crate::store::Tx;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }
        impl $name {
            /// All, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
        }
    };
}

words! {
    /// What somebody wants to do.
    Action {
        FileLoose, AttachReport, TakeCall,
        FileIncident, FileUnconfirmed, WriteReportDraft, ShowIncident, ReadTeamNotes, WriteToInvolved, WriteTeamNote, TriageIncident, AssignIncident,
        ChangeStatus, WaitForSomebody, RestrictIncident, EscalateIncident, ExplainEscalation, ShowRoster, PlanRoster, HandOverDuty, AcceptDuty, ReadCalendar, AddEvidence, ReadEvidence, AcknowledgeStep, ConfirmReport,
        SupplementReport, WithdrawReport, WritePapers,
        ShowDuties, MarkDuty, SetDuties, ShowFigures,
        ManageTasks, AnswerTask,
        FanOut, CountAsked, ShowAsked, AnswerAsked,
        WriteThread,
        ArrangeQueue, ChangeTeamFilter,
        MergeIncidents, LinkIncidents,
        PinEntry, ExportCase, ImportCase,
        ShowAdvisory, ShowDraft, WriteAdvisory, SubmitAdvisory, ApproveAdvisory, ReturnAdvisory, PublishAdvisory,
        ShowDeliveries,
        ListOrganisations, ShowOrganisation, EditOrganisation, EditContacts, ImportDirectory, EnrolOrganisation,
        EditServiceRelations, ConfirmOrganisation, ConfirmContact, GrantMandate, LayDownMandate, ShowCard, PrintCards,
        CheckContactCode, ShowCrisis, MarkOffline, ReleaseSignIn,
        ListAccounts, ManageOrgAccounts, GrantCertRole, ConfirmGrant, LockAccount, ManageSessions, ManageTokens,
        ManageSecondFactor, ResetSecondFactor,
        ReadAudit, ExportAudit, ReadQueues, ReviveDeadLetter,
        TakeMail, ReadMailbox, SortMailbox,
    }
}

words! {
    /// What the actor is, in general and to the thing in question.
    Relation {
        /// Works at the CERT in that role.
        Analyst, Approver, CertLead, Auditor, Administrator,
        /// The product itself: a worker or the command line.
        System,
        /// At an organisation that reported the case or is affected by it, or that runs its administration.
        CaseParty,
        /// At an organisation that the case was handed or escalated to.
        CaseHandler,
        /// The case is restricted to named persons and the actor is none of them.
        OutsideRestricted,
        /// At an organisation that is asked whether what happened at its provider concerns it.
        CaseAsked,
        /// At that provider, which has a part in the case.
        CaseSource,
        /// At the organisation that an escalation step is for, or holding its single-use link.
        StepTarget,
        /// At an organisation to which the published version was sent; for TLP:RED, the named person.
        InAudience,
        /// Wrote a part of this version.
        Author,
        /// Reporter at this organisation, or at the administration that acts for it by register.
        OrgMember,
        /// Organisation lead there.
        OrgLead,
        /// At an organisation that holds a mandate of this organisation today.
        Mandated,
        /// The same, and the mandate reaches this case: it was filed under it, or its scope is to read all.
        MandateReader,
        /// The same, and its scope is to answer as well.
        MandateWriter,
        /// At an organisation that serves this one by register and has no mandate.
        Provider,
        /// The account, or what is written, is the actor's own.
        Oneself,
        /// Holds the single-use link that was sent to an organisation's contact for this.
        LinkHolder,
        /// Granted the role in question.
        Granter,
        /// Is to receive the role in question.
        Grantee,
    }
}

/// What a relation says to an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Silent,
    /// Yes, unless another relation forbids.
    Allow,
    /// No, whatever other relations say.
    Forbid,
}

/// The relations that hold, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Facts(u32);

impl Facts {
    /// What an actor is in general, before any particular thing.
    #[must_use]
    pub fn of(actor: &Actor) -> Self {
        let mut facts = Self::default();
        for (role, relation) in [
            (Role::Analyst, Relation::Analyst),
            (Role::Approver, Relation::Approver),
            (Role::CertLead, Relation::CertLead),
            (Role::Auditor, Relation::Auditor),
            (Role::Administrator, Relation::Administrator),
        ] {
            facts = facts.when(actor.has(role), relation);
        }
        facts.when(actor.is_system(), Relation::System)
    }

    /// With one more relation.
    #[must_use]
    pub fn with(self, relation: Relation) -> Self {
        Self(self.0 | 1 << relation as u32)
    }

    /// With one more relation, if it holds.
    #[must_use]
    pub fn when(self, holds: bool, relation: Relation) -> Self {
        if holds { self.with(relation) } else { self }
    }

    /// Whether the relation holds.
    #[must_use]
    pub fn has(self, relation: Relation) -> bool {
        self.0 & 1 << relation as u32 != 0
    }

    /// The relations that hold.
    pub fn iter(self) -> impl Iterator<Item = Relation> {
        Relation::ALL.iter().copied().filter(move |relation| self.has(*relation))
    }
}

/// The table. The product has one; a test may hand in another to see that each cell matters.
#[derive(Debug, Clone)]
pub struct Table {
    cells: HashMap<(Action, Relation), Cell>,
    asked: Option<Asked>,
}

/// What a table was asked, for tests: which questions a request leads to.
pub type Asked = Arc<Mutex<HashSet<(Action, Facts)>>>;

const CASE_WORK: &[(Relation, Cell)] = {
    use Cell::{Allow, Forbid};
    use Relation::{Analyst, CertLead, OutsideRestricted};
    &[(Analyst, Allow), (CertLead, Allow), (OutsideRestricted, Forbid)]
};

const CASE_READERS: &[(Relation, Cell)] = {
    use Cell::{Allow, Forbid};
    use Relation as R;
    &[
        (R::CaseParty, Allow),
        (R::CaseHandler, Allow),
        (R::MandateReader, Allow),
        (R::Analyst, Allow),
        (R::CertLead, Allow),
        (R::Auditor, Allow),
        (R::OutsideRestricted, Forbid),
    ]
};

const CASE_WRITERS: &[(Relation, Cell)] = {
    use Cell::{Allow, Forbid};
    use Relation as R;
    &[
        (R::CaseParty, Allow),
        (R::CaseHandler, Allow),
        (R::MandateWriter, Allow),
        (R::Analyst, Allow),
        (R::CertLead, Allow),
        (R::OutsideRestricted, Forbid),
    ]
};

const SEES_ORGANISATION: &[(Relation, Cell)] = {
    use Cell::Allow;
    use Relation as R;
    &[
        (R::Analyst, Allow),
        (R::Approver, Allow),
        (R::CertLead, Allow),
        (R::Auditor, Allow),
        (R::Administrator, Allow),
        (R::OrgMember, Allow),
        (R::OrgLead, Allow),
    ]
};

/// Who may do what, as cells; what is not here is forbidden.
const CELLS: &[(Action, &[(Relation, Cell)])] = {
    use Action as A;
    use Cell::{Allow, Forbid};
    use Relation as R;
    &[
        (
            A::FileIncident,
            &[
                (R::OrgMember, Allow),
                (R::OrgLead, Allow),
                (R::Mandated, Allow),
                (R::Analyst, Allow),
                (R::CertLead, Allow),
            ],
        ),
        // Asked where the report may not be filed as the organisation's own; the organisation confirms it.
        (A::FileUnconfirmed, &[(R::Provider, Allow)]),
        // Without an account: whoever wrote it, and nobody else sends it.
        (A::FileLoose, &[(R::Oneself, Allow)]),
        // Writing down what somebody says on the telephone.
        (A::TakeCall, &[(R::Analyst, Allow), (R::CertLead, Allow)]),
        // Nobody reads what is not sent yet, beside whoever writes it.
        (A::WriteReportDraft, &[(R::Oneself, Allow)]),
        (A::ShowIncident, CASE_READERS),
        (
            // Asked only about a case that may be seen, so nobody is outside of it.
            A::ReadTeamNotes,
            &[(R::Analyst, Allow), (R::CertLead, Allow), (R::Auditor, Allow)],
        ),
        (A::WriteToInvolved, CASE_WRITERS),
        (A::WriteTeamNote, CASE_WORK),
        (A::TriageIncident, CASE_WORK),
        (A::AssignIncident, CASE_WORK),
        (A::ChangeStatus, CASE_WORK),
        (A::WaitForSomebody, CASE_WORK),
        (A::RestrictIncident, CASE_WORK),
        (A::EscalateIncident, CASE_WORK),
        (A::AttachReport, CASE_WORK),
        (A::ManageTasks, CASE_WORK),
        // Asked only about a case that may be seen, so nobody is outside of it.
        (A::WriteThread, &[(R::Analyst, Allow), (R::CertLead, Allow)]),
        // Asked only about a case that may be seen. What is asked of an organisation it answers itself, or who writes for
        // it; never the CERT in its name.
        (A::AnswerTask, &[(R::CaseParty, Allow), (R::CaseHandler, Allow), (R::MandateWriter, Allow)]),
        // To ask all whom a provider serves whether what happened there concerns them.
        (A::FanOut, CASE_WORK),
        // How many of them said what; who they are, a mandate says.
        // Asked only about a case that may be seen.
        (
            A::CountAsked,
            &[(R::CaseSource, Allow), (R::Analyst, Allow), (R::CertLead, Allow), (R::Auditor, Allow)],
        ),
        // What is asked of an organisation, and what was written with it: nothing else of the case is its own.
        (A::ShowAsked, &[(R::CaseAsked, Allow)]),
        // Asked of one organisation among those: for itself, by the link that was sent to it, or by who writes for it.
        (A::AnswerAsked, &[(R::CaseAsked, Allow), (R::LinkHolder, Allow), (R::MandateWriter, Allow)]),
        // Asked of each of the cases.
        (A::MergeIncidents, CASE_WORK),
        (A::LinkIncidents, CASE_WORK),
        // Asked only about a case that may be seen, so nobody is outside of it.
        // Everything of a case at once, for whoever reads all of it; the product itself for the command line.
        (
            A::ExportCase,
            &[
                (R::Analyst, Allow),
                (R::CertLead, Allow),
                (R::Auditor, Allow),
                (R::System, Allow),
                (R::OutsideRestricted, Forbid),
            ],
        ),
        // What another installation or system knew stands in the register's name here: for the command line alone.
        (A::ImportCase, &[(R::System, Allow)]),
        (A::PinEntry, &[(R::Analyst, Allow), (R::CertLead, Allow)]),
        (A::AddEvidence, CASE_WRITERS),
        (A::ReadEvidence, CASE_READERS),
        (A::AcknowledgeStep, &[(R::StepTarget, Allow)]),
        // Asked of the organisation's own people, also before the case is theirs to see, or of who holds the link that
        // was sent to it.
        (
            A::ConfirmReport,
            &[
                (R::OrgMember, Allow),
                (R::OrgLead, Allow),
                (R::LinkHolder, Allow),
                (R::OutsideRestricted, Forbid),
            ],
        ),
        (
            A::SupplementReport,
            &[(R::CaseParty, Allow), (R::MandateWriter, Allow), (R::OutsideRestricted, Forbid)],
        ),
        // Taking a report back ends help: that is for the organisation that reported, and nobody else whom it concerns.
        (A::WithdrawReport, &[(R::OrgMember, Allow), (R::OrgLead, Allow), (R::OutsideRestricted, Forbid)]),
        // What the organisation that reported says to its own people and to others is its own; the CERT does not read it.
        (A::WritePapers, &[(R::OrgMember, Allow), (R::OrgLead, Allow), (R::OutsideRestricted, Forbid)]),
        // Asked only about a case that may be seen, and for an organisation for which the actor acts in it: what a house
        // owes others is not for whoever the case was handed to.
        (
            A::ShowDuties,
            &[
                (R::CaseParty, Allow),
                (R::CaseAsked, Allow),
                (R::MandateReader, Allow),
                (R::Analyst, Allow),
                (R::CertLead, Allow),
                (R::Auditor, Allow),
            ],
        ),
        (
            A::MarkDuty,
            &[
                (R::CaseParty, Allow),
                (R::CaseAsked, Allow),
                (R::MandateWriter, Allow),
                (R::Analyst, Allow),
                (R::CertLead, Allow),
            ],
        ),
        // Which rule sets bind an organisation: it says so itself, or who keeps the register.
        (A::SetDuties, &[(R::OrgLead, Allow), (R::CertLead, Allow), (R::Administrator, Allow)]),
        // Figures about the cases of all organisations, as far as the team's rules show them.
        (A::ShowFigures, &[(R::Analyst, Allow), (R::CertLead, Allow), (R::Auditor, Allow)]),
        // What will become of a case and whom that reaches is the team's; on the command line, the operator's.
        (
            A::ExplainEscalation,
            &[
                (R::Analyst, Allow),
                (R::CertLead, Allow),
                (R::Auditor, Allow),
                (R::System, Allow),
                (R::OutsideRestricted, Forbid),
            ],
        ),
        // Who is on call, the team knows of each other; who leads it plans, and whose the duty is hands it over.
        (A::ShowRoster, &[(R::Analyst, Allow), (R::CertLead, Allow)]),
        (A::PlanRoster, &[(R::CertLead, Allow)]),
        (A::HandOverDuty, &[(R::Oneself, Allow)]),
        (A::AcceptDuty, &[(R::Oneself, Allow)]),
        // A calendar program knows nothing but the secret address.
        (A::ReadCalendar, &[(R::LinkHolder, Allow)]),
        // How somebody works through the queue: own filters, columns, absence.
        (A::ArrangeQueue, &[(R::Analyst, Allow), (R::CertLead, Allow)]),
        // Asked only about a filter that the actor sees: one's own, or one of the team's.
        (A::ChangeTeamFilter, &[(R::Oneself, Allow), (R::CertLead, Allow)]),
        (A::ShowAdvisory, &[(R::InAudience, Allow)]),
        (
            A::ShowDraft,
            &[(R::Analyst, Allow), (R::Approver, Allow), (R::CertLead, Allow), (R::Auditor, Allow)],
        ),
        (A::WriteAdvisory, &[(R::Analyst, Allow), (R::CertLead, Allow)]),
        (A::SubmitAdvisory, &[(R::Analyst, Allow), (R::CertLead, Allow)]),
        (A::ApproveAdvisory, &[(R::Approver, Allow), (R::CertLead, Allow), (R::Author, Forbid)]),
        (A::ReturnAdvisory, &[(R::Approver, Allow), (R::CertLead, Allow)]),
        (A::PublishAdvisory, &[(R::Analyst, Allow), (R::Approver, Allow), (R::CertLead, Allow)]),
        (
            A::ShowDeliveries,
            &[(R::Analyst, Allow), (R::Approver, Allow), (R::CertLead, Allow), (R::Auditor, Allow)],
        ),
        (
            A::ListOrganisations,
            &[
                (R::Analyst, Allow),
                (R::Approver, Allow),
                (R::CertLead, Allow),
                (R::Auditor, Allow),
                (R::Administrator, Allow),
            ],
        ),
        (A::ShowOrganisation, SEES_ORGANISATION),
        (A::EditOrganisation, &[(R::CertLead, Allow), (R::Administrator, Allow)]),
        (
            A::EditContacts,
            &[(R::Analyst, Allow), (R::CertLead, Allow), (R::Administrator, Allow), (R::OrgLead, Allow)],
        ),
        (A::ImportDirectory, &[(R::Administrator, Allow), (R::System, Allow)]),
        (A::EnrolOrganisation, &[(R::Analyst, Allow), (R::CertLead, Allow), (R::Administrator, Allow)]),
        (A::EditServiceRelations, &[(R::CertLead, Allow), (R::Administrator, Allow)]),
        (A::GrantMandate, &[(R::OrgLead, Allow)]),
        (A::LayDownMandate, &[(R::OrgLead, Allow)]),
        (A::ShowCard, SEES_ORGANISATION),
        (A::PrintCards, &[(R::CertLead, Allow), (R::Administrator, Allow)]),
        // Whoever takes reports on the telephone.
        (A::CheckContactCode, &[(R::Analyst, Allow), (R::CertLead, Allow)]),
        // Who is called, in which order, when an organisation is offline: for whoever helps it.
        (A::ShowCrisis, &[(R::Analyst, Allow), (R::CertLead, Allow), (R::Auditor, Allow)]),
        // That its own mail is not trusted, or is trusted again; and that somebody there was spoken to who signs in.
        (A::MarkOffline, &[(R::Analyst, Allow), (R::CertLead, Allow)]),
        (A::ReleaseSignIn, &[(R::Analyst, Allow), (R::CertLead, Allow)]),
        // The organisation itself says so, or who acts for it by register; never the CERT in its name.
        (A::ConfirmOrganisation, &[(R::OrgMember, Allow), (R::OrgLead, Allow)]),
        // Whoever reads the mails of a contact says that it still holds.
        (A::ConfirmContact, &[(R::LinkHolder, Allow)]),
        (A::ListAccounts, &[(R::Administrator, Allow), (R::Auditor, Allow)]),
        (A::ManageOrgAccounts, &[(R::Administrator, Allow), (R::OrgLead, Allow), (R::System, Allow)]),
        (A::GrantCertRole, &[(R::Administrator, Allow), (R::System, Allow)]),
        (A::ConfirmGrant, &[(R::Administrator, Allow), (R::Granter, Forbid), (R::Grantee, Forbid)]),
        (A::LockAccount, &[(R::Administrator, Allow), (R::System, Allow), (R::Oneself, Forbid)]),
        (A::ManageSessions, &[(R::Oneself, Allow), (R::Administrator, Allow)]),
        (A::ManageTokens, &[(R::Oneself, Allow), (R::System, Allow)]),
        (A::ManageSecondFactor, &[(R::Oneself, Allow)]),
        // Who lost telephone and codes asks somebody else: nobody gets around their own second factor.
        (A::ResetSecondFactor, &[(R::Administrator, Allow), (R::System, Allow), (R::Oneself, Forbid)]),
        (A::ReadAudit, &[(R::Auditor, Allow), (R::CertLead, Allow)]),
        (A::ExportAudit, &[(R::Auditor, Allow), (R::System, Allow)]),
        (A::ReadQueues, &[(R::Administrator, Allow)]),
        (A::ReviveDeadLetter, &[(R::Administrator, Allow)]),
        // What a mail server delivers.
        (A::TakeMail, &[(R::System, Allow)]),
        // Mails that nobody placed yet say what cases say: an administrator does not read them.
        (A::ReadMailbox, &[(R::Analyst, Allow), (R::CertLead, Allow), (R::Auditor, Allow)]),
        (A::SortMailbox, &[(R::Analyst, Allow), (R::CertLead, Allow)]),
    ]
};

impl Default for Table {
    fn default() -> Self {
        let cells = CELLS
            .iter()
            .flat_map(|(action, row)| row.iter().map(|(relation, cell)| ((*action, *relation), *cell)));
        Self { cells: cells.collect(), asked: None }
    }
}

impl Table {
    /// What a relation says to an action.
    #[must_use]
    pub fn cell(&self, action: Action, relation: Relation) -> Cell {
        self.cells.get(&(action, relation)).copied().unwrap_or(Cell::Silent)
    }

    /// The same table with another word in one cell.
    #[must_use]
    pub fn with(mut self, action: Action, relation: Relation, cell: Cell) -> Self {
        self.cells.insert((action, relation), cell);
        self
    }

    /// The same table, which writes down what it is asked.
    #[must_use]
    pub fn asked_into(mut self, asked: &Asked) -> Self {
        self.asked = Some(Arc::clone(asked));
        self
    }

    /// The cells that say something.
    pub fn cells(&self) -> impl Iterator<Item = (Action, Relation, Cell)> {
        self.cells.iter().map(|((action, relation), cell)| (*action, *relation, *cell))
    }

    /// Whether the facts allow the action: some relation allows and none forbids.
    #[must_use]
    pub fn allows(&self, action: Action, facts: Facts) -> bool {
        if let Some(asked) = &self.asked {
            asked.lock().unwrap_or_else(PoisonError::into_inner).insert((action, facts));
        }
        let mut allowed = false;
        for relation in facts.iter() {
            match self.cell(action, relation) {
                Cell::Forbid => return false,
                Cell::Allow => allowed = true,
                Cell::Silent => {}
            }
        }
        allowed
    }

    /// The table in force: the one handed in at start, otherwise the product's.
    #[must_use]
    pub fn of<'a>(tx: &Tx<'a>) -> &'a Self {
        static DEFAULT: LazyLock<Table> = LazyLock::new(Table::default);
        tx.provided::<Self>().unwrap_or(&DEFAULT)
    }
}

/// The action that makes a thing exist for somebody. Who is refused it gets "not found" for every other action, too.
fn sight(action: Action) -> Option<Action> {
    use Action as A;
    match action {
        A::ReadTeamNotes
        | A::WriteToInvolved
        | A::WriteTeamNote
        | A::TriageIncident
        | A::AssignIncident
        | A::ChangeStatus
        | A::WaitForSomebody
        | A::RestrictIncident
        | A::EscalateIncident
        | A::ExplainEscalation
        | A::AttachReport
        | A::ManageTasks
        | A::FanOut
        | A::CountAsked
        | A::AnswerTask
        | A::WriteThread
        | A::ConfirmReport
        | A::WritePapers
        | A::ShowDuties
        | A::MarkDuty
        | A::AddEvidence
        | A::ReadEvidence
        | A::SupplementReport
        | A::WithdrawReport
        | A::MergeIncidents
        | A::LinkIncidents
        | A::PinEntry
        | A::ExportCase => Some(A::ShowIncident),
        A::AnswerAsked => Some(A::ShowAsked),
        A::WriteAdvisory
        | A::SubmitAdvisory
        | A::ApproveAdvisory
        | A::ReturnAdvisory
        | A::PublishAdvisory
        | A::ShowDeliveries => Some(A::ShowDraft),
        A::EditOrganisation
        | A::EditContacts
        | A::SetDuties
        | A::EnrolOrganisation
        | A::EditServiceRelations
        | A::ConfirmOrganisation
        | A::GrantMandate
        | A::LayDownMandate
        | A::CheckContactCode
        | A::ShowCrisis
        | A::MarkOffline
        | A::ReleaseSignIn => Some(A::ShowOrganisation),
        A::ChangeTeamFilter => Some(A::ArrangeQueue),
        A::PlanRoster => Some(A::ShowRoster),
        A::ImportDirectory | A::PrintCards => Some(A::ListOrganisations),
        A::ManageOrgAccounts
        | A::GrantCertRole
        | A::ConfirmGrant
        | A::LockAccount
        | A::ManageSessions
        | A::ResetSecondFactor => Some(A::ListAccounts),
        A::ExportAudit => Some(A::ReadAudit),
        A::SortMailbox => Some(A::ReadMailbox),
        _ => None,
    }
}

/// What a token must be scoped for to be used for the action; `None`: never by token.
fn scope(action: Action) -> Option<Scope> {
    use Action as A;
    match action {
        A::ShowIncident | A::ReadTeamNotes | A::ShowAsked => Some(Scope::IncidentsRead),
        A::FileIncident
        | A::FileUnconfirmed
        | A::WriteToInvolved
        | A::WriteTeamNote
        | A::TriageIncident
        | A::AssignIncident
        | A::ChangeStatus
        | A::WaitForSomebody
        | A::ManageTasks
        | A::FanOut
        | A::CountAsked
        | A::AnswerTask
        | A::MergeIncidents
        | A::LinkIncidents
        | A::EscalateIncident => Some(Scope::IncidentsWrite),
        A::ShowAdvisory | A::ShowDraft | A::ShowDeliveries => Some(Scope::AdvisoriesRead),
        A::WriteAdvisory
        | A::SubmitAdvisory
        | A::ApproveAdvisory
        | A::ReturnAdvisory
        | A::PublishAdvisory => Some(Scope::AdvisoriesWrite),
        A::ListOrganisations | A::ShowOrganisation => Some(Scope::DirectoryRead),
        _ => None,
    }
}

/// Whether the actor may do it, without an error: for showing or hiding a button, never instead of [`check`].
#[must_use]
pub fn may(tx: &Tx<'_>, actor: &Actor, action: Action, facts: Facts) -> bool {
    token_reaches(actor, action) && Table::of(tx).allows(action, facts)
}

/// The first line of every service.
///
/// # Errors
/// [`Error::SignInNeeded`] for nobody known where signing in could help, [`Error::NotFound`] where the thing does not
/// exist for the actor, [`Error::Forbidden`] where it does.
pub fn check(tx: &Tx<'_>, actor: &Actor, action: Action, facts: Facts) -> Result<()> {
    let table = Table::of(tx);
    if table.allows(action, facts) {
        return if token_reaches(actor, action) {
            Ok(())
        } else {
            Err(Error::Forbidden("error-token-scope"))
        };
    }
    if matches!(actor.via, Via::Anonymous) {
        return Err(Error::SignInNeeded);
    }
    match sight(action) {
        Some(sight) if table.allows(sight, facts) => Err(Error::Forbidden("error-not-allowed")),
        _ => Err(Error::NotFound),
    }
}

/// Whether a token's scopes reach lists of what the action shows; a person's always do.
///
/// # Errors
/// [`Error::Forbidden`] when they do not.
pub fn check_token(actor: &Actor, action: Action) -> Result<()> {
    if token_reaches(actor, action) { Ok(()) } else { Err(Error::Forbidden("error-token-scope")) }
}

fn token_reaches(actor: &Actor, action: Action) -> bool {
    match &actor.via {
        Via::Token { scopes, .. } => scope(action).is_some_and(|needed| scopes.contains(&needed)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_may_do_anything_without_a_relation() {
        let table = Table::default();
        assert!(Action::ALL.iter().all(|action| !table.allows(*action, Facts::default())));
    }

    #[test]
    fn an_approver_who_wrote_a_part_may_not_approve() {
        let table = Table::default();
        let approver = Facts::default().with(Relation::Approver);
        assert!(table.allows(Action::ApproveAdvisory, approver));
        assert!(!table.allows(Action::ApproveAdvisory, approver.with(Relation::Author)));
    }

    #[test]
    fn an_analyst_who_is_not_named_does_not_see_a_restricted_case() {
        let table = Table::default();
        let analyst = Facts::default().with(Relation::Analyst);
        assert!(!table.allows(Action::ShowIncident, analyst.with(Relation::OutsideRestricted)));
    }

    #[test]
    fn an_administrator_sees_no_case() {
        assert!(
            !Table::default().allows(Action::ShowIncident, Facts::default().with(Relation::Administrator))
        );
    }
}
