// The parts of <media-recorder>, and which of them a state shows.

import { button, drawing, element } from "./elements.js";

/** The head and the shoulders in a wide picture of 160 x 90, and the view of them in a tall one. */
const WIDE = "0 0 160 90";
const TALL = "46 -14 68 121";
const HEAD = "M80 13c10 0 15.5 8.5 15.5 21S89 57.500 80 57.500 64.500 46.500 64.500 34 70 13 80 13z";
const SHOULDERS = "M39 90c1.500-15 10-21.500 27-24.500M121 90c-1.500-15-10-21.500-27-24.500";
const BUTTONS = {
  off: ["open"],
  asking: [],
  ready: ["record"],
  countdown: ["cancel"],
  recording: ["stop"],
  recorded: ["again"],
  failed: ["open"],
};
const LIVE = ["ready", "countdown", "recording"];

/** Put the parts into the recorder; what the buttons do is `acts`. */
export function build(recorder, prompter, acts) {
  const frame = element("div", "recorder");
  const stage = element("div", "recorder-stage");
  const video = element("video", "recorder-video");
  Object.assign(video, { playsInline: true, muted: true, tabIndex: -1 });
  const guide = drawing(WIDE, HEAD, SHOULDERS);
  guide.setAttribute("class", "recorder-guide");
  guide.setAttribute("preserveAspectRatio", "xMidYMid slice");
  const empty = element("div", "recorder-empty");
  const waiting = element("p", "", "");
  empty.append(waiting);
  const count = element("p", "recorder-count");
  count.setAttribute("aria-hidden", "true");
  const running = element("p", "recorder-clock");
  const time = element("span", "");
  running.append(element("span", "recorder-dot"), element("span", "visually-hidden", "Recording, "), time);
  stage.append(video, guide, empty, count, running);
  // The picture is shown whole, so that what is framed is what is recorded.
  video.addEventListener("resize", () => {
    if (!video.videoWidth) return;
    stage.style.setProperty("--aspect", video.videoWidth / video.videoHeight);
    guide.setAttribute("viewBox", video.videoWidth < video.videoHeight ? TALL : WIDE);
  });

  const level = Object.assign(element("meter", ""), { min: 0, max: 1, low: 0.15, high: 0.97, optimum: 0.6, value: 0 });
  const heard = element("span", "recorder-heard");
  const sound = element("label", "recorder-sound");
  sound.append(element("span", "", "Microphone"), level, heard);
  const bar = Object.assign(element("progress", "recorder-bar"), { max: 1, value: 0 });
  bar.setAttribute("aria-label", "How long the recording is");

  const advice = element("p", "note wait recorder-advice");
  const note = element("p", "note wait recorder-note");
  const problem = element("div", "recorder-problem");
  const buttons = {
    open: button("Turn the camera on", acts.open, "main"),
    record: button("Start recording", acts.record, "main recorder-record"),
    cancel: button("Cancel", acts.cancel),
    stop: button("Stop", acts.stop, "main recorder-stop"),
    again: button("Record again", acts.again),
  };
  const actions = element("div", "actions recorder-actions");
  const offered = element("div", "recorder-offered");
  actions.append(offered, ...Object.values(buttons));
  const choice = chooser(acts.choose);
  const said = element("p", "visually-hidden");
  said.setAttribute("role", "status");
  frame.append(prompter.element, stage, bar, sound, advice, note, problem, actions, choice.element, said);
  recorder.replaceChildren(frame);

  const show = (state, { enough }) => {
    const live = LIVE.includes(state);
    for (const [name, each] of Object.entries(buttons)) each.hidden = !BUTTONS[state].includes(name);
    buttons.open.textContent = state === "failed" ? "Try again" : "Turn the camera on";
    offered.hidden = state !== "recorded";
    video.classList.toggle("mirrored", live);
    video.hidden = !live && state !== "recorded";
    empty.hidden = live || state === "recorded";
    waiting.textContent = state === "asking" ? "The browser asks whether this page may use the camera. Please allow it." : "The camera is off.";
    count.hidden = state !== "countdown";
    running.hidden = state !== "recording";
    bar.hidden = state !== "recording" || !enough;
    bar.max = enough || 1;
    bar.value = 0;
    sound.hidden = !live;
    choice.element.classList.toggle("off", state !== "ready");
  };
  return {
    frame, video, count, clock: time, level, heard, bar, advice, note, problem, offered, buttons, said, show,
    cameras: choice.cameras, microphones: choice.microphones,
  };
}

/** Offer these devices, `{id, label}`, in one of the two lists; with a single one there is nothing to choose. */
export function offer(select, found, used) {
  const options = found.map(({ id, label }) => {
    const option = Object.assign(element("option", "", label), { value: id });
    option.selected = id === used;
    return option;
  });
  select.replaceChildren(...options);
  select.closest("label").hidden = found.length < 2;
  const all = select.closest("details");
  all.hidden = [...all.querySelectorAll("label")].every((label) => label.hidden);
}

function chooser(choose) {
  const all = element("details", "recorder-devices");
  all.append(element("summary", "", "Another camera or microphone"));
  const made = {};
  for (const [kind, words] of [["camera", "Camera"], ["microphone", "Microphone"]]) {
    const label = element("label", "");
    const select = element("select", "");
    select.addEventListener("change", () => choose(kind, select.value));
    label.append(words, select);
    label.hidden = true;
    all.append(label);
    made[kind] = select;
  }
  all.hidden = true;
  return { element: all, cameras: made.camera, microphones: made.microphone };
}
