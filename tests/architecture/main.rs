//! What the compiler does not check: arrows between folders run one way, migrations come in pairs, and every text that
//! the code names exists in German.

mod arrows;
#[path = "../support/source.rs"]
mod source;
mod texts;

use source::{Source, files, read, root, template_texts};

fn report(what: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{what}:\n{}", faults.join("\n"));
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
