//! What goes over to the contact that stays besides its values, and what the state before keeps of it.

use super::apply;
use super::fake::{Fake, shared};
use super::paths::{fold_plan, fold_workspace, merge_plan, merge_workspace};

#[tokio::test(start_paused = true)]
async fn choices_of_subscriptions_are_united_and_an_opt_out_wins() {
    let choices = |fake: &Fake, id: &str| fake.kept(id).choices.into_iter().collect::<Vec<_>>();
    let said = |kind: &str, opted_out| (kind.to_owned(), opted_out);
    for (plan, fake, stays, goes) in
        [(fold_plan(), fold_workspace(), "l1", "l2"), (merge_plan(), merge_workspace(false), "u1", "l1")]
    {
        let fake = shared(fake);
        for (kind, opted_out) in [("91", true), ("92", true), ("93", false), ("94", false)] {
            fake.seed_choice(goes, kind, opted_out);
        }
        fake.seed_choice(stays, "92", false);
        fake.seed_choice(stays, "94", true);
        let saved = plan.save();
        let mut plan = saved.open();
        apply(&mut plan, &fake).await.unwrap();
        let wanted = [said("91", true), said("92", true), said("93", false), said("94", true)];
        assert_eq!(choices(&fake, stays), wanted, "{stays}");
        let images = plan.before_images().unwrap();
        let image = images.iter().find(|image| *image.contact.0 == *goes).unwrap();
        assert_eq!(image.state["subscriptions"].as_array().map(Vec::len), Some(4));
    }
}

#[tokio::test(start_paused = true)]
async fn the_state_of_a_contact_that_goes_names_its_conversations() {
    for (plan, fake, goes) in [(fold_plan(), fold_workspace(), "l2"), (merge_plan(), merge_workspace(true), "l1")] {
        fake.seed_conversation("903", true, goes);
        let saved = plan.save();
        let mut plan = saved.open();
        apply(&mut plan, &shared(fake)).await.unwrap();
        let images = plan.before_images().unwrap();
        let image = images.iter().find(|image| *image.contact.0 == *goes).unwrap();
        let ids: Vec<_> = image.state["conversation_ids"].as_array().unwrap().iter().map(|id| id.as_str()).collect();
        assert!(ids.contains(&Some("903")), "{goes}: {ids:?}");
    }
}
