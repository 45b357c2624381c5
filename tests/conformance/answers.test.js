// The sandbox's own answers, held against Intercom's description by Prism, which stands in front of it as a proxy.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startPrism } from "./prism.js";
import { Sandbox } from "./sandbox.js";

/** Where the description contradicts its own examples or Intercom's other pages; the sandbox follows those. */
const KNOWN = [
  // Addresses inside a contact are relative in every example, and the word "note" is no address.
  /\.(url|type): .* must match format "uri"/,
  // Contacts without an address are shown with null.
  /\.email(_domain)?: .* must be string/,
  // A visitor's address is "" in the examples.
  /visitors .*\.email: .* must match format "email"/,
  // Asked for one company, Intercom answers with it and not with a list.
  /GET \/companies response\.body\.type: /,
  // The example of a conversion names the user by e-mail only.
  /POST \/visitors\/convert request\.body\.user: /,
];

let sandbox;
let prism;
const violations = [];

before(async () => {
  sandbox = await Sandbox.start();
  prism = await startPrism(sandbox.url);
});
after(async () => {
  prism.child.kill();
  await sandbox.stop();
});

/** Calls the sandbox through Prism and notes what Prism has to say. */
async function call(method, path, body) {
  const headers = { authorization: "Bearer any", "content-type": "application/json", "intercom-version": "2.14" };
  const answer = await fetch(prism.url + path, { method, headers, body: body && JSON.stringify(body) });
  for (const one of JSON.parse(answer.headers.get("sl-violations") ?? "[]")) {
    const said = `${method} ${path.split("?")[0]} ${one.location.join(".")}: ${one.message}`;
    if (!KNOWN.some((known) => known.test(said))) violations.push(said);
  }
  const text = await answer.text();
  assert.ok(answer.ok || answer.status === 404, `${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

test("every answer has the shape that the description gives it", async () => {
  const user = await call("POST", "/contacts", { external_id: "1", email: "ann@acme.example", name: "Ann", owner_id: 991267001 });
  const lead = await call("POST", "/contacts", { role: "lead", name: "Bob", phone: "+44 1", avatar: "https://acme.example/b.png" });
  const of = (part) => `/contacts/${lead.id}/${part}`;
  await call("POST", "/data_attributes", { name: "plan", model: "contact", data_type: "string" });
  await call("POST", "/data_attributes", { name: "tier", model: "contact", data_type: "options", options: [{ value: "1" }, { value: "2" }] });
  await call("GET", "/data_attributes?model=contact");
  await call("PUT", "/data_attributes/1", { description: "What they pay for" });
  await call("PUT", `/contacts/${lead.id}`, { name: "Bobby", custom_attributes: { plan: "pro" } });

  const tag = await call("POST", "/tags", { name: "vip" });
  await call("POST", of("tags"), { id: tag.id });
  await call("GET", of("tags"));
  await call("DELETE", of(`tags/${tag.id}`));
  for (const path of ["/tags", `/tags/${tag.id}`]) await call("GET", path);

  await call("POST", of("notes"), { body: "Hello" });
  for (const path of [of("notes"), "/notes/1"]) await call("GET", path);

  const company = await call("POST", "/companies", { company_id: "6", name: "Blue Sun" });
  await call("PUT", `/companies/${company.id}`, { name: "Blue Moon" });
  await call("POST", of("companies"), { id: company.id });
  for (const path of [`/companies/${company.id}`, `/companies/${company.id}/contacts`, of("companies"), "/companies?company_id=6", "/companies/scroll"]) {
    await call("GET", path);
  }
  await call("POST", "/companies/list");
  await call("DELETE", of(`companies/${company.id}`));

  await call("POST", of("subscriptions"), { id: "91", consent_type: "opt_out" });
  for (const path of [of("subscriptions"), of("segments"), "/subscription_types", "/segments"]) await call("GET", path);
  await call("DELETE", of("subscriptions/91"));

  for (const path of ["/me", "/admins", "/contacts?per_page=1", `/contacts/${lead.id}`, "/contacts/find_by_external_id/1"]) await call("GET", path);
  await call("POST", "/contacts/search", { query: { field: "role", operator: "=", value: "lead" } });
  for (const act of ["archive", "unarchive"]) await call("POST", of(act));
  await call("POST", "/contacts/merge", { from: lead.id, into: user.id });
  assert.equal((await call("GET", `/contacts/${lead.id}`)).type, "error.list");

  const visitor = await sandbox.inside("visitor", {});
  await call("GET", `/visitors?user_id=${visitor.user_id}`);
  await call("PUT", "/visitors", { id: visitor.id, name: "Gareth" });
  await call("POST", "/visitors/convert", { visitor: { id: visitor.id }, user: { email: "foo@acme.example" }, type: "user" });

  await call("POST", `/contacts/${user.id}/block`);
  for (const path of [`/contacts/${user.id}`, `/tags/${tag.id}`, `/companies/${company.id}`]) await call("DELETE", path);
  assert.deepEqual(violations, []);
});

test("a request that breaks the description is noticed", async () => {
  const before = violations.length;
  const search = { query: { field: "role", operator: "is", value: "lead" } };
  await call("POST", "/contacts/search", search).catch(() => {});
  assert.ok(violations.length > before);
});
