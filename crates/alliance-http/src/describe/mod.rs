//! The description of this interface: each route with what it takes and answers, and who may ask it, said once, where the
//! route is made.
//!
//! Owns the form of the description (OpenAPI 3.1). To add a route, add a [`Route`] to the list of its module, and the
//! module's list to [`crate::routes::all`]: the router, the guard, the description and the page of it follow.

mod document;
mod operation;
mod route;
mod schema;

pub(crate) use document::document;
pub(crate) use operation::{Group, Keeping, Least, Operation, Verb};
pub(crate) use route::{Route, router};
pub(crate) use schema::{bytes, text};

/// What every route may answer before it is asked, and what the node may say to any question.
pub(crate) const ALWAYS: [&str; 3] = ["host_not_allowed", "several_hosts", "timeout"];
/// What a node that ends, or whose disk fails, answers to any question.
const OF_THE_NODE: [&str; 2] = ["stopped", "store_failed"];

/// What every write may be answered: also one that takes no body is read with its key.
const OF_WRITES: [&str; 10] = [
    "cross_origin",
    "body_too_large",
    "body_incomplete",
    "idempotency_key_bad",
    "idempotency_key_reused",
    "idempotency_in_progress",
    "idempotency_outcome_unknown",
    "idempotency_answer_gone",
    "idempotency_full",
    "unwritable",
];

/// Why something that is named is not found, or is none.
pub(crate) const NAMED: [&str; 3] = ["not_found", "ambiguous", "bad_request"];
/// Why nothing is signed, or what was signed does not count.
const SIGNED: [&str; 27] = [
    "too_large",
    "not_followed",
    "wrong_chapter",
    "cut_off",
    "organisation_removed",
    "organisation_suspended",
    "certificate_replaced",
    "node_revoked",
    "act_awaited",
    "unknown_version",
    "unknown_organisation",
    "unknown_writer",
    "missing_previous",
    "future_time",
    "missing_body",
    "bad_encoding",
    "weak_key",
    "bad_signature",
    "bad_body",
    "wrong_alliance",
    "bad_chapter",
    "wrong_sequence",
    "wrong_previous",
    "wrong_log",
    "wrong_organisation",
    "fork",
    "log_ended",
];
