use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::world::World;
use super::*;
use crate::contact::{IntercomId, Side};

/// Any record of a small world, so that values agree and differ often.
fn record(number: usize) -> impl Strategy<Value = Record> {
    let pick = |few: &'static [&'static str]| prop::option::of(prop::sample::select(few));
    let flags = (prop::option::of(any::<bool>()), prop::bool::weighted(0.1), prop::option::of(0_i64..4), 0..4_u8);
    let texts = (
        prop::collection::vec(
            prop::sample::select(&["a@x.example", "b@x.example", "c@y.example", "no address"][..]),
            0..3,
        ),
        prop::collection::vec(prop::sample::select(&["+442079460123", "+442079460456", "020 7946"][..]), 0..3),
        pick(&["Ann Lee", "ann lee", "Anna Lee", "A. Lee"]),
        pick(&["u-1", "u-2"]),
        pick(&["Baker", "Miller"]),
        pick(&["Leeds", "York"]),
        prop::collection::vec(prop::sample::select(&["vip", "fair", "Webinar"][..]), 0..3),
        pick(&["Hillside Ltd", "Brook"]),
        pick(&["called on Monday", "likes tea"]),
    );
    let long = prop::bool::weighted(0.05);
    let kind = (any::<bool>(), prop::option::weighted(0.9, any::<bool>()));
    (texts, flags, kind, long, pick(&["Gold", "Silver"])).prop_map(
        move |(texts, (unsubscribed, spam, time, which), (existing, role), long, plan)| {
            let (emails, phones, name, external, title, city, tags, company, note) = texts;
            let mut built = RecordBuilder::new().row(u32::try_from(number).unwrap() + 1);
            if existing {
                built = built.existing(&format!("5f{number:02}"));
            }
            if let Some(is_user) = role {
                built = built.role(if is_user { Role::User } else { Role::Lead });
            }
            built = emails.iter().fold(built, |built, text| built.email(text));
            built = phones.iter().fold(built, |built, text| built.phone(text));
            built = tags.iter().fold(built, |built, text| built.tag(text));
            built = name.into_iter().fold(built, RecordBuilder::name);
            built = external.into_iter().fold(built, RecordBuilder::external_id);
            built = title.into_iter().fold(built, RecordBuilder::job_title);
            built = city.into_iter().fold(built, RecordBuilder::city);
            built = company.into_iter().fold(built, RecordBuilder::company);
            built = note.into_iter().fold(built, RecordBuilder::note);
            built = plan
                .into_iter()
                .fold(built, |built, value| built.custom(if which == 0 { "Pl.an" } else { "Pl_an" }, value));
            if long {
                built = built.custom("Story", &format!("{number} {}", "long ".repeat(80)));
            }
            built = unsubscribed.into_iter().fold(built, RecordBuilder::unsubscribed);
            built = time
                .into_iter()
                .fold(built, |built, at| built.created_at(at).last_seen_at(at * 9).signed_up_at(at + 1));
            if spam { built.marked_as_spam(true).build() } else { built.build() }
        },
    )
}

/// Every kind of value, two of them in one attribute, and one that lists write too.
fn keep_attributes() -> BTreeMap<String, String> {
    let names = [("email", "Other"), ("phone", "Other"), ("name", "Other names"), ("city", "Pl_an")];
    names.map(|(kept, place)| (kept.to_owned(), place.to_owned())).into()
}

/// Rules for some of the fields that differ.
fn rules() -> impl Strategy<Value = FieldRules> {
    use prop::sample::select;
    let fields = select(&["email", "name", "phone", "job_title", "custom:Pl.an", "custom:Story"][..]);
    let rules = select(&["keep", "incoming", "newest", "oldest", "longest", "most_common"][..]);
    prop::collection::btree_map(fields, rules, 0..4)
        .prop_map(|rules| serde_json::from_value(serde_json::json!(rules)).unwrap())
}

fn options() -> impl Strategy<Value = Options> {
    use prop::sample::select;
    (
        select(vec![LeadGroups::Archive, LeadGroups::Promote, LeadGroups::Delete, LeadGroups::Report]),
        select(vec![UserGroups::Report, UserGroups::Archive]),
        select(vec![Fill::Empty, Fill::Overwrite]),
        select(vec![Mode::Upsert, Mode::Upsert, Mode::CreateOnly, Mode::UpdateOnly]),
        select(vec![KeepDiscarded::Note, KeepDiscarded::Attribute, KeepDiscarded::Drop]),
        prop::option::weighted(0.2, select(ActionKind::ALL.to_vec())),
        rules(),
    )
        .prop_map(|(lead_groups, user_groups, fill, mode, keep, only, rules)| Options {
            rules,
            lead_groups,
            user_groups,
            fill,
            mode,
            keep,
            keep_attributes: keep_attributes(),
            only: only.into_iter().collect(),
            ..Options::default()
        })
}

/// Records divided into groups at random.
fn grouped() -> impl Strategy<Value = (Vec<Record>, Linkage)> {
    (1_usize..9)
        .prop_flat_map(|count| {
            let records: Vec<_> = (0..count).map(record).collect();
            (records, prop::collection::vec(0_u32..3, count), prop::collection::vec(prop::bool::weighted(0.2), 3))
        })
        .prop_map(|(records, homes, doubtful)| {
            let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            for (index, home) in (0..).zip(homes) {
                groups.entry(home).or_default().push(index);
            }
            let mut divided: Vec<(Band, Vec<u32>)> = groups
                .into_iter()
                .map(|(home, members)| match members.len() {
                    1 => (Band::Single, members),
                    _ if doubtful[home as usize] => (Band::Review, members),
                    _ => (Band::Auto, members),
                })
                .collect();
            divided.sort_by_key(|(_, members)| members.first().copied());
            let divided: Vec<(Band, &[u32])> =
                divided.iter().map(|(band, members)| (*band, members.as_slice())).collect();
            let linkage = linkage(&records, &divided);
            (records, linkage)
        })
}

fn planned(records: Vec<Record>, linkage: Linkage, options: &Options) -> Plan {
    assemble(header(), Inputs { records: records.into(), ..Inputs::default() }, linkage, options)
}

/// What the workspace and the same lists give when they are planned again, everybody in the group they were in.
fn again(plan: &Plan, world: &World, options: &Options) -> Plan {
    let mut records: Vec<Record> = Vec::new();
    let mut bands: BTreeMap<u32, (Band, Vec<u32>)> =
        plan.linkage.groups.iter().map(|group| (group.id, (group.band, Vec::new()))).collect();
    let existing = world.contacts.values().map(|(group, record)| (*group, record.clone()));
    let incoming = plan.records.iter().zip(&plan.rows).filter(|(record, _)| record.side == Side::Incoming);
    for (group, record) in existing.chain(incoming.map(|(record, row)| (row.group, record.clone()))) {
        bands.get_mut(&group).unwrap().1.push(u32::try_from(records.len()).unwrap());
        records.push(record);
    }
    let groups: Vec<(Band, Vec<u32>)> = bands
        .into_values()
        .filter(|(_, members)| !members.is_empty())
        .map(|(band, members)| match (band, members.len()) {
            (Band::Review, _) => (Band::Review, members),
            (_, 1) => (Band::Single, members),
            _ => (Band::Auto, members),
        })
        .collect();
    let groups: Vec<(Band, &[u32])> = groups.iter().map(|(band, members)| (*band, members.as_slice())).collect();
    let linkage = linkage(&records, &groups);
    planned(records, linkage, options)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_plan_is_whole_ordered_and_counted((records, linkage) in grouped(), options in options()) {
        let plan = planned(records, linkage, &options);
        prop_assert_eq!(plan.rows.len(), plan.records.len());
        for (index, row) in (0..).zip(&plan.rows) {
            prop_assert_eq!(row.record, RecordIndex(index));
            let rests = matches!(row.expected, Outcome::Skipped | Outcome::Unchanged);
            prop_assert_eq!(row.decided_by.is_empty(), rests);
            prop_assert!(row.decided_by.is_sorted());
            prop_assert!(row.decided_by.iter().all(|id| id.0 >= 1 && id.0 as usize <= plan.actions.len()));
            prop_assert!(!row.reason.is_empty());
        }
        for (number, action) in (1..).zip(&plan.actions) {
            prop_assert_eq!(action.id, ActionId(number));
            prop_assert!(action.needs.iter().all(|need| *need < action.id));
            if let Target::CreatedBy(create) = action.target {
                prop_assert!(create <= action.id);
                prop_assert_eq!(plan.actions[create.0 as usize - 1].kind(), ActionKind::Create);
            }
            prop_assert!(options.only.is_empty() || options.only.contains(&action.kind()));
            let band = plan.linkage.groups[action.group as usize - 1].band;
            prop_assert_ne!(band, Band::Review);
        }
        let summary = Summary::of(&plan);
        prop_assert_eq!(summary.outcomes.iter().map(|(_, count)| *count).sum::<u64>(), plan.rows.len() as u64);
        prop_assert_eq!(summary.has_changes(), !plan.actions.is_empty());
    }

    #[test]
    fn planning_again_after_an_apply_finds_nothing_to_do((records, linkage) in grouped(), options in options()) {
        let options = Options { only: BTreeSet::new(), ..options };
        let plan = planned(records, linkage, &options);
        let mut world = World::before(&plan);
        world.apply(&plan.actions);
        let second = again(&plan, &world, &options);
        prop_assert_eq!(&second.actions, &Vec::new(), "first:\n{}\nthen:\n{}", told(&plan), told(&second));
    }

    #[test]
    fn nobody_who_opted_out_is_ever_subscribed((records, linkage) in grouped(), options in options()) {
        let options = Options { only: BTreeSet::new(), ..options };
        let plan = planned(records, linkage, &options);
        let mut world = World::before(&plan);
        world.apply(&plan.actions);
        for group in plan.linkage.groups.iter().filter(|group| group.members.len() > 1) {
            let members = || group.members.iter().map(|member| &plan.records[member.0 as usize]);
            let wrote = plan.actions.iter().any(|action| action.group == group.id);
            if wrote && members().any(super::super::party::opted_out) {
                let mut left = world.contacts.values().filter(|(home, _)| *home == group.id);
                prop_assert!(left.all(|(_, contact)| contact.unsubscribed == Some(true)));
            }
        }
        for action in &plan.actions {
            if let ActionBody::Update { changes } | ActionBody::Create { values: changes, .. } = &action.body {
                prop_assert!(!changes.iter().any(|change| change.after == AttributeValue::Flag(false)));
            }
        }
    }

    #[test]
    fn no_user_disappears_by_default((records, linkage) in grouped()) {
        let plan = planned(records, linkage, &Options::default());
        let is_user = |id: &IntercomId| {
            plan.records.iter().any(|record| record.id.as_ref() == Some(id) && record.role != Some(Role::Lead))
        };
        for action in &plan.actions {
            match (&action.body, &action.target) {
                (ActionBody::Merge { from }, _) => prop_assert!(!is_user(from)),
                (ActionBody::Archive { .. } | ActionBody::Delete { .. }, Target::Existing(id)) => prop_assert!(!is_user(id)),
                _ => {}
            }
            prop_assert_ne!(action.kind(), ActionKind::Delete);
        }
    }

    #[test]
    fn no_value_is_lost_from_the_workspace_or_a_list(
        (records, linkage) in grouped(),
        fill in any::<bool>(),
        in_attributes in any::<bool>(),
        rules in rules(),
    ) {
        // Everything a row says stands on the contact, among its notes or in the before-image of an overwritten value.
        let fill = if fill { Fill::Empty } else { Fill::Overwrite };
        let keep = if in_attributes { KeepDiscarded::Attribute } else { KeepDiscarded::Note };
        let options = Options { fill, keep, keep_attributes: keep_attributes(), rules, ..Options::default() };
        let plan = planned(records, linkage, &options);
        let mut world = World::before(&plan);
        world.apply(&plan.actions);
        // What a list brings may replace what a contact has: the plan has it as the value before
        let replaced: BTreeSet<RecordIndex> = plan.actions.iter().filter_map(|action| match &action.body {
            ActionBody::Update { changes } if plan.rows.iter().all(|row| {
                row.group != action.group || !matches!(row.expected, Outcome::Merged | Outcome::Archived)
            }) => Some((action.group, changes)),
            _ => None,
        })
            .filter(|(_, changes)| changes.iter().any(|change| change.before.is_some()))
            .flat_map(|(group, _)| plan.rows.iter().filter(move |row| row.group == group).map(|row| row.record))
            .collect();
        for (record, row) in plan.records.iter().zip(&plan.rows) {
            let overwritten = fill == Fill::Overwrite || replaced.contains(&row.record);
            if matches!(row.expected, Outcome::Skipped) || (overwritten && record.side == Side::Existing) {
                continue;
            }
            let contacts: Vec<&Record> =
                world.contacts.values().filter(|(home, _)| *home == row.group).map(|(_, contact)| contact).collect();
            let [contact] = contacts.as_slice() else { panic!("one contact is left") };
            let all = serde_json::to_string(contact).unwrap().to_lowercase();
            let texts = record.custom.iter().map(|(_, value)| value.trim().to_lowercase())
                .chain(record.emails.iter().map(|email| email.address().to_owned()))
                .chain(record.phones.iter().map(|phone| phone.to_send().to_owned()))
                .chain(record.tags.iter().map(|tag| tag.to_lowercase()))
                .chain(record.notes.iter().map(|note| note.to_lowercase()))
                .chain(record.companies.iter().map(|company| company.key().to_owned()))
                .chain(record.job_title.iter().chain(&record.city).map(|text| text.to_lowercase()))
                .chain(record.unparsed.iter().map(|(_, text)| text.to_lowercase()));
            for text in texts {
                prop_assert!(all.contains(&text), "{text} is lost from {all}\n{}", told(&plan));
            }
        }
    }

    #[test]
    fn deciding_twice_gives_the_same((records, linkage) in grouped(), options in options()) {
        let first = planned(records.clone(), linkage.clone(), &options);
        prop_assert_eq!(first, planned(records, linkage, &options));
    }

    #[test]
    fn nothing_is_done_unseen_to_a_group_larger_than_allowed((records, linkage) in grouped(), options in options(), largest in 1_u32..4) {
        let options = Options { largest_automatic_group: largest, ..options };
        let plan = planned(records.clone(), linkage.clone(), &options);
        let free = planned(records, linkage, &Options { largest_automatic_group: u32::MAX, ..options.clone() });
        let is_small = |group: u32| plan.linkage.groups[group as usize - 1].members.len() <= largest as usize;
        prop_assert!(plan.actions.iter().all(|action| is_small(action.group)), "{}", told(&plan));
        let bodies = |plan: &Plan| plan.actions.iter().filter(|action| is_small(action.group)).map(|action| action.body.clone()).collect::<Vec<_>>();
        prop_assert_eq!(bodies(&plan), bodies(&free));
        prop_assert_eq!(plan.rows.len(), plan.records.len());
        let accept = |group: &Group| Decision {
            group: group.id, members: group.members.clone(), verdict: Verdict::Accept, at: Timestamp(0), remark: None,
        };
        let said: Vec<Decision> = plan.linkage.groups.iter().filter(|group| group.is_held()).map(accept).collect();
        let kinds = |plan: &Plan| Summary::of(plan).outcomes;
        prop_assert_eq!(kinds(&replan(plan, &said, &options)), kinds(&free));
    }
}
