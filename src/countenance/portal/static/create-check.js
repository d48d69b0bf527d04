// The step in which the server says what it found in the footage or the picture, before anything is held or paid for.

import { findingsList } from "./checks.js";
import { clock } from "./clock.js";
import { discard, done, draft, fileOf, isPicture, save, tell } from "./create-draft.js";
import { other } from "./create-material.js";
import { timeline } from "./create-timeline.js";
import { at, element } from "./elements.js";
import { call, here } from "./problem.js";

const POLL_MS = 1200;
const OFFER_SKIP_MS = 25_000;
const STAGES = {
  queued: "Waiting for its turn",
  "": "Looking",
  "check footage": "Looking at the footage",
  "check picture": "Looking at the picture",
};
const video = at("seen-video");
let asking = null;
let url = "";
let line = null;
let go = () => {};

export const check = {
  async enter(onwards) {
    go = onwards;
    tell(at("check-problem"), null);
    begin();
  },
  leave() {
    asking = null;
    video.pause();
  },
  onward: done.check,
};

/** Ask for the report, and until it is there how far it is. */
async function begin() {
  const mine = (asking = {});
  const began = Date.now();
  const path = `/v2/uploads/${draft.material.upload_id}/report`;
  working({ stage: "queued", fraction: 0, seconds_left: null });
  let method = "POST";
  while (asking === mine) {
    try {
      const report = await call(method, path);
      if (asking !== mine) return;
      method = "GET";
      tell(at("check-problem"), null);
      if (["done", "failed"].includes(report.state)) return await shown(report, mine);
      working(report);
    } catch (problem) {
      if (asking !== mine) return;
      tell(at("check-problem"), problem);
      if (problem.rule === "service.upload_unknown") return gone();
      if (!problem.passes) return void (at("checking").hidden = true);
    }
    at("check-skip").hidden = Date.now() - began < OFFER_SKIP_MS;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function working({ stage, fraction, seconds_left, standing }) {
  at("checking").hidden = false;
  at("checked").hidden = true;
  at("check-onward").hidden = at("check-other").hidden = true;
  at("check-bar").value = fraction;
  at("check-percent").textContent = `${Math.round(100 * fraction)} %`;
  const words = standing === "stalled" ? "The server has said nothing for a while; it goes on by itself when it is back" : STAGES[stage] || stage;
  at("check-stage").textContent = words;
  at("check-left").textContent = seconds_left ? left(seconds_left) : "";
  const quarter = `${words}. ${25 * Math.floor(4 * fraction)} percent.`;
  if (at("check-said").textContent !== quarter) at("check-said").textContent = quarter;
}

function left(seconds) {
  return seconds < 5 ? "nearly done" : seconds < 90 ? `about ${5 * Math.round(seconds / 5)} s left` : `about ${Math.round(seconds / 60)} min left`;
}

/** The upload was deleted at the server, for its time was over. */
function gone() {
  discard("material", false);
  unsee();
  other();
  go("material");
}

/** Ask no more for pictures of what is given up, for the server is about to delete them. */
function unsee() {
  for (const each of [at("check-findings"), at("seen-picture")].flatMap((box) => [...box.querySelectorAll("img")])) each.removeAttribute("src");
  at("check-findings").replaceChildren();
}

async function shown(report, mine) {
  const had = at("checking").contains(document.activeElement) || document.activeElement === at("step-check");
  save({ report: { ok: report.ok === true } });
  at("checking").hidden = true;
  at("checked").hidden = false;
  const failed = report.state === "failed";
  at("verdict").className = `verdict ${report.ok ? "good" : "bad"}`;
  at("verdict").replaceChildren(...verdict(report));
  at("check-findings").replaceChildren(...(report.findings.length ? [listed(report)] : []));
  at("check-onward").hidden = !report.ok;
  at("check-other").hidden = false;
  at("check-other").className = report.ok ? "" : "main";
  at("check-other").textContent = report.ok ? "Use another one" : isPicture() ? "Choose another picture" : "Record or choose another one";
  document.dispatchEvent(new Event("create-changed"));
  at("check-said").textContent = at("verdict").querySelector("h3").textContent;
  if (had) at("step-check").focus({ preventScroll: true });
  at("seen").hidden = failed;
  if (!failed) await (report.kind === "picture" ? picture(report) : footage(report, mine));
}

function verdict({ ok, state, kind, findings, duration_s, usable_s, speech_s }) {
  const count = (severity) => findings.filter((each) => each.severity === severity).length;
  const [errors, others] = [count("error"), findings.length - count("error")];
  const things = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
  const title = state === "failed" ? "It could not be checked." : ok ? (others ? "It can be used." : "It is good.") : "It cannot be used yet.";
  const words =
    state === "failed"
      ? "This costs nothing. Use another file, or load this page again to try once more."
      : ok
        ? others
          ? `${things(others, "thing")} could be better. Go on, or mend ${others === 1 ? "it" : "them"} first: what you bring is what the replica learns.`
          : "Nothing was found that stands in the way."
        : `${things(errors, "thing")} ${errors === 1 ? "has" : "have"} to be mended first${others ? `; ${others} more could be better` : ""}. Nothing was paid for.`;
  const made = [element("h3", "", title), element("p", "", words)];
  if (kind !== "footage" || state === "failed") return made;
  const numbers = element("dl", "numbers");
  for (const [value, said] of [[`${clock(usable_s)} of ${clock(duration_s)}`, "can be learned from"], [`${Math.round(speech_s)} s`, "of speech in it"]]) {
    const pair = element("div", "");
    const dd = element("dd", "");
    dd.append(element("strong", "", value));
    pair.append(element("dt", "", said), dd);
    numbers.append(pair);
  }
  return [...made, numbers];
}

/** The findings, with buttons that go to their moments, and the pictures that show them. */
function listed({ findings, kind }) {
  const list = findingsList(findings);
  findings.forEach((each, row) => {
    const item = list.children[row];
    if (kind === "footage") item.querySelector(".title").prepend(element("span", "nth", `${row + 1}.`));
    const more = Object.assign(element("a", "quiet", "More about this"), { href: `/help/errors#${each.rule}`, target: "_blank" });
    const end = element("p", "");
    end.append(more);
    item.querySelector(".told").append(...(each.spans?.length ? [jumps(each)] : []), end);
    if (each.evidence_url) item.append(evidence(each));
  });
  return list;
}

function jumps({ spans, title }) {
  const made = element("p", "jumps");
  for (const [from, to] of spans.slice(0, 12)) {
    const button = element("button", "small", to - from < 1 ? moment(from) : `${clock(from)}–${clock(to)}`);
    button.type = "button";
    button.setAttribute("aria-label", `Go to ${clock(from)}: ${title}`);
    button.addEventListener("click", () => jump(from));
    made.append(button);
  }
  if (spans.length > 12) made.append(element("span", "quiet", `and ${spans.length - 12} more places`));
  return made;
}

/** `0:09.4`, for what is over within a second. */
function moment(seconds) {
  return `${clock(seconds)}.${Math.floor(10 * (seconds % 1))}`;
}

function evidence({ evidence_url, title }) {
  const link = Object.assign(element("a", "evidence-link"), { href: here(evidence_url), target: "_blank" });
  link.append(Object.assign(element("img", ""), { src: here(evidence_url), alt: `Where it is seen: ${title} (opens in another tab)`, loading: "lazy" }));
  return link;
}

async function footage(report, mine) {
  at("seen-picture").hidden = true;
  line = timeline(report, jump);
  at("timeline").replaceChildren(line.element);
  const file = await fileOf("material");
  if (asking !== mine) return;
  video.hidden = !file;
  if (!file) return;
  URL.revokeObjectURL(url);
  video.src = url = URL.createObjectURL(file);
}

function picture({ evidence_url }) {
  video.hidden = true;
  at("timeline").replaceChildren();
  at("seen-picture").hidden = !evidence_url;
  at("seen-picture").querySelector("img").src = here(evidence_url || "");
}

function jump(seconds) {
  line.at(seconds);
  if (video.hidden) return;
  video.currentTime = seconds;
  video.scrollIntoView({ block: "nearest" });
}

function leaveIt() {
  const way_back = go;
  check.leave();
  unsee();
  other();
  document.dispatchEvent(new Event("create-changed"));
  way_back("material");
}

// Recordings of browsers do not state their length; players show it once the end was sought.
video.addEventListener("loadedmetadata", () => {
  if (video.duration !== Infinity) return;
  video.addEventListener("durationchange", () => (video.currentTime = 0), { once: true });
  video.currentTime = Number.MAX_SAFE_INTEGER;
});
video.addEventListener("error", () => (video.hidden = true));
video.addEventListener("timeupdate", () => video.duration !== Infinity && line?.at(video.currentTime));
at("check-other").addEventListener("click", leaveIt);
at("check-skip-now").addEventListener("click", () => (save({ report: { skipped: true } }), go()));
