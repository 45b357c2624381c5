// A folder with lists, a leadfold to run there, and a browser window that keeps watch: what it asks for, what it complains
// about, whether a script of a stranger got through.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const run = promisify(execFile);
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const leadfold = path.resolve(process.env.LEADFOLD);
const samples = path.resolve(import.meta.dirname, "../../samples");

export const MARKUP = "<script>alert(1)</script>";
export const FORMULA = "=cmd|' /C calc'!A0";
export const TURNED = "Ann\u202egnihtemos\u202c Lee";
export const EMOJI = "🚀 Zoë 王小明";
export const LONG = `${"Longname ".repeat(555)}End`;

/** Leads, some of them with names that mean harm: each of those twice, so that they form groups. */
export const hostile = () => {
  const cell = (text) => `"${text.replaceAll('"', '""')}"`;
  const rows = [MARKUP, FORMULA, TURNED, EMOJI, LONG, `"><img src=x onerror=alert(2)>`].flatMap((name, at) => [
    [`l-${at}a`, "lead", `harm${at}@hill.example`, name, "Oak & <b>Sons</b>"],
    [`l-${at}b`, "lead", `harm${at}@hill.example`, name, "</td></table>"],
  ]);
  return ["id,role,email,name,company", ...rows.map((row) => row.map(cell).join(","))].join("\n");
};

export class Desk {
  static async open() {
    const desk = new Desk();
    desk.folder = await mkdtemp(path.join(tmpdir(), "leadfold-browser-"));
    return desk;
  }

  at(name) {
    return path.join(this.folder, name);
  }

  file(name, text) {
    return writeFile(this.at(name), text);
  }

  read(name) {
    return readFile(this.at(name), "utf8");
  }

  async sample(name) {
    await this.file(name, await readFile(path.join(samples, name)));
  }

  /** Runs leadfold; a plan with rejected rows ends with 3, which is fine. */
  async leadfold(...words) {
    try {
      return (await run(leadfold, words, { cwd: this.folder, maxBuffer: 1 << 26 })).stdout;
    } catch (failure) {
      if (failure.code === 3) return failure.stdout;
      throw failure;
    }
  }

  /** Begins a review and gives its address; `ended` is what it says at the end. */
  async review(plan, ...words) {
    const child = spawn(leadfold, ["review", plan, ...words], { cwd: this.folder });
    let said = "";
    child.stderr.on("data", (data) => {
      said += data;
    });
    const ended = new Promise((resolve) => {
      child.on("close", () => resolve(said));
    });
    const url = await new Promise((resolve, reject) => {
      child.stdout.once("data", (data) => resolve(String(data).trim()));
      child.once("close", () => reject(new Error(`the review ended: ${said}`)));
    });
    return { url, ended, stop: () => child.kill("SIGINT") };
  }

  close() {
    return rm(this.folder, { recursive: true, force: true });
  }
}

export const browse = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

/** A window that fails the test when anything goes wrong in it. */
export const open = async (browser, url, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) wrong.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    wrong.push(`a script of a stranger ran: ${dialog.message()}`);
    return dialog.dismiss();
  });
  page.on("request", (request) => {
    const at = new URL(request.url());
    const near = ["file:", "data:", "blob:"].includes(at.protocol) || at.hostname === "127.0.0.1";
    if (!near) wrong.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  page.isFine = () => assert.deepEqual(wrong, []);
  return page;
};

/** No accessibility issue of impact serious or critical, of any rule of WCAG 2.2 A and AA. */
export const isAccessible = async (page, where) => {
  await page.evaluate(await readFile(axe, "utf8"));
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: "tag", values } }), tags);
  const grave = found.violations.filter((issue) => ["serious", "critical"].includes(issue.impact));
  const told = grave.map((issue) => `${issue.id}: ${issue.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`);
  assert.deepEqual(told, [], where);
};
