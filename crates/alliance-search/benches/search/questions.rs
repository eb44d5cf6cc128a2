//! A log of questions, as people and programs ask them.

use alliance_search::filter::parse;
use alliance_search::{Order, Question};

use super::data::{LANGUAGES, Numbers, word};

/// What sort of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    CommonWord,
    RareWord,
    TwoWords,
    WordsAndFilter,
    Phrase,
    Prefix,
    Misspelt,
    Unspaced,
    Either,
    FilterAlone,
    NewestOfAll,
}

pub(crate) const SORTS: [Sort; 11] = [
    Sort::CommonWord,
    Sort::RareWord,
    Sort::TwoWords,
    Sort::WordsAndFilter,
    Sort::Phrase,
    Sort::Prefix,
    Sort::Misspelt,
    Sort::Unspaced,
    Sort::Either,
    Sort::FilterAlone,
    Sort::NewestOfAll,
];

impl Sort {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::CommonWord => "one of the 50 commonest words",
            Self::RareWord => "one rare word",
            Self::TwoWords => "two words",
            Self::WordsAndFilter => "two words and three conditions",
            Self::Phrase => "a phrase of two words",
            Self::Prefix => "a word's beginning",
            Self::Misspelt => "a misspelt word",
            Self::Unspaced => "four characters of Japanese",
            Self::Either => "one word or another, not a third",
            Self::FilterAlone => "conditions alone",
            Self::NewestOfAll => "everything, the newest first",
        }
    }
}

/// Questions of a sort, always the same.
pub(crate) fn of(sort: Sort, count: usize) -> Vec<Question> {
    let mut numbers = Numbers(sort as u64 + 7);
    (0..count)
        .map(|_| Question {
            tree: parse(&text(sort, &mut numbers)).unwrap_or_else(|error| unreachable!("{error}")),
            order: match sort {
                Sort::NewestOfAll | Sort::FilterAlone => Order::Newest,
                _ => Order::Relevance,
            },
            ..Question::default()
        })
        .collect()
}

fn text(sort: Sort, numbers: &mut Numbers) -> String {
    let language = loop {
        let language = (numbers.below(16) as usize).saturating_sub(8);
        if LANGUAGES[language].0 != "ja" {
            break language;
        }
    };
    let mut said = || word(language, numbers.rank());
    match sort {
        Sort::TwoWords => format!("{} {}", said(), said()),
        Sort::WordsAndFilter => format!("{} {} kind:practice setting:inpatient.* -effect:worse", said(), said()),
        Sort::Phrase => format!("\"{} {}\"", said(), said()),
        Sort::Either => format!("({} OR {}) -{}", said(), said(), said()),
        Sort::Prefix => format!("{}*", said().chars().take(4).collect::<String>()),
        Sort::CommonWord => word(language, numbers.below(50) as usize),
        Sort::RareWord => word(language, 5_000 + numbers.below(10_000) as usize),
        Sort::Misspelt => {
            let right = word(language, 2_000 + numbers.below(2_000) as usize);
            let mut letters: Vec<char> = right.chars().collect();
            let at = 1 + numbers.below(letters.len() as u64 - 1) as usize;
            letters[at] = 'q';
            letters.into_iter().collect()
        }
        Sort::Unspaced => {
            let japanese = LANGUAGES.iter().position(|(tag, _)| *tag == "ja").unwrap_or_default();
            word(japanese, numbers.below(500) as usize)
        }
        Sort::FilterAlone => {
            let year = 2020 + numbers.below(5);
            format!(
                "language:{} year:{year}..{} kind:lesson",
                LANGUAGES[language].0,
                year + 1
            )
        }
        Sort::NewestOfAll => String::new(),
    }
}
