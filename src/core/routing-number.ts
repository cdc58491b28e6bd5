/** Routing numbers of US banks (American Bankers Association). */

const WEIGHTS = [3, 7, 1] as const;

/** Whether it is nine digits of which the weighted sum, 3, 7, 1 and so on, is a multiple of ten. */
export function isRoutingNumber(text: string): boolean {
  if (!/^[0-9]{9}$/.test(text) || text === '000000000') return false;
  const digits = Array.from(text, Number);
  const sum = digits.reduce((total, digit, place) => total + digit * (WEIGHTS[place % 3] ?? 0), 0);
  return sum % 10 === 0;
}
