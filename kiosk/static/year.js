// Bars that stand: months, years, a year by its 旬.

import { Rows, el, heading, hide, property, say } from "./dom.js";

/** How high above its bar's foot a figure stands, in heights of the bar: over the one beside it too, unless that has a figure of its own. */
const clear = ({ ratio, other, other_value: said }) => (ratio && other && !said ? Math.max(1, other / ratio).toFixed(3) : 1);

export function columns(root) {
  const head = heading(root);
  const rows = new Rows(el("ol", "", root), () => {
    const node = el("li");
    const bars = el("div", "bars", node);
    const other = el("div", "bar other", bars);
    const otherValue = el("b", "num", other);
    const bar = el("div", "bar", bars);
    return { node, other, otherValue, bar, value: el("b", "num", bar), label: el("div", "below", node) };
  });
  return {
    update(block) {
      head(block);
      rows.update(block.rows, (row, item) => {
        property(row.bar, "--v", item.ratio);
        property(row.bar, "--above", clear(item));
        property(row.other, "--v", item.other);
        hide(row.bar, item.ratio === null);
        hide(row.other, item.other === null);
        say(row.value, item.value);
        say(row.otherValue, item.other_value);
        say(row.label, item.label);
      });
    },
  };
}

/** Twelve months of three bars: what was, what is being, what is to come; a line where today is. */
export function strip(root) {
  const head = heading(root);
  const box = el("div", "year", root);
  const rows = new Rows(el("ol", "", box), () => {
    const node = el("li");
    const bars = el("div", "thirds", node);
    return { node, bars: [el("i", "", bars), el("i", "", bars), el("i", "", bars)], name: el("span", "", node), value: el("b", "num", node), words: el("span", "small", node) };
  });
  const today = el("i", "today", box);
  return {
    update(block) {
      head(block);
      rows.update(block.months, (row, item) => {
        if (row.node.className !== item.state) row.node.className = item.state;
        row.bars.forEach((bar, i) => {
          bar.classList.toggle("is-known", item.thirds[i] !== null);
          property(bar, "--v", item.thirds[i]);
        });
        say(row.name, item.name);
        say(row.value, item.value);
        say(row.words, item.words);
      });
      hide(today, block.today === null);
      property(today, "--t", block.today);
    },
  };
}
