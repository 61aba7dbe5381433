// A map's picture (ui/map_svg.py) stands over its deck until deck.gl has painted the same, and again after a filter.
// Nothing says when deck.gl has painted: its context is asked how often it has drawn. Without WebGL the picture stays.
"use strict";
(() => {
  const PICTURE = ".map-picture:not([hidden])";
  const DECK = '[data-testid="stDeckGlJsonChart"]';
  const BUSY = '[data-test-script-state="running"], [data-test-script-state="rerunRequested"]';
  const CALM = 3; // frames in which nothing more is drawn
  const drawn = new WeakMap(); // canvas → how often something was drawn on it
  const moved = new WeakSet(); // decks that no longer show the view their picture has
  const waiting = new Map(); // picture → { seen, calm }
  let arrived = 0; // pictures that have come into the page

  const getContext = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    const context = getContext.call(this, kind, ...rest);
    if (context && kind.startsWith("webgl") && !drawn.has(this)) count(context, this);
    return context;
  };

  function count(context, canvas) {
    drawn.set(canvas, 0);
    for (const name of ["drawArrays", "drawElements", "drawArraysInstanced", "drawElementsInstanced"]) {
      const draw = context[name];
      if (draw === undefined) continue;
      context[name] = function (...parts) {
        drawn.set(canvas, drawn.get(canvas) + 1);
        return draw.apply(context, parts);
      };
    }
  }

  const deckOf = (picture) => picture.closest('[data-testid="stVerticalBlock"]')?.querySelector(DECK);
  const drawings = (deck) => drawn.get(deck?.querySelector("canvas")) ?? 0;

  function hide(picture) {
    picture.hidden = true;
    waiting.delete(picture);
  }

  // A deck that was moved, or that somebody points at, tells more than its picture.
  const isAhead = (deck) => drawings(deck) > 0 && (moved.has(deck) || deck.matches(":hover"));

  function everyFrame() {
    const isBusy = document.querySelector(BUSY) !== null;
    for (const [picture, state] of waiting) {
      const deck = deckOf(picture);
      const now = drawings(deck);
      if (!picture.isConnected) waiting.delete(picture);
      else if (isAhead(deck)) hide(picture);
      else if (isBusy || now === 0 || now !== state.seen) Object.assign(state, { seen: now, calm: 0 });
      else if (++state.calm >= CALM) hide(picture);
    }
    if (waiting.size > 0) requestAnimationFrame(everyFrame);
  }

  function take(picture) {
    if (waiting.has(picture)) return;
    arrived += 1;
    if (isAhead(deckOf(picture))) return hide(picture);
    if (waiting.size === 0) requestAnimationFrame(everyFrame);
    waiting.set(picture, { seen: 0, calm: 0 });
  }

  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        if (node.matches(PICTURE)) take(node);
        else node.querySelectorAll(PICTURE).forEach(take);
      }
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  const deckUnder = ({ target }) => (target instanceof Element ? target.closest(DECK) : null);
  const early = { capture: true, passive: true };
  for (const kind of ["pointerdown", "dblclick", "keydown"]) {
    document.addEventListener(kind, (event) => deckUnder(event) && moved.add(deckUnder(event)), early);
  }

  // A wheel scrolls the page; held with Ctrl (and so does a pinch), or on a map over the whole screen, it zooms the map.
  const hint = Object.assign(document.createElement("div"), { className: "map-hint", hidden: true });
  hint.textContent = "按住 Ctrl 键滚动鼠标滚轮，可缩放地图";
  hint.setAttribute("aria-hidden", "true");
  let gone = 0;

  function tell(deck) {
    const { left, bottom, width } = deck.getBoundingClientRect(); // above its foot, for the page scrolls on
    Object.assign(hint.style, { left: `${left + width / 2}px`, top: `${Math.min(bottom, innerHeight) - 96}px` });
    hint.hidden = false;
    document.body.append(hint);
    clearTimeout(gone);
    gone = setTimeout(() => (hint.hidden = true), 1200);
  }

  document.addEventListener(
    "wheel",
    (event) => {
      const deck = deckUnder(event);
      if (deck === null) return;
      if (event.ctrlKey || event.metaKey || deck.clientHeight > 0.9 * innerHeight) return moved.add(deck);
      event.stopPropagation();
      tell(deck);
    },
    early,
  );

  // What follows the pictures on the line waits until they are on the screen, for one or two frames: deck.gl keeps
  // the page from being painted for as long as its first picture takes, seconds without a graphics card.
  const MARK = 'class="map-picture"'; // near the beginning of a picture's message, and of no other
  const LOOKED_AT = 4000; // bytes; in a deck's message its own beginning
  const LONGEST_MS = 600;
  const letters = new TextDecoder("latin1");
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const after = (ms) => new Promise((done) => setTimeout(done, ms));
  let announced = 0; // pictures whose messages went by

  const hasPicture = (data) =>
    data instanceof ArrayBuffer &&
    letters.decode(new Uint8Array(data, 0, Math.min(LOOKED_AT, data.byteLength))).includes(MARK);

  async function onTheScreen() {
    while (arrived < announced) await frame();
    const drawings = [...waiting.keys()].map((picture) => picture.querySelector("img"));
    await Promise.all(drawings.map((image) => image.decode().catch(() => null)));
    await frame();
    await frame();
  }

  const Line = window.WebSocket;
  window.WebSocket = class extends Line {
    constructor(...parts) {
      super(...parts);
      const held = [];
      let gate = null;
      let isHanding = false;
      const close = () => {
        gate = Promise.race([onTheScreen(), after(LONGEST_MS)]).then(() => {
          gate = null;
          while (held.length > 0 && passes(held[0])) hand(held.shift());
        });
      };
      const passes = (data) => {
        if (document.hidden) return true;
        if (!hasPicture(data)) return gate === null;
        if (gate === null) announced = arrived = 0;
        announced += 1;
        if (gate === null) close();
        return true;
      };
      const hand = (data) => {
        isHanding = true;
        this.dispatchEvent(new MessageEvent("message", { data }));
        isHanding = false;
      };
      this.addEventListener("message", (event) => {
        if (isHanding || (held.length === 0 && passes(event.data))) return;
        event.stopImmediatePropagation();
        held.push(event.data);
      });
      this.addEventListener("close", () => held.splice(0).forEach(hand));
    }
  };
})();
