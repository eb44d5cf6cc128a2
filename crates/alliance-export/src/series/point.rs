//! One point of a measure, and the definition it is read by.

use alliance_record::schema::{Code, vocabulary};
use serde_json::{Number, Value as Json};

use crate::reading::text_of;

/// Statuses of a value that stands: it may be shown and computed with.
const SHOWN: [&str; 3] = ["exact", "rounded_5", "estimated"];
/// How the code of a status begins whose value nobody may see.
const SUPPRESSED: &str = "suppressed";
const MISSING: &str = "missing";
const EXACT: &str = "exact";

/// A count or what it is out of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figure<'a> {
    number: Option<&'a Number>,
    pub(super) status: &'a str,
}

impl<'a> Figure<'a> {
    fn of(point: &'a Json, name: &str, status: &str) -> Self {
        Self {
            number: point.get(name).and_then(Json::as_number),
            status: text_of(point, status),
        }
    }

    /// As it may be shown: nothing where its status says that nobody may see it, whatever stands there.
    pub(super) fn shown(self) -> Option<f64> {
        let is_hidden = self.status.starts_with(SUPPRESSED) || self.status == MISSING;
        self.number.filter(|_| !is_hidden)?.as_f64()
    }

    /// As it may be computed with; `None` for a status that is not known here.
    pub(super) fn value(self) -> Option<f64> {
        let number = self.number.filter(|_| SHOWN.contains(&self.status))?;
        number.as_f64().filter(|value| *value >= 0.0)
    }

    pub(super) fn is_exact(self) -> bool {
        self.status == EXACT
    }
}

/// A point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point<'a> {
    /// `2024-01`, as it was written.
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) numerator: Figure<'a>,
    pub(super) denominator: Figure<'a>,
}

impl<'a> Point<'a> {
    pub(super) fn of(point: &'a Json) -> Self {
        Self {
            from: text_of(point, "from"),
            to: text_of(point, "to"),
            numerator: Figure::of(point, "numerator", "numerator_status"),
            denominator: Figure::of(point, "denominator", "denominator_status"),
        }
    }

    /// Numerator per so many of the denominator; `None` unless both are shown and the denominator is not zero.
    pub(super) fn rate(&self, per: f64) -> Option<f64> {
        let (numerator, denominator) = (self.numerator.value()?, self.denominator.value()?);
        (denominator > 0.0).then(|| numerator * per / denominator)
    }
}

/// The definition of a measure; `None` for a code from a newer version.
pub(super) fn definition(code: &str) -> Option<&'static Code> {
    vocabulary("measure_definition")?
        .iter()
        .find(|known| known.code == code)
}

/// Whether a text is a month, `2024-01`: such texts are ordered as their months are.
pub(super) fn is_month(text: &str) -> bool {
    let Some((year, month)) = text.split_once('-') else {
        return false;
    };
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|digit| digit.is_ascii_digit());
    digits(year, 4) && digits(month, 2) && ("01"..="12").contains(&month)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(numerator: Json, status: &str, shown: Option<f64>, rate: Option<f64>) {
        let point = json!({
            "from": "2024-01", "to": "2024-03", "numerator": numerator, "numerator_status": status,
            "denominator": 2_000, "denominator_status": "exact",
        });
        let point = Point::of(&point);
        assert_eq!(point.numerator.shown(), shown, "{status}");
        assert_eq!(point.rate(1_000.0), rate, "{status}");
    }

    #[test]
    fn rates_are_of_shown_values_alone() {
        check(json!(30), "exact", Some(30.0), Some(15.0));
        check(json!(0), "exact", Some(0.0), Some(0.0));
        check(json!(30), "rounded_5", Some(30.0), Some(15.0));
        check(json!(7.5), "estimated", Some(7.5), Some(3.75));
        check(json!(3), "suppressed_1_7", None, None);
        check(json!(3), "suppressed_of_later_years", None, None);
        check(json!(3), "missing", None, None);
        check(json!(3), "code_of_later_years", Some(3.0), None);
        check(json!(3), "", Some(3.0), None);
        check(json!(null), "exact", None, None);
    }

    #[test]
    fn nothing_is_divided_by_zero() {
        let point =
            json!({"numerator": 1, "numerator_status": "exact", "denominator": 0, "denominator_status": "exact"});
        assert_eq!(Point::of(&point).rate(1_000.0), None);
    }

    #[test]
    fn months_are_told_from_other_texts() {
        assert!(is_month("2024-01") && is_month("2024-12"));
        for text in [
            "",
            "2024",
            "2024-1",
            "2024-13",
            "2024-00",
            "2024-01-01",
            "20x4-01",
            "२०२४-01",
        ] {
            assert!(!is_month(text), "{text}");
        }
    }
}
