//! Every route of the product, read from the source: a route that nobody says anything about is found here.

use std::collections::BTreeSet;
use std::path::Path;

use super::expected::rows;

/// Route and method of each `resource("…").get(…)` outside tests.
pub fn registered() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

fn read(folder: &Path, found: &mut BTreeSet<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && name != "tests" {
            read(&path, found);
        } else if name.ends_with(".rs") && !name.contains("test") {
            let text = std::fs::read_to_string(&path).expect("a source");
            let code: String = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect::<Vec<_>>()
                .join("\n");
            for part in code.split("resource(").skip(1) {
                let part = part.trim_start();
                if let Some(rest) = part.strip_prefix('"') {
                    let (route, rest) = rest.split_once('"').expect("a path");
                    methods(route, rest, found);
                }
            }
            assert!(!code.contains("web::scope("), "{}: scopes are not read here", path.display());
        }
    }
}

/// The chain of calls behind `resource("…"`, as far as it goes.
fn methods(route: &str, rest: &str, found: &mut BTreeSet<(String, String)>) {
    let mut rest = rest.trim_start().strip_prefix(',').unwrap_or(rest).trim_start();
    rest = rest.strip_prefix(')').unwrap_or_else(|| panic!("{route}: the call does not end where it should"));
    let mut some = false;
    while let Some(call) = rest.trim_start().strip_prefix('.') {
        let (name, tail) = call.split_once('(').expect("a call");
        let end = closing(tail);
        match name {
            "get" | "post" | "put" | "delete" | "patch" => {
                found.insert((route.to_owned(), name.to_uppercase()));
            }
            // HEAD is GET without the body.
            "route" if tail.starts_with("web::head()") => {}
            _ => panic!("{route}: .{name}( is not known here"),
        }
        some = true;
        rest = &tail[end + 1..];
    }
    assert!(some, "{route} takes no method");
}

/// Where the parenthesis ends that is open at the beginning.
fn closing(text: &str) -> usize {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    panic!("no end: {text:.60}")
}

#[test]
fn every_route_is_in_the_file_and_nothing_else_is() {
    let said: BTreeSet<_> =
        rows().into_iter().filter(|row| row.method != "CLI").map(|row| (row.route, row.method)).collect();
    let registered = registered();
    let unsaid: Vec<_> = registered.difference(&said).collect();
    let unknown: Vec<_> = said.difference(&registered).collect();
    assert!(unsaid.is_empty(), "nothing said about {unsaid:#?}");
    assert!(unknown.is_empty(), "no such route: {unknown:#?}");
}
