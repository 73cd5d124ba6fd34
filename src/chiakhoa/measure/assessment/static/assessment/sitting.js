/* Keeps a test going while there is no network. Answers that do not arrive wait on this device, and the next questions come
   from those that the server set aside; when the network is back they are sent, in their order, and the test goes on.
   A worker hands the page out again when it is reloaded meanwhile. Without JavaScript the page is a plain form. */
(function () {
  "use strict";
  var FEW = 6, PATIENCE = 10000, AGAIN = 10000;
  var box, name, place, state, shownAt, busy = false;

  function load() {
    try { return JSON.parse(localStorage.getItem(name)) || { items: [], kept: [] }; } catch (error) { return { items: [], kept: [] }; }
  }
  function save() { try { localStorage.setItem(name, JSON.stringify(state)); } catch (error) { /* full or private: this page holds it */ } }
  function forget() {
    try { localStorage.removeItem(name); } catch (error) { /* nothing was stored */ }
    pages(function (kept) { return kept.delete(place); });
  }

  /* The page as it is now, for a reload without a network. Browsers offer this on secure addresses only. */
  function pages(use) {
    if (window.caches) { caches.open("sitting-pages").then(use).catch(function () { /* full or private: the page itself goes on */ }); }
  }
  function keepPage() {
    var text = "<!doctype html>" + document.documentElement.outerHTML;
    var when = { "Content-Type": "text/html; charset=utf-8", Date: new Date().toUTCString() };
    pages(function (kept) { return kept.put(place, new Response(text, { headers: when })); });
    if (navigator.serviceWorker) { navigator.serviceWorker.register(box.dataset.worker).catch(function () { /* the page itself goes on */ }); }
  }

  function ask(address, body, next) {
    var stop = new AbortController();
    var timer = setTimeout(function () { stop.abort(); }, PATIENCE);
    var how = body ? { method: "POST", body: body } : {};
    how.signal = stop.signal;
    how.headers = { "X-CSRFToken": token() };
    if (next) { how.headers["X-Next"] = "1"; } /* the next question in the same answer */
    return fetch(address, how).then(function (answer) {
      clearTimeout(timer);
      if (answer.status >= 500) { throw new Error("the server does not answer"); }
      return answer;
    });
  }
  var csrf = "";
  function token() {
    var field = document.querySelector("input[name=csrfmiddlewaretoken]");
    csrf = field ? field.value : csrf;
    return csrf;
  }

  /* The page that came back takes the place of this one: the script goes on, whatever happens to the network next. */
  function show(answer) {
    return answer.text().then(function (text) {
      var page = new DOMParser().parseFromString(text, "text/html");
      var goesOn = page.querySelector("[data-sitting], a[data-next]");
      if (!goesOn) { forget(); location.assign(answer.url); return; }
      document.title = page.title;
      document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
      history.replaceState(null, "", answer.headers.get("Content-Location") || answer.url);
      window.scrollTo({ top: 0, behavior: "instant" }); /* another page, as it were: nobody has to watch it move */
      begin();
      var errors = document.getElementById("errors");
      if (errors) { errors.focus(); } else { document.querySelector("main").focus({ preventScroll: true }); }
    });
  }

  function fieldsOf(form, button) {
    var fields = new URLSearchParams();
    new FormData(form).forEach(function (value, name) { if (name !== "csrfmiddlewaretoken") { fields.append(name, value); } });
    if (button && button.name) { fields.append(button.name, button.value); }
    return fields;
  }
  function complete(form, fields) {
    if (fields.has("unknown")) { return true; }
    if (form.querySelector("input[name=choice]") && !fields.has("choice")) { return false; }
    return Array.prototype.every.call(form.querySelectorAll("select, input[type=text]"), function (control) { return control.value.trim() !== ""; });
  }

  function submitted(event) {
    var form = event.target;
    if (!box || !box.contains(form) || !form.matches("[data-question]")) { return; }
    event.preventDefault();
    if (busy) { return; }
    var fields = fieldsOf(form, event.submitter);
    if (box.dataset.offline) { keep(form, fields); return; }
    busy = true;
    hold(form, true);
    ask(location.href, fields, true).then(show, function () { hold(form, false); keep(form, fields); }).finally(function () { busy = false; });
  }
  /* On a slow line one sees that the answer is on its way. */
  function hold(form, on) {
    form.querySelectorAll("button").forEach(function (button) {
      if (on) { button.setAttribute("aria-disabled", "true"); } else { button.removeAttribute("aria-disabled"); }
    });
  }

  function keep(form, fields) {
    var incomplete = box.querySelector("[data-incomplete]");
    incomplete.hidden = complete(form, fields);
    if (!incomplete.hidden) { incomplete.focus(); return; }
    state.kept.push({ code: box.dataset.item, fields: fields.toString(), seconds: (Date.now() - shownAt) / 1000, at: Date.now() });
    save();
    next();
  }

  function next() {
    var item = state.items.shift();
    state.now = item || null;
    save();
    turnTo(item);
  }

  function turnTo(item) {
    var form = box.querySelector("form[data-question]");
    box.querySelector("[data-kept]").hidden = !item;
    box.querySelector("[data-kept-end]").hidden = Boolean(item);
    box.querySelector("[data-kept-count]").textContent = String(state.kept.length);
    if (!item) { if (form) { form.hidden = true; } return; }
    box.dataset.offline = "1";
    box.dataset.item = item.code;
    form.replaceWith(document.createRange().createContextualFragment(item.html));
    shownAt = Date.now();
    var legend = box.querySelector("legend");
    legend.tabIndex = -1;
    legend.scrollIntoView({ block: "center" });
    legend.focus({ preventScroll: true }); /* the keyboard and the screen reader go on from the new question */
  }

  function send() {
    if (!box || !state.kept.length || busy) { return; }
    busy = true;
    var rows = state.kept.map(function (one) {
      return { code: one.code, fields: one.fields, seconds: one.seconds, ago: (Date.now() - one.at) / 1000 };
    });
    ask(box.dataset.keep, new URLSearchParams({ answers: JSON.stringify(rows) })).then(function (answer) {
      if (!answer.ok) { throw new Error("not taken: the clock is stopped, or somebody has to sign in again"); }
      return answer.json();
    }).then(function (said) {
      state = { items: [], kept: [] };
      save();
      return ask(said.next || location.href).then(show);
    }).catch(function () { /* still no network: they wait */ }).finally(function () { busy = false; });
  }

  function refill() {
    if (!box.dataset.reserve || state.items.length >= FEW || state.kept.length || !navigator.onLine) { return; }
    ask(box.dataset.reserve, new URLSearchParams()).then(function (answer) { return answer.ok ? answer.json() : { items: [] }; })
      .then(function (said) { state.items = said.items; save(); })
      .catch(function () { /* the page goes on with what it holds */ });
  }

  function onward(event) {
    var link = event.target.closest && event.target.closest("a[data-next]");
    if (!link) { return; }
    event.preventDefault();
    ask(link.href).then(show, function () { document.getElementById("offline").hidden = false; });
  }

  /* The clock of an exam goes on while a question is thought about, and without a network. It says no more than the server does. */
  function setClock() {
    var clock = document.querySelector("[data-left]");
    if (clock && !clock.dataset.ends) { clock.dataset.ends = String(Date.now() + Number(clock.dataset.left) * 1000); }
  }
  function tick() {
    var clock = document.querySelector("[data-ends]");
    if (!clock) { return; }
    var count = Math.ceil((Number(clock.dataset.ends) - Date.now()) / 60000);
    var words = count > 0 ? clock.dataset.words.replace("{n}", String(count)) : clock.dataset.over;
    if (clock.textContent !== words) { clock.textContent = words; }
  }

  function begin() {
    setClock();
    box = document.querySelector("[data-sitting]");
    if (!box) { return; }
    shownAt = Date.now();
    name = "sitting:" + box.dataset.sitting;
    place = box.dataset.worker.replace("worker.js", box.dataset.sitting + "/");
    state = load();
    state.items = state.items.filter(function (item) { return item.code !== box.dataset.item; });
    save();
    keepPage();
    /* Reloaded without a network after this question was answered: on with the one after it. */
    if (state.kept.some(function (one) { return one.code === box.dataset.item; })) { turnTo(state.now); }
    if (state.kept.length) { send(); } else { refill(); }
  }

  /* The second click of a double one may meet the button of the next question, unread: it answers nothing. */
  function once(event) {
    if (event.detail > 1 && event.target.closest("form[data-question] button")) { event.preventDefault(); }
  }

  document.addEventListener("click", once, true);
  document.addEventListener("submit", submitted, true);
  document.addEventListener("click", onward);
  document.addEventListener("chiakhoa:network", function () { if (box) { document.getElementById("offline").hidden = true; } });
  window.addEventListener("online", send);
  setInterval(send, AGAIN);
  setInterval(tick, AGAIN);
  begin();
})();
