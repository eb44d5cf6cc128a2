//! Records from a seed: words of a language by how often they come, as in texts, and codes of the lists.

use std::borrow::Cow;

use alliance_export::{Exported, State};
use alliance_record::proto::v1;
use alliance_record::schema::{Kind, vocabulary};
use alliance_record::{OrganisationId, RecordId, SecretKey};
use prost::Message;

/// Words of a language; the first come most often.
const WORDS: usize = 20_000;
/// Letters or syllables of which words are made, and what stands between two words.
const LANGUAGES: [(&str, &str, &str); 7] = [
    (
        "en-GB",
        "re strain ward care ly ing open room s calm th er ed tion pa ti",
        " ",
    ),
    (
        "de",
        "fix ier ung raum ge spräch tür en ver lich keit sta tion ru he bett",
        " ",
    ),
    (
        "fr",
        "iso le ment soin équi pe cha mbre ré union tion per son ne vé cu",
        " ",
    ),
    ("cs", "lůž ko po koj kli du ome zení pa ci ent ství ně ře či sta", " "),
    ("ar", "عز ل ال مر يض رع اية غر فة هد وء تق ييد سر ير ون", " "),
    ("ja", "身 体 拘 束 隔 離 患 者 の を 病 棟 会 話 する 朝", ""),
    ("xh", "aba gu li um ong ikazi i khe fu ku pham la e wa di ni", " "),
];
const COUNTRIES: [&str; 12] = ["GB", "DE", "FR", "CZ", "EG", "JP", "ZA", "US", "AU", "IN", "BR", "NO"];
const ORGANISATIONS: u64 = 300;
/// 2020-01-01, and milliseconds of six years.
const FIRST_DAY: i64 = 1_577_836_800_000;
const SIX_YEARS: u64 = 189_345_600_000;
/// Points of a measure.
const POINTS: usize = 24;

/// Numbers from a seed (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// A word by its rank: the n-th comes about 1/n times as often as the first.
    fn rank(&mut self) -> usize {
        let unit = self.next() as f64 / u64::MAX as f64;
        ((WORDS as f64).powf(unit) as usize).clamp(1, WORDS) - 1
    }

    fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes
            .chunks_mut(8)
            .for_each(|part| part.copy_from_slice(&self.next().to_le_bytes()));
        bytes
    }
}

/// Makes records.
pub(crate) struct Maker {
    numbers: Numbers,
    words: Vec<Vec<String>>,
    organisations: Vec<OrganisationId>,
    made: u64,
    last: RecordId,
    pub(crate) body_bytes: u64,
}

impl Maker {
    pub(crate) fn new() -> Self {
        let organisation = |number: u64| {
            let mut seed = [7; 32];
            seed[..8].copy_from_slice(&number.to_le_bytes());
            SecretKey::from_seed(&seed).organisation()
        };
        Self {
            numbers: Numbers(42),
            words: (0..LANGUAGES.len()).map(words).collect(),
            organisations: (0..ORGANISATIONS).map(organisation).collect(),
            made: 0,
            last: RecordId([9; 32]),
            body_bytes: 0,
        }
    }

    pub(crate) fn record(&mut self) -> Exported<'static> {
        // Half of all is in English, the rest in the others alike.
        let language = self.numbers.below(2 * LANGUAGES.len()).saturating_sub(LANGUAGES.len());
        let (kind, body) = self.body(language);
        let organisation = self.numbers.below(self.organisations.len());
        self.made += 1;
        self.body_bytes += body.len() as u64;
        self.last = RecordId(self.numbers.bytes());
        Exported {
            id: self.last,
            kind,
            chapter: Cow::Owned(format!("m49:{:03}", 100 + organisation % 40)),
            organisation: self.organisations[organisation],
            organisation_name: Cow::Owned(format!("Organisation {organisation}")),
            country: Cow::Borrowed(COUNTRIES[organisation % COUNTRIES.len()]),
            claimed_at_ms: FIRST_DAY + (self.numbers.next() % SIX_YEARS) as i64,
            arrival: Some(self.made),
            version: Some(1),
            state: State::Current,
            notices: Vec::new(),
            body: Some(Cow::Owned(body)),
        }
    }

    /// Of ten records five are practices, three lessons, one is an adoption and one a measure.
    fn body(&mut self, language: usize) -> (Kind, Vec<u8>) {
        let common = Some(self.common(language));
        match self.numbers.below(10) {
            0..5 => (Kind::PRACTICE, self.practice(common, language).encode_to_vec()),
            5..8 => (Kind::LESSON, self.lesson(common, language).encode_to_vec()),
            8 => (Kind::ADOPTION, self.adoption(common, language).encode_to_vec()),
            _ => (Kind::MEASURE, self.measure(common).encode_to_vec()),
        }
    }

    fn common(&mut self, language: usize) -> v1::Common {
        v1::Common {
            title: self.text(language, 7),
            title_en: if language == 0 { String::new() } else { self.text(0, 7) },
            lang: LANGUAGES[language].0.into(),
            scope: "public".into(),
            licence: "CC-BY-4.0".into(),
            tags: vec![self.text(language, 1), self.text(language, 2)],
            ..v1::Common::default()
        }
    }

    fn practice(&mut self, common: Option<v1::Common>, language: usize) -> v1::Practice {
        v1::Practice {
            common,
            summary: self.text(language, 40),
            problem: self.text(language, 60),
            why_it_should_work: self.text(language, 40),
            what_procedures: self.text(language, 90),
            settings: vec![self.code("setting"), self.code("setting")],
            restrictive_types: vec![self.code("restrictive_type")],
            models: vec![self.code("model")],
            evidence_stage: self.code("evidence_stage"),
            effect: self.code("effect"),
            status: self.code("adoption_status"),
            ..v1::Practice::default()
        }
    }

    fn lesson(&mut self, common: Option<v1::Common>, language: usize) -> v1::Lesson {
        v1::Lesson {
            common,
            summary: self.text(language, 40),
            valence: self.code("lesson_valence"),
            happened: self.text(language, 90),
            learned: self.text(language, 60),
            settings: vec![self.code("setting")],
            ..v1::Lesson::default()
        }
    }

    fn adoption(&mut self, common: Option<v1::Common>, language: usize) -> v1::Adoption {
        v1::Adoption {
            common,
            of: Some(v1::RecordVersion {
                record: self.last.0.to_vec().into(),
                ..v1::RecordVersion::default()
            }),
            status: self.code("adoption_status"),
            effect: self.code("effect"),
            outcome_note: self.text(language, 60),
            ..v1::Adoption::default()
        }
    }

    fn measure(&mut self, common: Option<v1::Common>) -> v1::Measure {
        let point = |place: usize, numbers: &mut Numbers| {
            let month = format!("{}-{:02}", 2022 + place / 12, 1 + place % 12);
            v1::Point {
                from: month.clone(),
                to: month,
                numerator: Some(numbers.below(60) as f64),
                numerator_status: "exact".into(),
                denominator: Some(600.0 + numbers.below(90) as f64),
                denominator_status: "exact".into(),
            }
        };
        v1::Measure {
            common,
            measure: "restraint.physical.events.obd".into(),
            points: (0..POINTS).map(|place| point(place, &mut self.numbers)).collect(),
            settings: vec![self.code("setting")],
            ..v1::Measure::default()
        }
    }

    fn text(&mut self, language: usize, words: usize) -> String {
        let of = &self.words[language];
        let chosen: Vec<&str> = (0..words).map(|_| of[self.numbers.rank()].as_str()).collect();
        chosen.join(LANGUAGES[language].2)
    }

    fn code(&mut self, list: &str) -> String {
        let codes = vocabulary(list).unwrap_or_default();
        codes[self.numbers.below(codes.len())].code.clone()
    }
}

/// The words of a language by their ranks.
fn words(language: usize) -> Vec<String> {
    let syllables: Vec<&str> = LANGUAGES[language].1.split(' ').collect();
    let word = |rank: usize| {
        let mut numbers = Numbers((rank * 31 + language) as u64);
        let count = 2 + numbers.below(3) + usize::from(rank > 2_000);
        (0..count).map(|_| syllables[numbers.below(syllables.len())]).collect()
    };
    (0..WORDS).map(word).collect()
}
