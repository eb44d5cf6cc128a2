//! What of a record is found by words.

use alliance_export::ReadRecord;
use alliance_record::proto::v1::Format;
use alliance_record::schema::{FieldInfo, Shape, kind};
use serde_json::{Map, Value as Json};

/// The field that is a record's title.
const TITLE: &str = "title";

/// Title and all other texts of a record.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Texts {
    pub(super) title: String,
    /// Each on lines of its own.
    pub(super) text: String,
}

impl Texts {
    /// `None` for a record without texts that can be read.
    pub(super) fn of(read: &ReadRecord<'_>) -> Option<Self> {
        let info = kind(read.record().kind)?;
        let mut texts = Self::default();
        for field in &info.fields {
            let Some(value) = read.fields().get(&field.name) else {
                continue;
            };
            match value.as_str() {
                Some(title) if field.name == TITLE => title.clone_into(&mut texts.title),
                _ => add(field, value, &mut texts.text),
            }
        }
        (texts != Self::default()).then_some(texts)
    }

    /// Whether there is something in a script that puts no spaces between words, or joins to a word what English says beside
    /// it: words do not find it, pieces of three letters do.
    pub(super) fn needs_pieces(&self) -> bool {
        [&self.title, &self.text]
            .iter()
            .any(|text| text.chars().any(is_unspaced))
    }
}

fn add(field: &FieldInfo, value: &Json, text: &mut String) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| add(field, item, text)),
        Json::Object(group) => add_group(&field.fields, group, text),
        Json::String(words) if is_prose(field) => {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(words);
        }
        _ => {}
    }
}

fn add_group(fields: &[FieldInfo], group: &Map<String, Json>, text: &mut String) {
    for field in fields {
        if let Some(value) = group.get(&field.name) {
            add(field, value, text);
        }
    }
}

fn is_prose(field: &FieldInfo) -> bool {
    field.shape == Shape::Text && matches!(field.format, Format::Unspecified | Format::Prose)
}

/// Thai to Myanmar, Khmer, Hangul, kana, bopomofo and ideographs.
fn is_unspaced(letter: char) -> bool {
    matches!(letter,
        '\u{e00}'..='\u{fff}' | '\u{1000}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ffdc}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, needs: bool) {
        let texts = Texts {
            title: String::new(),
            text: text.to_owned(),
        };
        assert_eq!(texts.needs_pieces(), needs, "{text}");
    }

    #[test]
    fn pieces_are_for_scripts_that_words_do_not_find() {
        for text in ["身体拘束", "ห้องสงบ", "安靜室", "환자와", "a 病棟", "ｶﾀｶﾅ", "𠀀"]
        {
            check(text, true);
        }
        for text in ["calm room", "lůžko", "غرفة", "חדר", "शांत", "", "🙂", "Ελλάδα"] {
            check(text, false);
        }
    }
}
