//! The file: its text, the places in it, and the folder its paths start from.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::error::SettingsError;

/// Larger than any configuration: what is larger is another file, or has no end.
const LARGEST: u64 = 16 << 20;

/// A configuration file that was read.
pub struct Source {
    /// Its path as it was given, for messages.
    name: String,
    /// Where relative paths in it start.
    pub folder: PathBuf,
    text: String,
    /// Offsets of the line breaks: a file with much to put right has many places.
    breaks: Vec<usize>,
}

impl Source {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is not UTF-8.
    pub fn read(file: &Path) -> Result<Self, SettingsError> {
        let name = file.display();
        let mut bytes = Vec::new();
        let read = File::open(file).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
        read.map_err(|error| {
            format!("{name}: the configuration cannot be read ({}); give an existing file with --config", reason(&error))
        })?;
        if bytes.len() as u64 > LARGEST {
            return Err(
                format!("{name}: the file is larger than 16 MiB, which no configuration is; give another with --config").into()
            );
        }
        Self::new(file, bytes)
    }

    /// Takes the bytes of a file.
    ///
    /// # Errors
    ///
    /// They are not UTF-8.
    pub fn new(file: &Path, bytes: Vec<u8>) -> Result<Self, SettingsError> {
        let name = file.display().to_string();
        let text = String::from_utf8(bytes).map_err(|error| {
            let line = line_of(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
            format!("{name}:{line}: the file is not UTF-8 from here on; save it as UTF-8")
        })?;
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        let breaks = text.bytes().enumerate().filter_map(|(at, byte)| (byte == b'\n').then_some(at)).collect();
        Ok(Self { name, folder: file.parent().unwrap_or(Path::new("")).to_path_buf(), text, breaks })
    }

    /// The document, or where and why it is not TOML: never the line itself, which may hold a token.
    pub fn parse(&self) -> Result<DeTable<'_>, SettingsError> {
        let document = DeTable::parse(&self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start).min(self.text.len());
            let start = self.text.as_bytes()[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
            // Counted in characters, as editors do; an offset inside of one still counts.
            let column = String::from_utf8_lossy(&self.text.as_bytes()[start..at]).chars().count() + 1;
            format!(
                "{}:{column}: this is not TOML: {}; see that text is in quotes and no key is there twice",
                self.place(at),
                error.message()
            )
        })?;
        Ok(document.into_inner())
    }

    /// `FILE:LINE` of an offset.
    pub fn place(&self, at: usize) -> String {
        format!("{}:{}", self.name, self.breaks.partition_point(|newline| *newline < at) + 1)
    }

    /// Its path as it was given.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Why a file could not be read, in the form of a shell.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        kind => kind.to_string(),
    }
}

fn line_of(before: &[u8]) -> usize {
    before.split(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_file_without_an_end_is_refused() {
        let refused = Source::read(Path::new("/dev/zero")).err().map(|error| error.to_string());
        let expected = "/dev/zero: the file is larger than 16 MiB, which no configuration is; give another with --config";
        assert_eq!(refused.as_deref(), Some(expected));
    }

    #[test]
    fn a_place_is_the_line_of_its_offset() {
        let source = Source::new(Path::new("a.toml"), b"one\ntwo\n\nfour".to_vec()).unwrap();
        for (at, line) in [(0, 1), (3, 1), (4, 2), (7, 2), (8, 3), (9, 4), (12, 4), (99, 4)] {
            assert_eq!(source.place(at), format!("a.toml:{line}"), "{at}");
        }
    }
}
