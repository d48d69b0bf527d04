// The library: short videos that play while one looks at them, and filters without empty fields in the address.

import "./why.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");
const card_of = (event) => (event.target instanceof Element ? event.target.closest(".replica") : null);

function play(card) {
  const look = card.querySelector(".look");
  const video = look.querySelector("video");
  if (!video || look.classList.contains("playing")) return;
  look.classList.add("playing");
  mark(look, true);
  video.play().catch(() => stop(card));
}

function stop(card) {
  const look = card.querySelector(".look");
  look.classList.remove("playing");
  look.querySelector("video")?.pause();
  mark(look, false);
}

function mark(look, is_playing) {
  look.querySelector(".play")?.setAttribute("aria-pressed", is_playing);
}

function come(event) {
  const card = card_of(event);
  const by_finger = event.type === "focusin" ? !event.target.matches(":focus-visible") : event.pointerType === "touch";
  if (card && !still.matches && !by_finger) play(card);
}

function go(event) {
  const card = card_of(event);
  if (card && !card.contains(event.relatedTarget) && !card.matches(":hover")) stop(card);
}

function on_click(event) {
  const button = event.target.closest(".play");
  if (!button) return;
  const card = button.closest(".replica");
  if (button.getAttribute("aria-pressed") === "true") stop(card);
  else play(card);
}

document.addEventListener("pointerover", come);
document.addEventListener("pointerout", go);
document.addEventListener("focusin", come);
document.addEventListener("focusout", go);
document.addEventListener("click", on_click);
document.addEventListener("htmx:configRequest", (event) => {
  const fields = event.detail.parameters;
  for (const name of ["search", "state", "type", "replica"]) if (!fields[name]) delete fields[name];
});
// What was said once is not said again by a reload.
if (new URLSearchParams(location.search).has("said")) {
  const url = new URL(location.href);
  url.searchParams.delete("said");
  history.replaceState(history.state, "", url);
}
