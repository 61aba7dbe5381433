// Nodes are made once and written to; words enter as text only.

export function el(tag, name, parent) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (parent) parent.append(node);
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, name, parent) {
  const node = document.createElementNS(SVG, tag);
  if (name) node.setAttribute("class", name);
  if (parent) parent.append(node);
  return node;
}

/** Writes text only where it is another, so that nothing is laid out again without a reason. */
export function say(node, words) {
  const text = words === null || words === undefined ? "" : String(words);
  if (node.textContent !== text) node.textContent = text;
}

export function attribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

export function property(node, name, value) {
  const text = value === null || value === undefined ? "0" : String(value);
  if (node.style.getPropertyValue(name) !== text) node.style.setProperty(name, text);
}

export function hide(node, isHidden) {
  if (node.hidden !== isHidden) node.hidden = isHidden;
}

/** A sentence of words and figures: ["今日新增 ", {n: "12,604", tone: "jade"}, " 条"]. */
export function sentence(node, parts) {
  while (node.childNodes.length > parts.length) node.lastChild.remove();
  parts.forEach((part, i) => {
    const isFigure = typeof part === "object";
    let child = node.childNodes[i];
    if (!child || (child.nodeType === Node.TEXT_NODE) === isFigure) {
      const made = isFigure ? document.createElement("b") : document.createTextNode("");
      if (child) child.replaceWith(made);
      else node.append(made);
      child = made;
    }
    if (isFigure) {
      if (child.className !== part.tone) child.className = part.tone;
      say(child, part.n);
    } else if (child.data !== part) {
      child.data = part;
    }
  });
}

/** Rows by their key: kept, moved or made, in the order given. */
export class Rows {
  constructor(parent, make) {
    this.parent = parent;
    this.make = make;
    this.rows = new Map();
  }

  update(items, write) {
    const wanted = new Set();
    let place = this.parent.firstElementChild;
    items.forEach((item, i) => {
      const base = item.key ?? String(i);
      const key = wanted.has(base) ? `${base}#${i}` : base; // two venues may bear one name
      wanted.add(key);
      let row = this.rows.get(key);
      if (!row) this.rows.set(key, (row = this.make(item)));
      if (row.node === place) place = place.nextElementSibling;
      else this.parent.insertBefore(row.node, place);
      write(row, item, i);
    });
    for (const [key, row] of this.rows) {
      if (!wanted.has(key)) {
        row.node.remove();
        this.rows.delete(key);
      }
    }
  }
}

/** Sets a name that is too long for its place smaller, then in two lines; never cuts it. */
export function fit(node) {
  const key = `${node.textContent}|${node.parentElement.clientWidth}x${innerHeight}|${document.fonts.status}`;
  if (node.dataset.fitted === key) return;
  node.classList.remove("is-tight", "is-double");
  if (node.scrollWidth > node.clientWidth + 1) {
    node.classList.add("is-tight");
    if (node.scrollWidth > node.clientWidth + 1) node.classList.add("is-double");
  }
  node.dataset.fitted = key;
}

/** The heading of a block: its name, a word about it, its time. */
export function heading(parent) {
  const root = el("div", "title", parent);
  const name = el("h3", "", root);
  const note = el("span", "", root);
  const legend = el("div", "legend", root);
  const time = el("time", "", root);
  return (block) => {
    say(name, block.title);
    if (Array.isArray(block.note)) {
      note.classList.add("parts");
      sentence(note, block.note);
    } else {
      say(note, block.note);
    }
    hide(note, !block.note || block.note.length === 0);
    const entries = block.legend ?? [];
    while (legend.children.length > entries.length) legend.lastChild.remove();
    entries.forEach(([kind, words], i) => {
      const key = legend.children[i] ?? el("span", "", legend);
      const style = `key ${block.kind === "columns" ? "box " : ""}${kind}`;
      if (key.className !== style) key.className = style;
      say(key, words);
    });
    hide(legend, entries.length === 0);
    say(time, block.as_of);
  };
}
