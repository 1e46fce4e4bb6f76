//! The Partner API half.

mod accounts;
mod body;
mod capacity;
mod cdrs;
mod create;
mod figures;
mod kyc;
mod numbers;
mod profile;
mod query;
mod refusal;
mod reports;
mod transactions;
mod transfer;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, Request, State};
use axum::http::HeaderMap;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use crate::clock::Clock;
use crate::faults::{self, Faults};
use crate::lock::lock;
use crate::world::{Credentials, World};
use query::{Asking, Parameters};
use refusal::Refusal;

/// Where the Partner API is.
pub(crate) const BASE_PATH: &str = "/api/v1/partner";

/// The Partner API over a world.
#[derive(Clone)]
pub(crate) struct PartnerApi {
    world: Arc<Mutex<World>>,
    clock: Clock,
    credentials: Arc<Credentials>,
}

/// What a call reads the world with: the credentials and the query.
struct Asked {
    credentials: Arc<Credentials>,
    parameters: Parameters,
}

impl PartnerApi {
    pub(crate) fn new(world: Arc<Mutex<World>>, clock: Clock, credentials: Credentials) -> Self {
        Self { world, clock, credentials: Arc::new(credentials) }
    }

    /// Every call of the API, relative to its base path.
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/me", get(|State(api): Api, query: Asking| api.answer(query, profile::me)))
            .route("/dashboard", get(|State(api): Api, query: Asking| api.answer(query, reports::dashboard)))
            .route("/analytics", get(|State(api): Api, query: Asking| api.answer(query, reports::analytics)))
            .route(
                "/accounts",
                get(|State(api): Api, query: Asking| api.answer(query, accounts::list))
                    .post(|State(api): Api, query: Asking, body: Bytes| api.change(query, body, create::account)),
            )
            .route("/accounts/{id}", get(|State(api): Api, id: Id, query: Asking| api.answer_of(id, query, accounts::one)))
            .route(
                "/accounts/{id}/balance",
                get(|State(api): Api, id: Id, query: Asking| api.answer_of(id, query, accounts::balance)),
            )
            .route(
                "/accounts/{id}/transactions",
                get(|State(api): Api, id: Id, query: Asking| api.answer_of(id, query, transactions::of_customer)),
            )
            .route("/transactions", get(|State(api): Api, query: Asking| api.answer(query, transactions::of_all)))
            .route(
                "/accounts/{id}/cdrs",
                get(|State(api): Api, id: Id, query: Asking| api.answer_of(id, query, cdrs::of_customer)),
            )
            .route("/accounts/{id}/cdrs/{call}", get(one_cdr))
            .route("/cdrs", get(|State(api): Api, query: Asking| api.answer(query, cdrs::of_all)))
            .route(
                "/accounts/{id}/numbers",
                get(|State(api): Api, id: Id, query: Asking| api.answer_of(id, query, numbers::of_customer)),
            )
            .route("/numbers", get(|State(api): Api, query: Asking| api.answer(query, numbers::of_all)))
            .route(
                "/accounts/{id}/transfer-balance",
                post(|State(api): Api, id: Id, query: Asking, body: Bytes| api.change_of(id, query, body, transfer::balance)),
            )
            .merge(kyc_routes())
            .merge(capacity_routes())
            .method_not_allowed_fallback(method_not_allowed)
            .fallback(not_found)
            .with_state(self)
    }

    /// Reads the world as it is now.
    async fn answer<T, F>(self, query: Asking, read: F) -> Response
    where
        T: Serialize + Send + 'static,
        F: FnOnce(&World, &Asked) -> Result<T, Refusal> + Send + 'static,
    {
        self.work(query, |world, asked| read(world, asked).map(axum::Json)).await
    }

    /// Changes the world as it is now.
    async fn change<T, F>(self, query: Asking, body: Bytes, change: F) -> Response
    where
        T: IntoResponse + Send + 'static,
        F: FnOnce(&mut World, &Asked, &Bytes) -> Result<T, Refusal> + Send + 'static,
    {
        self.work(query, move |world, asked| change(world, asked, &body)).await
    }

    /// Reads or changes the world as it is now. The lock is free again before the body is written.
    async fn work<T, F>(self, Asking(parameters): Asking, work: F) -> Response
    where
        T: IntoResponse + Send + 'static,
        F: FnOnce(&mut World, &Asked) -> Result<T, Refusal> + Send + 'static,
    {
        // A large world takes a while to read.
        let work = tokio::task::spawn_blocking(move || {
            let asked = Asked { credentials: self.credentials, parameters };
            let outcome = {
                let mut world = lock(&self.world);
                world.advance_to(self.clock.now());
                work(&mut world, &asked)
            };
            match outcome {
                Ok(answer) => answer.into_response(),
                Err(refusal) => refusal.into_response(),
            }
        });
        work.await.unwrap_or_else(|_| Refusal::internal().into_response())
    }

    async fn answer_of<T, F>(self, Path(id): Id, query: Asking, read: F) -> Response
    where
        T: Serialize + Send + 'static,
        F: FnOnce(&World, &Asked, &str) -> Result<T, Refusal> + Send + 'static,
    {
        self.answer(query, move |world, asked| read(world, asked, &id)).await
    }

    async fn change_of<T, F>(self, Path(id): Id, query: Asking, body: Bytes, change: F) -> Response
    where
        T: Serialize + Send + 'static,
        F: FnOnce(&mut World, &Asked, &str, &Bytes) -> Result<T, Refusal> + Send + 'static,
    {
        self.work(query, move |world, asked| change(world, asked, &id, &body).map(axum::Json)).await
    }
}

fn kyc_routes() -> Router<PartnerApi> {
    Router::new()
        .route(
            "/kyc-sessions",
            get(|State(api): Api, query: Asking| api.answer(query, kyc::list))
                .post(|State(api): Api, query: Asking, body: Bytes| api.change(query, body, kyc::create)),
        )
        .route(
            "/kyc-sessions/{id}",
            get(|State(api): Api, id: Id, query: Asking| api.answer_of(id, query, kyc::one))
                .delete(|State(api): Api, id: Id, query: Asking, body: Bytes| api.change_of(id, query, body, kyc::revoke)),
        )
        .route(
            "/kyc-sessions/{id}/resend",
            post(|State(api): Api, id: Id, query: Asking, body: Bytes| api.change_of(id, query, body, kyc::resend)),
        )
}

fn capacity_routes() -> Router<PartnerApi> {
    Router::new()
        .route(
            "/accounts/{id}/concurrency",
            get(|State(api): Api, id: Id, query: Asking| api.answer_of(id, query, capacity::allocation)),
        )
        .route(
            "/accounts/{id}/concurrency/transfer",
            post(|State(api): Api, id: Id, query: Asking, body: Bytes| api.change_of(id, query, body, capacity::transfer)),
        )
        .route(
            "/accounts/{id}/concurrency/reclaim",
            post(|State(api): Api, id: Id, query: Asking, body: Bytes| api.change_of(id, query, body, capacity::reclaim)),
        )
        .route("/concurrency/transfers", get(|State(api): Api, query: Asking| api.answer(query, capacity::history)))
}

async fn one_cdr(State(api): Api, Path((id, call)): Path<(String, String)>, query: Asking) -> Response {
    api.answer(query, move |world, asked| cdrs::one(world, asked, &id, &call)).await
}

type Api = State<PartnerApi>;
type Id = Path<String>;

/// Asks every request for the partner's credentials, lets faults strike, and compresses answers for
/// anyone who takes them so.
pub(crate) fn guarded(router: Router, credentials: Credentials, faults: Faults) -> Router {
    let credentials = Arc::new(credentials);
    router
        .layer(middleware::from_fn(move |request, next| authenticate(credentials.clone(), request, next)))
        .layer(middleware::from_fn_with_state(faults, faults::strike_partner))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
}

/// Lets a request pass that carries the partner's own credentials.
async fn authenticate(credentials: Arc<Credentials>, request: Request, next: Next) -> Response {
    if is_partner(&credentials, request.headers()) { next.run(request).await } else { Refusal::unauthorized().into_response() }
}

fn is_partner(credentials: &Credentials, headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|sent| sent.as_bytes() == value.as_bytes());
    is("x-auth-id", &credentials.auth_id) && is("x-auth-token", &credentials.auth_token)
}

/// The answer on a path that is not there.
pub(crate) async fn not_found(OriginalUri(uri): OriginalUri) -> Response {
    no_route(uri.path())
}

/// The answer on `path`, which is not there.
pub(crate) fn no_route(path: &str) -> Response {
    Refusal::not_found("ROUTE_NOT_FOUND", &format!("Route {path} not found")).into_response()
}

async fn method_not_allowed() -> Response {
    Refusal::method_not_allowed().into_response()
}
