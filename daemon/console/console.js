// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Refreshes the parts of a page in place, and filters while one types. Every page works without it.
"use strict";
(() => {
  // Whoever follows a link on another site comes without the cookie (SameSite=Strict), and gets the
  // form; from here on the browser sends it.
  const next = document.querySelector("form[action='/sign-in'] input[name=next]");
  if (next && location.pathname !== "/sign-in") {
    fetch(next.value, {headers: {Accept: "text/html"}, cache: "no-store", credentials: "same-origin"})
      .then((reply) => { if (reply.ok) location.replace(next.value); }, () => {});
  }

  const every = 15000;
  const parts = () => document.querySelectorAll("[data-part]");
  if (!document.querySelector("main [data-part]")) return;
  let paused = false, timer = 0, asked = 0;

  // How to find the element again once its part was replaced.
  const placeOf = (element) => {
    if (!element || element === document.body) return null;
    if (element.id) return "#" + CSS.escape(element.id);
    const href = element.getAttribute("href");
    return href ? `${element.tagName}[href="${CSS.escape(href)}"]` : null;
  };

  const take = (page) => {
    for (const old of parts()) {
      const fresh = page.getElementById(old.id);
      if (!fresh || fresh.innerHTML === old.innerHTML) continue;
      const focus = old.contains(document.activeElement) ? placeOf(document.activeElement) : null;
      const open = new Set([...old.querySelectorAll("details[open]")].map((each) => each.id));
      for (const each of fresh.querySelectorAll("details")) if (open.has(each.id)) each.open = true;
      const scrolled = [...old.querySelectorAll(".wide")].map((each) => each.scrollLeft);
      old.replaceChildren(...fresh.childNodes);
      old.querySelectorAll(".wide").forEach((each, i) => { each.scrollLeft = scrolled[i] || 0; });
      if (focus) old.querySelector(focus)?.focus({preventScroll: true});
    }
    document.title = page.title;
  };

  const load = async (url) => {
    const mine = ++asked;
    let reply;
    try {
      reply = await fetch(url, {headers: {Accept: "text/html"}, cache: "no-store", credentials: "same-origin"});
    } catch {
      return; // the daemon is restarting, or the network is away: what is shown stays, with its time
    }
    if (reply.status === 401) return location.reload(); // the session has ended: the form is shown
    if (!reply.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    if (mine === asked) take(page);
  };

  const isReading = () => {
    const selection = getSelection();
    return document.hidden || (selection && !selection.isCollapsed && selection.anchorNode?.parentElement?.closest("[data-part]"));
  };
  const turn = async () => {
    if (!paused && !isReading()) await load(location.href);
    timer = setTimeout(turn, every);
  };
  timer = setTimeout(turn, every);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || paused) return;
    clearTimeout(timer);
    turn();
  });

  const button = document.createElement("button");
  button.className = "quiet refresh";
  button.type = "button";
  const label = () => { button.textContent = paused ? "Refresh: off" : "Refresh: on"; };
  button.addEventListener("click", () => { paused = !paused; label(); });
  label();
  document.querySelector("body > header nav")?.after(button);

  const form = document.querySelector("form.filter");
  if (!form) return;
  let typing = 0;
  const filter = () => {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    const url = location.pathname + (query.size ? "?" + query : "");
    history.replaceState(null, "", url);
    load(url);
  };
  form.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(filter, 150); });
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(typing); filter(); });
})();
