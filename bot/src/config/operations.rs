//! How the service is operated: where it listens, who is pinged, and how it logs.

use std::net::SocketAddr;

use secrecy::SecretString;
use vobiz_core::settings::Table;
use vobiz_core::settings::values::quoted;

use super::values;

/// What operators set.
#[derive(Debug, Clone, Default)]
pub(crate) struct Operations {
    /// Where `/healthz`, `/readyz` and `/metrics` are served; `None`: nowhere.
    pub listen: Option<SocketAddr>,
    /// What is asked for after each poll whose messages were accepted.
    pub heartbeat: Option<SecretString>,
    /// How lines of the log are written.
    pub log: LogFormat,
}

/// How lines of the log are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum LogFormat {
    #[default]
    Text,
    Json,
}

/// Reads `[http]`, `[heartbeat]` and `[log]`.
pub(super) fn read(root: &mut Table<'_>) -> Operations {
    let listen = root.table("http", "[http]").and_then(|mut section| {
        let listen = section.setting("listen", "127.0.0.1:9464").and_then(|text| text.parse(listen));
        section.close();
        listen
    });
    let heartbeat = root.table("heartbeat", "[heartbeat]").and_then(|mut section| {
        let url = section.setting("url", "https://…").and_then(|text| text.parse(values::heartbeat));
        section.close();
        url
    });
    let log = root.table("log", "[log]").and_then(|mut section| {
        let format = section.setting("format", "text").and_then(|text| text.parse(format));
        section.close();
        format
    });
    Operations { listen, heartbeat, log: log.unwrap_or_default() }
}

fn listen(text: &str) -> Result<SocketAddr, String> {
    text.trim().parse().map_err(|_| format!("{} is not an address and port; write it as \"127.0.0.1:9464\"", quoted(text)))
}

fn format(text: &str) -> Result<LogFormat, String> {
    match text.trim() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("{} is not a format of the log; write \"text\" or \"json\"", quoted(text))),
    }
}
