/** Files that were written: which, and what proves that they are whole. */
import { safeText } from '../safe-text.js';
import type { Terminal } from '../terminal.js';
import { counted } from './money.js';

export interface FileTold {
  readonly path: string;
  readonly rows: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

/** The files in one line, without what proves them. */
export function filesLine(files: readonly FileTold[]): string {
  return files.map(({ path, rows }) => `${safeText(path)}: ${counted(rows, 'row')}`).join(', ');
}

export function printFiles(terminal: Terminal, files: readonly FileTold[]): void {
  for (const { path, rows, sha256 } of files) {
    terminal.print(`${safeText(path)}: ${counted(rows, 'row')}\n  sha256 ${sha256}`);
  }
}
