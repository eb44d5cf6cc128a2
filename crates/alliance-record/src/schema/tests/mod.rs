//! The schema as authors and other parts of the program meet it.

mod examples;
mod findings;
mod hostile;
mod options;
mod summaries;
mod templates;

use super::{Finding, KindInfo};

/// Findings as lines, for messages of failing tests.
fn told(findings: &[Finding]) -> String {
    let told = |f: &Finding| {
        format!(
            "{:?} {} at {:?} \"{}\": {} {}",
            f.severity, f.code, f.line, f.place, f.message, f.remedy
        )
    };
    findings.iter().map(told).collect::<Vec<_>>().join("\n")
}

/// The template of a kind with its open places filled by the fields' own examples.
fn filled(info: &KindInfo) -> String {
    let template = super::template(info.kind);
    let (front, sections) = template.split_once("\n---\n").unwrap();
    let mut out = String::new();
    let mut fields = &info.fields;
    let mut list = None;
    for line in front.lines() {
        out.push_str(line);
        let word = line.trim();
        if let Some(name) = word.strip_suffix(':').filter(|_| !word.starts_with('#')) {
            if !line.starts_with(' ') {
                fields = &info.fields;
            }
            let field = fields.iter().find(|field| field.name == name).unwrap();
            if !field.fields.is_empty() {
                fields = &field.fields;
            } else if field.repeated {
                list = Some(field);
            } else if !field.example.is_empty() {
                out.push(' ');
                out.push_str(&super::template::example(field));
            }
        }
        if let Some(field) = list.take_if(|_| word == "-") {
            out.push(' ');
            out.push_str(&super::template::example(field));
        }
        out.push('\n');
    }
    out.push_str("---\n");
    for line in sections.lines() {
        out.push_str(line);
        out.push('\n');
        let field = line
            .strip_prefix("## ")
            .and_then(|label| info.fields.iter().find(|field| field.label == label));
        if let Some(field) = field.filter(|field| field.required) {
            out.push_str(&field.example);
            out.push('\n');
        }
    }
    // A resource needs files or an address, and the template leaves the choice.
    out.replace("# url: ", "url: ")
}
