//! Pages for signing in, for one's own account, and for the accounts of others.

/// The same page in the mood of the CERT and in that of a town hall.
macro_rules! in_both_moods {
    ($dense:ident, $dense_path:literal, $calm:ident, $calm_path:literal, { $($field:ident: $type:ty),* }) => {
        #[derive(Template)]
        #[template(path = $dense_path)]
        struct $dense { sh: Shell, $($field: $type),* }

        #[derive(Template)]
        #[template(path = $calm_path)]
        struct $calm { sh: Shell, $($field: $type),* }
    };
}

mod account;
mod callback;
mod code;
mod factor;
mod links;
mod people;
mod sign_in;

use actix_web::web::{self, Data, ServiceConfig};

use super::guard::{Visitor, count};
use super::model::Account;
use super::password::{self, Password};
use super::service::limits::Attempt;
use super::service::sign_in as signing_in;
use super::settings::{AccessSettings, Limit};
use crate::core::error::{Error, Result};
use crate::core::text::MailAddress;
use crate::web::FormData;
use crate::web::site::Site;

/// The pages of this feature.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.configure(sign_in::configure)
        .configure(code::configure)
        .configure(callback::configure)
        .configure(links::configure)
        .configure(account::configure)
        .configure(factor::configure)
        .configure(people::configure);
}

/// An attempt by the visitor's address.
fn by_address(visitor: &Visitor, kind: &str, limit: Limit) -> Attempt {
    Attempt::new(kind, &visitor.limited_as(), limit)
}

/// The hash that the present password was verified against, or `None` where what was typed is another one. Each try is
/// counted. Whoever uses it changes nothing where the account has another hash by then.
async fn present_password(
    visitor: &Visitor,
    site: &Site,
    settings: &AccessSettings,
    account: &Account,
    typed: &FormData,
) -> Result<Option<String>> {
    let guess = Attempt::new("change", &account.mail, settings.limits.sign_in);
    let address = by_address(visitor, "change_address", settings.limits.sign_in_address);
    count(&site.db, vec![guess, address]).await?;
    let asked = MailAddress::parse(&account.mail)
        .map_err(|reason| Error::Internal(format!("a stored address: {reason}")))?;
    let candidate = site.db.read(move |tx| signing_in::candidate(tx, &asked)).await?;
    let hash = candidate.ok_or(Error::SignInNeeded)?.hash;
    let present = Password::typed(typed.get("present_password"));
    Ok(password::verify(present, Some(hash.clone())).await?.then_some(hash))
}

/// The same refusals in words that name the field: the summary above a form shows them without their labels.
fn plainly(error: Error) -> Error {
    let Error::Invalid(mut fields) = error else { return error };
    for refused in &mut fields {
        refused.reason = match (refused.field, refused.reason) {
            ("mail", "error-required") => "access-missing-mail",
            ("name", "error-required") => "access-missing-name",
            ("password" | "present_password", "error-required") => "access-missing-password",
            ("role", "error-choice") => "access-missing-role",
            ("organisation", "error-choice") => "access-missing-organisation",
            (_, reason) => reason,
        };
    }
    Error::Invalid(fields)
}

/// The settings, which the application may leave at their defaults.
fn settings(handed_in: Option<Data<AccessSettings>>) -> Data<AccessSettings> {
    handed_in.unwrap_or_else(|| web::Data::new(AccessSettings::default()))
}

#[cfg(test)]
mod tests;
