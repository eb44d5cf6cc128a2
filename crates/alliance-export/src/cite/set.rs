//! A set of records as one reference: what has a name of its own, such as a snapshot.

use alliance_record::AllianceId;
use serde_json::json;

use super::bibtex::{braced, escaped};
use super::cff::{entry, is_plain};
use super::text::sentences;
use crate::date::Day;
use crate::format::Format;
use crate::subject::line;

/// A set, as it is cited.
#[derive(Debug, Clone, Copy)]
pub struct CitedSet<'a> {
    /// What names it for ever, such as a snapshot's identifier: letters, digits and hyphens.
    pub name: &'a str,
    /// What people call it.
    pub title: &'a str,
    /// The alliance whose records are in it.
    pub alliance: AllianceId,
    /// The alliance's name: its members together are the author.
    pub alliance_name: &'a str,
    /// When it was made, in milliseconds since 1970 UTC.
    pub made_at_ms: i64,
    /// Records in it.
    pub records: u64,
    /// A DOI that somebody had registered for it.
    pub doi: Option<&'a str>,
}

/// The reference to a set; `None` for formats that are not of references.
#[must_use]
pub fn cite_set(format: Format, set: &CitedSet<'_>) -> Option<String> {
    match format {
        Format::Text => Some(set.text()),
        Format::BibTex => Some(set.bibtex()),
        Format::Ris => Some(set.ris()),
        Format::CslJson => Some(set.csl()),
        Format::CitationCff => Some(set.cff()),
        _ => None,
    }
}

impl CitedSet<'_> {
    fn day(&self) -> Option<Day> {
        Day::of(self.made_at_ms)
    }

    fn author(&self) -> String {
        match line(self.alliance_name) {
            name if name.is_empty() => self.alliance.to_string(),
            name => name,
        }
    }

    fn key(&self) -> String {
        format!("alliance-{}", self.name.chars().take(25).collect::<String>())
    }

    fn urn(&self) -> String {
        format!("urn:alliance:{}", self.name)
    }

    fn note(&self) -> String {
        format!(
            "{} signed records of the alliance {}; {}",
            self.records,
            self.alliance,
            self.urn()
        )
    }

    fn text(&self) -> String {
        let author = match self.day() {
            Some(day) => format!("{} ({})", self.author(), day.iso()),
            None => self.author(),
        };
        let address = self.doi.map(|doi| format!("https://doi.org/{doi}"));
        let of = format!("{} signed records of the alliance {}", self.records, self.alliance);
        let parts = [
            author,
            line(self.title),
            "Data set".to_owned(),
            of,
            address.unwrap_or_default(),
            self.urn(),
        ];
        sentences(&parts) + "\n"
    }

    fn bibtex(&self) -> String {
        let mut fields = vec![
            ("author", braced(&self.author())),
            ("title", braced(&line(self.title))),
            ("publisher", braced(&self.author())),
        ];
        if let Some(day) = self.day() {
            fields.push(("year", format!("{{{:04}}}", day.year)));
            fields.push(("month", format!("{{{:02}}}", day.month)));
            fields.push(("day", format!("{{{}}}", day.day)));
        }
        fields.extend(
            self.doi
                .filter(|doi| is_plain(doi))
                .map(|doi| ("doi", format!("{{{doi}}}"))),
        );
        fields.push(("note", format!("{{{}}}", escaped(&self.note()))));
        let fields: Vec<_> = fields
            .into_iter()
            .map(|(name, text)| format!("  {name} = {text}"))
            .collect();
        format!("@dataset{{{},\n{}\n}}\n", self.key(), fields.join(",\n"))
    }

    fn ris(&self) -> String {
        let mut lines = vec![
            ("TY", "DATA".to_owned()),
            ("ID", self.key()),
            ("TI", line(self.title)),
            ("AU", self.author().replace('*', "")),
        ];
        if let Some(day) = self.day() {
            lines.push(("PY", format!("{:04}", day.year)));
            lines.push(("DA", format!("{:04}/{:02}/{:02}/", day.year, day.month, day.day)));
        }
        lines.push(("PB", self.author()));
        lines.extend(self.doi.map(|doi| ("DO", doi.to_owned())));
        lines.push(("N1", self.note()));
        lines.push(("ER", String::new()));
        lines.iter().map(|(tag, text)| format!("{tag}  - {text}\r\n")).collect()
    }

    fn csl(&self) -> String {
        let mut item = json!({
            "id": self.key(),
            "type": "dataset",
            "title": line(self.title),
            "author": [{"literal": self.author()}],
            "publisher": self.author(),
            "note": self.note(),
        });
        if let Some(day) = self.day() {
            item["issued"] = json!({"date-parts": [[day.year, day.month, day.day]]});
        }
        if let Some(doi) = self.doi {
            item["DOI"] = json!(doi);
        }
        format!("[\n{item}\n]\n")
    }

    fn cff(&self) -> String {
        let mut text = Vec::new();
        let identifiers = [
            json!({"type": "other", "value": self.urn(), "description": "These very records"}),
            json!({"type": "other", "value": format!("urn:alliance:{}", self.alliance), "description": "The alliance whose records these are"}),
        ];
        entry(&mut text, "cff-version", &json!("1.2.0"));
        entry(
            &mut text,
            "message",
            &json!("If you use these records, please cite them as below."),
        );
        entry(&mut text, "type", &json!("dataset"));
        entry(&mut text, "title", &json!(line(self.title)));
        entry(&mut text, "authors", &json!([{"name": self.author()}]));
        if let Some(day) = self.day() {
            entry(&mut text, "date-released", &json!(day.iso()));
        }
        if let Some(doi) = self.doi.filter(|doi| is_plain(doi)) {
            entry(&mut text, "doi", &json!(doi));
        }
        entry(&mut text, "identifiers", &json!(identifiers));
        // Only JSON was written.
        String::from_utf8(text).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(doi: Option<&str>) -> CitedSet<'_> {
        CitedSet {
            name: "snapshot-00ff",
            title: "Practices\nof wards",
            alliance: AllianceId([0xa1; 32]),
            alliance_name: "Alliance & friends",
            made_at_ms: 1_739_266_200_000,
            records: 3,
            doi,
        }
    }

    #[test]
    fn every_format_names_the_set_and_its_doi() {
        let doi = Some("10.5281/zenodo.1");
        for format in [
            Format::Text,
            Format::BibTex,
            Format::Ris,
            Format::CslJson,
            Format::CitationCff,
        ] {
            let cited = cite_set(format, &set(doi)).unwrap();
            for part in [
                "Practices of wards",
                "urn:alliance:snapshot-00ff",
                "10.5281/zenodo.1",
                "2025",
            ] {
                assert!(cited.contains(part), "{format:?}: {part}: {cited}");
            }
        }
        assert_eq!(cite_set(Format::Ndjson, &set(doi)), None);
        assert_eq!(
            cite_set(Format::Text, &set(None)).unwrap(),
            format!(
                "Alliance & friends (2025-02-11). Practices of wards. Data set. 3 signed records of the alliance {}. urn:alliance:snapshot-00ff\n",
                "a1".repeat(32)
            )
        );
        assert!(
            cite_set(Format::BibTex, &set(None))
                .unwrap()
                .contains("{{Alliance \\& friends}}")
        );
    }
}
