// Sends the requests of a record (`leadfold sandbox --record FILE`) to Prism, which holds each of them against Intercom's
// description, and fails on any that does not satisfy it.
//
//   node replay.js RECORD
//
// Only requests that the sandbox answered with success are held against it: one that was refused was meant to be.

import { readFileSync } from "node:fs";
import { startPrism } from "./prism.js";

/** The description is of this version and takes no later one; what later ones change in the requests sent here is nothing. */
const DESCRIBED = "2.14";
/** Parts of the API that the description, which is about contacts, leaves out. */
const NOT_DESCRIBED = /^\/conversations(\/|$)/;

/** What Prism has against a request; nothing when it is content. */
async function violations(url, request) {
  const headers = { authorization: "Bearer replay", ...request.headers, "intercom-version": DESCRIBED };
  const body = request.body === null ? undefined : JSON.stringify(request.body);
  const answer = await fetch(url + request.path, { method: request.method, headers, body });
  const text = await answer.text();
  if (answer.ok) return { found: [] };
  // Where the description has an example for an error, Prism answers with it; else it explains itself.
  const problem = text.startsWith("{") ? JSON.parse(text) : {};
  if (String(problem.type).endsWith("#NO_PATH_MATCHED_ERROR")) return { unknown: true, found: [] };
  const found = problem.validation?.map((one) => `${one.location?.join(".")}: ${one.message}`);
  return { found: found ?? [`${answer.status} ${problem.title ?? text.slice(0, 300)}`] };
}

const [file] = process.argv.slice(2);
if (!file) {
  console.error("which record? node replay.js RECORD");
  process.exit(2);
}
const lines = readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
const requests = lines.filter((line) => line.status >= 200 && line.status < 300);
if (requests.length === 0) {
  console.error(`${file} holds no request that went well`);
  process.exit(2);
}

const { child, url } = await startPrism();
const routes = new Map();
const unknown = new Map();
let failed = 0;
try {
  // A request is checked once; the many pages and contacts of a run differ in nothing the description knows.
  const seen = new Set();
  for (const request of requests) {
    const route = `${request.method} ${request.path.split("?")[0].replace(/[0-9a-f]{24}|(?<=\/)\d+/g, "{id}")}`;
    const fields = JSON.stringify([route, Object.keys(request.body ?? {}), request.path.split("?")[1]?.replace(/=[^&]*/g, "")]);
    routes.set(route, (routes.get(route) ?? 0) + 1);
    const copies = [...seen].filter((one) => one.startsWith(`${fields}#`)).length;
    if (copies >= 5) continue;
    seen.add(`${fields}#${copies}`);
    const answer = await violations(url, request);
    if (answer.unknown) {
      unknown.set(route, (unknown.get(route) ?? 0) + 1);
      if (!NOT_DESCRIBED.test(request.path)) answer.found.push("the description has no such call");
    }
    for (const violation of answer.found) {
      failed += 1;
      console.error(`request ${request.number}, ${request.method} ${request.path}: ${violation}`);
    }
  }
} finally {
  child.kill();
}

for (const [route, count] of [...routes].sort()) console.log(`${String(count).padStart(6)}  ${route}${unknown.has(route) ? "  (not described)" : ""}`);
console.log(`${requests.length} requests of ${routes.size} kinds, ${failed} violations`);
process.exitCode = failed === 0 ? 0 : 1;
