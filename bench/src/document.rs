//! A practice as an author would write it: about a kilobyte once it is signed.

use alliance_api::{Confirmations, DocumentFormat, PublishRequest};

/// The chapter that every member follows from the start.
pub(crate) const CHAPTER: &str = "m49:001";

/// A practice in Markdown. Each number gives another title.
pub(crate) fn practice(number: u64) -> String {
    format!(
        "---\nkind: practice\ntitle: The morning meeting, as told on ward {number}\nlang: en-GB\nlicence: CC-BY-4.0\n\
         scope: public\nsettings: [inpatient.acute_adult]\ncoproduction:\n  level: codesigned\n  note: Written with former \
         patients.\nevidence_stage: \"1\"\neffect: too_early\nstatus: in_use\n---\n\n\
         ## Summary\n\nEvery weekday patients and staff meet for twenty minutes and plan the day.\n\n\
         ## Problem\n\nMost restraints followed news that surprised people on the ward: leave that was cancelled, a \
         visit that did not come, a change of medication that nobody had explained.\n\n\
         ## Why it should work\n\nIf likely bad news is known early, staff can offer company and prepare for it, and \
         nobody learns it alone in a corridor. What is heard early can still be changed, or at least be told \
         by somebody who is trusted.\n\n\
         ## What is done\n\nThanks, news, what might be hard today, requests and offers, something to look forward to.\n"
    )
}

/// The practice as a request to a node.
pub(crate) fn request(number: u64) -> PublishRequest {
    PublishRequest {
        format: DocumentFormat::Markdown,
        document: practice(number),
        chapter: Some(CHAPTER.to_owned()),
        confirmations: Confirmations::all(),
        ..PublishRequest::default()
    }
}
