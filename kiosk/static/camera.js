// Where the camera stands so that the whole city fills its place, and which names would cover each other.

const WEST = 105.28;
const EAST = 110.2;
const SOUTH = 28.16;
const NORTH = 32.21;
// The city's outline, roughly: the corners that a tilted camera has to keep in its picture.
const OUTLINE = [
  [105.29, 29.5], [105.7, 30.4], [106.2, 30.25], [107.0, 30.1], [107.5, 30.7], [107.9, 31.0], [108.3, 31.6], [108.5, 32.15],
  [109.2, 31.95], [109.6, 31.7], [110.19, 31.4], [110.1, 30.9], [109.3, 30.6], [108.9, 30.5], [109.1, 29.6], [109.3, 28.95],
  [109.25, 28.45], [108.7, 28.2], [108.3, 28.6], [107.9, 29.0], [107.4, 28.9], [106.6, 28.5], [105.9, 28.75], [105.4, 29.3],
];
const MARGIN = 0.03;

const PITCHES = [30, 34, 38, 42, 46, 50];

function at(width, height, lens, metres) {
  const { WebMercatorViewport } = window.deck;
  let view = { longitude: (WEST + EAST) / 2, latitude: (SOUTH + NORTH) / 2, zoom: 6.5 };
  let isWide = false; // whether the width decides how large the city is
  for (let i = 0; i < 6; i++) {
    const viewport = new WebMercatorViewport({ ...view, ...lens, width, height });
    const places = OUTLINE.flatMap(([lon, lat]) => [viewport.project([lon, lat, 0]), viewport.project([lon, lat, metres])]);
    const xs = places.map((p) => p[0]);
    const ys = places.map((p) => p[1]);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const [longitude, latitude] = viewport.unproject([(left + right) / 2, (top + bottom) / 2]);
    const [across, up] = [(width * (1 - 2 * MARGIN)) / (right - left), (height * (1 - 2 * MARGIN)) / (bottom - top)];
    isWide = across <= up;
    view = { longitude, latitude, zoom: view.zoom + Math.log2(Math.min(across, up)) };
  }
  return { isWide, viewport: new WebMercatorViewport({ ...view, ...lens, width, height }) };
}

/** A viewport in which the city, lifted by `metres`, fills width × height: looked at as steeply as its place is high. */
export function fitted(width, height, lens, metres) {
  let found;
  for (const pitch of PITCHES) {
    found = at(width, height, { ...lens, pitch }, metres);
    if (found.isWide) break;
  }
  return found.viewport;
}

/** Whether a rectangle comes closer than `gap` to one that is there already. */
export function covered(rect, taken, gap) {
  return taken.some((t) => rect.left < t.right + gap && rect.right > t.left - gap && rect.top < t.bottom + gap && rect.bottom > t.top - gap);
}
