// When a session has ended, the page says so by going to the login form, with the way back.
// The gate closes an open line with 4401; a new line it refuses, and then one question tells why.
"use strict";
(() => {
  const toLogin = () => {
    const here = location.pathname + location.search;
    location.assign("/login?ended=1&next=" + encodeURIComponent(here));
  };
  const Line = window.WebSocket;
  window.WebSocket = class extends Line {
    constructor(...parts) {
      super(...parts);
      let opened = false;
      this.addEventListener("open", () => { opened = true; });
      this.addEventListener("close", async (event) => {
        if (event.code === 4401) return toLogin();
        if (opened) return;
        const answer = await fetch("/_stcore/host-config", { cache: "no-store" }).catch(() => null);
        if (answer !== null && answer.status === 401) toLogin();
      });
    }
  };
})();
