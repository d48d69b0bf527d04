// What went wrong, beside its card: on hover, on focus and on tap; it stays while one is in it, and goes with Escape.

const OPEN_AFTER_MS = 150;
const CLOSE_AFTER_MS = 300;
const GAP = 8;
let timer = 0;
let pinned = null;
let refused = null;

const told_of = (button) => document.getElementById(button.getAttribute("popovertarget"));
const button_of = (told) => document.querySelector(`[popovertarget="${told.id}"]`);
const is_open = (told) => told.matches(":popover-open");

function parts(target) {
  if (!(target instanceof Element)) return null;
  const told = target.closest(".why-told");
  const button = told ? button_of(told) : (target.closest(".why") ?? target.closest(".replica")?.querySelector(".why"));
  return button ? { button, told: told ?? told_of(button) } : null;
}

function show(button, told) {
  if (!told.isConnected) return; // its card has changed meanwhile
  load(told);
  if (!is_open(told)) told.showPopover();
}

// All of it, with the pictures, is asked for once somebody looks; until then the gist of it is there.
async function load(told) {
  const path = told.dataset.from;
  if (!path) return;
  delete told.dataset.from;
  try {
    const answer = await fetch(path, { headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(String(answer.status));
    if (answer.status === 204) return;
    const text = await answer.text();
    const had_focus = told.contains(document.activeElement);
    told.innerHTML = text;
    if (had_focus) told.querySelector("button")?.focus();
    const again = () => is_open(told) && place(told);
    for (const picture of told.querySelectorAll("img")) picture.addEventListener("load", again, { once: true });
    again();
  } catch {
    told.dataset.from = path; // another look asks once more
  }
}

// Below the button, or above it, or where there is room; never past an edge.
function place(popover) {
  const button = button_of(popover);
  if (!button) return;
  const at = (popover.matches(".why-told") ? button.closest(".replica") : button).getBoundingClientRect();
  const own = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const [right, bottom] = [document.documentElement.clientWidth, innerHeight];
  const fits = (low, size, end) => Math.max(GAP, Math.min(low, end - size - GAP));
  let left = popover.matches(".menu") ? own.right - width : own.left;
  let top = own.bottom + GAP / 2;
  const beside = [at.right + GAP, at.left - width - GAP].find((each) => each >= GAP && each + width <= right - GAP);
  if (popover.matches(".why-told") && beside !== undefined && top + height > bottom - GAP) {
    [left, top] = [beside, own.bottom - height];
  } else if (top + height > bottom - GAP && own.top - height - GAP / 2 >= GAP) {
    top = own.top - height - GAP / 2;
  }
  popover.style.left = `${fits(left, width, right)}px`;
  popover.style.top = `${fits(top, height, bottom)}px`;
}

function come(event) {
  if (event.pointerType === "touch") return;
  const found = parts(event.target);
  clearTimeout(timer);
  if (!found) return leave();
  if (found.button === refused || is_open(found.told)) return;
  load(found.told);
  timer = setTimeout(() => show(found.button, found.told), OPEN_AFTER_MS);
}

function leave() {
  refused = null;
  timer = setTimeout(() => {
    for (const told of document.querySelectorAll(".why-told:popover-open")) {
      const holds = [told, button_of(told)].some((each) => each.contains(document.activeElement) || each.matches(":hover"));
      if (!holds && told !== pinned) told.hidePopover();
    }
  }, CLOSE_AFTER_MS);
}

function focused(event) {
  const button = event.target.closest(".why");
  // A finger or a mouse goes on to click: what opens under it before that would take the click.
  if (button && button !== refused && button.matches(":focus-visible")) show(button, told_of(button));
}

function unfocused(event) {
  const found = parts(event.target);
  const to = event.relatedTarget;
  if (!found || !to || found.told.contains(to) || found.button.contains(to)) return;
  if (is_open(found.told) && !found.told.matches(":hover")) found.told.hidePopover();
}

// The pointer may have opened it already: the first click keeps it open, the next one closes it.
function on_click(event) {
  const button = event.target.closest(".why");
  if (!button) return;
  event.preventDefault();
  const told = told_of(button);
  if (is_open(told) && pinned === told) return told.hidePopover();
  pinned = told;
  show(button, told);
}

function toggled(event) {
  const popover = event.target;
  if (!popover.matches?.(".why-told, .menu")) return;
  const button = button_of(popover);
  const opens = event.newState === "open";
  button?.setAttribute("aria-expanded", opens);
  if (opens) place(popover);
  else if (pinned === popover) pinned = null;
}

function on_key(event) {
  if (event.key !== "Escape") return;
  clearTimeout(timer);
  const told = document.querySelector(".why-told:popover-open");
  if (!told) return;
  refused = button_of(told);
  if (told.contains(document.activeElement)) refused.focus();
  told.hidePopover();
  setTimeout(() => (refused = refused?.matches(":hover") || refused?.closest(".replica:hover") ? refused : null));
}

function moved() {
  for (const each of document.querySelectorAll(".why-told:popover-open, .menu:popover-open")) place(each);
}

document.addEventListener("pointerover", come);
document.addEventListener("focusin", focused);
document.addEventListener("focusout", unfocused);
document.addEventListener("click", on_click);
document.addEventListener("toggle", toggled, true);
document.addEventListener("keydown", on_key, true);
addEventListener("scroll", moved, { passive: true });
addEventListener("resize", moved);
