/** JSON that keeps integers of any size exact: what was answered once is answered the same again. */

/** An integer of 64 bits, which JSON would round, is written as an object with this one key. */
const INTEGER = '$integer';

/**
 * Plain data as text. What JSON would drop without a word is a bug.
 * @throws TypeError for a Map, a Set, a Date or anything else that is no plain data
 */
export function exactJson(value: unknown): string {
  return JSON.stringify(plain(value));
}

/** The data in a text of `exactJson`. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const digits = (value as Record<string, unknown>)[INTEGER];
    return typeof digits === 'string' ? BigInt(digits) : value;
  });
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return { [INTEGER]: value.toString() };
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError('Only plain data can be kept.');
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}
