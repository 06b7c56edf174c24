// Live updates: the server says that something changed, never what; the page then asks for itself anew.

const SILENT_MS = 20000; // the server says something every 5 s
const APART_MS = 1000; // at most one refresh in this time
const AGAIN_MS = 15000;
const SIGNED_OUT = "You are signed out: this page is not updated any more. Load it again to sign in.";
const SILENT = "No updates arrive: what you see may be out of date. Trying to connect again.";
const BEHIND = "The numbers are behind: newer events have been recorded that are not counted yet.";

/** Keeps the answer of this page up to date, with a stamp, a button to pause, and a banner when it is stale. */
export function start(bar) {
  if (!bar) return;
  const stamp = bar.querySelector("[data-live-stamp]");
  const button = bar.querySelector("button");
  const banner = document.querySelector("[data-live-banner]");
  let source = null;
  let heardAt = Date.now();
  let behind = false;
  let paused = false;
  let signedOut = false;
  let busy = false;
  let waiting = false;
  let opened = false;

  function say(text) {
    if (banner.textContent !== text) banner.textContent = text;
    banner.hidden = !text;
  }

  function judge() {
    if (signedOut) say(SIGNED_OUT);
    else if (paused) say("");
    else if (Date.now() - heardAt > SILENT_MS) say(SILENT);
    else say(behind && !document.querySelector("#answer[data-final]") ? BEHIND : "");
  }

  function heard(event) {
    const said = JSON.parse(event.data);
    heardAt = Date.now();
    behind = said.behind;
    if (said.shown) stamp.textContent = `Data complete to ${said.shown}`;
    judge();
  }

  async function refresh() {
    const answer = document.querySelector("#answer:not([data-final])");
    waiting = paused || busy;
    if (waiting || !answer) return;
    busy = true;
    const address = location.pathname + location.search;
    try {
      await htmx.ajax("GET", address, {
        target: "#answer", select: "#answer", swap: "outerMorph", push: "false", headers: { "Dyad-Refresh": "live" },
      });
    } finally {
      setTimeout(() => {
        busy = false;
        if (waiting) refresh();
      }, APART_MS);
    }
  }

  function connect() {
    source?.close();
    if (paused || signedOut || document.hidden) return;
    source = new EventSource(bar.dataset.live);
    source.addEventListener("beat", heard);
    source.addEventListener("changed", (event) => {
      heard(event);
      refresh();
    });
    source.addEventListener("ended", () => {
      signedOut = true;
      source.close();
      judge();
    });
    source.addEventListener("open", () => {
      if (opened) refresh(); // what happened while nothing was heard was said to nobody
      opened = true;
    });
    source.onerror = () => {
      // A connection that broke is opened again by the browser; one that was refused is not.
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN_MS);
    };
  }

  button.addEventListener("click", () => {
    paused = !paused;
    button.textContent = paused ? "Resume updates" : "Pause updates";
    connect();
    if (!paused) refresh();
    heardAt = Date.now();
    judge();
  });
  document.addEventListener("visibilitychange", () => {
    connect();
    if (!document.hidden) refresh();
  });
  setInterval(judge, SILENT_MS / 4);
  bar.hidden = false;
  connect();
}
