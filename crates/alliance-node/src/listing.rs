//! What the store's listing shows of a record, read by its schema.

use alliance_record::VerifiedRecord;
use alliance_record::schema;
use alliance_store::ListingFacets;

/// Reads a record's facets. Never fails: a body that cannot be read has none.
pub(crate) fn facets(record: &VerifiedRecord) -> ListingFacets {
    let Some(body) = record.body() else {
        return ListingFacets::default();
    };
    let summary = schema::summary(record.header().kind, &body.bytes);
    ListingFacets {
        title: summary.title,
        title_en: summary.title_en,
        lang: summary.lang,
        settings: summary.settings,
        due: alliance_knowledge::first_due(record.header().kind, &body.bytes).unwrap_or_default(),
        asks: alliance_knowledge::asks(record.header().kind, &body.bytes),
    }
}
