/** Entry of every page: the body says which one it is. */

import { openEditor } from "./pages/editor.js";
import { enliven } from "./pages/forms.js";
import { followJobs } from "./pages/progress.js";
import { openUpload } from "./pages/upload.js";

enliven(document);
followJobs(document);

const editor = document.getElementById("editor");
if (document.body.dataset.page === "editor" && editor) void openEditor(editor);

for (const host of document.querySelectorAll("[data-upload]"))
  openUpload(/** @type {HTMLElement} */ (host));
