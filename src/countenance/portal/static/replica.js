// The page of one replica: what is below its state is read anew when there is something else to see, and pictures of
// findings are shown large.

const large = document.getElementById("large");

function follow() {
  const parts = document.getElementById("parts");
  const state = document.querySelector("#status [data-state]");
  if (!parts || !state || state.dataset.state === "gone") return;
  const phase = state.dataset.phase;
  if (phase === parts.dataset.phase) return;
  parts.dataset.phase = phase;
  // A link is shown once: it stays until somebody has answered.
  if (document.getElementById("made") && phase.startsWith("consent-")) return;
  window.htmx.ajax("GET", `${parts.dataset.place}/parts`, { target: parts, swap: "innerHTML" });
}

function make_enlargeable() {
  for (const picture of document.querySelectorAll("#parts .evidence")) {
    if (picture.closest("button")) continue;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "enlarge" });
    const title = picture.closest(".finding")?.querySelector(".title")?.textContent ?? "";
    button.setAttribute("aria-label", `Show the picture large: ${title}`);
    button.dataset.words = title;
    picture.replaceWith(button);
    button.append(picture);
  }
}

function enlarge(event) {
  const button = event.target.closest(".enlarge");
  if (!button) return;
  const picture = document.getElementById("large-picture");
  picture.src = button.querySelector("img").src;
  picture.alt = button.querySelector("img").alt;
  document.getElementById("large-words").textContent = button.dataset.words;
  large.showModal();
}

document.addEventListener("click", enlarge);
large.addEventListener("click", (event) => event.target === large && large.close());
document.addEventListener("htmx:sseMessage", follow);
document.addEventListener("htmx:afterSettle", make_enlargeable);
document.addEventListener("htmx:afterSettle", follow);
make_enlargeable();
