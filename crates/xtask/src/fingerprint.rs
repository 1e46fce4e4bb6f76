//! What something was made from, as one number: the same number, nothing to make again.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

use anyhow::{Context as _, Result};

/// Fingerprint of the contents and names of files and of whole folders, given relative to `root`. Contents, not times:
/// a switched branch or a fresh checkout changes times alone.
pub(crate) fn of(root: &Path, inputs: &[&str]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for input in inputs {
        add(&mut hasher, &root.join(input))?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn add(hasher: &mut DefaultHasher, path: &Path) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let written_by_tools = name.starts_with('.') || name == "__pycache__" || name.ends_with(".so");
    if written_by_tools {
        return Ok(());
    }
    name.hash(hasher);
    let read = || format!("cannot read {}", path.display());
    if path.is_dir() {
        let mut entries = fs::read_dir(path).with_context(read)?.collect::<Result<Vec<_>, _>>().with_context(read)?;
        entries.sort_by_key(fs::DirEntry::file_name);
        entries.iter().try_for_each(|entry| add(hasher, &entry.path()))?;
        "..".hash(hasher); // a file that moves to the folder above is a change
        Ok(())
    } else {
        fs::read(path).with_context(read)?.hash(hasher);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_and_names_count_and_what_tools_write_does_not() {
        let root = std::env::temp_dir().join(format!("xtask-fingerprint-{}", std::process::id()));
        fs::create_dir_all(root.join("src")).unwrap();
        fs::write(root.join("src/a"), "1").unwrap();
        let first = of(&root, &["src"]).unwrap();

        fs::write(root.join("src/a"), "1").unwrap();
        assert_eq!(of(&root, &["src"]).unwrap(), first, "written again");
        fs::create_dir(root.join("src/__pycache__")).unwrap();
        fs::write(root.join("src/.cache"), "x").unwrap();
        assert_eq!(of(&root, &["src"]).unwrap(), first, "caches");
        fs::write(root.join("src/a"), "2").unwrap();
        let second = of(&root, &["src"]).unwrap();
        assert_ne!(second, first, "other contents");
        fs::rename(root.join("src/a"), root.join("src/b")).unwrap();
        assert_ne!(of(&root, &["src"]).unwrap(), second, "another name");
        assert!(of(&root, &["gone"]).unwrap_err().to_string().starts_with("cannot read"));

        fs::remove_dir_all(root).unwrap();
    }
}
