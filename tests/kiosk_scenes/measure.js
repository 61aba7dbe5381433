// What a test asks of the picture: run in the page, returns sentences about what is wrong and figures about the rest.
() => {
  const wrong = [];
  const shown = [...document.querySelectorAll(".scene.is-on")];
  const roots = [...shown, document.getElementById("head"), document.getElementById("foot")];
  const limit = (20 / 1080) * innerHeight - 0.05;
  const boxes = [];
  const visible = (node) => node.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
  for (const root of roots) {
    for (const node of root.querySelectorAll("*")) {
      const words = [...node.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
      if (!words.length || !visible(node)) continue;
      const range = document.createRange();
      range.setStart(words[0], 0);
      range.setEnd(words.at(-1), words.at(-1).length);
      const r = range.getBoundingClientRect();
      const name = `${root.dataset?.key ?? root.id}: ${node.closest(".block")?.dataset.block ?? ""} ${node.className} „${node.textContent.slice(0, 24)}“`;
      const size = parseFloat(getComputedStyle(node).fontSize);
      if (size < limit) wrong.push(`${name} is ${size.toFixed(1)} px`);
      if (r.left < -0.5 || r.top < -0.5 || r.right > innerWidth + 0.5 || r.bottom > innerHeight + 0.5) wrong.push(`${name} leaves the wall`);
      if (node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0 && getComputedStyle(node).display !== "inline") wrong.push(`${name} is wider than its place by ${node.scrollWidth - node.clientWidth}`);
      const block = node.closest(".block");
      if (block) {
        const b = block.getBoundingClientRect();
        const slack = size * 0.25; // the line's own air
        if (r.left < b.left - 3 || r.right > b.right + 3 || r.top < b.top - slack || r.bottom > b.bottom + slack) wrong.push(`${name} leaves its block`);
      }
      const air = (r.height / Math.max(1, Math.round(r.height / (size * 1.4)))) * 0.2;
      boxes.push({ name, node, left: r.left, right: r.right, top: r.top + air, bottom: r.bottom - air, under: node.closest(".quiet") });
    }
  }
  for (let i = 0; i < boxes.length; i++) {
    for (let j = i + 1; j < boxes.length; j++) {
      const [a, b] = [boxes[i], boxes[j]];
      if (a.under || b.under || a.node.contains(b.node) || b.node.contains(a.node)) continue;
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const up = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && up > 1) wrong.push(`${a.name} lies on ${b.name}`);
    }
  }
  const painted = boxes.concat([...document.querySelectorAll(".scene.is-on .canvas, .scene.is-on svg, .scene.is-on .rows")].map((n) => n.getBoundingClientRect()));
  const used = (Math.max(...painted.map((b) => b.right)) - Math.min(...painted.map((b) => b.left))) * (Math.max(...painted.map((b) => b.bottom)) - Math.min(...painted.map((b) => b.top)));
  return { wrong, used: used / (innerWidth * innerHeight), panels: shown.length, scenes: shown.map((s) => s.dataset.key) };
}
