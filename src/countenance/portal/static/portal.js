// What all pages share: times, dialogs, copies, forms that are sent once, and what is said when the server cannot be
// reached.

import { back, lost } from "./connection.js";
import { at } from "./elements.js";
import { tell, untell } from "./toasts.js";
import { mind_what_is_typed } from "./typed.js";

const STEPS = [[60, "second", 1], [3600, "minute", 60], [86400, "hour", 3600], [30 * 86400, "day", 86400]];
const now = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const ago = new Intl.RelativeTimeFormat("en"); // 30 hours ago may be the day before yesterday
const exact = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

function tell_times() {
  for (const each of document.querySelectorAll("time[data-when]")) {
    const moment = new Date(each.dateTime);
    const seconds = (moment - Date.now()) / 1000;
    const rounded = (size) => Math.round(seconds / size);
    const step = STEPS.find(([below, , size]) => Math.abs(rounded(size)) * size < below);
    each.title = exact.format(moment);
    if (!step) each.textContent = each.title;
    else each.textContent = (Math.abs(seconds) < 1 ? now : ago).format(rounded(step[2]), step[1]);
  }
}

function on_click(event) {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = at(opener.dataset.opens);
    dialog.showModal();
    return;
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog").close();
  const copier = event.target.closest("[data-copies]");
  if (copier) copy(copier);
}

async function copy(button) {
  const text = at(button.dataset.copies).textContent;
  try {
    await navigator.clipboard.writeText(text);
    tell("said", "Copied.", { seconds: 4 });
  } catch {
    getSelection().selectAllChildren(at(button.dataset.copies));
    tell("said", "Press Ctrl+C to copy.");
  }
}

// An error that this server did not write, such as a proxy's, takes the place of nothing that was typed.
function is_strange({ isError, xhr }) {
  return isError && xhr.status > 0 && !xhr.getResponseHeader("Content-Security-Policy");
}

// What went wrong is told where one looks: in the dialog that is open, else at the top of the page.
function tell_where(event) {
  if (is_strange(event.detail)) {
    event.detail.shouldSwap = false;
    const words = "This page stays as it is. Wait a moment and try again.";
    return tell("strange", words, { title: `The server cannot be reached (answer ${event.detail.xhr.status}).`, seconds: 0 });
  }
  const dialog = document.querySelector("dialog:modal");
  if (event.detail.target.id !== "problems" || !dialog) return;
  let place = dialog.querySelector(".problems");
  if (!place) {
    place = Object.assign(document.createElement("div"), { className: "problems" });
    place.setAttribute("role", "alert");
    (dialog.querySelector(".dialog-head") || dialog.firstElementChild).after(place);
  }
  event.detail.target = place;
  event.detail.swapOverride = "innerHTML";
}

// What a page asks by itself says nothing of what somebody wanted to do.
function forget_problems(event) {
  if (!event.detail.successful || !event.detail.requestConfig.triggeringEvent) return;
  untell("strange");
  for (const place of document.querySelectorAll("#problems, .problems")) place.replaceChildren();
}

// Drafts and recordings that wait in this browser belong to one key: nobody who signs in with another one finds them.
const WHO = "countenance.who";

function forget_drafts() {
  sessionStorage.clear();
  for (const key of Object.keys(localStorage)) if (key.startsWith("countenance")) localStorage.removeItem(key);
  indexedDB.deleteDatabase("countenance");
}

/** Those of drafts, which another tab may have kept after one had signed out here; not those for a consent link. */
async function forget_recordings() {
  const { dropAll } = await import("./kept.js");
  await dropAll("new:");
}

function mind_whose_drafts() {
  const who = document.body.dataset.who;
  if (!who) return;
  try {
    const before = localStorage.getItem(WHO);
    if (before !== who) {
      if (before) forget_drafts();
      else forget_recordings();
      localStorage.setItem(WHO, who);
    }
    if (sessionStorage.getItem(WHO) !== who) {
      if (sessionStorage.getItem(WHO)) sessionStorage.clear();
      sessionStorage.setItem(WHO, who);
    }
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

// A form that has been sent is not sent twice by a second click.
function once(event) {
  const form = event.target;
  if (form.hasAttribute("data-forgets")) forget_drafts();
  if (form.dataset.sent) return event.preventDefault();
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  form.dataset.sent = "1";
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
}

// Nor where htmx has sent it, and another page is on its way.
function leads_on({ detail: { elt, xhr } }) {
  if (elt.matches("form") && xhr.getResponseHeader("HX-Redirect")) elt.dataset.sent = "1";
}

function not_again(event) {
  if (event.detail.elt.dataset.sent) event.preventDefault();
}

function afresh(event) {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
}

mind_whose_drafts();
mind_what_is_typed();
document.addEventListener("htmx:beforeSwap", tell_where);
document.addEventListener("htmx:afterRequest", forget_problems);
document.addEventListener("click", on_click);
document.addEventListener("submit", once);
document.addEventListener("htmx:beforeOnLoad", leads_on);
document.addEventListener("htmx:beforeRequest", not_again);
addEventListener("pageshow", afresh);
addEventListener("offline", lost);
addEventListener("online", back);
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:sseError"]) document.addEventListener(name, lost);
for (const name of ["htmx:sseOpen", "htmx:afterOnLoad"]) document.addEventListener(name, back);
document.addEventListener("htmx:afterSettle", tell_times);
document.addEventListener("htmx:sseMessage", tell_times);
document.querySelector(".top nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
tell_times();
setInterval(tell_times, 20_000);
