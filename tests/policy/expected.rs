//! `expected.csv`: its lines, and the combinations that each stands for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::support::town::ROLES;

const FILE: &str = include_str!("expected.csv");
/// What is asked by some only: who wrote it, who granted it, a program that was made for something else.
const PARTICULAR: [&str; 5] = ["author", "granter", "grantee", "oneself", "unscoped"];

/// What a mandate is to a case: before it holds, while it does with each scope, beside what it covers, and after.
const MANDATES: [&str; 8] = ["coming", "reports", "beside", "reads", "acts", "ended", "revoked", "served"];

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Ok,
    Forbidden,
    Hidden,
    SignIn,
    /// Nothing that a policy says: a fault of the product or of the test.
    Other(u16),
}

impl Outcome {
    fn parse(word: &str) -> Self {
        match word {
            "ok" => Self::Ok,
            "forbidden" => Self::Forbidden,
            "hidden" => Self::Hidden,
            "sign-in" => Self::SignIn,
            _ => panic!("{word} is no outcome"),
        }
    }
}

/// One combination.
#[derive(Debug, Clone)]
pub struct Row {
    /// In the file.
    pub line: u64,
    pub route: String,
    /// The variant of the form, where one address takes several.
    pub variant: String,
    pub method: String,
    pub role: &'static str,
    pub relation: &'static str,
    pub expected: Outcome,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, method, route, variant, role, relation, .. } = self;
        write!(f, "line {line}: {method} {route}#{variant} as {role}, {relation}")
    }
}

/// All combinations, in the order of the file.
pub fn rows() -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(FILE.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.expect("a line");
        let line = record.position().expect("a line").line();
        let (route, variant) = record[0].split_once('#').unwrap_or((&record[0], ""));
        for role in roles(&record[2]) {
            for relation in record[3].split('|') {
                rows.push(Row {
                    line,
                    route: route.to_owned(),
                    variant: variant.to_owned(),
                    method: record[1].to_owned(),
                    role,
                    relation: intern(relation),
                    expected: Outcome::parse(&record[4]),
                });
            }
        }
    }
    rows
}

fn intern(word: &str) -> &'static str {
    const ALL: [&str; 27] = [
        "own", "related", "above", "handler", "foreign", "named", "unnamed", "author", "granter", "grantee",
        "oneself", "draft", "team", "lead", "unscoped", "none", "system", "coming", "reports", "beside",
        "reads", "acts", "ended", "revoked", "served", "loose", "asked",
    ];
    ALL.into_iter().find(|known| *known == word).unwrap_or_else(|| panic!("{word} is no relation"))
}

fn roles(text: &str) -> Vec<&'static str> {
    let group = |word: &str| -> Vec<&'static str> {
        match word {
            "*" => ROLES.to_vec(),
            "house" => ROLES[1..3].to_vec(),
            "cert" => ROLES[3..].to_vec(),
            "casework" => vec!["analyst", "cert_lead"],
            "system" => vec!["system"],
            one => {
                vec![*ROLES.iter().find(|role| **role == one).unwrap_or_else(|| panic!("{one} is no role"))]
            }
        }
    };
    text.split('|').flat_map(group).collect()
}

#[test]
fn every_role_has_exactly_one_word_for_every_relation_that_a_route_knows() {
    let mut said: BTreeMap<_, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for row in rows() {
        let route = (row.route.clone(), row.variant.clone(), row.method.clone());
        let fresh = said.entry(route).or_default().entry(row.relation).or_default().insert(row.role);
        assert!(fresh, "said twice: {row}");
    }
    for ((route, variant, method), relations) in said.into_iter().filter(|(key, _)| key.2 != "CLI") {
        let of_a_mail = route.contains("warnmeldungen") || route.contains("advisories");
        for (relation, roles) in relations {
            let particular =
                PARTICULAR.contains(&relation) || (of_a_mail && ["named", "unnamed"].contains(&relation));
            let missing: Vec<_> = ROLES.iter().filter(|role| !roles.contains(*role)).collect();
            assert!(
                particular || missing.is_empty(),
                "{method} {route}#{variant}, {relation}: nothing said of {missing:?}"
            );
        }
    }
}

#[test]
fn every_route_of_a_case_says_what_a_mandate_gives_and_what_it_does_not() {
    let mut said: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for row in rows().into_iter().filter(|row| row.method != "CLI") {
        said.entry((row.route, row.variant, row.method)).or_default().insert(row.relation);
    }
    said.retain(|_, relations| relations.contains("own") && relations.contains("handler"));
    assert!(said.len() > 40, "only {} routes of a case", said.len());
    for ((route, variant, method), relations) in said {
        let missing: Vec<_> = MANDATES.iter().filter(|mandate| !relations.contains(*mandate)).collect();
        assert!(missing.is_empty(), "{method} {route}#{variant}: nothing said of {missing:?}");
    }
}
