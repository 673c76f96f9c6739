//! Arrows between folders, features and the parts of a feature run one way.

use std::collections::BTreeSet;

use super::report;
use super::source::{Source, product};

/// Who may use whom: each only those before it. What all build on, the features, and what puts them together.
const ORDER: [&[&str]; 3] = [
    &["core", "config", "store", "queue", "crypto", "mail", "web"],
    &FEATURES,
    &["routes", "worker", "app", "cli", "main"],
];

const FEATURES: [&str; 11] = [
    "audit",
    "access",
    "directory",
    "incidents",
    "correspondence",
    "duties",
    "escalation",
    "advisories",
    "situation",
    "exchange",
    "desk",
];

/// What a feature shows to later features beside its model and its service, and why.
const SHOWN: [(&str, &str, &str); 19] = [
    ("incidents", "fanout", "questions to all whom a provider serves: its model and its service"),
    ("incidents", "similar", "what other cases look alike: its model and its service"),
    (
        "incidents",
        "observables",
        "observables of cases, a feature inside the feature: its model and its service",
    ),
    ("access", "policy", "the one table that every service asks"),
    ("access", "guard", "who is signed in, which every handler takes from the request"),
    ("incidents", "policy", "what an actor is to a case, for the table"),
    ("incidents", "status", "the status machine: values and rules, like a model"),
    ("incidents", "evidence", "files of cases, a feature inside the feature: its model and its service"),
    ("incidents", "input", "what forms and JSON may say, typed once for pages and API"),
    ("incidents", "tasks", "tasks of cases, a feature inside the feature: its model and its service"),
    ("incidents", "guide", "the drafts of reports, another one, which the start page lists"),
    (
        "incidents",
        "worklist",
        "how the team works through its queue, which desk shows: its model and its service",
    ),
    ("incidents", "timeline", "lines kept on top and calls to a case: its model and its service"),
    ("incidents", "importing", "cases that came from elsewhere: its model and its service"),
    ("incidents", "dossier", "a whole case as an archive: its model and its service"),
    (
        "correspondence",
        "seals",
        "what a mail's signatures are worth, as lines of a timeline keep it: a model with its words",
    ),
    ("correspondence", "threads", "what is written with third parties: its model and its service"),
    ("audit", "trail", "a row and its hash, which the check of a case's archive computes again"),
    ("audit", "export", "the trail as a file, which desk hands out behind the policy"),
];

/// Parts of a feature from the bottom up; those of one step do not use each other.
const STEPS: [&[&str]; 4] = [&["model"], &["store"], &["service"], &["pages", "api", "job"]];

fn place(folder: &str) -> Option<usize> {
    ORDER.iter().copied().flatten().position(|name| *name == folder)
}

fn step(part: Option<&String>) -> Option<usize> {
    part.and_then(|part| STEPS.iter().position(|parts| parts.contains(&part.as_str())))
}

/// Whether the path leads into a feature inside a feature: a folder with a service of its own.
fn is_inner(path: &[String], modules: &BTreeSet<Vec<String>>) -> bool {
    path.get(..2).is_some_and(|inner| modules.contains(&[inner, &["service".to_owned()]].concat()))
}

/// What is wrong with an arrow between two parts of one feature; the parts stand at `at` in both paths.
fn backwards(from: &[String], to: &[String], at: usize) -> Option<String> {
    let (mine, its) = (from.get(at), to.get(at));
    let part = its?;
    match (step(mine), step(its)) {
        (Some(low), Some(high)) if high >= low && mine != its => {
            Some(format!("{} may not use {part}", mine?))
        }
        (None, Some(3)) => Some(format!("{} may not use {part}", mine?)),
        _ => None,
    }
}

/// What is wrong with one arrow from a module to a path of the crate.
fn wrong(from: &[String], to: &[String], modules: &BTreeSet<Vec<String>>) -> Option<String> {
    let (here, there) = (from.first()?, to.first()?);
    let Some(below) = place(there) else {
        let is_module = modules.contains(&to[..1]);
        return is_module.then(|| format!("{there} has no place in the order of folders"));
    };
    let Some(above) = place(here) else {
        return Some(format!("{here} has no place in the order of folders"));
    };
    if below > above {
        return Some(format!("{here} comes before {there} and may not use it"));
    }
    if !FEATURES.contains(&there.as_str()) || !modules.contains(to.get(..2)?) {
        return None;
    }
    let part = &to[1];
    let is_feature = FEATURES.contains(&here.as_str());
    if is_inner(to, modules) {
        if here == there && from.get(1) == Some(part) {
            return backwards(from, to, 2);
        }
        if let Some(its) = to.get(2).filter(|_| modules.contains(&to[..3])) {
            let reaches_in = if is_feature { its != "model" && its != "service" } else { its == "store" };
            if reaches_in {
                return Some(format!("{here} reaches into {there}::{part}::{its}"));
            }
        }
    }
    if here != there {
        let shown = part == "model" || part == "service";
        let shown = shown || SHOWN.iter().any(|(feature, shown, _)| feature == there && shown == part);
        let reaches_in = if is_feature { !shown } else { part == "store" };
        return reaches_in.then(|| format!("{here} reaches into {there}::{part}"));
    }
    backwards(from, to, 1)
}

fn faults(sources: &[Source]) -> Vec<String> {
    let mut modules = BTreeSet::new();
    for source in sources {
        let module = source.module();
        modules.extend((1..=module.len()).map(|length| module[..length].to_vec()));
    }
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| source.path != "src/lib.rs") {
        for (line, path) in source.paths() {
            if let Some(fault) = wrong(&source.module(), &path, &modules) {
                faults.push(format!("{}:{line}: {fault}", source.path));
            }
        }
    }
    faults
}

#[test]
fn every_arrow_runs_one_way() {
    report("arrows that run back", &faults(&product()));
}

#[test]
fn an_arrow_that_runs_back_is_found() {
    let planted = [
        ("src/mail/outbox.rs", "use crate::{core::ids, directory::service::{lookup, other}};", "directory"),
        ("src/incidents/service.rs", "fn f() { crate::directory::store::list(); }", "directory::store"),
        ("src/incidents/service/file.rs", "use super::super::pages::List;", "service may not use pages"),
        ("src/incidents/store.rs", "use super::{model::Incident, service};", "store may not use service"),
        ("src/incidents/api.rs", "use crate::incidents::pages::form;", "api may not use pages"),
        ("src/incidents/fileable.rs", "use super::pages;", "fileable may not use pages"),
        ("src/worker.rs", "use crate::directory::store;", "worker reaches into directory::store"),
        ("src/incidents/guide/service.rs", "use super::pages;", "service may not use pages"),
        (
            "src/incidents/guide/store.rs",
            "use crate::incidents::guide::service;",
            "store may not use service",
        ),
        ("src/incidents/guide/words.rs", "use super::pages::Page;", "words may not use pages"),
        (
            "src/incidents/api.rs",
            "use super::guide::store::Row;",
            "incidents reaches into incidents::guide::store",
        ),
        ("src/desk/start.rs", "use crate::incidents::guide::store;", "reaches into incidents::guide::store"),
        ("src/desk/queue.rs", "use crate::incidents::guide::pages;", "reaches into incidents::guide::pages"),
        ("src/app.rs", "use crate::incidents::guide::store;", "app reaches into incidents::guide::store"),
        ("src/somewhere/mod.rs", "use crate::core::ids;", "somewhere has no place"),
    ];
    let quiet = [
        (
            "src/core/ids.rs",
            "// use crate::store;\nconst X: &str = \"crate::store\"; #[cfg(test)] mod tests { use crate::cli; }",
        ),
        (
            "src/directory/service.rs",
            "use crate::core::ids; use super::{model, store}; use crate::access::policy::Action;",
        ),
        (
            "src/directory/store.rs",
            "use crate::directory::model::Kind; use crate::store::{Tx, each_backend};",
        ),
        ("src/directory/model.rs", "pub struct Kind; use self::keys; use crate::directory::Shown;"),
        (
            "src/incidents/pages.rs",
            "use crate::directory::{model::Kind, service as directory}; use super::service;",
        ),
        (
            "src/directory/pages.rs",
            "use super::service; fn f<'a>(x: &'a str) { x.split('\\''); x.split('\"'); }",
        ),
        ("src/access/policy.rs", "use crate::core::actor;"),
        ("src/access/mod.rs", "pub mod policy;"),
        ("src/store/mod.rs", "use crate::core::env;"),
        ("src/incidents/model.rs", ""),
        (
            "src/incidents/guide/pages.rs",
            "use super::{model, service, store}; use crate::incidents::service as all;",
        ),
        ("src/incidents/guide/model.rs", "use crate::incidents::model::Kind;"),
        ("src/desk/pages.rs", "use crate::incidents::guide::{model::Draft, service as guide};"),
        ("src/routes.rs", "use crate::incidents::guide::pages;"),
    ];
    let mut sources: Vec<_> = quiet.iter().map(|(path, text)| Source::new(path, text)).collect();
    report("arrows that are allowed", &faults(&sources));
    sources.extend(planted.iter().map(|(path, text, _)| Source::new(path, text)));
    let found = faults(&sources);
    for (path, _, expected) in planted {
        assert!(
            found.iter().any(|fault| fault.starts_with(path) && fault.contains(expected)),
            "{path}: {found:#?}"
        );
    }
}
