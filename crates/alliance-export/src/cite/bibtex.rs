//! BibTeX. Texts are UTF-8 with LaTeX's special characters written out; braces keep case and names as they are.

use super::{Sort, sort};
use crate::exporter::{Entry, Form, Written};
use crate::options::Origin;
use crate::subject::{Subject, line};

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Writes entries: `@techreport` for reports, which BibTeX and biblatex both know; `@dataset`, which biblatex knows and BibTeX
/// takes for `@misc`; `@misc`.
pub(crate) struct BibTex<'o> {
    origin: Origin<'o>,
}

impl<'o> BibTex<'o> {
    pub(crate) fn new(origin: Origin<'o>) -> Self {
        Self { origin }
    }
}

impl Form for BibTex<'_> {
    fn begin(&mut self, row: &mut Vec<u8>) {
        // BibTeX passes over what stands outside entries; an @ or a brace would begin one.
        let title = line(&self.origin.title).replace(['@', '{', '}'], " ");
        row.extend_from_slice(format!("% {title}. UTF-8.\n").as_bytes());
    }

    fn record(&mut self, entry: &Entry<'_>, row: &mut Vec<u8>) -> Written {
        let subject = Subject::of(entry, &self.origin);
        row.extend_from_slice(bibtex(&subject).as_bytes());
        Written::Rows(1)
    }
}

fn bibtex(subject: &Subject) -> String {
    let name = match sort(subject.kind) {
        Sort::Report => "techreport",
        Sort::Dataset => "dataset",
        Sort::Misc => "misc",
    };
    let mut fields = vec![
        ("author", braced(&subject.organisation)),
        ("title", braced(&subject.title)),
    ];
    let mut add = |name, text: Option<String>| fields.extend(text.map(|text| (name, text)));
    add(
        "titleaddon",
        subject
            .title_en
            .as_ref()
            .map(|title| format!("{{[{}]}}", escaped(title))),
    );
    add(
        "institution",
        (name == "techreport").then(|| braced(&subject.organisation)),
    );
    add("publisher", (name == "dataset").then(|| braced(&subject.organisation)));
    add("type", Some(braced(&subject.kind_label())));
    if let Some(day) = subject.day {
        add("year", Some(format!("{{{:04}}}", day.year)));
        let month = usize::try_from(day.month - 1).ok().and_then(|month| MONTHS.get(month));
        add("month", month.map(|month| (*month).to_owned()));
        add("day", Some(format!("{{{}}}", day.day)));
    }
    let text = |text: &str| (!text.is_empty()).then(|| format!("{{{}}}", escaped(text)));
    add("language", subject.lang.as_deref().and_then(text));
    add("copyright", text(&subject.licence));
    // Read as it stands, character by character.
    add(
        "doi",
        subject
            .doi
            .as_deref()
            .filter(|doi| !doi.contains(['{', '}', '\\', '%']))
            .and_then(verbatim),
    );
    add("url", subject.url.as_deref().and_then(verbatim));
    add("keywords", text(&subject.tags.join(", ")));
    add("abstract", text(&subject.summary));
    add("note", text(&subject.note));
    let fields: Vec<_> = fields
        .into_iter()
        .map(|(name, text)| format!("  {name} = {text}"))
        .collect();
    format!("\n@{name}{{{},\n{}\n}}\n", subject.key(), fields.join(",\n"))
}

fn verbatim(text: &str) -> Option<String> {
    Some(format!("{{{text}}}"))
}

/// A text whose case and whose "and" mean nothing to BibTeX.
pub(super) fn braced(text: &str) -> String {
    format!("{{{{{}}}}}", escaped(text))
}

/// LaTeX's special characters written out. Braces are written by name: BibTeX counts them, a backslash before or not.
pub(super) fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => written.push_str("\\textbackslash{}"),
            '{' => written.push_str("\\textbraceleft{}"),
            '}' => written.push_str("\\textbraceright{}"),
            '~' => written.push_str("\\textasciitilde{}"),
            '^' => written.push_str("\\textasciicircum{}"),
            '<' => written.push_str("\\textless{}"),
            '>' => written.push_str("\\textgreater{}"),
            '|' => written.push_str("\\textbar{}"),
            '#' | '$' | '%' | '&' | '_' => written.extend(['\\', letter]),
            letter => written.push(letter),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_are_written_out_and_braces_balance() {
        let text = "50 % of #1 & {a_b} ~ ^ \\ $x < y > z | Žižkov 日本";
        let written = escaped(text);
        assert_eq!(
            written,
            "50 \\% of \\#1 \\& \\textbraceleft{}a\\_b\\textbraceright{} \\textasciitilde{} \\textasciicircum{} \
             \\textbackslash{} \\$x \\textless{} y \\textgreater{} z \\textbar{} Žižkov 日本"
        );
        assert_eq!(written.matches('{').count(), written.matches('}').count());
    }
}
