//! Requests into the product, in this process: what a browser or a program would send, and what comes back.

use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody as _};
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, LOCATION};
use actix_web::test::{TestRequest, init_service, try_call_service};
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use meldekette::routes::{Shared, application};

/// The longest answer that is read.
const MOST: usize = 64 << 20;

/// An answer, read to its end.
pub struct Reply {
    pub status: StatusCode,
    /// Where it leads on.
    pub to: Option<String>,
    /// The route that took the request, as it is registered.
    pub route: Option<String>,
    pub headers: HeaderMap,
    pub cookies: Vec<Cookie<'static>>,
    pub body: Vec<u8>,
    /// Whether the body broke off: what came of it before is there.
    pub broke_off: bool,
}

impl Reply {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The token of the first form on the page.
    pub fn csrf(&self) -> Option<String> {
        let text = self.text();
        let (_, rest) = text.split_once("name=\"csrf\" value=\"")?;
        rest.split('"').next().map(str::to_owned)
    }
}

type Asks = Rc<dyn Fn(TestRequest) -> LocalBoxFuture<'static, (Option<String>, HttpResponse<BoxBody>)>>;

/// The way into the product.
#[derive(Clone)]
pub struct Door(Asks);

impl Door {
    /// Puts the application together.
    pub async fn open(shared: &Shared) -> Self {
        let service = Rc::new(init_service(application(shared)).await);
        Self(Rc::new(move |request| {
            let service = Rc::clone(&service);
            Box::pin(async move {
                let request = request.peer_addr("203.0.113.5:4711".parse().unwrap()).to_request();
                match try_call_service(&*service, request).await {
                    Ok(answer) => {
                        let route = answer.request().match_pattern();
                        (route, answer.into_parts().1.map_into_boxed_body())
                    }
                    Err(error) => (None, error.error_response()),
                }
            })
        }))
    }

    /// Opens a stream of events, and keeps it open; otherwise the status of the refusal.
    pub async fn stream(&self, who: &Visitor, path: &str) -> Result<Stream, StatusCode> {
        let (_, response) = (self.0)(who.dress(TestRequest::get().uri(path), path)).await;
        match response.status() {
            StatusCode::OK => Ok(Stream(response.into_body())),
            refused => Err(refused),
        }
    }

    /// Sends a request as it is. Its answer comes whole.
    pub async fn send(&self, request: TestRequest) -> Reply {
        let reply = self.try_send(request).await;
        assert!(!reply.broke_off, "the answer broke off after {} bytes", reply.body.len());
        reply
    }

    /// Sends a request whose answer may break off.
    pub async fn try_send(&self, request: TestRequest) -> Reply {
        let (route, response) = (self.0)(request).await;
        let cookies = response.cookies().map(Cookie::into_owned).collect();
        let (status, headers) = (response.status(), response.headers().clone());
        let is_live = headers.get(CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        let mut body = response.into_body();
        let (body, broke_off) = if is_live { (at_once(&mut body), false) } else { read(body).await };
        Reply {
            status,
            to: headers.get(LOCATION).map(|to| to.to_str().unwrap().to_owned()),
            route,
            headers,
            cookies,
            body,
            broke_off,
        }
    }

    /// Asks for a page or an answer.
    pub async fn get(&self, who: &Visitor, path: &str) -> Reply {
        self.send(who.dress(TestRequest::get().uri(path), path)).await
    }

    /// Sends a form with the visitor's token.
    pub async fn post<K: AsRef<str>, V: AsRef<str>>(
        &self,
        who: &Visitor,
        path: &str,
        fields: &[(K, V)],
    ) -> Reply {
        let body = form(&who.csrf, fields);
        self.send(who.dress(form_request(path, body), path)).await
    }

    /// Sends JSON with the visitor's API token.
    pub async fn json(&self, who: &Visitor, path: &str, body: &serde_json::Value) -> Reply {
        self.send(who.dress(TestRequest::post().uri(path).set_json(body), path)).await
    }

    /// Signs in by the page, and makes the browser that holds the session.
    pub async fn sign_in(&self, mail: &str, password: &str) -> Visitor {
        let mut browser = self.stranger().await;
        let typed = [("mail", mail), ("password", password), ("weiter", "/konto")];
        let reply = self.post(&browser, "/anmelden", &typed).await;
        assert_eq!(reply.to.as_deref(), Some("/konto"), "{mail} signs in: {}", reply.text());
        browser.cookies = reply.cookies;
        // A page that is there before the second factor is.
        let page = self.get(&browser, "/konto/zweiter-faktor").await;
        browser.csrf = page.csrf().expect("a form on one's own page");
        browser
    }

    /// A browser nobody is signed in with, which has seen a form.
    pub async fn stranger(&self) -> Visitor {
        let page = self.get(&Visitor::default(), "/anmelden").await;
        Visitor { csrf: page.csrf().expect("a form"), cookies: page.cookies, token: None }
    }
}

/// What of a body is there at once: a stream of events does not end.
fn at_once(body: &mut BoxBody) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(Some(Ok(piece))) = poll_fn(|cx| Pin::new(&mut *body).poll_next(cx)).now_or_never() {
        all.extend_from_slice(&piece);
    }
    all
}

/// A stream of events that stays open.
pub struct Stream(BoxBody);

impl Stream {
    /// The events that came since the last call, by name and data; `None`: it ended.
    pub fn events(&mut self) -> Option<Vec<(String, String)>> {
        let text = String::from_utf8(at_once(&mut self.0)).unwrap();
        let field = |event: &str, name: &str| {
            event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned)
        };
        let events: Vec<_> = text
            .split("\n\n")
            .filter_map(|event| Some((field(event, "event: ")?, field(event, "data: ")?)))
            .collect();
        let is_over = poll_fn(|cx| Pin::new(&mut self.0).poll_next(cx)).now_or_never();
        (!events.is_empty() || is_over.is_none()).then_some(events)
    }

    /// The names of the events that came since the last call.
    pub fn names(&mut self) -> Vec<String> {
        self.events().unwrap_or_default().into_iter().map(|(name, _)| name).collect()
    }
}

/// Reads a body; whether it broke off.
async fn read(mut body: BoxBody) -> (Vec<u8>, bool) {
    let mut all = Vec::new();
    while let Some(piece) = poll_fn(|cx| Pin::new(&mut body).poll_next(cx)).await {
        let Ok(piece) = piece else { return (all, true) };
        all.extend_from_slice(&piece);
        assert!(all.len() <= MOST, "a short answer");
    }
    (all, false)
}

/// A browser and a program of the same person.
#[derive(Clone, Default)]
pub struct Visitor {
    pub cookies: Vec<Cookie<'static>>,
    /// The token that the person's forms carry.
    pub csrf: String,
    /// The API token.
    pub token: Option<String>,
}

impl Visitor {
    /// Adds what tells who asks: cookies for pages, the token for the API.
    pub fn dress(&self, mut request: TestRequest, path: &str) -> TestRequest {
        if path.starts_with("/api/") {
            return match &self.token {
                Some(token) => request.insert_header((AUTHORIZATION, format!("Bearer {token}"))),
                None => request,
            };
        }
        for cookie in &self.cookies {
            request = request.cookie(cookie.clone());
        }
        request
    }
}

/// A form's body; the token first.
pub fn form<K: AsRef<str>, V: AsRef<str>>(csrf: &str, fields: &[(K, V)]) -> String {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.append_pair("csrf", csrf);
    body.extend_pairs(fields.iter().map(|(name, value)| (name.as_ref(), value.as_ref())));
    body.finish()
}

/// A form as a browser sends it.
pub fn form_request(path: &str, body: impl Into<actix_web::web::Bytes>) -> TestRequest {
    TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload(body)
}

/// A form with a file, as a browser sends it.
pub fn upload_request(path: &str, csrf: &str, file: &[u8]) -> TestRequest {
    let mut body = format!(
        "--grenze\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--grenze\r\n\
         Content-Disposition: form-data; name=\"datei\"; filename=\"liste.csv\"\r\nContent-Type: text/csv\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--grenze--\r\n");
    TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "multipart/form-data; boundary=grenze"))
        .set_payload(body)
}
