//! A store that fails once, at a call that the test chooses.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// Whether the call that fails has had its effect.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    Before,
    After,
}

#[derive(Debug, Clone)]
pub(super) struct Faulty {
    inner: Arc<InMemory>,
    calls: Arc<AtomicUsize>,
    fails_at: usize,
    fault: Fault,
}

impl Faulty {
    pub(super) fn new(inner: Arc<InMemory>, fails_at: usize, fault: Fault) -> Self {
        Self {
            inner,
            calls: Arc::default(),
            fails_at,
            fault,
        }
    }

    /// Whether the call in question was reached.
    pub(super) fn has_failed(&self) -> bool {
        self.calls.load(Ordering::SeqCst) > self.fails_at
    }

    fn before(&self) -> Result<bool> {
        let fails = self.calls.fetch_add(1, Ordering::SeqCst) == self.fails_at;
        match self.fault {
            Fault::Before if fails => Err(cut()),
            Fault::Before | Fault::After => Ok(fails),
        }
    }
}

fn cut() -> Error {
    Error::Generic {
        store: "faulty",
        source: "the line was cut".into(),
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fails at {}", self.fails_at)
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let fails = self.before()?;
        let done = self.inner.put_opts(location, payload, options).await;
        if fails { Err(cut()) } else { done }
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Err(cut())
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let fails = self.before()?;
        let done = self.inner.get_opts(location, options).await;
        if fails { Err(cut()) } else { done }
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        match self.before() {
            Ok(false) => self.inner.delete_stream(locations),
            Ok(true) => self.inner.delete_stream(locations).map(|_| Err(cut())).boxed(),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.before() {
            Ok(false) => self.inner.list(prefix),
            Ok(true) => stream::once(async { Err(cut()) }).boxed(),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}
