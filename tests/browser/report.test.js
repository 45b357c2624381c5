// The report page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { browse, Desk, EMOJI, FORMULA, hostile, isAccessible, MARKUP, open } from "./desk.js";

let desk;
let browser;
before(async () => {
  desk = await Desk.open();
  for (const name of ["intercom-leads.csv", "intercom-users.csv", "webinar-list.csv", "broken-rows.csv"]) await desk.sample(name);
  await desk.leadfold("plan", "webinar-list.csv", "broken-rows.csv", "--existing", "intercom-leads.csv", "--existing", "intercom-users.csv", "-o", "all.plan");
  await desk.file("harm.csv", hostile());
  await desk.leadfold("plan", "--existing", "harm.csv", "-o", "harm.plan");
  browser = await browse();
});
after(async () => {
  await browser?.close();
  await desk?.close();
});

const report = async (name, options) => {
  const page = await open(browser, String(pathToFileURL(desk.at(name))), options);
  await page.waitForFunction(() => document.documentElement.dataset.ready === "yes");
  return page;
};
const headlines = (page) => page.locator("#groups .group b").allTextContents();

test("the first screen says what will happen, what is risky, and that nothing was written", async () => {
  const page = await report("all.html");
  const inSight = async (text) => {
    const box = await page.getByText(text).first().boundingBox();
    assert.ok(box && box.y + box.height < 900, `${text} is not on the first screen`);
  };
  for (const text of ["rows →", "Nothing has been written to Intercom", "Before you apply", "merged leads disappear for good"]) await inSight(text);
  assert.match(await page.locator(".warnings li").first().getAttribute("class"), /danger/);
  page.isFine();
});

test("groups are searched, filtered and sorted", async () => {
  const page = await report("all.html");
  const all = await headlines(page);
  assert.ok(all.length > 10);
  await page.fill("#groups [data-search]", "li chen");
  await page.waitForFunction(() => document.querySelectorAll("#groups .group").length === 1);
  assert.deepEqual(await headlines(page), ["Li Chen"]);
  await page.fill("#groups [data-search]", "");
  await page.selectOption("#groups [data-band]", "open");
  await page.waitForFunction(() => document.querySelector("#groups output").textContent.includes(" of "));
  const open = await headlines(page);
  assert.ok(open.length > 0 && open.length < all.length && open.includes("Li Chen"));
  await page.selectOption("#groups [data-band]", "");
  await page.selectOption("#groups [data-sort]", "name");
  await page.waitForFunction((count) => document.querySelectorAll("#groups .group").length === count, all.length);
  assert.deepEqual(await headlines(page), [...all].sort((one, other) => (one < other ? -1 : one > other ? 1 : 0)));
  page.isFine();
});

test("a group is opened by keyboard, and its evidence on demand", async () => {
  const page = await report("all.html");
  await page.fill("#groups [data-search]", "li chen");
  await page.waitForFunction(() => document.querySelectorAll("#groups .group").length === 1);
  const group = page.locator("#groups .group").first();
  await group.locator("button").focus();
  await page.keyboard.press("Enter");
  await group.locator("table.side").waitFor();
  assert.equal(await group.locator("th.survivor [aria-label='the member that stays']").count(), 1);
  assert.ok((await group.locator("td.differs").count()) > 0, "differing cells are marked");
  assert.equal(await group.locator(".waterfall").count(), 0, "only on demand");
  await group.locator(".why-these summary").click();
  const waterfall = group.locator(".waterfall").first();
  await waterfall.waitFor();
  const numbers = await waterfall.locator("td.num").allTextContents();
  const bits = numbers.map((text) => Number(text.replace("−", "-")));
  const total = bits.pop();
  assert.ok(Math.abs(bits.reduce((sum, one) => sum + one, 0) - total) < 0.06, "the terms add up to the total");
  page.isFine();
});

test("actions are filtered by kind, sorted by column, and lead to their group", async () => {
  const page = await report("all.html");
  await page.selectOption("#actions [data-kind]", "merge");
  await page.waitForFunction(() => [...document.querySelectorAll("#actions tbody .pill")].every((pill) => pill.textContent === "merge"));
  assert.ok((await page.locator("#actions tbody tr").count()) > 0);
  assert.ok((await page.locator("#actions tbody .danger-text").count()) > 0, "a merge cannot be undone");
  await page.selectOption("#actions [data-kind]", "");
  await page.click("#actions [data-column='6']");
  await page.click("#actions [data-column='6']");
  const groups = (await page.locator("#actions tbody td:nth-child(7)").allTextContents()).map(Number);
  assert.deepEqual(groups, [...groups].sort((one, other) => other - one));
  await page.locator("#actions tbody td:nth-child(7) a").first().click();
  const opened = page.locator(`#group-${groups[0]}-detail`);
  if ((await opened.count()) > 0) await opened.locator("table.side").waitFor();
  page.isFine();
});

test("rejected rows say what is wrong and what to do", async () => {
  const page = await report("all.html");
  assert.ok((await page.locator("#rejects tbody tr").count()) > 0);
  page.isFine();
});

test("names that mean harm are shown as text", async () => {
  const page = await report("harm.html");
  const shown = (await headlines(page)).join("\n");
  for (const name of [MARKUP, FORMULA, EMOJI, "onerror=alert(2)", "Anngnihtemos Lee"]) assert.ok(shown.includes(name), name);
  assert.ok(!/[\u202a-\u202e\u2066-\u2069]/u.test(shown), "no direction marks");
  for (const button of await page.locator("#groups .group button").all()) await button.click();
  await page.waitForFunction(() => document.querySelectorAll("#groups table.side").length === 6);
  assert.equal(await page.locator("#groups img, #groups script, #groups td b").count(), 0);
  const longest = await page.evaluate(() => Math.max(...[...document.querySelectorAll("bdi")].map((text) => text.textContent.length)));
  assert.ok(longest <= 400, `a name of 5,000 characters is shortened, found ${longest}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, "the page is not wider than the window");
  page.isFine();
});

test("a spreadsheet does not run what an export holds, a terminal is not driven by it", async () => {
  for (const part of ["--groups", "--actions", "--rows"]) {
    const csv = await desk.leadfold("show", "harm.plan", part, "--format", "csv");
    assert.ok(!/(^|,)"?[=@]/mu.test(csv), part);
  }
  const text = await desk.leadfold("show", "harm.plan");
  assert.ok(!/[\u0000-\u0008\u000b-\u001f\u202a-\u202e]/u.test(text));
});

test("the page is accessible in light and dark, wide and on a phone", async () => {
  for (const [where, options] of [
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["phone", { viewport: { width: 390, height: 800 } }],
  ]) {
    const page = await report("all.html", options);
    await page.locator("#groups .group button").first().click();
    await page.locator("#groups table.side").waitFor();
    await page.locator("#groups .why-these summary").first().click();
    await page.locator(".waterfall").first().waitFor();
    await isAccessible(page, where);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0, `${where}: the page is not wider than the window`);
    page.isFine();
    await page.context().close();
  }
});

test("so are the pages of an applied plan, of a plan without groups, and of one with nothing but rejected rows", async () => {
  await desk.leadfold("demo");
  await desk.file("alone.csv", "id,email,name\n1,ann@hill.example,Ann Lee\n2,bob@lake.example,Bob Ray\n");
  await desk.leadfold("plan", "--existing", "alone.csv", "-o", "alone.plan");
  await desk.file("rejected.csv", "id,email,name\n1,ann@hill.example,Ann Lee,x,y\n2,bob@lake.example,Bob,z,z,z\n");
  await desk.leadfold("plan", "--existing", "rejected.csv", "-o", "rejected.plan");
  for (const [name, parts] of [
    ["leadfold-demo/demo.html", ["#groups .group", "#actions .state.done", "figure"]],
    ["alone.html", ["#inputs"]],
    ["rejected.html", ["#rejects tbody tr"]],
  ]) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await report(name, { colorScheme });
      for (const part of parts) assert.ok((await page.locator(part).count()) > 0, `${name}: ${part}`);
      await isAccessible(page, `${name} ${colorScheme}`);
      page.isFine();
      await page.context().close();
    }
  }
});
