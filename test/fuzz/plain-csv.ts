/**
 * What a CSV file says, read a second time and as simply as can be: by the text of SPEC section 8, without a
 * line of payrun. Null where it cannot be said; where payrun takes a file, it must say the same.
 */

export interface PlainFile {
  readonly header: readonly string[];
  /** The rows that are not blank, with their physical lines. */
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

/** The records of a text with one separator, each with the line on which it begins; null: broken quotes. */
function recordsOf(text: string, separator: string): { line: number; cells: string[] }[] | null {
  const records: { line: number; cells: string[] }[] = [];
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const begins = line;
    const cells: string[] = [];
    for (let more = true; more;) {
      let cell = '';
      if (text[at] === '"') {
        for (at += 1; ; at += 1) {
          if (at >= text.length) return null;
          if (text[at] === '"' && text[at + 1] === '"') at += 1;
          else if (text[at] === '"') break;
          if (text[at] === '\n' || (text[at] === '\r' && text[at + 1] !== '\n')) line += 1;
          cell += text[at] ?? '';
        }
        at += 1;
        const next = text[at];
        if (next !== undefined && next !== separator && next !== '\n' && next !== '\r') return null;
      } else {
        while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') {
          if (text[at] === '"') return null;
          cell += text[at] ?? '';
          at += 1;
        }
      }
      cells.push(cell);
      more = text[at] === separator;
      if (more) at += 1;
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
    at += 1;
    line += 1;
    records.push({ line: begins, cells });
  }
  return records.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
}

/** @param required columns that the header must have, by which the separator is known */
export function readPlainly(bytes: Uint8Array, required: readonly string[]): PlainFile | null {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
  for (const separator of [',', ';', '\t']) {
    const [first, ...rows] = recordsOf(text, separator) ?? [];
    const header = first?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
    if (required.every((column) => header.includes(column))) return { header, rows };
  }
  return null;
}

/** The cell of a column, without surrounding blanks; empty where the file has no such column. */
export function cellOf(file: PlainFile, cells: readonly string[], column: string): string {
  const at = file.header.indexOf(column);
  return at < 0 ? '' : (cells[at] ?? '').trim();
}

/** A plain decimal with exactly so many decimals; null for anything else. */
export function plainDecimal(text: string, decimals: number): string | null {
  const match = /^(-?)0*([0-9]+?)(?:\.([0-9]+))?$/.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = ''] = match;
  if (fraction.length > decimals) return null;
  const padded = fraction.padEnd(decimals, '0');
  const isZero = /^0*$/.test(whole + padded);
  return `${isZero ? '' : sign}${whole}${decimals === 0 ? '' : `.${padded}`}`;
}

/** Whether a text is a day of the calendar from 1900 to 2999, written as `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  const made = new Date(Date.UTC(2000, month - 1, day));
  made.setUTCFullYear(year, month - 1, day);
  const isReal = made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
  return isReal && year >= 1900 && year <= 2999;
}
