use super::{band_of, groups_of, linked};
use crate::contact::{Record, RecordBuilder};
use crate::link::{Band, VetoReason};

fn lead() -> RecordBuilder {
    RecordBuilder::lead()
}

/// The records among others: people of a small list who have nothing to do with them.
fn among_others(mut records: Vec<Record>) -> Vec<Record> {
    let given = ["Olga", "Peter", "Nadia", "Tom", "Ruth", "Ivo", "Carla", "Jens", "Mina", "Paul"];
    let family = ["Abel", "Brandt", "Cole", "Dietz", "Ekman", "Fabre", "Gallo", "Holm", "Iversen", "Jung"];
    for (at, first) in given.iter().enumerate() {
        for (step, last) in family.iter().enumerate() {
            if (at + step) % 2 == 0 {
                let email = format!("{first}.{last}{at}@mail{step}.example").to_lowercase();
                records.push(lead().name(&format!("{first} {last}")).email(&email).build());
            }
        }
    }
    records
}

fn together(records: Vec<Record>) -> bool {
    let count = records.len();
    let records = among_others(records);
    let groups = groups_of(&linked(&records), records.len());
    groups[..count].iter().all(|group| *group == groups[0])
}

fn all_apart(records: Vec<Record>) -> bool {
    let count = records.len();
    let records = among_others(records);
    let groups = groups_of(&linked(&records), records.len());
    let mut own = groups[..count].to_vec();
    own.sort_unstable();
    own.dedup();
    own.len() == count
}

#[test]
fn father_and_son_with_one_address_stay_two_people() {
    let address = "the.harpers@gmail.com";
    assert!(all_apart(vec![
        lead().name("Walter Harper Sr").email(address).build(),
        lead().name("Walter Harper Jr").email(address).build(),
    ]));
    assert!(all_apart(vec![
        lead().name("Walter Harper").email(address).phone("+1 415 555 2671").build(),
        lead().name("Dennis Harper").email(address).phone("+1 415 555 2671").build(),
    ]));
}

#[test]
fn an_inbox_used_by_three_people_joins_none_of_them() {
    let inbox = "info@lindenhof.example";
    assert!(all_apart(vec![
        lead().name("Greta Olsen").email(inbox).company("Lindenhof").build(),
        lead().name("Marcus Webb").email(inbox).company("Lindenhof").build(),
        lead().name("Sofia Rossi").email(inbox).company("Lindenhof").build(),
    ]));
}

#[test]
fn a_switchboard_number_joins_no_colleagues() {
    let number = "+49 30 901820";
    assert!(all_apart(vec![
        lead().name("Greta Olsen").phone(number).company("Lindenhof").city("Berlin").build(),
        lead().name("Marcus Webb").phone(number).company("Lindenhof").city("Berlin").build(),
        lead().name("Sofia Rossi").phone(number).company("Lindenhof").city("Berlin").build(),
    ]));
}

#[test]
fn john_smith_at_two_companies_is_two_people() {
    assert!(all_apart(vec![
        lead().name("John Smith").email("john.smith@northwind.example").company("Northwind").city("Leeds").build(),
        lead().name("John Smith").email("john.smith@contosa.example").company("Contosa").city("Denver").build(),
    ]));
}

#[test]
fn one_person_with_two_employers_is_found_by_the_phone() {
    assert!(together(vec![
        lead().name("Ilse Kramer").email("ilse@oldfirm.example").company("Old Firm").phone("+49 151 23456789").build(),
        lead()
            .name("Ilse Kramer")
            .email("i.kramer@newfirm.example")
            .company("New Firm")
            .phone("0049 151 23456789")
            .build(),
    ]));
}

#[test]
fn a_married_name_on_the_same_address_is_one_person() {
    assert!(together(vec![
        lead().name("Hannah Berg").email("hannah@lakeview.example").phone("+47 912 34 567").build(),
        lead().name("Hannah Solberg").email("hannah@lakeview.example").phone("+47 912 34 567").build(),
    ]));
}

#[test]
fn bob_and_robert_are_one_person() {
    assert!(together(vec![
        lead().name("Bob Castellano").email("rcastellano@quarry.example").build(),
        lead().name("Robert Castellano").email("rcastellano@quarry.example").build(),
    ]));
    assert!(together(vec![
        lead().name("Bob Castellano").company("Quarry Stone").city("Austin").build(),
        lead().name("Robert Castellano").company("Quarry Stone Ltd").city("Austin").build(),
    ]));
}

#[test]
fn umlauts_may_be_written_in_any_way() {
    assert!(together(vec![
        lead().name("Jürgen Müller").company("Feinwerk GmbH").city("Ulm").build(),
        lead().name("Juergen Mueller").company("Feinwerk").city("Ulm").build(),
        lead().name("JURGEN MULLER").company("FEINWERK").city("Ulm").build(),
    ]));
}

#[test]
fn a_name_and_its_transliteration_are_no_contradiction() {
    assert!(together(vec![
        lead().name("王小明").email("xm.wang@river.example").build(),
        lead().name("Xiaoming Wang").email("xm.wang@river.example").build(),
    ]));
}

#[test]
fn a_typo_in_the_domain_is_the_same_address() {
    assert!(together(vec![
        lead().name("Jon Smyth").email("jon.smyth@gmial.com").build(),
        lead().name("Jon Smyth").email("jon.smyth@gmail.com").build(),
    ]));
}

#[test]
fn a_chain_of_similar_neighbours_is_not_one_person() {
    let names = ["Anna", "Hanna", "Hannah", "Johanna", "Joanna", "Joan", "John", "Jon", "Ron", "Rob"];
    let chain: Vec<Record> = (0..40)
        .map(|at| {
            let name = format!("{} Lund", names[at / 4]);
            lead()
                .name(&name)
                .city("Oslo")
                .company(&format!("Fjord {}", at / 3))
                .phone(&format!("+47 22 44 {:04}", 1000 + at / 2))
                .build()
        })
        .collect();
    let records = among_others(chain);
    let linkage = linked(&records);
    let groups = groups_of(&linkage, records.len());
    assert_ne!(groups[0], groups[39], "the ends are two people");
    let largest = linkage.groups.iter().map(|group| group.members.len()).max();
    assert!(largest.is_some_and(|largest| largest < 20), "{largest:?}");
}

#[test]
fn twins_at_one_address_are_two_people() {
    let twin =
        |name: &str| lead().name(name).birthday(1999, 4, 2).street("12 Mill Lane").postcode("LS1 4AP").city("Leeds");
    assert!(all_apart(vec![twin("Clara Whitfield").build(), twin("Oliver Whitfield").build()]));
    let called = |name: &str| twin(name).phone("+44 113 496 0123").email("the.whitfields@gmail.com").build();
    let records = among_others(vec![called("Clara Whitfield"), called("Oliver Whitfield")]);
    let linkage = linked(&records);
    let groups = groups_of(&linkage, records.len());
    assert_ne!(groups[0], groups[1]);
    assert!(linkage.vetoes.iter().any(|veto| veto.reason == VetoReason::IncompatibleNames), "{:?}", linkage.vetoes);
}

#[test]
fn two_birthdays_are_two_people_of_one_name() {
    let person = |day: u8| lead().name("Clara Whitfield").birthday(1960 + u16::from(day), day % 12, day).city("Leeds");
    assert!(all_apart(vec![person(2).build(), person(28).build()]));
}

#[test]
fn nothing_is_merged_on_a_bare_name() {
    assert!(all_apart(vec![lead().name("Xaver Quistorp").build(), lead().name("Xaver Quistorp").build()]));
}

#[test]
fn rows_with_nothing_to_compare_stay_alone() {
    assert!(all_apart(vec![
        lead().build(),
        lead().build(),
        lead().name("Guest").build(),
        lead().name("Guest").build()
    ]));
}

#[test]
fn users_with_different_external_ids_may_be_one_person() {
    let user = |id: &str| {
        RecordBuilder::user()
            .external_id(id)
            .name("Ilse Kramer")
            .email("ilse@oldfirm.example")
            .phone("+49 151 23456789")
            .build()
    };
    let records = among_others(vec![user("a-1"), user("b-2")]);
    let linkage = linked(&records);
    let groups = groups_of(&linkage, records.len());
    // That two accounts are never merged is the plan's affair, not a doubt about the person.
    assert_eq!(groups[0], groups[1]);
    assert_eq!(band_of(&linkage, 0), Band::Auto);
}

#[test]
fn the_same_person_twice_is_planned() {
    let person = || lead().name("Ilse Kramer").email("ilse@oldfirm.example").build();
    let records = among_others(vec![person(), person()]);
    assert_eq!(band_of(&linked(&records), 0), Band::Auto);
}

#[test]
fn an_empty_list_has_no_groups() {
    assert!(linked(&[]).groups.is_empty());
}

/// Colleagues at two offices: what a list looks like in which an address is a workplace.
fn offices() -> Vec<Record> {
    let names = ["Ada Ross", "Ben Lund", "Cleo Marsh", "Dora Penn", "Emil Voss", "Fay Quint", "Gus Hart", "Hal Brook"];
    let at = |(number, name): (usize, &&str)| {
        let street = ["4 Quay Street", "91 Mill Road"][number % 2];
        lead().name(name).street(street).postcode("LS1 4AP").city("Leeds").build()
    };
    names.iter().enumerate().map(at).collect()
}

#[test]
fn two_who_name_nobody_at_one_office_are_not_one_person() {
    let at_work = |email: &str| {
        lead().email(email).street("4 Quay Street").postcode("LS1 4AP").city("Leeds").company("Quaymaster").build()
    };
    let mut records = vec![at_work("sunny88@gmail.com"), at_work("rocket12@yahoo.com")];
    records.extend(offices());
    let records = among_others(records);
    let groups = groups_of(&linked(&records), records.len());
    assert_ne!(groups[0], groups[1]);
}

#[test]
fn an_initial_is_no_proof_among_people_of_one_surname_at_one_home() {
    let home = |name: &str| lead().name(name).street("12 Mill Lane").city("Leeds");
    assert!(all_apart(vec![
        home("M. Whitfield").birthday(1950, 3, 9).build(),
        home("Anne M. Whitfield").birthday(1988, 11, 20).build(),
    ]));
}

#[test]
fn numbered_branches_with_managers_of_one_name_are_two() {
    let at = |number: u8| {
        lead()
            .name("Peter Abel")
            .company(&format!("Garage {number}"))
            .email(&format!("peter.abel@garage{number}.example"))
            .build()
    };
    assert!(all_apart(vec![at(12), at(47)]));
}

#[test]
fn names_a_letter_apart_are_two_people_though_their_addresses_are() {
    let at = |name: &str, email: &str| lead().name(name).email(email).build();
    let mut records = vec![
        at("Karsten Schou", "karsten.schou@nordlys.example"),
        lead().email("kirsten.schou@nordlys.example").build(),
    ];
    for (number, other) in ["Kirsten Holt", "Kirsten Bang", "Karsten Friis", "Karsten Lund"].iter().enumerate() {
        records.push(at(other, &format!("k{number}@elsewhere{number}.example")));
    }
    let records = among_others(records);
    let groups = groups_of(&linked(&records), records.len());
    assert_ne!(groups[0], groups[1]);
}

#[test]
fn an_address_that_spells_the_name_finds_its_person_at_the_same_firm() {
    assert!(together(vec![
        lead().name("Neha Mishra").company("Prime Water").city("Pune").build(),
        lead().email("neha.mishra@primewater.example").city("Pune").build(),
    ]));
}
