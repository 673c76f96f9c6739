//! The plans of the configuration: which holds for which case, and whether they can be used at all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::office::{self, OfficeHours};
use super::plan::{ByHand, Hours, Of, Plan, PlanStep, StepWords, Then};
use crate::core::rulefile::{self, Mistake, Problem, Problems, each, line_of};
use crate::core::text::Name;
use crate::directory::model::Kind;
use crate::incidents::model::Class;

/// The plans that are built in, by the name of their file.
const BUILT_IN: &[(&str, &str)] = &[
    (BY_HAND, include_str!("../../config/escalation/by-hand.toml")),
    ("priority-1", include_str!("../../config/escalation/priority-1.toml")),
    ("priority-2", include_str!("../../config/escalation/priority-2.toml")),
    ("priority-3", include_str!("../../config/escalation/priority-3.toml")),
    ("priority-4", include_str!("../../config/escalation/priority-4.toml")),
    ("untriaged", include_str!("../../config/escalation/untriaged.toml")),
];
/// The file that is no plan: what holds for escalations that a person starts.
const BY_HAND: &str = "by-hand";
/// The folder that a mistake beyond one file is told of, where it is the built-in one.
const FOLDER: &str = "config/escalation";
/// Steps of a plan at most.
const MOST_STEPS: usize = 40;
const PRIORITIES: std::ops::RangeInclusive<i32> = 1..=4;

/// For which cases a plan is; what is empty holds for all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct When {
    is_untriaged: bool,
    priorities: BTreeSet<i32>,
    classes: BTreeSet<&'static str>,
    kinds: BTreeSet<&'static str>,
}

impl When {
    fn holds(&self, of: &Of) -> bool {
        let is_its_priority = match of.priority {
            None => self.is_untriaged,
            Some(priority) => {
                self.priorities.contains(&priority.clamp(*PRIORITIES.start(), *PRIORITIES.end()))
            }
        };
        let is_one_of = |all: &BTreeSet<&'static str>, word: &Option<String>| {
            all.is_empty() || word.as_deref().is_some_and(|word| all.contains(word))
        };
        is_its_priority && is_one_of(&self.classes, &of.class) && is_one_of(&self.kinds, &of.kind)
    }

    /// How much it says beside the priority.
    fn weight(&self) -> usize {
        usize::from(!self.classes.is_empty()) + usize::from(!self.kinds.is_empty())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileWords {
    name: String,
    when: Spanned<WhenWords>,
    #[serde(default, rename = "step")]
    steps: Vec<Spanned<StepWords>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhenWords {
    #[serde(default)]
    untriaged: bool,
    #[serde(default)]
    priorities: BTreeSet<i32>,
    #[serde(default, deserialize_with = "classes")]
    classes: BTreeSet<&'static str>,
    #[serde(default)]
    kinds: Vec<Kind>,
}

fn classes<'de, D: Deserializer<'de>>(words: D) -> Result<BTreeSet<&'static str>, D::Error> {
    let class = |word: String| {
        let class = Class::parse(&word).map(|class| class.code());
        class.ok_or_else(|| serde::de::Error::custom(format!("{word:?} is no class")))
    };
    Vec::<String>::deserialize(words)?.into_iter().map(class).collect()
}

/// A plan of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFile {
    /// The name of its file, without the ending.
    pub key: String,
    /// How people call it.
    pub name: String,
    when: When,
    steps: Vec<PlanStep>,
}

impl PlanFile {
    /// Reads a plan's text; `key` is the name of its file.
    ///
    /// # Errors
    /// [`Mistake`] with the first mistake and its line: also a step that leads back or nowhere, and one to which no other
    /// leads.
    pub fn parse(key: &str, text: &str) -> Result<Self, Mistake> {
        let words: FileWords = rulefile::read(text)?;
        let line = line_of(text, words.when.span().start);
        let when = words.when.into_inner();
        if when.priorities.iter().any(|priority| !PRIORITIES.contains(priority)) {
            return Err(Mistake { line, what: "priorities are 1 to 4".to_owned() });
        }
        if !when.untriaged && when.priorities.is_empty() {
            let what = "when: a plan is for untriaged cases or for priorities".to_owned();
            return Err(Mistake { line, what });
        }
        if when.untriaged && !when.classes.is_empty() {
            let what = "when: before triage a case has no class".to_owned();
            return Err(Mistake { line, what });
        }
        let name = Name::parse(&words.name);
        let name =
            name.map_err(|_| Mistake::at(text, "name", "name must be a line of 1 to 120 characters"))?;
        let steps: Vec<(usize, PlanStep)> = each(text, words.steps)?;
        check_ways(&steps)?;
        Ok(Self {
            key: key.to_owned(),
            name: name.into_string(),
            when: When {
                is_untriaged: when.untriaged,
                priorities: when.priorities,
                classes: when.classes,
                kinds: when.kinds.into_iter().map(Kind::code).collect(),
            },
            steps: steps.into_iter().map(|(_, step)| step).collect(),
        })
    }
}

/// Every way through the steps leads on, so none is gone twice, and every step is on some way.
fn check_ways(steps: &[(usize, PlanStep)]) -> Result<(), Mistake> {
    if steps.is_empty() || steps.len() > MOST_STEPS {
        return Err(Mistake { line: 1, what: format!("a plan has 1 to {MOST_STEPS} steps") });
    }
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, (line, step)) in steps.iter().enumerate() {
        if step.key.is_empty() {
            return Err(Mistake { line: *line, what: "key is missing".to_owned() });
        }
        if places.insert(&step.key, place).is_some() {
            return Err(Mistake { line: *line, what: format!("key: {:?} is there twice", step.key) });
        }
    }
    let mut reached = BTreeSet::from([0]);
    for (place, (line, step)) in steps.iter().enumerate() {
        if !reached.contains(&place) {
            let what = format!("no step leads to {:?}: it would never be gone", step.key);
            return Err(Mistake { line: *line, what });
        }
        for (word, then) in [("acknowledged", &step.acknowledged), ("silent", &step.silent)] {
            let there = match then {
                Then::Stop => continue,
                Then::Next => place + 1,
                Then::Step(key) => {
                    let there = places.get(key.as_str()).copied();
                    let what = match there {
                        None => Some(format!("{word}: there is no step {key:?}")),
                        Some(there) if there <= place => {
                            Some(format!("{word}: step {key:?} lies not behind {:?}: a circle", step.key))
                        }
                        Some(_) => None,
                    };
                    if let Some(what) = what {
                        return Err(Mistake { line: *line, what });
                    }
                    there.unwrap_or(place + 1)
                }
            };
            reached.insert(there);
        }
    }
    Ok(())
}

/// All plans, handed in with `Provided`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plans {
    pub by_hand: ByHand,
    files: Vec<PlanFile>,
    office: OfficeHours,
}

impl Plans {
    /// Reads the folder of plans and the file of office hours; an empty path stands for what is built in.
    ///
    /// # Errors
    /// [`Problems`]: every file that cannot be used with its line, and a priority for which there is no plan.
    pub fn load(folder: &Path, office: &Path) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let office = office_hours(office, &mut problems);
        let (mut files, mut by_hand) = (Vec::new(), None);
        let mistake = |path, mistake| Problem::Mistake { path, mistake };
        for file in rulefile::files(folder, (FOLDER, BUILT_IN), &mut problems) {
            if file.key == BY_HAND {
                match rulefile::read(&file.text) {
                    Ok(read) => by_hand = Some(read),
                    Err(wrong) => problems.push(mistake(file.path, wrong)),
                }
                continue;
            }
            match PlanFile::parse(&file.key, &file.text) {
                Ok(read) => files.push(read),
                Err(wrong) => problems.push(mistake(file.path, wrong)),
            }
        }
        let place = if folder.as_os_str().is_empty() { Path::new(FOLDER) } else { folder };
        if problems.is_empty() {
            let whole = |what: String| Problem::Whole { path: place.to_owned(), what };
            problems.extend(lacks(&files).into_iter().map(whole));
        }
        match (by_hand, office) {
            (Some(by_hand), Some(office)) if problems.is_empty() => Ok(Self { by_hand, files, office }),
            (None, _) if problems.is_empty() => Err(Problems(vec![Problem::Whole {
                path: place.to_owned(),
                what: format!("{BY_HAND}.toml is missing"),
            }])),
            _ => Err(Problems(problems)),
        }
    }

    /// The plan of the configuration that holds for a case.
    #[must_use]
    pub fn choose(&self, of: &Of) -> Option<&PlanFile> {
        let mut best: Option<&PlanFile> = None;
        for file in self.files.iter().filter(|file| file.when.holds(of)) {
            if best.is_none_or(|best| file.when.weight() > best.when.weight()) {
                best = Some(file);
            }
        }
        best
    }

    /// A plan for a case to use, with the office hours where it needs them.
    #[must_use]
    pub fn plan(&self, of: Of) -> Plan {
        let Some(file) = self.choose(&of) else { return Plan { of: Some(of), ..Plan::default() } };
        let needs_office = file.steps.iter().any(|step| step.hours == Hours::Office);
        Plan {
            key: file.key.clone(),
            of: Some(of),
            steps: file.steps.clone(),
            office: needs_office.then(|| self.office.clone()),
        }
    }

    /// All plans, by the names of their files.
    #[must_use]
    pub fn files(&self) -> &[PlanFile] {
        &self.files
    }
}

fn office_hours(path: &Path, problems: &mut Vec<Problem>) -> Option<OfficeHours> {
    let (path, text) = if path.as_os_str().is_empty() {
        (Path::new("config/office-hours.toml"), Ok(office::DEFAULTS.to_owned()))
    } else {
        (path, std::fs::read_to_string(path))
    };
    let path = path.to_owned();
    let read = match text {
        Ok(text) => OfficeHours::parse(&text).map_err(|mistake| Problem::Mistake { path, mistake }),
        Err(source) => Err(Problem::Unreadable { path, source }),
    };
    read.map_err(|problem| problems.push(problem)).ok()
}

/// What all plans together leave out, or say twice.
fn lacks(files: &[PlanFile]) -> Vec<String> {
    let mut lacks = Vec::new();
    let plain = |of: &Of| files.iter().any(|file| file.when.weight() == 0 && file.when.holds(of));
    if !plain(&Of::default()) {
        lacks.push("there is no plan for untriaged cases that names no kinds".to_owned());
    }
    for priority in PRIORITIES {
        if !plain(&Of { priority: Some(priority), ..Of::default() }) {
            lacks.push(format!(
                "there is no plan for priority {priority} that names neither classes nor kinds"
            ));
        }
    }
    let mut rivals: BTreeMap<(&str, &str), Of> = BTreeMap::new();
    for of in every_case() {
        let holding = files.iter().filter(|file| file.when.holds(&of));
        let most = holding.clone().map(|file| file.when.weight()).max();
        let best: Vec<&PlanFile> = holding.filter(|file| Some(file.when.weight()) == most).collect();
        if let [one, other, ..] = best[..] {
            rivals.entry((&one.key, &other.key)).or_insert(of);
        }
    }
    for ((one, other), of) in rivals {
        let priority = of.priority.map_or("before triage".to_owned(), |number| format!("priority {number}"));
        let example: Vec<String> = [Some(priority), of.class, of.kind].into_iter().flatten().collect();
        lacks.push(format!(
            "{one}.toml and {other}.toml are for the same cases ({}) and neither says more",
            example.join(", ")
        ));
    }
    lacks
}

/// Whatever can decide which plan a case uses.
fn every_case() -> impl Iterator<Item = Of> {
    let kinds: Vec<Option<String>> =
        std::iter::once(None).chain(Kind::ALL.iter().map(|kind| Some(kind.code().to_owned()))).collect();
    let triaged = PRIORITIES.flat_map(|priority| {
        Class::ALL.iter().map(move |class| (Some(priority), Some(class.code().to_owned())))
    });
    std::iter::once((None, None)).chain(triaged).flat_map(move |(priority, class)| {
        let of = move |kind| Of { priority, class: class.clone(), kind };
        kinds.clone().into_iter().map(of)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::escalation::plan::Whom;

    fn built_in() -> Plans {
        Plans::load(Path::new(""), Path::new("")).unwrap()
    }

    fn of(priority: Option<i32>) -> Of {
        Of { priority, ..Of::default() }
    }

    #[test]
    fn the_built_in_plans_begin_with_the_team_and_tell_the_land_of_the_gravest() {
        let plans = built_in();
        for priority in [None, Some(1), Some(2), Some(3), Some(4)] {
            assert_eq!(plans.plan(of(priority)).steps[0].whom, Whom::CertTeam, "{priority:?}");
        }
        let gravest = plans.plan(of(Some(1)));
        let last = gravest.steps.last().unwrap();
        assert_eq!((&last.whom, last.needs_approval), (&Whom::StateLeadership, false));
        assert!(gravest.steps.iter().rev().skip(1).all(|step| step.acknowledged == Then::Next));
        assert!(gravest.office.is_none() && plans.plan(of(Some(4))).office.is_some());
    }

    const GOOD: &str = "name = \"Schwer\"\n[when]\npriorities = [1]\nclasses = [\"significant\"]\n\
        [[step]]\nkey = \"team\"\nname = \"Team\"\nwhom = \"cert_team\"\nacknowledge_minutes = 20\nsilent = \"step:land\"\nacknowledged = \"next\"\n\
        [[step]]\nkey = \"lead\"\nname = \"Leitung\"\nwhom = \"cert_lead\"\nacknowledge_minutes = 20\nsilent = \"stop\"\n\
        [[step]]\nkey = \"land\"\nname = \"Land\"\nwhom = \"state_leadership\"\nacknowledge_minutes = 30\n";

    #[test]
    fn an_operator_is_told_the_line_of_a_mistake() {
        assert_eq!(PlanFile::parse("a", GOOD).unwrap().steps.len(), 3);
        for (right, wrong, line, expected) in [
            ("whom = \"cert_lead\"", "whom = \"mayor\"", 15, "nobody that a step can reach"),
            ("whom = \"cert_lead\"", "whom = \"chosen\"", 12, "chosen"),
            ("acknowledge_minutes = 20", "acknowledge_minutes = 0", 5, "at least 1"),
            ("acknowledge_minutes = 30", "acknowledge_minutes = 20000", 22, "more than a week"),
            ("acknowledge_minutes = 30", "acknowledge_minute = 30", 22, "acknowledge_minute"),
            ("silent = \"stop\"", "silent = \"perhaps\"", 17, "perhaps"),
            ("name = \"Land\"", "name = \"\"", 18, "1 to 120"),
            ("key = \"land\"", "key = \"lead\"", 18, "twice"),
            ("key = \"lead\"", "key = \"\"", 12, "missing"),
            ("silent = \"step:land\"", "silent = \"step:moon\"", 5, "no step"),
            ("silent = \"step:land\"", "silent = \"step:team\"", 5, "circle"),
            ("silent = \"step:land\"", "silent = \"stop\"", 18, "no step leads"),
            ("priorities = [1]", "priorities = [5]", 2, "1 to 4"),
            ("priorities = [1]\n", "", 2, "untriaged"),
            ("priorities = [1]", "untriaged = true", 2, "no class"),
            ("classes = [\"significant\"]", "classes = [\"grave\"]", 4, "grave"),
            ("classes = [\"significant\"]", "kinds = [\"dorf\"]", 4, "dorf"),
            ("name = \"Schwer\"", "name = \"\"", 1, "1 to 120"),
        ] {
            let text = GOOD.replacen(right, wrong, 1);
            assert_ne!(text, GOOD, "{right}");
            let mistake = PlanFile::parse("a", &text).unwrap_err();
            assert!(mistake.what.contains(expected), "{wrong}: {mistake}");
            assert!(mistake.line.abs_diff(line) <= 1, "{wrong}: {mistake}");
        }
    }

    #[test]
    fn of_several_plans_the_one_counts_that_says_more() {
        let mut plans = built_in();
        plans.files.push(PlanFile::parse("grave", GOOD).unwrap());
        let towns = GOOD.replace("classes", "kinds = [\"gemeinde\"]\nclasses");
        plans.files.push(PlanFile::parse("towns", &towns).unwrap());
        let chosen = |class: Option<&str>, kind: Option<&str>| {
            let of = Of { priority: Some(1), class: class.map(str::to_owned), kind: kind.map(str::to_owned) };
            plans.choose(&of).unwrap().key.clone()
        };
        assert_eq!(chosen(Some("incident"), Some("gemeinde")), "priority-1");
        assert_eq!(chosen(Some("significant"), None), "grave");
        assert_eq!(chosen(Some("significant"), Some("landkreis")), "grave");
        assert_eq!(chosen(Some("significant"), Some("gemeinde")), "towns");
        assert_eq!(plans.choose(&of(Some(9))).unwrap().key, "priority-4", "as far as there are plans");
    }

    #[test]
    fn a_priority_without_a_plan_and_two_plans_for_the_same_are_refused() {
        let mut files = built_in().files;
        files.retain(|file| file.key != "priority-3");
        files.push(PlanFile { key: "other".to_owned(), ..files[0].clone() });
        let said = lacks(&files);
        assert!(said.iter().any(|what| what.contains("priority 3")), "{said:?}");
        assert!(said.iter().any(|what| what.contains("same cases")), "{said:?}");
        assert_eq!(said.len(), 2);
    }

    #[test]
    fn plans_of_which_neither_says_more_are_refused_unless_a_third_decides() {
        let of_class = GOOD.to_owned();
        let of_kind = GOOD.replace("classes = [\"significant\"]", "kinds = [\"gemeinde\"]");
        let of_both = GOOD.replace("classes", "kinds = [\"gemeinde\"]\nclasses");
        let mut files = built_in().files;
        files.push(PlanFile::parse("class", &of_class).unwrap());
        files.push(PlanFile::parse("kind", &of_kind).unwrap());
        assert_eq!(
            lacks(&files),
            [
                "class.toml and kind.toml are for the same cases (priority 1, significant, gemeinde) and neither says more"
            ]
        );
        files.push(PlanFile::parse("both", &of_both).unwrap());
        assert_eq!(lacks(&files), [""; 0]);
    }
}
