// The last step: a name, what is declared, what it costs; and after it the link for whoever is asked.

import { discard, draft, isPicture, letGo, madeElsewhere, needsConsent, noteMade, save, tell, wants as missing, wizard } from "./create-draft.js";
import { at, element } from "./elements.js";
import { call } from "./problem.js";

const LIKENESS = "likeness";
const button = at("create-now");
const subjects = document.querySelectorAll("[name=subject]");
const declared = document.querySelectorAll("[name=declared]");
const HOWS = { record: "recorded here", file: "in a file", opens: "at the beginning of the footage", link: "by a link, when the replica is created" };
const WAYS = { own: "Footage of yourself", other: "Footage of somebody else", generated: "AI-generated footage", picture: "One picture" };
let go = () => {};
let creating = false;

const need = () => wizard.needs[draft.way].find((each) => each.subject === draft.subject);

export const create = {
  enter(onwards) {
    go = onwards;
    if (needsConsent()) save({ subject: draft.way === "own" ? "self" : "other" });
    at("replica-name").value = draft.name ?? (needsConsent() ? draft.consent.full_name : "");
    const offered = wizard.needs[draft.way].map((each) => each.subject);
    for (const each of subjects) {
      each.checked = each.value === draft.subject;
      each.closest("label").hidden = !offered.includes(each.value);
    }
    for (const each of declared) each.checked = draft.declared.includes(each.value);
    tell(at("create-problem"), null);
    fit();
    lookAtCredits();
  },
  async onward() {
    if (creating) return false;
    tell(at("create-problem"), null);
    if (!at("replica-name").value.trim()) return wants(at("replica-name"), "Give the replica a name.");
    if (!draft.subject) return wants([...subjects].find((each) => !each.closest("label").hidden), "Say whom it shows.");
    const undeclared = need().declarations.find((each) => !draft.declared.includes(each));
    if (undeclared) return wants([...declared].find((each) => each.value === undeclared), "Without this declaration the replica cannot be made. Read it, and tick it if it is true.");
    await make();
    return false;
  },
};

/** After it: the link, or where the replica is. */
export const made = {
  async enter(onwards) {
    go = onwards;
    const { replica_id, name, by_link, link } = draft.made;
    at("made-open").href = `/replicas/${replica_id}`;
    at("step-made").textContent = by_link ? "The replica waits for consent" : `“${name}” is being made`;
    at("made-words").hidden = by_link;
    at("link-there").hidden = !link;
    at("link-failed").hidden = !by_link || Boolean(link);
    if (by_link && !link) {
      at("link-full-name").value = draft.consent.full_name;
      at("link-again-email").value = draft.consent.email || "";
    }
    if (link) await showLink(link);
  },
};

function wants(field, said) {
  return missing(at("create-problem"), field, said);
}

/** Which declarations there are for whom it shows, and all of it in short. */
function fit() {
  const needed = need()?.declarations || [];
  for (const each of declared) each.closest("label").hidden = !needed.includes(each.value);
  at("declarations").hidden = needsConsent() || !needed.length;
  const rows = [["Made from", `${WAYS[draft.way]}: ${draft.material.recorded ? "recorded here" : draft.material.name}`]];
  if (needsConsent()) rows.push(["Consent", `${draft.consent.full_name}, ${HOWS[draft.consent.how]}`]);
  if (isPicture()) rows.push(["Voice", document.querySelector("[name=voice]:checked")?.nextElementSibling.firstElementChild.textContent || "none"]);
  rows.push(["Check", draft.report.ok ? "nothing stands in the way" : "not waited for; it is made before the training"]);
  at("summary").replaceChildren(...rows.flatMap(([what, is]) => [element("dt", "", what), element("dd", "", is)]));
}

/** Where there are other trainings now than when the page came, it comes again: nothing is lost by that. */
async function lookAtCredits() {
  const shown = at("cost").dataset.available;
  if (shown === "") return;
  const { data } = await call("GET", "/v2/credits").catch(() => ({ data: [] }));
  const training = data.find((each) => each.unit === "training");
  if (training && String(training.available) !== shown && !creating && !at("step-create").closest("section").hidden) location.reload();
}

/** The words of the recorded statement are over: another recording is needed, of the statement alone. */
function tooOld() {
  const again = element("button", "main", "Record the statement again");
  again.type = "button";
  again.addEventListener("click", () => {
    discard("consent");
    go("consent");
  });
  note(
    "The one-time words in the recorded statement are too old by now.",
    "They are good for a while only, so that an old recording cannot pass for a new consent. Only the statement has to be recorded again; the footage is kept.",
    again,
  );
}

/** A copy of this tab was faster, with something else in the form. */
function madeBefore() {
  const to = Object.assign(element("a", "button main", "Go to the replicas"), { href: "/" });
  note("A replica was already made from this, before you changed it.", "It is among your replicas, where it can be renamed. To make another one, start over.", to);
}

function note(title, words, act) {
  const box = element("div", "note wait");
  box.setAttribute("role", "alert");
  const first = element("p", "");
  first.append(element("strong", "", title));
  box.append(first, element("p", "", words), act);
  at("create-problem").replaceChildren(box);
}

function body() {
  const origin = { [isPicture() ? "image_upload_id" : "train_upload_id"]: draft.material.upload_id };
  const wanted = { replica_name: at("replica-name").value.trim(), subject: draft.subject, ...origin };
  if (draft.way === "generated") wanted.synthetic = true;
  if (need().declarations.includes(LIKENESS)) wanted.accept_responsibility = draft.declared.includes(LIKENESS);
  if (isPicture()) {
    const voice = document.querySelector("[name=voice]:checked");
    return voice ? { ...wanted, voice_name: voice.value } : wanted;
  }
  if (!needsConsent()) return wanted;
  const { full_name, language, how, upload_id, phrase_id } = draft.consent;
  Object.assign(wanted, { full_name: full_name.trim(), language });
  if (how === "link") wanted.consent_by_link = true;
  if (["record", "file"].includes(how)) Object.assign(wanted, { consent_upload_id: upload_id }, phrase_id ? { phrase_id } : {});
  return wanted;
}

/**
 * Create it, once: all requests of a draft have the same key, whatever happens to an answer, and in whichever tab. What
 * was made by a request whose answer was lost, and is deleted since, is made anew, by the next turn's key.
 */
async function make() {
  if (madeElsewhere()) return void location.reload();
  creating = true;
  busy(true);
  const was_unheard = Boolean(draft.sent?.unheard);
  try {
    // A request whose answer was lost is sent again as it was, before another one is: it may have been heard.
    const wanted = draft.sent?.unheard ? JSON.parse(draft.sent.text) : body();
    save({ sent: { text: JSON.stringify(wanted), unheard: true } });
    const { replica_id } = await call("POST", "/v2/replicas", wanted, { headers: { "Idempotency-Key": ["new", draft.id, draft.turn].filter(Boolean).join("-") } });
    if (was_unheard && (await isGone(replica_id))) return void (await makeAnew());
    noteMade(replica_id);
    const by_link = Boolean(wanted.consent_by_link);
    save({ made: { replica_id, name: wanted.replica_name, by_link } });
    await Promise.all([letGo("material"), letGo("consent")]);
    if (!by_link) return void location.assign(`/replicas/${replica_id}`);
    await link(draft.consent.full_name, draft.consent.email);
    go("made");
  } catch (problem) {
    if (problem.rule === "service.idempotency_gone") return void (await makeAnew());
    creating = false;
    busy(false);
    if (problem.status && problem.status < 500) save({ sent: { ...draft.sent, unheard: false } });
    if (problem.rule === "consent.phrase_expired") return void tooOld();
    if (problem.rule === "service.idempotency_mismatch") return void madeBefore();
    tell(at("create-problem"), problem);
  }
}

function makeAnew() {
  save({ turn: (draft.turn ?? 0) + 1, sent: null });
  return make();
}

/** Whether a replica is deleted; where that cannot be told it is there. */
async function isGone(replica_id) {
  try {
    await call("GET", `/v2/replicas/${replica_id}`);
    return false;
  } catch ({ status }) {
    return status === 404 || status === 410;
  }
}

function newKey() {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

function busy(is_busy) {
  button.disabled = is_busy;
  button.textContent = is_busy ? "Creating…" : "Create replica";
}

/** A link for the person who is asked. It is told once, so it is remembered here until this tab is closed. */
async function link(full_name, email) {
  const { replica_id } = draft.made;
  try {
    const wanted = { full_name: full_name.trim(), ...(email ? { email } : {}) };
    const key = draft.asked?.text === JSON.stringify(wanted) ? draft.asked.key : newKey();
    save({ asked: { text: JSON.stringify(wanted), key } });
    const path = `/v2/replicas/${replica_id}/consent-requests`;
    const { url, expires_at } = await call("POST", path, wanted, { headers: { "Idempotency-Key": key } });
    if (!url) {
      // It was made, and its answer was lost: a link is told once, so there is another one.
      save({ asked: null });
      return void (await link(full_name, email));
    }
    save({ made: { ...draft.made, link: { url, expires_at, full_name, email } } });
    tell(at("made-problem"), null);
  } catch (problem) {
    tell(at("made-problem"), problem);
  }
}

async function showLink({ url, expires_at, full_name, email }) {
  at("link-name").textContent = full_name;
  at("link-url").textContent = url;
  at("link-until").textContent = new Intl.DateTimeFormat([], { dateStyle: "full" }).format(new Date(expires_at));
  at("link-mailed").hidden = !email;
  at("link-email").textContent = email || "";
  const answer = await fetch("/new/square", { method: "POST", body: new URLSearchParams({ link: url }) }).catch(() => null);
  const drawn = Boolean(answer?.ok) && !answer.redirected; // else it is the page on which one signs in
  at("square-words").hidden = !drawn;
  if (!drawn) return;
  at("square").innerHTML = await answer.text(); // drawn by this server, from modules
}

/** One at a time: what a second one would bring takes the place of a link that may be on its way already. */
async function linkAgain() {
  at("link-again").disabled = true;
  await link(at("link-full-name").value, at("link-again-email").value.trim());
  at("link-again").disabled = false;
  if (draft.made.link) go("made");
}

at("replica-name").addEventListener("input", () => save({ name: at("replica-name").value }));
for (const each of subjects) each.addEventListener("change", () => (save({ subject: each.value }), tell(at("create-problem"), null), fit()));
for (const each of declared) {
  each.addEventListener("change", () => save({ declared: [...declared].filter((box) => box.checked).map((box) => box.value) }));
}
at("link-again").addEventListener("click", linkAgain);
