// <upload-progress>: how far an upload is, how long it takes, and buttons to pause, go on and cancel.

import { button, element } from "./elements.js";

const WORDS = {
  starting: "Getting ready to send…",
  sending: "Sending",
  paused: "Paused. Nothing is sent until you go on.",
  completing: "Everything is sent. The server looks at the file…",
  complete: "Sent.",
  cancelled: "Sending was cancelled.",
};
const ANNOUNCED_EVERY = 0.25;

class UploadProgress extends HTMLElement {
  #upload;
  #parts;
  #announced = 0;
  #detail = null;

  /** Show this upload from now on. */
  follow(upload) {
    this.#build();
    this.#upload = upload;
    this.#announced = 0;
    this.hidden = false;
    upload.addEventListener("progress", ({ detail }) => this.#upload === upload && this.#moved(detail));
    upload.addEventListener("state", ({ detail }) => this.#upload === upload && this.#turned(detail));
  }

  #build() {
    const words = element("p", "upload-words");
    const bar = Object.assign(element("progress", ""), { max: 1, value: 0 });
    bar.setAttribute("aria-label", "How much is sent");
    const numbers = element("p", "upload-numbers");
    const pause = button("Pause", () => this.#upload.pause());
    const resume = button("Go on", () => this.#upload.resume());
    const cancel = button("Cancel", () => this.#upload.cancel());
    const said = element("p", "visually-hidden");
    said.setAttribute("role", "status");
    const buttons = element("div", "actions");
    buttons.append(pause, resume, cancel);
    resume.hidden = true;
    this.replaceChildren(words, bar, numbers, buttons, said);
    this.#parts = { words, bar, numbers, pause, resume, cancel, said };
  }

  #moved(detail) {
    const { bar, said } = this.#parts;
    const { share } = detail;
    this.#detail = detail;
    bar.value = share;
    this.#count();
    if (share >= this.#announced + ANNOUNCED_EVERY) {
      this.#announced = share;
      said.textContent = `${Math.round(100 * share)} percent is sent.`;
    }
  }

  /** How much, and while something moves how fast. */
  #count() {
    if (!this.#detail) return;
    const { sent, total, bytes_per_s, seconds_left } = this.#detail;
    const moves = this.#upload.state === "sending";
    const speed = moves && bytes_per_s ? `, ${megabytes(bytes_per_s)} MB a second` : "";
    const left = moves && seconds_left ? `, ${duration(seconds_left)} left` : "";
    this.#parts.numbers.textContent = `${megabytes(sent)} of ${megabytes(total)} MB${speed}${left}`;
  }

  #turned({ state, why }) {
    const { words, bar, pause, resume, cancel, said } = this.#parts;
    const had = document.activeElement;
    words.textContent = why || WORDS[state] || state;
    this.dataset.state = state;
    this.#count();
    pause.hidden = !["starting", "sending"].includes(state);
    resume.hidden = !["paused", "waiting"].includes(state);
    resume.textContent = state === "waiting" ? "Try now" : "Go on";
    cancel.hidden = ["completing", "complete", "cancelled", "failed"].includes(state);
    // While the server looks at the file nobody knows how long it takes.
    if (state === "completing") bar.removeAttribute("value");
    if (state !== "sending") said.textContent = words.textContent;
    if (had === pause && pause.hidden && !resume.hidden) resume.focus();
    if (had === resume && resume.hidden && !pause.hidden) pause.focus();
  }
}

function megabytes(bytes) {
  return (bytes / 1e6).toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

function duration(seconds) {
  return seconds < 90 ? `about ${Math.max(1, Math.round(seconds))} s` : `about ${Math.round(seconds / 60)} min`;
}

customElements.get("upload-progress") || customElements.define("upload-progress", UploadProgress);
