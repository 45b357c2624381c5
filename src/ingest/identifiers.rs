//! Columns that hold a number given to one person or one organisation: insurance, tax, passport, member numbers.
//!
//! Such a column is compared without anybody declaring it (`identifier:COLUMN`). That it really tells people apart is
//! never taken from its name alone: linking learns from the values whether their carriers contradict each other. Numbers of
//! a thing done (order, ticket, invoice) or of a record in some system (`Contact ID`) are not here.

/// Keys of such names, as [`super::names::key`] makes them.
const NAMES: &str = "ssn socialsecurity socialsecuritynumber socialsecurityno socialsecuritynum socsecid socsec \
    socialinsurancenumber sin nationalinsurancenumber nationalinsurance nino nationalid nationalidnumber nationalidno \
    nationalidentitynumber nationalidentificationnumber nationalnumber personalid personalidnumber \
    personalidentificationnumber identitycardnumber identitynumber idcard idcardnumber govid governmentid personnummer \
    personnumber citizenid cpr cpf dni nie curp rodnecislo pesel bsn burgerservicenummer \
    sozialversicherungsnummer svnummer versichertennummer personalausweisnummer ausweisnummer numerodesecuritesociale \
    passport passportnumber passportno passportid reisepass reisepassnummer passnummer pasaporte numerodepasaporte \
    paspoortnummer driverslicense driverslicensenumber driverslicenseno driverlicense driverlicensenumber \
    driverslicence driverslicencenumber driverlicence drivinglicence drivinglicencenumber drivinglicense \
    drivinglicensenumber dlnumber fuehrerscheinnummer fuhrerscheinnummer medicare medicarenumber nhsnumber nhsno \
    healthinsurancenumber healthcardnumber patientid patientnumber mrn medicalrecordnumber npi npinumber orcid \
    taxid taxidnumber taxnumber taxno taxidentificationnumber taxpayerid tin itin ein fein employeridentificationnumber \
    steuernummer steuerid steueridentifikationsnummer nif rfc vat vatid vatnumber vatno vatregistrationnumber vatin \
    ustid ustidnr umsatzsteuerid numerodetva tva btwnummer siren siret lei leicode legalentityidentifier duns \
    dunsnumber companynumber companyregistrationnumber handelsregisternummer kvknummer \
    memberid memberno membernumber membernr membershipid membershipno membershipnumber mitgliedsnummer \
    mitgliednr numerodemembre lidnummer loyaltynumber loyaltyid loyaltycard loyaltycardnumber employeeid employeeno \
    employeenumber staffid staffnumber personalnummer studentid studentnumber studentno matrikelnummer";

/// Whether a column of this name holds a person's or an organisation's number.
pub(super) fn is_identifier(key: &str) -> bool {
    !key.is_empty() && NAMES.split_whitespace().any(|name| name == key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::names::{self, key};

    #[test]
    fn numbers_of_persons_and_organisations_are_known_whatever_their_spelling() {
        let headers =
            ["SSN", "soc_sec_id", "Social Security Number", "Passport No.", "Driver's License", "VAT-ID", "Member no"];
        for header in headers {
            assert!(is_identifier(&key(header)), "{header}");
        }
    }

    #[test]
    fn numbers_of_things_and_of_records_are_not_identifiers() {
        for header in ["", "Order number", "Invoice no", "Contact ID", "id", "Ticket", "Score", "License", "Account"] {
            assert!(!is_identifier(&key(header)), "{header}");
        }
    }

    #[test]
    fn no_identifier_is_another_fields_name_and_none_stands_twice() {
        let mut seen = std::collections::BTreeSet::new();
        for name in NAMES.split_whitespace() {
            assert!(seen.insert(name), "{name}");
            assert_eq!(name, key(name));
            assert_eq!(names::find(name), None, "{name}");
        }
    }
}
