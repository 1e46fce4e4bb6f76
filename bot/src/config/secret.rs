//! Secrets: given themselves or as a file that holds them. None is ever repeated in a refusal, nor a path, in whose place one
//! may stand.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use secrecy::SecretString;

use vobiz_core::credentials;
use vobiz_core::settings::{Table, Text, reason};

/// Longer than any token: what is longer is another file.
const LONGEST: u64 = 4096;

/// What is wrong with a secret of some kind, without the secret.
pub(super) type Shape = fn(&str) -> Result<(), String>;

/// The secret `key` of a section, from the environment if that has it in either form, else from the file.
pub(super) fn read(section: &mut Table<'_>, key: &'static str, key_file: &'static str, shape: Shape) -> Option<SecretString> {
    let written = section.value(key).and_then(|value| value.text("…"));
    let written_file = section.value(key_file).and_then(|value| value.text("token.txt"));
    let from_env = either(section.variable(key), section.variable(key_file));
    let from_file = either(written, written_file);
    from_env.or(from_file)?.read(section, shape)
}

enum Given<'a> {
    Itself(Text<'a>),
    InFile(Text<'a>),
    Twice,
}

fn either<'a>(secret: Option<Text<'a>>, file: Option<Text<'a>>) -> Option<Given<'a>> {
    match (secret, file) {
        (Some(secret), Some(file)) => {
            file.refuse::<()>(&format!("and {} are both set; keep one of them", secret.name));
            Some(Given::Twice)
        }
        (Some(secret), None) => Some(Given::Itself(secret)),
        (None, file) => file.map(Given::InFile),
    }
}

impl Given<'_> {
    fn read(self, section: &Table<'_>, shape: Shape) -> Option<SecretString> {
        match self {
            Self::Twice => None,
            Self::Itself(secret) => {
                let file = section.reader.source.filter(|_| secret.at.is_some());
                if let Some(warning) = file.and_then(|file| credentials::readable_by_others(Path::new(file.name()))) {
                    tracing::warn!("this configuration holds a token, and {warning}");
                }
                secret.parse(|text| check(text, shape))
            }
            Self::InFile(file) => {
                let (folder, start) = match (file.at, section.reader.source) {
                    (Some(_), Some(source)) => (source.folder.as_path(), "this file's folder"),
                    _ => (Path::new(""), "the working directory"),
                };
                file.parse(|path| {
                    let path = folder.join(path);
                    let text = read_file(&path).map_err(|why| {
                        format!(
                            "names a file that {why}; write the path, from {start}, of one that holds the token and nothing else"
                        )
                    })?;
                    let secret = check(&text, shape).map_err(|why| format!("names a file whose text {why}"))?;
                    if let Some(warning) = credentials::readable_by_others(&path) {
                        tracing::warn!("{warning}");
                    }
                    Ok(secret)
                })
            }
        }
    }
}

/// The text of a file.
fn read_file(path: &Path) -> Result<String, String> {
    let mut text = String::new();
    let file = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text));
    file.map_err(|error| format!("cannot be read ({})", reason(&error)))?;
    if text.len() as u64 > LONGEST { Err(format!("is longer than {LONGEST} bytes")) } else { Ok(text) }
}

/// A secret of the right shape. What surrounds it is dropped, as the core does.
fn check(text: &str, shape: Shape) -> Result<SecretString, String> {
    let secret = credentials::clean(text).map_err(|error| error.to_string())?;
    shape(secret)?;
    Ok(secret.to_owned().into())
}
