//! Column names people use for each field, in English, German, French, Spanish and Dutch.
//!
//! A table and the rule that looks names up in it. Names are compared by their [`key`]: ASCII letters and digits only,
//! so that case, accents, punctuation, spaces and underscores do not matter.

use crate::contact::Field;

/// How surely a name means its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// Means it when the list has nothing better: a whole address in one cell beside its parts.
    LastResort,
    /// Means it when no other column does better.
    Weak,
    /// Means it.
    Strong,
}

/// What a header is compared by.
pub(super) fn key(header: &str) -> String {
    let ascii = deunicode::deunicode(header);
    ascii.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

struct Names {
    field: Field,
    /// Keys, separated by spaces.
    strong: &'static str,
    weak: &'static str,
}

const TABLE: &[Names] = &[
    Names { field: Field::Id, strong: "id intercomid", weak: "" },
    Names { field: Field::Role, strong: "role contactrole usertype contacttype", weak: "" },
    Names { field: Field::ExternalId, strong: "externalid userid", weak: "" },
    Names {
        field: Field::Email,
        strong: "email emailaddress mail mailaddress primaryemail workemail businessemail companyemail homeemail \
                 personalemail privateemail otheremail secondaryemail alternateemail alternativeemail \
                 additionalemail additionalemails emails emailvalue emailwork emailhome emailother youremail \
                 mailadresse emailadresse emailprivat emailgeschaeftlich emailgeschaftlich elektronischepost courriel adresseemail \
                 adressemail adressecourriel adresseelectronique correo correoelectronico direcciondecorreo \
                 emailadres mailadres",
        weak: "",
    },
    Names {
        field: Field::FullName,
        strong: "name fullname contactname displayname personname attendeename yourname nameofcontact \
                 namevollstandig vollername vollstandigername ansprechpartner nomcomplet nometprenom prenometnom \
                 nombrecompleto nombreyapellidos volledigenaam naam contactpersoon",
        weak: "contact contactperson nombreyapellido",
    },
    Names {
        field: Field::FirstName,
        strong: "firstname first fname givenname givennames forename forenames christianname vorname vornamen \
                 rufname prenom prenoms nombre nombres primernombre voornaam roepnaam",
        weak: "preferredname",
    },
    Names {
        field: Field::MiddleName,
        strong: "middlename middleinitial middle mi additionalname secondname zweitername deuxiemeprenom \
                 segundonombre tussenvoegsel",
        weak: "",
    },
    Names {
        field: Field::LastName,
        strong: "lastname last lname surname familyname nachname familienname zuname nomdefamille nom apellido \
                 apellidos primerapellido achternaam familienaam",
        weak: "",
    },
    Names {
        field: Field::NamePrefix,
        strong: "nameprefix salutation honorific prefix anrede civilite tratamiento aanhef namenszusatz",
        weak: "",
    },
    Names { field: Field::NameSuffix, strong: "namesuffix suffix generation", weak: "" },
    Names {
        field: Field::Phone,
        strong: "phone phonenumber phonenumbers phones telephone telephonenumber tel telno telnumber phoneno \
                 mobile mobilephone mobilephonenumber mobilenumber mobileno cell cellphone cellnumber homephone \
                 workphone businessphone officephone companyphone mainphone otherphone primaryphone \
                 secondaryphone directphone directdial phonework phonemobile phonehome phoneother phonevalue \
                 whatsapp whatsappnumber yourphone telefon telefonnummer rufnummer handy handynummer mobil \
                 mobiltelefon mobilnummer telefongeschaeftlich telefonprivat telefongeschaftlich numerodetelephone portable \
                 telephoneportable telmobile telefono movil telefonomovil celular numerodetelefono telefoon \
                 telefoonnummer mobiel mobielnummer gsm",
        weak: "contactnumber",
    },
    Names {
        field: Field::Company,
        strong: "company companies companyname companynames organization organisation organizationname \
                 organisationname org employer accountname companyaccount associatedcompany business businessname \
                 firma firmenname unternehmen arbeitgeber societe entreprise nomdelasociete nomdelentreprise \
                 empresa compania organizacion nombredelaempresa bedrijf bedrijfsnaam organisatie",
        weak: "account institution workplace",
    },
    Names {
        field: Field::JobTitle,
        strong: "jobtitle job jobrole jobposition occupation organizationtitle berufsbezeichnung \
                 stellenbezeichnung beruf funktion intituleduposte poste fonction cargo puesto functie \
                 functietitel",
        weak: "title position function profession",
    },
    Names {
        field: Field::Website,
        strong: "website websiteurl webpage homepage web companywebsite companydomain companydomainname webseite \
                 internetseite siteweb siteinternet sitioweb paginaweb",
        weak: "domain url",
    },
    Names {
        field: Field::StreetNumber,
        strong: "streetnumber streetno housenumber houseno hausnummer hausnr huisnummer",
        weak: "",
    },
    Names {
        field: Field::Street,
        strong: "street streetname streetaddress address1 addressline1 street1 strasse strassenname \
                 strasseundhausnummer strassehausnummer rue calle straat straatnaam adressezeile1",
        weak: "address postaladdress mailingaddress homeaddress anschrift adresse direccion adres",
    },
    Names {
        field: Field::Street2,
        strong: "street2 street3 address2 address3 addressline2 addressline3 unit unitnumber apartment apt suite \
                 adresszusatz complementdadresse",
        weak: "",
    },
    Names {
        field: Field::City,
        strong: "city cityname towncity citytown ort stadt wohnort ville ciudad stad plaats woonplaats",
        weak: "town suburb locality municipality location localite poblacion",
    },
    Names {
        field: Field::Region,
        strong: "region regionname state stateregion stateprovince province bundesland provincia provincie",
        weak: "county statecode kanton departement estado territory",
    },
    Names {
        field: Field::Postcode,
        strong: "postcode postalcode zip zipcode zippostalcode postalcodezip ziporpostalcode plz postleitzahl \
                 codepostal codigopostal",
        weak: "cp",
    },
    Names {
        field: Field::Country,
        strong: "country countryname countryregion land pays pais staat",
        weak: "countrycode nation laendercode",
    },
    Names {
        field: Field::Birthday,
        strong: "birthday birthdate dateofbirth dob born geburtsdatum geburtstag datedenaissance \
                 fechadenacimiento geboortedatum",
        weak: "",
    },
    Names {
        field: Field::CreatedAt,
        strong: "createdat created createddate createdate createdon datecreated creationdate angelegtam \
                 erstelltam erstellt erstellungsdatum creele datedecreation fechadecreacion aangemaaktop \
                 aanmaakdatum",
        weak: "dateadded addedon addedat added",
    },
    Names {
        field: Field::UpdatedAt,
        strong: "updatedat updated lastupdated lastmodified lastmodifieddate modifieddate lastchanged dateupdated \
                 updatetime geaendertam geandertam modifiele datedemodification gewijzigdop",
        weak: "modified",
    },
    Names {
        field: Field::LastSeenAt,
        strong: "lastseenat lastseen zuletztgesehen dernierevisite",
        weak: "lastlogin lastloginat lastactive lastactivity lastactivitydate lastrequestat",
    },
    Names {
        field: Field::SignedUpAt,
        strong: "signedupat signedup signupdate dateofsignup signupat",
        weak: "registeredat registrationdate registered signup",
    },
    Names {
        field: Field::Unsubscribed,
        strong: "unsubscribed unsubscribedfromemails unsubscribedfromallemail optedout optout emailoptout \
                 emailoptedout hasoptedoutofemail donotemail donotcontact abgemeldet desinscrit debaja afgemeld \
                 uitgeschreven",
        weak: "unsubscribedat unsubtime unsubscribetime",
    },
    Names { field: Field::HardBounced, strong: "hardbounced hashardbounced hardbounce bounced", weak: "cleantime" },
    Names {
        field: Field::MarkedAsSpam,
        strong: "markedasspam markedemailasspam markedemailsasspam spamcomplaint",
        weak: "",
    },
    Names {
        field: Field::Tags,
        strong: "tags tag labels label contacttags schlagworte etiquettes etiquetas groupmembership",
        weak: "",
    },
    Names {
        field: Field::Note,
        strong: "note notes contactnotes notiz notizen bemerkung bemerkungen remarque remarques notas opmerking \
                 opmerkingen notitie notities",
        weak: "comment comments kommentar commentaire commentaires comentarios remarks",
    },
];

/// Columns that say whether somebody is subscribed, the reverse of [`Field::Unsubscribed`], or name a status with it.
/// They mean that only when their values say so.
const SUBSCRIPTION: &[&str] = &[
    "subscribed",
    "subscriptionstatus",
    "emailstatus",
    "emailmarketingstatus",
    "marketingstatus",
    "emailsubscriberstatus",
    "optin",
    "emailoptin",
    "optedin",
    "marketingoptin",
    "acceptsmarketing",
    "acceptsemailmarketing",
    "marketingconsent",
    "emailconsent",
];

/// Columns that repeat a whole postal address.
const WHOLE_ADDRESS: &[&str] = &["addressfull", "fulladdress", "completeaddress", "formattedaddress"];

/// Words in front of a name that only say whose it is.
const OWNERS: &[&str] =
    &["contact", "person", "lead", "customer", "client", "attendee", "registrant", "subscriber", "guest", "properties"];

/// Whether the column tells of a subscription, to be confirmed by its values.
pub(super) fn is_subscription(key: &str) -> bool {
    SUBSCRIPTION.contains(&key)
}

/// The field a name means.
pub(super) fn find(key: &str) -> Option<(Field, Strength)> {
    if key.is_empty() {
        return None;
    }
    if let Some(found) = exact(key) {
        return Some(found);
    }
    for suffix in ["utc", "gmt", "required"] {
        if let Some(found) = key.strip_suffix(suffix).and_then(exact) {
            return Some(found);
        }
    }
    // `Email 2`, `E-mail 1 - Value`, `Phone3`
    let letters: String = key.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    if letters.len() < key.len()
        && let Some((field, strength)) = exact(&letters)
        && is_multiple(&field)
    {
        return Some((field, strength));
    }
    // Somebody's `Contact ID` is not Intercom's id, hence the exception
    OWNERS.iter().find_map(|owner| {
        let rest = letters.strip_prefix(owner)?;
        let (field, strength) = exact(rest)?;
        let plain = letters.len() == key.len() || is_multiple(&field);
        let identity = matches!(field, Field::Id | Field::Role | Field::ExternalId);
        (plain && !identity).then_some((field, strength))
    })
}

fn exact(key: &str) -> Option<(Field, Strength)> {
    if WHOLE_ADDRESS.contains(&key) {
        return Some((Field::Street, Strength::LastResort));
    }
    let among = |names: &str| names.split(' ').any(|name| name == key);
    TABLE.iter().find_map(|names| {
        if among(names.strong) {
            Some((names.field.clone(), Strength::Strong))
        } else if among(names.weak) {
            Some((names.field.clone(), Strength::Weak))
        } else {
            None
        }
    })
}

/// Whether a contact can have several values of a field, so that several columns may hold it.
pub(super) fn is_multiple(field: &Field) -> bool {
    matches!(
        field,
        Field::Email | Field::Phone | Field::Company | Field::Tags | Field::Note | Field::Street2 | Field::Ignore
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(header: &str) -> String {
        find(&key(header)).map_or_else(|| "–".to_owned(), |(field, _)| field.to_string())
    }

    #[test]
    fn headers_are_understood_whatever_their_case_accents_and_punctuation() {
        let headers = [
            "E-mail",
            "EMAIL_ADDRESS",
            "E-mail 2 - Value",
            "Full name",
            "Surname",
            "Mobile",
            "Phone 1 - Value",
            "Organisation",
            "Created (UTC)",
            "Prénom",
            "Straße",
            "Código postal",
            "Contact Email",
            "contact.first_name",
            "Address 2",
            "Street number",
            "middle_initial",
            "Téléphone portable",
        ];
        let meanings: Vec<String> = headers.iter().map(|header| meaning(header)).collect();
        assert_eq!(
            meanings,
            [
                "email",
                "email",
                "email",
                "name",
                "last_name",
                "phone",
                "phone",
                "company",
                "created_at",
                "first_name",
                "street",
                "postcode",
                "email",
                "first_name",
                "street2",
                "street_number",
                "middle_name",
                "phone",
            ]
        );
    }

    #[test]
    fn columns_that_only_resemble_a_field_are_left_alone() {
        for header in ["Contact ID", "Lead source", "Fax", "cluster", "owner", "Email status", "Contact owner", "plan"]
        {
            assert_eq!(meaning(header), "–", "{header}");
        }
    }

    #[test]
    fn no_name_stands_twice_in_the_table() {
        let mut seen = std::collections::BTreeSet::new();
        for names in TABLE {
            for name in names.strong.split_whitespace().chain(names.weak.split_whitespace()) {
                assert!(seen.insert(name), "{name}");
                assert_eq!(name, key(name));
            }
        }
    }

    #[test]
    fn every_field_can_be_named_by_its_own_name() {
        for name in Field::known_names() {
            if name != "ignore" {
                assert_eq!(meaning(name), name);
            }
        }
    }
}
