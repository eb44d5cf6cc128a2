//! Schemas of the types that travel, and parameters made of them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// Schemas by their names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schemas(pub(crate) BTreeMap<String, Value>);

impl Schemas {
    /// Adds a type with all that it is made of; a reference to it.
    pub(crate) fn add<T: ToSchema>(&mut self) -> Value {
        self.0.insert(T::name().into_owned(), value(&T::schema()));
        self.add_parts::<T>();
        json!({"$ref": format!("#/components/schemas/{}", T::name())})
    }

    /// Adds what a type is made of.
    pub(crate) fn add_parts<T: ToSchema>(&mut self) {
        let mut made_of = Vec::new();
        T::schemas(&mut made_of);
        let known = made_of.into_iter().map(|(name, schema)| (name, value(&schema)));
        self.0.extend(known);
    }
}

/// Strings and numbers only: writing a schema down cannot fail.
fn value(schema: &impl serde::Serialize) -> Value {
    let mut value = serde_json::to_value(schema).unwrap_or_default();
    drop_defaults(&mut value);
    value
}

/// Leaves out that what is absent is absent: a default of `null` is of no type that a query string has.
fn drop_defaults(value: &mut Value) {
    if let Some(fields) = value.as_object_mut() {
        if fields.get("default").is_some_and(Value::is_null) {
            fields.remove("default");
        }
        fields.values_mut().for_each(drop_defaults);
    }
    value.as_array_mut().into_iter().flatten().for_each(drop_defaults);
}

/// The fields of a type as parameters of a query string.
pub(super) fn query<T: ToSchema>() -> Vec<Value> {
    let schema = value(&T::schema());
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let fields = schema["properties"].as_object().cloned().unwrap_or_default();
    let parameter = |(name, field): (String, Value)| {
        let is_required = required.contains(&name.as_str());
        parameter_in("query", &name, is_required, field)
    };
    fields.into_iter().map(parameter).collect()
}

fn parameter_in(place: &str, name: &str, required: bool, mut schema: Value) -> Value {
    let description = schema.as_object_mut().and_then(|fields| fields.remove("description"));
    let mut parameter = Map::new();
    parameter.insert("name".to_owned(), name.into());
    parameter.insert("in".to_owned(), place.into());
    parameter.insert("required".to_owned(), required.into());
    parameter.insert("description".to_owned(), description.unwrap_or_default());
    parameter.insert("schema".to_owned(), present(schema));
    Value::Object(parameter)
}

/// What is in a query string is there: it is never `null`.
fn present(mut schema: Value) -> Value {
    if let Some(types) = schema["type"].as_array()
        && let Some(only) = types.iter().find(|name| *name != "null").cloned()
    {
        schema["type"] = only;
    }
    let choices = schema["oneOf"].as_array();
    let reference = choices.and_then(|choices| choices.iter().find(|choice| choice["$ref"].is_string()));
    match reference.cloned() {
        Some(reference) => reference,
        None => schema,
    }
}

/// The variable segments of a path as parameters.
pub(super) fn segments(path: &'static str) -> impl Iterator<Item = Value> {
    let names = path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| {
        let (about, example) = match name {
            "format" => (
                "The format: the answer to one that there is not names those that there are.",
                "csv",
            ),
            "name" => ("A chapter's name.", "iso:gb"),
            _ => ("An id in hexadecimal, or a unique beginning of it.", "3f9a0c"),
        };
        json!({
            "name": name, "in": "path", "required": true, "description": about, "example": example,
            "schema": {"type": "string", "minLength": 1},
        })
    })
}

/// A text of some kind.
pub(crate) fn text() -> Value {
    json!({"type": "string"})
}

/// Bytes.
pub(crate) fn bytes() -> Value {
    json!({"type": "string", "format": "binary"})
}
