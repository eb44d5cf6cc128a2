//! Documents without a node: which format a file is in, and templates.

use std::path::Path;

use alliance_api::{DocumentFormat, RecordSummary};
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

/// The id that stands in templates where a record's belongs.
const EXAMPLE_ID: &str = "0000000000000000000000000000000000000000000000000000000000000001";
const FRONT: &str = "---\n";
const SUPERSEDES: &str = "supersedes:";

/// How a template names a chapter.
const CHAPTER: &str = "chapter: m49:001";

/// A template with the record that it is about, in its chapter; `None` when there is no place for one.
pub(crate) fn about(template: &str, record: &RecordSummary) -> Option<String> {
    let mut lines: Vec<String> = template.lines().map(str::to_owned).collect();
    // The first field that takes a record's id and must be filled: of an adoption, an answer, a notice, a translation.
    let example = |line: &String| line.trim_start().starts_with('#') && line.contains(EXAMPLE_ID);
    let explained = lines.iter().position(example)?;
    let field = lines
        .iter()
        .skip(explained)
        .position(|line| line.trim_end().ends_with("record:"))?
        + explained;
    let line = lines.get_mut(field)?;
    *line = format!("{} {}", line.trim_end(), record.id);
    // Whoever follows the chapter of the one is to read the other.
    if let Some(line) = lines.iter_mut().find(|line| line.as_str() == CHAPTER) {
        *line = format!("chapter: {}", record.chapter);
    }
    Some(lines.join("\n") + "\n")
}

/// A record's Markdown as a document that takes the place of others.
pub(crate) fn revision(markdown: &str, chapter: &str, supersedes: &[String]) -> String {
    let body = markdown.strip_prefix(FRONT).unwrap_or(markdown);
    let mut lines = body.lines().peekable();
    let mut out = FRONT.to_owned();
    out.extend(lines.next().map(|kind| format!("{kind}\n")));
    // A meeting names its chapter itself.
    let names_chapter = body
        .lines()
        .take_while(|line| *line != "---")
        .any(|line| line.starts_with("chapter:"));
    if !names_chapter {
        out.push_str(&format!("chapter: {chapter}\n"));
    }
    out.push_str(SUPERSEDES);
    out.push('\n');
    out.extend(supersedes.iter().map(|id| format!("  - {id}\n")));
    let mut in_front = true;
    while let Some(line) = lines.next() {
        in_front &= line != "---";
        if in_front && line.starts_with(SUPERSEDES) {
            // What the older version took the place of stays the place of the older one.
            while lines
                .next_if(|item| item.starts_with("  ") || item.starts_with("- "))
                .is_some()
            {}
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_takes_the_place_of_what_it_names_and_of_nothing_else() {
        let published =
            "---\nkind: lesson\ntitle: One\nsupersedes:\n  - aa\n  - bb\nlang: en\n---\n\n## Text\n\nsupersedes: no\n";
        let expected = "---\nkind: lesson\nchapter: iso:gb\nsupersedes:\n  - cc\n  - dd\ntitle: One\nlang: en\n---\n\n## Text\n\nsupersedes: no\n";
        let supersedes = ["cc".to_owned(), "dd".to_owned()];
        assert_eq!(revision(published, "iso:gb", &supersedes), expected);
        let meeting = "---\nkind: meeting\nchapter: m49:150\n---\n";
        let expected = "---\nkind: meeting\nsupersedes:\n  - cc\nchapter: m49:150\n---\n";
        assert_eq!(revision(meeting, "iso:gb", &supersedes[..1]), expected);
    }

    #[test]
    fn a_template_that_is_about_a_record_takes_its_id() {
        let id = "ab".repeat(32);
        let json = serde_json::json!({
            "id": id, "kind": "practice", "chapter": "iso:de", "organisation": "", "organisation_name": "", "lang": "en",
            "title": "", "settings": [], "claimed_at_ms": 0, "arrival": 1,
        });
        let record: RecordSummary = serde_json::from_value(json).unwrap();
        for (kind, place) in [
            ("adoption", "of:\n"),
            ("response", "about:\n"),
            ("translation", "of:\n"),
            ("notice", "target:\n"),
            ("collection", "entries:\n"),
        ] {
            let template = about(&template(kind).unwrap(), &record).unwrap();
            assert!(template.contains("\nchapter: iso:de\n"), "{kind}");
            let from = template.find(&format!("\n{place}")).unwrap();
            let line = template[from..].lines().find(|line| line.trim_end().ends_with(&id));
            assert!(
                line.is_some_and(|line| line.trim_start().starts_with("record: ")),
                "{kind}: {template}"
            );
        }
        assert_eq!(about(&template("practice").unwrap(), &record), None);
    }

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
