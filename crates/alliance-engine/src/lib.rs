//! Decides: who is a member, is this record admitted, who follows which chapter, how two nodes reconcile.
