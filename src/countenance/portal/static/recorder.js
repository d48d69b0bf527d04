// <media-recorder>: camera and microphone, a guide for the head, the words to read, countdown, recording, playback.
//
// Attributes: `name` of the file that is made, `height` of the picture wanted (720 or 1080 lines), `least-s` under
// which a recording is not kept, `enough-s` from which it is long enough, `most-s` and `most-bytes` at which it stops.
// Properties: `limits` (of the page, for advice on light and sound), `prompts` (what to read), `file`, `state`.
// Methods: open, record, stop, again, review(file), close, offer(button) of the page beside a recording. Events: recorder-state {state}, recorder-file {file,
// duration_s, recorded, interrupted}, recorder-cleared, recorder-failed {code, title, remedy}.

import { devices, openCamera, unplugged } from "./camera.js";
import { clock } from "./clock.js";
import { problemBox } from "./problem.js";
import { build, offer } from "./recorder-parts.js";
import { Take } from "./take.js";
import { Teleprompter } from "./teleprompter.js";
import { ADVICE, Watch } from "./watch.js";

const COUNT_FROM = 3;
const TICK_MS = 200;
const NEARLY_S = 10;
const EDGE_PX = 8;
const ADVICE_AFTER_MS = 1400;
class Recorder extends HTMLElement {
  state = "off";
  file = null;
  limits = null;
  #prompter = new Teleprompter();
  #parts;
  #stream = null;
  #watch = null;
  #take = null;
  #chosen = { camera: "", microphone: "" };
  #timer;
  #counting;
  #passed = 0;
  #voiced_ms = 0;
  #interrupted = "";
  #advice = { sound: null, picture: null, since: 0, shown: "" };
  #wakeLock = null;
  #owed = false;
  #turn = 0;

  connectedCallback() {
    if (this.#parts) return;
    this.#parts = build(this, this.#prompter, {
      open: () => this.open(),
      record: () => this.record(),
      stop: () => this.stop(),
      again: () => this.again(),
      cancel: () => this.#cancelCount(),
      choose: (kind, id) => this.#choose(kind, id),
    });
    document.addEventListener("visibilitychange", this.#away);
    navigator.mediaDevices?.addEventListener?.("devicechange", this.#listDevices);
    this.#enter("off");
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#away);
    navigator.mediaDevices?.removeEventListener?.("devicechange", this.#listDevices);
    this.#off();
  }

  get prompts() {
    return this.#prompter.prompts;
  }

  set prompts(prompts) {
    this.#prompter.prompts = prompts;
  }

  /** Turn camera and microphone on. */
  async open() {
    const turn = ++this.#turn;
    this.#forget();
    this.#enter("asking");
    try {
      const stream = await openCamera({ ...this.#chosen, height: this.#number("height", 1080) });
      if (turn !== this.#turn || !this.isConnected) return void stopped(stream);
      this.#use(stream);
      await this.#parts.video.play().catch(() => {});
      await this.#listDevices();
      if (turn !== this.#turn) return;
      this.#enter("ready", "record");
      this.#say("The camera is on.");
    } catch (problem) {
      if (turn === this.#turn) this.#fail(problem);
    }
  }

  /** Count down, then record. */
  record() {
    if (this.state !== "ready") return;
    this.#prompter.reset();
    this.#enter("countdown", "cancel");
    let left = COUNT_FROM;
    const count = () => {
      if (left === 0) return void this.#start();
      this.#parts.count.textContent = String(left);
      this.#say(String(left));
      left -= 1;
      this.#counting = setTimeout(count, 1000);
    };
    count();
  }

  /** End the recording and show it. */
  stop() {
    this.#take?.stop();
  }

  /** Throw the recording away and turn the camera on for another one. */
  again() {
    return this.open();
  }

  /** Show a file that was chosen instead of a recording. */
  review(file, { recorded = false, duration_s = null } = {}) {
    this.#turn += 1;
    this.#off();
    this.file = file;
    this.#prompter.reset();
    this.#play(file);
    this.#enter("recorded");
    this.#emit("recorder-file", { file, duration_s, recorded, interrupted: Boolean(this.#interrupted) });
  }

  /** Have a button of the page, such as one that sends, stand beside a recording. */
  offer(button) {
    this.#parts.offered.append(button);
  }

  /** Turn everything off and forget the file. */
  close() {
    this.#turn += 1;
    this.#forget();
    this.#off();
    this.#enter("off");
  }

  #use(stream) {
    this.#off();
    this.#stream = stream;
    const { video } = this.#parts;
    Object.assign(video, { srcObject: stream, muted: true, controls: false });
    video.setAttribute("aria-label", "What the camera sees, mirrored");
    for (const track of stream.getTracks()) {
      track.addEventListener("ended", () => this.#stream === stream && this.#lost(track.kind));
      track.addEventListener("mute", () => this.#stream === stream && this.#held(track.kind));
    }
    Object.assign(this.#advice, { sound: null, picture: null });
    this.#watch = new Watch(stream, video, this.limits?.live);
    this.#watch.addEventListener("sound", ({ detail }) => this.#heard(detail));
    this.#watch.addEventListener("picture", ({ detail }) => this.#advise("picture", detail.advice));
  }

  #start() {
    const take = new Take(this.#stream, {
      name: this.getAttribute("name") || "recording",
      height: this.#number("height", 1080),
      most_bytes: this.#number("most-bytes", Infinity),
    });
    take.addEventListener("stopped", ({ detail }) => (this.#interrupted ||= detail.why));
    take.addEventListener("made", ({ detail }) => this.#take === take && this.#made(detail));
    this.#take = take;
    this.#passed = 0;
    this.#voiced_ms = 0;
    this.#interrupted = "";
    this.#watch.speaking = !this.#prompter.prompt?.listen;
    this.#enter("recording", "stop");
    this.#say("Recording.");
    this.#stayAwake();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  }

  #tick() {
    const elapsed = this.#take.elapsed;
    const { least, enough, most } = this.#lengths;
    const { bar, clock: said } = this.#parts;
    bar.value = Math.min(elapsed, bar.max);
    said.textContent = elapsed < least ? `${clock(elapsed)} of at least ${clock(least)}` : clock(elapsed);
    if (enough && elapsed >= least) said.textContent = elapsed < enough ? `${clock(elapsed)} of ${clock(enough)}` : clock(elapsed);
    const passes = (at) => this.#passed < at && elapsed >= at;
    if (enough && passes(enough)) this.#say("That is long enough. Stop when you have finished.");
    if (passes(most - NEARLY_S)) this.#say(`${NEARLY_S} seconds are left.`);
    this.#passed = elapsed;
    const voiced_s = this.#voiced_ms / 1000;
    this.#voiced_ms = 0;
    if (this.#prompter.pass(elapsed, voiced_s)) {
      this.#watch.speaking = !this.#prompter.prompt.listen;
      this.#say(`${this.#prompter.prompt.title || ""} ${this.#prompter.prompt.text}`);
    }
    if (elapsed >= most) this.#take.stop("The recording is as long as it may be, so it was ended.");
  }

  #made({ file, elapsed }) {
    this.#rest();
    this.#take = null;
    const { least } = this.#lengths;
    const why = this.#interrupted;
    if (file && elapsed >= least) {
      this.review(file, { recorded: true, duration_s: elapsed });
      this.#say("Recorded. Look at it.");
      this.#note(why && `${why} Look whether the recording is whole.`);
      return;
    }
    const dead = this.#stream?.getTracks().find((each) => each.readyState === "ended");
    if (dead) return void this.#fail(unplugged(dead.kind));
    if (!this.#stream) return;
    this.#enter("ready", "record");
    const few = `That was only ${clock(elapsed)}; at least ${clock(least)} are needed.`;
    const short = elapsed < least ? few : "Nothing came from the camera.";
    this.#note(`${why} ${short} Nothing was kept; try again.`.trim());
  }

  #cancelCount() {
    clearTimeout(this.#counting);
    this.#enter("ready", "record");
  }

  /** A device is gone. What was recorded until then is kept. */
  #lost(kind) {
    const problem = unplugged(kind);
    if (this.state === "recording") {
      this.#take.stop(problem.title);
    } else if (["ready", "countdown", "asking"].includes(this.state)) this.#fail(problem);
  }

  /** The system takes a device away for a while, as for a call. */
  #held(kind) {
    if (this.state !== "recording") return;
    const what = kind === "audio" ? "microphone" : "camera";
    this.#interrupted = `The ${what} was interrupted while it recorded.`;
    this.#note(this.#interrupted);
  }

  #away = () => {
    if (!document.hidden) {
      if (this.state === "recording") this.#stayAwake();
      return;
    }
    if (this.state === "countdown") this.#cancelCount();
    if (this.state !== "recording") return;
    this.#interrupted = "This page was out of sight while it recorded.";
    this.#note(this.#interrupted);
  };

  #heard({ level, voice, lasted_ms, advice }) {
    const { level: meter, heard } = this.#parts;
    meter.value = level;
    if (voice && this.state === "recording") this.#voiced_ms += lasted_ms;
    heard.textContent = { silent: "nothing", clipping: "too loud", quiet: "very quiet" }[advice] || (voice ? "good" : "");
    this.#advise("sound", advice);
  }

  /** Advice is shown once it has stood for a moment, and stays for as long as it is right. */
  #advise(kind, name) {
    const advice = this.#advice;
    if (advice[kind] !== name) Object.assign(advice, { [kind]: name, since: performance.now() });
    const now = ["ready", "recording"].includes(this.state) ? advice.sound || advice.picture : null;
    if (now === advice.shown || (now && performance.now() - advice.since < ADVICE_AFTER_MS)) return;
    advice.shown = now;
    const remedy = ["dark", "dim", "overexposed"].includes(now) ? ` ${this.limits.live[now].remedy}` : "";
    this.#parts.advice.textContent = now ? `${ADVICE[now]}${remedy}` : "";
    this.#parts.advice.hidden = !now;
    if (now) this.#say(this.#parts.advice.textContent);
  }

  #note(words) {
    this.#parts.note.textContent = words;
    this.#parts.note.hidden = !words;
    if (words) this.#say(words);
  }

  #fail(problem) {
    this.#off();
    this.#enter("failed", "open");
    this.#parts.problem.replaceChildren(problemBox(problem));
    const { code, title, remedy } = problem;
    this.#emit("recorder-failed", { code, title, remedy });
  }

  async #choose(kind, id) {
    this.#chosen[kind] = id;
    await this.open();
  }

  #listDevices = async () => {
    const { cameras, microphones } = this.#parts;
    const found = navigator.mediaDevices ? await devices() : { cameras: [], microphones: [] };
    const uses = (kind) => this.#stream?.getTracks().find((each) => each.kind === kind)?.getSettings().deviceId;
    offer(cameras, found.cameras, uses("video"));
    offer(microphones, found.microphones, uses("audio"));
  };

  #play(file) {
    const { video } = this.#parts;
    video.srcObject = null;
    Object.assign(video, { src: URL.createObjectURL(file), muted: false, controls: true, loop: false });
    video.setAttribute("aria-label", "Your recording");
    // Recordings of browsers do not state their length; players show it once the end was sought.
    const measured = () => {
      if (video.duration !== Infinity) return;
      video.addEventListener("durationchange", () => (video.currentTime = 0), { once: true });
      video.currentTime = Number.MAX_SAFE_INTEGER;
    };
    video.addEventListener("loadedmetadata", measured, { once: true });
  }

  #forget() {
    const { video } = this.#parts;
    if (video.src) {
      URL.revokeObjectURL(video.src);
      video.removeAttribute("src");
      video.load();
    }
    if (this.file) {
      this.file = null;
      this.#emit("recorder-cleared", {});
    }
    this.#interrupted = "";
  }

  /** Camera, microphone and clocks off. */
  #off() {
    this.#rest();
    clearTimeout(this.#counting);
    this.#watch?.stop();
    this.#watch = null;
    const stream = this.#stream;
    this.#stream = null;
    const take = this.#take;
    this.#take = null;
    take?.stop();
    if (stream) stopped(stream);
  }

  #rest() {
    clearInterval(this.#timer);
    this.#wakeLock?.release().catch(() => {});
    this.#wakeLock = null;
  }

  async #stayAwake() {
    this.#wakeLock = (await navigator.wakeLock?.request("screen").catch(() => null)) || null;
  }

  /** Another state: other buttons, and the focus where one goes on if it was in here. */
  #enter(state, focus) {
    const now = document.activeElement;
    const had = this.contains(now) || (this.#owed && now === document.body);
    this.state = state;
    this.dataset.state = state;
    this.#note("");
    this.#parts.show(state, this.#lengths);
    this.#parts.problem.replaceChildren();
    this.#advice.shown = "";
    this.#parts.advice.hidden = true;
    // While there is nothing to press, the focus waits for what comes.
    this.#owed = had && !focus;
    if (focus && had) this.#parts.buttons[focus].focus({ preventScroll: state === "recording" });
    if (["countdown", "recording"].includes(state)) this.#bringUp();
    this.#emit("recorder-state", { state });
  }

  /** The words and all buttons in sight, the words near the camera. */
  #bringUp() {
    const { top, bottom } = this.#parts.frame.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) scrollBy(0, top - EDGE_PX);
  }

  #say(words) {
    this.#parts.said.textContent = words;
  }

  get #lengths() {
    const least = this.#number("least-s", 1);
    return { least, enough: this.#number("enough-s", 0), most: this.#number("most-s", 600) };
  }

  #number(name, otherwise) {
    return this.hasAttribute(name) ? Number(this.getAttribute(name)) : otherwise;
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

function stopped(stream) {
  for (const track of stream.getTracks()) track.stop();
}

customElements.get("media-recorder") || customElements.define("media-recorder", Recorder);
