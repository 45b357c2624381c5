"use strict";
// Elements of a page. Text from contacts goes in as text, never as markup, and in a `bdi` element of its own, so that a
// name written from right to left cannot turn its surroundings around.
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};
const own = (text) => make("bdi", {}, text);
