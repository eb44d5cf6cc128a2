//! What a record is: identifiers, keys, draft, signed, verified, the kinds of body, limits.
