// Whether the server can be reached: said when it is lost, and when it is back.

import { tell, untell } from "./toasts.js";

let is_lost = false;

/** The server does not answer. */
export function lost() {
  if (is_lost) return;
  is_lost = true;
  untell("back");
  tell("lost", "What you see may be old; it goes on by itself when the server is back.", { title: "The connection is lost.", seconds: 0 });
}

/** The server answers. */
export function back() {
  if (!is_lost) return;
  is_lost = false;
  untell("lost");
  tell("back", "The connection is back.");
}
