//! The files of the tree, for tests that read it.

#![allow(dead_code, reason = "each suite uses its part")]
#![allow(clippy::expect_used, reason = "a tree that cannot be read fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold nothing that is written by hand.
const LEFT_OUT: [&str; 8] = ["target", ".git", "corpus", "__pycache__", "node_modules", "artifacts", "build", "dist"];

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().expect("the suites are in the workspace").to_owned()
}

/// Every file below `folder` of the workspace whose name ends in one of `endings`, as a path from the root, in order.
pub(crate) fn files(folder: &str, endings: &[&str]) -> Vec<String> {
    let root = root();
    let mut found = Vec::new();
    collect(&root.join(folder), &mut |path| {
        let path = path.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/");
        if endings.iter().any(|ending| path.ends_with(ending)) {
            found.push(path);
        }
    });
    found.sort();
    found
}

fn collect(folder: &Path, take: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).expect("a folder that can be read") {
        let path = entry.expect("a folder that can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_hidden = name.starts_with('.') && name != ".ci";
        if is_hidden || LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() { collect(&path, take) } else { take(&path) }
    }
}

/// The text of a file of the tree.
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
