//! The page's server: loopback only, a random port, one session.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::page::{DecideAnswer, DecideRequest, GroupDocument, KeyAnswer, Problem, QueueDocument, TokenRequest, page};
use super::session::{DecisionSink, Finished, Session};
use super::{Error, guard};

struct Shared<S> {
    /// Gone once the page is closed, so that the plan file is let go even while a browser keeps a connection open.
    session: Mutex<Option<Session<S>>>,
    /// Taken by the first who brings it.
    token: Mutex<Option<String>>,
    key: String,
    /// Host and port, as browsers write it.
    authority: String,
    finished: mpsc::Sender<Finished>,
}

impl<S> Shared<S> {
    fn slot(&self) -> MutexGuard<'_, Option<Session<S>>> {
        // A handler that panicked left the session whole: a decision is saved before it is noted
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers from the session, one request at a time.
    fn with_session(&self, answer: impl FnOnce(&mut Session<S>) -> Response) -> Response {
        match self.slot().as_mut() {
            Some(session) => answer(session),
            None => problem(StatusCode::GONE, "this review is closed; every answer was saved"),
        }
    }
}

/// A page that is being served.
#[derive(Debug)]
pub struct Running {
    url: String,
    address: SocketAddr,
    finished: mpsc::Receiver<Finished>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Running {
    /// The address to open, with its one-time token. Whoever has it can decide: it is for the person's own browser.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until the person finishes on the page, then closes it. `None` when the server ended before.
    /// Dropping the future is safe: every decision is saved already, and it can be called again.
    pub async fn finished(&mut self) -> Option<Finished> {
        self.finished.recv().await
    }

    /// Closes the page and lets the plan file go. A decision being saved is saved; nothing new is taken.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let _ = (&mut self.task).await;
    }
}

/// How long a closing page may take for an answer that is under way.
const LAST_ANSWER: Duration = Duration::from_secs(1);

/// Serves the page of a review on 127.0.0.1, on `port` or, when that is 0, on a free one.
pub async fn serve<S>(session: Session<S>, port: u16) -> Result<Running, Error>
where
    S: DecisionSink + Send + 'static,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(Error::Listen)?;
    let address = listener.local_addr().map_err(Error::Listen)?;
    let token = guard::secret()?;
    let authority = address.to_string();
    let url = format!("http://{authority}/#{token}");
    let (sender, finished) = mpsc::channel(1);
    let shared = Arc::new(Shared {
        session: Mutex::new(Some(session)),
        token: Mutex::new(Some(token)),
        key: guard::secret()?,
        authority,
        finished: sender,
    });
    let routes = router(Arc::clone(&shared));
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(async move {
        let (close, closing) = oneshot::channel::<()>();
        let server = axum::serve(listener, routes).with_graceful_shutdown(async move {
            let _ = closing.await;
        });
        // The answer to the last request still goes out; a connection that a browser only keeps open must not keep us
        let patience = async move {
            let _ = stopped.await;
            let _ = close.send(());
            tokio::time::sleep(LAST_ANSWER).await;
        };
        tokio::select! {
            _ = server.into_future() => {}
            () = patience => {}
        }
        shared.slot().take();
    });
    Ok(Running { url, address, finished, stop: Some(stop), task })
}

fn router<S: DecisionSink + Send + 'static>(shared: Arc<Shared<S>>) -> Router {
    let keyed = Router::new()
        .route("/api/queue", get(queue::<S>))
        .route("/api/group/{position}", get(group::<S>))
        .route("/api/decide", post(decide::<S>))
        .route("/api/finish", post(finish::<S>))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&shared), require_key::<S>));
    Router::new()
        .route("/", get(start))
        .route("/api/key", post(exchange::<S>))
        .merge(keyed)
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), require_page::<S>))
        .with_state(shared)
}

fn problem(status: StatusCode, message: impl Into<String>) -> Response {
    (status, Json(Problem { message: message.into() })).into_response()
}

fn refuse(error: &Error) -> Response {
    let status = match error {
        Error::NoSuchGroup => StatusCode::NOT_FOUND,
        Error::Moved => StatusCode::CONFLICT,
        Error::Verdict(_) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    problem(status, error.to_string())
}

async fn require_page<S>(State(shared): State<Arc<Shared<S>>>, request: Request, next: Next) -> Response {
    let mut response = if guard::is_from_page(request.method(), request.headers(), &shared.authority) {
        next.run(request).await
    } else {
        problem(StatusCode::FORBIDDEN, "this page answers only its own window")
    };
    let headers = response.headers_mut();
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn require_key<S>(State(shared): State<Arc<Shared<S>>>, request: Request, next: Next) -> Response {
    if guard::has_key(request.headers(), &shared.key) {
        next.run(request).await
    } else {
        problem(StatusCode::UNAUTHORIZED, "open the address that `leadfold review` printed")
    }
}

async fn start() -> Response {
    let Ok(nonce) = guard::secret() else {
        return problem(StatusCode::INTERNAL_SERVER_ERROR, "the system gives no random numbers");
    };
    let (html, policy) = page(&nonce);
    match HeaderValue::from_str(&policy) {
        Ok(policy) => ([(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response(),
        Err(_) => problem(StatusCode::INTERNAL_SERVER_ERROR, "the page has no policy"),
    }
}

/// Reads a JSON body; anything else is the sender's mistake.
fn parse<T: DeserializeOwned>(headers: &HeaderMap, body: &Bytes) -> Result<T, Box<Response>> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") {
        return Err(Box::new(problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be JSON")));
    }
    serde_json::from_slice(body).map_err(|error| Box::new(problem(StatusCode::BAD_REQUEST, error.to_string())))
}

async fn exchange<S>(State(shared): State<Arc<Shared<S>>>, headers: HeaderMap, body: Bytes) -> Response {
    let request: TokenRequest = match parse(&headers, &body) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let mut token = shared.token.lock().unwrap_or_else(PoisonError::into_inner);
    if token.as_deref().is_some_and(|token| guard::same(token, &request.token)) {
        *token = None;
        Json(KeyAnswer { key: &shared.key }).into_response()
    } else {
        problem(StatusCode::FORBIDDEN, "this address was used already; run `leadfold review` again for a new one")
    }
}

async fn queue<S: DecisionSink>(State(shared): State<Arc<Shared<S>>>) -> Response {
    shared.with_session(|session| {
        Json(QueueDocument::new(session.plan(), session.items(), session.progress())).into_response()
    })
}

async fn group<S: DecisionSink>(State(shared): State<Arc<Shared<S>>>, Path(position): Path<usize>) -> Response {
    shared.with_session(|session| match session.item(position) {
        Ok(item) => Json(GroupDocument::new(session.plan(), position, item)).into_response(),
        Err(error) => refuse(&error),
    })
}

/// Runs what writes to the disk where waiting is allowed.
async fn blocking(work: impl FnOnce() -> Response + Send + 'static) -> Response {
    let failed = |_| problem(StatusCode::INTERNAL_SERVER_ERROR, "the decision could not be saved");
    tokio::task::spawn_blocking(work).await.unwrap_or_else(failed)
}

async fn decide<S>(State(shared): State<Arc<Shared<S>>>, headers: HeaderMap, body: Bytes) -> Response
where
    S: DecisionSink + Send + 'static,
{
    let request: DecideRequest = match parse(&headers, &body) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    blocking(move || {
        shared.with_session(|session| {
            if let Err(error) = session.decide(request.position, request.revision, request.verdict) {
                return refuse(&error);
            }
            match session.item(request.position) {
                Ok(item) => {
                    let (revision, verdict) = (item.revision, item.verdict.as_ref());
                    Json(DecideAnswer { revision, verdict, progress: session.progress() }).into_response()
                }
                Err(error) => refuse(&error),
            }
        })
    })
    .await
}

async fn finish<S>(State(shared): State<Arc<Shared<S>>>) -> Response
where
    S: DecisionSink + Send + 'static,
{
    blocking(move || {
        shared.with_session(|session| match session.finish() {
            Ok(finished) => {
                let answer = Json(&finished).into_response();
                // Full means that it was finished before: once is enough to close the page
                let _ = shared.finished.try_send(finished);
                answer
            }
            Err(error) => refuse(&error),
        })
    })
    .await
}
