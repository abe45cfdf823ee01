//! One question, one answer, one stream.

use super::gate::Gate;
use super::lookup::{look_up, may_pass};
use super::{Peer, decoded, sent};
use crate::app::App;
use crate::nonces;
use crate::web::Opens;
use case::EventName;
use dispatch_core::{
    HistoryReply, LookAgain, LookUp, Principal, ReliefAsks, StaffPasswordTry, Suggest, UseCaseError, acting_for,
    check_pin_page, crew_principal, look_again, make_handover_document, preview, sign_in_crew, suggest,
    verify_staff_password,
};
use hospital_selection::params::CREW_CANDIDATES;
use model::CaseId;
use quic_link::limits::MAX_FRAME_BYTES;
use quic_link::{FrameReceiver, FrameSender};
use std::sync::Arc;
use std::time::Duration;
use wire::limits::{PREVIEW_BYTES_MAX, QUESTION_BYTES_MAX};
use wire::{
    Answer, Ask, DocumentAnswer, HistoryAnswer, HistoryQuestion, Preview, PreviewQuestion, Question, QuestionError,
    SignedIn, SuggestQuestion, Suggestion,
};

/// The question's one frame must arrive within this.
const ASK_DEADLINE: Duration = Duration::from_secs(10);
/// A question is answered within this, or with an error that may be tried again.
const ANSWER_DEADLINE: Duration = Duration::from_secs(25);
/// Rows of a preview.
const PREVIEW_CANDIDATES: usize = 5;
/// How long a look-up waits for the tablet's own facts (the consent) that may arrive just behind it.
const FACTS_WAIT: Duration = Duration::from_secs(3);

pub(super) async fn run(
    app: Arc<App>,
    peer: Arc<Peer>,
    mut gate: Gate,
    mut send: FrameSender,
    mut receive: FrameReceiver,
) {
    receive.limit(QUESTION_BYTES_MAX);
    let Ok(Ok(Some(frame))) = tokio::time::timeout(ASK_DEADLINE, receive.recv()).await else { return };
    let Some(ask) = decoded::<Ask>(&frame, &mut receive, "question") else { return };
    // What comes before the handshake is over may be a copy: it must change nothing, not even "last heard".
    if !ask.question.may_be_early() && !gate.passed().await {
        return;
    }
    if gate.is_open() {
        app.live.heard(peer.unit, app.now());
    }
    let id = ask.id;
    let answer = match tokio::time::timeout(ANSWER_DEADLINE, answer(&app, &peer, ask)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            tracing::info!(question = %id, device = %peer.device, code = %error.code(), "a question was not answered");
            Answer::Error(in_words(&error))
        }
        Err(_) => Answer::Error(too_slow()),
    };
    let answer = if fits(&answer) { answer } else { Answer::Error(too_large()) };
    if sent(&mut send, &answer).await {
        send.finish();
    }
}

async fn answer(app: &Arc<App>, peer: &Peer, ask: Ask) -> Result<Answer, UseCaseError> {
    match ask.question {
        Question::SignIn { login, passcode } => {
            let mut call = app.call();
            let passcode = passcode.expose();
            let signed =
                sign_in_crew(&app.store, &app.passcodes, &mut call, &peer.principal, ask.id, &login, passcode).await?;
            tracing::info!(crew = %signed.crew, session = %signed.session, device = %peer.device, "signed in");
            Ok(Answer::SignedIn(SignedIn {
                session: signed.session,
                crew: signed.crew,
                name: signed.name,
                until: signed.until,
            }))
        }
        Question::History(question) => history(app, peer, ask.session, question).await,
        Question::HistoryAgain { case, lookup } => {
            let principal = crew_principal(&app.store, app.now(), &peer.principal, ask.session).await?;
            let principal = acting(app, peer, principal, case, ReliefAsks::History).await?;
            let asked = LookAgain { question: ask.id, case, lookup };
            look_again(&app.store, &app.rules, &mut app.call(), &principal, asked).await.map(as_answer)
        }
        Question::Suggest(question) => where_to(app, peer, ask.id, question).await,
        Question::Document { case } => {
            let principal = crew_principal(&app.store, app.now(), &peer.principal, ask.session).await?;
            let principal = acting(app, peer, principal, case, ReliefAsks::Transport).await?;
            let made = make_handover_document(&app.store, &mut app.call(), &principal, case).await?;
            let address = format!("{}/handover/{case}", app.pages());
            let hospital = made.document.hospital;
            // Without random bytes there is no code; the page's address still leads there.
            let code = app.codes.issue(Opens { case, hospital }, app.now()).ok();
            let qr = code.map(|code| format!("{}/h/{code}", app.pages()));
            Ok(Answer::Document(DocumentAnswer { hospital, address, sha256: made.sha256, qr }))
        }
        Question::Preview(question) => look_ahead(app, peer, question).await,
        Question::Nonces => {
            check_pin_page(&app.store, &peer.principal).await?;
            nonces::answer(app, &peer.principal).map(Answer::Nonces)
        }
        Question::Published => Ok(Answer::Published(Box::new(app.published_for(peer)))),
        Question::StaffPassword { lookup, password } => {
            let principal = crew_principal(&app.store, app.now(), &peer.principal, ask.session).await?;
            let said = StaffPasswordTry { lookup, password: password.expose() };
            verify_staff_password(&app.store, &app.passcodes, &app.call(), &principal, said).await?;
            Ok(Answer::StaffPasswordStands { lookup })
        }
    }
}

/// As whom a tablet asks about a case. Only a unit that works, or worked a while ago, for another department costs a look.
async fn acting(
    app: &App,
    peer: &Peer,
    principal: Principal,
    case: CaseId,
    asks: ReliefAsks,
) -> Result<Principal, UseCaseError> {
    if app.standing.now().followed(peer.unit, app.now()).is_empty() {
        return Ok(principal);
    }
    acting_for(&app.store, app.now(), &principal, case, asks).await
}

async fn history(
    app: &Arc<App>,
    peer: &Peer,
    session: Option<model::SessionId>,
    question: HistoryQuestion,
) -> Result<Answer, UseCaseError> {
    let principal = crew_principal(&app.store, app.now(), &peer.principal, session).await?;
    let asked = LookUp {
        case: question.case,
        lookup: question.lookup,
        consent: EventName { log: question.consent.0, seq: question.consent.1 },
        basis: question.basis,
        evidence: question.evidence,
        period: question.period,
    };
    // Facts and questions travel on streams of their own: the consent may be one round trip behind the question.
    let mut changed = app.fanout.unit(peer.unit);
    let mut waited = tokio::time::interval(FACTS_WAIT);
    waited.tick().await;
    loop {
        changed.mark_unchanged();
        // Asked each time: whose case it is may be known only when its facts have arrived.
        let principal = acting(app, peer, principal.clone(), asked.case, ReliefAsks::History).await?;
        let found = look_up(app, peer.unit, principal, asked.clone()).await;
        if !may_pass(&found) {
            return found.map(as_answer);
        }
        tokio::select! {
            _ = waited.tick() => return found.map(as_answer),
            told = changed.changed() => if told.is_err() { return found.map(as_answer) },
        }
    }
}

fn as_answer(reply: HistoryReply) -> Answer {
    Answer::History(Box::new(HistoryAnswer { snapshot: reply.snapshot, evaluation: reply.evaluation }))
}

async fn where_to(
    app: &App,
    peer: &Peer,
    id: model::QuestionId,
    question: SuggestQuestion,
) -> Result<Answer, UseCaseError> {
    let asked = Suggest {
        question: id,
        case: question.case,
        from: question.from,
        findings: question.findings,
        lookup: question.lookup,
        exclude: question.exclude,
        max_candidates: Some(CREW_CANDIDATES),
    };
    let levels = question.levels;
    let principal = acting(app, peer, peer.principal.clone(), asked.case, ReliefAsks::Transport).await?;
    let travel = app.travel.now();
    let found = suggest(&app.store, app.engine(&travel), &mut app.call(), &principal, asked).await?;
    Ok(Answer::Suggestion(Box::new(Suggestion {
        decision: found.decision,
        at: found.at,
        lookup: found.lookup,
        ranking: if levels { found.ranking } else { found.ranking.before_levels() },
    })))
}

/// A list without a record, cut to what the first packets carry.
async fn look_ahead(app: &App, peer: &Peer, question: PreviewQuestion) -> Result<Answer, UseCaseError> {
    let at = app.now();
    let PreviewQuestion { from, findings, exclude, levels } = question;
    let asked = dispatch_core::Preview { from, findings, exclude, max_candidates: PREVIEW_CANDIDATES };
    let travel = app.travel.now();
    let mut ranking = preview(&app.store, app.engine(&travel), at, &peer.principal, asked).await?;
    ranking.excluded.clear();
    if !levels {
        ranking = ranking.before_levels();
    }
    loop {
        let answer = Answer::Preview(Box::new(Preview { at, ranking: ranking.clone() }));
        let short = wire::codec::encode(&answer).is_ok_and(|frame| frame.len() <= PREVIEW_BYTES_MAX);
        if short || ranking.candidates.pop().is_none() {
            return Ok(answer);
        }
    }
}

fn in_words(error: &UseCaseError) -> QuestionError {
    QuestionError {
        code: error.code(),
        ja: error.ja(),
        next_ja: error.next_ja().to_owned(),
        en: error.en().to_owned(),
        retryable: error.retryable(),
    }
}

/// Whether the link carries it in one frame.
fn fits(answer: &Answer) -> bool {
    wire::codec::encode(answer).is_ok_and(|frame| frame.len() <= MAX_FRAME_BYTES)
}

fn too_large() -> QuestionError {
    QuestionError {
        code: "too_large".into(),
        ja: "回答が大きすぎて端末に送れません。".into(),
        next_ja: "口頭で聴取し、受入病院の画面で履歴を開いてもらってください。".into(),
        en: "The answer is too large for the link.".into(),
        retryable: false,
    }
}

fn too_slow() -> QuestionError {
    QuestionError {
        code: "too_slow".into(),
        ja: "サーバーの回答が時間内に間に合いません。".into(),
        next_ja: "活動を続け、少し待ってもう一度試してください。".into(),
        en: "No answer in time.".into(),
        retryable: true,
    }
}
