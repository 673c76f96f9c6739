//! Importing a file of organisations or of service relations.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::Site;
use crate::access::guard::Visitor;
use crate::access::policy::{Action, Facts, check};
use crate::core::error::{Error, FieldError};
use crate::directory::import::LineFault;
use crate::directory::service::{self, ImportOptions, Imported};
use crate::web::{Failure, Form, FormData, Shell, Upload};

/// At most so many lines of one sort are shown; the counts are of all.
const SHOWN: usize = 200;

/// The form's fields with the Fluent keys of their names.
const LABELS: [(&str, &str); 2] =
    [("datei", "directory-import-file"), ("vollstaendig", "directory-import-complete")];

#[derive(Template)]
#[template(path = "directory/templates/import.html")]
struct Page {
    sh: Shell,
    form: Form,
    faults: Vec<LineFault>,
    done: Option<Imported>,
    /// Whether the file looked cut off, so that somebody must say that it is complete.
    ask_complete: bool,
}

impl Page {
    fn told(&self, fault: &LineFault) -> String {
        fault.sentence(self.sh.lang)
    }

    fn shown<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        &all[..all.len().min(SHOWN)]
    }
}

/// `GET /register/import`.
pub async fn show(site: Site, visitor: Visitor) -> Result<HttpResponse, Failure> {
    let actor = visitor.actor.clone();
    site.db.read(move |tx| check(tx, &actor, Action::ImportDirectory, Facts::of(&actor))).await?;
    page(&visitor, StatusCode::OK, Form::default(), Vec::new(), None, false)
}

/// `POST /register/import`: applies the file and shows what it did.
pub async fn apply(site: Site, visitor: Visitor, upload: Upload) -> Result<HttpResponse, Failure> {
    upload.form.only(&["vollstaendig"])?;
    let options = ImportOptions { ends_many: upload.form.is("vollstaendig", "ja") };
    if upload.file.is_empty() {
        let form = Form::refused(upload.form, FieldError::new("datei", "error-required").into())?;
        return page(&visitor, StatusCode::UNPROCESSABLE_ENTITY, form, Vec::new(), None, false);
    }
    match service::import(&site.db, &visitor.actor, upload.file, options).await {
        Ok(Ok(done)) => page(&visitor, StatusCode::OK, Form::default(), Vec::new(), Some(done), false),
        Ok(Err(faults)) => {
            let refused = FieldError::new("datei", "directory-import-faults").with("count", faults.len());
            let form = Form::refused(upload.form, refused.into())?;
            page(&visitor, StatusCode::UNPROCESSABLE_ENTITY, form, faults, None, false)
        }
        Err(Error::Conflict(reason)) => {
            let form = Form::refused(FormData::default(), FieldError::new("datei", reason).into())?;
            page(&visitor, StatusCode::CONFLICT, form, Vec::new(), None, true)
        }
        Err(error) => Err(error.into()),
    }
}

fn page(
    visitor: &Visitor,
    status: StatusCode,
    form: Form,
    faults: Vec<LineFault>,
    done: Option<Imported>,
    ask_complete: bool,
) -> Result<HttpResponse, Failure> {
    let mut sh = visitor.shell_of("directory-import-title");
    sh.failed = form.has_errors();
    visitor.answer(status, &Page { sh, form: form.labelled(&LABELS), faults, done, ask_complete })
}
