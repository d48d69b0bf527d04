// What the camera and the microphone give, watched while they are on: level, voice, light and face.

import { Faces } from "./faces.js";

const SOUND_EVERY_MS = 80;
const LONGEST_MS = 300;
const PICTURE_EVERY_MS = 500;
const REMEMBERED_MS = 3000;
const FLOOR_DB = -60;
const SILENCE_DB = -75;
const VOICE_OVER_FLOOR_DB = 9;
const VOICE_DB = -48;
const CLIPPED = 0.985;
/** What is said of each. */
export const ADVICE = {
  silent: "We hear nothing. Is the microphone on, and the right one chosen?",
  quiet: "Your voice is very quiet. Come closer, or speak up.",
  clipping: "The sound is too loud. Move back a little, or turn the microphone down.",
  dark: "It is too dark to see you.",
  dim: "The light on your face is dim.",
  overexposed: "Your face is too bright.",
  no_face: "No face is seen. Sit where the camera sees you.",
  second_person: "More than one face is seen. Be alone in the picture; faces on posters count too.",
  far: "You are far away. Come closer.",
  near: "You are very close. Move back a little.",
  off_centre: "Move to the middle.",
};
const WIDTH = 64;
const WHITE = 250;
/** About where the guide's oval is, as shares of the picture. */
const OVAL = { x: 0.5, y: 0.4, width: 0.3, height: 0.5 };

/**
 * Watches a stream. `sound` events have `{level, voice, lasted_ms, advice}` (level 0 to 1, since the last one, advice
 * null, "silent", "quiet" or "clipping"), `picture` events `{advice}` (null or the name of a rule in `limits.live`).
 */
export class Watch extends EventTarget {
  #limits;
  #timers = [];
  #audio;
  #analyser;
  #samples;
  #loud = [];
  #floor = FLOOR_DB;
  #canvas = Object.assign(document.createElement("canvas"), { width: WIDTH, height: 36 });
  #faces = new Faces();
  /** Whether somebody is meant to speak now: only then a low level is worth a word. */
  speaking = false;

  constructor(stream, video, live) {
    super();
    this.#limits = live || {};
    this.#listen(stream);
    this.#timers.push(setInterval(() => this.#hear(), SOUND_EVERY_MS));
    this.#timers.push(setInterval(() => this.#look(video).catch(() => {}), PICTURE_EVERY_MS));
  }

  stop() {
    for (const timer of this.#timers) clearInterval(timer);
    this.#audio?.close().catch(() => {});
  }

  #listen(stream) {
    if (!stream.getAudioTracks().length || !window.AudioContext) return;
    this.#audio = new AudioContext();
    this.#audio.resume().catch(() => {});
    this.#analyser = this.#audio.createAnalyser();
    this.#analyser.fftSize = 4096;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#audio.createMediaStreamSource(stream).connect(this.#analyser);
  }

  #hear() {
    if (!this.#analyser || this.#audio.state !== "running") return;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    let peak = 0;
    for (const sample of this.#samples) {
      sum += sample * sample;
      peak = Math.max(peak, Math.abs(sample));
    }
    const db = Math.max(-100, 10 * Math.log10(sum / this.#samples.length + 1e-12));
    const now = performance.now();
    const lasted_ms = Math.min(LONGEST_MS, now - (this.#loud.at(-1)?.now ?? now));
    this.#loud.push({ now, db, peak });
    while (now - this.#loud[0].now > REMEMBERED_MS) this.#loud.shift();
    // Up slowly and down at once: the noise of the room, over which a voice stands out.
    this.#floor = db < this.#floor ? db : this.#floor + 0.02;
    const voice = db > Math.max(VOICE_DB, this.#floor + VOICE_OVER_FLOOR_DB);
    const level = Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
    this.#tell("sound", { level, voice, lasted_ms, advice: this.#soundAdvice(now) });
  }

  #soundAdvice(now) {
    const whole = now - this.#loud[0].now > REMEMBERED_MS * 0.9;
    if (this.#loud.filter((each) => each.peak >= CLIPPED).length >= 3) return "clipping";
    const most = Math.max(...this.#loud.map((each) => each.db));
    if (whole && most < SILENCE_DB) return "silent";
    return whole && this.speaking && most < (this.#limits.quiet?.limit ?? -Infinity) ? "quiet" : null;
  }

  async #look(video) {
    if (video.readyState < 2 || !video.videoWidth || document.hidden) return;
    const light = this.#light(video);
    if (!light) await this.#faces.look(video, this.#limits);
    this.#tell("picture", { advice: light || this.#faces.advice });
  }

  /** Too dark, dim or blown out, by the medians of the whole picture and of where the face should be. */
  #light(video) {
    const { dark, dim, overexposed } = this.#limits;
    const canvas = this.#canvas;
    canvas.height = Math.max(1, Math.round((WIDTH * video.videoHeight) / video.videoWidth));
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    const whole = [];
    const face = [];
    let white = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [red, green, blue] = data.subarray(at, at + 3);
      const brightness = 0.299 * red + 0.587 * green + 0.114 * blue;
      whole.push(brightness);
      if (!inOval((at / 4) % WIDTH / WIDTH, Math.floor(at / 4 / WIDTH) / canvas.height)) continue;
      face.push(brightness);
      if (Math.max(red, green, blue) > WHITE) white += 1;
    }
    const everywhere = median(whole);
    if (dark && everywhere < dark.limit) return "dark";
    if (dim && median(face) < dim.limit && everywhere < dim.limit) return "dim";
    if (overexposed && (100 * white) / face.length > overexposed.limit) return "overexposed";
    return null;
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function inOval(x, y) {
  return ((x - OVAL.x) / (OVAL.width / 2)) ** 2 + ((y - OVAL.y) / (OVAL.height / 2)) ** 2 <= 1;
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}
