//! The notifications of a monitor, and their file.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Utc};

/// What a notification does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Fire,
    Escalate,
    Resolve,
}

impl Kind {
    pub(super) fn is_ring(self) -> bool {
        self != Self::Resolve
    }

    fn name(self) -> &'static str {
        match self {
            Self::Fire => "fire",
            Self::Escalate => "escalate",
            Self::Resolve => "resolve",
        }
    }
}

/// One notification.
#[derive(Debug, Clone)]
pub(super) struct Note {
    pub(super) at: DateTime<Utc>,
    pub(super) wallet: usize,
    pub(super) kind: Kind,
    pub(super) severity: &'static str,
    pub(super) rule: String,
}

/// Writes notifications as the scorer of the shared definitions reads them.
pub(super) fn write(notes: &[Note], ids: &[String], path: &Path) -> Result<()> {
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record(["at", "auth_id", "kind", "severity", "rule"])?;
    for note in notes {
        let id = ids.get(note.wallet).context("a notification of no wallet")?;
        csv.write_record([&note.at.to_rfc3339(), id, note.kind.name(), note.severity, &note.rule])?;
    }
    Ok(csv.flush()?)
}

/// Reads notifications; falls are silent and left out.
pub(super) fn read(path: &Path, ids: &HashMap<String, usize>) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    let mut csv = csv::Reader::from_path(path)?;
    for row in csv.deserialize() {
        let row: HashMap<String, String> = row?;
        let cell = |name: &str| row.get(name).map(String::as_str).with_context(|| format!("no column {name}"));
        let kind = match cell("kind")? {
            "fire" => Kind::Fire,
            "escalate" => Kind::Escalate,
            "resolve" => Kind::Resolve,
            "fall" => continue,
            other => bail!("{other:?} is no kind of notification"),
        };
        notes.push(Note {
            at: cell("at")?.parse().context("at is no instant")?,
            wallet: *ids.get(cell("auth_id")?).context("a notification of an unknown wallet")?,
            kind,
            severity: if cell("severity")? == "critical" { "critical" } else { "warning" },
            rule: cell("rule")?.to_owned(),
        });
    }
    Ok(notes)
}
