/**
 * Moving about in the timeline: wheel, drag, buttons and keys.
 *
 * @module
 */

import { byId, hideTip } from "./dom.js";
import { markedTimes, zoomTo } from "./timeline.js";
import { paint } from "./timeline_paint.js";
import { place, seen, wholeMs } from "./timeline_view.js";

/**
 * Shows less or more, around a point.
 *
 * @param {number} factor Below 1 for less.
 * @param {number} [share] Where the point is, from 0 at the left to 1.
 */
function zoomBy(factor, share = 0.5) {
  const { from, to } = seen(), width = (to - from) * factor, at = from + (to - from) * share;
  zoomTo(at - width * share, at + width * (1 - share));
}

/** @param {number} share Of what is seen. */
function pan(share) {
  const { from, to } = seen(), by = (to - from) * share;
  zoomTo(from + by, to + by);
}

function fit() {
  zoomTo(0, wholeMs());
}

/** @param {PointerEvent | WheelEvent} event */
function shareAt(event) {
  const { left, width } = place, canvas = byId("timeline-canvas");
  const x = event.clientX - canvas.getBoundingClientRect().left - left;
  return Math.max(0, Math.min(1, x / Math.max(1, width)));
}

function listenToWheel() {
  const canvas = byId("timeline-canvas");
  canvas.addEventListener("wheel", (event) => {
    // The wheel scrolls the page, unless the timeline was clicked on or a key says that it is meant.
    const isMeant = document.activeElement === canvas || event.ctrlKey || event.shiftKey;
    const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!isMeant && !isSideways) return;
    event.preventDefault();
    hideTip();
    const { from, to } = seen(), pixels = event.deltaMode === 0 ? 1 : 30;
    if (isSideways) pan(event.deltaX * pixels / Math.max(1, place.width));
    else if (event.deltaY < 0 || to - from < wholeMs()) {
      zoomBy(1.0018 ** (event.deltaY * pixels), shareAt(event));
    }
  }, { passive: false });
}

function listenToDrags() {
  const canvas = byId("timeline-canvas"), frame = byId("timeline-drag");
  /** @type {{ share: number, pans: boolean, last: number } | null} */
  let drag = null;
  const showFrame = (/** @type {number} */ a, /** @type {number} */ b) => {
    const { left, width } = place;
    frame.hidden = false;
    frame.style.left = `${left + Math.min(a, b) * width}px`;
    frame.style.width = `${Math.abs(b - a) * width}px`;
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const share = shareAt(event);
    drag = { share, pans: event.shiftKey || event.pointerType === "touch", last: share };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (drag === null) return;
    const share = shareAt(event);
    hideTip();
    if (drag.pans) pan(drag.last - share);
    else showFrame(drag.share, share);
    drag.last = share;
  });
  const end = (/** @type {PointerEvent} */ event) => {
    if (drag === null) return;
    const { share, pans } = drag, other = shareAt(event);
    drag = null;
    frame.hidden = true;
    if (pans || event.type === "pointercancel" || Math.abs(other - share) * place.width < 5) return;
    const { from, to } = seen(), at = (/** @type {number} */ where) => from + where * (to - from);
    zoomTo(at(Math.min(share, other)), at(Math.max(share, other)));
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  canvas.addEventListener("dblclick", fit);
}

function listenToKeys() {
  byId("timeline-canvas").addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    /** @type {Record<string, () => void>} */
    const actions = { "+": () => zoomBy(0.5), "=": () => zoomBy(0.5), "-": () => zoomBy(2), "0": fit };
    const shifted = event.shiftKey ? { ArrowLeft: () => pan(-0.25), ArrowRight: () => pan(0.25) } : {};
    const marked = markedTimes();
    const enter = marked === null ? {} : {
      Enter: () => {
        const width = Math.max(1e-6, marked.to - marked.from);
        zoomTo(marked.from - 2 * width, marked.to + 2 * width);
      },
    };
    const action = new Map(Object.entries({ ...actions, ...shifted, ...enter })).get(event.key);
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}

/** Begins to listen. */
export function controlTimeline() {
  listenToWheel();
  listenToDrags();
  listenToKeys();
  /** @type {[id: string, action: () => void][]} */
  const buttons = [
    ["zoom-in", () => zoomBy(0.5)],
    ["zoom-out", () => zoomBy(2)],
    ["zoom-all", fit],
    ["pan-left", () => pan(-0.25)],
    ["pan-right", () => pan(0.25)],
  ];
  for (const [id, action] of buttons) byId(id).addEventListener("click", action);
  byId("timeline-canvas").addEventListener("focus", paint);
}
