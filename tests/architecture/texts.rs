//! Every text that code and templates name exists in German, once, and every one that exists is used.

use std::collections::{BTreeMap, BTreeSet};

use super::report;
use super::source::{Source, files, product, read, template_texts};

/// Words before the first hyphen that make a literal a text's key.
const NOT_KEYS: [(&str, &str); 4] = [
    ("mail-in", "a command, and the actor of what mails set off"),
    ("escalation-due", "a deadline's word in the case's row"),
    ("escalation-approve", "a deadline's word in the case's row"),
    ("escalation-acknowledge", "a deadline's word in the case's row"),
];

/// Literals in the form of an action (`feature.verb`) that are none.
const NOT_ACTIONS: [(&str, &str); 18] = [
    ("case.json", "a member of a case's archive"),
    ("audit.jsonl", "a member of a case's archive"),
    ("manifest.json", "a member of a case's archive"),
    ("manifest.sig", "a member of a case's archive"),
    ("access.json", "a file of the demonstration"),
    ("access.reset", "the part of the product that sends links for passwords"),
    ("audit.sequencer", "a lease"),
    ("de.ftl", "the German texts"),
    ("evidence.folder", "a setting"),
    ("log.pub", "a key's file"),
    ("mail.eml", "the name of a mail as a file"),
    ("mail.from", "a setting"),
    ("words.txt", "a list of words"),
    ("meldekette.db", "a file of the demonstration"),
    ("server.public_url", "a setting"),
    ("openpgp.asc", "a key's file"),
    ("smime.pem", "a key's file"),
    ("thueringencert.example", "a domain of the demonstration"),
];

/// Keys that are put together at run time, with a `*` for what varies, and where.
const FAMILIES: [(&str, &str); 59] = [
    ("duty-content-*", "duties::sheet: what a report says"),
    ("duty-sector-*", "duties::pages: what an organisation runs"),
    ("thread-kind-*", "correspondence::threads: what a counterpart is"),
    ("thread-mail-*", "correspondence::threads: where a mail stands"),
    ("correspondence-seal-*", "correspondence::seals: what a layer is worth"),
    ("timeline-group-*", "incidents::timeline: what kind of line it is"),
    ("timeline-reader-*", "incidents::timeline: who reads a line"),
    ("desk-why-class-*", "desk::incident::team: why answers suggest it"),
    ("desk-why-category-*", "desk::incident::team: why answers suggest it"),
    ("desk-why-impact-*", "desk::incident::team: why answers suggest it"),
    ("desk-why-spread-*", "desk::incident::team: why answers suggest it"),
    ("observable-kind-*", "incidents::observables: a code of its model"),
    ("observable-harmless-*", "incidents::observables: a code of its model"),
    ("observable-source-*", "incidents::observables: where a text of a case stands"),
    ("web-error-*", "web::error: the kind of error and the part of the page"),
    ("access-mail-*-subject", "access::service::letters: the subject beside the text"),
    ("rsit-*", "incidents::model: a category of the taxonomy"),
    ("evidence-custody-*", "incidents::evidence: a line of the chain of custody"),
    ("incident-class-*", "desk::words: a code of incidents::model"),
    ("incident-close-*", "desk::words: a code of incidents::model"),
    ("incident-flag-*", "desk::words: a code of incidents::model"),
    ("incident-impact-*", "desk::words: a code of incidents::model"),
    ("incident-inform-*", "desk::words: a code of incidents::model"),
    ("incident-nature-*", "incidents::pages: a code of incidents::model"),
    ("incident-stated-*", "desk::words: a code of incidents::model"),
    ("incident-observed-*", "desk::words: a code of incidents::model"),
    ("incident-part-*", "desk::words: a code of incidents::model"),
    ("incident-spread-*", "desk::words: a code of incidents::model"),
    ("incident-status-*", "desk::words: a code of incidents::model"),
    ("guide-question-*", "incidents::guide: a step"),
    ("guide-lead-*", "incidents::guide: a step"),
    ("guide-ask-*", "incidents::guide: a field"),
    ("guide-hint-*", "incidents::guide: a field"),
    ("guide-short-*", "incidents::guide: a field"),
    ("guide-answer-*", "incidents::guide: a field and a code"),
    ("guide-measure-*", "incidents::guide: what helps at once"),
    ("paper-fill-*", "incidents::papers: what a case suggests"),
    ("desk-bulk-*", "desk::queue: what is done to many cases"),
    ("desk-column-*", "desk::queue: a column of the queue"),
    ("desk-sort-*", "desk::queue: the order of the queue"),
    ("desk-whose-*", "desk::queue: a term of a filter"),
    ("desk-due-*", "desk::queue: a term of a filter"),
    ("desk-waiting-*", "desk::queue: a term of a filter"),
    ("desk-drills-*", "desk::queue: a term of a filter"),
    ("search-place-*", "incidents::search: where in a case a text stands"),
    ("correspondence-kind-*", "correspondence::pages: what a mail is"),
    ("correspondence-reason-*", "correspondence::pages: why, a code of correspondence::judge"),
    ("correspondence-state-*", "correspondence::pages: where a mail stands"),
    ("desk-deadline-*", "desk: what is due at a deadline"),
    ("desk-status-*", "desk: the button that changes a status"),
    ("desk-action-*", "desk::audit: an action of the trail"),
    ("desk-job-*", "desk::queues: a job's name"),
    ("desk-purpose-*", "desk::queues: what a mail is for"),
    ("desk-subject-*", "desk::audit: what an action was done to"),
    ("desk-via-*", "desk::audit: the way by which somebody came"),
    ("desk-told-*", "desk::words: what a line of the timeline tells"),
    ("link-is-*", "desk::words: what one case is to another"),
    ("escalation-state-*", "desk: where a step stands"),
    ("escalation-mail-*", "escalation::service::notify: subject and body of each mail"),
];

fn in_family(key: &str, family: &str) -> bool {
    let (beginning, ending) = family.split_once('*').expect("a family has a star");
    key.strip_prefix(beginning).is_some_and(|rest| rest.len() > ending.len() && rest.ends_with(ending))
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

/// The codes of a family that have a word.
fn worded(family: &str) -> BTreeSet<String> {
    german()
        .0
        .keys()
        .filter_map(|key| key.strip_prefix(family)?.strip_prefix('-'))
        .map(str::to_owned)
        .collect()
}

/// Codes as they stand in keys.
fn in_keys<'a>(codes: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    codes.map(|code| code.replace(['.', '_'], "-")).collect()
}

#[test]
fn every_action_that_is_recorded_and_every_job_has_a_word_and_no_word_is_left_over() {
    let sources = product();
    let jobs: BTreeSet<&str> = sources.iter().flat_map(Source::job_names).collect();
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let is_action = |text: &&str| {
        text.split_once('.').is_some_and(|(feature, verb)| plain(feature) && plain(verb))
            && !jobs.contains(text)
            && NOT_ACTIONS.iter().all(|(not, _)| not != text)
    };
    let actions = sources.iter().flat_map(Source::texts).map(|(_, text)| text).filter(is_action);
    assert_eq!(in_keys(actions), worded("desk-action"));
    assert_eq!(in_keys(jobs.iter().copied()), worded("desk-job"));
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
    for (exception, _) in NOT_KEYS.iter().chain(&NOT_ACTIONS) {
        assert!(literals.contains(*exception), "nothing says {exception}");
    }
}

#[test]
fn no_text_is_defined_twice() {
    let twice: Vec<_> = german().0.into_iter().filter(|(_, lines)| lines.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
