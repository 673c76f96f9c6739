//! What an archive says, read into a case of this installation. What names nobody here is the team's to read.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::arrive::{Archive, Refusal};
use super::model::{AUDIT, CASE, Custody as Handling, File, Line, MANIFEST, Readers, SIGNATURE, Step};
use crate::core::i18n::{Lang, has, text, text_with};
use crate::core::ids::{AccountId, OrgId};
use crate::core::tlp::Tlp;
use crate::core::when;
use crate::incidents::evidence::model::{Custody, FileName, Kept, Sha256};
use crate::incidents::importing::model::{self as importing, Foreign, Handled, Stated, Taken, from_there};
use crate::incidents::model::{
    Audience, Category, Class, FROM, Flags, Impact, Inform, Nature, Observed, Part, Spread, Way,
};
use crate::incidents::status::{CloseReason, Status};
use crate::incidents::tasks::model::State;

/// Bytes of one text.
const LONGEST: usize = 2 << 20;
/// Characters of a title.
const LONGEST_TITLE: usize = 1000;

/// Which organisations of this register those of the archive are.
pub(super) struct Houses {
    pub known: BTreeMap<String, OrgId>,
    /// Whom the operator means, where the archive names nobody.
    pub meant: Option<OrgId>,
}

impl Houses {
    pub fn of(&self, name: &str) -> Option<OrgId> {
        self.known.get(name).copied()
    }

    fn audience(&self, readers: &Readers) -> Audience {
        match readers {
            Readers::Team => Audience::Team,
            Readers::Involved => Audience::Involved,
            Readers::Organisation(name) => self.of(name).map_or(Audience::Team, Audience::Organisation),
        }
    }
}

type Read<T> = Result<T, Refusal>;

fn code<T>(what: &'static str, parse: fn(&str) -> Option<T>, code: &str) -> Read<T> {
    parse(code).ok_or_else(|| Refusal::Code(what, code.chars().take(80).collect()))
}

fn code_of<T>(what: &'static str, parse: fn(&str) -> Option<T>, word: Option<&String>) -> Read<Option<T>> {
    word.map(|word| code(what, parse, word)).transpose()
}

/// No text holds what PostgreSQL cannot keep, or is longer than anything that is written here.
fn words(what: &'static str, text: &str) -> Read<String> {
    if text.contains('\0') {
        return Err(Refusal::Value(what, "a character that no text has".to_owned()));
    }
    if text.len() > LONGEST {
        return Err(Refusal::Value(what, format!("{} bytes", text.len())));
    }
    Ok(text.to_owned())
}

fn line(what: &'static str, text: &str) -> Read<String> {
    if text.chars().count() > LONGEST_TITLE || text.contains(char::is_control) {
        return Err(Refusal::Value(
            what,
            text.chars().take(80).collect::<String>().escape_debug().to_string(),
        ));
    }
    Ok(text.to_owned())
}

/// Instants that both engines keep and that a case can have.
fn at(what: &'static str, at: Timestamp) -> Read<Timestamp> {
    let second = at.as_second();
    // Until the year 2200.
    if (0..7_258_118_400).contains(&second) { Ok(at) } else { Err(Refusal::Value(what, at.to_string())) }
}

fn at_of(what: &'static str, instant: Option<Timestamp>) -> Read<Option<Timestamp>> {
    instant.map(|instant| at(what, instant)).transpose()
}

fn sha256(what: &'static str, digest: Option<&String>) -> Read<Option<Sha256>> {
    let Some(digest) = digest else { return Ok(None) };
    let bytes = hex::decode(digest).ok().and_then(|bytes| Sha256::try_from(bytes).ok());
    bytes.map(Some).ok_or_else(|| Refusal::Value(what, digest.chars().take(80).collect()))
}

/// Reads the case. `kept`: its files as they lie in the vault; without them it has none.
pub(super) fn read(
    archive: &Archive,
    houses: &Houses,
    kept: &[Kept],
    named: Vec<AccountId>,
) -> Read<Foreign> {
    let (dossier, origin) = (&archive.sound.dossier, archive.origin());
    let case = &dossier.incident;
    let status = code("status", Status::parse, &case.status)?;
    let is_closed = status == Status::Closed;
    let about = case.organisation.as_ref().and_then(|name| houses.of(name)).or(houses.meant);
    // Whom it is from has yet to be said where nobody of the organisation did: here people ask anew.
    let is_loose = case.is_unconfirmed && houses.meant.is_none();
    if let Some(priority) = case.priority.filter(|it| !(1..=4).contains(it)) {
        return Err(Refusal::Value("priority", priority.to_string()));
    }
    let mut read = Foreign {
        title: line("title", &case.title)?,
        organisation: about.filter(|_| !is_loose),
        way: Way::Form,
        claimed: about.filter(|_| is_loose),
        named,
        status,
        close_reason: code_of("close_reason", CloseReason::parse, case.close_reason.as_ref())?
            .filter(|_| is_closed),
        class: code_of("class", Class::parse, case.class.as_ref())?,
        category: code_of("category", Category::parse, case.category.as_ref())?,
        impact: code_of("impact", Impact::parse, case.impact.as_ref())?,
        spread: code_of("spread", Spread::parse, case.spread.as_ref())?,
        priority: case.priority,
        priority_reason: case
            .priority_reason
            .as_deref()
            .map(|it| words("priority_reason", it))
            .transpose()?,
        tlp: code("tlp", Tlp::parse, &case.tlp)?,
        waiting_on: case.waiting_on.as_deref().map(|it| words("waiting_on", it)).transpose()?,
        follow_up_at: at_of("follow_up_at", case.follow_up_at)?.filter(|_| !is_closed),
        is_restricted: case.is_restricted,
        is_drill: case.is_drill,
        occurred_at: at_of("occurred_at", case.occurred_at)?,
        detected_at: at_of("detected_at", case.detected_at)?,
        aware_at: at_of("aware_at", case.aware_at)?,
        reported_at: at("reported_at", case.reported_at)?,
        closed_at: at_of("closed_at", case.closed_at)?,
        reports: Vec::new(),
        parts: Vec::new(),
        lines: Vec::new(),
        files: Vec::new(),
        told: told(archive),
        origin,
    };
    reports(archive, houses, &mut read)?;
    parts(archive, houses, is_loose, &mut read)?;
    for entry in dossier.timeline.iter().rev() {
        read.lines.push(timeline_line(entry, houses, &read.origin.name)?);
    }
    if let Some(tasks) = tasks(&dossier.tasks)? {
        read.lines.push(note(&read.origin.name, &dossier.exported_by, dossier.exported_at, tasks)?);
    }
    files(archive, houses, kept, &mut read)?;
    Ok(read)
}

/// Where it came from, for the team.
fn told(archive: &Archive) -> String {
    let manifest = &archive.sound.manifest;
    let args = [
        ("origin", (&manifest.origin).into()),
        ("reference", (&manifest.reference).into()),
        ("at", when::absolute(manifest.exported_at).into()),
        ("by", (&archive.sound.dossier.exported_by).into()),
        ("digest", hex::encode(archive.sha256).into()),
        ("key", (&manifest.key).into()),
    ];
    text_with(Lang::De, "dossier-imported", &args).into_owned()
}

fn reports(archive: &Archive, houses: &Houses, read: &mut Foreign) -> Read<()> {
    let dossier = &archive.sound.dossier;
    for report in &dossier.reports {
        let organisation = match &report.organisation {
            None => None,
            Some(name) => match houses.of(name) {
                None => {
                    // Without its organisation it would be taken for the reporter's own words.
                    let of = dossier.organisations.iter().find(|org| org.id == *name);
                    let name = of.map_or("", |org| org.name.as_str());
                    let args = [("name", name.into())];
                    let head = text_with(Lang::De, "dossier-imported-report", &args);
                    let said = words("report", &report.description)?;
                    let line = note(&read.origin.name, name, report.stated_at, format!("{head}\n\n{said}"))?;
                    read.lines.push(line);
                    continue;
                }
                house => house,
            },
        };
        read.reports.push(Stated {
            organisation: organisation.filter(|_| read.organisation.is_some()),
            nature: code_of("nature", Nature::parse, report.nature.as_ref())?,
            stated_at: at("stated_at", report.stated_at)?,
            observed: code("observed", Observed::parse, &report.observed)?,
            inform: code("inform", Inform::parse, &report.inform)?,
            flags: Flags {
                personal_data: report.personal_data,
                malicious: report.malicious,
                beyond_house: report.beyond_house,
                critical_service: report.critical_service,
            },
            title: line("title", &report.title)?,
            description: words("description", &report.description)?,
            measures: words("measures", &report.measures)?,
            contact_name: line("contact_name", &report.contact_name)?,
            contact_phone: line("contact_phone", &report.contact_phone)?,
            is_current: report.is_current,
        });
    }
    Ok(())
}

fn parts(archive: &Archive, houses: &Houses, is_loose: bool, read: &mut Foreign) -> Read<()> {
    for involved in &archive.sound.dossier.involvements {
        let part = code("part", Part::parse, &involved.part)?;
        let affectedness = match involved.affectedness.as_str() {
            "affected" => "affected",
            "not_affected" => "not_affected",
            "unclear" => "unclear",
            other => return Err(Refusal::Code("affectedness", other.chars().take(80).collect())),
        };
        let added_at = at("added_at", involved.added_at)?;
        let Some(organisation) = houses.of(&involved.organisation) else { continue };
        // Nobody reads a case that has yet to be brought to its organisation.
        if !is_loose {
            read.parts.push(Taken { organisation, part, affectedness, added_at });
        }
    }
    Ok(())
}

/// A line as it was there. What kind this release does not know is told by its name.
fn timeline_line(entry: &Line, houses: &Houses, origin: &str) -> Read<importing::Line> {
    let author = line("author", &entry.author)?;
    let author = if entry.is_system { text(Lang::De, "desk-author-system").into_owned() } else { author };
    let body = entry.body.as_deref().map(|body| words("body", body)).transpose()?;
    let kind = line("kind", &entry.kind)?;
    let is_said = ["note", "message"].contains(&kind.as_str());
    let is_known = is_said || has(Lang::De, &format!("desk-told-{}", kind.replace('_', "-")));
    let mut facts = entry.facts.clone();
    let kind = match (is_known, &body) {
        (true, _) => kind,
        (false, Some(_)) => "note".to_owned(),
        (false, None) => {
            facts = Map::from_iter([("name".to_owned(), Value::from(kind))]);
            "imported_line".to_owned()
        }
    };
    facts.entry(FROM).or_insert_with(|| origin.into());
    Ok(importing::Line {
        at: at("at", entry.at)?,
        author: from_there(&author, origin),
        kind,
        audience: houses.audience(&entry.audience),
        facts,
        body,
        is_pinned: entry.is_pinned,
    })
}

/// A line for the team that the archive does not have as such.
fn note(origin: &str, author: &str, instant: Timestamp, body: String) -> Read<importing::Line> {
    Ok(importing::Line {
        at: at("at", instant)?,
        author: from_there(&line("author", author)?, origin),
        kind: "note".to_owned(),
        audience: Audience::Team,
        facts: Map::from_iter([(FROM.to_owned(), Value::from(origin))]),
        body: Some(body),
        is_pinned: false,
    })
}

/// What was to be done there, in words: whom it was given to is nobody here.
fn tasks(steps: &[Step]) -> Read<Option<String>> {
    if steps.is_empty() {
        return Ok(None);
    }
    let mut told = text(Lang::De, "dossier-imported-tasks").into_owned();
    for step in steps {
        let state = code("state", State::parse, &step.state)?;
        let state = text(Lang::De, state.label());
        told.push_str(&format!("\n- {} ({state})", words("task", &step.title)?));
        for said in [&step.result, &step.answer_text] {
            if !said.trim().is_empty() {
                told.push_str(&format!(": {}", words("task", said)?));
            }
        }
    }
    Ok(Some(told))
}

fn custody(line_of: &Handling, origin: &str) -> Read<Handled> {
    Ok(Handled {
        at: at("custody", line_of.at)?,
        author: from_there(&line("custody", &line_of.author)?, origin),
        kind: code("custody", Custody::parse, &line_of.kind)?,
        sha256: sha256("custody", line_of.sha256.as_ref())?,
    })
}

fn described(file: &File, kept: Kept, archive: &Archive, houses: &Houses) -> Read<importing::File> {
    let origin = &archive.sound.manifest.origin;
    let custody = file.custody.iter().map(|it| custody(it, origin)).collect::<Read<Vec<_>>>()?;
    Ok(importing::File {
        kept,
        name: FileName::new(&file.name)?.shown,
        media_type: line("media_type", &file.media_type)?,
        audience: houses.audience(&file.audience),
        author: from_there(&line("author", &file.author)?, origin),
        taken_in_at: at("taken_in_at", file.taken_in_at.unwrap_or(archive.sound.dossier.exported_at))?,
        is_sample: file.is_sample,
        custody,
    })
}

/// The files in the order of the archive, and behind them what proves where they are from, for the team.
fn files(archive: &Archive, houses: &Houses, kept: &[Kept], read: &mut Foreign) -> Read<()> {
    let (dossier, manifest) = (&archive.sound.dossier, &archive.sound.manifest);
    let mut kept = kept.iter().cloned();
    for file in dossier.files.iter().filter(|file| file.path.is_some()) {
        let nothing = Kept { id: file.id, data_key: Vec::new(), size: file.size, sha256: Sha256::default() };
        let described = described(file, kept.next().unwrap_or(nothing), archive, houses)?;
        read.files.push(described);
    }
    let args = [("origin", (&manifest.origin).into())];
    let author = text_with(Lang::De, "dossier-imported-archive", &args).into_owned();
    let has_trail = manifest.members.iter().any(|member| member.path == AUDIT);
    let proofs = [CASE, AUDIT, MANIFEST, SIGNATURE].into_iter().filter(|name| *name != AUDIT || has_trail);
    for (name, kept) in proofs.zip(kept) {
        read.files.push(importing::File {
            kept,
            name: format!("{} {name}", manifest.reference),
            media_type: "application/octet-stream".to_owned(),
            audience: Audience::Team,
            author: author.clone(),
            taken_in_at: at("exported_at", manifest.exported_at)?,
            is_sample: false,
            custody: Vec::new(),
        });
    }
    Ok(())
}
