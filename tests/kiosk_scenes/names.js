// Where a map's names stand, and which of them lie on a light.
(key) => {
  const map = document.querySelector(`[data-key="${key}"] .map`);
  const names = [...map.querySelectorAll(".names:not(.lights) span")].map((node) => [node.textContent, node.getBoundingClientRect()]);
  const lights = [...map.querySelectorAll(".light")].map((node) => node.getBoundingClientRect()).map((r) => [(r.left + r.right) / 2, (r.top + r.bottom) / 2]);
  const under = names.filter(([, r]) => lights.some(([x, y]) => x > r.left - 2 && x < r.right + 2 && y > r.top - 2 && y < r.bottom + 2));
  return { places: Object.fromEntries(names.map(([name, r]) => [name, [r.left, r.top]])), under: under.map(([name]) => name), lights: lights.length };
}
