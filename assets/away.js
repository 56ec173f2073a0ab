// Where staff log in and out: nothing of a conversation at the desk is left in this tab, nor after logging out in others.
"use strict";
for (const key of Object.keys(sessionStorage)) if (key.startsWith("bijdragewijzer.desk.")) sessionStorage.removeItem(key);
if (document.querySelector("[data-logged-out]")) new BroadcastChannel("bijdragewijzer.staff").postMessage("out");
