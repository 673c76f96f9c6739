//! `/warnmeldungen/{reference}/freigabe`: exactly what would be sent, to whom, and what is different from last time.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::{Article, reference};
use crate::access::guard::Visitor;
use crate::advisories::diff::{self, FieldDiff};
use crate::advisories::machine::State;
use crate::advisories::model::{Reference, Version};
use crate::advisories::seal::Digest;
use crate::advisories::service::{self, Proposal};
use crate::core::error::{Error, FieldError, Result};
use crate::core::text::{Block, Fields};
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, Shell};

#[derive(Template)]
#[template(path = "advisories/templates/approval.html")]
struct Approval {
    sh: Shell,
    form: Form,
    article: Article,
    /// The mail as the first recipient gets it.
    mail: String,
    differs: Vec<FieldDiff>,
    /// The hash over what this page shows.
    digest: String,
    /// Something changed between the page and the button.
    is_stale: bool,
    proposal: Proposal,
}

impl Approval {
    fn new(visitor: &Visitor, form: Form, proposal: Proposal) -> Self {
        let version = &proposal.version;
        let example = proposal.recipients.first().map_or("", |recipient| recipient.name.as_str());
        let title = format!("{} · {}", version.reference, version.content.title);
        let previous = proposal.previous.as_ref();
        let sh = visitor.shell(title).printed(version.reference.as_str(), version.frame.tlp);
        Self {
            sh: if form.has_errors() { sh.failed() } else { sh },
            article: Article::new(version, 3),
            mail: proposal.letter.text_for(example),
            differs: previous.map(|old| diff::between(&old.content, &version.content)).unwrap_or_default(),
            digest: hex::encode(proposal.digest),
            is_stale: false,
            form,
            proposal,
        }
    }

    fn is(&self, state: State) -> bool {
        self.proposal.version.state == state
    }
}

async fn proposal(visitor: &Visitor, site: &Site, reference: Reference) -> Result<Proposal> {
    let actor = visitor.require()?.clone();
    site.db.write(move |tx| service::proposal(tx, &actor, &reference)).await
}

pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let proposal = proposal(&visitor, &site, reference(&path)?).await?;
    visitor.page(&Approval::new(&visitor, Form::default(), proposal))
}

/// What the button means.
enum Decision {
    Approve(Digest),
    Return(Block<2_000>),
    Publish,
}

impl Decision {
    fn read(typed: &FormData) -> Result<Self> {
        match typed.get("aktion") {
            "freigeben" => {
                let mut digest = [0; 32];
                hex::decode_to_slice(typed.get("stand"), &mut digest).map_err(|_| Error::Stale)?;
                Ok(Self::Approve(digest))
            }
            "zurueckgeben" => {
                let mut fields = Fields::default();
                let reason = fields.keep("grund", Block::parse(typed.get("grund")));
                fields.done(reason.map(Self::Return))
            }
            "veroeffentlichen" => Ok(Self::Publish),
            _ => Err(FieldError::new("aktion", "error-choice").into()),
        }
    }

    /// Where to go when it is done, and what is said there.
    fn after(&self, reference: &Reference) -> (String, &'static str) {
        let page = |name: &str| format!("/warnmeldungen/{reference}/{name}");
        match self {
            Self::Approve(_) => (page("freigabe"), "advisory-note-approved"),
            Self::Return(_) => (page("freigabe"), "advisory-note-returned"),
            Self::Publish => (page("zustellung"), "advisory-note-published"),
        }
    }
}

pub(super) async fn decide(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let reference = reference(&path)?;
    typed.only(&["version", "stand", "grund", "aktion"])?;
    match carry_out(&visitor, &site, &reference, &typed).await {
        Ok((to, note)) => Ok(visitor.redirect(&to, note)),
        Err(Error::Stale) => {
            let proposal = proposal(&visitor, &site, reference).await?;
            let mut page = Approval::new(&visitor, Form::filled(typed), proposal);
            page.is_stale = true;
            visitor.answer(StatusCode::CONFLICT, &page)
        }
        Err(error) => {
            let form = Form::refused(typed.clone(), error)
                .map_err(|error| Failure::from(error).keeping(typed))?
                .labelled(&[("grund", "advisory-field-reason")]);
            let proposal = proposal(&visitor, &site, reference).await?;
            visitor.again(&Approval::new(&visitor, form, proposal))
        }
    }
}

async fn carry_out(
    visitor: &Visitor,
    site: &Site,
    reference: &Reference,
    typed: &FormData,
) -> Result<(String, &'static str)> {
    let actor = visitor.require()?.clone();
    let decision = Decision::read(typed)?;
    let after = decision.after(reference);
    let (reference, seen) = (reference.clone(), typed.get("version").parse().unwrap_or(0));
    let _: Version = site
        .db
        .write(move |tx| match &decision {
            Decision::Approve(shown) => service::approve(tx, &actor, &reference, seen, Some(shown)),
            Decision::Return(reason) => service::give_back(tx, &actor, &reference, seen, reason),
            Decision::Publish => service::publish(tx, &actor, &reference, seen),
        })
        .await?;
    Ok(after)
}
