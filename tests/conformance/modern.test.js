// intercom-client 7, Intercom's client for the 2.x dialect, against the sandbox.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { IntercomClient, IntercomError } from "intercom-client";
import { Sandbox } from "./sandbox.js";

let sandbox;
let client;

before(async () => {
  sandbox = await Sandbox.start("--accept-token", "right");
  client = new IntercomClient({ token: "right", baseUrl: sandbox.url, version: "2.14", maxRetries: 0 });
});
after(() => sandbox.stop());

/** What a refused call says. */
async function refused(call) {
  const error = await call.then(() => assert.fail("was not refused"), (error) => error);
  assert.ok(error instanceof IntercomError, String(error));
  return { status: error.statusCode, ...error.body.errors[0], request: error.body.request_id };
}

test("the token is checked and says whose it is", async () => {
  const me = await client.admins.identify();
  assert.equal(me.app.id_code, "sandbox1");
  const stranger = new IntercomClient({ token: "wrong", baseUrl: sandbox.url, maxRetries: 0 });
  const answer = await refused(stranger.admins.identify());
  assert.deepEqual([answer.status, answer.code], [401, "unauthorized"]);
  assert.match(answer.request, /^[0-9a-f-]{36}$/);
});

test("the limit of the window is told", async () => {
  const { rawResponse } = await client.admins.identify().withRawResponse();
  assert.equal(rawResponse.headers.get("x-ratelimit-limit"), "1667");
  const left = Number(rawResponse.headers.get("x-ratelimit-remaining"));
  const reset = Number(rawResponse.headers.get("x-ratelimit-reset"));
  assert.ok(left < 1667 && left > 1000);
  assert.ok(Math.abs(reset - Date.now() / 1000) < 12);
});

test("contacts are created, found, updated and listed page by page", async () => {
  const user = await client.contacts.create({ external_id: "a/b c", email: "ann@acme.example", name: "Ann" });
  assert.deepEqual([user.type, user.role], ["contact", "user"]);
  for (let number = 0; number < 24; number += 1) await client.contacts.create({ role: "lead", name: `Lead ${number}` });
  const found = await client.contacts.showContactByExternalId({ external_id: "a/b c" });
  assert.equal(found.id, user.id);
  const updated = await client.contacts.update({ contact_id: user.id, phone: "+44 1", unsubscribed_from_emails: true });
  assert.deepEqual([updated.phone, updated.unsubscribed_from_emails, updated.name], ["+441", true, "Ann"]);
  const ids = new Set();
  for await (const contact of await client.contacts.list({ per_page: 10 })) ids.add(contact.id);
  assert.equal(ids.size, 25);
  assert.equal((await client.contacts.find({ contact_id: user.id })).email, "ann@acme.example");
});

test("a second contact with the same external id is a conflict that names the first", async () => {
  const first = await client.contacts.showContactByExternalId({ external_id: "a/b c" });
  const answer = await refused(client.contacts.create({ external_id: "a/b c" }));
  assert.deepEqual([answer.status, answer.code], [409, "conflict"]);
  assert.ok(answer.message.endsWith(`id=${first.id}`));
});

test("a custom attribute has to be there before its value", async () => {
  const lead = await client.contacts.create({ role: "lead" });
  const values = { contact_id: lead.id, custom_attributes: { published: "The Republic" } };
  const answer = await refused(client.contacts.update(values));
  assert.deepEqual([answer.status, answer.code], [400, "parameter_invalid"]);
  await client.dataAttributes.create({ name: "published", model: "contact", data_type: "string" });
  const updated = await client.contacts.update(values);
  assert.deepEqual(updated.custom_attributes, { published: "The Republic" });
  const known = await client.dataAttributes.list({ model: "contact" });
  assert.ok(known.data.some((attribute) => attribute.custom && attribute.name === "published"));
});

test("a search is paged and understands groups", async () => {
  const query = {
    operator: "AND",
    value: [
      { field: "role", operator: "=", value: "lead" },
      { field: "name", operator: "~", value: "Lead 1" },
    ],
  };
  const names = [];
  for await (const contact of await client.contacts.search({ query, pagination: { per_page: 4 } })) names.push(contact.name);
  assert.equal(names.length, 11);
  const odd = { field: "shoe_size", operator: "=", value: "9" };
  assert.equal((await refused(client.contacts.search({ query: odd }))).status, 400);
});

test("a lead is merged into a user and is gone", async () => {
  const user = await client.contacts.create({ external_id: "1942", email: "al@acme.example", name: "Al" });
  const lead = await client.contacts.create({ role: "lead", name: "Meursault", phone: "+33 1" });
  await client.notes.create({ contact_id: lead.id, body: "Met at the fair" });
  const merged = await client.contacts.mergeLeadInUser({ from: lead.id, into: user.id });
  assert.deepEqual([merged.id, merged.name, merged.phone, merged.email], [user.id, "Al", "+331", "al@acme.example"]);
  assert.equal((await refused(client.contacts.find({ contact_id: lead.id }))).status, 404);
  const notes = await client.notes.list({ contact_id: user.id });
  assert.deepEqual(notes.data.map((note) => note.body), ["<p>Met at the fair</p>"]);
  const back = await refused(client.contacts.unarchive({ contact_id: lead.id }));
  assert.equal(back.message, "User has been merged and is not restorable.");
  const other = await client.contacts.create({ external_id: "1943" });
  assert.equal((await refused(client.contacts.mergeLeadInUser({ from: other.id, into: user.id }))).code, "invalid_merge");
});

test("contacts are archived, brought back, blocked and deleted", async () => {
  const lead = await client.contacts.create({ role: "lead" });
  assert.equal((await client.contacts.archive({ contact_id: lead.id })).archived, true);
  assert.equal((await client.contacts.unarchive({ contact_id: lead.id })).archived, false);
  assert.equal((await client.contacts.blockContact({ contact_id: lead.id })).blocked, true);
  const second = await client.contacts.create({ role: "lead" });
  assert.equal((await client.contacts.delete({ contact_id: second.id })).deleted, true);
  assert.equal((await refused(client.contacts.find({ contact_id: second.id }))).status, 404);
});

test("tags, notes, companies and subscriptions hang on a contact", async () => {
  const lead = await client.contacts.create({ role: "lead" });
  const tag = await client.tags.create({ name: "VIP" });
  await client.tags.tagContact({ contact_id: lead.id, id: tag.id });
  assert.deepEqual((await client.contacts.listAttachedTags({ contact_id: lead.id })).data.map((one) => one.name), ["VIP"]);
  await client.tags.untagContact({ contact_id: lead.id, tag_id: tag.id });
  assert.equal((await refused(client.tags.untagContact({ contact_id: lead.id, tag_id: tag.id }))).status, 404);
  for (let number = 0; number < 3; number += 1) await client.notes.create({ contact_id: lead.id, body: `Note ${number}` });
  const bodies = [];
  for await (const note of await client.notes.list({ contact_id: lead.id, per_page: 2 })) bodies.push(note.body);
  assert.deepEqual(bodies, ["<p>Note 2</p>", "<p>Note 1</p>", "<p>Note 0</p>"]);
  const company = await client.companies.createOrUpdate({ company_id: "6", name: "Blue Sun" });
  await client.companies.attachContact({ contact_id: lead.id, id: company.id });
  const members = await client.companies.listAttachedContacts({ company_id: company.id });
  assert.deepEqual(members.data.map((member) => member.id), [lead.id]);
  const [kind] = (await client.subscriptionTypes.list()).data;
  await client.contacts.attachSubscription({ contact_id: lead.id, id: kind.id, consent_type: "opt_out" });
  const chosen = await client.contacts.listAttachedSubscriptions({ contact_id: lead.id });
  assert.deepEqual(chosen.data.map((one) => one.id), [kind.id]);
  await client.contacts.detachSubscription({ contact_id: lead.id, subscription_id: kind.id });
});

test("companies are scrolled", async () => {
  const page = await client.companies.scroll();
  assert.deepEqual(page.data.map((company) => company.name), ["Blue Sun"]);
});

test("conversations are found by contact and handed over", async () => {
  const [one, other] = [await client.contacts.create({ role: "lead" }), await client.contacts.create({ role: "lead" })];
  const talk = await sandbox.inside("conversation", { contacts: [one.id], body: "Hello" });
  const query = { field: "contact_ids", operator: "=", value: one.id };
  const found = await client.conversations.search({ query });
  assert.deepEqual(found.data.map((conversation) => conversation.id), [talk.id]);
  const [{ id: admin_id }] = (await client.admins.list()).admins;
  const customer = { intercom_user_id: other.id };
  await client.conversations.attachContactAsAdmin({ conversation_id: talk.id, admin_id, customer });
  await client.conversations.detachContactAsAdmin({ conversation_id: talk.id, contact_id: one.id, admin_id });
  assert.equal((await client.conversations.search({ query })).data.length, 0);
});

test("a visitor is found, renamed and becomes a user", async () => {
  const { user_id } = await sandbox.inside("visitor", {});
  assert.equal((await client.visitors.find({ user_id })).type, "visitor");
  assert.equal((await client.visitors.update({ user_id, name: "Gareth" })).name, "Gareth");
  const contact = await client.visitors.mergeToContact({ visitor: { user_id }, user: { email: "foo@acme.example" }, type: "user" });
  assert.deepEqual([contact.role, contact.email, contact.name], ["user", "foo@acme.example", "Gareth"]);
  assert.equal((await refused(client.visitors.find({ user_id }))).code, "not_found");
});

test("a 429 is waited out by the client itself", async () => {
  await sandbox.inside("faults", { rules: [{ fault: { kind: "too_many_requests", reset: { ahead: 1 } }, on: 1 }] });
  const patient = new IntercomClient({ token: "right", baseUrl: sandbox.url, version: "2.14" });
  assert.equal((await patient.admins.identify()).type, "admin");
  await sandbox.inside("faults", { rules: [{ fault: { kind: "too_many_requests", reset: "window" }, on: 1 }] });
  assert.equal((await refused(client.admins.identify())).code, "rate_limit_exceeded");
});
