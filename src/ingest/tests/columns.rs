//! What columns are taken to mean.

use super::*;
use crate::contact::Role;
use crate::ingest::source::MappedBy;

/// A one-row list whose cells are plausible enough for every header.
fn headers(headers: &str) -> Ingested {
    let cells = headers.split(',').map(|header| match header {
        "Email" | "email" => "ann@hillside.example",
        "role" => "lead",
        _ => "x1",
    });
    good(format!("{headers}\n{}\n", cells.collect::<Vec<_>>().join(",")))
}

#[test]
fn a_plain_spreadsheet_is_understood() {
    let ingested = headers(
        "E-mail,First Name,Surname,Mobile,Organisation,Created (UTC),Job title,Postcode,Town,Fax,E-mail 2,Work phone",
    );
    insta::assert_snapshot!(mapping(&ingested), @r#"
E-mail → email
First Name → first_name
Surname → last_name
Mobile → phone
Organisation → company
Created (UTC) → created_at
Job title → job_title
Postcode → postcode
Town → city
Fax → custom:Fax
E-mail 2 → email
Work phone → phone
"#);
}

#[test]
fn german_french_spanish_and_dutch_headers_are_understood() {
    insta::assert_snapshot!(mapping(&headers("Vorname,Nachname,E-Mail-Adresse,Telefon,Firma,Straße,PLZ,Ort,Land,Geburtsdatum")), @r#"
Vorname → first_name
Nachname → last_name
E-Mail-Adresse → email
Telefon → phone
Firma → company
Straße → street
PLZ → postcode
Ort → city
Land → country
Geburtsdatum → birthday
"#);
    insta::assert_snapshot!(mapping(&headers("Prénom,Nom,Courriel,Téléphone,Société,Code postal,Ville,Pays")), @r#"
Prénom → first_name
Nom → last_name
Courriel → email
Téléphone → phone
Société → company
Code postal → postcode
Ville → city
Pays → country
"#);
    insta::assert_snapshot!(mapping(&headers("Nombre,Apellidos,Correo electrónico,Teléfono,Empresa,Ciudad,País")), @r#"
Nombre → first_name
Apellidos → last_name
Correo electrónico → email
Teléfono → phone
Empresa → company
Ciudad → city
País → country
"#);
    insta::assert_snapshot!(mapping(&headers("Voornaam,Tussenvoegsel,Achternaam,E-mailadres,Telefoonnummer,Bedrijf,Woonplaats")), @r#"
Voornaam → first_name
Tussenvoegsel → middle_name
Achternaam → last_name
E-mailadres → email
Telefoonnummer → phone
Bedrijf → company
Woonplaats → city
"#);
}

#[test]
fn the_headers_of_the_labelled_data_sets_are_understood() {
    let sets = [
        "id,source,company,address,postcode,phone,fax,email,program,agency,neighborhood,director,website,executive_director,center_director,cluster",
        "id,first_name,last_name,dob,city,email,cluster",
        "id,first_name,last_name,street_number,address,address2,city,postcode,state,dob,ssn,cluster",
        "id,role,external_id,email,name,phone,company,city,country,created_at,last_seen_at,signed_up_at,tags,owner,plan,source,cluster",
        "id,source,first_name,middle_initial,last_name,dob,age,sex,race_ethnicity,street_number,street_name,unit_number,city,state,postcode,housing_type,cluster",
        "id,source,name,company,last_name,first_name,middle_name,native_name,company2,gender,dob,email,address_full,address,city,state,postcode,country,phone,employer,record_type,passport,drivers_license,ssn,national_id,tax_id,lei,cluster",
        "surname,given_name,date_of_birth,soc_sec_id,address_1,address_2,suburb,zip",
    ];
    let short = |header: &str| {
        let ingested = headers(header);
        let columns = ingested.source.columns.iter().map(|column| match &column.field {
            Field::Custom(name) if **name == *column.header => format!("({})", column.header),
            field if field.to_string() == column.header => column.header.clone(),
            field => format!("{}={field}", column.header),
        });
        columns.collect::<Vec<_>>().join(" ")
    };
    insta::assert_snapshot!(sets.map(short).join("\n\n"), @r#"
id (source) company address=street postcode phone (fax) email (program) (agency) (neighborhood) (director) website (executive_director) (center_director) (cluster)

id first_name last_name dob=birthday city email (cluster)

id first_name last_name street_number address=street address2=street2 city postcode state=region dob=birthday ssn=identifier:ssn (cluster)

id role external_id email name phone company city country created_at last_seen_at signed_up_at tags (owner) (plan) (source) (cluster)

id (source) first_name middle_initial=middle_name last_name dob=birthday (age) sex=text:sex (race_ethnicity) street_number street_name=street unit_number=street2 city state=region postcode (housing_type) (cluster)

id (source) name company last_name first_name middle_name (native_name) company2=company gender=text:gender dob=birthday email (address_full) address=street city state=region postcode country phone employer=company (record_type) passport=identifier:passport drivers_license=identifier:drivers_license ssn=identifier:ssn national_id=identifier:national_id tax_id=identifier:tax_id lei=identifier:lei (cluster)

surname=last_name given_name=first_name date_of_birth=birthday soc_sec_id=identifier:soc_sec_id address_1=street address_2=street2 suburb=city zip=postcode
"#);
}

#[test]
fn known_exports_are_recognised() {
    let exports = [
        "Name,First name,Last name,Email,Phone,User ID,Intercom ID,Type,Signed up,Last seen,City,Country,Tags,Companies,Unsubscribed from emails,Plan",
        "id,role,external_id,email,name,phone,companies,tags,unsubscribed,created_at,plan",
        "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Contact owner,Lifecycle Stage,Lead Status,Company Name,Associated Company,Job Title,City,State/Region,Postal Code,Country/Region,Create Date,Last Modified Date,Unsubscribed from all email,Website URL",
        "Email Address,First Name,Last Name,Address,Phone Number,Birthday,Company,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS",
        "Id,Salutation,FirstName,LastName,Title,Company,Street,City,State,PostalCode,Country,Phone,MobilePhone,Email,LeadSource,Status,IsConverted,HasOptedOutOfEmail,CreatedDate",
        "Contact ID,Salutation,First Name,Last Name,Title,Account Name,Mailing Street,Mailing City,Mailing State/Province,Mailing Zip/Postal Code,Mailing Country,Phone,Mobile,Fax,Email,Account Owner",
        "Person - ID,Person - Name,Person - Email - Work,Person - Phone - Mobile,Person - Organization,Person - Owner,Person - Label",
        "First Name,Middle Name,Last Name,Nickname,File As,Organization Name,Organization Title,Birthday,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - Country",
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On",
    ];
    let short = |header: &str| {
        let ingested = headers(header);
        let columns = ingested.source.columns.iter().map(|column| match &column.field {
            Field::Custom(_) => format!("({})", column.header),
            field => format!("{}={field}", column.header),
        });
        let columns = columns.collect::<Vec<_>>().join(", ");
        format!("{}: {columns}", ingested.source.preset.unwrap_or_else(|| "none".to_owned()))
    };
    insta::assert_snapshot!(exports.map(short).join("\n\n"), @r#"
Intercom contacts: Name=name, First name=first_name, Last name=last_name, Email=email, Phone=phone, User ID=external_id, Intercom ID=id, Type=role, Signed up=signed_up_at, Last seen=last_seen_at, City=city, Country=country, Tags=tags, Companies=company, Unsubscribed from emails=unsubscribed, (Plan)

leadfold pull: id=id, role=role, external_id=external_id, email=email, name=name, phone=phone, companies=company, tags=tags, unsubscribed=unsubscribed, created_at=created_at, (plan)

HubSpot contacts: (Record ID), First Name=first_name, Last Name=last_name, Email=email, Phone Number=phone, Mobile Phone Number=phone, (Contact owner), (Lifecycle Stage), (Lead Status), Company Name=company, Associated Company=company, Job Title=job_title, City=city, State/Region=region, Postal Code=postcode, Country/Region=country, Create Date=created_at, Last Modified Date=updated_at, Unsubscribed from all email=unsubscribed, Website URL=website

Mailchimp audience: Email Address=email, First Name=first_name, Last Name=last_name, Address=street, Phone Number=phone, (Birthday), Company=company, (MEMBER_RATING), (OPTIN_TIME), CONFIRM_TIME=created_at, CC=country, REGION=region, LAST_CHANGED=updated_at, (LEID), (EUID), NOTES=note, TAGS=tags

Salesforce leads: (Id), Salutation=name_prefix, FirstName=first_name, LastName=last_name, Title=job_title, Company=company, Street=street, City=city, State=region, PostalCode=postcode, Country=country, Phone=phone, MobilePhone=phone, Email=email, (LeadSource), (Status), (IsConverted), HasOptedOutOfEmail=unsubscribed, CreatedDate=created_at

Salesforce contacts: (Contact ID), Salutation=name_prefix, First Name=first_name, Last Name=last_name, Title=job_title, Account Name=company, Mailing Street=street, Mailing City=city, Mailing State/Province=region, Mailing Zip/Postal Code=postcode, Mailing Country=country, Phone=phone, Mobile=phone, (Fax), Email=email, (Account Owner)

Pipedrive people: (Person - ID), Person - Name=name, Person - Email - Work=email, Person - Phone - Mobile=phone, Person - Organization=company, (Person - Owner), Person - Label=tags

Google Contacts: First Name=first_name, Middle Name=middle_name, Last Name=last_name, (Nickname), (File As), Organization Name=company, Organization Title=job_title, Birthday=birthday, Notes=note, Labels=tags, (E-mail 1 - Label), E-mail 1 - Value=email, E-mail 2 - Value=email, (Phone 1 - Label), Phone 1 - Value=phone, (Address 1 - Formatted), Address 1 - Street=street, Address 1 - City=city, Address 1 - Country=country

LinkedIn connections: First Name=first_name, Last Name=last_name, (URL), Email Address=email, Company=company, Position=job_title, (Connected On)
"#);
}

#[test]
fn a_title_is_a_job_or_a_form_of_address_by_its_values() {
    assert_eq!(field(&good("Title,Surname\nMrs,Lee\nDr.,Ray\n"), "Title"), Field::NamePrefix);
    assert_eq!(field(&good("Title,Surname\nEngineer,Lee\n"), "Title"), Field::JobTitle);
}

#[test]
fn a_role_is_intercoms_or_a_job_by_its_values() {
    let ingested = good("Role,Name\nLead,Ann\nUser,Bob\n");
    assert_eq!(field(&ingested, "Role"), Field::Role);
    assert_eq!(ingested.records[1].role, Some(Role::User));
    assert_eq!(field(&good("Role,Name\nEngineer,Ann\n"), "Role"), Field::JobTitle);
}

#[test]
fn subscribed_is_read_as_the_reverse_of_unsubscribed() {
    let ingested = good("Name,Subscribed\nAnn,yes\nBob,no\n");
    assert_eq!(ingested.records[0].unsubscribed, Some(false));
    assert_eq!(ingested.records[1].unsubscribed, Some(true));
    insta::assert_snapshot!(ingested.source.notes.join("\n"), @"Column 'Subscribed' says who is subscribed; it is read as the reverse of 'unsubscribed'.");
    let ingested = good("Name,Email status\nAnn,Subscribed\nBob,Unsubscribed\n");
    assert_eq!(ingested.records[1].unsubscribed, Some(true));
    assert!(matches!(field(&good("Name,Email status\nAnn,valid\n"), "Email status"), Field::Custom(_)));
}

#[test]
fn a_cluster_column_is_never_more_than_custom() {
    for header in ["cluster", "Cluster", "CLUSTER "] {
        let ingested = good(format!("Name,{header}\nAnn,1\n"));
        assert!(matches!(ingested.source.columns[1].field, Field::Custom(_)));
        assert_eq!(ingested.source.columns[1].mapped_by, MappedBy::Unknown);
    }
}

#[test]
fn a_chosen_meaning_wins_over_presets_and_names() {
    let map = vec![("LAST NAME".to_owned(), Field::Ignore), ("Member".to_owned(), Field::Identifier("Member".into()))];
    let options = Options { map, ..Options::default() };
    let ingested = ingest_with(b"Name,Last name,Member\nAnn,Lee,M-1\n", Side::Incoming, &options).unwrap();
    assert_eq!(names(&ingested), ["Ann"]);
    assert_eq!(ingested.source.columns[1].mapped_by, MappedBy::User);
    assert_eq!(&*ingested.records[0].identifiers[0].1, "M-1");
}

#[test]
fn what_an_export_of_errors_added_is_no_data_of_the_row() {
    let ingested = good(
        "Email,Name,leadfold_extra_1,leadfold_source,leadfold_row,leadfold_message\n\
         ann@hillside.example,'=Ann Lee,,list.csv,7,The row has 2 cells.\n",
    );
    for column in ["leadfold_extra_1", "leadfold_source", "leadfold_row", "leadfold_message"] {
        assert_eq!(field(&ingested, column), Field::Ignore, "{column}");
    }
    assert_eq!(names(&ingested), ["=Ann Lee"]);
    assert!(ingested.records[0].custom.is_empty());
}
