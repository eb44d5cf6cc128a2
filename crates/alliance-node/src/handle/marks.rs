//! Notices by which stewards mark records, and what takes them back: what is asked before one is proposed.

use alliance_api::Problem;
use alliance_engine::ActState;
use alliance_record::limits::MARK_TEXT_CHARS_MAX;
use alliance_record::schema::vocabulary;
use alliance_record::{ActOf, Marking, NoticeType};

use super::Handle;
use super::named::act_id;
use super::problem::{bad_request, problem};
use crate::shared::View;

impl Handle {
    /// What an act of stewards would say of a record.
    pub(super) async fn marking(&self, view: &View, id: &str, says: Marking) -> Result<ActOf, Problem> {
        let (record, header) = self.header_of(id).await?;
        let chapter = &header.log.chapter;
        if chapter.is_alliance() {
            let detail = "records of the alliance's own chapter are the roster's ground: nothing marks or removes them";
            return Err(problem(409, "not_markable", "Such a record cannot be marked", detail));
        }
        let marks = view.marks(&record, chapter, &header.organisation).into_iter();
        let mut same = marks.filter(|mark| {
            let (notice_type, text) = (mark.notice_type, mark.text.to_owned());
            Marking::Notice { notice_type, text } == says
        });
        if let Some(mark) = same.next() {
            let detail = format!("the act {} says the same of {record}: `alliance log`", mark.act);
            return Err(problem(409, "already_marked", "The record is marked already", &detail));
        }
        Ok(ActOf::Mark {
            record,
            organisation: header.organisation,
            says,
        })
    }
}

/// What a notice says, if stewards may say it.
pub(super) fn says(notice_type: &str, text: &str, reason: &str) -> Result<Marking, Problem> {
    let notice_type = NoticeType::from_code(notice_type).ok_or_else(|| no_such_type(notice_type))?;
    let reasons = vocabulary("notice_reason").unwrap_or_default();
    if !reasons.iter().any(|code| code.code == reason) {
        let codes: Vec<&str> = reasons.iter().map(|code| code.code.as_str()).collect();
        return Err(bad_request(&format!(
            "reason: '{reason}' is no reason of a notice; one of {}",
            codes.join(", ")
        )));
    }
    if text.chars().count() > MARK_TEXT_CHARS_MAX {
        return Err(bad_request(&format!("text: at most {MARK_TEXT_CHARS_MAX} characters")));
    }
    Ok(Marking::Notice {
        notice_type,
        text: text.to_owned(),
    })
}

fn no_such_type(given: &str) -> Problem {
    let instead = match given {
        "removal" => " A removal is an act of its own: `alliance propose erase`.",
        "new_version" | "withdrawal" => " That is for whoever wrote the record.",
        _ => "",
    };
    let codes = NoticeType::ALL.map(NoticeType::code).join(", ");
    bad_request(&format!(
        "notice_type: '{given}' is not what stewards mark a record with; one of {codes}.{instead}"
    ))
}

/// What takes back the notice of the act that a text names.
pub(super) fn lifting(view: &View, text: &str) -> Result<ActOf, Problem> {
    let id = act_id(view, text)?;
    let shown = view.members.act(&id);
    let Some((
        ActOf::Mark {
            record,
            organisation,
            says: Marking::Notice { .. },
        },
        state,
    )) = shown.map(|shown| (&shown.act.what, shown.state))
    else {
        return Err(bad_request(&format!(
            "lifts: the act {id} is no notice on a record; `alliance log` shows which are"
        )));
    };
    if state == ActState::Lifted {
        let detail = format!("a later act has taken {id} back: `alliance log`");
        return Err(problem(409, "already_lifted", "The notice is lifted already", &detail));
    }
    Ok(ActOf::Mark {
        record: *record,
        organisation: *organisation,
        says: Marking::Lifting(id),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stewards_may_not_say_is_refused_with_what_they_may() {
        let refused = |notice_type: &str, text: &str, reason: &str| says(notice_type, text, reason).unwrap_err().detail;
        for (given, instead) in [
            ("removal", "propose erase"),
            ("withdrawal", "whoever wrote"),
            ("doubt", ""),
        ] {
            let detail = refused(given, "", "other");
            assert!(detail.contains(given) && detail.contains(instead), "{detail}");
            for of in NoticeType::ALL {
                assert!(detail.contains(of.code()), "{detail}");
            }
        }
        let detail = refused("correction", "", "unspecified");
        assert!(
            detail.contains("unspecified") && detail.contains("unreliable_findings"),
            "{detail}"
        );
        let longest = "ž".repeat(MARK_TEXT_CHARS_MAX);
        assert!(says("correction", &longest, "other").is_ok());
        assert!(refused("correction", &(longest + "x"), "other").starts_with("text:"));
    }
}
