//! Credentials as people put them into variables, files and arguments: one reader for all of them.

use std::fmt;
use std::path::Path;

use secrecy::SecretString;

/// What is wrong with a credential. Holds nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialError {
    /// Nothing but blanks.
    Empty,
    /// Written in quotes.
    Quoted,
    /// Written as `NAME=value` or `export NAME=value`.
    Assignment,
    /// Has a blank, a line break or another control character inside.
    Blank,
}

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "is empty; put the value there",
            Self::Quoted => "is written in quotes; write the value alone, without them",
            Self::Assignment => "is written as NAME=value; write the value alone",
            Self::Blank => "has a blank, a line break or a control character inside; write the value alone, on one line",
        })
    }
}

impl std::error::Error for CredentialError {}

/// Reads a credential: surrounding blanks, line ends and a byte-order mark are dropped; quotes, `NAME=value` and blanks
/// inside are refused.
///
/// # Errors
///
/// What is wrong with it and how to write it, without the value.
///
/// ```
/// use vobiz_core::credentials;
/// assert_eq!(credentials::clean("\u{feff}a-token\r\n")?, "a-token");
/// assert!(credentials::clean("VOBIZ_AUTH_TOKEN=a-token").is_err());
/// # Ok::<(), credentials::CredentialError>(())
/// ```
pub fn clean(text: &str) -> Result<&str, CredentialError> {
    let value = text.trim_matches(|sign: char| sign.is_whitespace() || sign == '\u{feff}' || sign == '\0');
    if value.is_empty() {
        return Err(CredentialError::Empty);
    }
    if value.starts_with(['"', '\'', '`', '“', '‘']) || value.ends_with(['"', '\'', '`', '”', '’']) {
        return Err(CredentialError::Quoted);
    }
    if is_assignment(value) {
        return Err(CredentialError::Assignment);
    }
    if value.chars().any(|sign| sign.is_whitespace() || sign.is_control() || sign == '\u{feff}') {
        return Err(CredentialError::Blank);
    }
    Ok(value)
}

/// `NAME=value`, as environment files have it. Base64 ends in `=` and has nothing behind it.
fn is_assignment(value: &str) -> bool {
    let value = value.strip_prefix("export ").map_or(value, str::trim_start);
    let Some((name, rest)) = value.split_once('=') else { return false };
    let name = name.trim_end();
    let is_name = name.starts_with(|sign: char| sign.is_ascii_uppercase() || sign == '_')
        && name.bytes().all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit() || sign == b'_');
    let is_known = ["token", "auth_token", "auth_id", "vobiz_auth_token", "vobiz_auth_id"].contains(&&*name.to_lowercase());
    (is_name || is_known) && !rest.trim_start_matches('=').is_empty()
}

/// A secret from a file, and a warning about the file.
#[derive(Debug)]
#[non_exhaustive]
pub struct SecretFile {
    /// The secret.
    pub secret: SecretString,
    /// Why others could read the file, in words to show; `None` where they cannot, or on a system that does not tell.
    pub warning: Option<String>,
}

/// Reads a file that holds one credential and nothing else; see [`clean`].
///
/// # Errors
///
/// The path and what is wrong with it, without anything of the content.
pub fn read_file(path: &Path) -> Result<SecretFile, String> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("cannot read {shown}: {}", error.kind()))?;
    let text = text(&bytes).ok_or_else(|| format!("{shown} is not text; put the value alone into it, as UTF-8"))?;
    let secret = clean(&text).map_err(|error| format!("the value in {shown} {error}"))?.to_owned().into();
    Ok(SecretFile { secret, warning: readable_by_others(path) })
}

/// UTF-8, or UTF-16 as Windows' editors write it.
fn text(bytes: &[u8]) -> Option<String> {
    let units = |unit: fn([u8; 2]) -> u16| bytes[2..].chunks(2).map(|pair| Some(unit(pair.try_into().ok()?))).collect();
    let units: Option<Vec<u16>> = match bytes {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        _ => return String::from_utf8(bytes.to_vec()).ok(),
    };
    String::from_utf16(&units?).ok()
}

/// Why others than its owner can read a file, in words to show, where the system tells.
pub fn readable_by_others(path: &Path) -> Option<String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
        (mode & 0o077 != 0)
            .then(|| format!("{} can be read or changed by others (mode {mode:04o}); run: chmod 600 {0}", path.display()))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn what_surrounds_a_credential_is_dropped() {
        for text in ["token", " token\n", "\u{feff}token", "\r\ntoken\r\n\r\n", "\ttoken \u{feff}\0"] {
            assert_eq!(clean(text), Ok("token"), "{text:?}");
        }
        for whole in ["abc==", "a=b", "eyJ=.x", "p@ss'word", "tøken", "AbC=d"] {
            assert_eq!(clean(whole), Ok(whole));
        }
    }

    #[test]
    fn what_is_more_than_a_credential_is_refused_with_words() {
        for (text, error) in [
            ("", CredentialError::Empty),
            (" \u{feff}\n", CredentialError::Empty),
            ("\"token\"", CredentialError::Quoted),
            ("'token'", CredentialError::Quoted),
            ("“token”", CredentialError::Quoted),
            ("token\"", CredentialError::Quoted),
            ("VOBIZ_AUTH_TOKEN=token", CredentialError::Assignment),
            ("export VOBIZ_AUTH_TOKEN=token", CredentialError::Assignment),
            ("TOKEN = token", CredentialError::Assignment),
            ("auth_token=token", CredentialError::Assignment),
            ("VOBIZ_AUTH_TOKEN=\"token\"", CredentialError::Quoted),
            ("to ken", CredentialError::Blank),
            ("PA_X\ntoken", CredentialError::Blank),
            ("to\u{0}ken", CredentialError::Blank),
        ] {
            assert_eq!(clean(text), Err(error), "{text:?}");
            assert!(!error.to_string().contains("token"));
        }
    }

    #[test]
    fn a_file_is_read_as_editors_write_it_and_its_path_is_named_where_it_cannot_be() {
        let folder = std::env::temp_dir().join(format!("vobiz-credentials-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("token");
        let wide: Vec<u8> = "\u{feff}token\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [&b"\xef\xbb\xbftoken\r\n"[..], b"token", &wide] {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(read_file(&path).unwrap().secret.expose_secret(), "token");
        }
        std::fs::write(&path, "'SECRET'").unwrap();
        let error = read_file(&path).unwrap_err();
        assert!(error.contains("token is written in quotes") && !error.contains("SECRET"), "{error}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            for (mode, is_open) in [(0o600, false), (0o400, false), (0o644, true), (0o660, true)] {
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
                assert_eq!(readable_by_others(&path).is_some(), is_open, "{mode:o}");
            }
        }
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(read_file(&path).unwrap_err().contains("cannot read"));
    }
}
