//! A running sandbox.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, ensure};
use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use chrono::{DateTime, SubsecRound, Utc};
use rust_decimal::Decimal;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::clock::Clock;
use crate::connection::{Cord, Lines};
use crate::control::{self, Control};
use crate::faults::Faults;
use crate::lock::lock;
use crate::money::Amount;
use crate::options::Options;
use crate::page;
use crate::partner::{self, PartnerApi};
use crate::payloads::Payloads;
use crate::permissions::Permissions;
use crate::telegram::{Chat, Telegram};
use crate::wallet::{Wallet, wallets};
use crate::world::{Credentials, World};

/// Both services, on loopback, for as long as this value lives.
pub struct Sandbox {
    services: Services,
    /// Dropped last: it runs the server.
    _engine: Engine,
}

struct Services {
    url: String,
    credentials: Credentials,
    clock: Clock,
    telegram: Telegram,
    faults: Faults,
    world: Option<Arc<Mutex<World>>>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Sandbox")
            .field("url", &self.services.url)
            .field("clock", &self.services.clock)
            .finish_non_exhaustive()
    }
}

/// How often a running clock moves the world and shows the time.
const TICK: Duration = Duration::from_millis(50);

impl Sandbox {
    /// Starts a sandbox on a port of 127.0.0.1. Its clock is stopped until [`Clock::set_speed`] starts it.
    ///
    /// # Errors
    /// When the port is taken, the folder of recorded bodies is missing, or an option is out of bounds.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let engine = Engine::new()?;
        let running = engine.runtime()?.spawn(Self::run(options));
        let services = running.await.context("the sandbox did not start")??;
        Ok(Self { services, _engine: engine })
    }

    async fn run(options: Options) -> anyhow::Result<Services> {
        let (fewest, most) = (Options::CUSTOMERS.start(), Options::CUSTOMERS.end());
        ensure!(
            Options::CUSTOMERS.contains(&options.customers),
            "a world has {fewest} to {most} customers, not {}",
            options.customers
        );
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
        let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
        let url = format!("http://{}", listener.local_addr()?);
        let credentials = Credentials::of(options.seed);
        let start = options.start().trunc_subsecs(6);
        let (world, recorded) = match options.payloads {
            Some(folder) => (None, Some(Payloads::open(folder, options.replace)?)),
            None => (Some(open_world(&options, start).await?), None),
        };
        let clock = Clock::new(start, world.clone());
        let faults = Faults::new(options.seed);
        let telegram = Telegram::new(&credentials.telegram_token, clock.clone(), faults.clone());
        let control = Control {
            clock: clock.clone(),
            chat: Chat(telegram.clone()),
            faults: faults.clone(),
            world: world.clone(),
            credentials: Arc::new(credentials.clone()),
        };
        let served = world.as_ref().map(|world| PartnerApi::new(world.clone(), clock.clone(), credentials.clone()).router());
        let partner = served.or(recorded.map(Payloads::router)).unwrap_or_default();
        let router = Router::new()
            .route("/", get(page::show))
            .merge(telegram.router())
            .nest("/control", control::router(control))
            .nest(partner::BASE_PATH, partner::guarded(partner, credentials.clone(), faults.clone()))
            .fallback(partner::not_found)
            .layer(from_fn(page::guard));
        tokio::spawn(tick(clock.clone()));
        tokio::spawn(telegram.clone().post_updates());
        let service = router.into_make_service_with_connect_info::<Cord>();
        tokio::spawn(async move { axum::serve(Lines(listener), service).await });
        Ok(Services { url, credentials, clock, telegram, faults, world })
    }

    /// `http://127.0.0.1:N`, also the address of the Bot API.
    pub fn url(&self) -> &str {
        &self.services.url
    }

    /// Where the Partner API is.
    pub fn base_url(&self) -> String {
        format!("{}{}", self.services.url, partner::BASE_PATH)
    }

    /// The partner's `X-Auth-ID`.
    pub fn auth_id(&self) -> &str {
        &self.services.credentials.auth_id
    }

    /// The partner's `X-Auth-Token`.
    pub fn auth_token(&self) -> &str {
        &self.services.credentials.auth_token
    }

    /// A token for a bot. Any other of the form `digits:text` works too.
    pub fn telegram_token(&self) -> &str {
        &self.services.credentials.telegram_token
    }

    /// The clock of both services.
    pub fn clock(&self) -> Clock {
        self.services.clock.clone()
    }

    /// The chats with the bot.
    pub fn chat(&self) -> Chat {
        Chat(self.services.telegram.clone())
    }

    /// What goes wrong on purpose.
    pub fn faults(&self) -> Faults {
        self.services.faults.clone()
    }

    /// Every customer's wallet now, in the order of the customers' list; empty for recorded bodies.
    pub fn wallets(&self) -> Vec<Wallet> {
        self.services.clock.settle();
        let Some(world) = &self.services.world else { return Vec::new() };
        wallets(&lock(world))
    }

    /// Sets a customer's wallet, or with the partner's `auth_id` the partner's own, by an adjustment in the ledger.
    ///
    /// # Errors
    /// When there is no such customer, or the amount is finer than five decimals or beyond ₹100 crore.
    pub fn set_wallet(&self, auth_id: &str, balance: Decimal) -> anyhow::Result<()> {
        self.change(auth_id, balance, World::set_wallet)
    }

    /// Pays into a customer's wallet as if the customer did, or into the partner's own.
    ///
    /// # Errors
    /// When there is no such customer, or the amount is not positive, finer than five decimals or beyond ₹100 crore.
    pub fn top_up(&self, auth_id: &str, amount: Decimal) -> anyhow::Result<()> {
        ensure!(amount > Decimal::ZERO, "a top-up is more than zero, not {amount}");
        self.change(auth_id, amount, World::top_up)
    }

    /// Changes what the partner may do, from the next call on. Recorded bodies permit everything.
    pub fn permit(&self, permissions: Permissions) {
        if let Some(world) = &self.services.world {
            lock(world).partner.permissions = permissions;
        }
    }

    fn change(
        &self,
        auth_id: &str,
        amount: Decimal,
        change: impl FnOnce(&mut World, &str, Amount, DateTime<Utc>) -> bool,
    ) -> anyhow::Result<()> {
        let world = self.services.world.as_ref().context("recorded bodies have no wallets")?;
        let amount = Amount::from_decimal(amount).with_context(|| format!("{amount} does not fit a wallet"))?;
        // The partner is known by its own id.
        let auth_id = if auth_id == self.services.credentials.auth_id { "" } else { auth_id };
        let mut world = lock(world);
        let now = self.services.clock.now();
        ensure!(change(&mut world, auth_id, amount, now), "there is no customer {auth_id}");
        Ok(())
    }
}

async fn open_world(options: &Options, start: DateTime<Utc>) -> anyhow::Result<Arc<Mutex<World>>> {
    let (seed, customers, books) = (options.seed, options.customers, options.books);
    // A large world takes a while to get to its opening.
    let mut world = tokio::task::spawn_blocking(move || World::open(seed, customers, start, books)).await?;
    world.partner.permissions = options.permissions.clone();
    Ok(Arc::new(Mutex::new(world)))
}

/// Moves the world along with a running clock.
async fn tick(clock: Clock) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if clock.speed() > 0.0 {
            let clock = clock.clone();
            // A large world takes a while to move.
            let _ = tokio::task::spawn_blocking(move || clock.settle()).await;
        }
    }
}

/// Threads of its own, so that the services answer whatever the caller's runtime is doing.
struct Engine(Option<Runtime>);

impl Engine {
    fn new() -> anyhow::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("vobiz-sandbox").enable_all().build();
        Ok(Self(Some(runtime.context("cannot start the sandbox's threads")?)))
    }

    fn runtime(&self) -> anyhow::Result<&Runtime> {
        self.0.as_ref().context("the sandbox has stopped")
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
