//! An archive of another installation on its way in: checked, compared with the register, its files sealed into the vault.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use ring::digest::{Context, SHA256};
use tokio::runtime::Handle;
use zip::ZipArchive;

use super::check::{self, Broken, Sound};
use super::foreign::{self, Houses};
use super::model::{AUDIT, CASE, MANIFEST, Organisation, SIGNATURE};
use crate::access::service as access;
use crate::core::actor::{Actor, Role};
use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, EvidenceId, OrgId};
use crate::crypto::log::LogPublicKey;
use crate::directory::service as directory;
use crate::incidents::evidence::model::{FileName, Kept, Limits, Sha256, bytes_in_words};
use crate::incidents::evidence::service::Vault;
use crate::incidents::importing::model::{Foreign, Origin, Outcome, System};
use crate::incidents::importing::service as importing;
use crate::incidents::service as incidents;
use crate::store::{Db, Tx};

/// Why an archive is not imported, as the operator reads it.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Broken(#[from] Broken),
    #[error(
        "{key} signed it, which nobody here trusts: say --key with the key that you were given on another way"
    )]
    Untrusted { key: String },
    #[error(
        "the register has no organisation with the key {key} ({name}): say --organisation with the key of the one that is meant"
    )]
    Unknown { name: String, key: String },
    #[error("the register has no organisation with the key {0}")]
    NoKey(String),
    #[error("it says no organisation: say --organisation with the key of the one that is meant")]
    NoOrganisation,
    #[error(
        "it is restricted to named persons, who have no account here: say --named with the mail address of each person of the CERT who may read it"
    )]
    NobodyNamed,
    #[error("nobody of the CERT's team has an active account with the address {0}")]
    NoPerson(String),
    #[error("{0} in case.json is none that this release knows: {1}")]
    Code(&'static str, String),
    #[error("{0} in case.json cannot be: {1}")]
    Value(&'static str, String),
    #[error("{name} has {size}, more than evidence.file_limit takes ({limit})")]
    TooLarge { name: String, size: String, limit: String },
    #[error("it has {count} files, more than evidence.files_per_case takes ({limit})")]
    TooMany { count: usize, limit: i64 },
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    #[error(transparent)]
    Failed(#[from] Error),
}

/// A sound archive that somebody trusts.
#[derive(Debug)]
pub struct Archive {
    file: File,
    pub sound: Sound,
    /// Of the archive itself.
    pub sha256: Sha256,
}

impl Archive {
    /// Checks an archive: it must be sound, and `key` must have signed it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open(mut file: File, key: &LogPublicKey) -> Result<Self, Refusal> {
        let sound = match check::check(&file, Some(key)) {
            Err(Broken::OtherKey(key)) => return Err(Refusal::Untrusted { key }),
            sound => sound?,
        };
        file.seek(SeekFrom::Start(0))?;
        let (mut digest, mut room) = (Context::new(&SHA256), vec![0; 64 << 10]);
        loop {
            let count = file.read(&mut room)?;
            if count == 0 {
                break;
            }
            digest.update(&room[..count]);
        }
        let mut sha256 = Sha256::default();
        sha256.copy_from_slice(digest.finish().as_ref());
        Ok(Self { file, sound, sha256 })
    }

    /// Whose case it is.
    #[must_use]
    pub fn origin(&self) -> Origin {
        let manifest = &self.sound.manifest;
        Origin {
            system: System::Meldekette,
            name: manifest.origin.clone(),
            reference: manifest.reference.clone(),
            digest: Some(self.sha256),
        }
    }

    /// The members that become files here: those of the case, and behind them what proves where it is from.
    fn members(&self) -> Vec<(&str, u64)> {
        let manifest = &self.sound.manifest;
        let size = |path: &str| manifest.members.iter().find(|it| it.path == path).map(|it| it.size);
        let files = self.sound.dossier.files.iter().filter_map(|file| file.path.as_deref());
        let proofs = [CASE, AUDIT];
        files.chain(proofs).filter_map(|path| Some((path, size(path)?))).collect()
    }

    /// Seals the files into the vault. When this returns they are durable; whoever does not write down where they lie
    /// gives them up (`give_up`). Blocks: call it off the runtime's threads.
    ///
    /// # Errors
    /// What could not be read or stored; then nothing is left of it.
    pub fn store(&self, vault: &Arc<Vault>, handle: &Handle) -> Result<Vec<Kept>, Refusal> {
        let mut begun = Vec::new();
        let stored = self.store_all(vault, handle, &mut begun);
        if stored.is_err() {
            give_up(vault, handle, &begun);
        }
        stored
    }

    fn store_all(
        &self,
        vault: &Arc<Vault>,
        handle: &Handle,
        begun: &mut Vec<EvidenceId>,
    ) -> Result<Vec<Kept>, Refusal> {
        let mut zip = ZipArchive::new(&self.file).map_err(|error| Broken::NoArchive(error.to_string()))?;
        let mut all = Vec::new();
        for (path, size) in self.members() {
            let mut keeping = vault.keeping(size)?;
            begun.push(keeping.id);
            let mut member = check::open(&mut zip, path)?;
            loop {
                let mut room = vec![0; 256 << 10];
                let count = member.read(&mut room)?;
                if count == 0 {
                    break;
                }
                room.truncate(count);
                handle.block_on(keeping.take(Bytes::from(room)))?;
            }
            let kept = handle.block_on(keeping.close())?;
            let said = self.sound.manifest.members.iter().find(|it| it.path == path);
            // Somebody changed the file since it was checked.
            if said.is_none_or(|said| said.size != kept.size || said.sha256 != hex::encode(kept.sha256)) {
                return Err(Broken::Changed(path.to_owned()).into());
            }
            all.push(kept);
        }
        for name in [MANIFEST, SIGNATURE] {
            let mut bytes = Vec::new();
            check::open(&mut zip, name)?.take(1 << 20).read_to_end(&mut bytes)?;
            let kept = handle.block_on(vault.keep(bytes.into()))?;
            begun.push(kept.id);
            all.push(kept);
        }
        Ok(all)
    }
}

/// Removes files that no case took up. What cannot be removed is told.
fn give_up(vault: &Arc<Vault>, handle: &Handle, files: &[EvidenceId]) {
    for id in files {
        if let Err(error) = handle.block_on(vault.remove(*id)) {
            tracing::warn!(evidence = %id, %error, "a file of an import that failed is left in the store");
        }
    }
}

/// What the operator says beside the archive.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// The key of the organisation that it is about here.
    pub organisation: Option<String>,
    /// Who may read a restricted case, by mail address.
    pub named: Vec<String>,
    /// The name of this installation.
    pub here: String,
    /// The escalation of an open case begins now.
    pub alarm: bool,
}

/// What an import would do.
#[derive(Debug)]
pub struct Plan {
    /// The case that it is here already.
    pub here: Option<String>,
    /// For whom it stands here; none where people have to say.
    pub organisation: Option<(OrgId, String)>,
    /// Organisations of the archive that this register does not have.
    pub strangers: Vec<String>,
    pub case: Foreign,
}

/// What an import of the archive would do, with `kept` for its files; without them, for a look before.
///
/// # Errors
/// Why it is not imported.
pub fn plan(
    tx: &mut Tx<'_>,
    actor: &Actor,
    archive: &Archive,
    kept: &[Kept],
    wishes: &Wishes,
) -> Result<Plan, Refusal> {
    importing::permit(tx, actor)?;
    let (origin, dossier) = (archive.origin(), &archive.sound.dossier);
    let mut here = importing::here(tx, &origin)?;
    if here.is_none() && origin.name == wishes.here {
        here = match incidents::load_by_reference(tx, &origin.reference) {
            Ok(own) => Some(own.reference),
            Err(Error::NotFound) => None,
            Err(error) => return Err(error.into()),
        };
    }
    let houses = houses(tx, archive, wishes)?;
    // Who already has it needs no answer to what it would become.
    if here.is_none() {
        limits(tx, archive)?;
    }
    let named = if dossier.incident.is_restricted { named(tx, wishes)? } else { Vec::new() };
    if here.is_none() && dossier.incident.is_restricted && named.is_empty() {
        return Err(Refusal::NobodyNamed);
    }
    let strangers = dossier.organisations.iter().filter(|org| houses.of(&org.id).is_none());
    let strangers = strangers.map(|org| org.name.clone()).collect();
    let case = foreign::read(archive, &houses, kept, named)?;
    let organisation = match case.organisation.or(case.claimed) {
        Some(org) => Some((org, directory::load(tx, org)?.name)),
        None => None,
    };
    Ok(Plan { here, organisation, strangers, case })
}

fn carry_out(
    tx: &mut Tx<'_>,
    actor: &Actor,
    archive: &Archive,
    kept: &[Kept],
    wishes: &Wishes,
) -> Result<Outcome, Refusal> {
    let plan = plan(tx, actor, archive, kept, wishes)?;
    match plan.here {
        Some(reference) => Ok(Outcome::Here(reference)),
        None => Ok(importing::bring(tx, actor, &plan.case, wishes.alarm)?),
    }
}

/// Imports an archive: seals its files, then writes everything in one transaction. Where that fails, the files go again.
/// Blocks: call it off the runtime's threads.
///
/// # Errors
/// Why it is not imported; then nothing is changed.
pub fn import(
    archive: &Arc<Archive>,
    wishes: &Wishes,
    actor: &Actor,
    db: &Db,
    vault: &Arc<Vault>,
    handle: &Handle,
) -> Result<Outcome, Refusal> {
    let before = db.read_now(|tx| Ok(plan(tx, actor, archive, &[], wishes)))??;
    if let Some(reference) = before.here {
        return Ok(Outcome::Here(reference));
    }
    let kept = archive.store(vault, handle)?;
    let files: Vec<EvidenceId> = kept.iter().map(|kept| kept.id).collect();
    let (refused, origin) = (Arc::new(Mutex::new(None)), archive.origin());
    let (told, archive, wishes, actor) =
        (Arc::clone(&refused), Arc::clone(archive), wishes.clone(), actor.clone());
    let written = db.write_now(move |tx| {
        carry_out(tx, &actor, &archive, &kept, &wishes).map_err(|refusal| match refusal {
            Refusal::Failed(error) => error,
            // The transaction ends with an error of its own; the reason goes beside it.
            other => {
                *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(other);
                Error::Stale
            }
        })
    });
    let is_unused = match &written {
        Ok(Outcome::New(_)) => false,
        Ok(Outcome::Here(_)) => true,
        // Only the answer to the commit may be lost: what a case took up stays.
        Err(_) => matches!(db.read_now(|tx| importing::here(tx, &origin)), Ok(None)),
    };
    if is_unused {
        give_up(vault, handle, &files);
    }
    let refusal = refused.lock().unwrap_or_else(PoisonError::into_inner).take();
    written.map_err(|error| refusal.unwrap_or(Refusal::Failed(error)))
}

fn limits(tx: &mut Tx<'_>, archive: &Archive) -> Result<(), Refusal> {
    let limits = tx.required::<Limits>()?;
    let count = archive.sound.dossier.files.len();
    if i64::try_from(count).unwrap_or(i64::MAX) > limits.per_case {
        return Err(Refusal::TooMany { count, limit: limits.per_case });
    }
    for file in &archive.sound.dossier.files {
        if file.size > limits.file {
            return Err(Refusal::TooLarge {
                name: FileName::new(&file.name)?.shown,
                size: bytes_in_words(file.size),
                limit: bytes_in_words(limits.file),
            });
        }
    }
    Ok(())
}

/// The team's accounts with these addresses.
fn named(tx: &mut Tx<'_>, wishes: &Wishes) -> Result<Vec<AccountId>, Refusal> {
    let team = access::holders(tx, &[Role::Analyst, Role::CertLead, Role::Auditor])?;
    let mut named = Vec::new();
    for address in &wishes.named {
        let mut found = None;
        for (account, _) in &team {
            let mail = access::mail_of(tx, *account)?;
            if mail.is_some_and(|mail| mail.eq_ignore_ascii_case(address.trim())) {
                found = Some(*account);
            }
        }
        let account = found.ok_or_else(|| Refusal::NoPerson(address.clone()))?;
        if !named.contains(&account) {
            named.push(account);
        }
    }
    Ok(named)
}

/// Which organisations of this register those of the archive are.
fn houses(tx: &mut Tx<'_>, archive: &Archive, wishes: &Wishes) -> Result<Houses, Refusal> {
    let dossier = &archive.sound.dossier;
    let mut known = BTreeMap::new();
    for organisation in &dossier.organisations {
        if let Some(id) = same(tx, organisation)? {
            known.insert(organisation.id.clone(), id);
        }
    }
    // Who worked on it there is not in our register; here it is our CERT.
    if let Some(holder) = &dossier.incident.holder
        && !known.contains_key(holder)
    {
        known.insert(holder.clone(), directory::cert(tx)?);
    }
    let about = dossier.incident.organisation.as_ref();
    let meant = match &wishes.organisation {
        Some(key) => Some(directory::lookup_by_key(tx, key)?.ok_or_else(|| Refusal::NoKey(key.clone()))?.id),
        None => None,
    };
    match (about, meant) {
        (Some(about), Some(meant)) => _ = known.insert(about.clone(), meant),
        (Some(about), None) if !known.contains_key(about) => {
            let of = dossier.organisations.iter().find(|org| org.id == *about);
            let (name, key) = of.map(|org| (org.name.clone(), org.key.clone())).unwrap_or_default();
            return Err(Refusal::Unknown { name, key: key.unwrap_or_else(|| "-".to_owned()) });
        }
        (None, None) if !dossier.incident.is_unconfirmed => return Err(Refusal::NoOrganisation),
        _ => {}
    }
    Ok(Houses { known, meant })
}

/// The organisation of this register that the archive means: by its key, where that is an official one or from the same
/// register, otherwise by its AGS.
fn same(tx: &mut Tx<'_>, organisation: &Organisation) -> Result<Option<OrgId>> {
    for key in [&organisation.key, &organisation.ags].into_iter().flatten() {
        let is_official = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(found) = directory::lookup_by_key(tx, key)?
            && (is_official || found.source == organisation.source)
        {
            return Ok(Some(found.id));
        }
    }
    Ok(None)
}
