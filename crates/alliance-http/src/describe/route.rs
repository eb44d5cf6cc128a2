//! A route: what it does beside how it is described, so that neither can be without the other.

use std::sync::Arc;

use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, on};
use axum::{Router, middleware};

use super::Operation;
use crate::app::App;
use crate::fault::{no_route, wrong_method};
use crate::guard::{self, Gate};

/// A route.
pub(crate) struct Route {
    pub(crate) operation: Operation,
    method: MethodRouter<Arc<App>>,
}

impl Route {
    /// A handler, described.
    pub(crate) fn new<H, T>(operation: Operation, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let method = on(operation.verb.filter(), handler);
        Self { operation, method }
    }
}

/// Routes, each behind its gate, and all of them guarded.
pub(crate) fn router(routes: Vec<Route>, app: Arc<App>) -> Router {
    let mut router = Router::new();
    for Route { operation, method } in routes {
        let path = operation.path;
        let gate = Gate::new(app.clone(), operation);
        router = router.route(path, method.route_layer(from_fn_with_state(gate, guard::gate)));
    }
    router
        .fallback(no_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(app.clone(), guard::guard))
        .with_state(app)
}
