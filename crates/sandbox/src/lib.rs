//! A Vobiz Partner API and a Telegram Bot API in one process, on a clock you can turn.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use std::time::Duration;
//! use vobiz_sandbox::{Options, Sandbox};
//!
//! let sandbox = Sandbox::start(Options { customers: 12, ..Options::default() }).await?;
//! println!("{} {} {}", sandbox.base_url(), sandbox.auth_id(), sandbox.auth_token());
//! sandbox.clock().advance(Duration::from_secs(24 * 3600));
//! # Ok(())
//! # }
//! ```
//!
//! Its address, opened in a browser of this machine, shows the chats with the bot and what can go wrong.

mod books;
mod calendar;
mod clock;
mod connection;
mod control;
mod faults;
pub mod history;
mod lock;
mod money;
mod options;
mod page;
mod partner;
mod payloads;
mod permissions;
mod random;
mod sandbox;
mod telegram;
mod wallet;
mod world;

pub use books::Books;
pub use clock::{Clock, FASTEST};
pub use faults::{ActiveFault, Fault, Faults, Half, Hint, Spoilt};
pub use options::Options;
pub use permissions::Permissions;
pub use sandbox::Sandbox;
pub use telegram::{Button, Chat, Entity, Person, Sent, SentFile};
pub use wallet::Wallet;
