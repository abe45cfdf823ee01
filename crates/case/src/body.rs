//! What can happen in a case. A kind once released is never removed or given another meaning.

use crate::event::EventName;
use crate::message::{AlarmMark, CardAnswer};
use crate::oral::OralChange;
use crate::patient::{CardMark, IdentitySource};
use crate::words::{
    AnsweredBy, Belonging, CardOutcome, CorrectionReason, DeclineReason, Ending, EnquiryAnswer, FindingsChange,
    HowDecided, JoinReason, LookupOutcome, OverrideReason, Receiver, ReleaseReason, WipeCause,
};
use model::{
    CaseId, CrewId, DecisionId, DeviceId, EnquiryId, HospitalId, IncidentId, LogId, LookupId, MessageId, Need,
    Position, SessionId, Stage, Timestamp, UnitId,
};
use patient_history::{ConsentBasis, IdentityLevel, Period};
use serde::{Deserialize, Serialize};

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident = $kind:literal { $($(#[$fdoc:meta])* $field:ident : $ty:ty),* $(,)? })+) => {
        /// What happened.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind", content = "data")]
        pub enum Body {
            $($(#[$doc])* #[serde(rename = $kind)] $name { $($(#[$fdoc])* $field: $ty),* },)+
            /// A kind this program does not know: kept as it is, shown as "not understood", never dropped.
            #[serde(skip)]
            Unknown {
                /// The kind's name.
                kind: String,
            },
        }

        /// Every kind this program knows, in order of birth.
        pub const KINDS: &[&str] = &[$($kind),+];

        impl Body {
            /// The kind's stored name.
            #[must_use]
            pub fn kind(&self) -> &str {
                match self { $(Self::$name { .. } => $kind,)+ Self::Unknown { kind } => kind }
            }
        }
    };
}

bodies! {
    /// A patient exists: the case begins.
    CaseOpened = "case_opened" {
        /// Its incident.
        incident: IncidentId,
        /// 1 for the first patient of the incident.
        patient_no: u8,
        /// When 119 was answered, if this came from a dispatch centre.
        call_received_at: Option<Timestamp>,
        /// Where.
        scene: Option<Position>,
        /// The place in words.
        place: Option<String>,
        /// What the caller said.
        call_text: Option<String>,
    }
    /// A unit was sent (指令).
    UnitAssigned = "unit_assigned" {
        /// The unit.
        unit: UnitId,
        /// Its name on the radio.
        callsign: String,
        /// 1 for the first leg of this patient's transport.
        leg: u8,
    }
    /// A tablet began to write to this case with a new log.
    TabletJoined = "tablet_joined" {
        /// The tablet.
        device: DeviceId,
        /// Why it began.
        reason: JoinReason,
    }
    /// A stage was reached, at the time of this event.
    StageStamped = "stage_stamped" {
        /// Which.
        stage: Stage,
        /// Of which leg.
        leg: u8,
    }
    /// A stamp was taken back within its undo time.
    StageUndone = "stage_undone" {
        /// The stamp.
        of: EventName,
    }
    /// A stamp's time was corrected or the stamp removed later; both facts stay.
    StageCorrected = "stage_corrected" {
        /// The stamp.
        of: EventName,
        /// The right time (UTC, corrected), or none when it never happened.
        to: Option<Timestamp>,
        /// Why.
        reason: CorrectionReason,
    }
    /// Something was observed, or an observation taken back.
    Observed = "observed" {
        /// What changed.
        change: FindingsChange,
    }
    /// A card was read, or could not be.
    CardRead = "card_read" {
        /// How it ended.
        outcome: CardOutcome,
        /// How long it took, milliseconds.
        took_ms: u32,
    }
    /// The crew compared card and patient.
    IdentityJudged = "identity_judged" {
        /// By which method.
        level: IdentityLevel,
        /// Same person or not.
        same_person: bool,
    }
    /// The basis for looking at the history (同意). Append-only: a later one does not undo an earlier one.
    ConsentRecorded = "consent_recorded" {
        /// Spoken, not obtainable, or refused.
        basis: ConsentBasis,
    }
    /// The patient took the consent back.
    ConsentWithdrawn = "consent_withdrawn" {
        /// The consent.
        of: EventName,
    }
    /// A history look-up was asked for.
    LookupAsked = "lookup_asked" {
        /// Its id.
        lookup: LookupId,
        /// The consent it rests on.
        consent: EventName,
        /// How sure the identity is.
        level: IdentityLevel,
    }
    /// A history look-up ended. Never says what was found.
    LookupEnded = "lookup_ended" {
        /// Its id.
        lookup: LookupId,
        /// How it ended.
        outcome: LookupOutcome,
    }
    /// The summary was on the crew's screen (counts the funnel "viewed").
    HistoryViewed = "history_viewed" {
        /// Of which look-up.
        lookup: LookupId,
    }
    /// The crew opened rows that were masked (精神科, HIV, 産科, 未告知). Never says which.
    SensitiveOpened = "sensitive_opened" {
        /// Of which look-up.
        lookup: LookupId,
    }
    /// A hospital was asked to accept.
    EnquirySent = "enquiry_sent" {
        /// Its id.
        enquiry: EnquiryId,
        /// Whom.
        hospital: HospitalId,
        /// The look-up that informed the choice; the server completes the record from its own copy.
        lookup: Option<LookupId>,
        /// Needs without their cause.
        needs: Vec<Need>,
        /// Tell the alerts whose rules are marked for enquiries.
        tell_alerts: bool,
        /// How many hospitals were asked with it, itself included.
        batch: u8,
        /// By telephone: the hospital gets no message from us.
        by_telephone: bool,
        /// Estimated minutes to arrival, tenths.
        eta_tenths: Option<i32>,
        /// Why not the first of the list, when another was chosen.
        override_reason: Option<OverrideReason>,
    }
    /// A desk's page has shown it.
    EnquirySeen = "enquiry_seen" {
        /// Which.
        enquiry: EnquiryId,
    }
    /// A hospital answered.
    EnquiryAnswered = "enquiry_answered" {
        /// Which.
        enquiry: EnquiryId,
        /// Who.
        hospital: HospitalId,
        /// What.
        answer: EnquiryAnswer,
        /// By page or by telephone.
        by: AnsweredBy,
    }
    /// The crew took a standing conditional offer; the server decides on it.
    OfferTaken = "offer_taken" {
        /// Which.
        enquiry: EnquiryId,
    }
    /// An enquiry is over for this hospital.
    EnquiryReleased = "enquiry_released" {
        /// Which.
        enquiry: EnquiryId,
        /// Why.
        reason: ReleaseReason,
    }
    /// The destination. Versions are given by compare-and-set: one destination at any position of the log.
    DestinationDecided = "destination_decided" {
        /// 1 for the first.
        version: u32,
        /// Where to.
        hospital: HospitalId,
        /// The enquiry that decided, if one did.
        enquiry: Option<EnquiryId>,
        /// How.
        how: HowDecided,
    }
    /// The crew agreed a destination by telephone while the server could not be asked: a fact that becomes the next version.
    DestinationAgreed = "destination_agreed" {
        /// Where to.
        hospital: HospitalId,
        /// The telephone enquiry, if one was recorded.
        enquiry: Option<EnquiryId>,
    }
    /// What was suggested: needs, codes, versions and order, never rows of history.
    SuggestionRecorded = "suggestion_recorded" {
        /// Its id.
        decision: DecisionId,
        /// The look-up used, if any.
        lookup: Option<LookupId>,
        /// The engine's output, byte for byte.
        #[serde(with = "serde_bytes")]
        output: Vec<u8>,
    }
    /// Something that belongs to the patient was given back.
    BelongingReturned = "belonging_returned" {
        /// What.
        what: Belonging,
    }
    /// Who took the patient over at the hospital.
    HandoverReceived = "handover_received" {
        /// In which role.
        by: Receiver,
    }
    /// The handover document was made.
    HandoverDocumentMade = "handover_document_made" {
        /// For which destination.
        hospital: HospitalId,
        /// SHA-256 of the document.
        sha256: String,
    }
    /// History left the tablet's memory.
    HistoryWiped = "history_wiped" {
        /// Of which look-up.
        lookup: LookupId,
        /// Why.
        cause: WipeCause,
    }
    /// The case ended.
    CaseEnded = "case_ended" {
        /// How.
        ending: Ending,
    }
    /// Events may be missing: their store is gone.
    GapNoted = "gap_noted" {
        /// The log that ended.
        log: LogId,
        /// The last event known of it.
        known_through: u64,
    }
    /// A tablet started (unit log).
    TabletStarted = "tablet_started" {
        /// The program's version.
        version: String,
        /// The store was made new: what stood only in the old one is lost.
        new_store: bool,
    }
    /// A crew signed in (unit log).
    CrewSignedIn = "crew_signed_in" {
        /// Who.
        crew: CrewId,
        /// The session the server opened.
        session: SessionId,
    }
    /// Recorded events that can no longer be read: their rows in the tablet's store are damaged and the server has none of
    /// them.
    EntriesLost = "entries_lost" {
        /// Their log.
        log: LogId,
        /// The first of them.
        from: u64,
        /// The last of them.
        through: u64,
    }
    /// Medicines of a notebook (お薬手帳) that the patient showed stand beside the history. Counts only, never content.
    NotebookRead = "notebook_read" {
        /// Codes it was read from.
        codes: u16,
        /// Its medicines with a day.
        medicines: u16,
        /// Its medicines without one: in no line.
        undated: u16,
    }
    /// Patient, family or staff answered a question of the crew (聞き取り), or an answer was taken back.
    OralHistoryNoted = "oral_history_noted" {
        /// What changed.
        change: OralChange,
    }
    /// The crew found that a card is this patient's. Look-ups behind it in the same log use this card.
    CardBound = "card_bound" {
        /// Which card.
        mark: CardMark,
        /// The crew confirmed it although this other case has the same card.
        also_of: Option<CaseId>,
    }
    /// A card that was bound to this case is not this patient's after all.
    CardReleased = "card_released" {
        /// Which card.
        mark: CardMark,
    }
    /// Nobody knows who the patient is: a temporary id (身元不明 A), or none any more.
    TemporaryIdSet = "temporary_id_set" {
        /// 0 for A.
        id: Option<u8>,
    }
    /// It became known who the patient is, otherwise than by a card; none takes it back.
    IdentityFound = "identity_found" {
        /// How.
        by: Option<IdentitySource>,
    }
    /// Another case is about the same patient. Written into both.
    SamePatient = "same_patient" {
        /// The other case.
        other: CaseId,
        /// Which of the two goes on.
        goes_on: CaseId,
    }
    /// The two cases are about two patients after all. Written into both.
    SamePatientUndone = "same_patient_undone" {
        /// The fact that said otherwise, in this case.
        of: EventName,
    }
    /// A look-up asks for another period than the summary's.
    LookupReaches = "lookup_reaches" {
        /// The look-up.
        lookup: LookupId,
        /// How far back.
        period: Period,
    }
    /// A history look-up without a card was asked for, in a disaster: by name, date of birth, sex and address as they were
    /// told. Never says what they are.
    AttributesLookupAsked = "attributes_lookup_asked" {
        /// Its id.
        lookup: LookupId,
        /// The consent it rests on.
        consent: EventName,
    }
    /// A desk's page has received it. Nobody need have looked.
    EnquiryDelivered = "enquiry_delivered" {
        /// Which.
        enquiry: EnquiryId,
    }
    /// No page of the hospital's desk was watching: the crew telephones first.
    EnquiryUnwatched = "enquiry_unwatched" {
        /// Which.
        enquiry: EnquiryId,
    }
    /// The hospital takes its acceptance back: the destination of this version ends, and is open again.
    AcceptanceWithdrawn = "acceptance_withdrawn" {
        /// The version that ends.
        version: u32,
        /// The enquiry that had decided it.
        enquiry: EnquiryId,
        /// Who takes it back.
        hospital: HospitalId,
        /// Why.
        reason: DeclineReason,
    }
    /// The crew does not go to the destination of this version after all.
    DestinationChanged = "destination_changed" {
        /// The version that ends; a later one is not touched.
        version: u32,
        /// Where to instead; none: the search goes on.
        to: Option<HospitalId>,
        /// Why.
        reason: OverrideReason,
    }
    /// The hospital signed for the patient (引継の受領).
    HandoverSigned = "handover_signed" {
        /// Which.
        hospital: HospitalId,
        /// Who signed, as entered at the desk.
        name: String,
    }
    /// Dispatch tells a unit something.
    MessageToUnit = "message_to_unit" {
        /// Its id.
        message: MessageId,
        /// To this unit only; none: to every unit of the case.
        to: Option<UnitId>,
        /// The words, at most [`crate::message::MESSAGE_CHARS_MAX`] characters.
        text: String,
    }
    /// A tablet has shown a message to its crew. Nobody need have read it.
    MessageShown = "message_shown" {
        /// Which.
        message: MessageId,
    }
    /// The crew has read a message (了解).
    MessageAcknowledged = "message_acknowledged" {
        /// Which.
        message: MessageId,
    }
    /// Dispatch asked the caller whether card and notebook are ready; the last answer counts.
    CardAsked = "card_asked" {
        /// What the caller said.
        answer: CardAnswer,
    }
    /// Somebody at the dispatch centre has seen to an alarm; it comes back when it gets worse.
    AlarmChecked = "alarm_checked" {
        /// Which.
        alarm: AlarmMark,
        /// How bad it was: it comes back above this.
        level: u32,
    }
    /// The dispatch system (CAD) or a dispatcher by radio told that a unit reached a stage. It counts where no tablet stamped it.
    StageReported = "stage_reported" {
        /// The unit.
        unit: UnitId,
        /// Which stage.
        stage: Stage,
        /// Of which leg.
        leg: u8,
        /// When it was reached, as it was told.
        at: Timestamp,
    }
}
