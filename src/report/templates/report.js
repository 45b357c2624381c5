"use strict";
// Search and filters. Without this script the page shows everything; nothing is loaded or sent.
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const text = new WeakMap();
  const words = (element) => {
    if (!text.has(element)) text.set(element, element.textContent.toLowerCase());
    return text.get(element);
  };
  const state = {};
  const show = (selector) => {
    const { query = "", band = "" } = state[selector] || {};
    const parts = query.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    const elements = all(selector);
    for (const element of elements) {
      const fits = (!band || element.dataset.bandIs === band) && parts.every((part) => words(element).includes(part));
      element.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    for (const output of all("output[data-count]")) {
      if (output.dataset.count === selector) output.textContent = `${shown} of ${elements.length} shown`;
    }
  };
  const set = (selector, key, value) => {
    state[selector] = { ...state[selector], [key]: value };
    show(selector);
  };
  for (const tools of all(".tools")) tools.hidden = false;
  for (const input of all("input[data-filter]")) {
    input.addEventListener("input", () => set(input.dataset.filter, "query", input.value));
  }
  for (const select of all("select[data-band]")) {
    select.addEventListener("change", () => set(select.dataset.band, "band", select.value));
  }
  for (const button of all("button[data-open]")) {
    button.addEventListener("click", () => {
      const closed = all(button.dataset.open).some((group) => !group.open && !group.hidden);
      for (const group of all(button.dataset.open)) group.open = closed;
      button.textContent = closed ? "Close all" : "Open all";
    });
  }
  let closedBefore = [];
  addEventListener("beforeprint", () => {
    closedBefore = all("details").filter((element) => !element.open);
    for (const element of closedBefore) element.open = true;
  });
  addEventListener("afterprint", () => {
    for (const element of closedBefore) element.open = false;
  });
})();
