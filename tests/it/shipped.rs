//! The shipped records as files: which there are and in which order, how they are read, and whether two files say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use alliance_api::DocumentFormat;
use alliance_record::schema::{self, Document};
use serde_json::Value;

/// What a comment begins with that stands below the front matter.
const COMMENT: &str = "<!--";

/// An organisation of `config/demo`.
pub(crate) struct Organisation {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) country: String,
    /// None of whoever founded the alliance.
    pub(crate) recruited_by: Option<String>,
}

/// A record of `config/demo`.
pub(crate) struct Shipped {
    /// By which the other files name it.
    pub(crate) name: String,
    /// Who shares it.
    pub(crate) organisation: String,
    file: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/demo")
}

/// How many files there are.
pub(crate) fn files() -> usize {
    std::fs::read_dir(folder().join("records")).unwrap().count()
}

/// The texts in the tables of a list, in its order.
fn tables(file: &str, table: &str) -> Vec<BTreeMap<String, String>> {
    let list = std::fs::read_to_string(folder().join(file)).unwrap();
    let texts = |table: &str| {
        let lines = table.lines().filter_map(|line| line.split_once(" = "));
        lines
            .map(|(key, value)| (key.to_owned(), value.trim_matches('"').to_owned()))
            .collect()
    };
    list.split(&format!("[[{table}]]\n")).skip(1).map(texts).collect()
}

/// The organisations in the order of admission.
pub(crate) fn organisations() -> Vec<Organisation> {
    let organisation = |mut texts: BTreeMap<String, String>| Organisation {
        id: texts["id"].clone(),
        name: texts["name"].clone(),
        country: texts["country"].clone(),
        recruited_by: texts.remove("recruited_by"),
    };
    let tables = tables("organisations.toml", "organisation").into_iter();
    tables.map(organisation).collect()
}

/// The records in the order of publication: each after those that it refers to.
pub(crate) fn records() -> Vec<Shipped> {
    let record = |texts: BTreeMap<String, String>| Shipped {
        name: texts["id"].clone(),
        organisation: texts["organisation"].clone(),
        file: texts["file"].clone(),
    };
    tables("records.toml", "record").into_iter().map(record).collect()
}

impl Shipped {
    /// The file's text, with the names of published records replaced by their ids; longer names first, since one may begin
    /// another.
    pub(crate) fn text(&self, published: &BTreeMap<String, String>) -> String {
        let text = std::fs::read_to_string(folder().join(&self.file)).unwrap();
        let mut names: Vec<_> = published.keys().collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names
            .into_iter()
            .fold(text, |text, name| text.replace(name, &published[name]))
    }

    pub(crate) fn format(&self) -> DocumentFormat {
        if self.file.ends_with(".json") {
            DocumentFormat::Json
        } else {
            DocumentFormat::Markdown
        }
    }
}

/// Reads a document that is known to be sound.
pub(crate) fn read(format: DocumentFormat, text: &str) -> Document {
    let read = match format {
        DocumentFormat::Markdown => schema::read_markdown(text),
        DocumentFormat::Json => schema::read_json(text),
    };
    read.unwrap_or_else(|findings| panic!("{findings:?}\n{text}"))
}

/// What a Markdown file says by itself, whatever became of it as a body: which fields stand in its front matter, and the text
/// of each section by the field that its heading names.
///
/// Left out is what may differ between two files that say the same: the order of fields and of sections, comments, how lines
/// end and blanks at their ends, a mark of the byte order, and whether a heading is the field's label or its name. The
/// chapter is left out too, unless the kind has it as a field: a body does not say where its record goes. How a value is
/// written in YAML may differ as well; what it means is compared as a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    fields: BTreeSet<String>,
    sections: BTreeMap<String, String>,
}

impl Said {
    pub(crate) fn of(document: &Document, file: &str) -> Self {
        let kind = schema::kind(document.kind).unwrap();
        let file = file.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let (front, below) = file.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap();
        let is_name = |line: &&str| line.starts_with(|c: char| c.is_ascii_lowercase());
        let names = front.lines().filter(is_name).filter_map(|line| line.split_once(':'));
        let fields = names
            .map(|(name, _)| name.to_owned())
            .filter(|name| name != "chapter" || kind.field("chapter").is_some())
            .collect();
        let lines = below.lines().filter(|line| !line.starts_with(COMMENT));
        let below: String = lines.map(|line| format!("{}\n", line.trim_end())).collect();
        let section = |section: &str| {
            let (heading, text) = section.split_once('\n').unwrap();
            let is_meant = |field: &&schema::FieldInfo| field.name == heading || field.label == heading;
            let mut sections = kind.fields.iter().filter(|field| field.section);
            let field = sections.find(is_meant).unwrap();
            (field.name.clone(), text.trim().to_owned())
        };
        let sections = format!("\n{below}").split("\n## ").skip(1).map(section).collect();
        Self { fields, sections }
    }
}

/// What a JSON file says: all of it, but for what its record is and where it goes, which stand in the header. The order of
/// fields and the blanks between them are no part of that.
pub(crate) fn said_in_json(document: &Document, file: &str) -> Value {
    let mut said: Value = serde_json::from_str(file).unwrap();
    let fields = said.as_object_mut().unwrap();
    fields.remove("kind");
    if schema::kind(document.kind).unwrap().field("chapter").is_none() {
        fields.remove("chapter");
    }
    said
}
