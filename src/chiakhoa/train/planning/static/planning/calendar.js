/* Dragging a class over the calendar: the server says at each cell what it would clash with; letting go opens the page of
   moving with that week and row chosen, where a person confirms. Without a mouse the same page is reached by the class. */
(function () {
  "use strict";
  var body = document.querySelector("tbody[data-move-by]");
  var told = document.getElementById("drop");
  if (!body || !told) { return; }
  var by = body.dataset.moveBy, home = null, held = null, over = null, asked = null;

  function addressOf(cell) {
    var row = cell.closest("tr"), query = new URLSearchParams({ week: cell.dataset.week });
    if (row !== home) { query.set(by, row.dataset.key); }
    return held + "?" + query;
  }

  /* A cell that is left before the answer comes is not spoken of any more. */
  function ask(address) {
    asked = address;
    told.hidden = false;
    told.textContent = body.dataset.wait;
    fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (text) {
        if (asked !== address) { return; }
        var part = new DOMParser().parseFromString(text, "text/html").getElementById("clashes");
        told.replaceChildren();
        if (part) { told.append.apply(told, Array.from(part.childNodes)); }
        told.hidden = !part;
      })
      .catch(function () { if (asked === address) { told.hidden = true; } });
  }

  function leave() {
    if (over) { over.classList.remove("calendar__over"); }
    over = null;
  }

  body.querySelectorAll("a[data-move]").forEach(function (link) { link.draggable = true; });
  body.addEventListener("dragstart", function (event) {
    var link = event.target.closest && event.target.closest("a[data-move]");
    if (!link) { return; }
    held = link.dataset.move;
    home = link.closest("tr");
    event.dataTransfer.effectAllowed = "move";
  });
  body.addEventListener("dragover", function (event) {
    var cell = held && event.target.closest("td[data-week]");
    if (!cell) { return; }
    event.preventDefault();
    if (cell === over) { return; }
    leave();
    over = cell;
    cell.classList.add("calendar__over");
    ask(addressOf(cell));
  });
  body.addEventListener("drop", function (event) {
    var cell = held && event.target.closest("td[data-week]");
    if (cell) { event.preventDefault(); location.assign(addressOf(cell)); }
  });
  document.addEventListener("dragend", function () { leave(); held = asked = null; told.hidden = true; });
})();
