//! The shipped tables: what details look like, and the words around them.
//!
//! Owns reading `data/detectors.toml` and `data/words*.toml`. Never judges a text.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

use super::check::{self, Check};
use super::finding::{Action, Class};
use super::shape::{Grouping, Shape};

const DETECTORS: &str = include_str!("../../data/detectors.toml");
const WORDS: [&str; 2] = [
    include_str!("../../data/words.toml"),
    include_str!("../../data/words-more.toml"),
];

/// The most letters and digits a number of the table may have: how far the scanner looks from each place.
pub(super) const NUMBER_CHARS_MAX: usize = 18;

/// Lists of words, as `data/words*.toml` name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum List {
    PublicNumber,
    Birth,
    BirthNear,
    NotBirth,
    Month,
    DateJoint,
    MonthMark,
    Era,
    PhoneLabel,
    RoleMailbox,
    StreetEnd,
    StreetWhole,
    StreetBegin,
    Home,
    Profile,
    RecordLabel,
    CaseLabel,
    LabelJoint,
    Honorific,
    HonorificShort,
    HonorificUncased,
    HonorificAfter,
    NotNameBefore,
    Patient,
    Introduced,
    Thing,
    NotName,
    NotInitials,
    NameJoint,
    NamePrefix,
    People,
    Person,
    SmallNumber,
    SmallNumberAfter,
    Tens,
    PeopleFirst,
    PersonFirst,
    PeopleMeasured,
    Measure,
    CountJoint,
    Pair,
    AfterPerson,
    NotCount,
    Share,
    NotCountAfter,
    AgeBefore,
    AgeAfter,
    AgeSure,
    NotAge,
    NotAgeAfter,
    VeryOld,
    Place,
}

/// How many lists there are; the words of the numbers' rows come after them.
pub(super) const LISTS: usize = List::Place as usize + 1;

/// What finds a detail that has no fixed shape, as `data/detectors.toml` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Finder {
    DateOfBirth,
    MonthOfBirth,
    ExactDate,
    EmailOfPerson,
    EmailOfRole,
    Phone,
    PhoneUnlabelled,
    PhonePublicLine,
    StreetAddress,
    HomeAddress,
    RecordNumber,
    CaseNumber,
    NameAfterHonorific,
    NameOfPatient,
    NameIntroduced,
    SmallCount,
    GreatAge,
    Jigsaw,
    ProfileLink,
}

/// A row for numbers with a shape.
pub(super) struct NumberRow {
    pub(super) raw: RawNumber,
    pub(super) shapes: Vec<Shape>,
    pub(super) groupings: Vec<Grouping>,
    pub(super) check: Option<Check>,
    pub(super) remedy: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawNumber {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) countries: Vec<String>,
    pub(super) class: Class,
    shapes: Vec<String>,
    check: Option<String>,
    #[serde(default)]
    groupings: Vec<String>,
    pub(super) context: Vec<String>,
    #[serde(default)]
    pub(super) near: Vec<String>,
    /// In characters.
    pub(super) window: usize,
    pub(super) action: Action,
    #[serde(default)]
    grouped: Option<WithoutWords>,
    #[serde(default)]
    alone: Option<WithoutWords>,
    pub(super) source: String,
    remedy: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WithoutWords {
    None,
    Warn,
    Block,
}

impl From<WithoutWords> for Option<Action> {
    fn from(action: WithoutWords) -> Self {
        match action {
            WithoutWords::None => None,
            WithoutWords::Warn => Some(Action::Warn),
            WithoutWords::Block => Some(Action::Block),
        }
    }
}

impl RawNumber {
    /// What becomes of a number that no words name but that is grouped as such numbers are.
    pub(super) fn grouped(&self) -> Option<Action> {
        self.grouped.map_or(Some(self.action), Into::into)
    }

    /// What becomes of a number that nothing but its own digits speaks for.
    pub(super) fn alone(&self) -> Option<Action> {
        self.alone.and_then(Into::into)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleRow {
    pub(super) id: String,
    pub(super) finder: Finder,
    pub(super) name: String,
    pub(super) class: Class,
    pub(super) action: Action,
    pub(super) source: String,
    pub(super) remedy: String,
    /// Digits that a number found by this rule begins with.
    #[serde(default)]
    pub(super) prefixes: Vec<String>,
    /// More of these, unless a word in a script other than the Latin names the number: `0300` is a public line in
    /// Britain and a mobile telephone in Pakistan.
    #[serde(default)]
    pub(super) latin_prefixes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    remedies: BTreeMap<Class, String>,
    number: Vec<RawNumber>,
    rule: Vec<RuleRow>,
}

/// Both tables, read.
pub(super) struct Table {
    pub(super) numbers: Vec<NumberRow>,
    pub(super) rules: BTreeMap<Finder, RuleRow>,
    pub(super) words: BTreeMap<List, Vec<String>>,
}

/// Why a table does not read.
#[derive(Debug)]
pub(super) struct TableFault(String);

impl fmt::Display for TableFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<toml::de::Error> for TableFault {
    fn from(fault: toml::de::Error) -> Self {
        Self(fault.to_string())
    }
}

static SHIPPED: LazyLock<Table> = LazyLock::new(|| match Table::read(DETECTORS, &WORDS) {
    Ok(table) => table,
    Err(fault) => unreachable!("the shipped tables are part of the program and a test reads them: {fault}"),
});

impl Table {
    pub(super) fn shipped() -> &'static Self {
        &SHIPPED
    }

    fn read(detectors: &str, files: &[&str]) -> Result<Self, TableFault> {
        let raw: RawTable = toml::from_str(detectors)?;
        let mut words: BTreeMap<List, Vec<String>> = BTreeMap::new();
        for file in files {
            let lists: BTreeMap<List, BTreeMap<String, Vec<String>>> = toml::from_str(file)?;
            for (list, languages) in lists {
                words.entry(list).or_default().extend(languages.into_values().flatten());
            }
        }
        let numbers: Result<Vec<NumberRow>, TableFault> = raw
            .number
            .into_iter()
            .map(|row| NumberRow::read(row, &raw.remedies))
            .collect();
        Ok(Self {
            numbers: numbers?,
            rules: raw.rule.into_iter().map(|rule| (rule.finder, rule)).collect(),
            words,
        })
    }
}

impl NumberRow {
    fn read(raw: RawNumber, remedies: &BTreeMap<Class, String>) -> Result<Self, TableFault> {
        let fault = |what: &str| TableFault(format!("{}: {what}", raw.id));
        let shapes: Option<Vec<Shape>> = raw.shapes.iter().map(|shape| Shape::read(shape)).collect();
        let groupings: Option<Vec<Grouping>> = raw.groupings.iter().map(|text| Grouping::read(text)).collect();
        let check = match raw.check.as_deref() {
            Some(name) => Some(check::named(name).ok_or_else(|| fault("no function has this check's name"))?),
            None => None,
        };
        let remedy = raw.remedy.as_ref().or_else(|| remedies.get(&raw.class));
        Ok(Self {
            shapes: shapes.ok_or_else(|| fault("a shape does not read, or is too long"))?,
            groupings: groupings.ok_or_else(|| fault("a grouping does not read"))?,
            check,
            remedy: remedy.ok_or_else(|| fault("its class has no remedy"))?.clone(),
            raw,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_shipped_tables_read_and_are_whole() {
        let table = Table::read(DETECTORS, &WORDS).unwrap();
        let ids: BTreeSet<&str> = table.numbers.iter().map(|row| row.raw.id.as_str()).collect();
        assert_eq!(ids.len(), table.numbers.len(), "an id stands twice");
        assert_eq!(table.words.len(), LISTS, "a list has no words");
        let last = Finder::ProfileLink as usize + 1;
        assert_eq!(table.rules.len(), last, "a finder has no row");
        for row in &table.numbers {
            assert!(!row.raw.source.is_empty() && !row.shapes.is_empty(), "{}", row.raw.id);
            assert!((1..=100).contains(&row.raw.window), "{}", row.raw.id);
            assert!(!row.raw.countries.is_empty(), "{}", row.raw.id);
        }
        for rule in table.rules.values() {
            assert!(!rule.source.is_empty() && !rule.remedy.is_empty(), "{}", rule.id);
        }
    }

    #[test]
    fn faulty_rows_are_named() {
        let number = |row: &str| {
            format!(
                "[remedies]\n[[rule]]\nid=''\nfinder='jigsaw'\nname=''\nclass='age'\naction='warn'\nsource=''\nremedy=''\n[[number]]\nid = 'x'\nname = 'x'\ncountries = ['GB']\nclass = 'postcode'\nwindow = 1\ncontext = []\naction = 'warn'\nsource = ''\n{row}"
            )
        };
        for (row, fault) in [
            ("shapes = ['9']\nremedy = 'r'\ncheck = 'nobody'", "no function"),
            ("shapes = ['[9']\nremedy = 'r'", "a shape"),
            ("shapes = ['9999999999999999999']\nremedy = 'r'", "a shape"),
            ("shapes = ['9']\nremedy = 'r'\ngroupings = ['x']", "a grouping"),
            ("shapes = ['9']", "remedy"),
            ("shapes = ['9']\nremedy = 'r'\ncolour = 'red'", "colour"),
        ] {
            let read = Table::read(&number(row), &[])
                .err()
                .map(|fault| fault.to_string())
                .unwrap_or_default();
            assert!(read.contains(fault), "{row}: {read}");
        }
    }
}
