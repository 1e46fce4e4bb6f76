//! Settings from a TOML file and the environment, refused with the line and what to write instead.
//!
//! A [`Source`] is the text of a file, a [`Reader`] collects what is wrong with it, and a [`Table`] is read key by key, which
//! tells the keys that nobody asked for. [`Policy::from_toml`](crate::alert::Policy::from_toml) reads rules so; whole
//! programs read their other sections by the same means. A refusal holds no value of a secret and no line of the file.

mod error;
mod reader;
mod source;
pub mod values;

pub use error::SettingsError;
pub use reader::{Env, Reader, Table, Text, Value};
pub use source::{Source, reason};
