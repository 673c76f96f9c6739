//! What goes into an archive, for whoever may take the whole case along.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

pub use super::arrive::{Archive, Plan, Refusal, Wishes, import, plan};
pub use super::check::{Broken, Sound, check};
use super::model::{
    Case, Custody, Dossier, File, Format, Involved, Line, Organisation, Readers, Stated, Step, member,
};
pub use super::pack::{Tools, stream, write};
use crate::access::policy::{Action, Facts, may};
use crate::access::service as access;
use crate::audit::model::{Entry as AuditEntry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::core::ids::{AccountId, OrgId};
use crate::directory::service as directory;
use crate::incidents::evidence::model::{Evidence, Handling};
use crate::incidents::evidence::service as evidence;
use crate::incidents::model::{Audience, Entry, Incident, Report};
use crate::incidents::service::{note, open};
use crate::incidents::store;
use crate::incidents::tasks::model::{Owner, Task};
use crate::incidents::tasks::service as tasks;
use crate::incidents::timeline::service as timeline;
use crate::store::Tx;

/// An archive that is to be written.
pub struct Contents {
    pub dossier: Dossier,
    /// Those of [`Dossier::files`] that have a member, in the same order.
    pub files: Vec<Evidence>,
    /// What the trail's rows are about that go along; nothing for whoever may not read the trail.
    pub trail: Vec<Uuid>,
}

/// Gathers everything of a case, and records that somebody takes it along: in the trail, and for the team on the timeline.
/// `origin` names the installation.
///
/// # Errors
/// The policy's.
pub fn gather(tx: &mut Tx<'_>, actor: &Actor, reference: &str, origin: &str) -> Result<Contents> {
    let (incident, _) = open(tx, actor, reference, Action::ExportCase)?;
    let entries = store::entries(tx, incident.id, true, &[])?;
    let pinned = timeline::pinned(tx, incident.id)?;
    let involvements = store::involvements_of(tx, incident.id)?;
    let reports = store::reports_of(tx, incident.id)?;
    let tasks = tasks::all_of(tx, incident.id)?;
    let (mut files, custody) = evidence::all_of(tx, incident.id)?;
    let ids: Vec<_> = files.iter().map(|file| file.id).collect();

    let mut houses: BTreeSet<OrgId> = involvements.iter().map(|it| it.organisation).collect();
    houses.extend([incident.organisation, incident.holder].into_iter().flatten());
    houses.extend(reports.iter().filter_map(|report| report.organisation));
    houses.extend(tasks.iter().filter_map(|task| task.owner.organisation()));
    let audiences = entries.iter().map(|it| it.audience).chain(files.iter().map(|it| it.audience));
    houses.extend(audiences.filter_map(|audience| match audience {
        Audience::Organisation(org) => Some(org),
        Audience::Team | Audience::Involved => None,
    }));
    let mut organisations = Vec::new();
    for (number, org) in houses.iter().enumerate() {
        let known = directory::load(tx, *org)?;
        organisations.push(Organisation {
            id: format!("o{}", number + 1),
            name: known.name,
            key: known.source_key,
            source: known.source,
            ags: known.ags,
        });
    }
    let named = store::named(tx, incident.id)?;
    let owners = tasks.iter().filter_map(|task| task.owner.account());
    let accounts: Vec<AccountId> = named.iter().copied().chain(incident.assignee).chain(owners).collect();
    let words = Words {
        houses: houses.into_iter().zip(organisations.iter().map(|it| it.id.clone())).collect(),
        accounts: access::names(tx, &accounts)?.into_iter().collect(),
    };

    // The operator at the command line has the whole trail anyway.
    let trail = match actor.is_system() || may(tx, actor, Action::ReadAudit, Facts::of(actor)) {
        true => ids.iter().map(|id| id.0).chain([incident.id.0]).collect(),
        false => Vec::new(),
    };
    let mut place = 0;
    let mut described = Vec::with_capacity(files.len());
    for file in &files {
        let has_content = !file.data_key.is_empty();
        let path = has_content.then(|| member(place));
        place += usize::from(has_content);
        described.push(words.file(file, path, &custody));
    }
    let dossier = Dossier {
        format: Format::V1,
        origin: origin.to_owned(),
        exported_at: tx.now(),
        exported_by: actor.name.clone(),
        incident: words.case(&incident, &named),
        involvements: involvements
            .iter()
            .map(|it| Involved {
                organisation: words.house(it.organisation),
                part: it.part.code().to_owned(),
                affectedness: it.affectedness.clone(),
                added_at: it.added_at,
            })
            .collect(),
        reports: reports.into_iter().map(|report| words.report(report)).collect(),
        timeline: entries.into_iter().map(|it| words.line(pinned.contains(&it.id), it)).collect(),
        tasks: tasks.into_iter().map(|task| words.task(task)).collect(),
        files: described,
        organisations,
    };
    files.retain(|file| !file.data_key.is_empty());

    let taken = AuditEntry::new("incident.export", SubjectKind::Incident, incident.id)
        .organisation(incident.organisation)
        .with("files", files.len());
    record(tx, actor, taken)?;
    note(tx, actor, &incident, "exported", Audience::Team, json!({ "who": actor.name }), None)?;
    Ok(Contents { dossier, files, trail })
}

/// What ids are called in the archive.
struct Words {
    houses: BTreeMap<OrgId, String>,
    accounts: BTreeMap<AccountId, String>,
}

impl Words {
    fn house(&self, org: OrgId) -> String {
        self.houses.get(&org).cloned().unwrap_or_default()
    }

    fn account(&self, account: AccountId) -> Option<String> {
        self.accounts.get(&account).cloned()
    }

    fn readers(&self, audience: Audience) -> Readers {
        match audience {
            Audience::Team => Readers::Team,
            Audience::Organisation(org) => Readers::Organisation(self.house(org)),
            Audience::Involved => Readers::Involved,
        }
    }

    fn case(&self, incident: &Incident, named: &[AccountId]) -> Case {
        let code = |code: Option<&'static str>| code.map(str::to_owned);
        Case {
            reference: incident.reference.clone(),
            title: incident.title.clone(),
            organisation: incident.organisation.map(|org| self.house(org)),
            holder: incident.holder.map(|org| self.house(org)),
            assignee: incident.assignee.and_then(|account| self.account(account)),
            named: named.iter().filter_map(|account| self.account(*account)).collect(),
            status: incident.status.code().to_owned(),
            close_reason: code(incident.close_reason.map(|it| it.code())),
            class: code(incident.class.map(|it| it.code())),
            category: code(incident.category.map(|it| it.code())),
            impact: code(incident.impact.map(|it| it.code())),
            spread: code(incident.spread.map(|it| it.code())),
            priority: incident.priority,
            priority_reason: incident.priority_reason.clone(),
            tlp: incident.tlp.label().to_owned(),
            waiting_on: incident.waiting_on.clone(),
            follow_up_at: incident.follow_up_at,
            deadline_at: incident.deadline_at,
            is_restricted: incident.is_restricted,
            is_unconfirmed: incident.is_unconfirmed,
            is_drill: incident.is_drill,
            occurred_at: incident.occurred_at,
            detected_at: incident.detected_at,
            aware_at: incident.aware_at,
            reported_at: incident.reported_at,
            closed_at: incident.closed_at,
            updated_at: incident.updated_at,
        }
    }

    fn report(&self, report: Report) -> Stated {
        Stated {
            organisation: report.organisation.map(|org| self.house(org)),
            nature: report.nature.map(|it| it.code().to_owned()),
            stated_at: report.stated_at,
            observed: report.observed.code().to_owned(),
            inform: report.inform.code().to_owned(),
            title: report.title,
            description: report.description,
            measures: report.measures,
            contact_name: report.contact_name,
            contact_phone: report.contact_phone,
            personal_data: report.flags.personal_data,
            malicious: report.flags.malicious,
            beyond_house: report.flags.beyond_house,
            critical_service: report.flags.critical_service,
            is_current: report.is_current,
        }
    }

    fn line(&self, is_pinned: bool, entry: Entry) -> Line {
        Line {
            at: entry.at,
            is_system: entry.is_of_product(),
            author: entry.author,
            kind: entry.kind,
            audience: self.readers(entry.audience),
            facts: entry.facts,
            body: entry.body,
            is_pinned,
        }
    }

    fn task(&self, task: Task) -> Step {
        let (owner, organisation) = match task.owner {
            Owner::Nobody => (None, None),
            Owner::Account(account) => (self.account(account), None),
            Owner::Organisation(org) => (None, Some(self.house(org))),
        };
        Step {
            title: task.title,
            body: task.body,
            why: task.why,
            state: task.state.code().to_owned(),
            owner,
            organisation,
            due_at: task.due_at,
            result: task.result,
            answer: task.answer.map(|it| it.code().to_owned()),
            answer_text: task.answer_text,
            answered_by: task.answered_by,
            answered_at: task.answered_at,
        }
    }

    fn file(&self, file: &Evidence, path: Option<String>, custody: &[Handling]) -> File {
        let handled = custody.iter().filter(|it| it.evidence == file.id);
        File {
            id: file.id,
            path,
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            audience: self.readers(file.audience),
            author: file.author.clone(),
            taken_in_at: file.stored_at,
            size: file.size.unwrap_or_default(),
            sha256: file.sha256.map(hex::encode),
            is_sample: file.is_sample,
            custody: handled
                .map(|it| Custody {
                    at: it.at,
                    author: it.author.clone(),
                    kind: it.kind.code().to_owned(),
                    sha256: it.sha256.map(hex::encode),
                })
                .collect(),
        }
    }
}
