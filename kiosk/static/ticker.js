// The line at the foot: what arrived last, as many as fit.

import { Rows, el, hide, say, sentence } from "./dom.js";

export class Ticker {
  constructor(list) {
    this.list = list;
    this.rows = new Rows(list, () => {
      const node = el("li");
      return { node, at: node.appendChild(document.createTextNode("")), unit: el("b", "", node), gap: node.appendChild(document.createTextNode(" ")), words: el("span", "parts", node) };
    });
    this.items = [];
  }

  update(items) {
    this.items = items;
    this.rows.update(items, (row, item) => {
      if (row.at.data !== `${item.at} `) row.at.data = `${item.at} `;
      say(row.unit, item.unit);
      sentence(row.words, item.words);
      hide(row.node, false);
    });
    this.fit();
  }

  fit() {
    const nodes = [...this.list.children];
    for (const node of nodes) hide(node, false);
    const end = this.list.parentElement.getBoundingClientRect().right - this.list.parentElement.clientWidth * 0.02 - 420 * Math.min(innerWidth / 1920, innerHeight / 1080);
    for (const node of nodes) hide(node, node.getBoundingClientRect().right > end);
  }
}
