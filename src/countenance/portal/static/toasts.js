// Short news at the foot of the page: one above the other, said once to those who listen, gone by itself or by hand.

import { drawing, element } from "./elements.js";

const CROSS = "M6 6l12 12M18 6L6 18";
const HEARD_AFTER_MS = 100; // what speaks has to be there before it says something
const SPOKEN_MS = 3000;
const timers = new WeakMap();
let shelf = null;
let came_from = null;

/**
 * Show news. What has the same id takes the place of what was told before.
 * @param {string} id of the element
 * @param {string} words
 * @param {object} how `title` stands before the words; `seconds` after which it goes, unless somebody is at it; 0: it stays
 */
export function tell(id, words, { title = "", seconds = 8 } = {}) {
  untell(id);
  const box = element("div", "toast");
  const said = element("p", "");
  if (title) said.append(element("strong", "", title), " ");
  said.append(words);
  box.id = id;
  box.append(said, closer(box));
  place().append(box);
  speak(`${title} ${words}`.trim());
  if (!seconds) return;
  const go = () => timers.set(box, setTimeout(() => away(box), seconds * 1000));
  const stay = () => clearTimeout(timers.get(box));
  for (const name of ["pointerenter", "focusin"]) box.addEventListener(name, stay);
  const leave = () => box.isConnected && !box.matches(":hover, :focus-within") && (stay(), go());
  for (const name of ["pointerleave", "focusout"]) box.addEventListener(name, () => setTimeout(leave));
  go();
}

/** Take news back. */
export function untell(id) {
  const box = document.getElementById(id);
  if (box?.matches(".toast")) away(box);
}

/** Where it is shown: a dialog that is open is all that can be used. */
function place() {
  const over = document.querySelector("dialog:modal") ?? document.body;
  if (!shelf) {
    shelf = element("section", "");
    shelf.id = "toasts";
    shelf.setAttribute("aria-label", "News");
  }
  if (shelf.parentElement !== over) over.append(shelf);
  shelf.hidden = false;
  return shelf;
}

/** Said by what does nothing else, so that neither the button nor what was told before is read out with it. */
function speak(words) {
  const over = document.querySelector("dialog:modal") ?? document.body;
  let voice = over.querySelector(":scope > .spoken");
  if (!voice) {
    voice = element("div", "spoken visually-hidden");
    voice.setAttribute("role", "status");
    voice.setAttribute("aria-atomic", "false");
    over.append(voice);
  }
  const said = element("p", "", words);
  setTimeout(() => voice.append(said), HEARD_AFTER_MS);
  setTimeout(() => said.remove(), HEARD_AFTER_MS + SPOKEN_MS);
}

function closer(box) {
  const made = element("button", "plain");
  made.type = "button";
  made.setAttribute("aria-label", "Close");
  made.append(drawing("0 0 24 24", CROSS));
  made.addEventListener("click", () => away(box));
  made.addEventListener("focus", ({ relatedTarget }) => (came_from = shelf.contains(relatedTarget) ? came_from : relatedTarget));
  return made;
}

function away(box) {
  const had = box.contains(document.activeElement);
  clearTimeout(timers.get(box));
  box.remove();
  if (shelf) shelf.hidden = !shelf.children.length;
  if (had) (came_from?.isConnected ? came_from : document.getElementById("main"))?.focus({ preventScroll: true });
}

/** Escape takes the latest away, where it closes nothing else. */
function on_key(event) {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog:modal, :popover-open")) return;
  const last = shelf?.lastElementChild;
  if (last) away(last);
}

document.addEventListener("keydown", on_key);
// A dialog that closes takes nothing with it.
document.addEventListener("close", () => shelf?.children.length && place(), true);
