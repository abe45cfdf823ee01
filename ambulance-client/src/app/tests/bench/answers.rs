//! What the server answers to the bench's questions.

use super::Bench;
use crate::app::Tablet as _;
use ambulance_core::Input;
use field_alerts::{RuleTable, evaluate};
use hospital_selection::Ranking;
use model::{CivilDate, CrewId, DecisionId, SessionId, Sex};
use patient_history::{HistorySnapshot, PersonOnRecord, QualificationValidity, Section};
use wire::{Answer, Ask, HistoryAnswer, Nonces, Question, QuestionError, SignedIn, Suggestion};

impl Bench {
    /// The server refuses the look-up.
    pub(in crate::app::tests) fn refuse_history(&self, code: &str, ja: &str) {
        let ask = self.take_ask(|q| matches!(q, Question::History(_)));
        let error = QuestionError {
            code: code.into(),
            ja: ja.into(),
            next_ja: "聞いた内容を確かめて照会しなおすか、口頭で聴取してください。".into(),
            en: "These details do not narrow to one person.".into(),
            retryable: false,
        };
        self.input(Input::Answer { id: ask.id, answer: Box::new(Answer::Error(error)) });
    }

    fn take_ask(&self, wanted: impl Fn(&Question) -> bool) -> Ask {
        let mut inner = self.0.borrow_mut();
        let at = inner.asks.iter().position(|a| wanted(&a.question)).expect("asked");
        inner.asks.remove(at)
    }

    /// The server answers where to go.
    pub(in crate::app::tests) fn answer_where(&self, decision: DecisionId, ranking: Ranking) {
        // Earlier questions were given up for the newest.
        let mut asks = self.asked().into_iter().rev();
        let ask = asks.find(|ask| matches!(ask.question, Question::Suggest(_))).expect("asked");
        let suggestion = Suggestion { decision, at: self.now().utc, lookup: None, ranking };
        self.input(Input::Answer { id: ask.id, answer: Box::new(Answer::Suggestion(Box::new(suggestion))) });
    }

    pub(in crate::app::tests) fn answer_sign_in(&self) {
        let ask = self.take_ask(|q| matches!(q, Question::SignIn { .. }));
        let signed = SignedIn {
            session: SessionId::from_bytes([5 + self.next_session(); 16]),
            crew: CrewId::from_bytes([6; 16]),
            name: "高橋 誠".into(),
            until: self.now().utc.plus_minutes(600),
        };
        self.input(Input::Answer { id: ask.id, answer: Box::new(Answer::SignedIn(signed)) });
    }

    /// Every sign-in opens a session of its own.
    fn next_session(&self) -> u8 {
        let mut inner = self.0.borrow_mut();
        inner.sessions += 1;
        inner.sessions - 1
    }

    /// The sign-in under way was wrong.
    pub(in crate::app::tests) fn refuse_sign_in(&self) {
        let ask = self.take_ask(|q| matches!(q, Question::SignIn { .. }));
        let error = QuestionError {
            code: "wrong_passcode".into(),
            ja: "パスコードがちがいます。".into(),
            next_ja: String::new(),
            en: "Wrong passcode.".into(),
            retryable: false,
        };
        self.input(Input::Answer { id: ask.id, answer: Box::new(Answer::Error(error)) });
    }

    /// Whether the server is being asked to sign somebody in.
    pub(in crate::app::tests) fn asks_to_sign_in(&self) -> bool {
        self.0.borrow().asks.iter().any(|ask| matches!(ask.question, Question::SignIn { .. }))
    }

    /// The server gives this many nonces.
    pub(in crate::app::tests) fn nonces(&self, count: u8) {
        let asked = self.0.borrow().asks.iter().find(|ask| matches!(ask.question, Question::Nonces)).map(|ask| ask.id);
        let nonces = (0..count).map(|n| vec![n; 40].into()).collect();
        let until = self.now().utc.plus_minutes(24 * 60);
        let answer = Box::new(Answer::Nonces(Nonces { nonces, until }));
        self.input(Input::Answer { id: asked.expect("asked"), answer });
    }

    /// The server answers the staff password that was sent; returns what was keyed.
    pub(in crate::app::tests) fn staff_password(&self, refused: Option<&str>) -> String {
        let ask = self.take_ask(|q| matches!(q, Question::StaffPassword { .. }));
        let Question::StaffPassword { lookup, password } = &ask.question else { panic!("not a staff password") };
        let error = |code: &str| QuestionError {
            code: code.into(),
            ja: "目視確認用パスワードが違います。".into(),
            next_ja: "確かめて入力してください。".into(),
            en: "The staff password is wrong.".into(),
            retryable: false,
        };
        let stands = Answer::StaffPasswordStands { lookup: *lookup };
        let answer = refused.map_or(stands, |code| Answer::Error(error(code)));
        self.input(Input::Answer { id: ask.id, answer: Box::new(answer) });
        password.expose().to_owned()
    }

    /// Answers the open look-up with these sections.
    pub(in crate::app::tests) fn history(&self, sections: Vec<Section>) {
        let ask = self.take_ask(|q| matches!(q, Question::History(_)));
        let Question::History(question) = &ask.question else { panic!("not a look-up") };
        let at = self.now().utc;
        let snapshot = HistorySnapshot {
            lookup: question.lookup,
            fetched_at: at,
            person: PersonOnRecord {
                name: "森川　和●".into(),
                kana: "モリカワ　カズコ".into(),
                birth_date: CivilDate::new(1948, 3, 1).expect("a date"),
                sex: Sex::Female,
            },
            validity: QualificationValidity::Valid,
            period: question.period,
            sections,
            notices: vec![],
        };
        let today = at.tokyo_date().expect("a date");
        let findings = self.state().case().expect("a case").view.findings.clone();
        let table = RuleTable::embedded().expect("a table");
        let evaluation = evaluate(&table, &snapshot, &findings, today);
        let answer = Answer::History(Box::new(HistoryAnswer { snapshot, evaluation }));
        self.input(Input::Answer { id: ask.id, answer: Box::new(answer) });
    }

    pub(in crate::app::tests) fn history_fails(&self) {
        let ask = self.take_ask(|q| matches!(q, Question::History(_)));
        let error = QuestionError {
            code: "not-registered".into(),
            ja: "保険証としての利用登録がありません。".into(),
            next_ja: "口頭で聴取し、活動を続けてください。".into(),
            en: "The card is not registered as an insurance card.".into(),
            retryable: false,
        };
        self.input(Input::Answer { id: ask.id, answer: Box::new(Answer::Error(error)) });
    }
}
