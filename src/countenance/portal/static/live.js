// What follows by itself (htmx's SSE extension swaps it): heartbeats that are counted on, news for those who listen, the
// focus where it was, and a stream that rests while nobody looks.

import { lost } from "./connection.js";
import { tell, untell } from "./toasts.js";

const REST_AFTER_MS = 15_000;
const LOST_AFTER_MS = 3000;
const received = new WeakMap();
const before = new WeakMap();
let source = null;
let lost_timer = 0;
let rest_timer = 0;
let is_signed_out = false;

// Heartbeats: seconds since they were received are added, so that no clock of a browser matters.
function count_on() {
  for (const each of document.querySelectorAll("[data-age]")) {
    if (!received.has(each)) received.set(each, performance.now());
    const seconds = Math.floor(Number(each.dataset.age) + (performance.now() - received.get(each)) / 1000);
    each.textContent = ago(seconds);
  }
}

function ago(seconds) {
  if (seconds < 2) return "just now";
  const [size, unit] = seconds < 90 ? [1, "s"] : seconds < 5400 ? [60, "min"] : [3600, "h"];
  return `${Math.floor(seconds / size)} ${unit} ago`;
}

const state_of = (part) => part.querySelector("[data-state]");

function to_be_swapped(event) {
  const part = event.target;
  before.set(part, { state: state_of(part)?.dataset.state, had_focus: part.contains(document.activeElement) });
}

function swapped(event) {
  const part = event.target;
  const { state, had_focus } = before.get(part) ?? {};
  const now = state_of(part);
  if (had_focus && document.activeElement === document.body) {
    part.closest("li, article, section, main")?.querySelector("[data-focus-home]")?.focus();
  }
  if (state && now && now.dataset.state !== state && now.dataset.news) {
    tell(`news-${part.getAttribute("sse-swap")}`, `“${part.dataset.name}” ${now.dataset.news}`);
  }
  count_on();
}

// A stream that breaks off is taken up again at once: only when that fails for a while is anything said.
function broken(event) {
  event.stopImmediatePropagation();
  if (source?.readyState === EventSource.CLOSED) check_session();
  clearTimeout(lost_timer);
  lost_timer = setTimeout(lost, LOST_AFTER_MS);
}

function opened() {
  clearTimeout(lost_timer);
  is_signed_out = false;
  untell("signed-out");
}

// Whether something would be lost by a reload: what is shown once, asked, or typed.
function is_in_use() {
  const typed = [...document.querySelectorAll("main form[method=post] :is(input:not([type=hidden]), textarea)")];
  return document.querySelector("#made, dialog:modal") || typed.some((each) => each.value !== each.defaultValue);
}

async function check_session() {
  try {
    const answer = await fetch(location.href, { method: "HEAD", redirect: "manual" });
    if (answer.type !== "opaqueredirect") return;
    if (!is_in_use()) return location.reload();
    clearTimeout(lost_timer);
    if (is_signed_out) return;
    is_signed_out = true;
    tell("signed-out", "This page stays as it is. Sign in in another tab, then come back.", { title: "You were signed out.", seconds: 0 });
  } catch {
    // There is no connection: it is said already.
  }
}

// Browsers keep few connections to a server: a page that nobody looks at gives its own back.
function look_away() {
  clearTimeout(rest_timer);
  if (document.hidden) {
    rest_timer = setTimeout(() => source?.close(), REST_AFTER_MS);
  } else if (source?.readyState === EventSource.CLOSED && !source.is_over) {
    source.onerror?.(new Event("error"));
  }
}

function set_up() {
  window.htmx.createEventSource = (url) => {
    const made = new EventSource(url);
    made.addEventListener("end", () => (made.is_over = true));
    return (source = made);
  };
}

set_up();
document.addEventListener("htmx:sseError", broken, true);
document.addEventListener("htmx:sseOpen", opened);
document.addEventListener("htmx:sseBeforeMessage", to_be_swapped);
document.addEventListener("htmx:sseMessage", swapped);
document.addEventListener("htmx:afterSettle", count_on);
document.addEventListener("visibilitychange", look_away);
count_on();
setInterval(count_on, 1000);
