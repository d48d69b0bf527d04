// The page on which a replica is made: which of its steps is shown, and how one goes from one to the next.

import { another, done, draft, hasWork, isNew, isPicture, madeElsewhere, needsConsent, startOver, wizard } from "./create-draft.js";
import * as first from "./create-have.js";
import { claim } from "./create-tabs.js";
import { at } from "./elements.js";

const MODULES = {
  have: () => first,
  guide: () => first,
  consent: () => import("./create-consent.js"),
  material: () => import("./create-material.js"),
  check: () => import("./create-check.js"),
  create: () => import("./create-finish.js"),
  made: () => import("./create-finish.js"),
};
const sections = Object.fromEntries([...document.querySelectorAll("[data-step]")].map((each) => [each.dataset.step, each]));
const BEFORE_THE_CHECK = ["have", "guide", "consent", "material"];
let now = null;
let step = null;
let turn = 0;

const line = () => Object.keys(done).filter((name) => name !== "consent" || !draft.way || needsConsent());
const before = (name) => line()[line().indexOf(name) - 1];

/** Whether everything that comes before a step is done; else the first step that is not. */
function nearest(name) {
  if (draft.made) return "made";
  const wanted = line().includes(name) ? name : line()[0];
  return line().find((each) => each === wanted || !done[each]());
}

/** Show a step. `how` is `push` for another entry of the history, `replace`, or `stay` where the history has moved. */
async function show(name, how = "push", focus = true) {
  const next = nearest(name);
  const mine = ++turn;
  const entered = await stepOf(next);
  if (!entered || mine !== turn) return; // another step was gone to while this one was loaded
  at("not-loaded").hidden = true;
  step?.leave?.();
  const from = now;
  [now, step] = [next, entered];
  const address = addressOf(next);
  if (how === "push") history.pushState({ from }, "", address);
  else if (how === "replace" || next !== name) history.replaceState(history.state, "", address);
  fit();
  at("again")?.toggleAttribute("open", next === "have");
  for (const [each, section] of Object.entries(sections)) section.hidden = each !== next;
  tellSteps();
  await step.enter(go);
  if (now !== next) return;
  const title = sections[next].querySelector("h2");
  document.title = `${title.textContent} – New replica – Countenance`;
  if (!focus) return;
  scrollTo(0, 0);
  title.focus({ preventScroll: true });
}

function addressOf(name) {
  return `?${draft.again ? `again=${draft.again}&` : ""}step=${name}`;
}

/** What a step does, which is not loaded before it is needed; null without a connection. */
async function stepOf(name) {
  try {
    return (await MODULES[name]())[name];
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    at("not-loaded").hidden = false;
    return null;
  }
}

/** To the step after this one, or to a certain one. */
function go(name = line()[line().indexOf(now) + 1]) {
  return show(name);
}

async function onward() {
  const from = now;
  if ((await step.onward()) && now === from) await go();
}

function back() {
  const previous = before(now);
  if (history.state?.from === previous) history.back();
  else show(previous, "replace");
}

/** What is in the page only for some ways to make a replica. */
function fit() {
  for (const each of document.querySelectorAll("[data-for]")) each.hidden = !each.dataset.for.split(" ").includes(draft.way || "own");
  const word = isPicture() ? "Picture" : "Footage";
  sections.material.querySelector("h2").textContent = word;
  document.querySelector("[data-of=material] a").textContent = word;
  at("afresh").hidden = !draft.way || Boolean(draft.made);
  if (!at("again")) return;
  at("again").hidden = !draft.again || !BEFORE_THE_CHECK.includes(now);
}

function tellSteps() {
  const all = line();
  const place = all.indexOf(now);
  document.querySelector(".steps").hidden = place < 0;
  for (const item of document.querySelectorAll("[data-of]")) {
    const name = item.dataset.of;
    const link = item.firstElementChild;
    item.hidden = !all.includes(name);
    item.className = all.slice(0, all.indexOf(name) + 1).every((each) => done[each]()) && !item.hidden ? "done" : "";
    link.toggleAttribute("href", false);
    link.removeAttribute("aria-current");
    if (name === now) link.setAttribute("aria-current", "step");
    else if (!item.hidden && nearest(name) === name) link.href = addressOf(name);
  }
  const words = document.querySelector(`[data-of=${now}] a`)?.textContent;
  at("steps-now").textContent = `Step ${place + 1} of ${all.length}: ${words}`;
}

function follow(event) {
  const link = event.target.closest("[data-of] a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.parentElement.dataset.of);
}

/** Enter in a field goes on, as it would in a form. */
function entered(event) {
  if (event.key !== "Enter" || !event.target.matches("input:not([type=radio], [type=checkbox], [type=file])")) return;
  event.target.closest("[data-step]").querySelector("[data-onward]")?.click();
}

async function afresh() {
  await startOver();
  location.assign("/new");
}

async function begin() {
  const [visit] = performance.getEntriesByType("navigation");
  if (draft.made && visit?.type === "navigate") startOver();
  const { again } = wizard;
  const isAnother = () => Boolean(again) && draft.again !== again.replica_id;
  const isMine = () => claim(draft.id, isNew(), () => location.reload());
  if (isAnother() && !hasWork()) another(again); // deletes nothing: another tab may have the same draft, and work in it
  const replica_id = madeElsewhere();
  if (!replica_id && (await isMine())) {
    if (isAnother()) return askWhich();
  } else {
    if (!isAnother()) return elsewhere(replica_id);
    another(again);
    await isMine();
  }
  const wanted = new URLSearchParams(location.search).get("step");
  at("steps-and-step").hidden = false;
  show(wanted || "have", "replace", false);
}

/** The draft belongs to another tab, or something was made from it there. */
function elsewhere(replica_id) {
  at("elsewhere").hidden = false;
  at("elsewhere-open").hidden = at("elsewhere-here").hidden = Boolean(replica_id);
  at("elsewhere-made").hidden = at("elsewhere-to").hidden = !replica_id;
  if (!replica_id) return;
  at("elsewhere-title").textContent = "It was made in another tab";
  at("elsewhere-to").href = `/replicas/${replica_id}`;
}

/** Something else is under way in this tab, when one wants to start again with a replica that failed. */
function askWhich() {
  at("which").hidden = false;
  at("which-one").textContent = draft.name || draft.consent?.full_name || draft.material.name;
}

document.addEventListener("click", follow);
document.addEventListener("keydown", entered);
for (const button of document.querySelectorAll("[data-back]")) button.addEventListener("click", back);
for (const button of document.querySelectorAll("[data-onward]")) button.addEventListener("click", onward);
document.addEventListener("create-changed", () => (fit(), tellSteps()));
at("afresh").addEventListener("click", () => (hasWork() ? at("afresh-dialog").showModal() : afresh()));
at("afresh-now").addEventListener("click", afresh);
at("elsewhere-here").addEventListener("click", () => location.reload());
at("elsewhere-other").addEventListener("click", () => (another(), location.assign("/new")));
at("which-again")?.addEventListener("click", () => startOver(wizard.again).then(() => location.reload()));
addEventListener("popstate", () => step && show(new URLSearchParams(location.search).get("step") || "have", "stay"));
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
begin();
