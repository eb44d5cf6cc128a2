//! The description: sound in itself, the same as the file that is reviewed, and what every answer of this suite is held to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use serde_json::{Value, json};

/// The description, read once.
pub(crate) fn description() -> &'static Value {
    static DESCRIPTION: OnceLock<Value> = OnceLock::new();
    DESCRIPTION.get_or_init(|| serde_json::from_str(&alliance_http::description()).unwrap())
}

/// An operation: its path as a template, its method in lower case, and what is said of it.
pub(crate) fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    let paths = description()["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// The templates that fit an address; a fixed segment stands before a variable one.
fn template(path: &str) -> Option<&'static str> {
    let asked: Vec<&str> = path.split('/').collect();
    let fits = |template: &&str| {
        let parts: Vec<&str> = template.split('/').collect();
        // A variable segment may be empty, except at the end.
        let is_whole = asked.last().is_some_and(|last| !last.is_empty()) || path == *template;
        let mut pairs = parts.iter().zip(&asked);
        parts.len() == asked.len() && is_whole && pairs.all(|(part, asked)| part == asked || part.starts_with('{'))
    };
    let all: BTreeSet<&str> = operations().map(|(path, _, _)| path).collect();
    all.into_iter()
        .filter(fits)
        .min_by_key(|template| template.matches('{').count())
}

/// What an answer says, as far as it is judged.
pub(crate) struct Said<'a> {
    pub(crate) status: u16,
    pub(crate) media: Option<&'a str>,
    pub(crate) body: &'a [u8],
}

/// Why an answer is not one that the description allows, if it is not.
pub(crate) fn fault(method: &str, address: &str, said: &Said<'_>) -> Option<String> {
    let path = address.split('?').next().unwrap_or_default();
    let method = method.to_ascii_lowercase();
    // What answers without a body to HEAD is what GET would say.
    let asked = if method == "head" { "get" } else { &method };
    let described = template(path).and_then(|template| description()["paths"][template].get(asked));
    let Some(operation) = described else {
        return none_described(said);
    };
    let mut answer = &operation["responses"][said.status.to_string()];
    if answer.is_null() {
        return Some(format!("the status {} is not described", said.status));
    }
    if let Some(reference) = answer["$ref"].as_str() {
        answer = description().pointer(&reference[1..]).unwrap();
    }
    let Some(content) = answer["content"].as_object() else {
        return (!said.body.is_empty()).then(|| "it has a body".to_owned());
    };
    let media = said.media.unwrap_or_default();
    let Some(content) = content.get(media) else {
        return Some(format!("'{media}' is not described for {}", said.status));
    };
    if method == "head" || !media.ends_with("json") {
        return None;
    }
    let Ok(body) = serde_json::from_slice::<Value>(said.body) else {
        return Some("it is not JSON".to_owned());
    };
    against(&content["schema"], &body)
}

/// An address or a method that is not described answers with a problem that says so, or with who may not ask.
fn none_described(said: &Said<'_>) -> Option<String> {
    let problem: Value = serde_json::from_slice(said.body).unwrap_or_default();
    let expected = match said.status {
        404 => "no_route",
        405 => "method_not_allowed",
        421 => "host_not_allowed",
        400 if problem["code"] == "several_hosts" => "several_hosts",
        // Written by the connection, before anything is known of the address.
        400 | 414 | 431 if said.body.is_empty() => return None,
        status => return Some(format!("nothing is described, and the status is {status}")),
    };
    (!said.body.is_empty() && problem["code"] != expected).then(|| format!("the code is {}", problem["code"]))
}

/// What does not fit a schema of the description.
fn against(schema: &Value, body: &Value) -> Option<String> {
    let whole = json!({"allOf": [schema], "components": description()["components"]});
    let validator = jsonschema::draft202012::new(&whole).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(body)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    (!errors.is_empty()).then(|| errors.join("\n"))
}

/// Holds an answer, as bytes, against the description.
pub(crate) fn hold(request: &str, answer: &str) {
    let mut words = request.split(' ');
    let (method, address) = (words.next().unwrap(), words.next().unwrap());
    // A request by its whole address names the path behind it.
    let address = address
        .strip_prefix("http://")
        .map_or(address, |rest| &rest[rest.find('/').unwrap()..]);
    let Some((head, body)) = answer.split_once("\r\n\r\n") else {
        return;
    };
    let media = head.lines().find_map(|line| line.strip_prefix("content-type: "));
    let said = Said {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        media: media.map(|media| media.split(';').next().unwrap()),
        body: body.as_bytes(),
    };
    // Streams come in chunks, whose lengths stand between them.
    let is_whole = !head.contains("transfer-encoding: chunked");
    let fault = fault(method, address, &said).filter(|_| is_whole);
    assert!(
        fault.is_none(),
        "{method} {address} gave an answer that is not described: {fault:?}\n{answer}"
    );
}

#[test]
fn the_reviewed_file_is_the_description() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto/openapi.json");
    let made = alliance_http::description();
    if std::env::var_os("ALLIANCE_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "proto/openapi.json is not what the code describes: write it with ALLIANCE_BLESS=1 and read the difference"
    );
}

#[test]
fn every_operation_has_a_name_of_its_own_a_role_and_a_good_answer() {
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations() {
        let place = format!("{method} {path}");
        assert!(
            ids.insert(operation["operationId"].as_str().unwrap()),
            "{place} has another's name"
        );
        assert!(operation["summary"].as_str().unwrap().len() > 3, "{place}");
        assert!(operation["x-role"].is_string(), "{place}");
        let answers = operation["responses"].as_object().unwrap();
        assert!(answers.keys().any(|status| status.starts_with('2')), "{place}");
        let in_path = path.matches('{').count();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let described = parameters.filter(|parameter| {
            parameter["in"] == "path" && path.contains(&format!("{{{}}}", parameter["name"].as_str().unwrap()))
        });
        assert_eq!(described.count(), in_path, "{place}");
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        for parameter in parameters {
            assert!(parameter["description"].is_string(), "{place}: {parameter}");
        }
    }
    assert!(ids.len() > 40, "{ids:?}");
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let mut wanted = BTreeSet::new();
    references(description(), &mut wanted);
    for reference in &wanted {
        assert!(
            description().pointer(&reference[1..]).is_some(),
            "{reference} leads nowhere"
        );
    }
    let schemas = description()["components"]["schemas"].as_object().unwrap();
    // A query's type is shown as its parameters.
    let is_used = |name: &&String| wanted.contains(&format!("#/components/schemas/{name}"));
    let idle: Vec<&String> = schemas.keys().filter(|name| !is_used(name)).collect();
    assert!(idle.iter().all(|name| name.as_str() == "Event"), "{idle:?}");
    for (name, schema) in schemas {
        let whole = json!({"allOf": [schema], "components": description()["components"]});
        assert!(jsonschema::draft202012::new(&whole).is_ok(), "{name} is no JSON Schema");
    }
}

fn references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            into.extend(fields.get("$ref").and_then(Value::as_str).map(ToOwned::to_owned));
            fields.values().for_each(|value| references(value, into));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, into)),
        _ => {}
    }
}

#[test]
fn every_code_of_the_table_is_answered_somewhere_with_its_statuses() {
    let mut answered: BTreeMap<&str, BTreeSet<u16>> = BTreeMap::new();
    for (_, _, operation) in operations() {
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let codes =
                &answer["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]["code"]["enum"];
            for code in codes.as_array().into_iter().flatten().filter_map(Value::as_str) {
                answered.entry(code).or_default().insert(status.parse().unwrap());
            }
        }
    }
    // These two are of addresses that are not described.
    let elsewhere = ["no_route", "method_not_allowed", "unknown_connection"];
    for code in alliance_api::problem_codes() {
        if elsewhere.contains(&code.code) {
            continue;
        }
        let found = answered.remove(code.code).unwrap_or_default();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), code.statuses, "{}", code.code);
    }
    assert!(answered.is_empty(), "not in the table of codes: {answered:?}");
}

#[test]
fn an_answer_that_is_not_described_is_seen() {
    let said = |status, media, body: &'static str| Said {
        status,
        media: Some(media),
        body: body.as_bytes(),
    };
    let good = r#"{"type":"about:blank","title":"t","status":404,"detail":"d","code":"not_found"}"#;
    let strange = r#"{"type":"about:blank","title":"t","status":404,"detail":"d","code":"not_due"}"#;
    let problem = "application/problem+json";
    assert_eq!(fault("GET", "/v1/records/ab", &said(404, problem, good)), None);
    for (address, said) in [
        ("/v1/records/ab", said(404, problem, strange)),
        ("/v1/records/ab", said(404, "text/html", good)),
        ("/v1/records/ab", said(418, problem, good)),
        ("/v1/records", said(200, "application/json", "{}")),
        ("/v1/records", said(200, "application/json", "{")),
        ("/v1/nothing", said(200, "application/json", "{}")),
    ] {
        assert!(fault("GET", address, &said).is_some(), "{address}: {}", said.status);
    }
}

/// Routes are made from their descriptions, so none can lack one; this asks each over the wire.
#[tokio::test]
async fn every_operation_is_a_route() {
    let shown = crate::fixture::Shown::start().await;
    for (path, method, _) in operations() {
        let path = path
            .replace("{id}", "0000")
            .replace("{name}", "iso:gb")
            .replace("{format}", "csv");
        // A stream of events has no end.
        let path = path.replace("/events", "/events?since=x");
        let line = format!("{} {path}", method.to_ascii_uppercase());
        // Without a token, only what is open is done.
        let request = format!("{line} HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: close\r\n\r\n");
        let summary = crate::fixture::summary(&crate::fixture::ask(&shown.server, &request).await);
        assert!(
            !summary.contains("no_route") && !summary.contains("method_not_allowed"),
            "{line}: {summary}"
        );
    }
    shown.stop().await;
}
