// The form by which a replica is made to say something: a file is looked at and sent as soon as it is chosen.

import "./upload-progress.js";
import { check, findingsList } from "./checks.js";
import { at } from "./elements.js";
import { problemBox } from "./problem.js";
import { Upload } from "./uploader.js";

const form = at("say");

/** A file of the form: the ids of its parts begin with a name, and its upload's id goes into a hidden field. */
class Given {
  #upload = null;
  #name;
  #field;
  #purpose;

  /** `purpose` are limits to look at it by before it is sent; without them, the server alone does. */
  constructor(name, field, purpose = null) {
    this.#name = name;
    this.#field = form.elements[field];
    this.#purpose = purpose;
    if (this.isHere) this.#part("there").hidden = false; // what was typed may have come back since the page was made
    at(name).addEventListener("change", (event) => this.#choose(event.target.files[0]));
  }

  get isHere() {
    return Boolean(this.#field.value);
  }

  get isSending() {
    return this.#upload !== null;
  }

  focus() {
    at(this.#name).focus();
  }

  /** It is not wanted any more. */
  drop() {
    this.#upload?.cancel();
    this.#upload = null;
    at(this.#name).value = "";
    this.#clear();
  }

  #part(name) {
    return at(`${this.#name}-${name}`);
  }

  #clear() {
    if (this.#field.value) this.#take("");
    this.#part("there").hidden = this.#part("sending").hidden = true;
    this.#part("findings").replaceChildren();
  }

  #take(id) {
    this.#field.value = id;
    this.#field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  async #choose(file) {
    this.#upload?.cancel();
    this.#upload = null;
    this.#clear();
    if (!file) return;
    if (!this.#purpose) return this.#send(file);
    const report = await check(file, this.#purpose);
    if (at(this.#name).files[0] !== file) return;
    if (report.findings.length) this.#part("findings").replaceChildren(findingsList(report.findings));
    if (report.ok) await this.#send(file);
  }

  async #send(file) {
    const mine = new Upload(file, { owner: form.elements.once.value });
    this.#upload = mine;
    this.#part("sending").hidden = false;
    this.#part("sending").follow(mine);
    try {
      const body = await mine.send();
      if (this.#upload !== mine) return;
      this.#upload = null;
      this.#part("there").hidden = false;
      this.#part("there").querySelector("span").textContent = `${file.name} is here.`;
      this.#part("sending").hidden = true;
      this.#take(body.upload_id);
      at("say-wait").textContent = "";
    } catch (problem) {
      if (this.#upload !== mine) return;
      this.#upload = null;
      this.#part("sending").hidden = true;
      if (problem.code !== "cancelled") this.#part("findings").replaceChildren(problemBox(problem));
    }
  }
}

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

function begin() {
  const { sound } = JSON.parse(at("say-limits").textContent).purposes;
  const recording = new Given("audio", "audio_upload_id", sound);
  const behind = at("behind") ? new Given("behind", "background_upload_id") : null;
  const address = form.elements.background_source_url;
  const by_audio = () => form.elements.says.value === "audio";
  const by_file = () => form.elements.background.value === "file";

  const needs = () => {
    form.elements.script.required = !by_audio();
    if (behind?.isHere) address.value = "";
    address.required = by_file() && !behind?.isHere && !behind?.isSending;
  };
  const hold_back = (event) => {
    const wait = by_audio() && recording.isSending ? "The recording" : by_file() && behind?.isSending ? "The background" : "";
    if (!wait && !(by_audio() && !recording.isHere)) return;
    event.preventDefault();
    event.stopPropagation();
    at("say-wait").textContent = wait ? `${wait} is still being sent. Wait until it is here.` : "Choose a recording first.";
    if (!wait) recording.focus();
  };

  needs();
  form.addEventListener("change", needs);
  form.addEventListener("submit", hold_back);
  address.addEventListener("input", () => address.value && (behind?.isHere || behind?.isSending) && behind.drop());
  addEventListener("pageshow", needs);
}

if (form) {
  keep_token();
  tell_replica();
  begin();
  form.elements.replica_id.addEventListener("change", tell_replica);
  addEventListener("pageshow", tell_replica);
  at("say-problems")?.focus();
}
