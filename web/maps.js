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

  for (const kind of ["wheel", "pointerdown", "dblclick", "keydown"]) {
    document.addEventListener(
      kind,
      ({ target }) => {
        const deck = target instanceof Element && target.closest(DECK);
        if (deck) moved.add(deck);
      },
      { capture: true, passive: true },
    );
  }
})();

// A deck's message waits until what came before it is on the screen: deck.gl keeps the page from being painted
// for as long as a browser without a graphics card needs for its first picture, which is seconds.
(() => {
  const DECK_KEY = "initialViewState"; // near the beginning of a deck, and of no other message
  const LOOKED_AT = 2000; // bytes
  const SETTLED_MS = 30; // Streamlit gathers elements for ten before it draws them
  const LONGEST_MS = 600;
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const after = (ms) => new Promise((done) => setTimeout(done, ms));
  const letters = new TextDecoder("latin1");

  const hasDeck = (data) =>
    data instanceof ArrayBuffer &&
    letters.decode(new Uint8Array(data, 0, Math.min(LOOKED_AT, data.byteLength))).includes(DECK_KEY);

  async function seen() {
    await after(SETTLED_MS);
    await frame();
    await after(0);
    const drawings = document.querySelectorAll(".map-picture:not([hidden]) img");
    await Promise.all([...drawings].map((image) => image.decode().catch(() => null)));
    await frame();
    await frame();
  }

  const Line = window.WebSocket;
  window.WebSocket = class extends Line {
    constructor(...parts) {
      super(...parts);
      const held = [];
      let isHanding = false;
      const release = () => {
        for (const data of held.splice(0)) {
          isHanding = true;
          this.dispatchEvent(new MessageEvent("message", { data }));
          isHanding = false;
        }
      };
      this.addEventListener("message", (event) => {
        if (isHanding || (held.length === 0 && (document.hidden || !hasDeck(event.data)))) return;
        event.stopImmediatePropagation();
        held.push(event.data);
        if (held.length === 1) Promise.race([seen(), after(LONGEST_MS)]).then(release);
      });
      this.addEventListener("close", release);
    }
  };
})();
