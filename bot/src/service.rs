//! What every part of the bot works with.

use std::time::Duration;

use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use vobiz_core::alert::Policy;
use vobiz_core::dashboard::Report;
use vobiz_core::forecast::Business;
use vobiz_core::profile::Profile;
use vobiz_core::top::TopCustomers;
use vobiz_core::{PartnerClient, RetryPolicy};

use crate::clock::Clock;
use crate::config::{Chat, Config, Operations};
use crate::from_chat::FromChat;
use crate::levels::{LEVELS, OwnLevels, with_levels};
use crate::month::Closed;
use crate::people::{CHAT, Member, PERSON, Person, Role, effective};
use crate::reads::Reads;
use crate::snapshot::Published;
use crate::store::Store;

/// What every part of the bot works with.
pub(crate) struct Service {
    pub(crate) api: PartnerClient,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    /// The rules of the file; see [`Service::rules`].
    pub(crate) policy: Policy,
    pub(crate) business: Business,
    /// The chats of the file, as they are set there.
    pub(crate) file_chats: Vec<Chat>,
    /// The chats that are served: the file's, then those that were paired; each with what was set from it.
    pub(crate) chats: watch::Sender<Vec<Arc<Chat>>>,
    /// The roles that the file gives.
    pub(crate) people: Vec<Member>,
    pub(crate) report_zone: Tz,
    pub(crate) poll_every: Duration,
    pub(crate) poll_deadline: Duration,
    pub(crate) operations: Operations,
    /// When the last poll was judged and recorded of which everything was read.
    pub(crate) complete: watch::Sender<Option<DateTime<Utc>>>,
    /// Cancelled when the bot ends.
    pub(crate) stop: CancellationToken,
    /// What the last sweep found.
    pub(crate) published: Published,
    /// Held while somebody changes something, so that of two people at once the second one sees what the first one did.
    pub(crate) changes: tokio::sync::Mutex<()>,
    /// Reports that people asked for.
    pub(crate) reports: Reads<Report>,
    /// Who spent the most on single days.
    pub(crate) tops: Reads<TopCustomers>,
    /// The partner's own profile.
    pub(crate) profiles: Reads<Profile>,
    /// The period that was closed last.
    pub(crate) closed: Closed,
}

/// The client that a configuration describes.
pub(crate) fn client(config: &Config) -> vobiz_core::Result<PartnerClient> {
    client_within(config, RetryPolicy::default().deadline)
}

/// The same with another limit for each call, its repeats among it.
pub(crate) fn client_within(config: &Config, deadline: Duration) -> vobiz_core::Result<PartnerClient> {
    let vobiz = &config.vobiz;
    let mut builder = PartnerClient::builder(&vobiz.auth_id, vobiz.auth_token.clone()).base_url(&vobiz.base_url);
    let mut retry = RetryPolicy::default();
    retry.deadline = deadline;
    builder = builder.retry(retry);
    if let Some(requests) = vobiz.requests_per_second {
        builder = builder.requests_per_second(requests);
    }
    if let Some(calls) = vobiz.concurrency {
        builder = builder.concurrency(usize::try_from(calls).unwrap_or(usize::MAX));
    }
    if let Some(file) = &vobiz.ca_file {
        builder = builder.ca_file(file);
    }
    builder.build()
}

impl Service {
    pub(crate) async fn open(config: Config, clock: Clock) -> Result<Self> {
        let store = Store::open(&config.database_url).await?;
        Self::over(config, clock, store)
    }

    /// Over a database that is open.
    pub(crate) fn over(config: Config, clock: Clock, store: Store) -> Result<Self> {
        let api = client(&config)?;
        let Config { policy, business, chats, people, report_zone, poll_every, poll_deadline, operations, .. } = config;
        Ok(Self {
            api,
            store,
            clock,
            policy,
            business,
            chats: watch::Sender::new(chats.iter().cloned().map(Arc::new).collect()),
            file_chats: chats,
            people,
            report_zone,
            poll_every,
            poll_deadline,
            operations,
            complete: watch::Sender::new(None),
            published: Published::default(),
            changes: tokio::sync::Mutex::default(),
            reports: Reads::default(),
            tops: Reads::default(),
            profiles: Reads::default(),
            closed: Closed::default(),
            stop: CancellationToken::new(),
        })
    }

    /// The rules that apply: the file's, with the levels that were set from the chat.
    pub(crate) async fn rules(&self) -> Policy {
        match self.store.settings::<OwnLevels>(LEVELS).await {
            Ok(own) => with_levels(&self.policy, own.iter().map(|setting| &setting.value)),
            Err(error) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "levels set from the chat cannot be read; those of the last poll apply"
                );
                self.published.last().map_or_else(|| self.policy.clone(), |snapshot| snapshot.policy.clone())
            }
        }
    }

    /// Serves the chats of the file and those that were paired, each with what was set from it, from now on.
    pub(crate) async fn load_chats(&self) -> Result<()> {
        let mut chats = self.file_chats.clone();
        for paired in self.store.settings::<bool>(CHAT).await? {
            if let Ok(id) = paired.name.parse()
                && !chats.iter().any(|chat| chat.id == id)
            {
                chats.push(Chat::new(id, self.report_zone, self.business.clone()));
            }
        }
        let set = FromChat::all(&self.store).await?;
        let served: Vec<Arc<Chat>> = chats
            .into_iter()
            .map(|chat| Arc::new(set.get(&chat.id).map_or_else(|| chat.clone(), |set| set.over(&chat))))
            .collect();
        self.chats.send_if_modified(|known| {
            let is_new = *known != served;
            *known = served;
            is_new
        });
        Ok(())
    }

    /// The chats that are served, as they are called in the file.
    pub(crate) fn chats(&self) -> Vec<Arc<Chat>> {
        self.chats.borrow().clone()
    }

    /// The chat of this id, if it is served; also under the id that its group had before.
    pub(crate) async fn chat(&self, id: i64) -> Result<Option<Arc<Chat>>> {
        for chat in self.chats() {
            if chat.id == id || self.store.present_chat(chat.id).await? == id {
                return Ok(Some(chat));
            }
        }
        Ok(None)
    }

    /// The chats that get notifications, each with the id that it has now. A group configured under its old id and its new
    /// one is one chat.
    pub(crate) async fn recipients(&self) -> Result<Vec<(Arc<Chat>, i64)>> {
        let mut recipients: Vec<(Arc<Chat>, i64)> = Vec::new();
        for chat in self.chats() {
            let id = self.store.present_chat(chat.id).await?;
            match recipients.iter_mut().find(|(_, known)| *known == id) {
                // What is configured under the present id holds.
                Some(same) if chat.id == id => same.0 = chat,
                Some(_) => {}
                None => recipients.push((chat, id)),
            }
        }
        Ok(recipients)
    }

    /// Everybody who has a role.
    pub(crate) async fn members(&self) -> Result<Vec<Member>> {
        let given = self.store.settings::<(String, Role)>(PERSON).await?.into_iter().filter_map(|setting| {
            let (name, role) = setting.value;
            Some(Member { person: Person { id: setting.name.parse().ok()?, name }, role, is_from_file: false })
        });
        Ok(effective(&self.people, given.collect()))
    }

    /// What a person may do in the chats that are served: view, unless they have another role. Nobody knows who writes as an
    /// anonymous admin or as a channel, and these are viewers.
    pub(crate) async fn role(&self, person: Option<&Person>) -> Result<Role> {
        let Some(person) = person else { return Ok(Role::Viewer) };
        let members = self.members().await?;
        let known = members.iter().find(|member| member.person.id == person.id);
        Ok(known.map_or(Role::Viewer, |member| member.role))
    }

    /// Gives up what is owed to chats that were taken out of the configuration, and what waits for them.
    pub(crate) async fn give_up_for_others(&self) -> Result<()> {
        let configured: Vec<i64> = self.chats().iter().map(|chat| chat.id).collect();
        self.store.forget_waiting_for_others(&configured).await?;
        let recipients = self.recipients().await?;
        let served: Vec<i64> = recipients.iter().flat_map(|(chat, id)| [chat.id, *id]).collect();
        self.store.end_for_others(&served, self.clock.now()).await
    }

    /// The time zone of a chat.
    pub(crate) async fn zone_of(&self, id: i64) -> Tz {
        let chat = self.chat(id).await.ok().flatten();
        chat.map_or(self.report_zone, |chat| chat.zone)
    }

    pub(crate) fn now_in(&self, zone: Tz) -> DateTime<Tz> {
        self.clock.now().with_timezone(&zone)
    }
}
