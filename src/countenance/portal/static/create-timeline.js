// The length of footage with what was found in it, one row for each finding; a click goes to that moment.

import { clock } from "./clock.js";
import { element } from "./elements.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 1000;
const TOP = 28;
const ROW = 18;
const LEAST = 5; // so that a moment can be seen
const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800];
const MOST_TICKS = 8;
const KEYS = [["usable", "can be learned from"], ["best", "the best part"], ["error", "has to be mended"], ["warning", "is left out, or costs quality"], ["hint", "advice"]];

/**
 * Draw it.
 * @param {object} report of the API, of footage
 * @param {(seconds: number) => void} jump
 * @returns {{element: HTMLElement, at: (seconds: number) => void}} `at` moves the line that says where the player is
 */
export function timeline(report, jump) {
  const { duration_s, usable, best } = report;
  const findings = report.findings.map((each, at) => ({ ...each, number: at + 1 })).filter((each) => each.spans.length);
  const height = TOP + ROW * findings.length;
  const drawn = shape("svg", { viewBox: `0 0 ${WIDE} ${height}`, height, preserveAspectRatio: "none", "aria-hidden": "true" });
  const x = (seconds) => (WIDE * Math.min(seconds, duration_s)) / duration_s;
  const bar = (span, name, y, high) =>
    shape("rect", { class: name, x: x(span[0]), y, width: Math.max(LEAST, x(span[1]) - x(span[0])), height: high, rx: 2 });
  drawn.append(...usable.map((span) => bar(span, "usable", 0, TOP - 4)));
  drawn.append(...(best?.spans || []).map((span) => bar(span, "best", 2, TOP - 8)));
  findings.forEach((each, row) => drawn.append(...each.spans.map((span) => bar(span, each.severity, TOP + row * ROW + 3, ROW - 6))));
  const head = shape("line", { class: "head", x1: 0, x2: 0, y1: 0, y2: height });
  drawn.append(head);
  drawn.addEventListener("click", ({ clientX }) => {
    const { left, width } = drawn.getBoundingClientRect();
    jump((duration_s * (clientX - left)) / width);
  });
  const rows = element("ol", "");
  rows.setAttribute("aria-hidden", "true");
  rows.append(element("li", ""), ...findings.map(({ number }) => element("li", "", String(number))));
  const bars = element("div", "timeline-bars");
  bars.append(rows, drawn);
  const figure = element("figure", "timeline");
  const shown = KEYS.filter(([name]) => (name === "usable" ? usable.length : name === "best" ? best : findings.some((each) => each.severity === name)));
  figure.append(bars, axis(duration_s), keys(shown));
  return { element: figure, at: (seconds) => ["x1", "x2"].forEach((name) => head.setAttribute(name, x(seconds))) };
}

function axis(duration_s) {
  const made = element("div", "timeline-axis");
  made.setAttribute("aria-hidden", "true");
  const step = STEPS_S.find((each) => duration_s / each <= MOST_TICKS) || STEPS_S.at(-1);
  const ticks = [];
  for (let at = 0; at < duration_s - step / 2; at += step) ticks.push(at);
  for (const at of [...ticks, duration_s]) {
    const tick = element("span", "", clock(at));
    tick.style.left = `${(100 * at) / duration_s}%`;
    made.append(tick);
  }
  return made;
}

function keys(shown) {
  const made = element("figcaption", "");
  for (const [name, words] of shown) {
    const key = element("span", "key");
    key.append(element("i", name), words);
    made.append(key);
  }
  return made;
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
