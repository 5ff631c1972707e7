// A browser doesn't say that a page refused to be framed. A page that lives in its frame says something of itself;
// one that stays silent gives way to the button.
"use strict";
(() => {
  const SILENT_AFTER_MS = 6000;
  const frame = document.getElementById("frame");
  const giveWay = setTimeout(() => {
    frame.hidden = true;
    document.getElementById("silent").hidden = false;
    document.getElementById("button").hidden = false;
  }, SILENT_AFTER_MS);
  addEventListener("message", (event) => {
    if (event.origin === frame.dataset.origin && event.source === frame.contentWindow) clearTimeout(giveWay);
  });
})();
