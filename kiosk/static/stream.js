// How data come together: sources, the pool, the base, the list. A light runs along a line once when its figure has grown.

import { Rows, attribute, el, fit, property, say, svg } from "./dom.js";

const WIDE = 1000;
const HIGH = 400;
const SOURCE_BEGIN = 200;
const SOURCE_END = 275;
const STAGE_FIRST = 400;
const STAGE_WIDE = 145;
const WIDEST = HIGH * 0.52; // of the stream
const THINNEST = 0.02; // of it: where nothing came today the way is still seen

const stageLeft = (i, count) => STAGE_FIRST + (i * (WIDE - STAGE_FIRST - STAGE_WIDE)) / Math.max(1, count - 1);

function ribbon(x0, y0, x1, y1, h0, h1) {
  const m = (x0 + x1) / 2;
  return `M${x0},${y0 - h0}C${m},${y0 - h0} ${m},${y1 - h1} ${x1},${y1 - h1}L${x1},${y1 + h1}C${m},${y1 + h1} ${m},${y0 + h0} ${x0},${y0 + h0}Z`;
}

function middle(x0, y0, x1, y1) {
  const m = (x0 + x1) / 2;
  return `M${x0},${y0}C${m},${y0} ${m},${y1} ${x1},${y1}`;
}

export function flow(root) {
  const picture = svg("svg", "", root);
  picture.setAttribute("preserveAspectRatio", "none");
  attribute(picture, "viewBox", `0 0 ${WIDE} ${HIGH}`);
  const ribbons = svg("g", "", picture);
  const time = el("time", "", root);
  const make = (style) => () => {
    const node = el("div", style);
    const shape = svg("path", "ribbon", ribbons);
    const pulse = svg("path", "pulse", ribbons);
    return { node, shape, pulse, name: el("span", style === "source" ? "name fits" : "name", node), value: el("b", "num", node), note: el("span", "note", node) };
  };
  const sources = new Rows(el("div", "", root), make("source"));
  const stages = new Rows(el("div", "", root), make("stage"));

  function write(row, item) {
    const hasGrown = row.value.textContent && row.value.textContent !== item.value;
    say(row.name, item.name);
    say(row.value, item.value);
    say(row.note, item.note);
    if (hasGrown) {
      row.pulse.classList.remove("is-running");
      void row.pulse.getBoundingClientRect(); // the animation starts anew
      row.pulse.classList.add("is-running");
    }
  }

  const fitAll = () => sources.rows.forEach((row) => fit(row.name));
  return {
    update(block) {
      say(time, block.as_of);
      const count = Math.max(1, block.sources.length);
      const each = HIGH / count;
      const wide = (share) => WIDEST * Math.max(THINNEST, share);
      const body = wide(block.stages.length ? block.stages[0].share : 1);
      let used = HIGH / 2 - body / 2;
      const shares = block.sources.map((s) => Math.max(THINNEST, s.share));
      const whole = shares.reduce((a, b) => a + b, 0) || 1;
      sources.update(block.sources, (row, item, i) => {
        const half = ((shares[i] / whole) * body) / 2;
        const y = (i + 0.5) * each;
        property(row.node, "top", `${((i * each + 8) / HIGH) * 100}%`);
        property(row.node, "height", `${((each - 16) / HIGH) * 100}%`);
        const reach = Math.min(half, each / 2 - 8);
        attribute(row.shape, "class", "ribbon from");
        attribute(row.shape, "d", ribbon(SOURCE_END, y, STAGE_FIRST, used + half, reach, half) + `M${SOURCE_BEGIN},${y - reach}H${SOURCE_END}V${y + reach}H${SOURCE_BEGIN}Z`);
        attribute(row.pulse, "d", middle(SOURCE_END, y, STAGE_FIRST, used + half));
        used += 2 * half;
        write(row, item);
      });
      const last = block.stages.length;
      stages.update(block.stages, (row, item, i) => {
        const x = stageLeft(i, last);
        property(row.node, "left", `${(x / WIDE) * 100}%`);
        const from = i ? stageLeft(i - 1, last) + STAGE_WIDE : 0;
        const half = wide(item.share) / 2;
        attribute(row.shape, "d", i ? ribbon(from, HIGH / 2, x, HIGH / 2, half, half) : "");
        attribute(row.pulse, "d", i ? middle(from, HIGH / 2, x, HIGH / 2) : "");
        write(row, item);
      });
      fitAll();
    },
    resize: fitAll,
  };
}
