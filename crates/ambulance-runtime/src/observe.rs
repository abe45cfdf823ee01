//! What a load generator hears of a running tablet's traffic: when something left the core, when its answer came. Nobody listens in
//! a real tablet.

use model::QuestionId;
use wire::{Answer, Ask, LogFrame, LogReply};

/// Hears what the loop hands to the link and what the link brings. Called from the tablet's loop: it must not wait.
pub trait Observer: Send + Sync {
    /// A question leaves the core.
    fn asked(&self, ask: &Ask);
    /// Its answer has come; none when its stream ended without one.
    fn answered(&self, id: QuestionId, answer: Option<&Answer>);
    /// A frame with facts leaves the core.
    fn sent(&self, frame: &LogFrame);
    /// The server's word about a log has come.
    fn heard(&self, reply: &LogReply);
}
