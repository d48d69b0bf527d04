// The step that brings what the replica is learned from: recorded here or chosen, looked at, and sent.

import { check, findingsList, readLimits } from "./checks.js";
import { statementOf } from "./create-consent.js";
import { discard, done, draft, fileOf, hold, isPicture, letGo, needsConsent, save, tell, wants, wizard } from "./create-draft.js";
import { FileChoice, send } from "./create-file.js";
import { at, element } from "./elements.js";

const limits = readLimits();
const hows = document.querySelectorAll("[name=material_how]");
const panels = document.querySelectorAll("[data-step=material] [data-how]");
const button = document.querySelector("[data-step=material] [data-onward]");
const voices = document.querySelectorAll("[name=voice]");
const footage = new FileChoice(at("footage-file"), limits.purposes.training, came);
const picture = new FileChoice(at("picture-file"), limits.purposes.picture, came);
let recorder = null;
let taken = null;
let sending = false;
let onward = () => {};

const how = () => (needsConsent() ? draft.material?.how : "file");
const opens = () => needsConsent() && draft.consent?.how === "opens";
const choice = () => (isPicture() ? picture : footage);

export const material = {
  async enter(go) {
    onward = go;
    for (const each of hows) each.checked = each.value === how();
    for (const each of voices) each.checked = each.value === (draft.voice || voices[0].value);
    tell(at("material-problem"), null);
    if (!draft.material) [taken] = [null, footage.clear(), picture.clear()];
    fit();
    if (draft.material?.upload_id || taken || sending) return;
    const file = draft.material?.name ? await fileOf("material") : null;
    if (file && how() === "record") (await camera()).review(file);
    else if (file) await choice().take(file);
    if (draft.material?.sending && taken) await sent();
    else if (draft.material?.sending) askAgain();
  },
  leave() {
    if (recorder && ["asking", "ready", "countdown"].includes(recorder.state)) recorder.close();
  },
  async onward() {
    tell(at("material-problem"), null);
    if (done.material()) return true;
    if (sending) return false;
    if (taken) return sent();
    const box = at("material-problem");
    if (!how()) return wants(box, hows[0], "Choose how you bring the footage.");
    if (how() === "record") return wants(box, at("footage-recorder").querySelector("button:not([hidden], .plain)") ?? hows[0], "Record the footage first.");
    const field = at(isPicture() ? "picture-file" : "footage-file").querySelector("input");
    return wants(box, field, `Choose the ${isPicture() ? "picture" : "footage"} first.`);
  },
};

function change(changes) {
  save({ material: { ...draft.material, ...changes } });
}

function fit() {
  const there = Boolean(draft.material?.upload_id);
  at("material-new").hidden = there;
  at("material-again").hidden = true;
  at("material-there").hidden = !there;
  at("material-there-name").textContent = draft.material?.recorded ? "Your recording" : draft.material?.name || "";
  at("opens-note").hidden = !opens();
  at("opens-name").hidden = how() === "record"; // there it is shown to be read
  if (opens()) at("opens-name").textContent = `“${statementOf(draft.consent).text}”`;
  for (const each of panels) each.hidden = each.dataset.how !== how();
  dress();
  if (how() === "record" && !there) camera();
}

/** What the button does now; it stands out once it can. */
function dress() {
  const there = Boolean(draft.material?.upload_id);
  button.textContent = there ? "Continue" : "Send and check";
  const said_beside_it = taken && how() === "record"; // by a button of the recorder
  button.classList.toggle("main", there || Boolean(taken && !said_beside_it));
}

/** After a reload a large file is not there any more; what of it has arrived is. */
function askAgain() {
  const box = at("material-again");
  box.replaceChildren(element("p", "", `“${draft.material.name}” was not sent to its end. Choose it again: what has arrived is not sent twice.`));
  box.hidden = false;
}

async function camera() {
  await import("./recorder.js");
  if (!recorder) {
    recorder = at("footage-recorder");
    recorder.limits = limits;
    recorder.offer(at("footage-use"));
    recorder.addEventListener("recorder-file", ({ detail }) => recorded(detail.file));
    recorder.addEventListener("recorder-cleared", () => {
      if (sending || draft.material?.upload_id) return;
      taken = null;
      dress();
      at("footage-use").hidden = true;
      at("footage-found").replaceChildren();
      letGo("material");
      change({ name: undefined, recorded: undefined });
    });
  }
  const statement = opens() ? [{ title: "First the statement", ...statementOf(draft.consent), seconds: wizard.statement_s }] : [];
  const prompts = [...statement, ...wizard.prompts];
  if (JSON.stringify(recorder.prompts) !== JSON.stringify(prompts)) recorder.prompts = prompts;
  recorder.setAttribute("enough-s", String(prompts.reduce((sum, each) => sum + each.seconds, 0)));
  return recorder;
}

async function recorded(file) {
  await hold("material", file);
  if (recorder.file !== file) return;
  change({ name: file.name, recorded: true });
  const found = await check(file, limits.purposes.training);
  if (recorder.file !== file) return; // it was thrown away while it was looked at
  at("footage-found").replaceChildren(...(found.findings.length ? [findingsList(found.findings)] : []));
  taken = found.ok ? file : null;
  dress();
  at("footage-use").hidden = !found.ok;
  if (found.ok) at("footage-use").focus();
}

function came(file, found) {
  taken = file && found.ok ? file : null;
  dress();
  at("material-again").hidden = true;
  tell(at("material-problem"), null);
  if (!file) return;
  change({ name: file.name, recorded: false });
  hold("material", file);
}

/** Send it; whether it has arrived. Then the check begins. */
async function sent() {
  sending = true;
  busy(true);
  change({ sending: true });
  try {
    const { upload_id } = await send(taken, at("material-sending"), draft.id);
    const is_wanted = isWanted();
    change({ upload_id, sending: false });
    if (!is_wanted) return other(), false;
    save({ report: null });
    taken = null;
    recorder?.close();
    fit();
    document.dispatchEvent(new Event("create-changed"));
    if (!at("step-material").closest("section").hidden) onward("check");
  } catch (problem) {
    if (!isWanted()) return other(), false;
    change({ sending: false });
    if (problem.code !== "cancelled") tell(at("material-problem"), problem);
  } finally {
    sending = false;
    busy(false);
  }
  return false;
}

/** What is sent is given up where something else is to be made than when that began. */
function isWanted() {
  return Boolean(draft.material?.sending);
}

function busy(is_busy) {
  at("material-new").inert = is_busy;
  button.disabled = is_busy;
}

function choose(value) {
  tell(at("material-problem"), null);
  recorder?.close();
  footage.clear();
  taken = null;
  letGo("material");
  save({ material: { how: value } });
  fit();
}

/** Give up what there is, to record or choose another one. */
export function other() {
  discard("material");
  taken = null;
  footage.clear();
  picture.clear();
  fit();
}

for (const each of hows) each.addEventListener("change", () => choose(each.value));
for (const each of voices) each.addEventListener("change", () => save({ voice: each.value }));
at("footage-use").addEventListener("click", () => button.click());
at("material-other").addEventListener("click", () => {
  other();
  document.dispatchEvent(new Event("create-changed"));
  document.querySelector("[data-step=material] input:checked, [data-step=material] input")?.focus();
});
