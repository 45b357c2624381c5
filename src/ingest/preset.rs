//! Exports people really have, known by the columns they come with.
//!
//! A table: each preset names the columns that give it away and what its columns mean where the name alone would say
//! something else or nothing. Columns a preset does not list are read by their names. Keys as in `names`.

use crate::contact::Field;

/// One known export.
pub(super) struct Preset {
    /// The name shown to people.
    pub(super) name: &'static str,
    /// All of these must hold, each by any of its keys.
    signature: &'static [&'static [&'static str]],
    /// Key → meaning; `None` keeps the column as a custom attribute whatever its name suggests.
    columns: &'static [(&'static str, Option<Field>)],
}

impl Preset {
    /// What the preset says of a column, if anything; within, `None` means to keep it as a custom attribute.
    pub(super) fn column(&self, key: &str) -> Option<&'static (&'static str, Option<Field>)> {
        self.columns.iter().find(|(name, _)| *name == key)
    }
}

/// The first preset whose signature the keys hold.
pub(super) fn recognise(keys: &[String]) -> Option<&'static Preset> {
    let has = |key: &&str| keys.iter().any(|other| other == key);
    PRESETS.iter().find(|preset| preset.signature.iter().all(|any| any.iter().any(has)))
}

/// The more particular ones first.
const PRESETS: &[Preset] = &[
    Preset {
        name: "leadfold pull",
        signature: &[&["id"], &["role"], &["externalid"], &["email"], &["companies"], &["tags"], &["unsubscribed"]],
        columns: &[],
    },
    // Columns of the people list's "Export" as Intercom names its attributes in the interface
    Preset {
        name: "Intercom contacts",
        signature: &[
            &[
                "unsubscribedfromemails",
                "lastcontactedutc",
                "lastcontacted",
                "websessions",
                "lastheardfrom",
                "lastheardfromutc",
            ],
            &["contactid", "intercomid", "id", "userid", "leadid"],
            &["email", "name"],
        ],
        columns: &[
            ("contactid", Some(Field::Id)),
            ("leadid", Some(Field::Id)),
            ("type", Some(Field::Role)),
            ("firstseen", None),
            ("signedup", Some(Field::SignedUpAt)),
            ("lastseen", Some(Field::LastSeenAt)),
            ("lastseenutc", Some(Field::LastSeenAt)),
            ("companyname", Some(Field::Company)),
            ("companyid", None),
            ("companywebsite", None),
            ("countrycode", None),
            ("owner", None),
            ("segments", None),
            ("segment", None),
            ("lastactivity", None),
        ],
    },
    Preset {
        name: "HubSpot contacts",
        signature: &[
            &["recordid", "recordidcontact", "contactid"],
            &["lifecyclestage", "contactowner", "leadstatus", "associatedcompany", "marketingcontactstatus"],
        ],
        columns: &[
            ("recordid", None),
            ("recordidcontact", None),
            ("contactid", None),
            ("companyname", Some(Field::Company)),
            ("associatedcompany", Some(Field::Company)),
            ("associatedcompanyids", None),
            ("createdate", Some(Field::CreatedAt)),
            ("lastmodifieddate", Some(Field::UpdatedAt)),
            ("lastactivitydate", None),
            ("unsubscribedfromallemail", Some(Field::Unsubscribed)),
            ("emailhardbouncereason", Some(Field::HardBounced)),
            ("websiteurl", Some(Field::Website)),
            ("associatednote", Some(Field::Note)),
            ("message", Some(Field::Note)),
        ],
    },
    // https://mailchimp.com/help/view-export-contacts/ : three files, one each for subscribed, unsubscribed, cleaned
    Preset {
        name: "Mailchimp audience",
        signature: &[&["emailaddress"], &["memberrating", "leid", "euid", "optintime", "confirmtime"]],
        columns: &[
            ("address", Some(Field::Street)),
            // Month and day only
            ("birthday", None),
            ("confirmtime", Some(Field::CreatedAt)),
            ("lastchanged", Some(Field::UpdatedAt)),
            ("unsubtime", Some(Field::Unsubscribed)),
            ("cleantime", Some(Field::HardBounced)),
            ("cc", Some(Field::Country)),
            ("region", Some(Field::Region)),
        ],
    },
    Preset {
        name: "Salesforce contacts",
        signature: &[&["lastname"], &["mailingstreet", "mailingcity", "mailingcountry", "accountid", "accountname"]],
        columns: &[
            ("id", None),
            ("contactid", None),
            ("accountid", None),
            ("accountname", Some(Field::Company)),
            ("title", Some(Field::JobTitle)),
            ("salutation", Some(Field::NamePrefix)),
            ("mailingstreet", Some(Field::Street)),
            ("mailingcity", Some(Field::City)),
            ("mailingstate", Some(Field::Region)),
            ("mailingstateprovince", Some(Field::Region)),
            ("mailingpostalcode", Some(Field::Postcode)),
            ("mailingzippostalcode", Some(Field::Postcode)),
            ("mailingcountry", Some(Field::Country)),
            ("hasoptedoutofemail", Some(Field::Unsubscribed)),
            ("emailoptout", Some(Field::Unsubscribed)),
            ("createddate", Some(Field::CreatedAt)),
            ("lastmodifieddate", Some(Field::UpdatedAt)),
            ("lastactivity", None),
            ("lastactivitydate", None),
            ("birthdate", Some(Field::Birthday)),
            ("description", Some(Field::Note)),
        ],
    },
    Preset {
        name: "Salesforce leads",
        signature: &[&["lastname"], &["leadowner", "leadid", "isconverted", "hasoptedoutofemail", "leadstatus"]],
        columns: &[
            ("id", None),
            ("leadid", None),
            ("company", Some(Field::Company)),
            ("companyaccount", Some(Field::Company)),
            ("title", Some(Field::JobTitle)),
            ("salutation", Some(Field::NamePrefix)),
            ("status", None),
            ("hasoptedoutofemail", Some(Field::Unsubscribed)),
            ("emailoptout", Some(Field::Unsubscribed)),
            ("createddate", Some(Field::CreatedAt)),
            ("createdate", Some(Field::CreatedAt)),
            ("lastmodifieddate", Some(Field::UpdatedAt)),
            ("lastactivity", None),
            ("lastactivitydate", None),
            ("description", Some(Field::Note)),
        ],
    },
    Preset {
        name: "Pipedrive people",
        signature: &[
            &["personname"],
            &[
                "personorganization",
                "personowner",
                "personemail",
                "personemailwork",
                "personphone",
                "personphonework",
                "personid",
            ],
        ],
        columns: &[
            ("personid", None),
            ("personname", Some(Field::FullName)),
            ("personfirstname", Some(Field::FirstName)),
            ("personlastname", Some(Field::LastName)),
            ("personorganization", Some(Field::Company)),
            ("personorganizationid", None),
            ("personpersoncreated", Some(Field::CreatedAt)),
            ("personcreated", Some(Field::CreatedAt)),
            ("personupdatetime", Some(Field::UpdatedAt)),
            ("personlabel", Some(Field::Tags)),
            ("personlabels", Some(Field::Tags)),
            ("personnotes", Some(Field::Note)),
            ("personjobtitle", Some(Field::JobTitle)),
            ("personmarketingstatus", None),
        ],
    },
    // The form of 2024 (First Name, Organization Name, Labels) and the one before it (Given Name, Group Membership)
    Preset {
        name: "Google Contacts",
        signature: &[
            &["email1value", "phone1value"],
            &["email1label", "email1type", "phone1label", "phone1type", "groupmembership", "labels", "fileas"],
        ],
        columns: &[
            ("organization1name", Some(Field::Company)),
            ("organization1title", Some(Field::JobTitle)),
            ("organizationname", Some(Field::Company)),
            ("organizationtitle", Some(Field::JobTitle)),
            ("additionalname", Some(Field::MiddleName)),
            ("groupmembership", Some(Field::Tags)),
            ("labels", Some(Field::Tags)),
            ("website1value", Some(Field::Website)),
            ("address1street", Some(Field::Street)),
            ("address1extendedaddress", Some(Field::Street2)),
            ("address1city", Some(Field::City)),
            ("address1region", Some(Field::Region)),
            ("address1postalcode", Some(Field::Postcode)),
            ("address1country", Some(Field::Country)),
            ("address1formatted", None),
            ("location", None),
            ("occupation", None),
        ],
    },
    Preset {
        name: "LinkedIn connections",
        signature: &[&["connectedon"], &["position"], &["firstname"]],
        columns: &[
            ("url", None),
            ("emailaddress", Some(Field::Email)),
            ("company", Some(Field::Company)),
            ("position", Some(Field::JobTitle)),
            ("connectedon", None),
        ],
    },
];
