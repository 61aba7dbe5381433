// One big figure with its name, unit, sentence and time.

import { el, hide, say, sentence } from "./dom.js";

export function figure(root) {
  const label = el("div", "label", root);
  const name = el("span", "", label);
  const time = el("time", "", label);
  const value = el("div", "value num", root);
  const written = el("span", "", value);
  const unit = el("em", "", value);
  const note = el("p", "note parts", root);
  return {
    update(block) {
      const style = `block figure ${block.size}`;
      if (root.className !== style) root.className = style;
      say(name, block.label);
      say(time, block.as_of);
      if (written.className !== block.tone) written.className = block.tone;
      say(written, block.value);
      say(unit, block.unit);
      sentence(note, block.note);
      hide(note, block.note.length === 0);
    },
  };
}
