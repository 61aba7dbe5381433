// The whole picture wanders on a square of 8 pixels against burn-in: one pixel at a time, every four minutes,
// by the server's clock, so that walls side by side wander together.

const STEP_MS = 240_000;
const REACH = 4; // pixels to each side

const PATH = [];
for (let y = -REACH; y <= REACH; y++) {
  for (let x = -REACH; x <= REACH; x++) PATH.push([y % 2 ? -x : x, y]);
}

export function orbit(nowMs) {
  const [x, y] = PATH[Math.floor(nowMs / STEP_MS) % PATH.length];
  const root = document.documentElement.style;
  if (root.getPropertyValue("--orbit-x") !== `${x}px`) root.setProperty("--orbit-x", `${x}px`);
  if (root.getPropertyValue("--orbit-y") !== `${y}px`) root.setProperty("--orbit-y", `${y}px`);
}
