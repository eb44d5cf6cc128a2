//! A Frictionless data package: what files there are, and what each of their columns holds.

use std::borrow::Cow;

use alliance_record::proto::v1::Format as Written;
use alliance_record::schema::{FieldInfo, Shape, kind, vocabulary, vocabulary_version};
use serde_json::{Map, Value as Json, json};

use crate::exported::State;
use crate::format::Format;
use crate::licence;
use crate::options::Origin;
use crate::reading::Note;
use crate::rows::{Column, ENVELOPE, FixedColumn, Holds, RAW, Table};
use crate::series::{POINT_COLUMNS, PRE_POST_COLUMNS};

/// How a cell holds several values.
const SEVERAL: &str = "Several, with \"; \" between them.";

/// A file of the package.
#[derive(Debug, Clone)]
pub struct DataFile<'a> {
    /// Its path from the package, such as `practice.csv`.
    pub path: Cow<'a, str>,
    /// What it was written as. Tables are described column by column, other files by their media type.
    pub format: Format,
    /// Its length, where known.
    pub bytes: Option<u64>,
    /// Its hash with the algorithm before it, such as `sha256:…`, where known.
    pub hash: Option<Cow<'a, str>>,
}

/// What the dictionary demands of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Constraints {
    /// Only what holds of every row, whoever wrote it. A validator finds nothing in a sound export.
    #[default]
    Exported,
    /// What the schema asks of authors too: required fields, codes of the lists, least and greatest numbers. A validator then
    /// finds rows that are erased, from newer versions, or published past the gate.
    Authors,
}

/// The `datapackage.json` of a set of files, with licences by their codes (those the records have). Foreign keys lead from
/// each file to the one of all records, where the package has it, and from points to measures: files of one package are
/// exports of one set.
#[must_use]
pub fn datapackage(origin: &Origin<'_>, files: &[DataFile<'_>], licences: &[&str], constraints: Constraints) -> Json {
    let resources: Vec<Json> = files.iter().map(|file| resource(file, files, constraints)).collect();
    let licences: Vec<Json> = licences.iter().map(|code| licence_of(code)).collect();
    let mut package = json!({
        "profile": "data-package",
        "name": format!("alliance-{}", origin.alliance.short()),
        "id": format!("urn:alliance:{}", origin.alliance),
        "title": origin.title,
        "description": format!("Records of {}. Lists in one cell have \"; \" between their items; within an item ; and \\ have a \\ before them, and \\e is an item that is empty. Texts that a spreadsheet would take for a formula may begin with an apostrophe.", origin.alliance_name),
        "codeLists": vocabulary_version(),
        "resources": resources,
    });
    if !licences.is_empty() {
        package["licenses"] = Json::Array(licences);
    }
    package
}

fn licence_of(code: &str) -> Json {
    match licence::url(code) {
        Some(url) => json!({"name": code, "path": url}),
        None => json!({"name": code}),
    }
}

fn resource(file: &DataFile<'_>, files: &[DataFile<'_>], constraints: Constraints) -> Json {
    let mut resource = Map::new();
    let mut add = |name: &str, value: Json| {
        if !value.is_null() {
            resource.insert(name.to_owned(), value);
        }
    };
    add("name", json!(name(file)));
    add("path", json!(file.path));
    let media_type = file.format.media_type().split(';').next();
    add("mediatype", json!(media_type));
    add("bytes", json!(file.bytes));
    add("hash", json!(file.hash));
    if let Some(schema) = schema(file.format, files, constraints) {
        add("profile", json!("tabular-data-resource"));
        add("format", json!("csv"));
        add("encoding", json!("utf-8"));
        add(
            "dialect",
            json!({"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": "\"", "doubleQuote": true, "header": true}),
        );
        add("title", json!(title(file.format)));
        add("schema", schema);
    }
    Json::Object(resource)
}

/// The name by which other files point to it.
fn name(file: &DataFile<'_>) -> String {
    let stem = file.path.rsplit('/').next().unwrap_or_default();
    let letters = stem.to_ascii_lowercase();
    letters.strip_suffix(".csv").unwrap_or(&letters).replace(
        |letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter)),
        "-",
    )
}

fn title(format: Format) -> String {
    match format {
        Format::Csv(Table::All) => "All records, with what all kinds have in common".to_owned(),
        Format::Csv(Table::Kind(of)) => kind(of).map_or_else(|| of.to_string(), |info| info.label.clone()),
        Format::MeasurePoints => "Points of the measures".to_owned(),
        Format::MetaPrePost => "Measures before and after a practice began".to_owned(),
        other => other.name().to_owned(),
    }
}

fn schema(format: Format, files: &[DataFile<'_>], constraints: Constraints) -> Option<Json> {
    let (fields, keys) = match format {
        Format::Csv(table) => (records(table, constraints), json!(["id"])),
        Format::MeasurePoints => (series(&POINT_COLUMNS, constraints), Json::Null),
        Format::MetaPrePost => (series(&PRE_POST_COLUMNS, constraints), json!(["record"])),
        _ => return None,
    };
    let mut schema = json!({"fields": fields, "missingValues": [""]});
    if !keys.is_null() {
        schema["primaryKey"] = keys;
    }
    let foreign = foreign(format, files);
    if !foreign.is_empty() {
        schema["foreignKeys"] = Json::Array(foreign);
    }
    Some(schema)
}

/// Keys to other files of the package.
fn foreign(format: Format, files: &[DataFile<'_>]) -> Vec<Json> {
    let own = match format {
        Format::Csv(Table::Kind(_)) => "id",
        Format::MeasurePoints | Format::MetaPrePost => "record",
        _ => return Vec::new(),
    };
    let measures = Format::Csv(Table::Kind(alliance_record::schema::Kind::MEASURE));
    let mut targets = vec![Format::Csv(Table::All)];
    if own == "record" {
        targets.push(measures);
    }
    let targets = targets
        .iter()
        .filter_map(|target| files.iter().find(|file| file.format == *target));
    targets
        .map(|file| json!({"fields": [own], "reference": {"resource": name(file), "fields": ["id"]}}))
        .collect()
}

fn records(table: Table, constraints: Constraints) -> Vec<Json> {
    let mut fields: Vec<Json> = ENVELOPE.iter().map(|column| envelope(column, table)).collect();
    match table.columns() {
        Some(columns) => fields.extend(columns.iter().map(|column| described(column, constraints))),
        None => fields.push(json!({"name": "body", "type": "object", "description": "The body's fields as JSON."})),
    }
    fields.extend(RAW.iter().map(|column| envelope(column, table)));
    fields
}

fn envelope(column: &FixedColumn, table: Table) -> Json {
    let mut field = fixed(column, Constraints::Exported);
    let mut rules = Map::new();
    if column.required {
        rules.insert("required".to_owned(), json!(true));
    }
    let codes = match (column.name, table) {
        ("state", _) => Some(json!(State::ALL.map(State::code))),
        ("body_note", _) => Some(json!(Note::ALL.map(Note::code))),
        ("kind", Table::Kind(kind)) => Some(json!([kind.name()])),
        _ => None,
    };
    rules.extend(codes.map(|codes| ("enum".to_owned(), codes)));
    if column.name == "id" {
        rules.insert("unique".to_owned(), json!(true));
    }
    if !rules.is_empty() {
        field["constraints"] = Json::Object(rules);
    }
    field
}

fn series(columns: &[FixedColumn], constraints: Constraints) -> Vec<Json> {
    columns.iter().map(|column| fixed(column, constraints)).collect()
}

fn fixed(column: &FixedColumn, constraints: Constraints) -> Json {
    let mut description = column.description.to_owned();
    if column.holds == Holds::List {
        description.push(' ');
        description.push_str(SEVERAL);
    }
    json!({"name": column.name, "type": type_name(column.holds, constraints), "description": description})
}

fn described(column: &Column, constraints: Constraints) -> Json {
    let Some(info) = column.field() else {
        return json!({"name": column.name, "type": "string"});
    };
    let mut field = json!({
        "name": column.name,
        "title": column.title(),
        "type": type_of_field(info, column.holds, constraints),
    });
    let help = description(column, info);
    if !help.is_empty() {
        field["description"] = json!(help);
    }
    if let Some(list) = &info.vocabulary {
        field["codeList"] = json!(list);
    }
    if !info.standards.is_empty() {
        field["standards"] = json!(info.standards);
    }
    let rules = rules(column, info, constraints);
    if !rules.is_empty() {
        field["constraints"] = Json::Object(rules);
    }
    field
}

fn type_name(holds: Holds, constraints: Constraints) -> &'static str {
    match holds {
        Holds::Json => "array",
        Holds::Integer => "integer",
        Holds::Number => "number",
        Holds::YesNo => "boolean",
        Holds::Instant => "datetime",
        // Whoever publishes past the gate may write any text for a month.
        Holds::Month if constraints == Constraints::Authors => "yearmonth",
        Holds::Text | Holds::Word | Holds::Month | Holds::List => "string",
    }
}

/// The same for a field, whose form may say more.
fn type_of_field(info: &FieldInfo, holds: Holds, constraints: Constraints) -> &'static str {
    match (holds, info.format, constraints) {
        (Holds::Text, Written::Date, Constraints::Authors) => "date",
        (Holds::Text, Written::Instant, Constraints::Authors) => "datetime",
        _ => type_name(holds, constraints),
    }
}

fn description(column: &Column, info: &FieldInfo) -> String {
    let mut parts: Vec<String> = vec![column.meaning()];
    if let Some(list) = &info.vocabulary {
        parts.push(format!("Codes of {list}."));
    }
    if column.holds == Holds::List {
        parts.push(SEVERAL.to_owned());
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

fn rules(column: &Column, info: &FieldInfo, constraints: Constraints) -> Map<String, Json> {
    let mut rules = Map::new();
    if constraints == Constraints::Exported {
        return rules;
    }
    // A group that may be left out takes its required fields with it.
    if column.path.iter().all(|field| field.required) {
        rules.insert("required".to_owned(), json!(true));
    }
    if column.holds == Holds::Text
        && let Some(codes) = info.vocabulary.as_deref().and_then(vocabulary)
    {
        let codes: Vec<_> = codes.iter().map(|code| code.code.as_str()).collect();
        rules.insert("enum".to_owned(), json!(codes));
    }
    if matches!(column.holds, Holds::Integer | Holds::Number) {
        let bounds = [("minimum", info.minimum), ("maximum", info.maximum)];
        for (name, bound) in bounds {
            rules.extend(bound.map(|bound| (name.to_owned(), number(bound, info.shape))));
        }
    }
    rules
}

/// A bound as its column writes numbers.
fn number(bound: f64, shape: Shape) -> Json {
    match shape {
        Shape::Integer => json!(bound as i64),
        _ => json!(bound),
    }
}
