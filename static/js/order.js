/* Ordering by keys: Alt and an arrow moves the row in which the focus is; afterwards the focus is there again. */
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) { return; }
    var row = event.target.closest("[data-order] > li");
    var form = row && row.querySelector("form[data-move]");
    var button = form && form.querySelector(event.key === "ArrowUp" ? "[value=up]" : "[value=down]");
    if (!button) { return; }
    event.preventDefault();
    if (!button.disabled) { form.requestSubmit(button); }
  });
  // After the load: going to the fragment takes the focus away from whatever has it.
  window.addEventListener("load", function () {
    setTimeout(function () {
      var row = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
      var place = row && row.closest("[data-order]") && row.querySelector("form[data-move] input[name=to]");
      if (place) { place.focus(); }
    }, 0);
  });
})();
