// Makes a page that works by itself quicker to use: components of the design system, and live updates.
import { initAll } from "./nhsuk-frontend.js";
import { start } from "./live.js";
import { watchSession } from "./session.js";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
initAll();
start(document.getElementById("live"));
watchSession(document.getElementById("session"));

// What htmx puts in place has components of its own; a summary of errors takes the focus, as on a page that is loaded.
document.addEventListener("htmx:after:swap", () => {
  initAll({ scope: document.getElementById("main") });
  document.querySelector(".nhsuk-error-summary")?.focus();
});
