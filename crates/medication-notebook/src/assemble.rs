//! From lines to a notebook. A line belongs to what stands before it; one without such a place is kept as not understood.

use crate::fields::Fields;
use crate::join::Whole;
use crate::notebook::{
    Dispensing, Doctor, DosageForm, FamilyPharmacist, GenericName, Ingredient, Institution, Medicine, MedicineCode,
    Memo, Notebook, OtcMedicine, Patient, PatientNote, PatientNoteKind, Prescription, Staff, Tolerated, Usage,
    VisitNote, VisitNoteKind,
};
use model::Sex;
use patient_history::MedicalText;

/// Reads all lines of one notebook.
pub(crate) fn assemble(whole: &Whole<'_>) -> Notebook {
    let mut assembly = Assembly::new(whole);
    for line in &whole.lines {
        assembly.line(line);
    }
    assembly.notebook
}

/// The line has no place: it is kept as not understood.
struct NoPlace;
type Placed = Result<(), NoPlace>;

/// The notebook so far, and the doctor to whom the next RPs belong.
struct Assembly {
    notebook: Notebook,
    doctor: Option<Doctor>,
    /// Of the current visit, the first RP of the current doctor: RP numbers may begin anew with each.
    first_of_doctor: usize,
}

impl Assembly {
    fn new(whole: &Whole<'_>) -> Self {
        let notebook = Notebook {
            version: whole.heading.version,
            direction: whole.heading.direction,
            patient: None,
            patient_notes: Vec::new(),
            otc_medicines: Vec::new(),
            memos: Vec::new(),
            dispensings: Vec::new(),
            family_pharmacists: Vec::new(),
            not_understood: Vec::new(),
            tolerated: Tolerated::default(),
        };
        Self { notebook, doctor: None, first_of_doctor: 0 }
    }
    fn line(&mut self, line: &str) {
        let mut fields = Fields::of(line);
        match self.place(&mut fields) {
            Ok(()) => self.notebook.tolerated.add(fields.tolerated()),
            Err(NoPlace) => self.notebook.not_understood.push(fields.whole()),
        }
    }
    /// Puts a line where its number says (表3-10 to 表3-31).
    fn place(&mut self, fields: &mut Fields<'_>) -> Placed {
        match fields.record() {
            "1" => set(&mut self.notebook.patient, patient(fields)),
            "2" => push(&mut self.notebook.patient_notes, patient_note(fields)),
            "3" => push(&mut self.notebook.otc_medicines, otc_medicine(fields)),
            "31" => self.ingredient(fields),
            "4" => push(&mut self.notebook.memos, memo(fields)),
            "5" => self.begin_visit(fields),
            "11" => set(&mut self.visit().dispensed_at, dispensing_institution(fields)),
            "15" => set(&mut self.visit().dispensed_by, staff(fields)),
            "51" => set(&mut self.visit().prescribed_at, prescribing_institution(fields)),
            "55" => self.begin_doctor(fields),
            "201" => self.medicine(fields),
            "281" => push(&mut self.last_medicine(fields)?.supplements, rp_text(fields)),
            "291" => push(&mut self.last_medicine(fields)?.cautions, rp_text(fields)),
            "301" => self.usage(fields),
            "311" => push(&mut self.rp(fields)?.usage.as_mut().ok_or(NoPlace)?.supplements, rp_text(fields)),
            "391" => push(&mut self.rp(fields)?.cautions, rp_text(fields)),
            "401" => self.note(VisitNoteKind::Caution, fields),
            "411" => self.provided(fields),
            "421" => self.note(VisitNoteKind::Leftover, fields),
            "501" => self.note(VisitNoteKind::Remark, fields),
            "601" => self.patient_entry(fields),
            "701" => push(&mut self.notebook.family_pharmacists, family_pharmacist(fields)),
            _ => Err(NoPlace),
        }
    }
    fn ingredient(&mut self, fields: &mut Fields<'_>) -> Placed {
        let number = fields.number(1).ok_or(NoPlace)?;
        let same = |otc: &&mut OtcMedicine| otc.number == Some(number);
        let otc = self.notebook.otc_medicines.iter_mut().rev().find(same).ok_or(NoPlace)?;
        push(&mut otc.ingredients, ingredient(fields))
    }
    fn begin_visit(&mut self, fields: &mut Fields<'_>) -> Placed {
        let date = fields.date(1);
        fields.author(2);
        self.notebook.dispensings.push(Dispensing { date, ..Dispensing::default() });
        self.doctor = None;
        self.first_of_doctor = 0;
        Ok(())
    }
    /// The current visit. Lines before the first date belong to a visit without one.
    fn visit(&mut self) -> &mut Dispensing {
        let visits = &mut self.notebook.dispensings;
        if visits.is_empty() {
            visits.push(Dispensing::default());
        }
        let last = visits.len() - 1;
        &mut visits[last]
    }
    fn begin_doctor(&mut self, fields: &mut Fields<'_>) -> Placed {
        let doctor = Doctor { name: fields.text(1), department: fields.some_text(2) };
        fields.author(3);
        self.doctor = Some(doctor);
        self.first_of_doctor = self.visit().prescriptions.len();
        Ok(())
    }
    fn medicine(&mut self, fields: &mut Fields<'_>) -> Placed {
        let number = fields.number(1);
        let medicine = medicine(fields).ok_or(NoPlace)?;
        let doctor = self.doctor.clone();
        let first = self.first_of_doctor;
        let rps = &mut self.visit().prescriptions;
        let known = rps.iter().skip(first).position(|rp| rp.number == number).map(|at| first + at);
        let at = known.unwrap_or(rps.len());
        if at == rps.len() {
            rps.push(Prescription { number, doctor, ..Prescription::default() });
        }
        push(&mut rps[at].medicines, Some(medicine))
    }
    /// The latest RP with the line's number.
    fn rp(&mut self, fields: &mut Fields<'_>) -> Result<&mut Prescription, NoPlace> {
        let number = fields.number(1);
        self.visit().prescriptions.iter_mut().rev().find(|rp| rp.number == number).ok_or(NoPlace)
    }
    fn last_medicine(&mut self, fields: &mut Fields<'_>) -> Result<&mut Medicine, NoPlace> {
        self.rp(fields)?.medicines.last_mut().ok_or(NoPlace)
    }
    fn usage(&mut self, fields: &mut Fields<'_>) -> Placed {
        let usage = usage(fields);
        set(&mut self.rp(fields)?.usage, Some(usage))
    }
    fn note(&mut self, kind: VisitNoteKind, fields: &mut Fields<'_>) -> Placed {
        let note = VisitNote { kind, text: fields.some_text(1).ok_or(NoPlace)?, date: None, author: fields.author(2) };
        push(&mut self.visit().notes, Some(note))
    }
    fn provided(&mut self, fields: &mut Fields<'_>) -> Placed {
        let in_hospital = fields.code(2).as_str() == "30";
        let kind = if in_hospital { VisitNoteKind::SideEffectInHospital } else { VisitNoteKind::Provided };
        let note = VisitNote { kind, text: fields.some_text(1).ok_or(NoPlace)?, date: None, author: fields.author(3) };
        push(&mut self.visit().notes, Some(note))
    }
    fn patient_entry(&mut self, fields: &mut Fields<'_>) -> Placed {
        let (text, date) = (fields.some_text(1).ok_or(NoPlace)?, fields.date(2));
        let note = VisitNote { kind: VisitNoteKind::PatientEntry, text, date, author: crate::Author::Patient };
        push(&mut self.visit().notes, Some(note))
    }
}

/// Fills a place that the format fills once; what comes again and says something else has no place.
fn set<T: PartialEq>(place: &mut Option<T>, value: Option<T>) -> Placed {
    let value = value.ok_or(NoPlace)?;
    if place.as_ref().is_some_and(|other| *other != value) {
        return Err(NoPlace);
    }
    *place = Some(value);
    Ok(())
}

fn push<T>(list: &mut Vec<T>, value: Option<T>) -> Placed {
    list.push(value.ok_or(NoPlace)?);
    Ok(())
}

fn patient(fields: &mut Fields<'_>) -> Option<Patient> {
    let sex = match fields.code(2).as_str() {
        "1" => Sex::Male,
        "2" => Sex::Female,
        _ => Sex::Unspecified,
    };
    Some(Patient {
        name: fields.text(1),
        sex,
        birth_date: fields.date(3),
        postal_code: fields.some_text(4),
        address: fields.some_text(5),
        telephone: fields.some_text(6),
        emergency_contact: fields.some_text(7),
        blood_type: fields.some_text(8),
        weight_kg: fields.some_text(9),
        kana: fields.some_text(10),
    })
}

fn patient_note(fields: &mut Fields<'_>) -> Option<PatientNote> {
    let kind = match fields.code(1).as_str() {
        "1" => PatientNoteKind::Allergy,
        "2" => PatientNoteKind::SideEffect,
        "3" => PatientNoteKind::PastHistory,
        _ => PatientNoteKind::Other,
    };
    Some(PatientNote { kind, text: fields.some_text(2)?, author: fields.author(3) })
}

fn otc_medicine(fields: &mut Fields<'_>) -> Option<OtcMedicine> {
    Some(OtcMedicine {
        name: fields.some_text(1)?,
        start: fields.date(2),
        end: fields.date(3),
        author: fields.author(4),
        number: fields.number(5),
        jan: fields.some_text(6),
        ingredients: Vec::new(),
    })
}

fn ingredient(fields: &mut Fields<'_>) -> Option<Ingredient> {
    let coded = fields.code(3).as_str() == "2";
    let code = filled(fields.code(4)).filter(|_| coded);
    fields.author(5);
    Some(Ingredient { name: fields.some_text(2)?, code })
}

fn memo(fields: &mut Fields<'_>) -> Option<Memo> {
    Some(Memo { text: fields.some_text(1)?, date: fields.date(2), author: fields.author(3) })
}

fn dispensing_institution(fields: &mut Fields<'_>) -> Option<Institution> {
    let code = institution_code(fields);
    let (postal_code, address, telephone) = (fields.some_text(5), fields.some_text(6), fields.some_text(7));
    fields.author(8);
    Some(Institution { name: fields.some_text(1)?, code, postal_code, address, telephone })
}

fn prescribing_institution(fields: &mut Fields<'_>) -> Option<Institution> {
    let code = institution_code(fields);
    fields.author(5);
    Some(Institution { name: fields.some_text(1)?, code, postal_code: None, address: None, telephone: None })
}

/// Prefecture, 点数表 and institution, which together are the 医療機関コード of ten digits. Some programs drop leading zeros.
fn institution_code(fields: &mut Fields<'_>) -> Option<MedicalText> {
    let [prefecture, table, institution] = [2, 3, 4].map(|at| fields.code(at));
    if [&prefecture, &table, &institution].iter().any(|part| part.is_empty()) {
        return None;
    }
    let code = format!("{:0>2}{}{:0>7}", prefecture.as_str(), table.as_str(), institution.as_str());
    let ten_digits = code.len() == 10 && code.bytes().all(|b| b.is_ascii_digit());
    Some(MedicalText::from(code)).filter(|_| ten_digits)
}

fn staff(fields: &mut Fields<'_>) -> Option<Staff> {
    let staff = Staff { name: fields.some_text(1)?, contact: fields.some_text(2) };
    fields.author(3);
    Some(staff)
}

fn medicine(fields: &mut Fields<'_>) -> Option<Medicine> {
    let code = medicine_code(fields);
    let medicine = Medicine {
        name: fields.text(2),
        dose: fields.text(3),
        unit: fields.text(4),
        code,
        author: fields.author(7),
        generic: generic_name(fields),
        supplements: Vec::new(),
        cautions: Vec::new(),
    };
    // A name or a code: without both there is no medicine.
    (!medicine.name.is_empty() || medicine.code != MedicineCode::None).then_some(medicine)
}

fn medicine_code(fields: &mut Fields<'_>) -> MedicineCode {
    let (system, code) = (fields.code(5), fields.code(6));
    if code.is_empty() {
        return MedicineCode::None;
    }
    match system.as_str() {
        "1" => MedicineCode::None,
        "2" => MedicineCode::Receipt(code),
        "3" => MedicineCode::PriceList(code),
        "4" => MedicineCode::Yj(code),
        "6" => MedicineCode::Hot(code),
        _ => MedicineCode::Other(code),
    }
}

fn generic_name(fields: &mut Fields<'_>) -> Option<GenericName> {
    let coded = fields.code(9).as_str() == "2";
    let code = filled(fields.code(10)).filter(|_| coded);
    let name = fields.text(8);
    (!name.is_empty() || code.is_some()).then_some(GenericName { name, code })
}

fn usage(fields: &mut Fields<'_>) -> Usage {
    let form = DosageForm::from_code(fields.code(5).as_str());
    let coded = fields.code(6).as_str() == "2";
    let code = filled(fields.code(7)).filter(|_| coded);
    fields.author(8);
    Usage {
        name: fields.some_text(2),
        quantity: fields.number(3),
        unit: fields.some_text(4),
        form,
        code,
        supplements: Vec::new(),
    }
}

/// The text of a line RP, text, author.
fn rp_text(fields: &mut Fields<'_>) -> Option<MedicalText> {
    fields.author(3);
    fields.some_text(2)
}

fn family_pharmacist(fields: &mut Fields<'_>) -> Option<FamilyPharmacist> {
    let (contact, start, end) = (fields.some_text(3), fields.date(4), fields.date(5));
    fields.author(6);
    Some(FamilyPharmacist { name: fields.some_text(1)?, pharmacy: fields.text(2), contact, start, end })
}

fn filled(text: MedicalText) -> Option<MedicalText> {
    Some(text).filter(|text| !text.is_empty())
}
