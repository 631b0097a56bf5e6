/** Hands text to the person as a file. */

/**
 * @param {string} name
 * @param {unknown} json
 */
export function saveAsFile(name, json) {
  const address = URL.createObjectURL(
    new Blob([JSON.stringify(json, null, 2)], { type: "application/json" }),
  );
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
