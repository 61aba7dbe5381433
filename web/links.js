// A link that only changes what the page's own address asks for is followed in the open session: Streamlit reads the
// address again as it does for the browser's way back, and draws the page in a tenth of the time a new one takes. The
// field that chooses the day of a page is such a link too.
// What belongs to the choice (`data-opened`) is brought into view when it is there.
"use strict";
(() => {
  const PATIENCE_MS = 5000;
  const TABLES_MS = 500; // until the tables below the name have their height
  const TYPING_MS = 1000; // a month of two figures is a day already after the first
  const DAY = "as_of";
  const FIELD = ".asked-day input";
  let typedAt = -Infinity;
  let chosen;
  const isPlain = (event) =>
    event.button === 0 && !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

  function go(to) {
    history.pushState(history.state, "", to);
    window.dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
  }

  function bringIntoView() {
    const shown = document.querySelector("[data-opened]");
    if (shown === null) return false;
    shown.scrollIntoView({ block: "center", behavior: "smooth" });
    return true;
  }

  function whenItIsThere() {
    const before = document.querySelector("[data-opened]")?.dataset.opened;
    const watch = new MutationObserver(() => {
      const now = document.querySelector("[data-opened]")?.dataset.opened;
      if (now === undefined || now === before || !bringIntoView()) return;
      watch.disconnect();
      setTimeout(bringIntoView, TABLES_MS);
    });
    watch.observe(document.body, { childList: true, subtree: true });
    setTimeout(() => watch.disconnect(), PATIENCE_MS);
  }

  document.addEventListener("click", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.matches(FIELD)) return void event.target.showPicker?.();
    const link = event.target instanceof Element ? event.target.closest('[data-testid="stHtml"] a[href]') : null;
    if (link === null || !isPlain(event) || !["", "_self"].includes(link.target)) return;
    const to = new URL(link.href);
    if (to.origin !== location.origin || to.pathname !== location.pathname || to.hash !== "") return;
    event.preventDefault();
    if (to.search === location.search) return void bringIntoView();
    go(to);
    whenItIsThere();
  });

  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || !field.matches(FIELD)) return;
    clearTimeout(chosen);
    chosen = setTimeout(showDay, performance.now() - typedAt < TYPING_MS ? TYPING_MS : 0, field);
  });

  document.addEventListener("keydown", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.matches(FIELD)) typedAt = performance.now();
  });

  function showDay(field) {
    if (!field.isConnected || !field.validity.valid) return;
    const to = new URL(location.href);
    if (field.value === field.max) to.searchParams.delete(DAY);
    else to.searchParams.set(DAY, field.value);
    if (to.search !== location.search) go(to);
  }
})();
