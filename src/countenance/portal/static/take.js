// One recording of a stream: its slices, its length, and the file that they become.

import { recordingOptions, suffixOf } from "./camera.js";

const SLICE_MS = 1000;
const FULL = 0.97;

/** Events: `made` with `{file, type, elapsed}` (file null if nothing came) once, after `stop`; `stopped` with `{why}`. */
export class Take extends EventTarget {
  #recorder;
  #began = performance.now();
  #ended = null;

  constructor(stream, { name, height, most_bytes }) {
    super();
    const slices = [];
    let bytes = 0;
    this.#recorder = recorderOf(stream, height);
    this.#recorder.addEventListener("dataavailable", ({ data }) => {
      slices.push(data);
      bytes += data.size;
      if (bytes > most_bytes * FULL) this.stop("The recording is as large as it may be, so it was ended.");
    });
    this.#recorder.addEventListener("error", () => this.stop("The browser ended the recording."));
    this.#recorder.addEventListener("stop", () => {
      const type = (this.#recorder.mimeType || "video/webm").split(";")[0];
      const file = bytes ? new File(slices, `${name}${suffixOf(type)}`, { type }) : null;
      this.#ended ??= performance.now();
      this.#tell("made", { file, elapsed: this.elapsed });
    });
    this.#recorder.start(SLICE_MS);
  }

  /** Seconds. */
  get elapsed() {
    return ((this.#ended ?? performance.now()) - this.#began) / 1000;
  }

  /** End it; `why` if nobody asked for it. */
  stop(why = "") {
    if (this.#recorder.state === "inactive") return;
    this.#ended ??= performance.now();
    if (why) this.#tell("stopped", { why });
    this.#recorder.stop();
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function recorderOf(stream, height) {
  try {
    return new MediaRecorder(stream, recordingOptions(height));
  } catch {
    return new MediaRecorder(stream); // what a browser says it can write is not always what it can
  }
}
