/**
 * Files out of a drop or a picker, folders walked to their end; what is plainly no picture is left
 * out.
 */

/** @typedef {{file: File, name: string}} NamedFile */

const PICTURE_NAME = /\.(jpe?g|png|webp)$/i;

/**
 * A folder's other files (notes, thumbnails' databases) are passed over; a single file is sent
 * whatever its
 * name, so that the server says what is wrong with it.
 * @param {readonly NamedFile[]} files
 */
export function pictures(files) {
  return files.filter(({ name }) => !name.includes("/") || PICTURE_NAME.test(name));
}

/**
 * @param {Iterable<File>} files
 * @returns {readonly NamedFile[]}
 */
export function filesOfPicker(files) {
  return pictures(
    Array.from(files, (file) => ({ file, name: file.webkitRelativePath || file.name })),
  );
}

/**
 * @param {DataTransfer} transfer
 * @returns {Promise<readonly NamedFile[]>}
 */
export async function filesOfDrop(transfer) {
  // Entries are only there during the event: take them all before the first wait.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const files = [...transfer.files];
  if (entries.every((entry) => entry === null)) return filesOfPicker(files);
  const walked = await Promise.all(entries.map((entry) => (entry ? walk(entry, "") : [])));
  return pictures(walked.flat());
}

/**
 * @param {FileSystemEntry} entry
 * @param {string} folder
 * @returns {Promise<NamedFile[]>}
 */
async function walk(entry, folder) {
  const name = folder + entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) =>
      /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject),
    );
    return [{ file, name }];
  }
  const children = await listFolder(/** @type {FileSystemDirectoryEntry} */ (entry));
  return (await Promise.all(children.map((child) => walk(child, `${name}/`)))).flat();
}

/** @param {FileSystemDirectoryEntry} folder */
async function listFolder(folder) {
  const reader = folder.createReader();
  /** @type {FileSystemEntry[]} */
  const all = [];
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all; // browsers give a hundred at a time
    all.push(...some);
  }
}
