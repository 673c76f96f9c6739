//! Ticket after ticket: read, compared, and written unless it is only a look.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::answers::{Ticket, Transaction};
use super::client::{Client, Source, Trouble};
use super::ticket::{self, Part};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::OrgId;
use crate::directory::service as directory;
use crate::incidents::evidence::model::{FileName, Kept, Limits, bytes_in_words};
use crate::incidents::evidence::service::Vault;
use crate::incidents::importing::model::{File, Foreign, Outcome, from_there};
use crate::incidents::importing::service as importing;
use crate::incidents::model::Audience;
use crate::store::Db;

/// Bytes of one ticket's files that are held at once; what is beyond is told, not taken.
const HELD: u64 = 512 << 20;

/// Whether it is only looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Dry,
    Real,
}

/// What was found of all tickets.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Found {
    pub read: usize,
    /// New cases, or what would be some.
    pub new: usize,
    pub here: usize,
    pub without_organisation: usize,
    pub files: usize,
    pub bytes: u64,
    pub problems: usize,
}

/// What was found of one ticket.
#[derive(Debug, Clone)]
pub struct Ticked {
    pub ticket: String,
    pub status: String,
    /// The reference here; none where it is not here, also for what a look would make.
    pub here: Option<String>,
    pub is_new: bool,
    /// By name; none where the register has none for its requestors.
    pub organisation: Option<String>,
    pub files: usize,
    pub bytes: u64,
    /// What is not taken over, and why.
    pub problems: Vec<String>,
}

/// Mail domains and whose they are; one that two have is nobody's.
type Domains = HashMap<String, Option<OrgId>>;

/// Reads all tickets of the source and tells of each. What cannot be read is told and passed over; where RT itself does
/// not answer, the run ends.
///
/// # Errors
/// The database's and the store's as text; [`Trouble`].
pub async fn run(
    client: &Client,
    source: &Source,
    look: Look,
    (db, vault): (&Db, &Arc<Vault>),
    mut tell: impl FnMut(&Ticked),
) -> Result<Found, Trouble> {
    let actor = Actor::system("case");
    let asker = actor.clone();
    let ready = db.read(move |tx| {
        importing::permit(tx, &asker)?;
        Ok((domains(directory::mail_domains(tx)?), tx.required::<Limits>()?.clone()))
    });
    let (domains, limits) = ready.await.map_err(ours)?;
    let work = Work { client, look, db, vault, actor, domains, limits };
    let mut found = Found::default();
    let mut page = 1;
    loop {
        let (tickets, is_more) = client.tickets(source, page).await?;
        for listed in tickets {
            let ticked = work.ticket(&listed).await?;
            found.read += 1;
            found.new += usize::from(ticked.is_new);
            found.here += usize::from(!ticked.is_new && ticked.here.is_some());
            found.without_organisation += usize::from(ticked.is_new && ticked.organisation.is_none());
            found.files += ticked.files;
            found.bytes += ticked.bytes;
            found.problems += ticked.problems.len();
            tell(&ticked);
        }
        if !is_more {
            return Ok(found);
        }
        page += 1;
    }
}

/// What of ours failed, for the operator.
fn ours(error: Error) -> Trouble {
    Trouble::Here(error.to_string())
}

fn domains(all: Vec<(String, OrgId)>) -> Domains {
    let mut domains = Domains::new();
    for (domain, organisation) in all {
        let known = domains.entry(domain.to_lowercase()).or_insert(Some(organisation));
        if *known != Some(organisation) {
            *known = None;
        }
    }
    domains
}

/// Whose these addresses are: all of them of the same organisation, by the longest domain that the register knows.
fn organisation(domains: &Domains, addresses: &[String]) -> Option<OrgId> {
    let of = |address: &String| {
        let (_, host) = address.rsplit_once('@')?;
        let host = host.trim().trim_end_matches('>').to_lowercase();
        let mut rest = host.as_str();
        loop {
            if let Some(known) = domains.get(rest) {
                return *known;
            }
            rest = rest.split_once('.')?.1;
        }
    };
    let mut all = addresses.iter().map(of);
    let first = all.next()??;
    all.all(|other| other == Some(first)).then_some(first)
}

struct Work<'a> {
    client: &'a Client,
    look: Look,
    db: &'a Db,
    vault: &'a Arc<Vault>,
    actor: Actor,
    domains: Domains,
    limits: Limits,
}

/// A file before it is sealed.
struct Raw {
    name: String,
    media_type: String,
    bytes: Vec<u8>,
    audience: Audience,
    author: String,
    at: Timestamp,
}

impl Work<'_> {
    async fn ticket(&self, listed: &Ticket) -> Result<Ticked, Trouble> {
        let number = listed.number();
        let origin = ticket::origin(&self.client.name(), number);
        let mut ticked = Ticked {
            ticket: origin.reference.clone(),
            status: listed.status.clone(),
            here: None,
            is_new: false,
            organisation: None,
            files: 0,
            bytes: 0,
            problems: Vec::new(),
        };
        let asked = origin.clone();
        ticked.here = self.db.read(move |tx| importing::here(tx, &asked)).await.map_err(ours)?;
        if ticked.here.is_some() {
            return Ok(ticked);
        }
        if listed.status.eq_ignore_ascii_case("deleted") {
            ticked.problems.push("it is deleted there: not taken over".to_owned());
            return Ok(ticked);
        }
        match self.read(number, &mut ticked).await {
            Ok((case, files)) => self.write(case, files, &mut ticked).await?,
            // The rest would fail alike.
            Err(trouble @ (Trouble::Unauthorized | Trouble::Unreachable(_) | Trouble::Here(_))) => {
                return Err(trouble);
            }
            Err(trouble) => ticked.problems.push(format!("not taken over: {trouble}")),
        }
        Ok(ticked)
    }

    /// The ticket with everything that was sent with it.
    async fn read(&self, number: u64, ticked: &mut Ticked) -> Result<(Foreign, Vec<Raw>), Trouble> {
        let whole = self.client.ticket(number).await?;
        if whole.number() != number {
            return Err(Trouble::Refused(format!("it was merged into {}", whole.number())));
        }
        let history = self.client.history(number).await?;
        let organisation = organisation(&self.domains, &whole.requestors());
        let (mut said, mut files, mut lacks) = (Vec::new(), Vec::new(), Vec::new());
        for transaction in &history {
            let mut words = Vec::new();
            if let Some(audience) = ticket::readers(&transaction.r#type, organisation) {
                self.parts(transaction, audience, &mut words, &mut files, &mut lacks).await?;
            }
            said.push((transaction, words));
        }
        let name = self.client.name();
        let now = self.db.env().now();
        for classification in whole.custom("Classification") {
            if ticket::category(&classification).is_none() {
                ticked.problems.push(format!("the classification {classification:?} is no category here"));
            }
        }
        ticked.problems.extend(lacks.iter().map(|lack| format!("not taken over: {lack}")));
        ticked.files = files.len();
        ticked.bytes = files.iter().map(|file| file.bytes.len() as u64).sum();
        if let Some(organisation) = organisation {
            let named = self.db.read(move |tx| directory::load(tx, organisation)).await.map_err(ours)?;
            ticked.organisation = Some(named.name);
        }
        Ok((ticket::case(&whole, &name, organisation, &said, &lacks, now), files))
    }

    async fn parts(
        &self,
        transaction: &Transaction,
        audience: Audience,
        words: &mut Vec<String>,
        files: &mut Vec<Raw>,
        lacks: &mut Vec<String>,
    ) -> Result<(), Trouble> {
        for place in transaction.attachments() {
            let held: u64 = files.iter().map(|file| file.bytes.len() as u64).sum();
            let most = self.limits.file.min(HELD.saturating_sub(held));
            let read = match self.client.attachment(place, most).await {
                Err(Trouble::TooLong(_)) => Err("it is too large, alone or with the others of its ticket"),
                Err(Trouble::Refused(_)) => Err("RT does not give it"),
                other => Part::read(other?, place),
            };
            match read {
                Ok(Part::Nothing) => {}
                Ok(Part::Words { text, is_page, is_cut }) => {
                    // A page beside words says the same again.
                    let is_again = is_page && !words.is_empty();
                    if is_cut && !is_again {
                        lacks.push(format!("attachment {place}: the end of a long text"));
                    }
                    if !text.is_empty() && !is_again {
                        words.push(text);
                    }
                }
                Ok(Part::File { name, media_type, bytes }) => {
                    let shown = FileName::new(&name).map_err(ours)?.shown;
                    if bytes.len() as u64 > most {
                        lacks.push(format!("{shown} ({})", bytes_in_words(bytes.len() as u64)));
                    } else if i64::try_from(files.len()).unwrap_or(i64::MAX) >= self.limits.per_case {
                        lacks.push(format!("{shown}: evidence.files_per_case"));
                    } else {
                        let author = from_there(&transaction.creator.name(), &self.client.name());
                        let at = transaction.created;
                        files.push(Raw { name: shown, media_type, bytes, audience, author, at });
                    }
                }
                Err(why) => lacks.push(format!("attachment {place}: {why}")),
            }
        }
        Ok(())
    }

    async fn write(&self, mut case: Foreign, files: Vec<Raw>, ticked: &mut Ticked) -> Result<(), Trouble> {
        if self.look == Look::Dry {
            ticked.is_new = true;
            return Ok(());
        }
        let mut kept: Vec<Kept> = Vec::new();
        for file in files {
            match self.vault.keep(file.bytes.into()).await {
                Ok(sealed) => {
                    kept.push(sealed.clone());
                    case.files.push(File {
                        kept: sealed,
                        name: file.name,
                        media_type: file.media_type,
                        audience: file.audience,
                        author: file.author,
                        taken_in_at: file.at,
                        is_sample: false,
                        custody: Vec::new(),
                    });
                }
                Err(error) => {
                    self.give_up(&kept).await;
                    return Err(ours(error));
                }
            }
        }
        let (actor, origin) = (self.actor.clone(), case.origin.clone());
        let written = self.db.write(move |tx| importing::bring(tx, &actor, &case, false)).await;
        match written {
            Ok(Outcome::New(reference)) => {
                ticked.is_new = true;
                ticked.here = Some(reference);
                Ok(())
            }
            Ok(Outcome::Here(reference)) => {
                self.give_up(&kept).await;
                ticked.here = Some(reference);
                Ok(())
            }
            Err(error) => {
                // Only the answer to the commit may be lost: what a case took up stays.
                if let Ok(None) = self.db.read(move |tx| importing::here(tx, &origin)).await {
                    self.give_up(&kept).await;
                }
                Err(ours(error))
            }
        }
    }

    async fn give_up(&self, kept: &[Kept]) {
        for file in kept {
            if let Err(error) = self.vault.remove(file.id).await {
                tracing::warn!(evidence = %file.id, %error, "a file of an import that failed is left in the store");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn whose_a_ticket_is_says_the_longest_domain_and_only_where_all_requestors_agree() {
        let (town, land) = (OrgId(Uuid::from_u128(1)), OrgId(Uuid::from_u128(2)));
        let domains = domains(vec![
            ("stadt.example".to_owned(), town),
            ("it.land.example".to_owned(), town),
            ("land.example".to_owned(), land),
            ("geteilt.example".to_owned(), town),
            ("geteilt.example".to_owned(), land),
        ]);
        let of =
            |all: &[&str]| organisation(&domains, &all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["it@stadt.example"]), Some(town));
        assert_eq!(of(&["a@Mail.Stadt.example", "b@stadt.example"]), Some(town));
        assert_eq!(of(&["a@land.example"]), Some(land));
        assert_eq!(of(&["a@it.land.example"]), Some(town));
        for nobody in [
            &["a@land.example", "a@stadt.example"][..],
            &["a@example"],
            &["root"],
            &[],
            &["a@geteilt.example"],
        ] {
            assert_eq!(of(nobody), None, "{nobody:?}");
        }
    }
}
