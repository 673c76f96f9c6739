//! What the compiler does not check: arrows between folders run one way, migrations come in pairs, and every text that
//! the code names exists in German.

use std::collections::{BTreeMap, BTreeSet};

#[path = "support/source.rs"]
mod source;

use source::{Source, files, product, read, root, template_texts};

/// Who may use whom: each only those before it.
const ORDER: [&str; 23] = [
    "core",
    "config",
    "store",
    "queue",
    "crypto",
    "mail",
    "web",
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
    "routes",
    "worker",
    "app",
    "cli",
    "main",
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
const SHOWN: [(&str, &str, &str); 6] = [
    ("access", "policy", "the one table that every service asks"),
    ("access", "guard", "who is signed in, which every handler takes from the request"),
    ("incidents", "policy", "what an actor is to a case, for the table"),
    ("incidents", "status", "the status machine: values and rules, like a model"),
    ("incidents", "input", "what forms and JSON may say, typed once for pages and API"),
    ("audit", "export", "the trail as a file, which desk hands out behind the policy"),
];

/// Parts of a feature from the bottom up; those of one step do not use each other.
const STEPS: [&[&str]; 4] = [&["model"], &["store"], &["service"], &["pages", "api", "job"]];

/// Words before the first hyphen that make a literal a text's key.
const NOT_KEYS: [(&str, &str); 3] = [
    ("escalation-due", "a deadline's word in the case's row"),
    ("escalation-approve", "a deadline's word in the case's row"),
    ("escalation-acknowledge", "a deadline's word in the case's row"),
];

/// Keys that are put together at run time, with a `*` for what varies, and where.
const FAMILIES: [(&str, &str); 18] = [
    ("escalation-mail-*", "escalation::service::notify: a part of the mail"),
    ("web-error-*", "web::error: the kind of error and the part of the page"),
    ("access-mail-*-subject", "access::service::letters: the subject beside the text"),
    ("rsit-*", "incidents::model: a category of the taxonomy"),
    ("incident-class-*", "desk::words: a code of incidents::model"),
    ("incident-close-*", "desk::words: a code of incidents::model"),
    ("incident-flag-*", "desk::words: a code of incidents::model"),
    ("incident-impact-*", "desk::words: a code of incidents::model"),
    ("incident-inform-*", "desk::words: a code of incidents::model"),
    ("incident-observed-*", "desk::words: a code of incidents::model"),
    ("incident-part-*", "desk::words: a code of incidents::model"),
    ("incident-spread-*", "desk::words: a code of incidents::model"),
    ("incident-status-*", "desk::words: a code of incidents::model"),
    ("desk-deadline-*", "desk: what is due at a deadline"),
    ("desk-status-*", "desk: the button that changes a status"),
    ("desk-told-*", "desk::words: what a line of the timeline tells"),
    ("escalation-state-*", "desk: where a step stands"),
    ("escalation-mail-*", "escalation::service::notify: subject and body of each mail"),
];

fn in_family(key: &str, family: &str) -> bool {
    let (beginning, ending) = family.split_once('*').expect("a family has a star");
    key.strip_prefix(beginning).is_some_and(|rest| rest.len() > ending.len() && rest.ends_with(ending))
}

fn place(folder: &str) -> Option<usize> {
    ORDER.iter().position(|name| *name == folder)
}

fn step(part: Option<&String>) -> Option<usize> {
    part.and_then(|part| STEPS.iter().position(|parts| parts.contains(&part.as_str())))
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
    if here != there {
        let shown = part == "model" || part == "service";
        let shown = shown || SHOWN.iter().any(|(feature, shown, _)| feature == there && shown == part);
        let is_feature = FEATURES.contains(&here.as_str());
        let reaches_in = if is_feature { !shown } else { part == "store" };
        return reaches_in.then(|| format!("{here} reaches into {there}::{part}"));
    }
    let (mine, its) = (step(from.get(1)), step(to.get(1)));
    let same = from.get(1) == to.get(1);
    match (mine, its) {
        (Some(mine), Some(its)) if its >= mine && !same => Some(format!("{} may not use {part}", from[1])),
        (None, Some(3)) if from.len() > 1 => Some(format!("{} may not use {part}", from[1])),
        _ => None,
    }
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

fn report(what: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{what}:\n{}", faults.join("\n"));
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

#[test]
fn migrations_come_in_pairs_and_can_be_undone() {
    let named = |engine: &str| -> Vec<String> {
        let folder = format!("migrations/{engine}/");
        files(&folder, &["sql"]).iter().map(|path| path[folder.len()..].to_owned()).collect()
    };
    let names = named("sqlite");
    assert_eq!(names, named("postgres"), "the same changes on both engines");
    assert!(!names.is_empty() && names.len().is_multiple_of(2), "each has up.sql and down.sql: {names:?}");
    for pair in names.chunks(2) {
        let (name, _) = pair[0].split_once('/').expect("a folder");
        assert_eq!(pair, [format!("{name}/down.sql"), format!("{name}/up.sql")]);
        let (date, what) = name.split_once('_').expect("a date and a name");
        let form: Vec<_> = date.split('-').map(str::len).collect();
        assert_eq!(form, [4, 2, 2, 6], "{name}");
        assert!(what.contains('_'), "{name} says what it does to what");
        for engine in ["sqlite", "postgres"] {
            for file in pair {
                assert!(
                    !read(&format!("migrations/{engine}/{file}")).trim().is_empty(),
                    "{engine}/{file} is empty"
                );
            }
        }
    }
}

/// Every key of the German file with the lines that define it, and the keys that its texts refer to.
fn german() -> (BTreeMap<String, Vec<usize>>, BTreeSet<String>) {
    let file = read("src/core/i18n/de.ftl");
    let mut keys: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut referred = BTreeSet::new();
    for (number, line) in (1..).zip(file.lines()) {
        let starts = line.starts_with(|c: char| c.is_ascii_alphabetic());
        if let Some((key, _)) = line.split_once('=').filter(|_| starts) {
            keys.entry(key.trim().to_owned()).or_default().push(number);
        }
        referred.extend(
            line.split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}'))
                .map(|(inner, _)| inner.trim().to_owned()),
        );
    }
    (keys, referred)
}

/// Every literal in code and templates that is a text's key by its form, with where it stands.
fn named_keys(beginnings: &BTreeSet<&str>) -> BTreeMap<String, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_key = |text: &str| {
        let (beginning, rest) = text.split_once('-').unwrap_or_default();
        beginnings.contains(beginning)
            && rest.split('-').all(|part| !part.is_empty() && part.chars().all(plain))
            && NOT_KEYS.iter().all(|(not, _)| *not != text)
    };
    let mut named = BTreeMap::new();
    let mut note = |path: &str, line: usize, text: &str| {
        if is_key(text) {
            named.entry(text.to_owned()).or_insert_with(|| format!("{path}:{line}"));
        }
    };
    for source in product() {
        source.texts().for_each(|(line, text)| note(&source.path, line, text));
    }
    for path in files("src", &["html", "txt"]) {
        template_texts(&read(&path)).iter().for_each(|(line, text)| note(&path, *line, text));
    }
    named
}

#[test]
fn every_text_that_code_and_templates_name_exists_and_every_text_is_used() {
    let (german, referred) = german();
    let beginnings = german.keys().filter_map(|key| key.split('-').next()).collect();
    let named = named_keys(&beginnings);
    // Code names a family by its beginning and adds the rest.
    let is_family = |key: &str| FAMILIES.iter().any(|(family, _)| family.strip_suffix("-*") == Some(key));
    let absent: Vec<_> = named
        .iter()
        .filter(|(key, _)| !german.contains_key(*key) && !is_family(key))
        .map(|(key, at)| format!("{at}: {key}"))
        .collect();
    report("texts that src/core/i18n/de.ftl lacks (or that belong into FAMILIES or NOT_KEYS)", &absent);
    let in_some_family = |key: &str| FAMILIES.iter().any(|(family, _)| in_family(key, family));
    let unused: Vec<_> = german
        .keys()
        .filter(|key| !named.contains_key(*key) && !referred.contains(*key) && !in_some_family(key))
        .cloned()
        .collect();
    report("texts that nothing uses", &unused);
}

#[test]
fn every_family_of_texts_and_every_exception_is_still_needed() {
    let (german, _) = german();
    for (family, _) in FAMILIES {
        assert!(german.keys().any(|key| in_family(key, family)), "{family} has no text");
    }
    let literals: BTreeSet<_> = product()
        .iter()
        .flat_map(|source| source.texts().map(|(_, text)| text.to_owned()).collect::<Vec<_>>())
        .collect();
    for (exception, _) in NOT_KEYS {
        assert!(literals.contains(exception), "nothing says {exception}");
    }
}

#[test]
fn no_text_is_defined_twice() {
    let twice: Vec<_> = german().0.into_iter().filter(|(_, lines)| lines.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn literals_are_read_where_they_stand() {
    let source = Source::new(
        "src/x.rs",
        "// \"no\"\n/* \"no\" /* */ \"no\" */ f(\"a\\\"b\", r#\"c\"d\"#,\n b\"e\", '\"', \"f\")",
    );
    let texts: Vec<_> = source.texts().collect();
    assert_eq!(texts, [(2, "a\"b"), (2, "c\"d"), (3, "e"), (3, "f")]);
    let template = "<p title=\"no\">{{ sh.t(\"a-b\") }}</p>\n{% if x == \"c\" %}";
    assert_eq!(template_texts(template), [(1, "a-b".to_owned()), (2, "c".to_owned())]);
    assert!(root().join("Cargo.toml").exists());
}
