// The first steps: what one has, and what makes it good.

import { discard, draft, save, tell, wants } from "./create-draft.js";
import { at } from "./elements.js";

const ways = document.querySelectorAll("[name=way]");
const kind = (way) => (way === "picture" ? "picture" : "footage");

export const have = {
  enter() {
    for (const each of ways) each.checked = each.value === draft.way;
  },
  onward() {
    return draft.way ? true : wants(at("have-problem"), ways[0], "Choose what you have.");
  },
};

export const guide = {
  enter() {},
  onward() {
    save({ guided: true });
    return true;
  },
};

function choose(way) {
  tell(at("have-problem"), null);
  if (draft.material && kind(draft.way) !== kind(way)) discard("material");
  // Links are for others; and whom it shows, and what is declared, is said anew.
  if (way === "own" && draft.consent?.how === "link") save({ consent: { ...draft.consent, how: undefined } });
  save({ way, subject: undefined, declared: [] });
  document.dispatchEvent(new Event("create-changed"));
}

for (const each of ways) each.addEventListener("change", () => choose(each.value));
