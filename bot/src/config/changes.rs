//! What differs between two configurations, by the names of keys and sections. No value is repeated: some are secrets.

use secrecy::ExposeSecret as _;

use super::{Config, Telegram};

impl Config {
    /// What is not the same in `new`; empty where nothing changed.
    pub(crate) fn changes(&self, new: &Self) -> Vec<&'static str> {
        let telegram = |config: &Self| {
            let of = |telegram: &Telegram| {
                let addresses = (telegram.api_url.clone(), telegram.webhook_url.clone());
                (telegram.token.expose_secret().to_owned(), addresses, telegram.ca_file.clone())
            };
            config.telegram.as_ref().map(of)
        };
        let heartbeat = |config: &Self| config.operations.heartbeat.as_ref().map(|url| url.expose_secret().to_owned());
        let (old_vobiz, new_vobiz) = (&self.vobiz, &new.vobiz);
        let changes = [
            ("vobiz.auth_id", old_vobiz.auth_id != new_vobiz.auth_id),
            ("vobiz.auth_token", old_vobiz.auth_token.expose_secret() != new_vobiz.auth_token.expose_secret()),
            ("vobiz.base_url", old_vobiz.base_url != new_vobiz.base_url),
            ("vobiz.requests_per_second", old_vobiz.requests_per_second != new_vobiz.requests_per_second),
            ("vobiz.concurrency", old_vobiz.concurrency != new_vobiz.concurrency),
            ("vobiz.ca_file", old_vobiz.ca_file != new_vobiz.ca_file),
            ("telegram", telegram(self) != telegram(new)),
            ("database.url", self.database_url != new.database_url),
            ("poll.every", self.poll_every != new.poll_every),
            ("poll.deadline", self.poll_deadline != new.poll_deadline),
            ("report.zone", self.report_zone != new.report_zone),
            ("chats", self.chats != new.chats),
            ("people", self.people != new.people),
            ("rules", self.policy != new.policy),
            ("business", self.business != new.business),
            ("http.listen", self.operations.listen != new.operations.listen),
            ("heartbeat.url", heartbeat(self) != heartbeat(new)),
            ("log.format (from the next start on)", self.operations.log != new.operations.log),
        ];
        changes.into_iter().filter(|(_, is_changed)| *is_changed).map(|(name, _)| name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Config {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bot.toml");
        std::fs::write(&file, format!("[database]\nurl = \"sqlite::memory:\"\n[vobiz]\nauth_id = \"PA_X\"\n{text}")).unwrap();
        Config::load(Some(&file), &|_| None).unwrap()
    }

    #[test]
    fn each_key_that_changes_is_named_and_no_value() {
        let old = load("auth_token = \"OLD\"\n");
        assert_eq!(old.changes(&old), Vec::<&str>::new());
        for (text, changes) in [
            ("auth_token = \"NEW\"\n", "vobiz.auth_token"),
            ("auth_token = \"OLD\"\n[telegram]\ntoken = \"1:NEW\"\n", "telegram"),
            ("auth_token = \"OLD\"\n[poll]\nevery = \"1m\"\n[report]\nzone = \"UTC\"\n", "poll.every, report.zone"),
            ("auth_token = \"OLD\"\n[[chats]]\nid = 7\n", "chats"),
            ("auth_token = \"OLD\"\n[[people]]\nid = 7\nname = \"A\"\nrole = \"admin\"\n", "people"),
            ("auth_token = \"OLD\"\n[[rules]]\nname = \"r\"\nmetric = \"customer.balance\"\nbelow = { warning = 9 }\n", "rules"),
            ("auth_token = \"OLD\"\n[business]\nopens = \"08:00\"\n", "business"),
            ("auth_token = \"OLD\"\n[http]\nlisten = \"127.0.0.1:1\"\n", "http.listen"),
            ("auth_token = \"OLD\"\n[heartbeat]\nurl = \"https://h.test/K3Y\"\n", "heartbeat.url"),
            ("auth_token = \"OLD\"\n[log]\nformat = \"json\"\n", "log.format (from the next start on)"),
        ] {
            assert_eq!(old.changes(&load(text)).join(", "), changes);
        }
    }
}
