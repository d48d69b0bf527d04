// The step in which a person agrees: the statement with their name, and how it is recorded.

import { check, findingsList, readLimits } from "./checks.js";
import { Words } from "./consent-words.js";
import { discard, done, draft, fileOf, hold, letGo, save, tell, wants as missing, wizard } from "./create-draft.js";
import { FileChoice, send } from "./create-file.js";
import { at, element } from "./elements.js";
import { call } from "./problem.js";

const limits = readLimits();
/** What can be told by its sound, and be a name. */
const NAME = /^[^\d/@\\<>]*\p{Script=Latin}[^\d/@\\<>]*$/u;
const hows = document.querySelectorAll("[name=consent_how]");
const byLink = document.querySelector("[name=consent_how][value=link]");
const panels = document.querySelectorAll("[data-step=consent] [data-how]");
const button = document.querySelector("[data-step=consent] [data-onward]");
const words = new Words("/new", { until: at("words-until"), stale: at("words-stale"), staleWords: at("words-stale-said") });
const choice = new FileChoice(at("consent-file"), limits.purposes.consent, fileCame);
let recorder = null;
/** What would be sent, and whether it may be. */
let taken = null;
let sending = false;
let turn = 0;

const how = () => draft.consent?.how;
const withWords = () => how() === "record" || (how() === "file" && Boolean(draft.consent.with_words));

/** The statement without one-time words. */
export function statementOf({ full_name, language }) {
  const found = wizard.languages.find((each) => each.code === language) || wizard.languages[0];
  return { text: found.statement.replace(found.gap, full_name), language: found.code };
}

export const consent = {
  async enter() {
    if (!draft.consent) save({ consent: { full_name: "", language: wizard.languages[0].code, email: "" } });
    if (!how() && draft.way === "other") change({ how: "link" });
    withoutLink();
    at("full-name").value = draft.consent.full_name;
    at("full-name").autocomplete = draft.way === "own" ? "name" : "off";
    at("email").value = draft.consent.email || "";
    at("file-words").checked = Boolean(draft.consent.with_words);
    if (at("language")) at("language").value = draft.consent.language;
    for (const each of hows) each.checked = each.value === how();
    tell(at("consent-problem"), null);
    fit();
    if (draft.consent.upload_id) return;
    const file = await fileOf("consent");
    if (!file || taken) return;
    if (how() === "file") await choice.take(file);
    else if (how() === "record" && draft.consent.statement) (await camera()).review(file);
  },
  leave() {
    if (recorder && ["asking", "ready", "countdown"].includes(recorder.state)) recorder.close();
  },
  async onward() {
    tell(at("consent-problem"), null);
    if (!draft.consent.full_name.trim()) return wants(at("full-name"), "Type the full name first.");
    if (!NAME.test(draft.consent.full_name)) return wants(at("full-name"), "Type the name as it is spoken, in Latin letters and without digits.");
    if (!how()) return wants(hows[0], "Choose how the statement is recorded.");
    if (how() === "link" && !at("email").checkValidity()) return wants(at("email"), "This is no e-mail address.");
    if (done.consent()) return true;
    if (sending) return false;
    if (!taken) return wants(how() === "record" ? at("draw-words") : at("consent-file").querySelector("input"), how() === "record" ? "Record the statement first." : "Choose the recording first.");
    return sent();
  },
};

function change(changes) {
  save({ consent: { ...draft.consent, ...changes } });
}

function wants(field, said) {
  return missing(at("consent-problem"), field, said);
}

/** What is shown of this step now. */
function fit() {
  const { full_name, statement, upload_id } = draft.consent;
  const there = Boolean(upload_id);
  const spoken = withWords() && statement;
  const shown = spoken || statementOf({ ...draft.consent, full_name: full_name.trim() || "…" });
  at("statement").hidden = there || how() === "link" || (how() === "record" && Boolean(statement)) || !full_name.trim();
  at("statement-text").lang = shown.language;
  at("statement-text").replaceChildren(...marked(shown.text, full_name.trim()));
  for (const each of [at("full-name"), at("language")]) if (each) each.toggleAttribute("disabled", there || sending);
  at("consent-hows").hidden = there;
  for (const each of panels) each.hidden = there || each.dataset.how !== how();
  at("file-words-choice").hidden = !hasWords();
  byLink.disabled = !canLink();
  at("no-link").hidden = canLink() || draft.way !== "other";
  at("draw").hidden = Boolean(statement);
  at("consent-camera").hidden = !statement;
  const timed = !there && spoken && spoken.phrase_id;
  at("words-until").hidden = !timed;
  if (!timed) at("words-stale").hidden = true;
  at("draw-words").textContent = hasWords() ? "Show the statement with one-time words" : "Go on to the camera";
  at("draw-hint").hidden = !hasWords();
  at("consent-there").hidden = !there;
  dress();
  if (timed) begun(statement);
  else ended();
}

/** What the button does now; it stands out once it can. */
function dress() {
  const sends = ["record", "file"].includes(how()) && !draft.consent.upload_id;
  button.textContent = sends ? "Send the statement" : "Continue";
  button.classList.toggle("main", !sends || Boolean(taken));
}

function* marked(text, name) {
  const [before, ...rest] = name ? text.split(name) : [text];
  yield before;
  if (rest.length) yield* [element("mark", "", name), rest.join(name)];
}

const spokenIn = () => wizard.languages.find((each) => each.code === draft.consent.language) || {};
const hasWords = () => spokenIn().has_words;
const canLink = () => spokenIn().by_link;

/** A link is not the way in every language. */
function withoutLink() {
  if (how() !== "link" || canLink()) return;
  change({ how: undefined });
  byLink.checked = false;
}

/** Another name or language: the words were for another statement. */
function named() {
  change({ full_name: at("full-name").value, language: at("language")?.value || draft.consent.language });
  if (draft.consent.statement) unspoken();
  withoutLink();
  fit();
}

function unspoken() {
  change({ statement: null });
  recorder?.close();
  if (how() === "record") (taken = null), letGo("consent");
}

let shown = null;
function begun(statement) {
  if (shown !== statement.phrase_id) words.begin(statement, { anew: true });
  shown = statement.phrase_id;
}

function ended() {
  words.end();
  shown = null;
}

/**
 * New one-time words; without them, where there are none in this language, the statement alone. False where they are not
 * wanted any more: another name was typed meanwhile, other words were asked for, or another step is shown.
 */
async function draw() {
  tell(at("consent-problem"), null);
  const mine = ++turn;
  const asked = askedFor();
  const is_over = () => mine !== turn || asked !== askedFor() || !isShown();
  const { full_name, language } = draft.consent;
  if (!full_name.trim()) return wants(at("full-name"), "Type the full name first.");
  try {
    const statement = hasWords()
      ? await call("POST", "/v2/consent-statements", { full_name: full_name.trim(), language })
      : { ...statementOf({ full_name: full_name.trim(), language }), phrase_id: null };
    if (is_over()) return false;
    change({ statement });
    fit();
    return true;
  } catch (problem) {
    if (!is_over()) tell(at("consent-problem"), problem);
    return false;
  }
}

const isShown = () => !at("step-consent").closest("section").hidden;

/** What words are for. */
function askedFor() {
  const { full_name, language, with_words } = draft.consent;
  return JSON.stringify([full_name.trim(), language, how(), Boolean(with_words)]);
}

async function drawForCamera() {
  if (!(await draw())) return;
  const made = await camera();
  if (!isShown() || how() !== "record") return;
  fit();
  made.querySelector("button:not([hidden], .plain)")?.focus();
  await made.open();
}

async function renew() {
  const before = taken;
  if (!(await draw())) return;
  at("words-stale").hidden = true;
  if (how() === "record" && taken && taken === before) recorder.again();
}

async function camera() {
  await import("./recorder.js");
  prompt(draft.consent.statement);
  if (recorder) return recorder;
  recorder = at("consent-recorder");
  recorder.limits = limits;
  recorder.offer(at("consent-use"));
  prompt(draft.consent.statement);
  recorder.addEventListener("recorder-file", ({ detail }) => recorded(detail.file));
  recorder.addEventListener("recorder-cleared", () => {
    taken = null;
    dress();
    at("consent-use").hidden = true;
    at("consent-found").replaceChildren();
    if (!draft.consent.upload_id) letGo("consent");
  });
  return recorder;
}

function prompt(statement) {
  if (recorder && statement) recorder.prompts = [{ title: "Read this aloud", text: statement.text, language: statement.language }];
}

async function recorded(file) {
  await hold("consent", file);
  const found = await check(file, limits.purposes.consent);
  if (recorder.file !== file) return; // it was thrown away while it was looked at
  at("consent-found").replaceChildren(...(found.findings.length ? [findingsList(found.findings)] : []));
  taken = found.ok ? { file } : null;
  dress();
  at("consent-use").hidden = !found.ok;
  if (found.ok) at("consent-use").focus();
}

function fileCame(file, found) {
  taken = file && found.ok ? { file } : null;
  dress();
  if (file) hold("consent", file);
}

/** Send it; whether it has arrived. */
async function sent() {
  const { statement } = draft.consent;
  if (withWords() && statement?.phrase_id && Date.now() > Date.parse(statement.expires_at)) return words.tooOld(), false;
  sending = true;
  busy(true);
  try {
    const { upload_id } = await send(taken.file, at("consent-sending"), draft.id);
    change({ upload_id, phrase_id: withWords() ? statement?.phrase_id : null });
    letGo("consent");
    taken = null;
    choice.clear();
    recorder?.close();
    fit();
    return true;
  } catch (problem) {
    if (problem.code !== "cancelled") tell(at("consent-problem"), problem);
    return false;
  } finally {
    sending = false;
    busy(false);
  }
}

function busy(is_busy) {
  for (const each of [...panels, at("consent-hows")]) each.inert = is_busy;
  const is_said = is_busy || Boolean(draft.consent.upload_id); // with this name
  for (const each of [at("full-name"), at("language")]) each?.toggleAttribute("disabled", is_said);
  button.disabled = is_busy;
}

function other() {
  discard("consent");
  change({ statement: null });
  at("file-words").checked = false;
  fit();
  at("consent-hows").querySelector("input:checked")?.focus();
}

async function choose(value) {
  tell(at("consent-problem"), null);
  recorder?.close();
  choice.clear();
  taken = null;
  change({ how: value, statement: null, with_words: false });
  at("file-words").checked = false;
  fit();
}

async function wantWords() {
  change({ with_words: at("file-words").checked, statement: null });
  if (at("file-words").checked && !(await draw())) {
    at("file-words").checked = false;
    change({ with_words: false });
  }
  fit();
}

words.onshown = prompt;
words.isBusy = () => sending || ["countdown", "recording"].includes(recorder?.state);
for (const each of hows) each.addEventListener("change", () => choose(each.value));
at("full-name").addEventListener("input", named);
at("language")?.addEventListener("change", named);
at("email").addEventListener("input", () => change({ email: at("email").value.trim() }));
at("file-words").addEventListener("change", wantWords);
at("draw-words").addEventListener("click", drawForCamera);
at("words-renew").addEventListener("click", renew);
at("consent-other").addEventListener("click", other);
at("consent-use").addEventListener("click", () => button.click());
