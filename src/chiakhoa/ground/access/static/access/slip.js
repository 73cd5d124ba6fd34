/* A slip's QR code carries its code behind the #, which is never sent; here it goes into the field. */
(function () {
  "use strict";
  document.addEventListener("DOMContentLoaded", function () {
    var field = document.getElementById("id_code");
    if (field && location.hash.length > 1 && !field.value) {
      field.value = decodeURIComponent(location.hash.slice(1));
      history.replaceState(null, "", location.pathname);
    }
  });
})();
