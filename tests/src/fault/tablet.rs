//! A tablet without a window, as a process of its own that may be killed at any moment.
//!
//! In: a [`Life`] as one argument; orders on standard input, a word a line. Out: one line [`READY`] once it runs, and one line of
//! JSON ([`Shown`]) for every order `show`. It ends when standard input ends.

use super::journal::Journal;
use super::transport::{self, Press};
use super::witness::Witness;
use ambulance_core::{Command, LinkState, State};
use ambulance_runtime::{Handle, SystemClock, TabletFolder, open_outbox, start_on};
use anyhow::{Context, Result};
use case::CaseView;
use model::{Clock, RngStreams};
use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::time::Duration;
use test_kit::Desk;
use tokio::sync::mpsc;
use virtual_card::{Behaviour, CardMaterial};
use wire::Passcode;

/// What a tablet says when it runs.
pub const READY: &str = "ready";

/// One life of a tablet: from its start to its kill.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Life {
    /// The enrolled folder.
    pub folder: PathBuf,
    /// Where to write down what the crew was told.
    pub journal: PathBuf,
    /// Seed of this life's presses.
    pub seed: u64,
    /// Mean pause between presses, milliseconds; none: nothing is pressed until the order `go`.
    pub pause_ms: Option<u64>,
    /// Login and passcode of a crew that signs in.
    pub crew: Option<(String, String)>,
    /// Certificates of cards.
    pub cards: PathBuf,
}

/// An order on standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Nothing more is pressed.
    Rest,
    /// Pressing goes on, with a mean pause of 25 ms where none was given.
    Go,
    /// Say what is on the screen.
    Show,
    /// Open a case and stamp its first stage: one action, for tests that count.
    Press,
    /// Stamp the next stage of the case on the screen.
    Stamp,
}

impl Order {
    /// All, with their words.
    pub const ALL: [(&'static str, Self); 5] =
        [("rest", Self::Rest), ("go", Self::Go), ("show", Self::Show), ("press", Self::Press), ("stamp", Self::Stamp)];
}

/// What is on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The server answered on the present connection.
    pub up: bool,
    /// The sentence about the link, when it is down.
    pub why: String,
    /// Entries that wait.
    pub waiting: u64,
    /// Entries that the server refused.
    pub wedged: u64,
    /// What needs a human.
    pub faults: Vec<String>,
    /// Offset of the clock and its uncertainty, microseconds.
    pub offset: Option<(i64, i64)>,
    /// What was told of an earlier store that was damaged.
    pub recovered: Option<Recovery>,
    /// By case: the server's position through which it is known here, and the view.
    pub cases: BTreeMap<String, (u64, String)>,
}

/// A damaged store as the runtime tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// Where the old file is kept.
    pub kept: String,
    /// Places that could not be read: log, first, last.
    pub gaps: Vec<(String, u64, u64)>,
    /// Whole logs may be missing.
    pub logs_may_miss: bool,
}

impl Recovery {
    fn of(told: &delivery::Recovered) -> Self {
        let gaps =
            told.gaps.iter().map(|gap| (gap.log.to_string(), gap.from, gap.through.unwrap_or(u64::MAX))).collect();
        Self { kept: told.kept.clone(), gaps, logs_may_miss: told.logs_may_miss }
    }
}

/// A view as everybody must see it: without what only a writer knows of its own queue.
#[must_use]
pub fn shared(view: &CaseView) -> String {
    let mut view = view.clone();
    view.pending = 0;
    format!("{view:?}")
}

impl Shown {
    fn of(state: &State) -> Self {
        let why = match &state.link {
            LinkState::Down { why, .. } => format!("{why:?}"),
            LinkState::Up { .. } => String::new(),
            LinkState::Refused { code } => code.ja().to_owned(),
        };
        Self {
            up: state.link.is_up(),
            why,
            waiting: state.outbox.waiting,
            wedged: state.outbox.wedged,
            faults: state.faults.iter().map(|fault| format!("{fault:?}")).collect(),
            recovered: None,
            offset: state.offset.map(|offset| (offset.us, offset.uncertainty_us)),
            cases: state
                .cases
                .iter()
                .map(|(id, case)| (id.to_string(), (case.received_through, shared(&case.view))))
                .collect(),
        }
    }
}

/// Runs until standard input ends.
///
/// # Errors
/// When the tablet does not start, or stops.
pub async fn run(life: Life) -> Result<()> {
    let folder = TabletFolder::load(&life.folder)?;
    let journal = Journal::open(&life.journal).context("open the journal")?;
    let clock = SystemClock::new();
    let (store, restored) = open_outbox(folder.data(), clock.utc()).await?;
    let recovered = restored.recovered.as_ref().map(Recovery::of);
    let store = Witness::new(store, journal);
    let material = std::fs::read_to_string(&life.cards).context("read the cards")?;
    let (desk, reader) = Desk::new(CardMaterial::from_pem(&material).context("understand the cards")?);
    let handle = start_on(&folder, store, restored, clock, reader, || {})?;
    say(READY)?;
    if let Some((login, passcode)) = life.crew.clone() {
        handle.command(Command::SignIn { login, passcode: Passcode::new(passcode) }).await?;
    }
    let mut rng = RngStreams::from_u64(life.seed).stream("presses");
    let mut crew = Crew { handle, desk, recovered, ranks: rng.random_ratio(1, 4), rng };
    crew.work(life.pause_ms, orders()).await
}

struct Crew {
    handle: Handle,
    desk: Desk,
    recovered: Option<Recovery>,
    ranks: bool,
    rng: ChaCha12Rng,
}

impl Crew {
    async fn work(&mut self, pause_ms: Option<u64>, mut orders: mpsc::UnboundedReceiver<Order>) -> Result<()> {
        let mut pressing = pause_ms;
        loop {
            let mean = pressing.unwrap_or(0);
            let pause = Duration::from_micros(self.rng.random_range(0..=2_000 * mean));
            tokio::select! {
                order = orders.recv() => match order {
                    None => return Ok(()),
                    Some(Order::Rest) => pressing = None,
                    Some(Order::Go) => pressing = Some(pause_ms.unwrap_or(25)),
                    Some(Order::Press) => {
                        self.handle.command(Command::OpenCase).await?;
                        self.handle.command(Command::Stamp(model::Stage::EnRoute)).await?;
                    }
                    Some(Order::Stamp) => {
                        let state = self.handle.state().borrow().clone();
                        let stage = state.case().and_then(|case| case.view.next_stage());
                        self.handle.command(Command::Stamp(stage.context("a case with a stage left")?)).await?;
                    }
                    Some(Order::Show) => {
                        let shown = Shown::of(&self.handle.state().borrow());
                        let shown = Shown { recovered: self.recovered.clone(), ..shown };
                        say(&serde_json::to_string(&shown)?)?;
                    }
                },
                () = tokio::time::sleep(pause), if pressing.is_some() => self.press().await?,
            }
        }
    }

    async fn press(&mut self) -> Result<()> {
        let state = self.handle.state().borrow().clone();
        match transport::next(&state, self.ranks, &mut self.rng) {
            Press::Button(command) => self.handle.command(*command).await?,
            Press::Card(persona) => {
                self.desk.lay(persona, Behaviour::default()).await;
                let read = |state: &State| state.case().is_some_and(|case| case.view.card.is_some());
                self.handle.wait_for(read).await?;
            }
        }
        Ok(())
    }
}

fn say(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).context("speak")
}

fn orders() -> mpsc::UnboundedReceiver<Order> {
    let (sender, orders) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if let Some((_, order)) = Order::ALL.iter().find(|(word, _)| *word == line.trim())
                && sender.send(*order).is_err()
            {
                return;
            }
        }
    });
    orders
}
