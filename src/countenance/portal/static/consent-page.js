// The page on which a person agrees, or does not: opens the link, records, sends, declines; later takes it back.

import { check, findingsList, readLimits } from "./checks.js";
import { drop, keep, kept } from "./kept.js";
import { call, problemBox } from "./problem.js";
import "./recorder.js";
import "./upload-progress.js";
import { Upload } from "./uploader.js";
import { Given } from "./consent-given.js";
import { Words } from "./consent-words.js";

const LINK = `/v2/consent-links/${encodeURIComponent(location.pathname.split("/").pop())}`;
const UPLOADS = `${LINK}/uploads`;
const CLOSED = ["recorded", "revoked", "ended", "declined", "expired", "withdrawn"];
const at = (id) => document.getElementById(id);
const limits = readLimits();
const recorder = at("recorder");
const words = new Words(LINK, { until: at("until"), stale: at("stale"), staleWords: at("stale-words") });
const day = new Intl.DateTimeFormat([], { dateStyle: "full" });
const given = new Given(LINK);

/** What would be sent: `{file, phrase_id, until, upload_id}`. */
let taken = null;
let upload = null;

async function open() {
  at("opening").hidden = false;
  show(null);
  let asked;
  try {
    asked = await call("GET", LINK);
  } catch (problem) {
    return failed(problem);
  } finally {
    at("opening").hidden = true;
  }
  if (CLOSED.includes(asked.state)) return close(asked);
  at("name").textContent = at("name-again").textContent = asked.full_name;
  at("link-until").textContent = day.format(new Date(asked.expires_at));
  words.begin(asked.statement);
  show("ask");
  await takeUp();
}

/** A recording that was not sent to its end before this page was left. */
async function takeUp() {
  const found = await kept(LINK);
  if (!found) return;
  taken = { file: found.file, until: found.until, before: true, ...found.extra };
  recorder.review(found.file);
}

function failed(problem) {
  if (problem.status === 404) return show("unknown", true);
  at("failed-words").textContent = `${problem.title} ${problem.remedy}`;
  show("failed", true);
}

/** One of the page's faces: the question, or a state. */
function show(name, focus = false) {
  at("ask").hidden = name !== "ask";
  for (const each of document.querySelectorAll("[data-shown-for]")) {
    each.hidden = each.dataset.shownFor !== name;
    if (each.hidden) continue;
    const title = each.querySelector("h1");
    document.title = `${title.textContent.replace(/\.$/, "")} – Countenance`;
    if (focus) title.focus();
  }
}

/** The link is answered or over: nothing of the person stays in this browser. */
async function close(asked, focus = false, is_new = false) {
  upload?.cancel();
  recorder.close();
  words.end();
  taken = null;
  given.tell(asked, is_new);
  show(asked.state, focus);
  scrollTo(0, 0);
  await drop(LINK);
}

async function fileCame({ file, recorded, interrupted }) {
  at("send").hidden = at("review").hidden = true;
  at("problem").replaceChildren();
  at("findings").replaceChildren();
  if (taken?.file !== file) taken = { file, phrase_id: words.phrase_id, until: words.until };
  const report = await check(file, limits.purposes.consent_link);
  if (taken?.file !== file) return;
  at("findings").replaceChildren(...(report.findings.length ? [findingsList(report.findings)] : []));
  at("choose").hidden = true;
  if (!report.ok) return void (at("choose").hidden = false);
  const went_on = taken.before;
  at("review-words").textContent = went_on
    ? "Your recording is still here; it was not sent to its end. Go on, or record again."
    : `${recorded ? "Look at it: can every word be heard, and your face be seen?" : "Is this the right video?"}${interrupted ? " It was interrupted." : ""} Nothing has been sent so far.`;
  at("send").lastChild.textContent = went_on ? " Go on sending" : " Send the recording";
  at("send").hidden = at("review").hidden = false;
  at("send").focus();
}

function fileGone() {
  taken = null;
  at("send").hidden = at("review").hidden = true;
  at("choose").hidden = false;
  at("sending").hidden = true;
  at("findings").replaceChildren();
  at("problem").replaceChildren();
  drop(LINK);
}

async function send() {
  at("problem").replaceChildren();
  if (!taken.phrase_id) Object.assign(taken, { phrase_id: words.phrase_id, until: words.until }); // chosen before they came
  if (Date.now() > taken.until) return words.tooOld();
  busy(true);
  const sent = taken;
  const { file, phrase_id, until } = sent;
  try {
    if (!sent.upload_id) {
      await keep(LINK, file, { phrase_id }, until);
      upload = new Upload(file, { base: UPLOADS, filename: plain(file.name) });
      at("sending").follow(upload);
      sent.upload_id = (await upload.send()).upload_id;
      if (taken !== sent) return busy(false); // the link was closed meanwhile
      await keep(LINK, file, { phrase_id, upload_id: sent.upload_id }, until);
    }
    const asked = await call("POST", `${LINK}/record`, { upload_id: sent.upload_id, phrase_id });
    busy(false);
    await close(asked, true, true);
  } catch (problem) {
    busy(false);
    await notSent(problem);
  }
}

async function notSent(problem) {
  if (!taken || problem.code === "cancelled") return at("send").focus();
  if (["service.consent_request_closed", "consent.request_expired"].includes(problem.rule)) return open();
  if (["consent.phrase_expired", "consent.phrase_unknown"].includes(problem.rule)) words.tooOld();
  if (!problem.title) throw problem;
  at("problem").replaceChildren(problemBox(problem));
  if (problem.passes) {
    at("send").lastChild.textContent = " Go on sending";
    return at("send").focus();
  }
  // What the server looked at and refused is not sent again as it is.
  taken.upload_id = undefined;
  at("send").hidden = at("review").hidden = true;
  at("choose").hidden = false;
}

function busy(is_busy) {
  at("send").hidden = at("review").hidden = is_busy;
  at("sending").hidden = !is_busy;
  recorder.inert = is_busy;
  at("decline").disabled = at("decline-now").disabled = is_busy;
  if (!is_busy) upload = null;
}

/** The recording's name says nothing of the person; another file's name may not be one that is taken. */
function plain(name) {
  return `consent${/\.[^.]+$/.exec(name)?.[0].toLowerCase() || ""}`;
}

async function decline() {
  at("decline-problem").replaceChildren();
  try {
    await close(await call("POST", `${LINK}/decline`), true);
  } catch (problem) {
    if (problem.rule === "service.consent_request_closed") return open();
    at("decline-problem").replaceChildren(problemBox(problem));
  }
}

async function renew() {
  at("problem").replaceChildren();
  const before = taken;
  try {
    const asked = await call("GET", LINK);
    if (CLOSED.includes(asked.state)) return close(asked, true);
    if (words.isBusy() || taken !== before) return; // the others are being read, or were: they are good a little longer
    words.begin(asked.statement, { anew: true });
    if (taken) recorder.again();
  } catch (problem) {
    at("problem").replaceChildren(problemBox(problem));
  }
}

function sure(is_asked) {
  at("decline-first").hidden = is_asked;
  at("decline-sure").hidden = !is_asked;
  at(is_asked ? "keep" : "decline").focus();
}

recorder.limits = limits;
recorder.offer(at("send"));
words.onshown = (statement) => (recorder.prompts = [{ title: "Read this aloud", text: statement.text, language: statement.language }]);
words.isBusy = () => ["countdown", "recording"].includes(recorder.state) || upload !== null;
recorder.addEventListener("recorder-file", ({ detail }) => fileCame(detail));
recorder.addEventListener("recorder-cleared", fileGone);
recorder.addEventListener("recorder-state", ({ detail }) => detail.state === "asking" && words.isNearlyOld && renew());
at("file").addEventListener("change", () => at("file").files.length && recorder.review(at("file").files[0]));
at("send").addEventListener("click", send);
at("renew").addEventListener("click", renew);
at("reopen").addEventListener("click", open);
at("decline").addEventListener("click", () => sure(true));
at("keep").addEventListener("click", () => sure(false));
at("decline-now").addEventListener("click", decline);
given.onchange = (asked) => close(asked, true);
addEventListener("pageshow", (event) => event.persisted && !taken && open()); // what happened meanwhile in another tab
addEventListener("beforeunload", (event) => (upload || (taken && !taken.upload_id)) && event.preventDefault());
open();
