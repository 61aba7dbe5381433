// Lists: lanes against their pace, bars in order, dated entries, lamps.

import { Rows, el, fit, heading, hide, property, say } from "./dom.js";

function tone(node, name) {
  const style = `is-${name}`;
  if (!node.classList.contains(style)) {
    node.classList.remove("is-jade", "is-amber", "is-red", "is-blue", "is-ink");
    node.classList.add(style);
  }
}

export function lanes(root) {
  const head = heading(root);
  const rows = new Rows(el("ol", "rows", root), () => {
    const node = el("li");
    const name = el("span", "fits", node);
    const rail = el("span", "rail", node);
    const bar = el("i", "", rail);
    const pace = el("u", "", rail);
    return { node, name, rail, bar, pace, value: el("b", "num", node) };
  });
  const fitAll = () => rows.rows.forEach((row) => fit(row.name));
  return {
    update(block) {
      head(block);
      rows.update(block.rows, (row, item) => {
        say(row.name, item.name);
        tone(row.rail, item.tone);
        property(row.bar, "--v", item.ratio);
        property(row.pace, "--p", item.pace);
        hide(row.pace, item.pace === null);
        hide(row.bar, item.ratio === null);
        say(row.value, item.value);
      });
      fitAll();
    },
    resize: fitAll,
  };
}

export function ranks(root) {
  const head = heading(root);
  const rows = new Rows(el("ol", "rows", root), () => {
    const node = el("li");
    return { node, name: el("span", "fits", node), small: el("span", "small", node), value: el("b", "num", node) };
  });
  const fitAll = () => rows.rows.forEach((row) => fit(row.name));
  return {
    update(block) {
      head(block);
      tone(root, block.tone);
      rows.update(block.rows, (row, item) => {
        say(row.name, item.name);
        say(row.small, item.small);
        hide(row.small, !item.small);
        say(row.value, item.value);
        property(row.node, "--v", item.ratio);
      });
      fitAll();
    },
    resize: fitAll,
  };
}

export function entries(root) {
  const head = heading(root);
  const rows = new Rows(el("ol", "rows", root), () => {
    const node = el("li");
    return {
      node, when: el("b", "when num", node), name: el("span", "fits", node), small: el("span", "small", node),
      value: el("b", "num", node),
    };
  });
  const fitAll = () => rows.rows.forEach((row) => fit(row.name));
  return {
    update(block) {
      head(block);
      rows.update(block.rows, (row, item) => {
        say(row.when, item.when);
        say(row.name, item.name);
        say(row.small, item.small);
        say(row.value, item.value);
      });
      fitAll();
    },
    resize: fitAll,
  };
}

const ROWS = 7; // of lamps: fewer and wider columns, so that every category's name stands in one line

export function tiles(root) {
  const head = heading(root);
  const list = el("ol", "", root);
  const rows = new Rows(list, () => {
    const node = el("li");
    return { node, name: el("span", "fits", node) };
  });
  const fitAll = () => rows.rows.forEach((row) => fit(row.name));
  return {
    update(block) {
      head(block);
      const across = Math.max(4, Math.ceil(block.rows.length / ROWS));
      property(list, "--across", across);
      property(list, "--down", Math.ceil(block.rows.length / across));
      rows.update(block.rows, (row, item) => {
        say(row.name, item.name);
        row.node.classList.toggle("is-lit", item.lit);
      });
      fitAll();
    },
    resize: fitAll,
  };
}
