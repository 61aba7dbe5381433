// Bars that stand (months, years) and a year day by day.

import { Rows, attribute, el, heading, hide, property, say, svg } from "./dom.js";

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

const HEIGHTS = [0.1, 0.45, 0.72, 1];

export function strip(root) {
  const head = heading(root);
  const box = el("div", "days", root);
  const picture = svg("svg", "", box);
  picture.setAttribute("preserveAspectRatio", "none");
  const paths = HEIGHTS.map((_, level) => svg("path", `d${level}`, picture));
  const today = el("i", "today", box);
  const rows = new Rows(el("ol", "", root), () => {
    const node = el("li");
    return { node, name: el("span", "", node), value: el("b", "num", node) };
  });
  return {
    update(block) {
      head(block);
      const days = [...block.days];
      attribute(picture, "viewBox", `0 0 ${days.length} 100`);
      paths.forEach((path, level) => {
        const height = HEIGHTS[level] * 100;
        const drawn = days.map((d, i) => (d === String(level) ? `M${i + 0.14},${100 - height}h.72v${height}h-.72z` : "")).join("");
        attribute(path, "d", drawn);
      });
      hide(today, block.today === null);
      property(today, "left", `${(((block.today ?? 0) + 0.5) / days.length) * 100}%`);
      const leap = days.length === 366 ? 29 : 28;
      const lengths = [31, leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
      rows.update(block.months, (row, item, i) => {
        property(row.node, "--days", lengths[i]);
        say(row.name, item.name);
        say(row.value, item.value);
      });
    },
  };
}
