// The review page.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { browse, Desk, hostile, isAccessible, open } from "./desk.js";

let desk;
let browser;
let review;
before(async () => {
  browser = await browse();
});
after(() => browser?.close());
beforeEach(async () => {
  desk = await Desk.open();
});
afterEach(async () => {
  review?.stop();
  await review?.ended;
  review = null;
  await desk?.close();
});

/** Leads that may be one person each time: same name and town, two addresses; three of the last. */
const DOUBTFUL = ["Li Chen,Vancouver", "Mara Olsen,Bergen", "Theo Brandt,Kassel"].flatMap((who, person) =>
  Array.from({ length: person === 2 ? 3 : 2 }, (_, at) => {
    const [name, city] = who.split(",");
    return `${person}${at},lead,${["a.one", "b.two", "c.three"][at]}.${person}@mail${at}.example,${name},${city},${at === 0 ? "Baker" : "Cook"}`;
  }));

const begin = async (...words) => {
  await desk.file("leads.csv", ["id,role,email,name,city,job_title", ...DOUBTFUL].join("\n"));
  // Wide bands, so that all of them are asked about
  await desk.file("leadfold.toml", "[match]\nauto_weight = 60.0\nreview_weight = -20.0\n");
  await desk.leadfold("plan", "--existing", "leads.csv", "-o", "leads.plan", "--no-report");
  review = await desk.review("leads.plan", ...words);
  const page = await open(browser, review.url);
  await page.locator("#group table.side").waitFor();
  return page;
};
const decided = (page) => page.locator("#count").textContent();
// A key counts only once the one before is answered: what is waited for must not be what was said before
const press = async (page, key, said) => {
  await page.evaluate(() => { document.getElementById("message").textContent = ""; });
  await page.keyboard.press(key);
  await page.waitForFunction((text) => document.getElementById("message").textContent.startsWith(text), said);
};
const actions = async () => JSON.parse(await desk.leadfold("show", "leads.plan", "--actions", "--format", "json")).actions;
const finish = async (page) => {
  await page.keyboard.press("f");
  const warned = page.locator("#message", { hasText: "still open" });
  await Promise.race([warned.waitFor(), page.locator("#done[open]").waitFor()]);
  if (await page.locator("#done[open]").count() === 0) await page.keyboard.press("f");
  await page.locator("#done[open]").waitFor();
};

test("groups are accepted, rejected and split by keyboard, and the plan's actions follow", async () => {
  const page = await begin();
  const groups = await page.locator("#queue button").count();
  assert.ok(groups >= 3, `${groups} groups to decide on`);
  await press(page, "a", "Saved: one person");
  await press(page, "r", "Saved: different people");
  assert.equal(await decided(page), `2 of ${groups} decided`);
  const before = await actions();
  await finish(page);
  const said = await review.ended;
  review = null;
  const after = await actions();
  const archives = (list) => list.filter((action) => action.kind === "archive").length;
  assert.ok(archives(after) > archives(before), "the accepted group is planned");
  assert.match(said, /archive 0 → \d/, "the terminal says what changed");
  page.isFine();
});

test("a member is split off and the others are one person", async () => {
  const page = await begin();
  const names = await page.locator("#queue button bdi").allTextContents();
  const at = names.findIndex((name) => name.startsWith("Theo Brandt"));
  assert.ok(at >= 0, names.join(", "));
  await page.locator("#queue button").nth(at).click();
  await page.waitForFunction(() => document.querySelector("#group table.side").textContent.includes("Theo Brandt"));
  const members = await page.locator("#group thead button").count();
  await page.keyboard.press("2");
  await press(page, "x", "Saved: split");
  await finish(page);
  await review.ended;
  review = null;
  const groups = JSON.parse(await desk.leadfold("show", "leads.plan", "--groups", "--format", "json")).groups;
  const theo = groups.filter((group) => group.members.some((member) => member.id.startsWith("2")));
  assert.deepEqual(theo.map((group) => group.members.length).sort(), members === 3 ? [1, 2] : [1, 1]);
  page.isFine();
});

test("another member stays, and another value wins", async () => {
  const page = await begin();
  const second = await page.locator("#group thead small, #group thead .soft bdi").nth(1).textContent();
  await page.keyboard.press("2");
  await page.keyboard.press("w");
  await page.locator("#message", { hasText: "wins" }).waitFor();
  assert.ok(await page.locator("#group td.picked .wins").count() > 0, "the winner is marked");
  await press(page, "k", "Saved: one person");
  await finish(page);
  await review.ended;
  review = null;
  const done = await actions();
  const survivors = done.filter((action) => action.kind === "archive").map((action) => JSON.stringify(action));
  assert.ok(survivors.some((action) => action.includes(second.trim())), `${second} stays: ${survivors}`);
  page.isFine();
});

test("an answer is taken back, and a skipped group stays open", async () => {
  const page = await begin();
  const groups = await page.locator("#queue button").count();
  await press(page, "s", "Skipped");
  await press(page, "a", "Saved: one person");
  assert.equal(await decided(page), `1 of ${groups} decided`);
  await press(page, "u", "Taken back");
  assert.equal(await decided(page), `0 of ${groups} decided`);
  page.isFine();
});

test("a reload and a second review find every answer", async () => {
  const page = await begin();
  const groups = await page.locator("#queue button").count();
  await press(page, "a", "Saved: one person");
  await page.reload();
  await page.locator("#group table.side").waitFor();
  assert.equal(await decided(page), `1 of ${groups} decided`);
  page.isFine();
  review.stop();
  await review.ended;
  review = await desk.review("leads.plan");
  const again = await open(browser, review.url);
  await again.locator("#group table.side").waitFor();
  assert.equal(await decided(again), `1 of ${groups} decided`);
  again.isFine();
});

test("a finished review is opened again and an answer taken back", async () => {
  const page = await begin();
  await press(page, "a", "Saved: one person");
  await finish(page);
  await review.ended;
  const planned = (await actions()).length;
  assert.ok(planned > 0);
  review = await desk.review("leads.plan");
  const again = await open(browser, review.url);
  await again.locator("#group table.side").waitFor();
  await again.locator("#queue button", { has: again.locator(".mark.accept") }).first().click();
  await again.locator("#group strong", { hasText: "Decided" }).waitFor();
  await press(again, "u", "Taken back");
  await finish(again);
  await review.ended;
  review = null;
  assert.equal((await actions()).length, 0, "what was taken back is not planned any more");
  again.isFine();
});

test("two windows of one review do not overwrite each other", async () => {
  const page = await begin();
  const other = await page.context().newPage();
  const key = await page.evaluate(() => sessionStorage.getItem("leadfold"));
  await other.addInitScript((value) => sessionStorage.setItem("leadfold", value), key);
  await other.goto(new URL("/", review.url).href);
  await other.locator("#group table.side").waitFor();
  await press(page, "a", "Saved: one person");
  await other.keyboard.press("r");
  await other.locator("#message", { hasText: "another window" }).waitFor();
  assert.match(await decided(other), /^1 of/);
  const stranger = await browser.newPage();
  const answer = await stranger.goto(review.url);
  assert.equal(answer.status(), 200);
  await stranger.getByText("used already").waitFor();
});

test("what a person remembers is not asked again", async () => {
  const page = await begin("--decisions", "team.decisions");
  const groups = await page.locator("#queue button").count();
  await press(page, "r", "Saved: different people");
  page.isFine();
  review.stop();
  await review.ended;
  await desk.leadfold("plan", "--existing", "leads.csv", "-o", "next.plan", "--no-report", "--decisions", "team.decisions");
  review = await desk.review("next.plan");
  const next = await open(browser, review.url);
  await next.locator("#group table.side").waitFor();
  assert.equal(await next.locator("#queue button").count(), groups - 1);
});

test("names that mean harm are shown as text", async () => {
  await desk.file("harm.csv", hostile());
  await desk.file("leadfold.toml", "[match]\nauto_weight = 60.0\n");
  await desk.leadfold("plan", "--existing", "harm.csv", "-o", "harm.plan", "--no-report");
  review = await desk.review("harm.plan");
  const page = await open(browser, review.url);
  await page.locator("#group table.side").waitFor();
  for (const button of await page.locator("#queue button").all()) {
    await button.click();
    await page.waitForTimeout(50);
  }
  assert.equal(await page.locator("#group img, #group td b, #queue img").count(), 0);
  assert.equal(await page.locator("#queue button").count(), 6);
  page.isFine();
});

test("the page is accessible in light and dark, wide and on a phone", async () => {
  const page = await begin();
  for (const [where, scheme, width] of [["light", "light", 1200], ["dark", "dark", 1200], ["phone", "light", 390]]) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 800 });
    await isAccessible(page, where);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0, `${where}: the page is not wider than the window`);
  }
  page.isFine();
});
