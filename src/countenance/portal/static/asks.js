// Links with data-asks open what they lead to in the dialog #ask; and what is typed to confirm is compared.

const dialog = document.getElementById("ask");
let opener = null;

async function on_click(event) {
  const link = event.target.closest("a[data-asks]");
  if (!link || !dialog || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  // The menu in which the link was is closed by then.
  const menu = link.closest("[popover]");
  opener = menu ? document.querySelector(`[popovertarget="${menu.id}"]`) : link;
  menu?.hidePopover();
  dialog.replaceChildren();
  const wanted = { source: dialog, event, target: dialog, swap: "innerHTML" };
  await window.htmx.ajax("GET", link.getAttribute("href"), wanted).catch(() => {}); // it is told where all requests are
  if (!dialog.querySelector("form")) return;
  compare_all();
  dialog.showModal();
  // What has the focus may lie below the foot of a small screen: the question is read first.
  if (dialog.scrollTop === 0) return;
  dialog.querySelector("[autofocus]")?.removeAttribute("autofocus"); // htmx would come back to it
  dialog.querySelector(".dialog-head [data-closes]").focus();
  dialog.scrollTop = 0;
}

function compare_all() {
  for (const form of document.querySelectorAll("form[data-typed]")) {
    const field = form.elements.typed;
    const compare = () => (form.querySelector("button").disabled = field.value.trim() !== form.dataset.typed.trim());
    field.addEventListener("input", compare);
    compare();
  }
}

// What was asked last is answered, whatever else is under way; a second click does not take back what was typed.
dialog?.setAttribute("hx-sync", "this:replace");
document.addEventListener("click", on_click);
dialog?.addEventListener("close", () => opener?.focus());
compare_all();
