/** CSV for programs that take only so much in one file: it is split between documents, never within one. */
import { InvalidDataError } from '../core/errors.js';
import { csvLines } from './csv.js';
import type { ExportPiece } from './format.js';

/** What one file may hold; there is no end to what is not given. */
export interface FileLimits {
  /** Bills, or journals. */
  readonly documents?: number;
  /** Rows below the header. */
  readonly rows?: number;
}

/** The rows of one document, which stay together. */
export interface CsvDocument {
  /** By which people know it. */
  readonly name: string;
  readonly rows: readonly (readonly string[])[];
}

/** The files of one export, each beginning with the header; lines end as Windows ends them. */
export class SplitCsv {
  #file = 1;
  #documents = 0;
  #rows = 0;

  constructor(
    private readonly header: readonly string[],
    private readonly limits: FileLimits,
  ) {}

  /** The header of the first file, which is there also where nothing follows. */
  begin(): ExportPiece {
    return { file: 1, content: csvLines([this.header], '\r\n'), rows: 0 };
  }

  /**
   * The documents, in the file that was begun and as many more as they need.
   * @throws InvalidDataError naming a document that no file can hold
   */
  *add(documents: readonly CsvDocument[]): Generator<ExportPiece> {
    let lines: (readonly string[])[] = [];
    let before = this.#rows;
    const piece = (): ExportPiece => ({
      file: this.#file,
      content: csvLines(lines, '\r\n'),
      rows: this.#rows - before,
    });
    for (const document of documents) {
      if (!this.#fits(document)) {
        if (lines.length > 0) yield piece();
        lines = [this.header];
        before = 0;
        this.#file += 1;
        this.#documents = 0;
        this.#rows = 0;
      }
      lines.push(...document.rows);
      this.#documents += 1;
      this.#rows += document.rows.length;
    }
    if (lines.length > 0) yield piece();
  }

  #fits({ name, rows }: CsvDocument): boolean {
    const { documents = Infinity, rows: most = Infinity } = this.limits;
    if (rows.length > most) {
      throw new InvalidDataError(
        `${name} has ${rows.length} lines, and one file may have ${most}; a journal cannot be split.`,
        { hint: 'Ask for less at once: a shorter range, or one --currency; or book sums: detail month.' },
      );
    }
    return this.#documents < documents && this.#rows + rows.length <= most;
  }
}
