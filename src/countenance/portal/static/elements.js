// Elements, found and made in one line.

const SVG = "http://www.w3.org/2000/svg";

export const at = (id) => document.getElementById(id);

export function element(name, className, textContent = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (textContent) made.textContent = textContent;
  return made;
}

export function button(words, act, className = "") {
  const made = element("button", className, words);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** An element with words in which what stands between backticks is code, as messages of the API have it. */
export function worded(name, className, words) {
  const made = element(name, className);
  const pieces = words.split("`");
  if (pieces.length % 2 === 0) made.append(words); // one of them is no pair's: somebody's own words
  else made.append(...pieces.map((piece, at) => (at % 2 ? element("code", "", piece) : piece)));
  return made;
}

/** A drawing of lines: paths of SVG, stroked in the colour of the text. */
export function drawing(viewBox, ...paths) {
  const drawn = document.createElementNS(SVG, "svg");
  const looks = { viewBox, fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linecap": "round", width: 20, height: 20 };
  for (const [name, value] of Object.entries(looks)) drawn.setAttribute(name, value);
  drawn.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    drawn.append(path);
  }
  return drawn;
}
