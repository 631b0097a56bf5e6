/**
 * Texts in the person's language. A page in another language than English brings a catalog, made by
 * Django, before any module runs; without one a text stays as it stands in the source. Texts that
 * hold values name them in braces: t("{name} of {count}", { name, count }).
 */

/** @typedef {Readonly<Record<string, string | number>>} Values */
/**
 * @typedef {Object} Catalog
 * @property {(text: string) => string} gettext
 * @property {(one: string, many: string, count: number) => string} ngettext
 */

/** Of the page, for dates and numbers: "en", "de". */
export const LANGUAGE = globalThis.document?.documentElement?.lang || "en";

/** @returns {Catalog | undefined} */
function catalog() {
  return /** @type {{django?: Catalog}} */ (globalThis).django;
}

/**
 * @param {string} text in English; written out where it is used, so that it is found
 * @param {Values} [values]
 */
export function t(text, values = {}) {
  return filled(catalog()?.gettext(text) ?? text, values);
}

/**
 * A text that counts; {count} is the number as it is written in the language.
 * @param {string} one
 * @param {string} many
 * @param {number} count
 * @param {Values} [values]
 */
export function tn(one, many, count, values = {}) {
  const text = catalog()?.ngettext(one, many, count) ?? (count === 1 ? one : many);
  return filled(text, { count: number(count), ...values });
}

/**
 * Words as they stand in the middle of a sentence: of these languages only English writes nouns small.
 * @param {string} words
 */
export function midSentence(words) {
  return LANGUAGE === "en" ? words.charAt(0).toLowerCase() + words.slice(1) : words;
}

/**
 * @param {number} value
 * @param {Intl.NumberFormatOptions} [options]
 */
export function number(value, options) {
  const key = options ? JSON.stringify(options) : "";
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(LANGUAGE, options);
    formats.set(key, format);
  }
  return format.format(value);
}

/** @type {Map<string, Intl.NumberFormat>} by their options: making one takes longer than a row */
const formats = new Map();

/**
 * @param {string} text
 * @param {Values} values
 */
function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
