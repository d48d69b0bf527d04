// The words to read aloud, large; they move on while a voice is heard, and in phases where there are several.

import { button, element } from "./elements.js";

const WORDS_PER_S = 2.8; // while a voice is heard; with its pauses people read about 2.4
const READ_AT = 0.35;
const HELD_MS = 4000;
const SIZES = ["", "larger", "largest"];
const ABBREVIATED = /(?:[A-Z]\.|\b(?:Dr|Mr|Mrs|Ms|Prof|St)\.)$/;

export class Teleprompter {
  #prompts = [];
  #sentences = [];
  #at = 0;
  #spoken_s = 0;
  #size = 0;
  #scrolled = 0;
  #held_until = 0;

  constructor() {
    this.element = element("div", "prompter");
    this.element.hidden = true;
    this.title = element("p", "prompter-title");
    this.box = element("div", "prompter-text");
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "region");
    this.box.dir = "auto";
    const hold = () => (this.#held_until = performance.now() + HELD_MS);
    for (const name of ["wheel", "touchmove", "keydown"]) this.box.addEventListener(name, hold, { passive: true });
    const head = element("div", "prompter-head");
    const larger = button("A+", () => this.#resize(1), "plain");
    const smaller = button("A−", () => this.#resize(-1), "plain");
    larger.setAttribute("aria-label", "Larger text");
    smaller.setAttribute("aria-label", "Smaller text");
    const sizes = element("div", "prompter-sizes");
    sizes.append(smaller, larger);
    head.append(this.title, sizes);
    this.element.append(head, this.box);
  }

  /** `[{title, text, language, seconds, listen}]`; the first one is shown. */
  set prompts(prompts) {
    this.#prompts = prompts || [];
    this.element.hidden = !this.#prompts.length;
    this.reset();
  }

  get prompts() {
    return this.#prompts;
  }

  /** The prompt that is shown now. */
  get prompt() {
    return this.#prompts[this.#at];
  }

  /** Back to the first word. */
  reset() {
    this.#show(0);
    this.#mark(-1);
  }

  /**
   * Time passes in a recording.
   * @param {number} elapsed_s since its beginning
   * @param {number} voiced_s seconds since the last call in which a voice was heard
   * @returns {boolean} whether another prompt is shown now
   */
  pass(elapsed_s, voiced_s) {
    if (!this.#prompts.length) return false;
    let ends = 0;
    const last = this.#prompts.length - 1;
    const shown = this.#prompts.findIndex((each, at) => (ends += each.seconds ?? Infinity) > elapsed_s || at === last);
    if (shown !== this.#at) {
      this.#show(shown);
      return true;
    }
    this.#spoken_s += voiced_s;
    const words = this.#spoken_s * WORDS_PER_S;
    const next = this.#sentences.findIndex((each) => words < each.ends);
    const now = next < 0 ? this.#sentences.length - 1 : next;
    this.#mark(now);
    this.#follow(this.#sentences[now], words);
    return false;
  }

  #show(at) {
    this.#at = at;
    this.#spoken_s = 0;
    const prompt = this.prompt;
    if (!prompt) return;
    this.title.textContent = prompt.title || "Read this aloud";
    this.box.setAttribute("aria-label", this.title.textContent);
    this.box.lang = prompt.language || "";
    let ends = 0;
    this.#sentences = sentencesOf(prompt.text, prompt.language).map((text) => {
      const begins = ends;
      ends += text.split(/\s+/).length;
      return { element: element("span", "", text), begins, ends };
    });
    this.box.replaceChildren(...this.#sentences.flatMap((each) => [each.element, " "]));
    this.box.scrollTop = this.#scrolled = 0;
  }

  #mark(now) {
    const marked = this.#sentences[now];
    if (marked?.element.classList.contains("now")) return;
    for (const each of this.#sentences) each.element.classList.toggle("now", each === marked);
    if (!marked) this.box.scrollTop = this.#scrolled = 0;
  }

  /** Line by line, so that what is read now stands in the upper part; never against whoever scrolls themselves. */
  #follow({ element: sentence, begins, ends }, words) {
    if (performance.now() < this.#held_until) return;
    const share = Math.min(1, (words - begins) / (ends - begins));
    const line = parseFloat(getComputedStyle(this.box).lineHeight);
    const read = sentence.offsetTop + share * (sentence.offsetHeight - line);
    const top = Math.floor((read - this.box.clientHeight * READ_AT) / line) * line;
    if (top <= this.#scrolled) return;
    this.#scrolled = top;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.box.scrollTo({ top, behavior: still ? "auto" : "smooth" });
  }

  #resize(by) {
    this.#size = Math.min(SIZES.length - 1, Math.max(0, this.#size + by));
    this.element.dataset.size = SIZES[this.#size];
  }
}

function sentencesOf(text, language) {
  const parts = window.Intl?.Segmenter
    ? [...new Intl.Segmenter(language || "en", { granularity: "sentence" }).segment(text)].map((each) => each.segment.trim())
    : text.match(/[^.!?]+[.!?]*/g).map((each) => each.trim());
  // An initial or a title in a name ends no sentence.
  return parts.filter(Boolean).reduce((joined, part) => {
    if (joined.length && ABBREVIATED.test(joined.at(-1))) joined.push(`${joined.pop()} ${part}`);
    else joined.push(part);
    return joined;
  }, []);
}
