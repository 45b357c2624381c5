// Prints the milliseconds from the begin of loading a report page until it can be used.
//
//   node ready.js PAGE.html        needs `npm ci` here, and a Chromium (CHROMIUM names another than the first one found)
import { execFileSync } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";

const found = () => {
  for (const name of ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      // The next one
    }
  }
  throw new Error("no Chromium here; name one in CHROMIUM");
};
process.env.CHROMIUM ??= found();
process.env.LEADFOLD ??= "leadfold";
const { browse } = await import("./desk.js");

const browser = await browse();
const page = await browser.newPage();
await page.goto(String(pathToFileURL(path.resolve(process.argv[2]))), { waitUntil: "commit" });
await page.waitForFunction(() => document.documentElement.dataset.ready === "yes", null, { polling: 10 });
console.log((await page.evaluate(() => performance.getEntriesByName("ready")[0].startTime)).toFixed(0));
await browser.close();
