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

/// What is asked, for whoever writes it in a language of its own.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) sort: Sort,
    /// One to three; the beginning of one for [`Sort::Prefix`].
    pub(crate) words: Vec<String>,
    pub(crate) language: usize,
    /// The first of two years.
    pub(crate) year: u64,
}

/// Questions of a sort, always the same.
pub(crate) fn of(sort: Sort, count: usize) -> Vec<Asked> {
    let mut numbers = Numbers(sort as u64 + 7);
    (0..count).map(|_| asked(sort, &mut numbers)).collect()
}

fn asked(sort: Sort, numbers: &mut Numbers) -> Asked {
    let language = loop {
        let language = (numbers.below(16) as usize).saturating_sub(8);
        if LANGUAGES[language].0 != "ja" {
            break language;
        }
    };
    let mut said = || word(language, numbers.rank());
    let words = match sort {
        Sort::TwoWords | Sort::WordsAndFilter | Sort::Phrase => vec![said(), said()],
        Sort::Either => vec![said(), said(), said()],
        Sort::Prefix => vec![said().chars().take(4).collect()],
        Sort::CommonWord => vec![word(language, numbers.below(50) as usize)],
        Sort::RareWord => vec![word(language, 5_000 + numbers.below(10_000) as usize)],
        Sort::Misspelt => {
            let right = word(language, 2_000 + numbers.below(2_000) as usize);
            let mut letters: Vec<char> = right.chars().collect();
            let at = 1 + numbers.below(letters.len() as u64 - 1) as usize;
            letters[at] = 'q';
            vec![letters.into_iter().collect()]
        }
        Sort::Unspaced => {
            let japanese = LANGUAGES.iter().position(|(tag, _)| *tag == "ja").unwrap_or_default();
            vec![word(japanese, numbers.below(500) as usize)]
        }
        Sort::FilterAlone | Sort::NewestOfAll => Vec::new(),
    };
    let year = match sort {
        Sort::FilterAlone => 2020 + numbers.below(5),
        _ => 0,
    };
    Asked {
        sort,
        words,
        language,
        year,
    }
}

impl Asked {
    /// In the language of this program.
    pub(crate) fn question(&self) -> Question {
        Question {
            tree: parse(&self.text()).unwrap_or_else(|error| unreachable!("{error}")),
            order: match self.sort {
                Sort::NewestOfAll | Sort::FilterAlone => Order::Newest,
                _ => Order::Relevance,
            },
            ..Question::default()
        }
    }

    fn text(&self) -> String {
        let words = self.words.join(" ");
        match self.sort {
            Sort::WordsAndFilter => format!("{words} kind:practice setting:inpatient.* -effect:worse"),
            Sort::Phrase => format!("\"{words}\""),
            Sort::Either => format!("({} OR {}) -{}", self.words[0], self.words[1], self.words[2]),
            Sort::Prefix => format!("{words}*"),
            Sort::FilterAlone => {
                let (language, year) = (LANGUAGES[self.language].0, self.year);
                format!("language:{language} year:{year}..{} kind:lesson", year + 1)
            }
            _ => words,
        }
    }
}
