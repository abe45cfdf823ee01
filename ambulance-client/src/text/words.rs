//! One table of words: field, Japanese, English.

use super::Lang;

macro_rules! words {
    ($($field:ident: $ja:literal, $en:literal;)*) => {
        /// The words of one language; the field's name says which word.
        #[derive(Debug)]
        #[expect(missing_docs, reason = "each field is named after its word")]
        pub struct Words {
            pub lang: Lang,
            $(pub $field: &'static str,)*
        }
        pub(super) const JA: Words = Words { lang: Lang::Ja, $($field: $ja,)* };
        pub(super) const EN: Words = Words { lang: Lang::En, $($field: $en,)* };
    };
}

words! {
    // Around every screen.
    tab_assess: "観察", "Assess";
    tab_card: "カード", "Card";
    tab_history: "病歴", "History";
    tab_hospital: "病院", "Hosp.";
    tab_handover: "引継ぎ", "Hand over";
    tab_display: "表示", "Display";
    training: "訓練", "Drill";
    undo: "取り消す", "Undo";
    next: "次", "next";
    next_stage: "次の段階", "Next stage";
    minutes: "分", "min";
    name_selected: "選択中", "selected";
    name_untouched: "未確認", "not asked";
    name_not_measured: "未測定", "not measured";
    name_not_recorded: "未記録", "not recorded";
    name_enter: "入力する", "enter";
    name_open_works_now: "いま使えるものを開く", "open what works now";
    back: "もどる", "Back";
    dispatch_phone: "指令台へ電話", "Phone dispatch";
    message_understood: "了解", "Understood";
    message_read: "全文を読む", "Read it";
    hospital_phone: "病院へ電話", "Phone hospital";
    card_returned: "カードを返した", "Card returned";
    without_card: "カードなしで進む", "Go on without\nthe card";
    medicine_book: "お薬手帳", "Medicine book";
    read_medicine_book: "お薬手帳を読む", "Read medicine book";
    oral: "聞き取り", "Ask and note";
    to_oral: "聞き取りへ", "Ask and note";
    oral_note: "薬・既往・アレルギー", "medicine, past, allergy";
    reason: "理由", "Reason";
    record_none_rule: "記録なし ≠ なし", "No record ≠ none";
    // Answers and categories.
    yes: "あり", "yes";
    no: "なし", "no";
    unknown: "不明", "unknown";
    unsure: "不明", "n/k";
    untouched: "未", "?";
    red: "赤", "Red";
    yellow: "黄", "Yellow";
    green: "緑", "Green";
    black: "黒", "Black";
    category: "区分", "Category";
    clear_all: "全部消す", "Clear all";
    clear_one: "1字消す", "Delete";
    // Turned out.
    route: "経路を見る", "Route";
    cancel_turnout: "出動を取りやめ", "Call off";
    until_arrival: "到着まで", "Arrival in";
    insurance_card: "マイナ保険証", "Insurance card";
    candidates_no_history: "受入候補(病歴なし)", "Hospitals (no history)";
    stages_heading: "活動の段階 ― 時刻を押すと直せます", "Stages ― press a time to correct it";
    // Assessment.
    complaints: "訴え・状況", "Complaint";
    any_number: "いくつでも", "as many as apply";
    card_any_time: "カードはいつでも、置けば読みます", "A card is read whenever it is put down";
    jcs: "意識 JCS", "Consciousness JCS";
    candidates: "受入候補", "Hospitals";
    // Value keypad.
    keypad_hint: "「記録する」で観察にもどります", "Record returns to the assessment";
    common_keys: "よく使う操作", "Shortcuts";
    below_range: "Lo 測定下限", "Lo below";
    above_range: "Hi 測定上限", "Hi above";
    cannot_measure: "測れない", "Cannot measure";
    will_not_measure: "測らない", "Not measured";
    next_item: "次の項目へ", "Next item";
    record: "記録する", "Record";
    // Card.
    face_title: "1 顔を見比べる", "1 Compare the face";
    face_question: "券面の写真と本人は\n同じ人ですか", "Is the photo on the card\nthis person?";
    face_matches: "一致する", "Same person";
    face_matched: "一致", "Same person";
    face_differs: "一致しない", "Not the same";
    consent_title: "2 同意を口頭で得る", "2 Ask for consent";
    consent_question: "「薬や受診の記録を見て、\n病院にも伝えてよいですか」", "\"May we see your records\nand tell the hospital?\"";
    consent_given: "同意あり", "Consents";
    consent_all: "すべての項目", "all sections";
    consent_sections: "項目を選ぶ", "Sections";
    consent_refused: "断られた", "Refused";
    consent_unobtainable: "同意を得られない", "Cannot be asked";
    card_two_presses: "この2回で照会を始めます。返事を待つ間も、観察・候補・段階はそのまま使えます。", "These two presses start the look-up. Everything else works meanwhile.";
    by_pin: "暗証番号で\n確かめる", "Use the PIN";
    by_pin_short: "暗証番号", "PIN";
    // Without a card, in a disaster.
    disaster_lookup: "災害時の照会", "Disaster look-up";
    four_attributes: "4情報", "Four details";
    told_title: "1 聞いた4情報", "1 What was told";
    told_question: "氏名・生年月日・性別・\n住所で照会します", "Name, birth, sex and\naddress are searched";
    told_one_press: "同意を記録すると照会を始めます。返事を待つ間も、観察・候補・段階はそのまま使えます。", "The consent starts the look-up. Everything else works meanwhile.";
    told_correct: "なおす", "Correct";
    ask_consent: "同意をたずねる", "Ask for consent";
    kana_blank: "空白(姓と名の間)", "Blank";
    address_dash: "－ (丁目・番・号の間)", "－ (between numbers)";
    more_places: "ほかの市区町村", "More places";
    // PIN.
    card_pin_title: "暗証番号(4桁)", "PIN (4 digits)";
    pin_sign: "確かめる", "Check";
    pin_signing: "確かめています", "Checking";
    pin_last: "最後の照合", "Use the last try";
    pin_who: "画面を本人に向け、本人に\n押してもらってください。\n聞き取って代わりに押しません。", "Turn the screen to the patient,\nwho presses the keys.\nDo not ask for the number.";
    pin_which: "利用者証明用の数字4桁です。署名用の英数字のパスワードや、カード裏面の番号ではありません。", "The 4 digits for user authentication, not the long password for signatures.";
    pin_tries: "3回続けて違うとロックされます。残りの回数は、カードから読みます。", "Three wrong tries in a row block it. Tries left are read from the card.";
    pin_never: "番号は表示も保存もしません。", "The number is neither shown nor kept.";
    pin_to_visual: "目視にする", "By eye";
    pin_to_visual_note: "顔を見比べます", "compare the face";
    number_b: "照合番号Bで\n顔写真を開く", "Open the photo\nby number B";
    // Number B.
    number_b_title: "照合番号B(14桁)", "Number B (14 digits)";
    birth_date: "生年月日", "Date of birth";
    expiry_year: "有効期限の年", "Expiry year";
    security_code: "セキュリティコード", "Security code";
    open: "開く", "Open";
    number_b_opens: "開くと、ここに出ます", "Opened, this shows";
    number_b_content: "顔写真\n生年月日・性別", "Photo\nDate of birth, sex";
    number_b_where: "14桁は、カード表面にあります。生年月日6桁(和暦)+ 有効期限の西暦4桁 + セキュリティコード4桁", "The 14 digits are on the front: birth date 6 (era), expiry year 4, security code 4";
    number_b_never: "裏面の12桁(個人番号)は使いません。", "The 12 digits on the back are never used.";
    number_b_tries: "残りの回数は、開くときにカードから読みます。", "Tries left are read from the card when it is opened.";
    number_b_wrong: "この番号は使えません", "This number cannot be right";
    number_b_last: "残り1回で開く", "Use the last try";
    number_b_last_note: "違うとロックされます", "wrong: it is blocked";
    number_b_opening: "開いています", "Opening";
    // Photo.
    photo_title: "写真と本人を見比べる", "Compare photo and person";
    photo_name: "カードの顔写真", "Photo in the card";
    photo_none: "写真は出せません", "No photo to show";
    photo_on_card: "カードの記録", "On the card";
    photo_not_stored: "写真は照合が終わると消えます。", "The photo goes once you have answered.";
    compare_anyway: "写真と見比べる", "Compare the photo";
    not_yet_sent: "まだ何も照会していません", "Nothing was looked up yet";
    not_yet_sent_note: "どうするか決めるまで、照会は送りません。", "Nothing is sent until you decide.";
    to_visual: "目視の画面へ", "to comparing by eye";
    // Consent not obtainable.
    unobtainable_title: "同意を得られない理由", "Why consent cannot be asked";
    unobtainable_notice: "同意なしの照会は、ふだんの照会と別に記録されます", "A look-up without consent is recorded apart";
    unobtainable_when: "使えるのは、生命・身体を守るために必要で、同意を得ることがむずかしいときだけです。", "Only where needed to protect life or body, and consent is hard to obtain.";
    unobtainable_tell: "意識がもどったら、照会したことを本人に伝えてください。", "When the patient comes round, tell them about the look-up.";
    ask_again: "本人に聞きなおす", "ask the patient";
    without_lookup: "照会せずに進む", "Go on without it";
    lookup_without_consent: "同意なしで照会", "Look up without consent";
    cannot_be_undone: "取り消せません", "cannot be undone";
    choose_reason_first: "理由を選ぶと押せます", "choose a reason first";
    // Refused.
    refused_title: "照会しません", "No look-up";
    refused_body: "何も送っていません。読んだ証明書は捨てました。", "Nothing was sent. The certificate read was discarded.";
    refused_reason: "理由(聞けたときだけ)", "Reason (only if told)";
    other_ways: "かわりの聞き方", "Other ways to ask";
    read_qr: "QRを読む", "read its QR";
    changed_mind: "本人の気持ちが変わった ― 同意の画面へ", "The patient changed their mind ― to consent";
    refused_rule: "断っても、候補の出し方・搬送・照会の順番は変わりません。", "Refusing changes neither the hospitals nor the transport.";
    // Mismatch.
    mismatch_title: "カードと傷病者が合いません", "Card and patient differ";
    mismatch_body: "病歴は表示していません。家族のカードかもしれません。", "History is not shown. It may be a relative's card.";
    on_card: "カードの資格", "On the card";
    observed: "観察", "Observed";
    differs: "ちがう", "differs";
    same: "同じ", "same";
    mismatch_recorded: "この照会も記録に残ります", "This look-up is recorded too";
    mismatch_recorded_note: "見なかったこと、合わなかったことを、時刻といっしょに記録します。", "That it was not seen and did not match, with the time.";
    fix_observation: "観察の入力をなおす", "Correct observation";
    read_again: "読みなおす", "Read again";
    read_again_note: "本人のカードを置く", "the patient's own card";
    // History.
    history_full_title: "病歴 全期間", "Full history";
    look_up_full: "全期間を照会", "Full period";
    full_asked: "全期間を照会中", "Asking full period";
    history_title: "病歴の要点", "History in brief";
    records: "記録", "Records";
    history_rule: "アレルギー・市販薬・自費の記録はここに入りません。聞き取りを。", "Not in here: allergies, private care.";
    look_up_again: "照会しなおす", "Look up again";
    add_oral: "聞き取りを足す", "Add notes";
    hide_screen: "画面を隠す", "Hide";
    choose_hospital: "病院を選ぶ", "Hospitals";
    choose_without_history: "病歴なしで選べます", "works without history";
    waiting_body: "届きしだい、ここに出ます。待たずに進めます。", "It appears here when it comes. Do not wait.";
    state_now: "いまの状態", "State";
    not_yet_rule: "まだ届いていない ≠ 記録なし", "Not yet here ≠ no record";
    not_yet_note: "30秒たつと順番待ちにして、知らせます。", "After 30 s it is queued.";
    cancel_lookup: "照会を取り消す", "Cancel look-up";
    empty_title: "記録は見つかりませんでした", "No record was found";
    empty_body: "病気や薬が「ない」という意味ではありません。", "That does not mean there is no illness or medicine.";
    searched: "調べた範囲", "What was searched";
    filter: "絞り込む", "Narrow down";
    // Medicine book.
    notebook_title: "お薬手帳のQRを読む", "Read the medicine book";
    works_without_radio: "電波なしで使えます", "works without radio";
    notebook_how: "QRを読み取り機で読む", "Read the QR with the scanner";
    notebook_how_note: "分かれたQRは、順番を問いません。\n2回読んでもかまいません。\n写真は、この画面に落とします。",
        "Parts of a split code come in any order.\nReading one twice does no harm.\nA picture can be dropped on this screen.";
    code_not_taken: "このQRは使いませんでした", "This code was not taken";
    notebook_rule: "手帳に貼られた分だけです。ほかの薬局の薬は出ません。", "Only what is in the book.";
    use_notebook: "この薬を使う", "Use these";
    use_notebook_note: "本人の手帳です", "it is the patient's book";
    other_persons_notebook: "ちがう人の手帳", "Somebody else's";
    // Asking.
    oral_title: "聞き取り ― 答えたのは", "Ask and note: who answers";
    not_asked_rule: "未回答 ≠ なし", "Not asked ≠ none";
    not_asked_note: "押さなかった項目は「聞いていない」と伝わります。", "What is not pressed counts as not asked.";
    last_meal: "最後に食べた", "Last ate";
    own_hospital: "かかりつけ(近い順)", "Own hospital (nearest first)";
    // Hospitals.
    total: "見込み", "Total";
    drive: "移動", "Drive";
    reply: "受入", "Reply";
    treat: "治療", "Treat";
    load: "混雑", "Load";
    lack: "不足", "Lack";
    ties: "継続", "Ties";
    ask: "照会する", "Ask hospital";
    ask_together: "一斉に照会", "Ask together";
    one_by_one: "1か所ずつにもどす", "One by one";
    ask_by_phone: "電話で照会", "Ask by phone";
    needs_radio: "電波が要ります", "needs the radio";
    another_hospital: "ほかの病院を選ぶ", "Another hospital";
    one_reason: "理由を1つ選びます", "pick one reason";
    to_list: "候補の一覧へ", "to the list";
    hospital: "病院", "Hospital";
    from_register: "名簿から探す(近い順)", "Search the register (nearest first)";
    override_recorded: "選んだ病院・理由・そのときの順位が記録に残ります。", "The hospital, the reason and the order at that time are recorded.";
    choose_both_first: "病院と理由を選ぶと押せます", "choose hospital and reason";
    // Enquiry.
    answers: "照会の返事", "Answers";
    phone_count_note: "押すたび 1件ふえます ・ 取り消せます", "each press adds one";
    coordinate: "指令台に調整を頼む", "Ask dispatch to help";
    next_two: "次の2か所へ", "Next two";
    next_by_phone: "次へ電話", "Phone the next";
    last_resort: "最終受入を頼む", "Final acceptance";
    last_resort_note: "受入確保の基準", "securing rule";
    decide: "ここに決める", "Choose this one";
    // Transport.
    arrival_in: "病院到着まで", "Hospital in";
    destination: "搬送先", "Destination";
    answer_by_press: "押すと返事が届きます", "a press answers";
    repeat_observation: "観察のくり返し", "Observe again";
    condition_changed: "容体が変わった", "Condition changed";
    condition_note: "病院と指令台へ知らせる", "tells hospital and dispatch";
    condition_by_voice: "電話でも知らせてください", "tell them by phone too";
    change_destination: "行き先を変える", "Other destination";
    // Handover.
    handover_title: "傷病者引継書", "Handover document";
    qr_title: "病院の端末で読む", "Read at the hospital";
    qr_name: "引継書のQRコード", "QR code of the handover document";
    print: "印刷", "Print";
    full_text: "全文", "Full text";
    received_by: "受け取った人", "Received by";
    erase_title: "押すと、この端末の病歴を消します", "This erases the history on this tablet";
    erase_note: "10秒のあいだ取り消せます。時刻と照会の記録は残ります。", "Can be undone for 10 s. Times and look-up record stay.";
    book_too: "お薬手帳も", "medicine book too";
    fix_document: "引継書をなおす", "Correct document";
    book_returned: "お薬手帳を返した", "Medicine book returned";
    next_patient: "つぎの傷病者", "Next patient";
    // What works now, lock, display.
    connect_now: "いますぐつなぐ", "Connect now";
    tablet_state: "端末の状態", "Tablet state";
    who_are_you: "1 だれですか", "1 Who are you?";
    pin_title: "2 暗証番号 6桁", "2 PIN, 6 digits";
    lock_rule: "職員カードをリーダーに置いても開きます。傷病者のカードでは開きません。", "A staff card on the reader opens it too. A patient's card does not.";
    lock_can: "施錠中もできること", "Works while locked";
    lock_can_stage: "段階の記録", "Stage stamps";
    what_to_try: "つぎに試すこと", "What to try next";
    now: "いま", "now";
    failed: "だめでした", "did not work";
    display_title: "表示と施錠", "Display and lock";
    display_note: "この端末だけの設定。つぎの出動でも同じ", "For this tablet only; kept";
    brightness_theme: "明暗", "Light";
    theme_auto: "自動", "Auto";
    theme_day: "昼", "Day";
    theme_night: "夜", "Night";
    theme_sunlight: "晴", "Sun";
    brightness: "明るさ", "Brightness";
    darker: "暗く", "Darker";
    brighter: "明るく", "Brighter";
    sound: "音", "Sound";
    sound_low: "小", "Low";
    sound_middle: "中", "Middle";
    sound_high: "大", "High";
    hand: "持つ手", "Hand";
    hand_right: "右手", "Right";
    hand_left: "左手", "Left";
    language: "ことば", "Language";
    works_now: "いま使えるもの", "What works now";
    training_mode: "訓練モード", "Training";
    about: "端末とこの版", "This version";
    hand_rule: "「左手」は、右の柱と左の柱を入れ替えます。位置の約束は同じです。", "Left swaps the two side columns. All else stays.";
    lock: "施錠する", "Lock";
    // This tablet cannot start.
    try_again: "もう一度\nためす", "Try again";
    try_again_note: "記録を開きなおす", "opens the record again";
    next_theme: "表示をかえる", "Display";
    other_language: "English", "日本語";
    close: "閉じる", "Close";
    // Pages of a list.
    previous_page: "前へ", "Previous";
    next_page: "次へ", "Next";
    name_opens: "開く", "open";
    name_masked: "開くと記録に残ります", "opening is logged";
    // Stage times.
    times_title: "活動の時刻", "Times";
    times_choose: "時刻を押すと直せます", "Press a time to correct it";
    times_choose_note: "押した時刻・直した時刻・理由は、どれも記録に残ります。", "The first time, the new time and the reason all stay on record.";
    not_stamped: "まだ記録がありません", "Not recorded yet";
    not_stamped_note: "「いま記録」で、いまの時刻が入ります。時刻はあとから直せます。", "Record now takes the present time; it can be corrected later.";
    was_not: "なかった(取り消す)", "Did not happen";
    stamp_now: "いま記録", "Record now";
    end_without_transport: "搬送しないで終わる", "End without\ntransport";
    // Ending without a handover.
    ending_title: "搬送しないで終わる", "End without transport";
    ending_keeps: "氏名・薬・受診・手術・透析を消します。段階の時刻と照会の記録は残ります。", "Name, medicine, visits, surgery, dialysis go. Times and look-ups stay.";
    end_case: "終わる", "End the case";
    choose_ending_first: "終わり方を選ぶと押せます", "choose how it ends";
    // Patients.
    patients_title: "傷病者の一覧", "Patients";
    add_patient: "傷病者を追加", "Add a patient";
    add_patient_note: "同じ現場の次の人", "the next on this scene";
    seen: "見た目の性別・年代", "Sex and age seen";
    identity: "身元・同じ人", "Identity";
    take_over: "この事案を\n引き取る", "Take over\nthis case";
    patients_rule: "病歴・記録・段階は 1人ずつ。ほかの人の画面とは混ざりません。", "History, record and stages are kept apart for each patient.";
    // One alert.
    alert_title: "注意の内容", "Alert";
    alert_rows: "もとの記録を見る", "See the records";
    alert_list: "注意の一覧", "All alerts";
    record_none_taken_rule: "記録なし ≠ 服用なし", "No record ≠ takes nothing";
    record_none_taken_note: "飲んだかどうかは、記録では分かりません。聞き取りを。", "Whether it was taken must be asked.";
    fact_item: "項目", "Item";
    fact_date: "日付", "Date";
    fact_days: "日数", "Days";
    fact_source: "情報の元", "Source";
    fact_facility: "機関", "Facility";
    fact_further: "ほかの記録", "More rows";
    fact_rule: "規則", "Rule";
    fact_needs: "病院に求める", "Needs";
    to_history: "病歴の要点へ", "to the history";
    // One hospital.
    hospital_needs: "求める機能", "Needs";
    hospital_reasons: "この順位の理由", "Why it stands here";
    // Consent by section.
    consent_sections_title: "同意を項目ごとに得る", "Consent by section";
    consent_sections_given: "この範囲で\n同意あり", "Consents\nto these";
    choose_section_first: "項目を選ぶと押せます", "choose a section";
    consent_sections_question: "「どの記録なら、見てよいですか」", "\"Which records may we see?\"";
    consent_sections_rule: "選ばない項目は照会しません。「記録なし」ではなく「見ていない」と出ます。", "Other sections are not asked: shown as not seen, not as none.";
    to_two_answers: "2つの答えへ", "to the answers";
    // Further complaints.
    more_complaints_title: "訴え・状況 2 / 2", "Complaint 2 / 2";
    to_assessment: "観察へ", "to the assessment";
    // Why there is no link.
    link_starting: "起動したばかりです。", "Just started.";
    link_silent: "サーバーから応答がありません。電波と回線（UDP）を確かめてください。", "No answer: check radio and network (UDP).";
    link_no_welcome: "サーバーがあいさつに答えません。", "The server does not greet.";
    link_closed: "サーバーが接続を閉じました。", "The server closed the connection.";
    link_not_understood: "サーバーの言葉が分かりません。続くときは管理者に更新を頼んでください。", "Not understood: if it goes on, ask for an update.";
    link_wrong_server: "相手が正しいサーバーではありません。設定を確かめてください。", "Not our server: check the settings.";
    link_certificate_or_clock: "証明書の期限か端末の時計が合いません。日時を確かめてください。", "Certificate or clock: check date and time.";
    link_own_certificate: "この端末の証明書をサーバーが受け付けません。管理者に連絡してください。", "This tablet's certificate is refused: tell the administrator.";
    link_busy: "サーバーが混み合っています。", "The server is busy.";
    link_outdated: "端末のプログラムが古すぎます。管理者に更新を頼んでください。", "This program is too old: ask for an update.";
    link_no_network: "端末の回線が使えません。電波と接続先の設定を確かめてください。", "No network: check radio and settings.";
    link_other: "通信できません。", "No connection.";
    // Sign-in.
    no_crew_list: "隊員の名簿がまだ届いていません。電波のある所で待つか、指令台へ電話してください。", "The crew list has not come yet. Wait where there is radio, or phone dispatch.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_never_claims_what_a_record_cannot_say() {
        let all = format!("{JA:?}");
        for banned in ["服用中", "アレルギーなし", "安全です", "不要", "送信済"] {
            assert!(!all.contains(banned), "{banned}");
        }
    }
}
