//! What both sides of a mandate are written. It names organisations and days, never a case.

use std::collections::BTreeMap;

use super::{administration_of, contacts_of, names};
use crate::access::service as access;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Arg, Lang, text, text_with};
use crate::core::ids::{AnyId, OrgId};
use crate::core::text::{MailAddress, Name, Title};
use crate::core::tlp::Tlp;
use crate::core::urgency::Urgency;
use crate::directory::model::{ContactRole, Mandate};
use crate::mail::content::{Content, Slots, Template};
use crate::mail::message::Recipient;
use crate::mail::outbox::{MailPurpose, NewMail, add_body, enqueue_all};
use crate::store::Tx;
use crate::web::site::Settings;

/// What has become of the mandate.
#[derive(Debug, Clone, Copy)]
pub(super) enum Told {
    Granted,
    Revoked,
    LaidDown,
    Ending,
}

impl Told {
    fn key(self) -> &'static str {
        match self {
            Self::Granted => "directory-mandate-mail-granted",
            Self::Revoked => "directory-mandate-mail-revoked",
            Self::LaidDown => "directory-mandate-mail-laid-down",
            Self::Ending => "directory-mandate-mail-ending",
        }
    }

    /// Whose people did it.
    fn side(self, mandate: &Mandate) -> OrgId {
        match self {
            Self::LaidDown => mandate.mandated,
            Self::Granted | Self::Revoked | Self::Ending => mandate.grantor,
        }
    }

    fn subject(self) -> &'static str {
        match self {
            Self::Granted => "directory-mandate-granted-mail-subject",
            Self::Revoked => "directory-mandate-revoked-mail-subject",
            Self::LaidDown => "directory-mandate-laid-down-mail-subject",
            Self::Ending => "directory-mandate-ending-mail-subject",
        }
    }
}

/// Whom something about an organisation reaches: who reports for or leads it, or the administration that acts for it;
/// where nobody has an account, the IT security officer in the register.
///
/// # Errors
/// The database's.
pub fn people_of(tx: &mut Tx<'_>, org: OrgId) -> Result<Vec<(MailAddress, String)>> {
    let administration = administration_of(tx, org)?;
    let mut accounts = access::members(tx, org)?;
    if administration != org {
        accounts.extend(access::members(tx, administration)?);
    }
    let mut people = BTreeMap::new();
    for (account, name) in accounts {
        if let Some(mail) = access::mail_of(tx, account)?.and_then(|mail| MailAddress::parse(&mail).ok()) {
            people.insert(mail, name);
        }
    }
    if people.is_empty() {
        let officers = contacts_of(tx, administration)?
            .into_iter()
            .filter(|contact| contact.role == ContactRole::ItSecurityOfficer);
        people
            .extend(officers.filter_map(|it| MailAddress::parse(&it.mail).ok().map(|mail| (mail, it.name))));
    }
    Ok(people.into_iter().collect())
}

/// Writes to both sides. The own side reads who of it did that, the other one which organisation.
pub(super) fn tell(tx: &mut Tx<'_>, mandate: &Mandate, told: Told, who: &str) -> Result<()> {
    let names = names(tx, &[mandate.grantor, mandate.mandated])?;
    let name = |id: &OrgId| names.get(id).map(|name| name.name.clone()).unwrap_or_default();
    let settings = tx.required::<Settings>()?;
    let acted = told.side(mandate);
    for side in [mandate.grantor, mandate.mandated] {
        let who = if side == acted { who.to_owned() } else { name(&acted) };
        let args = [
            ("grantor", Arg::from(name(&mandate.grantor))),
            ("mandated", name(&mandate.mandated).into()),
            ("scope", text(Lang::De, mandate.scope.label()).into_owned().into()),
            ("from", mandate.valid_from.strftime("%d.%m.%Y").to_string().into()),
            ("until", mandate.valid_until.strftime("%d.%m.%Y").to_string().into()),
            ("who", who.into()),
            ("cert", settings.cert_name.as_str().into()),
            ("phone", settings.phone.as_str().into()),
            ("link", format!("{}/register/{side}/mandate", settings.public_url).into()),
        ];
        let people = people_of(tx, side)?;
        if people.is_empty() {
            continue;
        }
        let subject = Title::parse(&text(Lang::De, told.subject()))
            .map_err(|why| Error::Internal(format!("a mandate's mail: {why}")))?;
        let body = Template::new(&text_with(Lang::De, told.key(), &args))?;
        let body = add_body(tx, &Content::clear(Tlp::Green, subject, body)?)?;
        let mails: Vec<_> = people
            .into_iter()
            .map(|(address, name)| NewMail {
                purpose: MailPurpose::Mandate,
                dispatch: Some(AnyId(mandate.id.0)),
                to: Recipient { address, name: Name::parse(&name).ok() },
                urgency: Urgency::Access,
                slots: Slots::new(),
            })
            .collect();
        enqueue_all(tx, body, &mails)?;
    }
    Ok(())
}
