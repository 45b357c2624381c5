// The long lists of the page: unpacked, searched, sorted and shown a page at a time. Text from contacts goes into the
// page as text, never as markup.
(() => {
  const byId = (id) => document.getElementById(id);
  const count = (number) => number.toLocaleString("en");
  const bits = (weight) => `${weight < 0 ? "−" : "+"}${Math.abs(weight).toFixed(2)}`;
  const colours = { create: "create", update: "update", merge: "merge", archive: "archive", delete: "danger" };
  const kindNames = { c: "create", u: "update", m: "merge", t: "attach", a: "archive", d: "delete" };
  const pill = (kind) => make("span", { class: `pill ${colours[kind] || "calm"}` }, kind);
  const many = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

  // Packed lists: see the maker, html/pack.rs
  const inflate = async (block) => {
    const text = atob(block);
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const lines = (await new Response(stream).text()).split("\n");
    lines.pop();
    return lines.map((line) => JSON.parse(line));
  };
  const packed = (id) => {
    const element = byId(id);
    if (!element) return { blocks: [], per: 1, lines: 0 };
    const blocks = element.textContent.split("\n").filter(Boolean);
    return { blocks, per: Number(element.dataset.block), lines: Number(element.dataset.lines) };
  };

  // A list with a search field, choices, and pages
  const list = (section, options) => {
    const { perPage, text, keep, order, draw, noun } = options;
    const tools = section.querySelector(".tools");
    const pagers = [...section.querySelectorAll(".pager")];
    // Only the blocks that are shown are unpacked; all of them once something is searched, filtered or sorted
    const { blocks, per, lines } = packed(options.id);
    const items = new Array(lines);
    const unpacking = [];
    const unpack = (number) => {
      unpacking[number] ??= inflate(blocks[number]).then((some) => some.forEach((line, at) => { items[number * per + at] = line; }));
      return unpacking[number];
    };
    let unpackedAll = null;
    const all = () => {
      unpackedAll ??= (async () => {
        for (let number = 0; number < blocks.length; number += 1) await unpack(number);
      })();
      return unpackedAll;
    };
    const whole = Array.from(items.keys());
    const texts = [];
    let found = whole;
    let page = 0;
    let asked = 0;
    const status = make("output", { "aria-live": "polite" });
    tools.append(status);
    tools.hidden = false;
    const turn = (to) => {
      page = to;
      show();
      section.scrollIntoView();
    };
    const controls = pagers.map((pager, at) => {
      const previous = make("button", { type: "button" }, "‹ previous");
      const next = make("button", { type: "button" }, "next ›");
      const where = make("span", {});
      previous.addEventListener("click", () => turn(page - 1));
      next.addEventListener("click", () => turn(page + 1));
      pager.append(previous, where, next);
      pager.setAttribute("role", "group");
      pager.setAttribute("aria-label", `Pages of ${noun}s, ${at === 0 ? "above" : "below"}`);
      return { pager, previous, next, where };
    });
    const show = async () => {
      const pages = Math.max(1, Math.ceil(found.length / perPage));
      page = Math.min(Math.max(page, 0), pages - 1);
      const shown = found.slice(page * perPage, (page + 1) * perPage);
      asked += 1;
      const mine = asked;
      await Promise.all([...new Set(shown.map((at) => Math.floor(at / per)))].map(unpack));
      if (mine !== asked) return;
      for (const { pager, previous, next, where } of controls) {
        pager.hidden = pages < 2;
        previous.disabled = page === 0;
        next.disabled = page === pages - 1;
        where.textContent = `page ${count(page + 1)} of ${count(pages)}`;
      }
      status.textContent = found.length === lines ? many(lines, noun) : `${count(found.length)} of ${many(lines, noun)}`;
      draw(shown.map((at) => [items[at], at]));
    };
    const refresh = async () => {
      const words = tools.querySelector("[data-search]").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      const by = order();
      page = 0;
      if (!words.length && !by && ![...tools.querySelectorAll("select")].some((field) => field.value)) {
        found = whole;
        return show();
      }
      asked += 1;
      const mine = asked;
      if (unpacking.filter(Boolean).length < blocks.length) status.textContent = "reading the list …";
      await all();
      if (mine !== asked) return null;
      if (words.length) for (let at = texts.length; at < lines; at += 1) texts.push(text(items[at]).toLowerCase());
      found = whole.filter((at) => keep(items[at]) && words.every((word) => texts[at].includes(word)));
      if (by) found.sort((one, other) => by(items[one], items[other]) || one - other);
      return show();
    };
    let waiting = 0;
    tools.addEventListener("focusin", all, { once: true });
    tools.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(refresh, 120);
    });
    return {
      refresh,
      load: async (total) => {
        const short = section.querySelector(".short");
        if (short && lines < total) {
          short.hidden = false;
          short.querySelector(".held").textContent = count(lines);
        }
        await show();
      },
      show: async (wanted) => {
        await all();
        const at = items.findIndex(wanted);
        if (at < 0) return false;
        let place = found.indexOf(at);
        if (place < 0) {
          for (const field of tools.querySelectorAll("input, select")) field.value = "";
          found = whole;
          place = at;
        }
        page = Math.floor(place / perPage);
        await show();
        return true;
      },
    };
  };
  const chosen = (section, name) => {
    const field = section.querySelector(`[${name}]`);
    return field ? field.value : "";
  };
  const total = (section) => Number((section.querySelector("h2 small").textContent.match(/[\d,]+/) || ["0"])[0].replaceAll(",", ""));
  const failed = (section) => section.querySelector("h2").after(make("p", { class: "hint" }, "This browser cannot unpack the list; a newer one can."));

  // Groups
  const details = packed("group-details");
  const unpackedBlocks = new Map();
  const detail = async (at) => {
    const number = Math.floor(at / details.per);
    if (number >= details.blocks.length) return null;
    if (!unpackedBlocks.has(number)) {
      if (unpackedBlocks.size > 40) unpackedBlocks.clear();
      unpackedBlocks.set(number, inflate(details.blocks[number]));
    }
    return (await unpackedBlocks.get(number))[at % details.per];
  };
  const svg = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const bar = (from, to, low, high) => {
    const width = Math.max(high - low, 1);
    const drawing = svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" });
    drawing.append(svg("rect", {
      class: to >= from ? "plus" : "minus",
      x: ((Math.min(from, to) - low) / width * 100).toFixed(1), y: 1, height: 8,
      width: Math.max(Math.abs(to - from) / width * 100, 0.5).toFixed(1),
    }));
    return drawing;
  };
  const waterfall = ([left, right, prior, terms, sum, probability, key]) => {
    const steps = [["prior", "before anything is compared", prior], ...terms];
    const ends = [0];
    for (const step of steps) ends.push(ends[ends.length - 1] + step[2]);
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    return make("table", { class: "waterfall" },
      make("caption", {}, own(left), " and ", own(right)),
      make("tbody", {}, ...steps.map(([name, level, weight], at) => make("tr", {},
        make("th", { scope: "row" }, name), make("td", {}, own(level)),
        make("td", { class: "bar" }, bar(ends[at], ends[at + 1], low, high)), make("td", { class: "num" }, bits(weight)))),
      make("tr", { class: "total" }, make("th", { scope: "row" }, "total"),
        make("td", {}, `probability ${probability}; found by ${key}`), make("td", {}), make("td", { class: "num" }, bits(sum)))));
  };
  const marks = ["empty", "same", "adds", "differs"];
  const signs = [null, null, ["+", "adds:"], ["≠", "differs:"]];
  const cell = ([value, kind]) => {
    const sign = signs[kind] ? make("span", { class: "sign", role: "img", "aria-label": signs[kind][1] }, signs[kind][0]) : null;
    return make("td", { class: marks[kind] }, sign, own(value));
  };
  const star = (sign, title) => make("span", { class: "star", role: "img", "aria-label": title, title }, sign);
  const head = ([source, row, what, id, survives, loose]) => make("th", { scope: "col", class: survives ? "survivor" : null },
    survives ? star("★", "the member that stays") : null, loose ? star("?", "not certain: waits for a person") : null,
    survives || loose ? " " : null, own(source), ` row ${row}`, make("br"), make("small", {}, what, " ", own(id)));
  const applied = document.querySelector("[data-state]") !== null;
  const state = (name, message) => [make("span", { class: `state ${name}` }, name.replace("_", " ")), " ", own(message)];
  const never = () => make("strong", { class: "danger-text" }, " cannot be undone");
  const step = ([number, kind, target, before, after, why, , forGood, progress, message]) => make("li", { value: number },
    pill(kind), " ", own(target), after ? " → " : null, after ? own(after) : null,
    before ? make("small", {}, " before: ", own(before)) : null, make("small", {}, " because ", own(why)),
    forGood ? never() : null, ...(applied ? [" ", ...state(progress, message)] : []));
  const more = (number, noun) => (number > 0 ? make("p", { class: "hint" }, `… and ${many(number, `more ${noun}`)}`) : null);
  const drawDetail = (box, number, open, group) => {
    if (!group) {
      box.replaceChildren(make("p", { class: "hint" }, "The page has no room for this group. ", make("code", {}, `leadfold show PLAN --group ${number}`), " shows it."));
      return;
    }
    const parts = [
      make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Members of group ${number}` }, make("table", { class: "side" },
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "field"), ...group.members.map(head))),
        make("tbody", {}, ...group.fields.map(([field, cells]) => make("tr", {}, make("th", { scope: "row" }, own(field)), ...cells.map(cell)))))),
      more(group.members_left_out, "member"),
      make("p", {}, star("★", "stays"), " stays because: ", own(group.stays)),
    ];
    if (group.refused.length) {
      parts.push(make("h4", {}, "Joins refused"), make("ul", {}, ...group.refused.map((line) => make("li", {}, own(line)))));
    }
    parts.push(make("h4", {}, "Planned"), group.actions.length ? make("ol", { class: "steps" }, ...group.actions.map(step)) : make("p", {}, open ? "Nothing until a person decides: leadfold review." : "Nothing."), more(group.actions_left_out, "action"));
    if (group.pairs.length) {
      const why = make("details", { class: "why-these" }, make("summary", {}, `Why these? The evidence, pair by pair${group.pairs.length > 1 ? ", the weakest first" : ""}`));
      why.addEventListener("toggle", () => {
        if (why.open && why.children.length === 1) why.append(make("div", { class: "pairs" }, ...group.pairs.map(waterfall)), more(group.pairs_left_out, "pair") || "");
      });
      parts.push(why);
    }
    box.replaceChildren(...parts.filter(Boolean));
  };
  const groups = byId("groups");
  let groupList = null;
  if (groups) {
    const place = groups.querySelector(".groups");
    const drawGroup = ([line, at]) => {
      const [number, open, band, weight, size, kinds, name, email, , why] = line;
      const box = make("div", { id: `group-${number}-detail`, class: "detail", hidden: "" });
      const button = make("button", { type: "button", "aria-expanded": "false", "aria-controls": box.id },
        make("span", { class: `pill ${open ? "review" : "auto"}` }, open ? "to review" : "planned"), " ",
        make("b", {}, own(name)), " ", email ? own(email) : null, " ", make("span", { class: "count" }, many(size, "row")), " ",
        weight === null ? null : make("span", { class: "weight", title: "weight of the weakest join, in bits" }, `weight ${bits(weight)}`), " ",
        make("span", { class: "count" }, kinds ? [...kinds].map((kind) => kindNames[kind]).join(", ") : "nothing planned"), " ",
        make("span", { class: "number" }, `group ${number}`), band === "auto?" || why ? make("span", { class: "why" }, own(why)) : null);
      const toggle = async () => {
        const opens = button.getAttribute("aria-expanded") === "false";
        button.setAttribute("aria-expanded", String(opens));
        box.hidden = !opens;
        if (opens && !box.hasChildNodes()) drawDetail(box, number, open, await detail(at));
      };
      button.addEventListener("click", toggle);
      return make("li", { class: "group", id: `group-${number}` }, make("h3", {}, button), box);
    };
    const heaviest = (line) => (line[3] === null ? -Infinity : line[3]);
    const orders = {
      loose: (one, other) => heaviest(one) - heaviest(other) || 0,
      sure: (one, other) => heaviest(other) - heaviest(one) || 0,
      large: (one, other) => other[4] - one[4],
      name: (one, other) => (one[6] < other[6] ? -1 : one[6] > other[6] ? 1 : 0),
      number: (one, other) => one[0] - other[0],
    };
    groupList = list(groups, {
      id: "group-lines",
      noun: "group",
      perPage: 50,
      text: ([number, , , , , , name, email, others, why]) => `${name} ${email} ${others} ${why} ${number}`,
      keep: ([, open, , , , kinds]) => {
        const [band, kind] = [chosen(groups, "data-band"), chosen(groups, "data-kind")];
        return (!band || (band === "open") === open) && (!kind || (kind === "-" ? kinds === "" : kinds.includes(kind)));
      },
      order: () => orders[chosen(groups, "data-sort")],
      draw: (lines) => {
        place.replaceChildren(...lines.map(drawGroup));
      },
    });
  }
  const openGroup = async (number) => {
    if (!groupList || !(await groupList.show((line) => line[0] === number))) return;
    const shown = byId(`group-${number}`);
    const button = shown.querySelector("button");
    if (button.getAttribute("aria-expanded") === "false") button.click();
    shown.scrollIntoView();
    button.focus();
  };

  // Tables
  const table = (section, options) => {
    const body = section.querySelector("tbody");
    let column = null;
    let down = false;
    const made = list(section, {
      id: options.id,
      noun: options.noun,
      perPage: 100,
      text: options.text,
      keep: options.keep || (() => true),
      order: () => (column === null ? null : (one, other) => {
        const [a, b] = down ? [other[column], one[column]] : [one[column], other[column]];
        return a < b ? -1 : a > b ? 1 : 0;
      }),
      draw: (lines) => body.replaceChildren(...lines.map(([line]) => options.row(line))),
    });
    for (const button of section.querySelectorAll("[data-column]")) {
      button.addEventListener("click", () => {
        const wanted = Number(button.dataset.column);
        down = column === wanted ? !down : false;
        column = wanted;
        for (const other of section.querySelectorAll("th")) other.removeAttribute("aria-sort");
        button.closest("th").setAttribute("aria-sort", down ? "descending" : "ascending");
        made.refresh();
      });
    }
    return made;
  };
  const load = (section, made) => made.load(total(section)).catch(() => failed(section));
  const toGroup = (number) => {
    const link = make("a", { href: `#group-${number}` }, String(number));
    link.addEventListener("click", (event) => {
      event.preventDefault();
      openGroup(number);
    });
    return link;
  };
  const loading = [];
  if (groupList) loading.push(load(groups, groupList));
  const actions = byId("actions");
  if (actions) {
    loading.push(load(actions, table(actions, {
      id: "action-lines",
      noun: "action",
      text: ([number, kind, target, before, after, why, group, , , message]) => `${number} ${kind} ${target} ${before} ${after} ${why} ${group} ${message}`,
      keep: ([, kind, , , , , , , progress]) => {
        const [wanted, inState] = [chosen(actions, "data-kind"), chosen(actions, "data-state")];
        return (!wanted || wanted === kind) && (!inState || inState === progress);
      },
      row: ([number, kind, target, before, after, why, group, forGood, progress, message]) => make("tr", {},
        make("td", { class: "num" }, String(number)), make("td", {}, pill(kind)), make("td", {}, own(target)), make("td", { class: before.length > 60 ? "wide" : null }, own(before)),
        make("td", { class: after.length > 60 ? "wide" : null }, own(after)), make("td", {}, own(why), forGood ? never() : null), make("td", { class: "num" }, toGroup(group)),
        applied ? make("td", {}, ...state(progress, message)) : null),
    })));
  }
  const rejects = byId("rejects");
  if (rejects) {
    loading.push(load(rejects, table(rejects, {
      id: "reject-lines",
      noun: "row",
      text: (line) => line.flat().join(" "),
      row: ([file, row, line, column, message, suggestion, cells]) => make("tr", {},
        make("td", {}, own(file)), make("td", { class: "num" }, String(row)), make("td", { class: "num" }, String(line)), make("td", {}, own(column)),
        make("td", {}, own(message)), make("td", {}, own(suggestion)), make("td", { class: "cells" }, ...cells.map(own))),
    })));
  }
  const fromAddress = () => {
    const wanted = location.hash.match(/^#group-(\d+)$/);
    if (wanted) openGroup(Number(wanted[1]));
  };
  addEventListener("hashchange", fromAddress);
  Promise.all(loading).then(() => {
    performance.mark("ready");
    document.documentElement.dataset.ready = "yes";
    fromAddress();
  });
})();
