// A whole run of leadfold against a recording sandbox, with every kind of action, then the record goes to `replay.js`.
//
//   node full-run.js [VERSION]     (2.14 unless told otherwise)
//
// Four plans are made and applied: a list into a workspace (creates, updates, merges, tags, companies, notes, a new
// attribute), duplicates among leads archived with what hangs on them moved, promoted, and deleted. The archiving is
// undone in between, and an answer is lost. At last a request is added that breaks the description, to see that this is noticed.

import { execFile, spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { LEADFOLD, Sandbox } from "./sandbox.js";

const version = process.argv[2] ?? "2.14";
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "leadfold-conformance-"));
const record = join(folder, "requests.jsonl");

writeFileSync(join(folder, "workspace.csv"), `role,external_id,email,name,phone,companies,tags,notes
user,cust-1,ann.archer@acme.example,Ann Archer,+4420794600101,Acme,customer,Likes calls
lead,,ann.archer@acme.example,Ann Archer,+4420794600101,Acme,webinar,Met at the fair
lead,,bob.baker@blue.example,Bob Baker,+4420794600102,Blue Sun,webinar,First note
lead,,bob.baker@blue.example,Bob Baker,+4420794600102,Blue Moon,fair,Second note
lead,,cleo.cook@coral.example,Cleo Cook,+4420794600103,Coral,fair,
lead,,cleo.cook@coral.example,Cleo Cook,+4420794600103,Coral,,Third note
user,cust-2,dora.dean@dune.example,Dora Dean,,,,
`);
writeFileSync(join(folder, "list.csv"), `email,name,phone,company,tags,seats,notes
dora.dean@dune.example,Dora Dean,+4420794600104,Dune,webinar,12,Wants a quote
eve.ellis@elm.example,Eve Ellis,+4420794600105,Elm,webinar,3,New here
finn.fox@fir.example,Finn Fox,+4420794600106,Fir,,,
`);
writeFileSync(join(folder, "token"), "any\n");

/** Runs leadfold in the folder. */
async function leadfold(...args) {
  const { stdout } = await promisify(execFile)(LEADFOLD, args, { cwd: folder, env: { ...process.env, XDG_STATE_HOME: folder } }).catch((error) => {
    throw new Error(`leadfold ${args.join(" ")}: ended with ${error.code}\n${error.stdout}\n${error.stderr}`);
  });
  return stdout;
}

/** Makes a lead, as somebody else's program would. */
async function lead(body) {
  const headers = { authorization: "Bearer any", "content-type": "application/json", "intercom-version": version };
  const answer = await fetch(`${sandbox.url}/contacts`, { method: "POST", headers, body: JSON.stringify({ role: "lead", ...body }) });
  if (!answer.ok) throw new Error(`a lead was refused: ${await answer.text()}`);
}

const sandbox = await Sandbox.start("--seed", join(folder, "workspace.csv"), "--record", record);
const reach = ["--api-url", sandbox.url, "--token-file", "token", "--quiet", "--api", version];
const writing = ["--yes", "--create-attributes", ...reach];
let code = 1;
try {
  const leads = (await sandbox.inside("state")).contacts.filter((contact) => contact.email?.startsWith("bob"));
  for (const lead of leads) await sandbox.inside("conversation", { contacts: [lead.id], body: "Hello" });
  await leadfold("plan", "list.csv", "--pull", "--no-report", "--lead-groups", "report", "-o", "list.plan", ...reach);
  await leadfold("apply", "list.plan", ...writing);
  await leadfold("plan", "--pull", "--no-report", "--lead-groups", "archive", "--max-archive", "9", "-o", "archive.plan", ...reach);
  await leadfold("apply", "archive.plan", "--max-archive", "9", ...writing);
  await leadfold("undo", "archive.plan", "--yes", ...reach);
  await leadfold("plan", "--pull", "--no-report", "--lead-groups", "promote", "-o", "promote.plan", ...reach);
  await leadfold("apply", "promote.plan", ...writing);
  for (const phone of ["+4420794600107", "+4420794600107"]) await lead({ email: "gus.gray@gorse.example", name: "Gus Gray", phone });
  await leadfold("plan", "--pull", "--no-report", "--lead-groups", "delete", "--max-delete", "9", "-o", "delete.plan", ...reach);
  await leadfold("apply", "delete.plan", "--max-delete", "9", "--confirm-delete-in", "Leadfold sandbox", ...writing);
  // An answer that gets lost makes leadfold search for what it has made.
  await sandbox.inside("faults", { rules: [{ fault: { kind: "drop", when: "after_commit" }, method: "POST", path: "/contacts", on: 1 }] });
  writeFileSync(join(folder, "late.csv"), "email,name\nhal.hill@heath.example,Hal Hill\n");
  await leadfold("plan", "late.csv", "--pull", "--no-report", "-o", "late.plan", ...reach);
  await leadfold("apply", "late.plan", "--search-patience", "2", ...writing);
  await leadfold("pull", "-o", "workspace-again.csv", ...reach);
  const replay = (stdio) => spawnSync(process.execPath, [here("replay.js"), record], { stdio }).status ?? 1;
  code = replay("inherit");
  const broken = { number: 0, method: "POST", path: "/contacts/merge", headers: {}, body: { from: "one" }, status: 200 };
  appendFileSync(record, `${JSON.stringify(broken)}\n`);
  if (code === 0 && replay("ignore") === 0) {
    console.error("a merge without its second contact was not noticed");
    code = 1;
  }
} finally {
  await sandbox.stop();
  if (code === 0) rmSync(folder, { recursive: true });
  else console.error(`left for a look: ${folder}`);
}
process.exitCode = code;
