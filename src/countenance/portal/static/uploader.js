// A file goes to the server in parts: two at once, again where one fails, on after a break, a reload or a lost network.

import { Problem, call, here, network, problemOf } from "./problem.js";

const AT_ONCE = 2;
const SLOW = /2g|3g/; // a part that breaks off begins again: then one at a time loses less
const MOST_TRIES = 8;
const LONGEST_WAIT_S = 30;
const STALLED_MS = 30_000;
const SPEED_OVER_MS = 8_000;
const REMEMBERED = "countenance.upload:";
const AGAIN = ["service.upload_completing", "api.busy"];
const GONE = [403, 404, 409, 410];
const SIGNED_OUT = 401;

/**
 * One upload. Events: `progress` with `{sent, total, share, bytes_per_s, seconds_left}`, and `state` with
 * `{state, why, retry_s}`: starting, sending, waiting, paused, completing, complete, cancelled, failed.
 */
export class Upload extends EventTarget {
  #file;
  #base;
  #owner;
  #known = null;
  #running = new Map();
  #speed = [];
  #wake = new EventTarget();
  #paused = false;
  #ended = false;

  /**
   * @param {File} file
   * @param {object} options `base`: the API's collection of uploads; `filename`: another name than the file's; `owner`:
   *   what it is sent for, so that what was sent of the same file for something else is not taken up
   */
  constructor(file, { base = "/v2/uploads", filename = file.name, owner = "" } = {}) {
    super();
    forgetOld();
    this.#file = file;
    this.#base = base;
    this.#owner = owner;
    this.filename = filename;
    this.state = "new";
    /** Whether parts that were sent earlier were taken up again. */
    this.resumed = false;
  }

  /**
   * Send it; what is already there is not sent again.
   * @returns {Promise<object>} the API's upload, complete
   * @throws {Problem} `code` is `cancelled` after `cancel()`
   */
  async send() {
    const woken = () => this.#wake.dispatchEvent(new Event("wake"));
    const cut = () => this.#abortAll();
    addEventListener("online", woken);
    addEventListener("offline", cut);
    this.#ended = false;
    try {
      return await this.#sent();
    } catch (error) {
      this.#end(error);
      throw error;
    } finally {
      removeEventListener("online", woken);
      removeEventListener("offline", cut);
    }
  }

  /** Stop sending for a while. */
  pause() {
    this.#paused = true;
    this.#abortAll();
    this.#tell("paused");
  }

  /** Go on, also at once where it waits to try again. */
  resume() {
    this.#paused = false;
    this.#wake.dispatchEvent(new Event("wake"));
  }

  /** Give it up: what arrived is deleted where the API allows it. */
  cancel() {
    if (this.#ended) return;
    this.#ended = true;
    this.#abortAll();
    this.#wake.dispatchEvent(new Event("wake"));
    const id = this.#known && this.#known.upload_id;
    remember(this.#key, null);
    if (id) call("DELETE", `${this.#base}/${id}`).catch(() => {});
    this.#tell("cancelled");
  }

  get #key() {
    const { name, size, lastModified } = this.#file;
    return [REMEMBERED + this.#base, this.#owner, name, size, lastModified].join(":");
  }

  async #sent() {
    this.#tell("starting");
    await this.#found();
    const taken_up = this.resumed;
    try {
      return await this.#parts();
    } catch (error) {
      // What was remembered may be over at the server: then it is sent anew, once.
      if (!taken_up || this.#ended || !GONE.includes(error.status)) throw error;
      this.#know(null);
      this.resumed = false;
      await this.#found();
      return this.#parts();
    }
  }

  /** Send what is missing, and complete it; twice where the server misses a part after all. */
  async #parts() {
    if (this.#known.state === "complete") return this.#done(this.#known);
    for (let again = 0; ; again++) {
      await this.#sendAll();
      this.#tell("completing");
      try {
        return this.#done(await this.#repeat(() => call("POST", `${this.#base}/${this.#known.upload_id}/complete`)));
      } catch (error) {
        if (error.rule !== "service.upload_incomplete" || again) throw error;
        await this.#refreshed();
      }
    }
  }

  /** What the server has of this file: an upload that was begun earlier, or a new one. */
  async #found() {
    const known = recall(this.#key);
    if (known) {
      try {
        const body = await this.#repeat(() => call("GET", `${this.#base}/${known.upload_id}`));
        if (["open", "complete"].includes(body.state)) {
          this.resumed = true;
          return this.#know(body);
        }
      } catch (error) {
        if (!GONE.includes(error.status)) throw error;
      }
    }
    const wanted = { filename: this.filename, bytes: this.#file.size };
    const headers = { "Idempotency-Key": unique() };
    return this.#know(await this.#repeat(() => call("POST", this.#base, wanted, { headers })));
  }

  /** After a part went missing: the server's list where it tells one, else all parts. */
  async #refreshed() {
    return this.#know(await this.#repeat(() => call("GET", `${this.#base}/${this.#known.upload_id}`)));
  }

  async #sendAll() {
    const queue = this.#missing();
    let failed = false;
    const work = async () => {
      for (let part = queue.shift(); part; part = queue.shift()) {
        const next = part;
        await this.#repeat(() => {
          if (failed) throw cancelled();
          return this.#put(next);
        });
        this.#know({ ...this.#known, done: [...this.#known.done, next.number] });
        this.#measure();
      }
    };
    this.#measure();
    try {
      const at_once = SLOW.test(navigator.connection?.effectiveType || "") ? 1 : AT_ONCE;
      await Promise.all(Array.from({ length: at_once }, work));
    } catch (error) {
      failed = true;
      queue.length = 0;
      this.#abortAll();
      throw error;
    }
  }

  #missing() {
    return this.#known.parts.filter((part) => !this.#known.done.includes(part.number));
  }

  /** One part by PUT, with its progress byte by byte. */
  #put(part) {
    const from = (part.number - 1) * this.#known.part_bytes;
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      let stalled;
      const alive = () => (clearTimeout(stalled), (stalled = setTimeout(() => request.abort(), STALLED_MS)));
      const end = (act) => () => (clearTimeout(stalled), this.#running.delete(request), act());
      request.open("PUT", here(part.url));
      request.upload.onprogress = (event) => {
        alive();
        this.#running.set(request, event.loaded);
        this.#measure();
      };
      request.onload = end(() => {
        if (request.status >= 200 && request.status < 300) return resolve();
        return reject(problemOf(request.status, request.responseText, request.getResponseHeader("Retry-After")));
      });
      request.onerror = request.onabort = end(() => reject(network()));
      this.#running.set(request, 0);
      this.#tell("sending");
      alive();
      request.send(this.#file.slice(from, from + part.bytes));
    });
  }

  /** Do it until it works: what passes by itself is waited for, and a pause or a lost network costs no try. */
  async #repeat(act) {
    for (let tries = 0; ; tries++) {
      await this.#free();
      try {
        return await act();
      } catch (error) {
        if (this.#ended) throw cancelled();
        if (error.code === "network" && !(await this.#isThere())) throw changed();
        if (this.#paused || !navigator.onLine) tries = -1;
        else if (!(error.passes || AGAIN.includes(error.rule)) || tries >= MOST_TRIES) throw error;
        else await this.#back(error, tries);
      }
    }
  }

  /** Whether the file can still be read: what is written anew or moved meanwhile breaks off as a network does. */
  async #isThere() {
    try {
      await this.#file.slice(0, 1).arrayBuffer();
      return true;
    } catch {
      return false;
    }
  }

  /** When nothing holds it: neither a pause nor a lost network. */
  async #free() {
    while (!this.#ended && (this.#paused || !navigator.onLine)) {
      if (this.#paused) this.#tell("paused");
      else this.#tell("waiting", "There is no connection. Sending goes on by itself when it is back.");
      await this.#woken();
    }
    if (this.#ended) throw cancelled();
  }

  async #back(error, tries) {
    const retry_s = error.retry_s ?? Math.min(LONGEST_WAIT_S, 2 ** tries) * (0.75 + Math.random() / 2);
    this.#tell("waiting", `${error.title} It is tried again in a moment.`, retry_s);
    await this.#woken(retry_s * 1000);
  }

  #woken(within_ms) {
    return new Promise((resolve) => {
      const late = within_ms === undefined ? undefined : setTimeout(resolve, within_ms);
      this.#wake.addEventListener("wake", () => (clearTimeout(late), resolve()), { once: true });
    });
  }

  #know(body) {
    this.#known = body && { ...body, done: body.done || [] };
    remember(this.#key, this.#known && short(this.#known));
    return this.#known;
  }

  #done(body) {
    this.#ended = true;
    remember(this.#key, null);
    this.#tell("complete");
    return body;
  }

  #end(error) {
    this.#abortAll();
    if (error.code === "cancelled") return;
    this.#ended = true;
    // What was refused for what it is cannot go on; what a network stopped can.
    if (!error.passes && error.status !== SIGNED_OUT) remember(this.#key, null);
    this.#tell("failed", error.message);
  }

  #abortAll() {
    for (const request of [...this.#running.keys()]) request.abort();
  }

  #measure() {
    const total = this.#file.size;
    const missing = this.#missing().reduce((sum, part) => sum + part.bytes, 0);
    const flying = [...this.#running.values()].reduce((sum, bytes) => sum + bytes, 0);
    const sent = Math.min(total, total - missing + flying);
    const now = performance.now();
    this.#speed.push([now, sent]);
    while (this.#speed.length > 2 && now - this.#speed[0][0] > SPEED_OVER_MS) this.#speed.shift();
    const [then, had] = this.#speed[0];
    const bytes_per_s = now - then > 500 && sent > had ? ((sent - had) / (now - then)) * 1000 : null;
    const seconds_left = bytes_per_s ? (total - sent) / bytes_per_s : null;
    this.#dispatch("progress", { sent, total, share: total ? sent / total : 1, bytes_per_s, seconds_left });
  }

  #tell(state, why = "", retry_s = null) {
    if (state === this.state && state !== "waiting") return;
    this.state = state;
    if (state !== "sending") this.#speed = [];
    this.#dispatch("state", { state, why, retry_s });
  }

  #dispatch(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function cancelled() {
  return new Problem({ code: "cancelled", title: "Sending was cancelled." });
}

function changed() {
  return new Problem({
    code: "changed",
    title: "The file was changed, moved or deleted since it was chosen.",
    remedy: "Choose it again.",
  });
}

/** What is remembered of an upload of which the server tells the rest. */
function short({ upload_id, expires_at }) {
  return { upload_id, expires_at };
}

function recall(key) {
  try {
    const known = JSON.parse(localStorage.getItem(key));
    return known && Date.parse(known.expires_at) > Date.now() ? known : null;
  } catch {
    return null; // a browser that remembers nothing sends everything
  }
}

/** Uploads that nobody went on with are over at the server too. */
function forgetOld() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(REMEMBERED) && !recall(key)) localStorage.removeItem(key);
  } catch {
    // Nothing is remembered.
  }
}

function remember(key, known) {
  try {
    if (known) localStorage.setItem(key, JSON.stringify(known));
    else localStorage.removeItem(key);
  } catch {
    // Then a reload begins anew.
  }
}

/** A key under which a request that is repeated counts once. */
function unique() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
