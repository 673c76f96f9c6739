//! The eight categories of the VerwaltungsCERT-Verbund, and how many cases of a month belong to each: the statistical
//! report that goes to the Bund beside immediate ones (Anlage 1 of the general administrative regulation under § 4 (6)
//! BSIG of 8 December 2009; categories 3 and 8 only inform). Pure.

use crate::incidents::model::{Category, Class, Tally};

/// How many categories there are.
pub const CATEGORIES: usize = 8;

/// The Fluent keys of their names, in order.
const NAMES: [&str; CATEGORIES] = [
    "duty-vcv-1",
    "duty-vcv-2",
    "duty-vcv-3",
    "duty-vcv-4",
    "duty-vcv-5",
    "duty-vcv-6",
    "duty-vcv-7",
    "duty-vcv-8",
];

/// The Fluent key of the name of a category, from 1.
#[must_use]
pub fn key(number: usize) -> &'static str {
    NAMES[(number.clamp(1, CATEGORIES)) - 1]
}

/// The category that a type of RSIT belongs to, from 1. A proposal: the two lists were not made for each other.
#[must_use]
pub fn number(category: Category) -> usize {
    use Category as C;
    match category {
        C::InfectedSystem
        | C::C2Server
        | C::MalwareDistribution
        | C::MalwareConfiguration
        | C::Scanner
        | C::Sniffing
        | C::SocialEngineering
        | C::IdsAlert
        | C::BruteForce
        | C::Exploit
        | C::PrivilegedAccount
        | C::UnprivilegedAccount
        | C::ApplicationCompromise
        | C::SystemCompromise
        | C::Dos
        | C::Ddos
        | C::DataLeak
        | C::UnauthorisedModification
        | C::Phishing
        | C::Masquerade
        | C::Spam => 1,
        C::DataLoss | C::UnauthorisedAccess | C::Burglary => 2,
        C::WeakCrypto
        | C::DdosAmplifier
        | C::PotentiallyUnwanted
        | C::InformationDisclosure
        | C::VulnerableSystem => 3,
        C::Outage => 4,
        C::HarmfulSpeech | C::Violence | C::UnauthorisedUse | C::Copyright | C::Sabotage => 5,
        C::Misconfiguration => 6,
        C::Other | C::Undetermined | C::Test => 8,
    }
}

/// The cases of one category by class, in the order of [`Class::ALL`], and those that nobody triaged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Row {
    pub by_class: [i64; Class::ALL.len()],
    pub without_class: i64,
}

impl Row {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.by_class.iter().sum::<i64>() + self.without_class
    }

    fn add(&mut self, class: Option<Class>, count: i64) {
        match class.and_then(|class| Class::ALL.iter().position(|one| *one == class)) {
            Some(at) => self.by_class[at] += count,
            None => self.without_class += count,
        }
    }
}

/// The cases of a month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// By category, the first being 1.
    pub by_category: [Row; CATEGORIES],
    /// Of no category yet.
    pub without_category: Row,
    pub total: Row,
}

impl Figures {
    /// Sums up what was counted.
    #[must_use]
    pub fn of(counted: &[Tally]) -> Self {
        let mut all = Self::default();
        for Tally { category, class, count } in counted.iter().copied() {
            match category {
                Some(category) => all.by_category[number(category) - 1].add(class, count),
                None => all.without_category.add(class, count),
            }
            all.total.add(class, count);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(category: Option<Category>, class: Option<Class>, count: i64) -> Tally {
        Tally { category, class, count }
    }

    #[test]
    fn every_type_belongs_to_one_of_the_eight_and_nothing_is_lost() {
        let counted: Vec<_> = Category::ALL.iter().map(|category| tally(Some(*category), None, 1)).collect();
        let figures = Figures::of(&counted);
        assert_eq!(figures.total.total(), i64::try_from(Category::ALL.len()).unwrap());
        let sum: i64 = figures.by_category.iter().map(Row::total).sum();
        assert_eq!(sum, figures.total.total());
        assert_eq!(number(Category::Phishing), 1);
        assert_eq!(number(Category::VulnerableSystem), 3);
        assert_eq!(key(4), "duty-vcv-4");
    }

    #[test]
    fn what_nobody_decided_is_counted_beside_the_categories() {
        let figures = Figures::of(&[
            tally(Some(Category::Phishing), Some(Class::Incident), 3),
            tally(Some(Category::Ddos), Some(Class::Significant), 2),
            tally(None, None, 4),
        ]);
        assert_eq!(figures.by_category[0].by_class, [0, 0, 3, 2]);
        assert_eq!((figures.without_category.total(), figures.total.total()), (4, 9));
        assert_eq!(figures.total.without_class, 4);
    }
}
