//! A question in the first flight of a resumed connection: where to go, answered before the server has said Welcome.

use super::{LinkEvent, dial, streams};
use ambulance_core::{DoorQuestion, Input};
use model::QuestionId;
use quic_link::Connection;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::mpsc;
use wire::{Answer, Ask, Question};

/// Asks, and hands the answer on. It never ends: whoever waits for Welcome beside it decides when it is over, since the
/// ordinary question follows then. Early data that was refused, or an answer that is none, changes nothing.
pub(super) async fn ask(
    link: &Connection,
    asked: Option<Arc<DoorQuestion>>,
    events: &mpsc::Sender<LinkEvent>,
) -> Infallible {
    if let Some(asked) = asked {
        let ask = Ask { id: question_id(), session: None, question: Question::Preview(asked.question.clone()) };
        match streams::ask_and_wait(link, &ask).await {
            Ok(Answer::Preview(preview)) => {
                // It belongs to no connection that has a number yet; the core asks itself whether it still fits.
                let _gone = events.send(LinkEvent { connection: 0, input: Input::Preview { asked, preview } }).await;
            }
            Ok(_) => tracing::debug!("the server answered no preview"),
            Err(why) => tracing::debug!(?why, "no preview on this connection"),
        }
    }
    std::future::pending().await
}

/// For logs only: the server keeps nothing of a preview.
fn question_id() -> QuestionId {
    QuestionId::from_bytes((u128::from(dial::random()) << 64 | u128::from(dial::random())).to_be_bytes())
}
