// The scenes: each mounted once, its blocks kept and written to, shown and hidden by class.

import { Grid } from "./grid.js";
import { el, hide, property, say } from "./dom.js";

const FADE_MS = 700;
const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));

class SceneNode {
  constructor(parent, key) {
    this.root = el("section", "scene", parent);
    this.root.dataset.key = key;
    const head = el("div", "scene-head", this.root);
    this.title = el("h2", "", head);
    this.demo = el("span", "demo", head);
    say(this.demo, "演示数据");
    this.late = el("span", "late", head);
    say(this.late, "数据未及时更新");
    this.grid = new Grid(el("div", "grid", this.root), () => this.isOn);
    this.isOn = false;
    this.payload = null;
  }

  update(payload) {
    this.payload = payload;
    say(this.title, payload.title);
    hide(this.demo, !payload.demonstration);
    hide(this.late, !payload.stale);
    this.grid.update(payload.blocks);
  }

  place(panel, isWide) {
    property(this.root, "--panel", panel);
    if (isWide) property(this.root, "--panels", 1);
    this.root.toggleAttribute("data-first", panel === 0);
  }
}

export class Stage {
  constructor(parent) {
    this.parent = parent;
    this.scenes = new Map();
    this.waiting = new Map();
    this.told = new Map();
    this.on = new Map();
    this.panels = 0;
  }

  has(key) {
    return this.payload(key) !== null;
  }

  payload(key) {
    return this.waiting.get(key) ?? this.scenes.get(key)?.payload ?? null;
  }

  /** Everything that could be shown, by key. */
  payloads() {
    const mounted = [...this.scenes].filter(([, scene]) => scene.payload).map(([key, scene]) => [key, scene.payload]);
    return { ...Object.fromEntries(mounted), ...Object.fromEntries(this.waiting) };
  }

  /**
   * Scenes that are mounted are written at once; new ones are mounted when they are put on, or one a frame after that:
   * the first picture does not wait for scenes that nobody sees yet.
   *
   * @param {Object<string, object|null>} payloads of the scenes that changed; null: the scene is gone.
   */
  update(payloads) {
    for (const [key, payload] of Object.entries(payloads)) {
      const scene = this.scenes.get(key);
      if (!payload) {
        this.waiting.delete(key);
        if (scene) scene.payload = null;
      } else if (scene) {
        scene.update(payload);
      } else {
        this.waiting.set(key, payload);
      }
    }
    if (this.waiting.size && !this.isMounting) this.mountAll();
  }

  async mountAll() {
    this.isMounting = true;
    await frame();
    for (let next; (next = this.waiting.keys().next()), !next.done; await frame()) this.mounted(next.value);
    this.isMounting = false;
  }

  mounted(key) {
    let scene = this.scenes.get(key);
    if (!scene) {
      scene = new SceneNode(this.parent, key);
      this.scenes.set(key, scene);
      for (const [what, value] of this.told) scene.grid.tell(what, value);
      const payload = this.waiting.get(key);
      this.waiting.delete(key);
      if (payload) scene.update(payload);
    }
    return scene;
  }

  /** How many scenes stand side by side: as many as the wall is wide, but no more than there are. */
  measure(available) {
    const u = Math.min(innerWidth / 1920, innerHeight / 1080);
    const panels = Math.max(1, Math.min(available, Math.floor(innerWidth / (1920 * u) + 0.01)));
    if (panels !== this.panels) {
      this.panels = panels;
      property(this.parent, "--panels", panels);
      this.resize();
    }
    return panels;
  }

  /** Puts scenes on their panels; one that comes covers the one that leaves, which then goes unseen. */
  show(shown) {
    const wanted = new Map(shown.map((entry) => [entry.key, entry]));
    const panels = this.panels;
    const isSame = wanted.size === this.on.size && panels === this.shownPanels
      && shown.every((entry) => this.on.get(entry.key) === entry.panel);
    if (isSame) return false;
    const hadSome = this.on.size > 0;
    for (const [key] of this.on) {
      const scene = this.scenes.get(key);
      const entry = wanted.get(key);
      if (entry && entry.panel === this.on.get(key) && panels === this.shownPanels) continue;
      scene.root.classList.remove("is-on", "is-coming");
      if (entry) continue; // it comes again, elsewhere
      scene.root.classList.add("is-leaving");
      scene.isOn = false;
      setTimeout(() => {
        if (!scene.isOn) scene.root.classList.remove("is-leaving");
        scene.grid.hidden();
      }, FADE_MS + 50);
    }
    for (const entry of shown) {
      const scene = this.mounted(entry.key);
      if (this.on.get(entry.key) === entry.panel && panels === this.shownPanels) continue;
      scene.isOn = true;
      scene.place(entry.panel, entry.wide);
      scene.root.classList.remove("is-leaving");
      scene.root.classList.add("is-on");
      scene.root.classList.toggle("is-coming", hadSome);
      scene.grid.shown();
      setTimeout(() => scene.root.classList.remove("is-coming"), FADE_MS + 50);
    }
    this.on = new Map(shown.map((entry) => [entry.key, entry.panel]));
    this.shownPanels = panels;
    return true;
  }

  resize() {
    for (const scene of this.scenes.values()) scene.grid.resize();
  }

  spotlight(adcode) {
    this.tell("spotlight", adcode);
  }

  welcome(name) {
    this.tell("welcome", name);
  }

  tell(what, value) {
    this.told.set(what, value);
    for (const scene of this.scenes.values()) scene.grid.tell(what, value);
  }
}
