// The form by which a replica is made to say something: a recording is looked at and sent as soon as it is chosen.

import "./upload-progress.js";
import { check, findingsList } from "./checks.js";
import { problemBox } from "./problem.js";
import { Upload } from "./uploader.js";

const form = document.getElementById("say");
const at = (id) => document.getElementById(id);
let upload = null;

// After going back, the form is the same one: what was asked for already is not asked for again.
function keep_token() {
  const token = form.elements.once;
  if (history.state?.once) token.value = history.state.once;
  else history.replaceState({ ...history.state, once: token.value }, "");
}

function tell_replica() {
  const chosen = form.elements.replica_id.selectedOptions?.[0];
  at("say-coming").hidden = !chosen?.dataset.coming;
  const own = chosen?.dataset.own ?? "";
  for (const each of form.querySelectorAll("[data-own-voice]")) {
    each.hidden = !chosen?.value || Boolean(chosen.dataset.coming) || each.dataset.ownVoice !== own;
  }
}

function take(id) {
  const field = form.querySelector("[data-audio-id]");
  field.value = id;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

async function choose(file) {
  upload?.cancel();
  upload = null;
  take("");
  at("audio-there").hidden = at("audio-sending").hidden = true;
  at("audio-findings").replaceChildren();
  if (!file) return;
  const limits = JSON.parse(at("say-limits").textContent);
  const report = await check(file, limits.purposes.sound);
  if (report.findings.length) at("audio-findings").replaceChildren(findingsList(report.findings));
  if (report.ok) await send(file);
}

async function send(file) {
  const mine = new Upload(file, { base: "/v2/uploads" });
  upload = mine;
  at("audio-sending").hidden = false;
  at("audio-sending").follow(mine);
  try {
    const body = await mine.send();
    if (upload !== mine) return;
    at("audio-there").hidden = false;
    at("audio-there").querySelector("span").textContent = `${file.name} is here.`;
    at("audio-sending").hidden = true;
    take(body.upload_id);
    at("say-wait").textContent = "";
  } catch (problem) {
    if (upload !== mine) return;
    upload = null;
    at("audio-sending").hidden = true;
    if (problem.code !== "cancelled") at("audio-findings").replaceChildren(problemBox(problem));
  }
}

function hold_back(event) {
  const by_audio = form.elements.says.value === "audio";
  if (!by_audio || form.querySelector("[data-audio-id]").value) return;
  event.preventDefault();
  event.stopPropagation();
  at("say-wait").textContent = upload ? "The recording is still being sent. Wait until it is here." : "Choose a recording first.";
  if (!upload) at("audio").focus();
}

function needs() {
  form.elements.script.required = form.elements.says.value === "script";
  form.elements.background_source_url.required = form.elements.background.value === "file";
}

if (form) {
  keep_token();
  needs();
  tell_replica();
  form.addEventListener("change", needs);
  form.elements.replica_id.addEventListener("change", tell_replica);
  form.addEventListener("submit", hold_back);
  at("audio").addEventListener("change", (event) => choose(event.target.files[0]));
  addEventListener("pageshow", () => {
    needs();
    tell_replica();
  });
  at("say-problems")?.focus();
}
