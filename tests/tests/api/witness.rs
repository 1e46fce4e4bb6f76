//! A server that writes down every request and answers by a function.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use vobiz_core::PartnerClient;

use crate::stand::hasty;

/// A free port that this machine alone reaches.
pub(crate) const LOOPBACK: &str = "127.0.0.1:0";

/// A success with that body.
pub(crate) fn json(body: impl Into<Body>) -> Response {
    ([("content-type", "application/json")], body.into()).into_response()
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// `GET /me?page=1`
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// The server. It runs until the test's runtime ends.
pub(crate) struct Witness {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Witness {
    /// On loopback, answering every request with `body`.
    pub(crate) async fn answering(body: &'static str) -> Self {
        Self::start(LOOPBACK, move |_| json(body)).await
    }

    /// On loopback, redirecting every request to `target` with that status.
    pub(crate) async fn redirecting(status: u16, target: String) -> Self {
        let status = StatusCode::from_u16(status).unwrap();
        Self::start(LOOPBACK, move |_| (status, [("location", target.clone())]).into_response()).await
    }

    pub(crate) async fn start(address: &str, answer: impl Fn(&Seen) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer));
        let kept = Arc::clone(&seen);
        let router = Router::new().fallback(move |request: Request| {
            let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
            async move {
                let (parts, body) = request.into_parts();
                let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
                let line = format!("{} {}", parts.method, parts.uri);
                let seen = Seen { line, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() };
                kept.lock().unwrap().push(seen.clone());
                answer(&seen)
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, seen }
    }

    /// A client of it that may change things.
    pub(crate) fn client(&self) -> PartnerClient {
        let builder = PartnerClient::builder("PA_X", "the-token").base_url(format!("http://{}/", self.address));
        hasty(builder).allow_changes().build().unwrap()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Lines of the requests.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }
}
