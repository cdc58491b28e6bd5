/** JSON that keeps integers of any size exact: what was answered once is answered the same again. */

/** An integer of 64 bits, which JSON would round, is written as an object with this one key. */
const INTEGER = '$integer';

/**
 * Plain data as text. A key whose value is undefined is left out: it is undefined afterwards, too. Whatever
 * else would come back as something other than it was is a bug.
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
  switch (typeof value) {
    case 'bigint':
      return { [INTEGER]: value.toString() };
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      break;
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return value.map(plain);
      if (isRecord(value)) return plainRecord(value);
  }
  throw new TypeError('Only plain data can be kept.');
}

/** Made by braces, and not by a class. */
function isRecord(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function plainRecord(value: object): Record<string, unknown> {
  if (INTEGER in value) throw new TypeError(`A key ${INTEGER} would be read back as an integer.`);
  const given = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(given.map(([key, part]) => [key, plain(part)]));
}
