//! The data package: every column of every table is described, and nothing else.

use alliance_export::{Constraints, DataFile, Format, Table, datapackage};
use alliance_record::schema::{Kind, kinds, vocabulary};
use serde_json::{Value, json};

use crate::rfc4180::Sheet;
use crate::shelf::{origin, usual};

fn formats() -> Vec<Format> {
    let tables = kinds()
        .map(|info| Table::Kind(info.kind))
        .chain([Table::All, Table::Kind(Kind::PROFILE)]);
    let tables = tables.map(Format::Csv);
    tables
        .chain([Format::MeasurePoints, Format::MetaPrePost, Format::Ndjson])
        .collect()
}

fn package(constraints: Constraints) -> Value {
    let files: Vec<_> = formats()
        .into_iter()
        .map(|format| DataFile {
            path: format.file_name().into(),
            format,
            bytes: Some(1),
            hash: None,
        })
        .collect();
    datapackage(&origin(), &files, &["CC-BY-4.0", "link-only"], constraints)
}

fn resource<'a>(package: &'a Value, path: &str) -> &'a Value {
    let mut resources = package["resources"].as_array().unwrap().iter();
    resources.find(|resource| resource["path"] == path).unwrap()
}

fn field<'a>(resource: &'a Value, name: &str) -> &'a Value {
    let mut fields = resource["schema"]["fields"].as_array().unwrap().iter();
    fields.find(|field| field["name"] == name).unwrap()
}

#[test]
fn every_column_is_described_in_its_order() {
    let package = package(Constraints::Exported);
    for format in formats().into_iter().filter(|format| *format != Format::Ndjson) {
        let header = Sheet::read(&usual(format, &[]).0).header;
        let fields = resource(&package, &format.file_name())["schema"]["fields"]
            .as_array()
            .unwrap();
        let names: Vec<_> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
        assert_eq!(names, header, "{format:?}");
        assert!(fields.iter().all(|field| field["type"].is_string()));
    }
    assert_eq!(resource(&package, "records.ndjson").get("schema"), None);
}

#[test]
fn what_authors_must_do_is_asked_for_only_when_wanted() {
    let (lenient, strict) = (package(Constraints::Exported), package(Constraints::Authors));
    let codes: Vec<_> = vocabulary("effect")
        .unwrap()
        .iter()
        .map(|code| code.code.as_str())
        .collect();
    let of = |package: &Value, name: &str| field(resource(package, "practice.csv"), name).clone();
    assert_eq!(
        of(&strict, "effect")["constraints"],
        json!({"required": true, "enum": codes})
    );
    assert_eq!(of(&lenient, "effect").get("constraints"), None);
    assert_eq!(of(&strict, "started")["type"], "yearmonth");
    assert_eq!(of(&lenient, "started")["type"], "string");
    assert_eq!(
        of(&strict, "costs.setup_hours")["constraints"],
        json!({"minimum": 0.0, "maximum": 1_000_000.0})
    );
    assert_eq!(of(&strict, "coproduction.level")["constraints"]["required"], true);
    assert_eq!(of(&strict, "core_components")["type"], "array");
    assert_eq!(of(&strict, "settings")["constraints"], json!({"required": true}));
    assert_eq!(of(&strict, "settings")["codeList"], "setting");
    let point = field(resource(&strict, "adoption.csv"), "fidelity.method").clone();
    assert_eq!(point["constraints"].get("required"), None);
    assert_eq!(
        of(&lenient, "id")["constraints"],
        json!({"required": true, "unique": true})
    );
}

#[test]
fn keys_lead_from_file_to_file() {
    let package = package(Constraints::Exported);
    let keys = |path: &str| resource(&package, path)["schema"]["foreignKeys"].clone();
    let to = |own: &str, name: &str| json!({"fields": [own], "reference": {"resource": name, "fields": ["id"]}});
    assert_eq!(keys("practice.csv"), json!([to("id", "records")]));
    assert_eq!(
        keys("measure_points.csv"),
        json!([to("record", "records"), to("record", "measure")])
    );
    assert_eq!(keys("records.csv"), Value::Null);
    assert_eq!(
        package["licenses"][0]["path"],
        "https://creativecommons.org/licenses/by/4.0/"
    );
    assert_eq!(package["licenses"][1], json!({"name": "link-only"}));
}
