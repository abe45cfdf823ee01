//! A message of dispatch, from the console over the real link to the crew and back.

use ambulance_core::Command;
use case::CardAnswer;
use dispatch_core::{SendMessage, note_card_answer, send_message};
use model::MessageId;
use system_tests::Installation;

const MESSAGE: MessageId = MessageId::from_bytes([0x41; 16]);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_reaches_the_crew_and_its_receipts_the_console() {
    let mut installation = Installation::start().await;
    let (tablet, enrolled) = installation.connected(0, "立川訓練1").await;
    let case = installation.open_incident(0, enrolled.unit).await;
    tablet.assigned(case).await;
    let app = &installation.server().app;
    let dispatcher = installation.brigades[0].principal();
    note_card_answer(&app.store, &mut app.call(), &dispatcher, case, CardAnswer::Ready).await.unwrap();
    let request =
        SendMessage {
            case, message: MESSAGE, to: Some(enrolled.unit), text: "家族が玄関先で待っています".into()
        };
    send_message(&app.store, &mut app.call(), &dispatcher, request).await.unwrap();
    let state = tablet.until("the message came", |s| !s.waiting_messages().is_empty()).await;
    let words: Vec<&str> = state.waiting_messages().into_iter().map(|(_, _, message)| message.text.as_str()).collect();
    assert_eq!(words, ["家族が玄関先で待っています"]);
    assert_eq!(tablet.case().view.card_asked.map(|(answer, _)| answer), Some(CardAnswer::Ready));
    tablet.press(Command::MessageShown(MESSAGE)).await;
    tablet.delivered().await;
    let told = installation.timeline(0, case).await.view.messages.remove(&MESSAGE).unwrap();
    assert!(told.shown.contains_key(&enrolled.unit) && told.waits_for(enrolled.unit), "shown, not yet read");
    tablet.press(Command::AcknowledgeMessage(MESSAGE)).await;
    tablet.delivered().await;
    let told = installation.timeline(0, case).await.view.messages.remove(&MESSAGE).unwrap();
    assert!(!told.waits_for(enrolled.unit), "了解 is on the console");
    assert!(tablet.state().waiting_messages().is_empty());
    installation.stop().await;
}
