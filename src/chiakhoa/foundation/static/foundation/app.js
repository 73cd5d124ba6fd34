/* What a page gains from JavaScript; every core flow works without it.
   Theme, filters that send themselves, one submit for many clicks, keys, focus on errors, the offline bar. */
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function stored() { try { return localStorage.getItem("theme"); } catch (error) { return null; } }
  function store(theme) { try { localStorage.setItem("theme", theme); } catch (error) { /* private window: this page only */ } }
  if (stored()) { root.dataset.theme = stored(); }

  function switchTheme() {
    var shown = root.dataset.theme || (dark.matches ? "dark" : "light");
    root.dataset.theme = shown === "dark" ? "light" : "dark";
    store(root.dataset.theme);
  }

  function sendFilter(event) {
    var form = event.target.form;
    if (event.target.matches("select, input[type=checkbox], input[type=radio]") && form && form.matches("[data-autosubmit]")) {
      form.requestSubmit();
    }
  }

  /* The button is disabled after the event, so that its own name and value are still sent. */
  function guard(event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post") { return; }
    if (form.dataset.sent || tooSoon(form)) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(function () { setBusy(form, true); }, 0);
    setTimeout(function () { release(form); }, 15000); /* a download leaves the page standing */
  }
  /* Where one touch answers, the second tap of a double one would answer the next question, unread. */
  var READ = 600, shownAt = Date.now();
  function tooSoon(form) { return form.matches("[data-one-touch]") && Date.now() - shownAt < READ; }
  function setBusy(form, busy) {
    form.querySelectorAll("button:not([type=button])").forEach(function (button) {
      if (busy) { button.setAttribute("aria-disabled", "true"); } else { button.removeAttribute("aria-disabled"); }
    });
  }
  function release(form) { delete form.dataset.sent; setBusy(form, false); }
  function releaseAll() { document.querySelectorAll("form[data-sent]").forEach(release); }

  function typing(target) { return target.matches("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]"); }
  function chooseOption(number) {
    var input = document.querySelectorAll("[data-question] .option input")[number - 1];
    if (!input) { return false; }
    input.focus();
    input.click();
    return true;
  }
  function search() {
    var box = document.querySelector(".filters input:not([type=hidden], [type=checkbox], [type=radio])");
    if (box) { box.focus(); box.select(); }
    return Boolean(box);
  }
  /* A page may give a button a key of its own: data-key. */
  function pressOwn(name) {
    var button = /^[a-z0-9]$/.test(name) && document.querySelector('button[data-key="' + name + '"]');
    if (button) { button.click(); }
    return Boolean(button);
  }
  function showKeys() {
    var list = document.getElementById("keys");
    if (list) { if (list.open) { list.close(); } else { list.showModal(); } }
    return Boolean(list);
  }
  function goHome() { location.assign(document.querySelector("a.brand").href); return true; }

  var lead = "";
  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) { return; }
    var before = lead;
    lead = event.key === "g" ? "g" : "";
    var done = pressOwn(event.key.toLowerCase()) ? true
      : event.key === "?" ? showKeys()
      : event.key === "/" ? search()
      : event.key === "h" && before === "g" ? goHome()
      : /^[1-6]$/.test(event.key) ? chooseOption(Number(event.key))
      : event.key === "Enter" && event.target.matches("[data-question] .option input") ? (event.target.form.requestSubmit(), true)
      : false;
    if (done) { event.preventDefault(); }
  }

  function sayNetwork() {
    var bar = document.getElementById("offline");
    if (!bar) { return; }
    bar.textContent = navigator.onLine ? bar.dataset.online : bar.dataset.offline;
    bar.hidden = navigator.onLine && !bar.dataset.was;
    bar.dataset.was = navigator.onLine ? "" : "1";
    document.dispatchEvent(new CustomEvent("chiakhoa:network", { detail: { online: navigator.onLine } }));
    if (navigator.onLine) { setTimeout(function () { bar.hidden = navigator.onLine; }, 4000); }
  }

  /* A part of the page that renews itself waits while somebody writes in it: the words would be gone. */
  function waitForWriter(event) {
    var part = event.detail.target;
    if (part.querySelector("details[open] form") && event.detail.requestConfig.verb === "get") { event.detail.shouldSwap = false; }
  }

  function closeMenu(event) {
    var menu = document.querySelector("details.menu[open]");
    if (menu && (event.key === "Escape" || (event.type === "click" && !menu.contains(event.target)))) { menu.open = false; }
  }

  document.addEventListener("change", sendFilter);
  document.addEventListener("submit", guard);
  document.addEventListener("keydown", key);
  document.addEventListener("keydown", closeMenu);
  document.addEventListener("click", closeMenu);
  document.addEventListener("htmx:afterRequest", releaseAll);
  document.addEventListener("htmx:beforeSwap", waitForWriter);
  window.addEventListener("pageshow", releaseAll);
  window.addEventListener("pageshow", function () { shownAt = Date.now(); });
  window.addEventListener("offline", sayNetwork);
  window.addEventListener("online", sayNetwork);
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-theme-toggle]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", switchTheme);
    });
    var errors = document.getElementById("errors");
    if (errors && !errors.closest("[data-sample]")) { errors.focus(); }
    if (!navigator.onLine) { sayNetwork(); }
  });
})();
