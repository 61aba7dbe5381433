// A scene's blocks on its grid of 24 × 24: made once by their id and kind, then only written to.

import * as city from "./map.js";
import * as curve from "./curve.js";
import * as figures from "./figures.js";
import * as lists from "./lists.js";
import * as stream from "./stream.js";
import * as words from "./words.js";
import * as year from "./year.js";
import { el } from "./dom.js";

const KINDS = {
  columns: year.columns, curve: curve.curve, entries: lists.entries, figure: figures.figure, flow: stream.flow,
  lanes: lists.lanes, map: city.map, occasion: words.occasion, ranks: lists.ranks, strip: year.strip,
  text: words.text, tiles: lists.tiles, welcome: words.welcome,
};

export class Grid {
  constructor(root, isOn) {
    this.root = root;
    this.isOn = isOn;
    this.blocks = new Map();
    this.told = {};
  }

  update(blocks) {
    const wanted = new Set();
    for (const block of blocks) {
      const make = KINDS[block.kind];
      if (!make) {
        console.warn(`wall: no block of kind ${block.kind}`);
        continue;
      }
      wanted.add(block.id);
      let made = this.blocks.get(block.id);
      if (!made || made.kind !== block.kind) {
        made?.root.remove();
        const root = el("div", `block ${block.kind}`, this.root);
        root.dataset.block = block.id;
        made = { kind: block.kind, root, ...make(root, { isOn: this.isOn }) };
        for (const [what, value] of Object.entries(this.told)) made.tell?.(what, value);
        this.blocks.set(block.id, made);
      }
      const [column, row, width, height] = block.area;
      const area = `${row} / ${column} / span ${height} / span ${width}`;
      if (made.area !== area) {
        made.area = area;
        made.root.style.gridArea = area;
      }
      made.update(block);
    }
    for (const [id, made] of this.blocks) made.root.hidden = !wanted.has(id);
  }

  each(method, ...args) {
    for (const made of this.blocks.values()) made[method]?.(...args);
  }

  shown() {
    this.each("shown");
  }

  hidden() {
    if (!this.isOn()) this.each("hidden");
  }

  resize() {
    this.each("resize");
  }

  /** What concerns every block that listens: the region in the spotlight, the guests' name. */
  tell(what, value) {
    if (this.told[what] === value) return;
    this.told[what] = value;
    this.each("tell", what, value);
  }
}
