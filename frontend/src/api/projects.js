/** Projects and their labels. */

/**
 * @typedef {import("./client.js").Client} Client
 * @typedef {import("./wire.js").WireProject} WireProject
 * @typedef {import("../types.js").Label} Label
 */

/**
 * @param {Client} client
 * @param {number} project
 * @returns {Promise<WireProject>}
 */
export async function fetchProject(client, project) {
  return /** @type {WireProject} */ ((await client.send("GET", `projects/${project}/`)).data);
}

/**
 * @param {Client} client
 * @param {number} project
 * @param {{name: string, color: string, is_thing: boolean, hotkey: string}} label
 * @returns {Promise<Label>}
 */
export async function addLabel(client, project, label) {
  const { data } = await client.send("POST", `projects/${project}/labels/`, { json: label });
  return /** @type {Label} */ (data);
}

/**
 * @param {Client} client
 * @param {number} label
 * @param {Partial<Pick<Label, "name" | "color" | "is_thing" | "hotkey">>} facts
 * @returns {Promise<Label>}
 */
export async function reviseLabel(client, label, facts) {
  return /** @type {Label} */ (
    (await client.send("PATCH", `labels/${label}/`, { json: facts })).data
  );
}
