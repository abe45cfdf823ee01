//! Cards made of bytes.

use std::cell::Cell;

use myna_card::{Result, Transmit};

/// Counts what reaches the card inside it.
pub(crate) struct Counting<'c, C> {
    pub(crate) card: C,
    pub(crate) commands: &'c Cell<u32>,
    /// VERIFY with data.
    pub(crate) pins: &'c Cell<u32>,
}

impl<C: Transmit> Transmit for Counting<'_, C> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>> {
        self.commands.set(self.commands.get() + 1);
        if matches!(command, [_, 0x20, _, _, _, ..]) {
            self.pins.set(self.pins.get() + 1);
        }
        self.card.transmit(command)
    }
}

/// Answers one after another, each with its length in two bytes before it; over and over when they run out.
pub(crate) struct Script<'a> {
    all: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Script<'a> {
    pub(crate) fn new(all: &'a [u8]) -> Self {
        Self { all, rest: all }
    }
}

impl Transmit for Script<'_> {
    fn transmit(&mut self, _command: &[u8]) -> Result<Vec<u8>> {
        if self.rest.is_empty() {
            self.rest = self.all;
        }
        let Some((length, behind)) = self.rest.split_first_chunk::<2>() else {
            self.rest = &[];
            return Ok(vec![0x6F, 0x00]);
        };
        let length = usize::from(u16::from_be_bytes(*length)).min(behind.len());
        let (answer, rest) = behind.split_at(length);
        self.rest = rest;
        Ok(answer.to_vec())
    }
}

/// An obedient card: every file holds these bytes, every key has three tries and takes every PIN.
pub(crate) struct Files<'a>(pub(crate) &'a [u8]);

impl Transmit for Files<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>> {
        Ok(match command {
            [_, 0x20, _, _] => vec![0x63, 0xC3],
            [_, 0xB0, hi, lo, le] => self.slice(usize::from(u16::from_be_bytes([*hi, *lo])), *le),
            _ => vec![0x90, 0x00],
        })
    }
}

impl Files<'_> {
    fn slice(&self, offset: usize, le: u8) -> Vec<u8> {
        let rest = self.0.get(offset..).unwrap_or_default();
        if rest.is_empty() {
            return vec![0x6B, 0x00];
        }
        let most = if le == 0 { 256 } else { usize::from(le) };
        [rest.get(..most).unwrap_or(rest), &[0x90, 0x00]].concat()
    }
}
