//! Which file of a crate uses what of which other.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Source;
use crate::tree;

/// The files of one crate and the imports between them.
pub(crate) struct Crate {
    /// By module path: the file and what it names.
    modules: BTreeMap<Vec<String>, (String, Source)>,
}

impl Crate {
    /// Reads the crate in `folder`, its tests left out.
    pub(crate) fn read(folder: &str) -> Self {
        let mut modules = BTreeMap::new();
        for file in tree::files(&format!("{folder}/src"), &[".rs"]) {
            let path = module_path(&file[folder.len() + "/src/".len()..]);
            let is_test = path.iter().any(|name| name == "tests" || name.ends_with("_tests"));
            if !is_test {
                modules.insert(path, (file.clone(), Source::read(&tree::text(&file))));
            }
        }
        Self { modules }
    }

    /// Every import between two files. What a file takes from the module that it is part of is not one: a module may be
    /// written in several files.
    pub(crate) fn arrows(&self) -> BTreeSet<(String, String)> {
        let mut arrows = BTreeSet::new();
        for (module, (file, source)) in &self.modules {
            for path in &source.paths {
                let Some(target) = self.resolve(module, path, 0) else { continue };
                if target != module && !module.starts_with(target) {
                    arrows.insert((file.clone(), self.modules[target].0.clone()));
                }
            }
        }
        arrows
    }

    /// The module in whose file that is defined which `path` names, seen from `module`.
    fn resolve<'a>(&'a self, module: &[String], path: &[String], depth: usize) -> Option<&'a Vec<String>> {
        let (first, rest) = path.split_first()?;
        let mut place = match first.as_str() {
            "crate" => Vec::new(),
            "self" => module.to_vec(),
            "super" => module.split_last()?.1.to_vec(),
            name if self.modules.get(module)?.1.modules.iter().any(|own| own == name) => {
                let mut place = module.to_vec();
                place.push(name.to_owned());
                place
            }
            _ => return None,
        };
        let mut rest = rest;
        while let Some((name, after)) = rest.split_first() {
            if name == "super" {
                place.pop()?;
            } else if self.modules.contains_key(&[place.as_slice(), std::slice::from_ref(name)].concat()) {
                place.push(name.clone());
            } else {
                return self.definition(&place, name, depth);
            }
            rest = after;
        }
        self.modules.get_key_value(&place).map(|(module, _)| module)
    }

    /// The module that defines `name`, where `module` does so or hands it on.
    fn definition<'a>(&'a self, module: &[String], name: &str, depth: usize) -> Option<&'a Vec<String>> {
        let (module, (_, source)) = self.modules.get_key_value(module)?;
        if depth > 8 || source.items.iter().any(|item| item == name) {
            return Some(module);
        }
        if let Some(path) = source.names.get(name) {
            return self.resolve(module, path, depth + 1).or(Some(module));
        }
        let handed_on = source.globs.iter().filter_map(|path| self.resolve(module, path, depth + 1));
        let mut defining = handed_on.filter(|other| self.modules[*other].1.items.iter().any(|item| item == name));
        defining.next().or(Some(module))
    }
}

/// The module of a file, seen from `src`.
fn module_path(file: &str) -> Vec<String> {
    let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
    let is_root = matches!(path, "lib" | "main" | "mod");
    if is_root { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

/// The groups of files that import each other, directly or around.
pub(crate) fn circles(arrows: &BTreeSet<(String, String)>) -> Vec<Vec<String>> {
    let files: BTreeSet<&String> = arrows.iter().flat_map(|(from, to)| [from, to]).collect();
    let reached: BTreeMap<&String, BTreeSet<&String>> = files.iter().map(|file| (*file, reach(arrows, file))).collect();
    let mut circles: Vec<Vec<String>> = Vec::new();
    for file in files {
        let circle: Vec<String> =
            reached[file].iter().filter(|other| reached[**other].contains(file)).map(|other| (*other).clone()).collect();
        if !circle.is_empty() && !circles.contains(&circle) {
            circles.push(circle);
        }
    }
    circles
}

/// The files that can be come to from `start` along arrows.
fn reach<'a>(arrows: &'a BTreeSet<(String, String)>, start: &String) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(file) = open.pop() {
        for (_, to) in arrows.iter().filter(|(from, _)| from == file) {
            if reached.insert(to) {
                open.push(to);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{circles, module_path};

    fn arrows(pairs: &[(&str, &str)]) -> BTreeSet<(String, String)> {
        pairs.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
    }

    #[test]
    fn a_circle_is_found_whatever_its_length() {
        assert!(circles(&arrows(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
        assert_eq!(circles(&arrows(&[("a", "b"), ("b", "c"), ("c", "b")])), [["b", "c"]]);
        assert_eq!(circles(&arrows(&[("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")])), [["a", "b", "c"]]);
    }

    #[test]
    fn a_file_has_the_path_of_its_module() {
        assert_eq!(module_path("a/b.rs"), ["a", "b"]);
        assert_eq!(module_path("a/mod.rs"), ["a"]);
        assert!(module_path("lib.rs").is_empty());
    }
}
