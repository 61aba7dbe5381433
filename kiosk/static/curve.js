// A day's curve: a line up to now, the usual behind it. Places come as 0–1 of the highest value.

import { attribute, el, heading, hide, property, say, svg } from "./dom.js";

const HEIGHT = 100;
const y = (v) => (HEIGHT - v * (HEIGHT - 6)).toFixed(2);

function line(values, x) {
  let path = "";
  let isOpen = false;
  values.forEach((v, i) => {
    if (v === null || v === undefined) {
      isOpen = false;
      return;
    }
    path += `${isOpen ? "L" : "M"}${x(i)},${y(v)}`;
    isOpen = true;
  });
  return path;
}

function under(values, x) {
  const known = values.map((v, i) => [v, i]).filter(([v]) => v !== null && v !== undefined);
  if (known.length < 2) return "";
  return `M${x(known[0][1])},${HEIGHT}` + known.map(([v, i]) => `L${x(i)},${y(v)}`).join("") + `L${x(known.at(-1)[1])},${HEIGHT}Z`;
}

function between(pairs, x) {
  const known = pairs.map((pair, i) => [pair, i]).filter(([pair]) => pair);
  if (known.length < 2) return "";
  const up = known.map(([pair, i], k) => `${k ? "L" : "M"}${x(i)},${y(pair[1])}`).join("");
  return up + known.reverse().map(([pair, i]) => `L${x(i)},${y(pair[0])}`).join("") + "Z";
}

export function curve(root) {
  const head = heading(root);
  const plot = el("div", "plot", root);
  const picture = svg("svg", "", plot);
  picture.setAttribute("preserveAspectRatio", "none");
  const shapes = Object.fromEntries(["band", "area", "other", "main", "base"].map((name) => [name, svg("path", name, picture)]));
  const top = el("span", "top", plot);
  const now = el("i", "now", plot);
  const axis = el("div", "axis", root);
  return {
    update(block) {
      head(block);
      const steps = Math.max(1, block.labels.length - 1);
      const x = (i) => ((i / steps) * 1000).toFixed(1);
      attribute(picture, "viewBox", `0 0 1000 ${HEIGHT}`);
      attribute(shapes.band, "d", between(block.band, x));
      attribute(shapes.area, "d", under(block.main, x));
      attribute(shapes.other, "d", line(block.other, x));
      attribute(shapes.main, "d", line(block.main, x));
      attribute(shapes.base, "d", `M0,${HEIGHT}H1000`);
      say(top, block.top);
      const last = block.main.findLastIndex((v) => v !== null && v !== undefined);
      hide(now, last < 0);
      if (last >= 0) {
        property(now, "left", `${(last / steps) * 100}%`);
        property(now, "top", `${y(block.main[last])}%`);
      }
      while (axis.children.length > block.labels.length) axis.lastChild.remove();
      block.labels.forEach((label, i) => {
        const tick = axis.children[i] ?? el("span", "", axis);
        tick.classList.toggle("is-first", i === 0);
        tick.classList.toggle("is-last", i === steps);
        property(tick, "left", `${(i / steps) * 100}%`);
        say(tick, label);
      });
    },
  };
}
