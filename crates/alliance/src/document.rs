//! Documents without a node: which format a file is in, and templates.

use std::path::Path;

use alliance_api::DocumentFormat;
use alliance_record::schema::{self, KindInfo};

use crate::failure::Failure;

/// The format by the file's ending, or else by how it begins.
pub(crate) fn format(path: Option<&Path>, text: &str) -> DocumentFormat {
    let ending = path
        .and_then(Path::extension)
        .and_then(|ending| ending.to_str())
        .map(str::to_ascii_lowercase);
    match ending.as_deref() {
        Some("md" | "markdown") => DocumentFormat::Markdown,
        Some("json") => DocumentFormat::Json,
        _ if text.trim_start().starts_with('{') => DocumentFormat::Json,
        _ => DocumentFormat::Markdown,
    }
}

/// The template of a kind, by its name.
///
/// # Errors
/// No kind of that name is written by hand.
pub(crate) fn template(name: &str) -> Result<String, Failure> {
    let known = |info: &&KindInfo| info.name == name;
    let Some(info) = schema::kinds().find(known) else {
        let names: Vec<&str> = schema::kinds().map(|info| info.name.as_str()).collect();
        return Err(Failure::usage(
            "kind_unknown",
            format!("There is no kind of record named '{name}'"),
            format!("the kinds are: {}", names.join(", ")),
        ));
    };
    Ok(schema::template(info.kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_told_by_ending_and_else_by_content() {
        for (path, text, expected) in [
            (Some("a.md"), "{}", DocumentFormat::Markdown),
            (Some("a.JSON"), "---", DocumentFormat::Json),
            (Some("a.txt"), "  {\"kind\":", DocumentFormat::Json),
            (None, "---\nkind: lesson", DocumentFormat::Markdown),
            (None, "", DocumentFormat::Markdown),
        ] {
            assert_eq!(format(path.map(Path::new), text), expected, "{path:?} {text}");
        }
    }

    #[test]
    fn every_kind_has_a_template_and_strange_names_are_refused() {
        for info in schema::kinds() {
            assert!(!template(&info.name).unwrap().is_empty(), "{}", info.name);
        }
        assert!(template("charter").unwrap_err().told.remedy.contains("practice"));
    }
}
