//! What others report of a practice or a resource that they took up, and what that comes to.
//!
//! Counted from adoptions that count and stand, one verdict for each organisation, never from what an author says of its own.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{OrganisationId, RecordId, Role};
use prost::Message;

use crate::marks::standing;
use crate::month::Month;
use crate::reading::{Reading, Room};
use crate::records::{Item, Records};
use crate::versions::Versions;

/// Adoptions of one work that are looked at, in all and of one organisation.
const ADOPTIONS_MAX: usize = 2_000;
const ADOPTIONS_OF_EACH_MAX: usize = 20;
/// Measures of one adoption that are looked at, as the schema allows.
const MEASURES_MAX: usize = 8;
/// Months after which an adoption has lasted.
const LASTED_MONTHS: i32 = 12;
/// Statuses of something that is not taken up yet.
const NOT_YET: [&str; 2] = ["considering", "planning"];
const ABANDONED: &str = "abandoned";
const LASTING: &str = "sustained_over_12_months";
const IMPROVED: &str = "improved";
/// Effects that say something. The others (too early, not measured) are no verdict.
const VERDICTS: [&str; 4] = [IMPROVED, "no_change", "mixed", "worse"];

/// The rule of a computed stage of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageRule {
    /// Code of `evidence_stage`.
    pub stage: &'static str,
    /// Independent organisations that report it improved, each with a measure of its own.
    pub organisations: usize,
    /// Countries in which they are.
    pub countries: usize,
    /// How many of them have done it for more than twelve months.
    pub lasted: usize,
    /// The rule as people read it.
    pub text: &'static str,
}

impl StageRule {
    /// Independent replication.
    pub const FOUR: Self = Self {
        stage: "4",
        organisations: 2,
        countries: 1,
        lasted: 0,
        text: "Stage 4: two independent organisations report that it improved, each with a measure of its own that it links to.",
    };
    /// Scaled.
    pub const FIVE: Self = Self {
        stage: "5",
        organisations: 5,
        countries: 2,
        lasted: 2,
        text: "Stage 5: five such organisations in at least two countries, two of them for twelve months or more.",
    };
}

/// Whether an adoption tells something of the practice that its makers do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Independence {
    /// It says so, and comes from another organisation.
    Independent,
    /// Those who made the practice took part.
    WithItsMakers,
    /// The practice's own organisation reports it.
    ItsOwn,
}

/// One adoption that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    /// The record.
    pub item: Item,
    /// The version that was adopted.
    pub of: RecordId,
    /// Code of `adoption_status`.
    pub status: String,
    /// Code of `effect`.
    pub effect: String,
    /// Code of `recommendation`.
    pub would_recommend: String,
    /// From which month, or empty.
    pub since: String,
    /// Until which month, or empty.
    pub ended: String,
    /// How many wards, teams or services.
    pub units: Option<u32>,
    /// ISO 3166-1 alpha-2, or empty.
    pub country: String,
    /// Whether it is independent of the practice's makers.
    pub independence: Independence,
    /// Whether it links to a measure of its own organisation that is held here and stands.
    pub has_measure: bool,
    /// Whether it has been done for twelve months or more.
    pub has_lasted: bool,
    /// Components of the practice that were kept, partly kept, and not kept: id and code of `component_met`.
    pub fidelity: Vec<(String, String)>,
}

/// How many of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// So many…
    pub part: usize,
    /// …of so many.
    pub of: usize,
}

/// What adoptions come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Organisations, other than its own, that took it up, those that stopped included.
    pub adopters: usize,
    /// Those that do it now.
    pub in_use: usize,
    /// Those that tried it and stopped.
    pub tried_and_stopped: usize,
    /// Those that consider or plan it.
    pub considering: usize,
    /// Countries of the adopters: ISO 3166-1 alpha-2, in order.
    pub countries: Vec<String>,
    /// Of the independent adopters that report an effect, those whose every report says that it improved.
    pub improved: Share,
    /// Of those, how many report that it became worse.
    pub worse: usize,
    /// The stage that adoptions alone give; `None` below 4, and where not all organisations were looked at.
    pub stage: Option<&'static str>,
    /// Each adoption that stands, in the order of claimed times.
    pub adoptions: Vec<Adoption>,
    /// Whether there are more, which were not looked at.
    pub more: bool,
}

/// What adoptions of any version of a work come to, in the month `today`.
///
/// # Errors
/// As the holder says.
pub fn facts<R: Records>(records: &Reading<'_, R>, work: &Versions, today: Month) -> Result<Facts, R::Error> {
    let mut facts = Facts::default();
    let mut found: BTreeMap<(i64, RecordId), (Item, &Item)> = BTreeMap::new();
    for version in &work.all {
        let links = records.links_to(&version.item.id)?;
        facts.more |= links.more;
        // One record is of one work: what its header names first.
        let adopts = |item: &&Item| item.linked(Role::ADOPTS).next() == Some(&version.item.id);
        let adoptions = links
            .items
            .iter()
            .filter(|item| item.kind == Kind::ADOPTION && item.counts());
        found.extend(
            adoptions
                .filter(adopts)
                .map(|item| (item.moment(), (item.clone(), &version.item))),
        );
    }
    let mut room = Room::new(ADOPTIONS_MAX, ADOPTIONS_OF_EACH_MAX);
    for (item, of) in found.into_values().rev() {
        // The newest of each organisation: what it reports now.
        if !standing(records, &item)?.is_current() || !room.take(&item.organisation) {
            continue;
        }
        facts.adoptions.extend(adoption(records, of, item, today)?);
    }
    facts.adoptions.reverse();
    facts.count();
    // What was not looked at might speak against it. What an organisation said before its newest reports does not.
    if facts.more || room.is_full || work.more {
        facts.stage = None;
    }
    facts.more |= room.more || work.more;
    Ok(facts)
}

fn adoption<R: Records>(
    records: &Reading<'_, R>,
    adopted: &Item,
    item: Item,
    today: Month,
) -> Result<Option<Adoption>, R::Error> {
    let body = records.body(&item.id)?;
    let Some(said) = body.and_then(|body| v1::Adoption::decode(body).ok()) else {
        return Ok(None);
    };
    if said.of.is_none_or(|of| of.record != adopted.id.0.as_slice()) {
        return Ok(None);
    }
    let independence = match (item.organisation == adopted.organisation, said.independent_of_origin) {
        (true, _) => Independence::ItsOwn,
        (false, Some(true)) => Independence::Independent,
        (false, _) => Independence::WithItsMakers,
    };
    let fidelity = said.fidelity.into_iter().flat_map(|fidelity| fidelity.components);
    Ok(Some(Adoption {
        of: adopted.id,
        has_measure: has_measure(records, &item, &said.measures)?,
        has_lasted: has_lasted(&said.since, &said.ended, &said.status, today),
        country: records.country(&item.organisation),
        independence,
        status: said.status,
        effect: said.effect,
        would_recommend: said.would_recommend,
        since: said.since,
        ended: said.ended,
        units: said.units,
        fidelity: fidelity.map(|kept| (kept.component, kept.met)).collect(),
        item,
    }))
}

fn has_measure<R: Records>(records: &Reading<'_, R>, item: &Item, measures: &[bytes::Bytes]) -> Result<bool, R::Error> {
    for measure in measures.iter().take(MEASURES_MAX) {
        let Ok(id) = RecordId::from_slice(measure) else {
            continue;
        };
        let Some(measure) = records.record(&id)? else {
            continue;
        };
        let is_its_own = measure.kind == Kind::MEASURE && measure.organisation == item.organisation && measure.counts();
        if is_its_own && !standing(records, &measure)?.is_retracted() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// From the months it names, up to today where it names no end; by its status where it names no beginning.
fn has_lasted(since: &str, ended: &str, status: &str, today: Month) -> bool {
    let Some(since) = Month::parse(since) else {
        return status == LASTING;
    };
    let end = Month::parse(ended).map_or(today, |ended| ended.min(today));
    end.since(since) >= LASTED_MONTHS
}

/// What the adoptions of one organisation come to.
#[derive(Default)]
struct Adopter<'a> {
    took_up: bool,
    runs: bool,
    considers: bool,
    country: &'a str,
    /// Independent verdicts.
    verdicts: BTreeSet<&'a str>,
    has_measure: bool,
    has_lasted: bool,
}

impl<'a> Adopter<'a> {
    fn hear(&mut self, adoption: &'a Adoption) {
        self.country = &adoption.country;
        if NOT_YET.contains(&adoption.status.as_str()) {
            self.considers = true;
            return;
        }
        self.took_up = true;
        self.runs |= adoption.status != ABANDONED;
        if adoption.independence != Independence::Independent || !VERDICTS.contains(&adoption.effect.as_str()) {
            return;
        }
        self.verdicts.insert(&adoption.effect);
        if adoption.effect == IMPROVED && adoption.has_measure {
            self.has_measure = true;
            self.has_lasted |= adoption.has_lasted;
        }
    }

    fn improved(&self) -> bool {
        self.verdicts.len() == 1 && self.verdicts.contains(IMPROVED)
    }
}

impl Facts {
    fn count(&mut self) {
        let adoptions = std::mem::take(&mut self.adoptions);
        let mut adopters: BTreeMap<OrganisationId, Adopter<'_>> = BTreeMap::new();
        for adoption in adoptions.iter().filter(|one| one.independence != Independence::ItsOwn) {
            adopters.entry(adoption.item.organisation).or_default().hear(adoption);
        }
        let took_up = || adopters.values().filter(|adopter| adopter.took_up);
        self.adopters = took_up().count();
        self.in_use = took_up().filter(|adopter| adopter.runs).count();
        self.tried_and_stopped = self.adopters - self.in_use;
        self.considering = adopters
            .values()
            .filter(|adopter| adopter.considers && !adopter.took_up)
            .count();
        let countries: BTreeSet<&str> = took_up().map(|adopter| adopter.country).collect();
        self.countries = countries
            .into_iter()
            .filter(|country| !country.is_empty())
            .map(str::to_owned)
            .collect();
        let reporting = || took_up().filter(|adopter| !adopter.verdicts.is_empty());
        self.improved = Share {
            part: reporting().filter(|adopter| adopter.improved()).count(),
            of: reporting().count(),
        };
        self.worse = reporting().filter(|adopter| adopter.verdicts.contains("worse")).count();
        let proven: Vec<&Adopter<'_>> = reporting()
            .filter(|adopter| adopter.improved() && adopter.has_measure)
            .collect();
        let rules = [StageRule::FIVE, StageRule::FOUR];
        self.stage = rules.iter().find(|rule| rule.holds(&proven)).map(|rule| rule.stage);
        self.adoptions = adoptions;
    }
}

impl StageRule {
    fn holds(&self, proven: &[&Adopter<'_>]) -> bool {
        let countries: BTreeSet<&str> = proven.iter().map(|adopter| adopter.country).collect();
        let known = countries.iter().filter(|country| !country.is_empty()).count();
        // An organisation without a profile is somewhere, and adds no second country.
        proven.len() >= self.organisations
            && known.max(1) >= self.countries
            && proven.iter().filter(|adopter| adopter.has_lasted).count() >= self.lasted
    }
}
