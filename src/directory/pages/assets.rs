//! Networks and mail domains.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::{Site, framed, id};
use crate::access::guard::Visitor;
use crate::access::policy::Action;
use crate::core::error::Result;
use crate::core::ids::{AssetId, OrgId};
use crate::core::text::Fields;
use crate::directory::model::{AssetValue, MailDomain, Network, OrgName};
use crate::directory::service;
use crate::web::{Choice, Failure, Form, FormData, Shell};

/// The form's fields with the Fluent keys of their names.
const LABELS: [(&str, &str); 2] = [("kind", "directory-asset-kind"), ("value", "directory-asset-value")];

#[derive(Template)]
#[template(path = "directory/templates/asset.html")]
struct Body<'a> {
    sh: &'a Shell,
    form: Form,
    org: OrgId,
    org_name: OrgName,
    kinds: Vec<Choice>,
}

/// `GET /register/{id}/netze/neu`.
pub async fn new(site: Site, visitor: Visitor, path: web::Path<String>) -> Result<HttpResponse, Failure> {
    page(&site, &visitor, StatusCode::OK, Form::default(), id(&path)?).await
}

/// `POST /register/{id}/netze/neu`.
pub async fn add(
    site: Site,
    visitor: Visitor,
    path: web::Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let org: OrgId = id(&path)?;
    typed.only(&["kind", "value"])?;
    let done = match parse(&typed) {
        Ok(value) => {
            let actor = visitor.actor.clone();
            site.db.write(move |tx| service::add_asset(tx, &actor, org, &value)).await
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(_) => Ok(visitor.redirect(&format!("/register/{org}"), "directory-note-asset-added")),
        Err(error) => {
            let form = Form::refused(typed, error)?;
            page(&site, &visitor, StatusCode::UNPROCESSABLE_ENTITY, form, org).await
        }
    }
}

fn parse(typed: &FormData) -> Result<AssetValue> {
    let mut fields = Fields::default();
    let text = typed.get("value");
    let value = match typed.get("kind") {
        "network" => fields.keep("value", Network::parse(text)).map(AssetValue::Network),
        "mail_domain" => fields.keep("value", MailDomain::parse(text)).map(AssetValue::MailDomain),
        _ => fields.keep("kind", Err("error-choice")),
    };
    fields.done(value)
}

async fn page(
    site: &Site,
    visitor: &Visitor,
    status: StatusCode,
    form: Form,
    org: OrgId,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.actor.clone();
    let load =
        move |tx: &mut crate::store::Tx<'_>| service::form_for(tx, &actor, org, Action::EditOrganisation);
    let org_name = site.db.read(load).await?;
    let mut sh =
        visitor.shell(format!("{} · {}", visitor.shell_of("directory-asset-new").title, org_name.name));
    sh.failed = form.has_errors();
    let kinds = [("network", "directory-asset-network"), ("mail_domain", "directory-asset-mail-domain")];
    let kinds = kinds.map(|(value, key)| Choice::new(value, sh.t(key))).to_vec();
    framed(visitor, status, &sh, &Body { sh: &sh, form: form.labelled(&LABELS), org, org_name, kinds })
}

/// `POST /register/{id}/netze/{asset}/entfernen`.
pub async fn remove(
    site: Site,
    visitor: Visitor,
    path: web::Path<(String, String)>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (org, asset) = (id::<OrgId>(&path.0)?, id::<AssetId>(&path.1)?);
    typed.only(&[])?;
    let actor = visitor.actor.clone();
    site.db.write(move |tx| service::remove_asset(tx, &actor, org, asset)).await?;
    Ok(visitor.redirect(&format!("/register/{org}"), "directory-note-asset-removed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::error::Error;

    #[test]
    fn a_network_is_not_taken_for_a_mail_domain() {
        let typed = |kind: &str, value: &str| FormData::default().with("kind", kind).with("value", value);
        assert!(matches!(parse(&typed("network", "192.0.2.0/24")), Ok(AssetValue::Network(_))));
        assert!(matches!(parse(&typed("mail_domain", "stadt.example")), Ok(AssetValue::MailDomain(_))));
        for (kind, value, field) in [
            ("mail_domain", "192.0.2.0/24", "value"),
            ("", "stadt.example", "kind"),
            ("network", "", "value"),
        ] {
            let Err(Error::Invalid(refused)) = parse(&typed(kind, value)) else { panic!("{kind} {value}") };
            assert_eq!(refused[0].field, field);
        }
    }
}
