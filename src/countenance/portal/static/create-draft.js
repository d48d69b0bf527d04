// What was done so far for a replica: it outlives a reload, going back and a session that ends, in this tab alone. Only
// that something was made from it is known to the browser's other tabs, which may have a copy.

import { element } from "./elements.js";
import { drop, keep, kept } from "./kept.js";
import { call, problemBox, signIn } from "./problem.js";

const KEY = "countenance.new";
const MADE = "countenance.made:";
const KEPT_MS = 24 * 3600_000;
const MOST_BYTES = 400_000_000; // larger files are chosen again after a reload
const files = {};
let began_here = null;

/** The page's own data. */
export const wizard = JSON.parse(document.getElementById("wizard").textContent);

/**
 * `way`; `guided`; `consent` {full_name, language, how, email, statement, upload_id, phrase_id, until}; `material` {how, name,
 * recorded, sending, upload_id, kind}; `report` {ok}; `voice`, `subject`, `declared`, `name`; `sent` {text, unheard};
 * `turn`, of what is made anew; `asked` {text, key}; `made`; `again`, the id of the failed replica that it began with.
 */
export let draft = recalled() || fresh();
/** Whether it was begun since this page came, so that no other tab can have a copy. */
export const isNew = () => began_here === draft.id;

/** Remember a change. */
export function save(change) {
  Object.assign(draft, change);
  try {
    sessionStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // Then a reload begins anew.
  }
}

/**
 * Forget everything; what was uploaded for nothing is deleted, unless a replica was made from it. With `again`, what is
 * known of a replica that failed, the next one begins with that. It is over when the page may be left.
 */
export function startOver(again = null) {
  const gone = ["consent", "material"].map((what) => discard(what, !draft.made));
  draft = fresh(again);
  save({});
  return Promise.all(gone);
}

/** Leave the draft to the tab that has it, and begin another one, as `startOver` does. */
export function another(again = null) {
  draft = fresh(again);
  save({});
}

/** Whether something would be lost. */
export const hasWork = () => !draft.made && Boolean(draft.material?.name || draft.consent?.full_name);

/** Tell the browser's other tabs that a replica was made from this draft. */
export function noteMade(replica_id) {
  try {
    localStorage.setItem(MADE + draft.id, JSON.stringify({ replica_id, until: Date.now() + KEPT_MS }));
  } catch {
    // Then the server alone knows.
  }
}

/** The id of the replica that another tab has made from this draft; null if there is none. */
export function madeElsewhere() {
  if (draft.made) return null;
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(MADE) && JSON.parse(localStorage.getItem(key)).until < Date.now()) localStorage.removeItem(key);
    }
    return JSON.parse(localStorage.getItem(MADE + draft.id))?.replica_id ?? null;
  } catch {
    return null;
  }
}

export const isPicture = () => draft.way === "picture";
export const needsConsent = () => ["own", "other"].includes(draft.way);

/** Whether each step is done. */
export const done = {
  have: () => Boolean(draft.way),
  guide: () => draft.guided,
  consent() {
    const { full_name, how, upload_id } = draft.consent || {};
    return Boolean(full_name?.trim() && how && (["link", "opens"].includes(how) || upload_id));
  },
  material: () => Boolean(draft.material?.upload_id),
  check: () => Boolean(draft.report?.ok || draft.report?.skipped),
  create: () => false,
};

/** Keep a file in this browser until it has served its purpose. */
export async function hold(what, file) {
  files[what] = file;
  if (file.size <= MOST_BYTES) await keep(nameOf(what), file, {}, Date.now() + KEPT_MS);
}

/** The file that was recorded or chosen, also after a reload; null where it is not there any more. */
export async function fileOf(what) {
  files[what] ||= (await kept(nameOf(what)))?.file || null;
  return files[what];
}

/** Forget a file. */
export function letGo(what) {
  files[what] = null;
  return drop(nameOf(what));
}

/** Another file is to take the place of this one: what the server has of it is deleted. Over when it is let go here. */
export function discard(what, at_the_server = true) {
  const id = draft[what]?.upload_id;
  if (id && at_the_server) call("DELETE", `/v2/uploads/${id}`, undefined, { keepalive: true }).catch(() => {});
  const gone = letGo(what);
  if (!draft[what]) return gone;
  const { full_name, language, how, email } = draft[what];
  save(what === "material" ? { material: { how }, report: null } : { consent: { full_name, language, how, email } });
  return gone;
}

/** Something is missing: say it, and bring whoever it is told to to where it is missing. */
export function wants(box, field, said) {
  tell(box, said);
  field.setAttribute("aria-invalid", "true");
  field.focus();
  return false;
}

/** Say in a box of the page what is wrong: a problem of the API, or a sentence. Nothing empties it. */
export function tell(box, wrong) {
  for (const each of box.closest("[data-step]").querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
  if (!wrong) return void box.replaceChildren();
  if (typeof wrong === "string") {
    const said = element("p", "", wrong);
    said.setAttribute("role", "alert");
    return void box.replaceChildren(said);
  }
  if (!wrong.title) throw wrong;
  const kept = element("p", "", "What you have done here is kept in this browser.");
  box.replaceChildren(problemBox(wrong, [kept, signIn()]));
}

function nameOf(what) {
  return `new:${draft.id}:${what}`;
}

function fresh(again = null) {
  const made = { id: crypto.getRandomValues(new Uint32Array(2)).join("-"), way: null, guided: false, consent: null, material: null, report: null, declared: [] };
  began_here = made.id;
  if (!again) return made;
  const { replica_id, way, name, subject, voice, full_name, language, by_link } = again;
  const consent = full_name ? { full_name, language, email: "", ...(by_link ? { how: "link" } : {}) } : null;
  return { ...made, again: replica_id, way, name, subject, voice, consent };
}

function recalled() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}
