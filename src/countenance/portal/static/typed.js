// A form that was sent and not taken, since nobody was signed in any more, or something broke: what was typed comes back.

import { tell } from "./toasts.js";

const KEY = "countenance.form";
const ONCE_MORE = "What you typed is here again. If it was not done, send it once more.";
const NOT_SENT = "What you typed is here again; it was not sent.";
const REFUSED = "What you typed is here again; it was not done.";
const FILLED_IN = "textarea, select, input:not([type=hidden])";
const here = () => location.pathname + location.search;

/** Not what is typed to confirm something, which is typed once more. */
function keep({ target: form }) {
  if (!document.body.dataset.who || form.method !== "post" || form.matches("[hx-post], [data-forgets]")) return;
  const secret = [...form.querySelectorAll("[type=password], [data-typed] [name=typed]")].map((field) => field.name);
  if (![...form.querySelectorAll(FILLED_IN)].some((field) => !secret.includes(field.name))) return;
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !secret.includes(name));
  const action = form.getAttribute("action") ?? "";
  // What was asked in a dialog is asked at the address of its form as well.
  const asked = form.closest("#ask") !== null;
  remember({ place: asked ? action : here(), asked, id: form.id, action, fields });
}

/**
 * On the page that comes next. Where one signs in, and where something broke, the way back leads to the form; there it is
 * filled in, also where no page came and one has gone back. Any other page that comes at once means that it was taken.
 */
function resume() {
  const known = recalled();
  if (!known) return;
  const signing_in = document.querySelector('form[action="/sign-in"]');
  const broken = document.querySelector("[data-broken]");
  if (signing_in) {
    const { next } = signing_in.elements;
    if (known.asked || next.value === "/") next.value = known.place;
    // Whoever signs in elsewhere, and loads this page again, gets there as well.
    history.replaceState(history.state, "", `/sign-in?over=1&next=${encodeURIComponent(next.value)}`);
    return remember({ ...known, said: NOT_SENT });
  }
  if (broken && (!known.said || [known.place, known.broke].includes(here()))) {
    broken.href = known.place;
    broken.hidden = false;
    return remember({ ...known, said: broken.dataset.broken === "refused" ? REFUSED : ONCE_MORE, broke: here() });
  }
  if (known.said && known.place !== here()) return;
  remember(null);
  const form = formOf(known);
  const [{ type }] = performance.getEntriesByType("navigation");
  const said = known.said ?? (["back_forward", "reload"].includes(type) ? ONCE_MORE : null);
  if (!said || known.place !== here() || !form) return;
  const dialog = form.closest("dialog");
  if (dialog && !dialog.open) dialog.showModal();
  fill(form, known.fields);
  tell("typed-again", said, { seconds: 0 });
}

function formOf({ id, action }) {
  if (id) return document.getElementById(id);
  return [...document.forms].find((each) => !each.id && (each.getAttribute("action") ?? "") === action);
}

function fill(form, fields) {
  for (const field of form.elements) {
    const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (["radio", "checkbox"].includes(field.type)) field.checked = values.includes(field.value);
    else if (values.length && field.type !== "file" && takes(field, values[0])) field.value = values[0];
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

/** What is not there to be chosen any more, is not. */
function takes(field, value) {
  return !field.options || [...field.options].some((each) => each.value === value);
}

function recalled() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function remember(known) {
  try {
    if (known) sessionStorage.setItem(KEY, JSON.stringify(known));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Then it is typed again.
  }
}

/** Keep what is sent, and bring back what was kept; after it is known whose it is. */
export function mind_what_is_typed() {
  document.addEventListener("submit", keep);
  resume();
}
