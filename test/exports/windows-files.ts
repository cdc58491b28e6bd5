/** Files in bytes, which are not text before somebody says in which alphabet. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bill } from '../../src/core/bill.js';
import type { JournalEntry } from '../../src/core/journal.js';
import type { AccountingFormat, FormatContext } from '../../src/exports/format.js';

/** The bytes of each file, and the rows that were told of. */
export async function bytesWritten(
  format: AccountingFormat,
  pages: readonly (readonly (Bill | JournalEntry)[])[],
  context: FormatContext,
): Promise<{ files: Buffer[]; rows: number[] }> {
  async function* each(): AsyncGenerator<never> {
    for (const page of pages) yield page as never;
  }
  const files: Buffer[] = [];
  const rows: number[] = [];
  for await (const { file, content, rows: count } of format.write({ each }, context)) {
    files[file - 1] = Buffer.concat([files[file - 1] ?? Buffer.alloc(0), Buffer.from(content as Uint8Array)]);
    rows[file - 1] = (rows[file - 1] ?? 0) + count;
  }
  return { files, rows };
}

/** Unicode's own table of the bytes from 0x80 to 0x9f; 0 is nothing. (The decoder of Node reads Latin 1.) */
const CODE_POINTS = [
  ...[0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152],
  ...[0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161],
  ...[0x203a, 0x0153, 0, 0x017e, 0x0178],
];

/** As a program on Windows reads it. @throws Error at a byte that stands for nothing */
export function read1252(bytes: Uint8Array | undefined): string {
  return Array.from(bytes ?? [], (byte) => {
    const code = byte < 0x80 || byte > 0x9f ? byte : CODE_POINTS[byte - 0x80];
    if (code === undefined || (code === 0 && byte !== 0))
      throw new Error(`There is no ${byte.toString(16)}.`);
    return String.fromCharCode(code);
  }).join('');
}

/** As `golden`, byte for byte. */
export function goldenBytes(name: string, bytes: Uint8Array): Buffer {
  const path = fileURLToPath(new URL(`../golden/${name}`, import.meta.url));
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
}
