//! The webhook: Telegram posts updates to this process, which accepts each once it is written down.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use subtle::ConstantTimeEq as _;
use tokio::sync::{Mutex, mpsc, oneshot};
use url::Url;

/// Updates that wait to be written down.
const BACKLOG: usize = 64;

/// An update that was posted; what is sent on `accepted` confirms it to Telegram.
pub(super) struct Posted {
    pub(super) update: Value,
    pub(super) accepted: oneshot::Sender<()>,
}

/// Where Telegram posts updates.
#[derive(Clone)]
pub(crate) struct Webhook {
    pub(super) url: Url,
    /// Telegram sends it with every post; drawn anew at each start, where the webhook is set anew.
    pub(super) secret: Arc<SecretString>,
    sender: mpsc::Sender<Posted>,
    receiver: Arc<Mutex<mpsc::Receiver<Posted>>>,
}

impl Webhook {
    /// # Errors
    ///
    /// The system gives no random numbers.
    pub(super) fn new(url: Url) -> Result<Self> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).context("the system gives no random numbers for the webhook's secret")?;
        let secret = format!("{:032x}", u128::from_ne_bytes(random));
        let (sender, receiver) = mpsc::channel(BACKLOG);
        Ok(Self { url, secret: Arc::new(secret.into()), sender, receiver: Arc::new(Mutex::new(receiver)) })
    }

    /// The path that updates are posted to.
    pub(crate) fn path(&self) -> &str {
        self.url.path()
    }

    /// Whether a post has the secret that only Telegram knows; how long this takes says nothing about it.
    pub(crate) fn is_telegram(&self, secret: &[u8]) -> bool {
        self.secret.expose_secret().as_bytes().ct_eq(secret).into()
    }

    /// Hands an update over, and waits until it is written down. `false`: it was not, and Telegram must post it again.
    pub(crate) async fn accept(&self, update: Value) -> bool {
        let (accepted, outcome) = oneshot::channel();
        self.sender.send(Posted { update, accepted }).await.is_ok() && outcome.await.is_ok()
    }

    /// Waits for updates: one, and those that came with it.
    pub(super) async fn next(&self) -> Vec<Posted> {
        let mut receiver = self.receiver.lock().await;
        let mut posted: Vec<Posted> = receiver.recv().await.into_iter().collect();
        while let Ok(more) = receiver.try_recv() {
            posted.push(more);
        }
        posted
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn webhook() -> Webhook {
        Webhook::new("https://bot.example/hook".parse().unwrap()).unwrap()
    }

    #[test]
    fn only_the_whole_secret_is_telegrams() {
        let (webhook, other) = (webhook(), webhook());
        let secret = webhook.secret.expose_secret();
        assert!(webhook.is_telegram(secret.as_bytes()));
        for wrong in ["", &secret[1..], other.secret.expose_secret(), &format!("{secret} ")] {
            assert!(!webhook.is_telegram(wrong.as_bytes()), "{wrong}");
        }
    }

    #[tokio::test]
    async fn an_update_is_accepted_once_it_is_confirmed_and_not_when_it_is_lost() {
        let webhook = webhook();
        let (accepted, ()) = tokio::join!(webhook.accept(json!({"update_id": 1})), async {
            for posted in webhook.next().await {
                posted.accepted.send(()).unwrap();
            }
        });
        assert!(accepted);
        let (accepted, ()) = tokio::join!(webhook.accept(json!({"update_id": 2})), async { drop(webhook.next().await) });
        assert!(!accepted);
    }
}
