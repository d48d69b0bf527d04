// The first steps: what one has, and what makes it good.

import { discard, draft, save, tell } from "./create-draft.js";

const at = (id) => document.getElementById(id);
const ways = document.querySelectorAll("[name=way]");
const kind = (way) => (way === "picture" ? "picture" : "footage");

export const have = {
  isDone: () => Boolean(draft.way),
  enter() {
    for (const each of ways) each.checked = each.value === draft.way;
  },
  onward() {
    tell(at("have-problem"), draft.way ? null : "Choose what you have.");
    if (!draft.way) ways[0].focus();
    return Boolean(draft.way);
  },
};

export const guide = {
  isDone: () => draft.guided,
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
