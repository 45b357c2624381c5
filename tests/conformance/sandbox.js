// Starts `leadfold sandbox` on a free port and stops it again.
//
// LEADFOLD names the binary. What the API cannot do (a visitor, a look at the state) goes through `/__sandbox/`.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** The binary under test. */
export const LEADFOLD = process.env.LEADFOLD ?? "leadfold";

export class Sandbox {
  constructor(child, url) {
    this.child = child;
    this.url = url;
  }

  static async start(...flags) {
    const child = spawn(LEADFOLD, ["sandbox", ...flags], { stdio: ["ignore", "pipe", "inherit"] });
    const failed = new Promise((_, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`the sandbox ended with ${code}`)));
    });
    // The first line of its output is its address.
    const [url] = await Promise.race([
      new Promise((resolve) => createInterface({ input: child.stdout }).once("line", (line) => resolve([line]))),
      failed,
    ]);
    failed.catch(() => {});
    return new Sandbox(child, url.trim());
  }

  /** Calls the part of the server that is not Intercom's. */
  async inside(path, body) {
    const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const answer = await fetch(`${this.url}/__sandbox/${path}`, options);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  async stop() {
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGINT");
    await gone;
  }
}
