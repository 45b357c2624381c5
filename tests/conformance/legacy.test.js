// intercom-client 2.11, Intercom's client for the 1.x dialect, against the sandbox.
//
// It sends its token as the user of HTTP basic and no version, as applications of that time did.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import intercom from "intercom-client-2";
import { Sandbox } from "./sandbox.js";

let sandbox;
let client;

before(async () => {
  sandbox = await Sandbox.start("--accept-token", "right", "--api-version", "1.4");
  client = new intercom.Client({ token: "right" }).usePromises().useRequestOpts({ baseUrl: sandbox.url });
});
after(() => sandbox.stop());

/** The body of a call that went well. */
async function body(call) {
  const answer = await call;
  assert.equal(answer.statusCode, 200, JSON.stringify(answer.body));
  return answer.body;
}

/** What a refused call says. */
async function refused(call) {
  const error = await call.then(() => assert.fail("was not refused"), (error) => error);
  assert.equal(error.body?.type, "error.list", String(error));
  return { status: error.statusCode, ...error.body.errors[0], request: error.body.request_id };
}

test("the token is checked and the limits are told", async () => {
  const answer = await client.admins.me();
  assert.equal(answer.body.type, "admin");
  assert.equal(answer.headers["x-ratelimit-limit"], "1667");
  assert.ok(Number(answer.headers["x-ratelimit-remaining"]) < 1667);
  assert.ok(Number(answer.headers["x-ratelimit-reset"]) > Date.now() / 1000 - 12);
  const stranger = new intercom.Client({ token: "wrong" }).usePromises().useRequestOpts({ baseUrl: sandbox.url });
  assert.equal((await refused(stranger.admins.me())).status, 401);
});

test("users are created, updated and found in every way", async () => {
  const made = await body(client.users.create({ email: "ann@acme.example", user_id: "42", name: "Ann" }));
  assert.deepEqual([made.type, made.anonymous], ["user", false]);
  const updated = await body(client.users.update({ user_id: "42", custom_attributes: { karma: 5, "Published": "Yes" } }));
  assert.deepEqual([updated.id, updated.name, updated.custom_attributes], [made.id, "Ann", { karma: 5, Published: "Yes" }]);
  assert.equal((await body(client.users.find({ id: made.id }))).user_id, "42");
  assert.equal((await body(client.users.find({ user_id: "42" }))).id, made.id);
  assert.equal((await body(client.users.find({ email: "ann@acme.example" }))).users[0].id, made.id);
  const nobody = await refused(client.users.find({ user_id: "43" }));
  assert.deepEqual([nobody.status, nobody.code, nobody.message], [404, "not_found", "User Not Found"]);
  assert.match(nobody.request, /^[0-9a-f-]{36}$/);
});

test("an address of several users names none of them", async () => {
  await body(client.users.create({ email: "ann@acme.example", user_id: "43" }));
  const clash = await refused(client.users.create({ email: "ann@acme.example" }));
  assert.deepEqual([clash.status, clash.code], [409, "conflict"]);
});

test("leads are always created, found by both ids, and updated", async () => {
  const first = await body(client.leads.create({ email: "m@acme.example", name: "Meursault" }));
  const second = await body(client.leads.create({ email: "m@acme.example" }));
  assert.notEqual(first.id, second.id);
  assert.equal((await body(client.leads.find({ id: first.id }))).name, "Meursault");
  assert.equal((await body(client.leads.find({ user_id: first.user_id }))).id, first.id);
  assert.equal((await body(client.leads.listBy({ email: "m@acme.example" }))).total_count, 2);
  const renamed = await body(client.leads.update({ id: second.id, name: "Plato", custom_attributes: { Published: "The Republic" } }));
  assert.deepEqual([renamed.name, renamed.custom_attributes], ["Plato", { Published: "The Republic" }]);
  assert.equal((await refused(client.leads.find({ user_id: "XXX" }))).message, "Contact Not Found");
  await body(client.leads.delete({ id: second.id }));
  assert.equal((await refused(client.leads.find({ id: second.id }))).status, 404);
});

test("a lead is merged into a user, or becomes one", async () => {
  const user = await body(client.users.create({ email: "al@acme.example", name: "Al", user_id: "1942" }));
  const lead = await body(client.leads.create({ name: "Meursault", last_request_at: 1464688871 }));
  const merged = await body(client.leads.convert({ contact: { user_id: lead.user_id }, user: { user_id: "1942" } }));
  assert.deepEqual([merged.id, merged.name, merged.email, merged.last_request_at], [user.id, "Al", "al@acme.example", 1464688871]);
  const other = await body(client.leads.create({ email: "new@acme.example", name: "New" }));
  const grown = await body(client.leads.convert({ contact: { id: other.id }, user: { user_id: "77" } }));
  assert.deepEqual([grown.id, grown.type, grown.user_id, grown.email], [other.id, "user", "77", "new@acme.example"]);
});

test("visitors are looked up, changed, and become leads and users", async () => {
  const [one, other] = [await sandbox.inside("visitor", {}), await sandbox.inside("visitor", {})];
  assert.equal((await body(client.visitors.find({ user_id: one.user_id }))).type, "visitor");
  assert.equal((await body(client.visitors.update({ user_id: one.user_id, name: "Bee" }))).name, "Bee");
  const lead = await body(client.visitors.convert({ visitor: { user_id: one.user_id }, type: "lead" }));
  assert.deepEqual([lead.anonymous, lead.name], [true, "Bee"]);
  assert.match(lead.pseudonym, / /);
  const visitor = { user_id: other.user_id };
  const user = await body(client.visitors.convert({ visitor, user: { email: "cyan@acme.example" }, type: "user" }));
  assert.deepEqual([user.type, user.email, user.user_id, user.anonymous], ["user", "cyan@acme.example", null, false]);
  assert.equal((await refused(client.visitors.find({ user_id: other.user_id }))).message, "Visitor Not Found");
  const third = await sandbox.inside("visitor", {});
  await body(client.visitors.delete({ id: third.id }));
});

test("archiving hides a user, and a request for deletion is numbered", async () => {
  const user = await body(client.users.create({ user_id: "gone" }));
  assert.equal((await body(client.users.archive({ id: user.id }))).id, user.id);
  assert.equal((await refused(client.users.find({ user_id: "gone" }))).status, 404);
  assert.equal((await body(client.users.requestPermanentDeletion(user.id))).id, 1);
});

test("tags are put on and taken off, notes are written and listed", async () => {
  const tag = await body(client.tags.tag({ name: "blue", users: [{ user_id: "42" }, { user_id: "1942" }] }));
  const wearing = await body(client.users.listBy({ tag_id: tag.id }));
  assert.equal(wearing.total_count, 2);
  await body(client.tags.untag({ name: "blue", users: [{ user_id: "42" }] }));
  assert.deepEqual((await body(client.counts.userTagCounts())).user.tag, [{ blue: 1 }]);
  assert.deepEqual((await body(client.tags.list())).tags, [tag]);
  const note = await body(client.notes.create({ body: "Text for the note", user: { user_id: "42" } }));
  assert.equal(note.body, "<p>Text for the note</p>");
  assert.deepEqual((await body(client.notes.list({ user_id: "42" }))).notes.map((one) => one.id), [note.id]);
  assert.equal((await body(client.notes.find({ id: note.id }))).author.type, "admin");
});

test("companies come with users and by themselves", async () => {
  await body(client.users.update({ user_id: "42", companies: [{ company_id: "6", name: "Blue Sun" }] }));
  const company = await body(client.companies.find({ company_id: "6" }));
  assert.equal((await body(client.companies.find({ name: "Blue Sun" }))).id, company.id);
  for (const named of [{ id: company.id }, { company_id: "6" }, { name: "Blue Sun" }]) {
    assert.equal((await body(client.companies.listUsers(named))).users[0].user_id, "42");
  }
  await body(client.companies.update({ company_id: "6", name: "Blue Moon" }));
  assert.equal((await body(client.companies.list())).companies[0].name, "Blue Moon");
  assert.equal((await body(client.counts.appCounts())).company.count, 1);
});

test("lists are walked by the links of their pages", async () => {
  for (let number = 0; number < 5; number += 1) await body(client.leads.create({ name: `Walker ${number}` }));
  let page = await body(client.leads.listBy({ per_page: 3, order: "asc" }));
  const ids = new Set(page.contacts.map((lead) => lead.id));
  while (page.pages.next) {
    page = await body(client.nextPage(page.pages));
    page.contacts.forEach((lead) => ids.add(lead.id));
  }
  assert.equal(ids.size, page.total_count);
  const wall = await refused(client.users.listBy({ page: 201, per_page: 50 }));
  assert.deepEqual([wall.status, wall.message], [400, "page limit reached, please use scroll API"]);
});

test("everybody is scrolled over, one scroll at a time", async () => {
  for (let number = 0; number < 120; number += 1) await body(client.users.create({ user_id: `scroll-${number}` }));
  const seen = new Set();
  await client.users.scroll.each({}, (answer) => answer.body.users.forEach((user) => seen.add(user.id)));
  assert.equal(seen.size, (await body(client.counts.appCounts())).user.count);
  const leads = new Set();
  await client.leads.scroll.each({}, (answer) => answer.body.contacts.forEach((lead) => leads.add(lead.id)));
  assert.equal(leads.size, (await body(client.counts.appCounts())).lead.count);
  await body(client.get("/users/scroll", {}));
  const second = await refused(client.get("/contacts/scroll", {}));
  assert.deepEqual([second.status, second.code], [400, "scroll_exists"]);
  assert.equal((await refused(client.get("/users/scroll", { scroll_param: "gone" }))).status, 404);
});

test("customers are searched", async () => {
  const found = await body(client.customers.search({ query: { field: "name", operator: "=", value: "Al" } }));
  assert.deepEqual(found.customers.map((one) => [one.type, one.role, one.user_id]), [["customer", "user", "1942"]]);
});

test("conversations of a person are listed", async () => {
  const user = await body(client.users.find({ user_id: "1942" }));
  const talk = await sandbox.inside("conversation", { contacts: [user.id] });
  const found = await body(client.conversations.list({ type: "user", intercom_user_id: user.id }));
  assert.deepEqual(found.conversations.map((one) => one.id), [talk.id]);
  assert.equal((await body(client.conversations.find({ id: talk.id }))).user.id, user.id);
});
