//! What a question can ask of a record: its header, its codes and its texts, taken by reflection from its body.

use alliance_record::proto::v1::Format;
use alliance_record::schema::{self, FieldInfo, Kind, Leaf, Shape};
use alliance_record::{RecordId, Role, VerifiedRecord};

/// Fields that hold a title, as the summary of a record takes them.
const TITLES: [&str; 4] = ["title", "title_en", "name", "name_en"];
/// Ends the name of a field that says in English what the field without it says.
const IN_ENGLISH: &str = "_en";
const ENGLISH: &str = "en";

/// Bytes of a code at most, and codes of a record: far beyond any list's, so that nobody can fill the counts of others.
const CODE_BYTES_MAX: usize = 100;
const CODES_MAX: usize = 200;

/// Characters of a language's tag at most (BCP 47, as the schema has it): what is longer is none.
const TAG_BYTES_MAX: usize = 35;

/// A record as questions see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its id.
    pub id: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// The chapter's name.
    pub chapter: String,
    /// The organisation's id, 64 hexadecimal digits in lower case.
    pub organisation: String,
    /// The language's tag as the author wrote it; may be empty.
    pub lang: String,
    /// When its author says that it was written, in milliseconds since 1970 UTC.
    pub claimed_at_ms: i64,
    /// (list, code), each pair once, sorted; unknown codes too.
    pub codes: Vec<(String, String)>,
    /// What it says, in the order of the fields.
    pub texts: Vec<Text>,
    /// What it is an adoption of.
    pub adopts: Vec<RecordId>,
    /// What it takes the place of.
    pub supersedes: Vec<RecordId>,
}

/// One text of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The field of the kind in which it stands, such as `core_components`.
    pub field: String,
    /// Whether it is a title.
    pub is_title: bool,
    /// The tag of its language; may be empty.
    pub lang: String,
    /// As its author wrote it.
    pub text: String,
}

impl Facts {
    /// Of a record. Codes and texts are missing where its body is not here, or of a kind or form that is not known.
    #[must_use]
    pub fn of(record: &VerifiedRecord) -> Self {
        let header = record.header();
        let linked = |role: Role| {
            let links = header.references.iter().filter(move |link| link.role == role);
            links.map(|link| link.record).collect()
        };
        let mut facts = Self {
            id: record.id(),
            kind: header.kind,
            chapter: header.log.chapter.as_str().to_owned(),
            organisation: header.organisation.to_string(),
            lang: String::new(),
            claimed_at_ms: header.claimed_at_ms,
            codes: Vec::new(),
            texts: Vec::new(),
            adopts: linked(Role::ADOPTS),
            supersedes: linked(Role::SUPERSEDES),
        };
        if let Some(body) = record.body() {
            facts.read(header.kind, &body.bytes);
        }
        facts
    }

    fn read(&mut self, kind: Kind, body: &[u8]) {
        let mut take = |leaf: Leaf<'_>| match (&leaf.field.vocabulary, leaf.field.format) {
            (Some(list), _) => self.codes.push((list.clone(), leaf.value.to_owned())),
            (None, Format::Language) if leaf.top.name == "lang" && leaf.value.len() <= TAG_BYTES_MAX => {
                leaf.value.clone_into(&mut self.lang)
            }
            (None, format) if is_read(leaf.field, format) => self.texts.push(Text {
                field: leaf.top.name.clone(),
                is_title: TITLES.contains(&leaf.top.name.as_str()),
                lang: in_english(leaf.field),
                text: leaf.value.to_owned(),
            }),
            _ => {}
        };
        // What cannot be read has no texts and no codes.
        if schema::leaves(kind, body, &mut take).is_err() {
            self.texts.clear();
            self.codes.clear();
        }
        self.codes.retain(|(_, code)| code.len() <= CODE_BYTES_MAX);
        self.codes.truncate(CODES_MAX);
        self.codes.sort_unstable();
        self.codes.dedup();
        for text in self.texts.iter_mut().filter(|text| text.lang.is_empty()) {
            text.lang.clone_from(&self.lang);
        }
    }
}

/// Whether people read it: ids, addresses, dates and the like are no texts.
fn is_read(field: &FieldInfo, format: Format) -> bool {
    field.shape == Shape::Text && matches!(format, Format::Unspecified | Format::Prose)
}

fn in_english(field: &FieldInfo) -> String {
    match field.name.ends_with(IN_ENGLISH) {
        true => ENGLISH.to_owned(),
        false => String::new(),
    }
}
