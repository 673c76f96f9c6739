//! `/warnmeldungen/neu` and `…/bearbeiten`: the text and its preview side by side, the audience always in view.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::form::{FIELDS, LABELS, filled, read, read_frame};
use super::{Article, choices, reference, severities, steps};
use crate::access::guard::Visitor;
use crate::advisories::diff::{self, FieldDiff};
use crate::advisories::machine::State;
use crate::advisories::model::{Frame, Reference, Version};
use crate::advisories::service::{self, Draft, Resolved};
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::i18n::{Lang, text};
use crate::core::text::Fields;
use crate::core::tlp::Tlp;
use crate::directory;
use crate::directory::model::{AudienceFilter, Kind, Reach};
use crate::store::Tx;
use crate::web::idempotency::{self, Answer, Key, Sent};
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Shell};

#[derive(Template)]
#[template(path = "advisories/templates/editor.html")]
struct Editor {
    sh: Shell,
    form: Form,
    /// The version that is changed; none for a new advisory.
    version: Option<Version>,
    /// What somebody else saved meanwhile differs so from what was typed.
    differs: Vec<FieldDiff>,
    is_stale: bool,
    /// The advisory that came of the same form before: what was sent now is another.
    used_for: Option<String>,
    /// What was typed, as recipients will read it; none while a field is refused.
    preview: Option<Article>,
    around: Around,
    tlps: Vec<Choice>,
    steps: Vec<Choice>,
    severities: Vec<Choice>,
    audiences: Vec<Choice>,
    kinds: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "advisories/templates/fixed.html")]
struct Fixed {
    sh: Shell,
    version: Version,
    article: Article,
}

/// What the editor needs of the register.
#[derive(Default)]
struct Around {
    /// Who the chosen audience is; none while it is not chosen.
    resolved: Option<Resolved>,
    districts: Vec<Choice>,
    organisations: Vec<Choice>,
}

impl Around {
    fn load(tx: &mut Tx<'_>, actor: &Actor, frame: Option<&Frame>) -> Result<Self> {
        let resolved = frame.map(|frame| service::audience(tx, actor, frame)).transpose()?;
        let districts = directory::service::districts(tx)?;
        let all = directory::service::audience(tx, &AudienceFilter::All, Reach::Anybody)?;
        let named = |id: crate::core::ids::OrgId, name: &str| Choice::new(id.to_string(), name);
        let mut organisations: Vec<_> =
            all.recipients.iter().map(|found| named(found.org, &found.org_name)).collect();
        organisations.extend(all.without.iter().map(|(id, org)| named(*id, &org.name)));
        Ok(Self {
            resolved,
            districts: districts.iter().map(|district| named(district.id, &district.name)).collect(),
            organisations,
        })
    }
}

impl Editor {
    fn new(visitor: &Visitor, form: Form, version: Option<Version>, around: Around) -> Self {
        let title = match &version {
            Some(version) => format!("{} · {}", version.reference, text(Lang::De, "advisory-edit-title")),
            None => text(Lang::De, "advisory-new-title").into_owned(),
        };
        let by = ["all", "kinds", "districts", "hand"];
        let label = |by: &str| match by {
            "all" => "advisory-audience-all",
            "kinds" => "advisory-audience-kinds",
            "districts" => "advisory-audience-districts",
            _ => "advisory-audience-hand",
        };
        let sh = visitor.shell(title);
        Self {
            sh: if form.has_errors() { sh.failed() } else { sh },
            form,
            version,
            differs: Vec::new(),
            is_stale: false,
            used_for: None,
            preview: None,
            around,
            tlps: Tlp::ALL.iter().map(|tlp| Choice::new(tlp.label(), tlp.label())).collect(),
            steps: steps(),
            severities: severities(),
            audiences: choices(&by, ToOwned::to_owned, label),
            kinds: choices(Kind::ALL, |kind| kind.code().to_owned(), Kind::label),
        }
    }

    fn previewing(mut self, draft: &Draft) -> Self {
        self.preview = Some(preview(draft, self.version.as_ref()));
        self
    }

    /// Where the form is sent.
    fn action(&self) -> String {
        match &self.version {
            Some(version) => format!("/warnmeldungen/{}/bearbeiten", version.reference),
            None => "/warnmeldungen/neu".to_owned(),
        }
    }

    fn lock(&self) -> String {
        self.version.as_ref().map_or_else(String::new, |version| version.lock.to_string())
    }
}

/// The draft as recipients would read it, under the version's reference or the one it does not have yet.
fn preview(draft: &Draft, version: Option<&Version>) -> Article {
    let mut article = Article::of_draft(&draft.frame, &draft.content, 2);
    if let Some(version) = version {
        article.reference = version.reference.to_string();
        article.number = version.number;
    }
    article
}

pub(super) async fn begin(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let once = visitor.env().token();
    let form = Form::filled(FormData::default().with("once", once).with("audience", "all"));
    let around = site
        .db
        .read(move |tx| {
            service::begin(tx, &actor)?;
            Around::load(tx, &actor, None)
        })
        .await?;
    visitor.page(&Editor::new(&visitor, form, None, around))
}

pub(super) async fn edit(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let reference = reference(&path)?;
    let (version, around) = site
        .db
        .write(move |tx| {
            let version = service::take_up(tx, &actor, &reference)?;
            let around = Around::load(tx, &actor, Some(&version.frame))?;
            Ok((version, around))
        })
        .await?;
    if !matches!(version.state, State::Draft | State::InReview) {
        let article = Article::new(&version, 2);
        return visitor.page(&Fixed { sh: visitor.shell(version.reference.as_str()), version, article });
    }
    let draft = Draft { frame: version.frame.clone(), content: version.content.clone() };
    let form = Form::filled(filled(&draft.frame, &draft.content));
    visitor.page(&Editor::new(&visitor, form, Some(version), around).previewing(&draft))
}

pub(super) async fn create(
    visitor: Visitor,
    site: Data<Site>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    store(visitor, site, None, typed).await
}

pub(super) async fn save(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let reference = reference(&path)?;
    if typed.is("aktion", "fassung") {
        return revise(visitor, site, reference, typed).await;
    }
    store(visitor, site, Some(reference), typed).await
}

/// Begins the next version of what is out.
async fn revise(
    visitor: Visitor,
    site: Data<Site>,
    reference: Reference,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["version", "aktion"])?;
    let seen = seen(&typed);
    let to = format!("/warnmeldungen/{reference}/bearbeiten");
    site.db.write(move |tx| service::revise(tx, &actor, &reference, seen)).await?;
    Ok(visitor.redirect(&to, "advisory-note-revised"))
}

/// The version of the row that the form was made for; none fits a form that does not say.
fn seen(typed: &FormData) -> i32 {
    typed.get("version").parse().unwrap_or(0)
}

/// Shows the preview, by its button or as it is typed, or saves, or saves and asks for review.
async fn store(
    visitor: Visitor,
    site: Data<Site>,
    reference: Option<Reference>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&FIELDS)?;
    if !["", "speichern", "vorschau", "mitlesen", "pruefung"].contains(&typed.get("aktion")) {
        let unknown = Error::from(FieldError::new("aktion", "error-choice"));
        return Err(Failure::from(unknown).keeping(typed));
    }
    let draft = match read(&typed) {
        Ok(draft) => draft,
        // Nobody is told off while typing: what is not whole yet has no preview yet.
        Err(_) if typed.is("aktion", "mitlesen") => {
            return visitor.page(&rebuilt(&visitor, &site, reference, Form::filled(typed), None).await?);
        }
        Err(error) => return again(visitor, site, reference, typed, None, error).await,
    };
    if ["vorschau", "mitlesen"].contains(&typed.get("aktion")) {
        let page = rebuilt(&visitor, &site, reference, Form::filled(typed), Some(&draft)).await?;
        return visitor.page(&page.previewing(&draft));
    }
    let (seen, asks) = (seen(&typed), typed.is("aktion", "pruefung"));
    let (saving, over, form) = (draft.clone(), reference.clone(), typed.clone());
    let saved = site
        .db
        .write(move |tx| match &over {
            Some(reference) => {
                let version = service::edit(tx, &actor, reference, seen, &saving)?;
                kept(tx, &actor, version, asks).map(Sent::Done)
            }
            None => create_once(tx, &actor, &saving, asks, &form),
        })
        .await;
    match saved {
        Ok(Sent::Done(Answer { body: reference, .. })) => {
            let (page, note) = match asks {
                true => ("freigabe", "advisory-note-submitted"),
                false => ("bearbeiten", "advisory-note-saved"),
            };
            Ok(visitor.redirect(&format!("/warnmeldungen/{reference}/{page}"), note))
        }
        Ok(Sent::Other(answer)) => {
            let form = Form::filled(typed.replacing("once", visitor.env().token()));
            let mut page = rebuilt(&visitor, &site, None, form, Some(&draft)).await?.previewing(&draft);
            page.sh = page.sh.failed();
            page.used_for = Some(answer.body);
            visitor.again(&page)
        }
        Err(error) => again(visitor, site, reference, typed, Some(draft), error).await,
    }
}

/// What was saved, given to review where that was asked for: its reference.
fn kept(tx: &mut Tx<'_>, actor: &Actor, version: Version, asks: bool) -> Result<Answer> {
    if asks {
        service::submit(tx, actor, &version.reference, version.lock)?;
    }
    Ok(Answer { status: 303, body: version.reference.to_string() })
}

/// A form that is sent twice, by a double click or a lost answer, makes one advisory.
fn create_once(tx: &mut Tx<'_>, actor: &Actor, draft: &Draft, asks: bool, typed: &FormData) -> Result<Sent> {
    let create = |tx: &mut Tx<'_>| {
        let version = service::create(tx, actor, draft)?;
        kept(tx, actor, version, asks)
    };
    if typed.get("once").is_empty() {
        return create(tx).map(Sent::Done);
    }
    let key = Key::parse(typed.get("once")).map_err(|_| Error::Conflict("web-form-token"))?;
    let account = actor.account.ok_or(Error::SignInNeeded)?;
    let print = idempotency::fingerprint("POST", "/warnmeldungen/neu", &typed.content());
    idempotency::attempt(tx, account, &key, &print, create)
}

/// The form again with everything that was typed: with what was refused, or with what somebody else saved meanwhile.
async fn again(
    visitor: Visitor,
    site: Data<Site>,
    reference: Option<Reference>,
    typed: FormData,
    draft: Option<Draft>,
    error: Error,
) -> Result<HttpResponse, Failure> {
    if let (Error::Stale, Some(draft)) = (&error, &draft) {
        let (actor, other) = (visitor.require()?.clone(), reference.clone());
        if let Some(reference) = other {
            // What somebody else wrote is shown here for the first time.
            site.db.write(move |tx| service::take_up(tx, &actor, &reference)).await?;
        }
        let mut page =
            rebuilt(&visitor, &site, reference, Form::filled(typed), Some(draft)).await?.previewing(draft);
        let saved = page.version.as_ref().map(|version| version.content.clone()).unwrap_or_default();
        page.differs = diff::between(&saved, &draft.content);
        page.is_stale = true;
        return visitor.answer(StatusCode::CONFLICT, &page);
    }
    let form = match Form::refused(typed.clone(), error) {
        Ok(form) => form.labelled(LABELS),
        Err(error) => return Err(Failure::from(error).keeping(typed)),
    };
    let page = rebuilt(&visitor, &site, reference, form, draft.as_ref()).await?;
    visitor.again(&page)
}

/// The editor around what was typed.
async fn rebuilt(
    visitor: &Visitor,
    site: &Site,
    reference: Option<Reference>,
    form: Form,
    draft: Option<&Draft>,
) -> Result<Editor, Failure> {
    let actor = visitor.require()?.clone();
    let mut ignored = Fields::default();
    let frame = draft.map(|draft| draft.frame.clone()).or_else(|| read_frame(&form.data, &mut ignored));
    let (version, around) = site
        .db
        .read(move |tx| {
            let version = match &reference {
                Some(reference) => Some(service::reload(tx, &actor, reference)?),
                None => {
                    service::begin(tx, &actor)?;
                    None
                }
            };
            Ok((version, Around::load(tx, &actor, frame.as_ref())?))
        })
        .await?;
    Ok(Editor::new(visitor, form, version, around))
}
