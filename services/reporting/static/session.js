// Warns before the reader is signed out, and leaves the page when he is: nobody else shall read what stands on it.

const ASKING = { headers: { Accept: "application/json", "Dyad-Refresh": "session" } };
const LONGEST_MS = 2 ** 31 - 1; // what a browser's timer takes

/** Asks the server how long the session lasts, whenever it may be about to end; another window may have moved that. */
export function watchSession(dialog) {
  if (!dialog) return;
  const stay = dialog.querySelector("[data-session-stay]");
  let timer = 0;

  function wait(said) {
    clearTimeout(timer);
    const warned = said.warns_in_s <= 0;
    const seconds = warned ? said.ends_in_s : said.warns_in_s;
    timer = setTimeout(ask, Math.min(Math.max(seconds, 0) * 1000 + 1000, LONGEST_MS));
    if (!warned && dialog.open) dialog.close();
    if (warned && !dialog.open) dialog.showModal();
  }

  function show(said) {
    document.querySelectorAll("[data-session-ends]").forEach((each) => {
      each.textContent = said.ends;
    });
    stay.hidden = !said.may_be_extended;
    dialog.querySelector("[data-session-idle]").hidden = !said.may_be_extended;
    dialog.querySelector("[data-session-final]").hidden = said.may_be_extended;
    wait(said);
  }

  function leave() {
    location.assign(`/sign-in?ended=1&next=${encodeURIComponent(location.pathname + location.search)}`);
  }

  async function take(request) {
    try {
      const answer = await request;
      if (answer.status === 401) leave();
      else if (answer.ok) show(await answer.json());
      else throw new Error(`status ${answer.status}`);
    } catch {
      wait({ warns_in_s: 15, ends_in_s: 15 }); // the server is not there just now: it is asked again
    }
  }

  function ask() {
    return take(fetch("/signed-in", ASKING));
  }

  stay.addEventListener("submit", (event) => {
    event.preventDefault();
    take(fetch("/signed-in", {
      method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(stay)),
    }));
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) ask();
  });
  wait({ warns_in_s: Number(dialog.dataset.warnsInS), ends_in_s: Number(dialog.dataset.endsInS) });
}
