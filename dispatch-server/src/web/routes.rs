//! Routes that can be listed: the same router as axum's, with a list of what it answers. The matrix test of roles and the
//! OpenAPI document are compared with the list, so a route without a row in either is noticed.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{self, MethodRouter};

/// A method and a path with its parameters in braces.
pub(crate) type RouteName = (&'static str, String);

/// The handlers of one path.
pub(crate) struct Ways<S> {
    methods: Vec<&'static str>,
    router: MethodRouter<S>,
}

/// A path that is read.
pub(crate) fn get<H: Handler<T, S>, T: 'static, S: Clone + Send + Sync + 'static>(handler: H) -> Ways<S> {
    Ways { methods: vec!["GET"], router: routing::get(handler) }
}

/// A path that something is sent to.
pub(crate) fn post<H: Handler<T, S>, T: 'static, S: Clone + Send + Sync + 'static>(handler: H) -> Ways<S> {
    Ways { methods: vec!["POST"], router: routing::post(handler) }
}

impl<S: Clone + Send + Sync + 'static> Ways<S> {
    /// The same path, also sent to.
    pub(crate) fn post<H: Handler<T, S>, T: 'static>(mut self, handler: H) -> Self {
        self.methods.push("POST");
        Self { methods: self.methods, router: self.router.post(handler) }
    }
}

/// A router with its list.
pub(crate) struct Listed<S> {
    router: Router<S>,
    names: Vec<RouteName>,
}

impl<S: Clone + Send + Sync + 'static> Listed<S> {
    /// Without routes.
    pub(crate) fn new() -> Self {
        Self { router: Router::new(), names: Vec::new() }
    }
    /// One more path.
    pub(crate) fn route(mut self, path: &str, ways: Ways<S>) -> Self {
        self.names.extend(ways.methods.iter().map(|method| (*method, path.to_owned())));
        Self { router: self.router.route(path, ways.router), names: self.names }
    }
    /// All routes of another one.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.names.extend(other.names);
        Self { router: self.router.merge(other.router), names: self.names }
    }
    /// All routes of another one, below a path.
    pub(crate) fn nest(mut self, below: &str, other: Self) -> Self {
        self.names.extend(other.names.into_iter().map(|(method, path)| (method, format!("{below}{path}"))));
        Self { router: self.router.nest(below, other.router), names: self.names }
    }
    /// What it answers.
    #[cfg(test)]
    pub(crate) fn names(&self) -> &[RouteName] {
        &self.names
    }
    /// The router itself.
    pub(crate) fn into_router(self) -> Router<S> {
        self.router
    }
}
