// A whole run of leadfold in the 1.x dialect, judged by Intercom's client for that dialect, `intercom-client` 2.11: there is no
// description of it that Prism could hold requests against.
//
// The client makes every call it knows against one recording sandbox; leadfold works in another. Each kind of request that
// leadfold sent must be one that the client sends as well, with no parameter or field the client has no word for. Then the
// client reads the workspace that leadfold left and must find in it what was planned.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import intercom from "intercom-client-2";
import { LEADFOLD, Sandbox } from "./sandbox.js";

/** What leadfold sends and the client does not, each with where it is documented. */
const DOCUMENTED = new Map([
  ["PUT /users/{id}", "reference of 1.x, update a user; intercom-ruby 3 saves this way"],
  ["PUT /contacts/{id}", "reference of 1.x, update a lead; intercom-ruby 3 saves this way"],
  ["GET /data_attributes/customer", "reference of 1.x, list customer data attributes"],
  ["POST /conversations/{id}/customers", "reference of 1.4, add a customer to a conversation"],
]);

const folder = mkdtempSync(join(tmpdir(), "leadfold-legacy-"));
const requests = (file) => readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
const routeOf = ({ method, path }) => `${method} ${path.split("?")[0].replace(/\/[0-9a-f]{24}(?=\/|$)|\/\d+(?=\/|$)/g, "/{id}")}`;
const clientOf = (url) => new intercom.Client({ token: "any" }).usePromises().useRequestOpts({ baseUrl: url });
const body = async (call) => (await call).body;

/** Every call of the client that is about people and what hangs on them: the routes it knows. */
async function routesOfTheClient() {
  const record = join(folder, "client.jsonl");
  const sandbox = await Sandbox.start("--api-version", "1.4", "--record", record);
  const client = clientOf(sandbox.url);
  try {
    const user = await body(client.users.create({ user_id: "1", email: "ann@acme.example" }));
    const lead = await body(client.leads.create({ email: "bo@acme.example" }));
    await client.users.update({ id: user.id, companies: [{ company_id: "6", name: "Blue Sun" }] });
    await client.leads.update({ id: lead.id, name: "Bo" });
    for (const who of [{ id: user.id }, { user_id: "1" }, { email: "ann@acme.example" }]) await client.users.find(who);
    for (const who of [{ id: lead.id }, { user_id: lead.user_id }]) await client.leads.find(who);
    await client.leads.listBy({ email: "bo@acme.example" });
    await client.leads.listBy({ page: 1, per_page: 1, order: "asc" });
    await client.users.listBy({ page: 1, per_page: 1, order: "asc", sort: "updated_at", created_since: 1 });
    await client.users.scroll.each({}, () => {});
    await client.leads.scroll.each({}, () => {});
    await client.tags.tag({ name: "blue", users: [{ id: user.id }] });
    await client.tags.untag({ name: "blue", users: [{ id: user.id }] });
    await client.tags.list();
    await client.notes.create({ body: "Hello", user: { id: user.id } });
    await client.notes.list({ id: user.id });
    await client.companies.create({ company_id: "7", name: "Blue Moon" });
    await client.companies.listBy({ page: 1, per_page: 50 });
    await client.companies.scroll.each({}, () => {});
    await client.counts.appCounts();
    await client.admins.me();
    await client.admins.list();
    await client.conversations.list({ type: "user", intercom_user_id: user.id, per_page: 50, page: 1 });
    await client.customers.search({ query: { field: "name", operator: "=", value: "Bo" } });
    await client.leads.convert({ contact: { id: lead.id }, user: { id: user.id } });
    const visitor = await sandbox.inside("visitor", {});
    await client.visitors.find({ user_id: visitor.user_id });
    await client.visitors.find({ id: visitor.id });
    await client.visitors.convert({ visitor: { id: visitor.id }, type: "lead" });
    const gone = await body(client.leads.create({}));
    await client.leads.delete({ id: gone.id });
    await client.users.archive({ id: user.id });
    const other = await body(client.users.create({ user_id: "2" }));
    await client.users.requestPermanentDeletion(other.id);
  } finally {
    await sandbox.stop();
  }
  return requests(record);
}

/** Runs leadfold in the 1.x dialect with every kind of action. */
async function workOfLeadfold() {
  const record = join(folder, "leadfold.jsonl");
  writeFileSync(join(folder, "workspace.csv"), `role,external_id,email,name,companies,tags,notes
user,cust-1,ann.archer@acme.example,Ann Archer,Acme,customer,Likes calls
lead,,ann.archer@acme.example,Ann Archer,Acme,webinar,Met at the fair
lead,,bob.baker@blue.example,Bob Baker,Blue Sun,webinar,First note
lead,,bob.baker@blue.example,Bob Baker,Blue Moon,fair,Second note
user,cust-2,dora.dean@dune.example,Dora Dean,,,
`);
  writeFileSync(join(folder, "list.csv"), `email,name,phone,company,tags,seats,notes
dora.dean@dune.example,Dora Dean,+4420794600104,Dune,webinar,12,Wants a quote
eve.ellis@elm.example,Eve Ellis,+4420794600105,Elm,webinar,3,New here
`);
  writeFileSync(join(folder, "token"), "any\n");
  const sandbox = await Sandbox.start("--api-version", "1.4", "--seed", join(folder, "workspace.csv"), "--record", record);
  const reach = ["--api-url", sandbox.url, "--token-file", "token", "--quiet", "--api", "1.4"];
  const leadfold = (...args) =>
    promisify(execFile)(LEADFOLD, [...args, ...reach], { cwd: folder, env: { ...process.env, XDG_STATE_HOME: folder } }).catch((error) => {
      throw new Error(`leadfold ${args.join(" ")}: ended with ${error.code}\n${error.stdout}\n${error.stderr}`);
    });
  try {
    const bobs = (await sandbox.inside("state")).contacts.filter((contact) => contact.email?.startsWith("bob"));
    for (const bob of bobs) await sandbox.inside("conversation", { contacts: [bob.id], body: "Hello" });
    await leadfold("plan", "list.csv", "--pull", "--no-report", "--lead-groups", "report", "-o", "list.plan");
    await leadfold("apply", "list.plan", "--yes", "--create-attributes");
    await leadfold("plan", "--pull", "--no-report", "--max-archive", "9", "-o", "archive.plan");
    await leadfold("apply", "archive.plan", "--max-archive", "9", "--yes");
    await leadfold("lead", "create", "--email", "gus@gorse.example", "--name", "Gus Gray", "--yes");
    await leadfold("lead", "convert", "gus@gorse.example", "--external-id", "cust-3", "--yes");
    await leadfold("user", "tag", "cust-3", "--remove", "none", "blue", "--yes");
    await leadfold("user", "company", "cust-3", "6=Blue Sun Two", "--yes");
    const visitor = await sandbox.inside("visitor", {});
    await leadfold("visitor", "convert", visitor.user_id, "--to", "lead", "--yes");
    const spare = JSON.parse((await leadfold("lead", "create", "--email", "spare@gorse.example", "--yes", "--json")).stdout);
    await leadfold("lead", "delete", spare.contact.id, "--yes");
    await leadfold("pull", "-o", "workspace-again.csv");
    await judge(clientOf(sandbox.url));
  } finally {
    await sandbox.stop();
  }
  return requests(record);
}

/** What the client finds in the workspace that leadfold left. */
async function judge(client) {
  const users = new Map();
  await client.users.scroll.each({}, (answer) => answer.body.users.forEach((user) => users.set(user.user_id, user)));
  const leads = [];
  await client.leads.scroll.each({}, (answer) => {
    leads.push(...answer.body.contacts);
  });
  const named = (person) => person.tags.tags.map((tag) => tag.name).sort();
  const [ann, dora, gus] = ["cust-1", "cust-2", "cust-3"].map((id) => users.get(id));
  assert.equal(users.size, 3);
  assert.deepEqual(named(ann), ["customer", "webinar"], "the lead's tag moved to the user it was merged into");
  assert.deepEqual([dora.phone, named(dora), dora.custom_attributes.seats], ["+4420794600104", ["webinar"], "12"]);
  assert.deepEqual([gus.name, named(gus), gus.companies.companies[0].name], ["Gus Gray", ["blue"], "Blue Sun Two"]);
  const bob = leads.filter((lead) => lead.email === "bob.baker@blue.example");
  assert.equal(bob.length, 1, "of two leads one is left");
  assert.deepEqual(named(bob[0]), ["fair", "webinar"]);
  const notes = (await body(client.notes.list({ id: bob[0].id }))).notes.map((note) => note.body).join();
  assert.match(notes, /First note/);
  assert.match(notes, /Second note/);
  assert.equal(leads.filter((lead) => lead.email === "eve.ellis@elm.example").length, 1);
  assert.equal(leads.filter((lead) => lead.email === "spare@gorse.example").length, 0);
}

/** Names of parameters and top-level fields. */
const words = ({ path, body: sent }) => [...new URLSearchParams(path.split("?")[1] ?? "").keys(), ...Object.keys(sent ?? {})];

const known = new Map();
for (const request of await routesOfTheClient()) {
  const route = routeOf(request);
  known.set(route, new Set([...(known.get(route) ?? []), ...words(request)]));
}
// What a person may be given, as the client's documentation lists it; every call that saves one takes all of it.
const PERSON = ["id", "user_id", "email", "phone", "name", "signed_up_at", "last_request_at", "last_seen_user_agent", "owner_id",
  "unsubscribed_from_emails", "companies", "custom_attributes", "avatar"];
let failed = 0;
const counts = new Map();
for (const request of (await workOfLeadfold()).filter((one) => one.status >= 200 && one.status < 300)) {
  const route = routeOf(request);
  counts.set(route, (counts.get(route) ?? 0) + 1);
  const taken = known.get(route) ?? (DOCUMENTED.has(route) ? new Set(["admin_id", "customer"]) : undefined);
  const strange = words(request).filter((word) => !taken?.has(word) && !(/(users|contacts)/.test(route) && PERSON.includes(word)));
  if (!taken || strange.length > 0) {
    failed += 1;
    console.error(`request ${request.number}, ${route}: ${taken ? `the client has no word for ${strange.join(", ")}` : "the client has no such call"}`);
  }
}
for (const [route, count] of [...counts].sort()) {
  console.log(`${String(count).padStart(6)}  ${route}${known.has(route) ? "" : `  (${DOCUMENTED.get(route) ?? "unknown"})`}`);
}
console.log(`${counts.size} kinds of requests, ${failed} that the client does not know`);
if (failed === 0) rmSync(folder, { recursive: true });
else console.error(`left for a look: ${folder}`);
process.exitCode = failed === 0 ? 0 : 1;
