// Asks whether there is something new, and puts it in place: scroll, focus and what is folded open stay as they are.
(() => {
  const here = document.getElementById("page");
  const said = document.getElementById("live");
  let stamp = null;
  const opened = () => [...here.querySelectorAll("details")].map((one) => one.open);
  const place = (node) => {
    const all = [...here.querySelectorAll("a, summary, [tabindex]")];
    return all.indexOf(node);
  };
  async function look() {
    try {
      const now = await (await fetch("stamp", { cache: "no-store" })).text();
      if (stamp !== null && now !== stamp) {
        const text = await (await fetch(".", { cache: "no-store" })).text();
        const next = new DOMParser().parseFromString(text, "text/html").getElementById("page");
        const [open, focus, x, y] = [opened(), place(document.activeElement), scrollX, scrollY];
        const across = [...here.querySelectorAll(".scroll")].map((one) => one.scrollLeft);
        here.replaceChildren(...next.childNodes);
        here.querySelectorAll("details").forEach((one, at) => (one.open = Boolean(open[at])));
        here.querySelectorAll(".scroll").forEach((one, at) => (one.scrollLeft = across[at] || 0));
        if (focus >= 0) [...here.querySelectorAll("a, summary, [tabindex]")][focus]?.focus({ preventScroll: true });
        scrollTo({ left: x, top: y, behavior: "instant" });
      }
      stamp = now;
      said.textContent = "";
    } catch {
      said.textContent = "The server has ended; this is the page as it was last.";
    }
    setTimeout(look, 2000);
  }
  look();
})();
