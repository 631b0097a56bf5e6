/** Entry of every page: the body says which one it is. */

import { enliven } from "./pages/forms.js";
import { followJobs } from "./pages/progress.js";
import { openUpload } from "./pages/upload.js";

enliven(document);
followJobs(document);

const editor = document.getElementById("editor");
if (document.body.dataset.page === "editor" && editor) {
  // Most of the modules are the editor's alone: other pages do not wait for them.
  const { openEditor } = await import("./pages/editor.js");
  void openEditor(editor);
}

for (const host of document.querySelectorAll("[data-upload]"))
  openUpload(/** @type {HTMLElement} */ (host));
