//! `alliance codes`: the code lists that documents choose from.

use alliance_record::schema::{self, Code};
use clap::Args;
use serde_json::{Map, Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Screen};
use crate::table::Table;

/// Options of `codes`.
#[derive(Debug, Args)]
pub(crate) struct CodesArgs {
    /// The list, such as setting or effect; without it, the names of all
    #[arg(value_name = "LIST")]
    list: Option<String>,
    /// Labels in this language, where there are any
    #[arg(long, value_name = "TAG", default_value = "en", requires = "list")]
    lang: String,
}

pub(crate) fn perform(args: &CodesArgs, output: Output) -> Result<Exit, Failure> {
    match &args.list {
        Some(name) => one(name, &args.lang, output)?,
        None => all(output)?,
    }
    Ok(Exit::Done)
}

fn all(output: Output) -> Result<(), Failure> {
    let lists = || schema::vocabularies().filter_map(|name| Some((name, schema::vocabulary(name)?)));
    let named: Vec<Value> = lists()
        .map(|(name, codes)| json!({ "list": name, "codes": codes.len() }))
        .collect();
    let answer = json!({ "version": schema::vocabulary_version(), "lists": named });
    output.answer(&answer, |screen| {
        let mut table = Table::new(&["LIST", "CODES", "SUCH AS"]);
        for (name, codes) in lists() {
            let first: Vec<_> = codes.iter().take(3).map(|code| code.code.as_str()).collect();
            table.push(vec![name.to_owned(), codes.len().to_string(), first.join(", ")]);
        }
        table.render(screen)
    })
}

fn one(name: &str, lang: &str, output: Output) -> Result<(), Failure> {
    let Some(codes) = schema::vocabulary(name) else {
        let holds = schema::vocabularies().find(|list| list.contains(name) && !name.is_empty());
        let near = holds.or_else(|| schema::nearest(name, schema::vocabularies()));
        let near = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
        return Err(Failure::usage(
            "list_unknown",
            format!("There is no code list named '{name}'"),
            format!("{near}`alliance codes` names them all"),
        ));
    };
    let answer = json!({
        "list": name,
        "version": schema::vocabulary_version(),
        "codes": codes.iter().map(as_json).collect::<Vec<_>>(),
    });
    output.answer(&answer, |screen| table(codes, lang, screen))
}

fn as_json(code: &Code) -> Value {
    let mut row = Map::new();
    row.insert("code".to_owned(), json!(code.code));
    row.insert("label".to_owned(), json!(code.label));
    for (name, value) in code.columns() {
        row.insert(name.to_owned(), json!(value));
    }
    let labels: Map<String, Value> = code
        .labels()
        .map(|(lang, label)| (lang.to_owned(), json!(label)))
        .collect();
    if !labels.is_empty() {
        row.insert("labels".to_owned(), Value::Object(labels));
    }
    Value::Object(row)
}

fn table(codes: &[Code], lang: &str, screen: Screen) -> String {
    let mut table = Table::new(&["CODE", "LABEL", "ELSEWHERE"]);
    for code in codes {
        let columns: Vec<_> = code.columns().map(|(name, value)| format!("{name}: {value}")).collect();
        table.push(vec![
            code.code.clone(),
            code.label_in(lang).to_owned(),
            columns.join("; "),
        ]);
    }
    table.render(screen)
}
