//! What ends some day, and how long before that it is said: 30, 7 and 1 days, and when it has ended.

use alliance_record::{Certificate, OrganisationId};
use bytes::Bytes;

use crate::date::{day, end_of_day_ms};
use crate::keys::DAY_MS;
use crate::shared::View;

/// Days before an end from which it is said.
const WARN_DAYS: [i64; 3] = [30, 7, 1];

/// What ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    Certificate,
    Pledge,
}

/// Something that ends soon, or has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) what: Ends,
    pub(crate) ends_ms: i64,
    pub(crate) now_ms: i64,
}

impl Ending {
    /// Whole days that are left; 0 on the last, and when it has ended.
    pub(crate) fn days(&self) -> i64 {
        (self.ends_ms - self.now_ms).max(0) / DAY_MS
    }

    pub(crate) const fn has_ended(&self) -> bool {
        self.ends_ms <= self.now_ms
    }

    /// The stable word.
    pub(crate) const fn code(&self) -> &'static str {
        match (self.what, self.has_ended()) {
            (Ends::Certificate, false) => "certificate_ends",
            (Ends::Certificate, true) => "certificate_ended",
            (Ends::Pledge, false) => "pledge_ends",
            (Ends::Pledge, true) => "pledge_ended",
        }
    }

    /// What happens and what mends it.
    pub(crate) fn said(&self) -> String {
        let (on, left) = (day(self.ends_ms), left(self.ends_ms - self.now_ms));
        let code = self.code();
        let said = match (self.what, self.has_ended()) {
            (Ends::Certificate, false) => format!(
                "this node's certificate ends {left}, on {on}; from then on no new connection is taken. Run `alliance keys renew`"
            ),
            (Ends::Certificate, true) => format!(
                "this node's certificate ended on {on}: connections that stand go on, no new one is taken. Run `alliance keys renew`"
            ),
            (Ends::Pledge, false) => format!(
                "your organisation's pledge ends {left}, on {on}. Run `alliance pledge --commitment 'WHAT by YYYY-MM'`"
            ),
            (Ends::Pledge, true) => format!(
                "your organisation's pledge ended on {on}. Run `alliance pledge --commitment 'WHAT by YYYY-MM'`"
            ),
        };
        format!("{said} ({code})")
    }
}

fn left(left_ms: i64) -> String {
    match left_ms / DAY_MS {
        ..1 => "within a day".to_owned(),
        1 => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    }
}

/// When each ends, whether soon or not.
fn ends(view: &View, organisation: &OrganisationId, certificate: &Bytes) -> Vec<(Ends, i64)> {
    let certificate = Certificate::decode(certificate).ok();
    let pledge = view.members.member(organisation).and_then(|member| member.pledge);
    let of_pledge = pledge.and_then(|pledge| end_of_day_ms(&pledge.expires_on));
    let of_certificate = certificate.map(|certificate| certificate.node().not_after_ms);
    [(Ends::Certificate, of_certificate), (Ends::Pledge, of_pledge)]
        .into_iter()
        .filter_map(|(what, ends)| Some((what, ends?)))
        .collect()
}

/// Everything that ends within 30 days or has ended.
pub(crate) fn endings(view: &View, organisation: &OrganisationId, certificate: &Bytes, now_ms: i64) -> Vec<Ending> {
    let soon = |(what, ends_ms): (Ends, i64)| {
        let ending = Ending { what, ends_ms, now_ms };
        (ends_ms - now_ms <= WARN_DAYS[0] * DAY_MS).then_some(ending)
    };
    ends(view, organisation, certificate)
        .into_iter()
        .filter_map(soon)
        .collect()
}

/// Milliseconds until something is to be said next: a threshold, an end, or a day later.
pub(crate) fn next_look_ms(view: &View, organisation: &OrganisationId, certificate: &Bytes, now_ms: i64) -> i64 {
    let moments = ends(view, organisation, certificate)
        .into_iter()
        .flat_map(|(_, ends_ms)| {
            let before = WARN_DAYS.map(|days| ends_ms - days * DAY_MS);
            before.into_iter().chain([ends_ms])
        });
    let next = moments.map(|moment| moment - now_ms).filter(|wait| *wait > 0).min();
    next.unwrap_or(DAY_MS).min(DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ending(left_ms: i64) -> Ending {
        let ends_ms = 1_800_000_000_000;
        Ending {
            what: Ends::Certificate,
            ends_ms,
            now_ms: ends_ms - left_ms,
        }
    }

    #[test]
    fn an_end_is_said_with_its_day_its_remedy_and_its_code() {
        let said = ending(6 * DAY_MS + 5).said();
        assert!(said.contains("ends in 6 days, on 2027-01-15"), "{said}");
        assert!(said.ends_with("Run `alliance keys renew` (certificate_ends)"), "{said}");
        assert!(ending(5).said().contains("ends within a day"));
        assert_eq!((ending(5).has_ended(), ending(0).has_ended()), (false, true));
        assert!(ending(0).said().contains("ended on 2027-01-15") && ending(-5).code() == "certificate_ended");
    }

    #[test]
    fn it_is_looked_at_again_at_each_threshold_and_once_a_day() {
        let key = alliance_record::SecretKey::from_seed(&[1; 32]);
        let parts = crate::data::NodeParts {
            writer: key.writer(),
            transport: key.transport(),
            next_writer: [1; 32],
        };
        let place = crate::keys::Place::first(alliance_record::AllianceId([1; 32]), &key);
        let terms = crate::keys::Terms::default();
        let made = crate::keys::certificate(&key, place, parts, &terms);
        let ends_ms = made.node().not_after_ms;
        let view = View::default();
        let look = |left_ms| {
            let now_ms = ends_ms - left_ms;
            let own = key.organisation();
            (
                next_look_ms(&view, &own, made.bytes(), now_ms),
                endings(&view, &own, made.bytes(), now_ms).len(),
            )
        };
        assert_eq!(look(100 * DAY_MS), (DAY_MS, 0));
        assert_eq!(look(30 * DAY_MS + 5), (5, 0));
        assert_eq!(look(30 * DAY_MS), (DAY_MS, 1));
        assert_eq!(look(7 * DAY_MS + 9), (9, 1));
        assert_eq!(look(DAY_MS + 1), (1, 1));
        assert_eq!(look(3), (3, 1));
        assert_eq!(look(0), (DAY_MS, 1));
    }
}
