//! The sentences of the ladder, in the crew's words.

use crate::failure::Failure;

/// Words of one failure: ja, en, next step ja, next step en.
pub(crate) struct Words(
    pub(crate) &'static str,
    pub(crate) &'static str,
    pub(crate) &'static str,
    pub(crate) &'static str,
);

impl Failure {
    pub(crate) const fn words(self) -> Words {
        match self {
            Self::ServiceDown
            | Self::NoReader
            | Self::ReaderGone
            | Self::NoCard
            | Self::CardInUse
            | Self::CardMoved
            | Self::Unreadable
            | Self::TooSlow => self.link_words(),
            Self::NotMyNumberCard | Self::PhoneCertificate | Self::OldJukiCard => self.card_words(),
            Self::PinWrong { .. } | Self::PinBlocked | Self::PinNotOffered | Self::LastTry => self.pin_words(),
            Self::NumberBWrong { .. } | Self::NumberBBlocked | Self::NumberBNotOffered => self.number_words(),
            Self::PhotoUnreadable | Self::WrongPerson => self.person_words(),
            _ => self.certificate_words(),
        }
    }

    const fn link_words(self) -> Words {
        match self {
            Self::ServiceDown => Words(
                "カードを読む仕組み（PC/SC）が動いていません。",
                "The card service (PC/SC) is not running.",
                "端末を再起動してください。続くときはカードなしで進み、帰署後に整備担当へ連絡してください。",
                "Restart the tablet. If it stays so, go on without the card and report it after the run.",
            ),
            Self::NoReader => Words(
                "カードリーダーが見つかりません。",
                "No card reader is found.",
                "リーダーのケーブルを差し直してください。見つからないときはカードなしで進んでください。",
                "Plug the reader in again. If it is not found, go on without the card.",
            ),
            Self::ReaderGone => Words(
                "読み取りの途中でカードリーダーが外れました。",
                "The card reader was unplugged while reading.",
                "ケーブルを差し直し、カードを置き直してください。",
                "Plug the cable in again and put the card back.",
            ),
            Self::NoCard => Words(
                "カードが置かれていません。",
                "There is no card on the reader.",
                "カードをリーダーの中央に置いてください。",
                "Put the card on the middle of the reader.",
            ),
            Self::CardInUse => Words(
                "別のプログラムがカードを使っています。",
                "Another program is using the card.",
                "数秒待ってからカードを置き直してください。続くときは端末を再起動してください。",
                "Wait a few seconds and put the card back. If it stays so, restart the tablet.",
            ),
            Self::CardMoved => Words(
                "読み取りの途中でカードが動きました。",
                "The card moved while it was being read.",
                "カードを置き直し、読み終わるまで動かさないでください。",
                "Put the card back and leave it until reading ends.",
            ),
            Self::TooSlow => Words(
                "カードからの応答が時間内にありませんでした。",
                "The card did not answer in time.",
                "カードケースから出して置き直してください。だめならカードなしで進んでください。",
                "Take the card out of its sleeve and put it back. If that fails, go on without the card.",
            ),
            _ => Words(
                "カードを読み取れませんでした。",
                "The card could not be read.",
                "カードケースから出し、汚れを拭いて置き直してください。だめならカードなしで進んでください。",
                "Take the card out of its sleeve, wipe it and put it back. If that fails, go on without the card.",
            ),
        }
    }

    const fn card_words(self) -> Words {
        match self {
            Self::PhoneCertificate => Words(
                "スマートフォンの電子証明書です。この端末では使えません。",
                "This is a phone's certificate, which cannot be used here.",
                "マイナンバーカードがあれば置いてください。なければカードなしで進んでください。",
                "Use the plastic card if there is one, else go on without it.",
            ),
            Self::OldJukiCard => Words(
                "住民基本台帳カードです。照会には使えません。",
                "This is an old resident register card, which cannot be used.",
                "マイナンバーカードがあれば置いてください。なければカードなしで進んでください。",
                "Use the My Number card if there is one, else go on without it.",
            ),
            _ => Words(
                "マイナンバーカードではありません。",
                "This is not a My Number card.",
                "マイナンバーカードに置き換えてください。複数のカードを重ねないでください。",
                "Put the My Number card there instead, and only one card at a time.",
            ),
        }
    }

    const fn certificate_words(self) -> Words {
        match self {
            Self::NotYetValid => Words(
                "電子証明書の有効期間が始まっていません。",
                "The certificate's period has not begun yet.",
                "端末の日付と時刻を確かめてください。正しいときはカードなしで進んでください。",
                "Check the tablet's date and time. If they are right, go on without the card.",
            ),
            Self::ExpiredWithinGrace => Words(
                "電子証明書は期限切れですが、満了から3か月以内です。",
                "The certificate has expired, at most three months ago.",
                "照会してみてください。返らないときはカードなしで進んでください。",
                "Try the look-up. If nothing comes back, go on without the card.",
            ),
            Self::Expired => Words(
                "電子証明書の期限が切れて3か月を過ぎています。",
                "The certificate expired more than three months ago.",
                "このカードでは照会できません。カードなしで進み、聞き取りで確かめてください。",
                "No look-up is possible with it. Go on without the card and ask the patient or family.",
            ),
            Self::TestCard => Words(
                "試験用・訓練用のカードです。本番の端末では使えません。",
                "This is a test or training card, which a live tablet refuses.",
                "傷病者のマイナンバーカードか確かめてください。なければカードなしで進んでください。",
                "Check that it is the patient's own card. If there is none, go on without it.",
            ),
            _ => Words(
                "電子証明書の発行者を確かめられません。",
                "The certificate's issuer cannot be verified.",
                "このカードでは照会できません。カードなしで進み、帰署後に報告してください。",
                "No look-up is possible with it. Go on without the card and report it after the run.",
            ),
        }
    }

    const fn pin_words(self) -> Words {
        match self {
            Self::PinBlocked => Words(
                "暗証番号がロックされています。",
                "The PIN is blocked.",
                "暗証番号を使わず、顔写真による目視確認で進んでください。",
                "Go on without PIN: compare the face with the photo.",
            ),
            Self::PinNotOffered => Words(
                "このカードでは暗証番号を使えません。",
                "This card offers no PIN.",
                "目視確認で進んでください。",
                "Go on by comparing the face.",
            ),
            Self::LastTry => Words(
                "残り1回です。間違えるとロックされます。",
                "One try is left; a wrong number blocks it.",
                "番号を確かめてから続けるか、目視確認で進んでください。",
                "Check the number before you go on, or go on by comparing the face.",
            ),
            _ => Words(
                "暗証番号が違います。",
                "The PIN does not match.",
                "残り回数を確かめ、本人にもう一度だけ聞いてください。分からなければ目視確認で進んでください。",
                "Look at the tries left and ask the patient once more, or go on by comparing the face.",
            ),
        }
    }

    const fn number_words(self) -> Words {
        match self {
            Self::NumberBBlocked => Words(
                "照合番号Bがロックされています。",
                "Verification number B is blocked.",
                "券面の写真を見て、目視確認で進んでください。",
                "Look at the printed photo and go on by comparing the face.",
            ),
            Self::NumberBNotOffered => Words(
                "このカードでは照合番号Bを使えません。",
                "This card offers no verification number B.",
                "券面の写真を見て、目視確認で進んでください。",
                "Look at the printed photo and go on by comparing the face.",
            ),
            _ => Words(
                "照合番号Bが違います。",
                "Verification number B does not match.",
                "和暦の生年月日・有効期限の年・セキュリティコードを券面で確かめ、入れ直してください。",
                "Check birth (Japanese era), expiry year and security code on the card, then key it again.",
            ),
        }
    }

    const fn person_words(self) -> Words {
        match self {
            Self::WrongPerson => Words(
                "カードの年齢か性別が、観察と合いません。",
                "Age or sex on the card contradict what was observed.",
                "別の人のカードでないか確かめてください。別人なら照会せず、本人のカードを置いてください。",
                "Check whose card it is. If another person's, make no look-up and use the patient's own.",
            ),
            _ => Words(
                "カードの写真を表示できません。",
                "The photo in the card cannot be shown.",
                "券面に印刷された写真で目視確認してください。",
                "Compare the face with the photo printed on the card.",
            ),
        }
    }
}
