"use strict";

// Keeps the part of a page marked `data-live` up to date: asks for the page again and takes over what has changed.
// Elements are told apart by `data-key`; what stayed the same is left alone, so that nothing jumps while it is read.
(() => {
  const EVERY_MS = 2000;
  const PATIENCE_MS = 10000;
  const live = document.querySelector("[data-live]");
  let failures = 0;

  function takeOver(fresh) {
    const known = new Map([...live.children].map((child) => [child.dataset.key, child]));
    const isFirstFilling = known.size === 0;
    const children = [...fresh.children].map((child) => {
      const before = known.get(child.dataset.key);
      if (before && before.dataset.key && comparable(before) === comparable(child)) return before;
      const adopted = document.adoptNode(child);
      if (!before && !isFirstFilling) adopted.classList.add("is-new");
      return adopted;
    });
    const isSame = children.length === live.children.length && children.every((child, i) => child === live.children[i]);
    if (isSame) return;
    const focused = live.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    live.replaceChildren(...children);
    if (focused) live.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  function comparable(element) {
    const copy = element.cloneNode(true);
    copy.classList.remove("is-new");
    return copy.outerHTML.replace(' class=""', "");
  }

  async function refresh() {
    if (document.hidden || document.getSelection()?.type === "Range") return;
    try {
      const answer = await fetch(location.pathname, { cache: "no-cache", signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!answer.ok) throw new Error(`answer ${answer.status}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      if (fresh) takeOver(fresh);
      failures = 0;
    } catch {
      failures += 1;
    }
    document.body.classList.toggle("is-stale", failures > 1);
  }

  async function forever() {
    await refresh();
    setTimeout(forever, EVERY_MS);
  }

  setTimeout(forever, EVERY_MS);
  document.addEventListener("visibilitychange", refresh);
})();
