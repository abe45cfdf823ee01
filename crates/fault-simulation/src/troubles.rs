//! What goes wrong from time to time, beyond what the network and the disks do by themselves.

use crate::disk::Disk;
use crate::faults::Fault;
use crate::tablet::{NOTICE, Tablet};
use crate::world::{Event, World};
use model::StoreId;

/// Tablets at one time, clones among them.
const TABLETS_MAX: usize = 6;
/// A tablet is away for so long, microseconds.
const AWAY: (u64, u64) = (300_000, 20_000_000);
/// The network is away for so long.
const PARTED: (u64, u64) = (2_000_000, 60_000_000);

impl World {
    pub(crate) fn trouble(&mut self) {
        let t = self.dice.index(self.tablets.len());
        match self.dice.below(100) {
            0..16 => self.part(t),
            16..28 => {
                if self.tablets.get(t).is_some_and(|tablet| tablet.core.is_some()) {
                    self.note_fault(Fault::TabletCrash);
                    self.crash(t);
                }
            }
            28..37 => self.crash_server(false),
            37..51 => self.damage(t),
            51..60 => self.set_clock(t),
            60..66 => self.clone_tablet(t),
            66..78 => self.restore_tablet(t),
            78..88 => self.crash_server(true),
            88..91 => self.lose_store(t),
            91..95 => self.take_over_store(t),
            _ => self.make_copies(t),
        }
        let at = self.now_us + self.dice.between(1, 2 * self.plan.trouble_every_us);
        self.at(at, Event::Trouble);
    }

    fn part(&mut self, t: usize) {
        let until = self.now_us + self.dice.between(PARTED.0, PARTED.1);
        let Some(tablet) = self.tablets.get_mut(t) else { return };
        tablet.parted_until = until;
        if let Some(conn) = tablet.conn {
            self.note_fault(Fault::Partition);
            self.cut(conn);
            let at = self.now_us + self.dice.between(NOTICE.0, NOTICE.1);
            self.at(at, Event::Notice(conn));
        }
    }

    /// The process dies and starts again after a while.
    pub(crate) fn crash(&mut self, t: usize) {
        self.kill(t);
        let at = self.now_us + self.dice.between(AWAY.0, AWAY.1);
        if let Some(life) = self.tablets.get(t).map(|tablet| tablet.life) {
            self.at(at, Event::Start(t, life));
        }
    }

    /// The server dies with everything it was doing; `put_back` from its backup.
    fn crash_server(&mut self, put_back: bool) {
        if !self.server.up || (put_back && self.server.backup.is_none()) {
            return;
        }
        self.note_fault(if put_back { Fault::RestoredServer } else { Fault::ServerCrash });
        self.server.die();
        self.server.life += 1;
        let open: Vec<_> = self.connections.iter().filter(|(_, c)| !c.cut).map(|(conn, _)| *conn).collect();
        for conn in open {
            self.cut(conn);
            let at = self.now_us + self.dice.between(NOTICE.0, NOTICE.1);
            self.at(at, Event::Notice(conn));
        }
        if put_back && let Some(backup) = self.server.backup.as_ref().map(dispatch_core::memory::MemoryStore::copy) {
            backup.begin_life(StoreId::from_bytes(self.dice.bytes()));
            self.server.replace_store(backup);
            self.oracle.server_put_back();
        }
        let (at, life) = (self.now_us + self.dice.between(AWAY.0, AWAY.1), self.server.life);
        self.at(at, Event::ServerStart(life));
    }

    pub(crate) fn server_starts(&mut self, life: u64) {
        if self.server.life == life {
            self.server.up = true;
        }
    }

    /// A row that waits for the server becomes unreadable.
    fn damage(&mut self, t: usize) {
        let Some(tablet) = self.tablets.get(t) else { return };
        let waiting: Vec<_> = tablet
            .disk
            .heads()
            .into_iter()
            .filter(|head| head.waiting() > 0)
            .map(|head| (head.log, head.acknowledged, head.head))
            .collect();
        let Some((log, acknowledged, head)) = self.dice.pick(&waiting).copied() else { return };
        let seq = self.dice.between(acknowledged + 1, head);
        self.note_fault(Fault::DamagedRow);
        self.narrate(|| format!("tablet {t}: {log}:{seq} is damaged"));
        if let Some(tablet) = self.tablets.get_mut(t) {
            tablet.disk.damage(log, seq);
            self.oracle.damaged(tablet.disk.number, log, seq);
        }
    }

    fn set_clock(&mut self, t: usize) {
        let far = i64::try_from(self.dice.between(1_000_000, 7_200_000_000)).unwrap_or(0);
        let back = self.dice.chance(500);
        self.note_fault(Fault::ClockJump);
        if let Some(tablet) = self.tablets.get_mut(t) {
            tablet.skew_us += if back { -far } else { far };
        }
    }

    fn new_disk(&mut self) -> u32 {
        self.next_disk += 1;
        self.next_disk
    }

    /// The store is copied to another tablet, and both go on under one name.
    fn clone_tablet(&mut self, t: usize) {
        if self.tablets.len() >= TABLETS_MAX {
            return;
        }
        let number = self.new_disk();
        let Some(tablet) = self.tablets.get(t) else { return };
        let mut copy = Tablet::new(tablet.place, tablet.disk.copy(number));
        copy.skew_us = tablet.skew_us;
        self.oracle.disk_copied(tablet.disk.number, number);
        self.note_fault(Fault::ClonedStore);
        self.tablets.push(copy);
        self.start(self.tablets.len() - 1);
    }

    /// The tablet goes on with an older image of its disk.
    fn restore_tablet(&mut self, t: usize) {
        let number = self.new_disk();
        let Some(tablet) = self.tablets.get_mut(t) else { return };
        let Some(image) = tablet.image.as_ref().map(|image| image.copy(number)) else { return };
        self.oracle.disk_copied(tablet.image.as_ref().map_or(0, |image| image.number), number);
        self.replace_disk(t, image, Fault::RestoredTablet);
    }

    fn lose_store(&mut self, t: usize) {
        let number = self.new_disk();
        self.replace_disk(t, Disk::new(number), Fault::NewStore);
    }

    /// The file broke, and a new one takes over what is readable.
    fn take_over_store(&mut self, t: usize) {
        let number = self.new_disk();
        let Some(tablet) = self.tablets.get(t) else { return };
        let at = tablet.now(self.now_us).utc;
        let (disk, gone, forgot) = tablet.disk.taken_over(number, at, &mut self.dice);
        self.oracle.disk_taken_over(tablet.disk.number, number);
        if forgot {
            self.oracle.disk_forgot(number);
        }
        for (log, seq) in gone {
            self.oracle.damaged(number, log, seq);
        }
        self.replace_disk(t, disk, Fault::TakenOver);
    }

    fn replace_disk(&mut self, t: usize, disk: Disk, fault: Fault) {
        self.note_fault(fault);
        self.crash(t);
        if let Some(tablet) = self.tablets.get_mut(t) {
            let old = core::mem::replace(&mut tablet.disk, disk);
            self.oracle.disk_lost(old.number);
        }
    }

    /// An image of a tablet and a backup of the server, for later.
    fn make_copies(&mut self, t: usize) {
        let number = self.new_disk();
        if let Some(tablet) = self.tablets.get_mut(t) {
            self.oracle.disk_copied(tablet.disk.number, number);
            let image = tablet.disk.copy(number);
            if let Some(old) = tablet.image.replace(image) {
                self.oracle.disk_lost(old.number);
            }
        }
        self.server.backup = Some(self.server.tools.store.inner.copy());
        self.oracle.server_backed_up();
    }
}
