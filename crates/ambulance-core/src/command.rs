//! What a crew can do. Every command takes effect at once, online or not.

use card::{LastTry, NumberB, Pin};
use case::{
    Belonging, CorrectionReason, Ending, EnquiryAnswer, EventName, FindingsChange, IdentitySource, OralChange,
    OverrideReason, Receiver,
};
use model::{CaseId, EnquiryId, HospitalId, MessageId, Position, Stage, Timestamp};
use patient_history::{ConsentBasis, ConsentScope, NotObtainableReason, PersonAttributes};
use std::sync::Arc;
use wire::Passcode;
use zeroize::Zeroizing;

/// One action of the crew.
#[derive(Clone)]
pub enum Command {
    /// Open a crew session.
    SignIn {
        /// Sign-in name.
        login: String,
        /// Passcode.
        passcode: Passcode,
    },
    /// Hide everything; the session ends.
    SignOut,
    /// Too many wrong codes: the session ends and history leaves the memory.
    LockOut,
    /// Begin a case that no dispatch announced, or the next patient of the current incident.
    OpenCase,
    /// Look at another case.
    SelectCase(CaseId),
    /// Write to a case that another tablet of this unit began.
    TakeOver(CaseId),
    /// Stamp a stage of the current case now.
    Stamp(Stage),
    /// Take the last stamp back while its undo lasts.
    Undo,
    /// Correct a stamp's time, or remove it.
    Correct {
        /// The stamp.
        of: EventName,
        /// The right time, or none.
        to: Option<Timestamp>,
        /// Why.
        reason: CorrectionReason,
    },
    /// Record an observation.
    Observe(FindingsChange),
    /// Read the card that lies on the reader again.
    ReadCard,
    /// 照合番号B as keyed: one press, presented to the card at most once. Zeroed when the last holder drops it.
    OpenNumberB {
        /// The number.
        number: Arc<NumberB>,
        /// When the card was read for which it was keyed ([`crate::state::CardSummary::read_at`]): a card that came
        /// since is not asked.
        read_at: Timestamp,
        /// Whether the crew confirmed that the last try may be used; it counts only after [`card::Failure::LastTry`].
        last_try: LastTry,
    },
    /// The staff password for 目視, as keyed: for the case on screen, in memory until its look-up leaves.
    StaffPassword {
        /// Four digits.
        password: Passcode,
    },
    /// Card and observation contradict each other; compare the photo all the same.
    CompareAnyway,
    /// Card and patient are the same person.
    FaceMatches,
    /// They are not.
    FaceDiffers,
    /// Spoken consent.
    ConsentSpoken {
        /// For what.
        scope: ConsentScope,
    },
    /// Consent cannot be asked: look up without, with a reason.
    ConsentNotObtainable(NotObtainableReason),
    /// Refused: nothing is sent.
    ConsentRefused,
    /// Any recorded basis, for scripts.
    Consent(ConsentBasis),
    /// The patient takes the consent back.
    WithdrawConsent,
    /// Look at the full period as well, on the consent and the card of the summary.
    LookUpFull,
    /// The summary is on the screen.
    HistoryShown,
    /// Rows that were masked are on the screen.
    SensitiveShown,
    /// A 2-D code of a notebook (お薬手帳): its bytes, as a reader typed it or as it was found in a picture.
    NotebookCode(Zeroizing<Vec<u8>>),
    /// Forget the codes read so far (読みなおす, ちがう人の手帳).
    NotebookAgain,
    /// It is this patient's: show its medicines with the history (この薬を使う).
    NotebookUse,
    /// Nothing of any notebook stays: somebody goes on without a session. They can be read again.
    ForgetNotebooks,
    /// Somebody answered a question of the crew (聞き取り).
    Tell(OralChange),
    /// Ask hospitals to accept.
    Enquire {
        /// Whom, best first.
        hospitals: Vec<HospitalId>,
        /// By telephone instead of a message.
        by_telephone: bool,
        /// Why not the first of the list.
        override_reason: Option<OverrideReason>,
    },
    /// What a hospital said on the telephone.
    TelephoneAnswer {
        /// The enquiry.
        enquiry: EnquiryId,
        /// Its answer.
        answer: EnquiryAnswer,
    },
    /// Take a standing conditional offer (ここに決める).
    TakeOffer(EnquiryId),
    /// Take an enquiry back.
    WithdrawEnquiry(EnquiryId),
    /// A destination agreed by telephone.
    AgreeByTelephone(HospitalId),
    /// The crew does not go to the destination after all.
    ChangeDestination {
        /// Where to instead; none: the search goes on.
        to: Option<HospitalId>,
        /// Why.
        reason: OverrideReason,
    },
    /// What became of an earlier store was read.
    RecoverySeen,
    /// The change of order was read.
    DismissRankChange,
    /// Why not this hospital: see where it stands ([`crate::CaseState::why_not`]).
    WhyNot(HospitalId),
    /// The case ends without a handover to a physician.
    End(Ending),
    /// Something that belongs to the patient was given back.
    Returned(Belonging),
    /// Who took the patient over.
    ReceivedBy(Receiver),
    /// Dial the server now.
    ConnectNow,
    /// Make the handover document.
    MakeDocument,
    /// Where the unit is.
    At(Position),
    /// The patient will key the PIN: it takes the place of comparing the face, after the consent.
    ByPin,
    /// The PIN as keyed: one press, presented to the card at most once. Zeroed when the last holder drops it.
    EnterPin {
        /// The PIN.
        pin: Arc<Pin>,
        /// When the card was read for which it was keyed ([`crate::state::CardSummary::read_at`]).
        read_at: Timestamp,
        /// Whether it was confirmed that the last try may be used; it counts only after the screen said so
        /// ([`crate::PinState::is_last_try`]).
        last_try: LastTry,
    },
    /// No PIN after all: compare the face. The consent stands.
    PinToVisual,
    /// No card, in a disaster: name in kana, date of birth, sex and address, as they were told. The consent comes next.
    ByAttributes(Box<PersonAttributes>),
    /// The card that is bound to another patient's case is this patient's all the same.
    CardIsThisPatients,
    /// Nobody knows who the patient is: give a temporary id (身元不明 A), or take it back.
    Unknown(bool),
    /// It became known who the patient is, otherwise than by a card; none takes it back.
    IdentityFound(Option<IdentitySource>),
    /// This other case is about the patient on screen.
    SamePatient(CaseId),
    /// It is about another patient after all.
    OtherPatient(CaseId),
    /// This message of dispatch is on the screen.
    MessageShown(MessageId),
    /// The crew has read this message of dispatch (了解).
    AcknowledgeMessage(MessageId),
}
