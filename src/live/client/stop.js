/**
 * The button that stops the run, which asks again.
 *
 * @module
 */

import { byId } from "../../page/client/dom.js";

/**
 * @param {string} address Where it is told.
 * @param {(text: string) => void} say Says what came of it.
 */
export function controlStop(address, say) {
  const button = byId("live-stop"), box = byId("live-confirm");
  const ask = (/** @type {boolean} */ isAsking) => {
    box.hidden = !isAsking;
    button.hidden = isAsking;
    (isAsking ? byId("live-stop-no") : button).focus();
  };
  button.addEventListener("click", () => ask(true));
  byId("live-stop-no").addEventListener("click", () => ask(false));
  box.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") ask(false);
  });
  byId("live-stop-yes").addEventListener("click", () => {
    box.hidden = true;
    void fetch(address, { method: "POST" }).then(
      async (answer) => say((await answer.text()).trim()),
      () => say("The run cannot be reached."),
    );
  });
}

/**
 * Shows the button, or takes it away.
 *
 * @param {boolean} canStop
 */
export function offerStop(canStop) {
  const isAsking = !byId("live-confirm").hidden;
  byId("live-stop").hidden = !canStop || isAsking;
  if (!canStop) byId("live-confirm").hidden = true;
}
