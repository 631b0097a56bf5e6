/** The worker that keeps pixel work off the page's thread. */
import { serve } from "./port.js";

serve(/** @type {import("./port.js").Port} */ (/** @type {unknown} */ (globalThis)));
