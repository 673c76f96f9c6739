//! The status of a report against reference and receipt code, without signing in: for who reported without a mandate or
//! without an account.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::access::guard::{Try, Visitor, count_try};
use crate::core::error::{Error, FieldError};
use crate::core::text::{Fields, Line};
use crate::incidents::model::BehalfState;
use crate::incidents::secret;
use crate::incidents::service::{self, ReceiptStatus};
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, Shell};

pub(super) fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/status").get(ask).post(tell));
}

const LABELS: &[(&str, &str)] =
    &[("aktenzeichen", "incident-lookup-reference"), ("code", "incident-lookup-code")];

#[derive(Template)]
#[template(path = "incidents/templates/status.html")]
struct StatusPage {
    sh: Shell,
    form: Form,
    found: Option<Found>,
}

/// A report's status in words.
struct Found {
    status: ReceiptStatus,
    status_key: String,
    behalf_key: &'static str,
}

impl Found {
    fn of(status: ReceiptStatus) -> Self {
        let behalf_key = match status.behalf {
            BehalfState::Pending | BehalfState::Mandated => "incident-receipt-pending",
            BehalfState::Confirmed => "incident-receipt-confirmed",
            BehalfState::Loose => "incident-receipt-loose",
            BehalfState::Refused => "incident-receipt-refused",
        };
        let status_key = format!("incident-status-{}", status.status.code().replace('_', "-"));
        Self { status, status_key, behalf_key }
    }
}

async fn ask(visitor: Visitor) -> Result<HttpResponse, Failure> {
    let sh = visitor.shell_of("incident-lookup-title");
    visitor.page(&StatusPage { sh, form: Form::default(), found: None })
}

/// Each question counts, whether the answer is known or not.
async fn tell(
    visitor: Visitor,
    site: Data<Site>,
    request: HttpRequest,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["aktenzeichen", "code"])?;
    count_try(&request, &visitor, Try::Code).await?;
    let found = match parse(&typed) {
        Ok((reference, receipt)) => {
            let found = site.db.read(move |tx| service::status_by_receipt(tx, &reference, &receipt)).await;
            found.map_err(|error| match error {
                Error::NotFound => FieldError::new("code", "incident-lookup-unknown").into(),
                other => other,
            })
        }
        Err(refused) => Err(refused),
    };
    let sh = visitor.shell_of("incident-lookup-title");
    match found {
        Ok(status) => {
            let page = StatusPage { sh, form: Form::filled(typed), found: Some(Found::of(status)) };
            visitor.answer(StatusCode::OK, &page)
        }
        Err(error) => {
            let form = Form::refused(typed, error)?.labelled(LABELS);
            visitor.again(&StatusPage { sh: sh.failed(), form, found: None })
        }
    }
}

/// The reference, and the digest of the code.
fn parse(typed: &FormData) -> Result<(String, String), Error> {
    let mut fields = Fields::default();
    let reference = fields.keep("aktenzeichen", Line::<40>::parse(typed.get("aktenzeichen")));
    let code = typed.get("code").trim();
    let code = fields.keep("code", if code.is_empty() { Err("error-required") } else { Ok(code) });
    let receipt = code.map(secret::fingerprint);
    fields.done(reference.map(|text| text.as_str().to_uppercase()).zip(receipt))
}
