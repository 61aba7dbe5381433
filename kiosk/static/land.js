// Boundaries and rivers, fetched once; colours out of the theme.

const ADDRESSES = { "2024": "./districts-2024.json", "2025": "./districts-2025.json" };
const RIVERS = "./rivers.json";
const kept = new Map();

async function load(address) {
  if (!kept.has(address)) {
    kept.set(address, fetch(address).then((answer) => {
      if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
      return answer.json();
    }).catch((error) => {
      kept.delete(address); // asked for again with the next change
      throw error;
    }));
  }
  return kept.get(address);
}

const rings = (geometry) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates).map((polygon) => polygon[0]);
const prepared = new Map();

/** Shapes, outlines and names of a map edition. */
export async function editions(edition) {
  const shapes = await load(ADDRESSES[edition] ?? ADDRESSES["2025"]);
  if (!prepared.has(shapes)) {
    prepared.set(shapes, {
      shapes,
      outlines: shapes.features.flatMap((f) => rings(f.geometry).map((path) => ({ adcode: f.properties.adcode, path, north: Math.max(...path.map((p) => p[1])) }))),
      labels: shapes.features.map((f) => ({ adcode: f.properties.adcode, short: f.properties.short, at: f.properties.label, area: f.properties.area })),
    });
  }
  return prepared.get(shapes);
}

const lifted = new Map();

/** Lines of the rivers, lifted to `metres` so that they lie on the land. */
export async function rivers(metres) {
  const { features } = await load(RIVERS);
  if (!lifted.has(metres)) {
    const lines = features.flatMap((f) => (f.geometry.type === "LineString" ? [f.geometry.coordinates] : f.geometry.coordinates));
    lifted.set(metres, lines.map((path) => path.map(([x, y]) => [x, y, metres])));
  }
  return lifted.get(metres);
}

function rgb(name) {
  const hex = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

let known = null;

/** The theme's colours of the land, as plain numbers: they travel to the thread that draws. */
export function colours() {
  known ??= {
    steps: ["land-0", "land-1", "land-2", "land-3"].map(rgb),
    spot: [...rgb("jade"), 255],
    asleep: [...rgb("land-0"), 200],
    shore: [...rgb("shore"), 120],
    river: [...rgb("river"), 235],
    glow: [...rgb("blue"), 60],
    column: [...rgb("amber"), 255],
  };
  return known;
}
