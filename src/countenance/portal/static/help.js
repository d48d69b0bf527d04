// The pages of help: what an address points to is opened, and the messages can be searched as one types.

import { at } from "./elements.js";

function open_target() {
  const target = at(decodeURIComponent(location.hash.slice(1)));
  const folded = target?.closest("details:not([open])");
  if (!folded) return;
  folded.open = true;
  target.scrollIntoView();
}

function filter(field) {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let hits = 0;
  for (const part of document.querySelectorAll(".part")) {
    const rules = [...part.querySelectorAll(".rules > li")];
    for (const rule of rules) rule.hidden = !words.every((word) => rule.textContent.toLowerCase().includes(word));
    const left = rules.filter((rule) => !rule.hidden).length;
    part.hidden = left === 0;
    hits += left;
  }
  const found = hits === 1 ? "1 message" : `${hits} messages`;
  at("hits").textContent = !words.length ? "" : hits ? `${found} found.` : "No message has all of these words. Try fewer.";
  document.querySelector(".contents").hidden = words.length > 0;
}

const field = at("sought");
if (field) {
  field.form.hidden = false;
  field.addEventListener("input", () => filter(field));
  field.form.addEventListener("submit", (event) => event.preventDefault());
  // Who follows an address to a message that is filtered away wants to see it.
  addEventListener("hashchange", () => {
    if (!at(decodeURIComponent(location.hash.slice(1)))?.closest("[hidden]")) return;
    field.value = "";
    filter(field);
    at(decodeURIComponent(location.hash.slice(1))).scrollIntoView();
  });
}
addEventListener("hashchange", open_target);
open_target();
