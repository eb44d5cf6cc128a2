//! The disk alone: what the path's promises cost where nothing else is done. The publisher's journal and database, one
//! after the other, then the databases of the others, all at once.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use anyhow::{Result, anyhow};

use super::side::ms;

/// About a record.
const WRITTEN: [u8; 1024] = [7; 1024];

/// One file for each that a record of ours is synced to.
#[derive(Debug)]
pub(super) struct Disk {
    own: [File; 2],
    others: Vec<Mutex<File>>,
}

impl Disk {
    pub(super) fn new(nodes: usize, dir: &Path) -> io::Result<Self> {
        let open = |name: String| File::options().append(true).create(true).open(dir.join(name));
        let others = (1..nodes).map(|node| open(format!("disk-{node}")).map(Mutex::new));
        Ok(Self {
            own: [open("disk-journal".to_owned())?, open("disk-0".to_owned())?],
            others: others.collect::<io::Result<_>>()?,
        })
    }

    /// Milliseconds of each of `count` times.
    pub(super) fn measure(&self, count: usize) -> Result<Vec<f64>> {
        (0..count).map(|_| self.once()).collect()
    }

    fn once(&self) -> Result<f64> {
        let began = Instant::now();
        self.own.iter().try_for_each(put)?;
        thread::scope(|scope| {
            let puts = self.others.iter().map(|file| {
                scope.spawn(|| {
                    let file = file.lock().map_err(|_| io::Error::other("poisoned"))?;
                    put(&file)
                })
            });
            let puts: Vec<_> = puts.collect();
            puts.into_iter().try_for_each(|put| match put.join() {
                Ok(done) => done.map_err(anyhow::Error::from),
                Err(_) => Err(anyhow!("a thread that wrote ended by a fault")),
            })
        })?;
        Ok(ms(began.elapsed()))
    }
}

fn put(mut file: &File) -> io::Result<()> {
    file.write_all(&WRITTEN)?;
    file.sync_data()
}
