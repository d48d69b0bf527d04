// A file that is chosen or dropped: looked at at once, shown with what was found, and sent.

import { check, findingsList } from "./checks.js";
import { clock } from "./clock.js";
import { element } from "./elements.js";

/** Bind a box of `parts.html`; `came` is called with the file and what was found in it, and with null first. */
export class FileChoice {
  #box;
  #purpose;
  #came;
  #told;
  #url = "";
  #turn = 0;

  constructor(box, purpose, came) {
    this.#box = box;
    this.#purpose = purpose;
    this.#came = came;
    this.#told = box.querySelector(".file-told");
    const input = box.querySelector("input");
    const drop = box.querySelector(".drop");
    input.addEventListener("change", () => input.files[0] && this.take(input.files[0]));
    for (const name of ["dragover", "dragenter"]) drop.addEventListener(name, (event) => (event.preventDefault(), drop.classList.add("over")));
    for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files[0]) this.take(event.dataTransfer.files[0]);
    });
  }

  /** Look at a file, and show it, unless another one was chosen meanwhile. */
  async take(file) {
    const turn = ++this.#turn;
    this.#came(null, null);
    this.#told.replaceChildren(element("p", "hint", "Looking at the file…"));
    const found = await check(file, this.#purpose);
    if (turn !== this.#turn) return;
    this.#show(file, found);
    this.#came(file, found);
  }

  /** Show nothing. */
  clear() {
    this.#turn += 1;
    URL.revokeObjectURL(this.#url);
    this.#told.replaceChildren();
    this.#box.classList.remove("has-file");
    this.#box.querySelector("input").value = "";
  }

  #show(file, { findings, facts }) {
    URL.revokeObjectURL(this.#url);
    this.#url = URL.createObjectURL(file);
    const chosen = element("div", "chosen");
    if (facts.width) chosen.append(this.#preview());
    const words = element("div", "");
    const name = element("p", "");
    name.append(element("strong", "", file.name));
    words.append(name, element("p", "facts-line", factsLine(facts)));
    chosen.append(words);
    this.#told.replaceChildren(chosen, ...(findings.length ? [findingsList(findings)] : []));
    this.#box.classList.add("has-file");
  }

  #preview() {
    if (this.#purpose.kind === "image") return Object.assign(element("img", ""), { src: this.#url, alt: "The picture that you chose" });
    const video = Object.assign(element("video", ""), { src: this.#url, controls: true, playsInline: true, preload: "metadata" });
    video.setAttribute("aria-label", "The video that you chose");
    return video;
  }
}

/** `0:49, 1280 × 720, 3.9 MB` */
export function factsLine({ duration_s, width, height, bytes }) {
  const size = bytes < 1e5 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} MB`;
  return [duration_s && clock(duration_s), width && `${width} × ${height}`, size].filter(Boolean).join(", ");
}

/**
 * Send a file, taking up what was sent of it before for the same draft.
 * @returns {Promise<object>} the API's upload
 * @throws {Problem} `code` is `cancelled` where it was given up
 */
export async function send(file, progress, owner) {
  const [{ Upload }] = await Promise.all([import("./uploader.js"), import("./upload-progress.js")]);
  const upload = new Upload(file, { owner });
  progress.follow(upload);
  try {
    return await upload.send();
  } finally {
    progress.hidden = true;
  }
}
