//! Records from a seed: words of a language by how often they come, as in texts, and codes of the lists.

use alliance_record::proto::v1;
use alliance_record::schema::{Kind, vocabulary};
use alliance_record::{AllianceId, Author, Draft, InstanceId, LogPosition, Salt, SecretKey, VerifiedRecord};
use prost::Message;

use super::Result;

/// Words of a language; the first come most often.
pub(crate) const WORDS: usize = 20_000;
/// Letters or syllables of which words are made. What is found in none of the others keeps the languages apart.
pub(crate) const LANGUAGES: [(&str, &[&str]); 8] = [
    (
        "en-GB",
        &[
            "re", "strain", "ward", "care", "ly", "ing", "open", "room", "s", "calm", "th", "er", "ed", "tion", "pa",
            "ti",
        ],
    ),
    (
        "de",
        &[
            "fix", "ier", "ung", "raum", "ge", "spräch", "tür", "en", "ver", "lich", "keit", "sta", "tion", "ru", "he",
            "bett",
        ],
    ),
    (
        "fr",
        &[
            "iso", "le", "ment", "soin", "équi", "pe", "cha", "mbre", "ré", "union", "tion", "per", "son", "ne", "vé",
            "cu",
        ],
    ),
    (
        "es",
        &[
            "con", "ten", "ción", "uni", "dad", "ma", "ña", "na", "per", "so", "nas", "cui", "da", "do", "mie", "nto",
        ],
    ),
    (
        "cs",
        &[
            "lůž", "ko", "po", "koj", "kli", "du", "ome", "zení", "pa", "ci", "ent", "ství", "ně", "ře", "či", "sta",
        ],
    ),
    (
        "ar",
        &[
            "عز", "ل", "ال", "مر", "يض", "رع", "اية", "غر", "فة", "هد", "وء", "تق", "ييد", "سر", "ير", "ون",
        ],
    ),
    (
        "ja",
        &[
            "身", "体", "拘", "束", "隔", "離", "患", "者", "の", "を", "病", "棟", "会", "話", "する", "朝",
        ],
    ),
    (
        "xh",
        &[
            "aba", "gu", "li", "um", "ong", "ikazi", "i", "khe", "fu", "ku", "pham", "la", "e", "wa", "di", "ni",
        ],
    ),
];
const ORGANISATIONS: u64 = 300;
const CHAPTERS: u64 = 40;
/// 2020-01-01, and milliseconds of six years.
const FIRST_DAY: i64 = 1_577_836_800_000;
const SIX_YEARS: u64 = 189_345_600_000;

/// Numbers from a seed (splitmix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A word by its rank: the n-th comes about 1/n times as often as the first.
    pub(crate) fn rank(&mut self) -> usize {
        let unit = self.next() as f64 / u64::MAX as f64;
        ((WORDS as f64).powf(unit) as usize).min(WORDS) - 1
    }
}

/// The word of a rank.
pub(crate) fn word(language: usize, rank: usize) -> String {
    let syllables = LANGUAGES[language].1;
    let mut numbers = Numbers(rank as u64 * 31 + language as u64);
    let count = 2 + numbers.below(3) + u64::from(rank > 2_000);
    (0..count)
        .map(|_| syllables[numbers.below(syllables.len() as u64) as usize])
        .collect()
}

/// Makes records.
pub(crate) struct Maker {
    numbers: Numbers,
    authors: Vec<(Author, LogPosition, u64)>,
    pub(crate) text_bytes: u64,
}

impl Maker {
    pub(crate) fn new() -> Self {
        let author = |number: u64| {
            let seed = |mark: u64| {
                SecretKey::from_seed(
                    &[(number * 2 + mark).to_le_bytes(); 4]
                        .concat()
                        .try_into()
                        .unwrap_or([0; 32]),
                )
            };
            let author = Author {
                alliance: AllianceId([1; 32]),
                organisation: seed(1).organisation(),
                instance: InstanceId([1; 8]),
                key: seed(0),
            };
            let start = LogPosition {
                sequence: 0,
                previous: None,
            };
            (author, start, number % CHAPTERS)
        };
        Self {
            numbers: Numbers(42),
            authors: (0..ORGANISATIONS).map(author).collect(),
            text_bytes: 0,
        }
    }

    pub(crate) fn group(&mut self, count: usize) -> Result<Vec<VerifiedRecord>> {
        (0..count).map(|_| self.record()).collect()
    }

    fn record(&mut self) -> Result<VerifiedRecord> {
        let language = (self.numbers.below(16) as usize).saturating_sub(8);
        let body = self.body(language);
        self.sign(body)
    }

    /// A record of one of the authors, somewhere in six years.
    pub(crate) fn sign(&mut self, (kind, bytes): (Kind, Vec<u8>)) -> Result<VerifiedRecord> {
        let at = self.numbers.below(ORGANISATIONS) as usize;
        let claimed_at_ms = FIRST_DAY + self.numbers.below(SIX_YEARS) as i64;
        let (author, position, chapter) = &mut self.authors[at];
        let draft = Draft {
            chapter: format!("m49:{:03}", *chapter + 100).parse()?,
            kind,
            schema: 1,
            bytes: bytes.into(),
            references: Vec::new(),
            claimed_at_ms,
        };
        let record = author.sign(draft, *position, Salt([7; 32]))?.verify();
        let record = record.map_err(|refusal| format!("{refusal:?}"))?;
        *position = LogPosition {
            sequence: position.sequence + 1,
            previous: Some(record.id()),
        };
        Ok(record)
    }

    fn body(&mut self, language: usize) -> (Kind, Vec<u8>) {
        let common = v1::Common {
            title: self.text(language, 7),
            title_en: if language == 0 { String::new() } else { self.text(0, 7) },
            lang: LANGUAGES[language].0.into(),
            scope: "public".into(),
            licence: "CC-BY-4.0".into(),
            tags: vec![self.text(language, 1), self.text(language, 2)],
            ..v1::Common::default()
        };
        let settings = vec![self.code("setting"), self.code("setting")];
        if self.numbers.below(3) == 0 {
            let lesson = v1::Lesson {
                common: Some(common),
                summary: self.text(language, 40),
                valence: self.code("lesson_valence"),
                happened: self.text(language, 90),
                learned: self.text(language, 60),
                settings,
                ..v1::Lesson::default()
            };
            return (Kind::LESSON, lesson.encode_to_vec());
        }
        let practice = v1::Practice {
            common: Some(common),
            summary: self.text(language, 40),
            problem: self.text(language, 60),
            why_it_should_work: self.text(language, 40),
            what_procedures: self.text(language, 90),
            settings,
            restrictive_types: vec![self.code("restrictive_type")],
            models: vec![self.code("model")],
            evidence_stage: self.code("evidence_stage"),
            effect: self.code("effect"),
            status: self.code("adoption_status"),
            ..v1::Practice::default()
        };
        (Kind::PRACTICE, practice.encode_to_vec())
    }

    fn text(&mut self, language: usize, words: usize) -> String {
        let between = if LANGUAGES[language].0 == "ja" { "" } else { " " };
        let words: Vec<String> = (0..words).map(|_| word(language, self.numbers.rank())).collect();
        let text = words.join(between);
        self.text_bytes += text.len() as u64;
        text
    }

    fn code(&mut self, list: &str) -> String {
        let codes = vocabulary(list).unwrap_or_default();
        codes[self.numbers.below(codes.len() as u64) as usize].code.clone()
    }
}
