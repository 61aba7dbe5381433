// Sentences, the guests' name, the name of a day.

import { el, hide, say, sentence } from "./dom.js";

export function text(root) {
  const line = el("p", "parts", root);
  const fitLine = () => {
    root.classList.remove("is-tight");
    root.classList.toggle("is-tight", line.scrollWidth > root.clientWidth + 1);
  };
  return {
    update(block) {
      const before = line.textContent;
      sentence(line, block.parts);
      if (before !== line.textContent) fitLine();
    },
    resize: fitLine,
  };
}

function sized(node, words, long, longer) {
  say(node, words);
  node.classList.toggle("is-long", words.length > long && words.length <= longer);
  node.classList.toggle("is-longer", words.length > longer);
}

export function welcome(root) {
  const line = el("p", "line", root);
  const name = el("p", "name", root);
  const from = el("p", "from", root);
  say(from, "重庆体育大数据中心");
  return {
    update: (block) => say(line, block.line),
    tell: (what, value) => {
      if (what === "welcome" && value) sized(name, value, 11, 24);
      hide(name, !name.textContent);
    },
  };
}

export function occasion(root) {
  const name = el("p", "name", root);
  const when = el("p", "when", root);
  return {
    update(block) {
      sized(name, block.name, 8, 15);
      say(when, block.when);
    },
  };
}
