/**
 * The one place that knows about terminals: what is one, how wide it is, whether to colour, page, ask or show
 * progress. stdout carries the result, stderr everything else.
 */

import { InterruptedError, UsageError } from '../core/errors.js';
import { Interruption, TERMINATIONS } from '../host/interruption.js';
import type { GlobalOptions } from './command.js';

/** A stream that may be a terminal; `process.stdout` is one. */
export type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  readonly writableNeedDrain?: boolean | undefined;
};

/** The process as the command line sees it; `process` itself fits. */
export interface ProcessIo {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Is told how far long work has come, besides who looks at the terminal. */
  readonly onProgress?: (step: number, of: number, label: string) => void;
}

/** Thrown by `write` when nobody reads stdout any more (`payrun ... | head -1`): stop quietly, exit 0. */
export class OutputClosed extends Error {}

const styles = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;
export type Style = keyof typeof styles;

/** A line of progress appears when the work has taken this long, in milliseconds. */
const progressDelayMs = 1000;

// C0 and C1 controls, DEL, everything that turns the writing direction, line and paragraph separators, the
// byte order mark, and lone surrogates: what could redraw a terminal or make a text read as another one.
const unsafeCharacter =
  // eslint-disable-next-line no-control-regex -- these are the characters to catch
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

function visibleEscape(character: string): string {
  const code = character.charCodeAt(0);
  const known = { 9: '\\t', 10: '\\n', 13: '\\r' }[code];
  const hex = code.toString(16);
  return known ?? (code < 256 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`);
}

/** A value as it may be shown: control characters, direction marks and lone surrogates as visible escapes. */
export function safeText(text: string): string {
  return text.replace(unsafeCharacter, visibleEscape);
}

/** A value as JSON. JSON.stringify escapes C0 and lone surrogates; the rest may redraw a terminal as well. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    unsafeCharacter,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

// The colour codes that payrun writes itself; every other escape in a printed text came in with the data.
// eslint-disable-next-line no-control-regex -- the escape character is the point
const ownStyles = /(\u001b\[(?:1|2|22|31|32|33|39)m)/;

function safeStyled(line: string): string {
  return line
    .split(ownStyles)
    .map((part, index) => (index % 2 === 1 ? part : safeText(part)))
    .join('');
}

/**
 * A text of several lines as it may be printed: line ends stay, the rest is escaped.
 * @param styled whether payrun's own colours stay too; never where there is no colour
 */
export function safeLines(text: string, styled = false): string {
  return text
    .split('\n')
    .map(styled ? safeStyled : safeText)
    .join('\n');
}

/**
 * Lines that are longer than the screen, broken between words; what follows is indented. A line that is a
 * command stays whole, for it is there to be copied.
 */
export function wrapped(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrappedLine(line, width))
    .join('\n');
}

function wrappedLine(line: string, width: number): string[] {
  if (line.length <= width || /^ +payrun /.test(line)) return [line];
  const indent = `${/^ */.exec(line)?.[0] ?? ''}  `;
  const lines: string[] = [];
  let current = '';
  for (const word of line.trimStart().split(' ')) {
    const start = lines.length === 0 ? indent.slice(2) : indent;
    if (current === '') {
      current = start + word;
    } else if (current.length + 1 + word.length <= width) {
      current += ` ${word}`;
    } else {
      lines.push(current);
      current = indent + word;
    }
  }
  return [...lines, current];
}

function colourWanted(stream: OutputStream, env: ProcessIo['env'], globals: GlobalOptions): boolean {
  const refused = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return stream.isTTY === true && globals.color && !refused;
}

function endLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** Input, output and everything that depends on their being a terminal. */
export class Terminal {
  /** Whether prompts may appear: stdin and stderr are terminals and nothing asks for silence. */
  readonly isInteractive: boolean;
  /** Whether stdout is read by a person. Off a terminal: no colour, no truncation, no relative times. */
  readonly outputIsTerminal: boolean;
  readonly json: boolean;
  readonly stdin: ProcessIo['stdin'];
  readonly stderr: OutputStream;
  readonly #stdout: OutputStream;
  readonly #env: ProcessIo['env'];
  readonly #quiet: boolean;
  readonly #colourOut: boolean;
  readonly #colourErr: boolean;
  readonly #progress: ProgressLine;
  readonly #onProgress: ProcessIo['onProgress'];
  #outputError: NodeJS.ErrnoException | undefined;
  #printedJson = false;

  constructor(io: ProcessIo, globals: GlobalOptions) {
    this.stdin = io.stdin;
    this.stderr = io.stderr;
    this.#stdout = io.stdout;
    this.#env = io.env;
    this.#quiet = globals.quiet;
    this.json = globals.json;
    this.outputIsTerminal = io.stdout.isTTY === true;
    const silent = globals.json || globals.yes || !globals.input;
    this.isInteractive = io.stdin.isTTY === true && io.stderr.isTTY === true && !silent;
    this.#colourOut = colourWanted(io.stdout, io.env, globals);
    this.#colourErr = colourWanted(io.stderr, io.env, globals);
    const mayDraw = io.stderr.isTTY === true && !globals.quiet && !globals.json;
    this.#progress = new ProgressLine(mayDraw ? io.stderr : undefined);
    this.#onProgress = io.onProgress;
    io.stdout.on('error', (error: NodeJS.ErrnoException) => {
      this.#outputError ??= error;
    });
    // Nobody is left to be told when stderr itself is gone.
    io.stderr.on('error', () => undefined);
  }

  /** The width of stdout in columns; 80 where it has none. */
  get width(): number {
    const columns = this.#stdout.columns ?? 0;
    return columns > 0 ? columns : 80;
  }

  /** The width of stderr in columns, on which questions stand; 80 where it has none. */
  get errorWidth(): number {
    const columns = this.stderr.columns ?? 0;
    return columns > 0 ? columns : 80;
  }

  /** What went wrong with stdout: EPIPE when its reader went away, ENOSPC for a full disk; else undefined. */
  get outputError(): NodeJS.ErrnoException | undefined {
    return this.#outputError;
  }

  /** Whether the one JSON document of the command is out; a failure after it goes to stderr alone. */
  get printedJson(): boolean {
    return this.#printedJson;
  }

  /** Whether what appears on stderr, prompts included, has colour. */
  get errorsInColour(): boolean {
    return this.#colourErr;
  }

  bold(text: string): string {
    return this.#colourOut ? paint('bold', text) : text;
  }

  dim(text: string): string {
    return this.#colourOut ? paint('dim', text) : text;
  }

  red(text: string): string {
    return this.#colourOut ? paint('red', text) : text;
  }

  green(text: string): string {
    return this.#colourOut ? paint('green', text) : text;
  }

  yellow(text: string): string {
    return this.#colourOut ? paint('yellow', text) : text;
  }

  /** Prints lines of the result on stdout. Values inside should have gone through `safeText`. */
  print(text: string): void {
    this.#progress.erase();
    this.#send(endLine(safeLines(text, this.#colourOut)));
  }

  /**
   * Sends data to stdout byte for byte and waits while the reader is slower: for files asked for with `-`.
   * Throws OutputClosed when nobody reads any more.
   */
  async write(chunk: string | Uint8Array): Promise<void> {
    this.#progress.erase();
    this.#send(chunk);
    if (this.#outputError === undefined && this.#stdout.writableNeedDrain === true) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.#stdout
            .removeListener('drain', done)
            .removeListener('error', done)
            .removeListener('close', done);
          resolve();
        };
        this.#stdout.once('drain', done).once('error', done).once('close', done);
      });
    }
    this.#throwIfClosed();
  }

  /** Prints the one JSON document of a command, with the schema version. Money in it is formatted already. */
  printJson(document: Readonly<Record<string, unknown>>): void {
    this.#progress.erase();
    this.#printedJson = true;
    this.#send(`${jsonText({ schemaVersion: 1, ...document })}\n`);
  }

  /** Says that the one JSON document of the command goes out by `write`, in pieces. */
  beginJson(): void {
    this.#printedJson = true;
  }

  /** Says something beside the result, on stderr; nothing with `--quiet`. */
  note(text: string): void {
    if (!this.#quiet) {
      this.#say(text);
    }
  }

  /** Warns on stderr. */
  warn(text: string): void {
    this.#say(text, 'warning: ', 'yellow');
  }

  /** Reports a failure on stderr; for `main` alone. */
  fail(text: string): void {
    this.#say(text, 'payrun: ', 'red');
  }

  /**
   * Says how far long work has come, as "3 of 6: lines", on a terminal and after a second of work; the line
   * goes away with the next thing printed or with `progressDone`.
   */
  progress(step: number, of: number, label: string): void {
    this.#onProgress?.(step, of, label);
    this.#progress.show(`${String(step)} of ${String(of)}: ${safeText(label)}`);
  }

  /** Ends the progress: erases its line and forgets when the work began. */
  progressDone(): void {
    this.#progress.end();
  }

  /** Prints a text, through the pager where stdout is a terminal on which it does not fit. */
  async page(text: string): Promise<void> {
    const rows = this.#stdout.rows ?? 0;
    const safe = endLine(safeLines(text, this.#colourOut));
    const command = this.#env['PAGER'] ?? 'less';
    const fits = safe.split('\n').length <= rows;
    if (
      !this.outputIsTerminal ||
      !this.isInteractive ||
      rows === 0 ||
      fits ||
      ['', 'cat'].includes(command.trim())
    ) {
      this.print(text);
      return;
    }
    this.#progress.erase();
    if (!(await runPager(command, safe, this.#env))) {
      this.#send(safe);
    }
  }

  /** Waits until what was printed has left the process, or cannot. */
  async flush(): Promise<void> {
    this.#progress.end();
    await new Promise<void>((resolve) => {
      this.#stdout.write('', () => {
        resolve();
      });
    });
  }

  #send(chunk: string | Uint8Array): void {
    if (this.#outputError === undefined) {
      this.#stdout.write(chunk);
    }
  }

  #throwIfClosed(): void {
    if (this.#outputError !== undefined) {
      throw this.#outputError.code === 'EPIPE' ? new OutputClosed() : this.#outputError;
    }
  }

  #say(text: string, prefix = '', style: Style = 'dim'): void {
    this.#progress.erase();
    const plain = endLine(prefix + safeLines(text));
    const lines = this.stderr.isTTY === true ? wrapped(plain, this.errorWidth) : plain;
    const isPainted = this.#colourErr && prefix !== '' && lines.startsWith(prefix);
    this.stderr.write(isPainted ? paint(style, prefix) + lines.slice(prefix.length) : lines);
  }
}

function paint(style: Style, text: string): string {
  const [on, off] = styles[style];
  return `\u001b[${String(on)}m${text}\u001b[${String(off)}m`;
}

/** One line at the bottom of stderr that is drawn over and over. */
class ProgressLine {
  #startedAt: number | undefined;
  #drawn = false;
  #timer: NodeJS.Timeout | undefined;

  /** Without a stream nothing is ever drawn. */
  constructor(private readonly stream: OutputStream | undefined) {}

  show(text: string): void {
    if (this.stream === undefined) {
      return;
    }
    clearTimeout(this.#timer);
    this.#startedAt ??= performance.now();
    const remainingMs = this.#startedAt + progressDelayMs - performance.now();
    if (remainingMs <= 0) {
      this.#draw(text);
      return;
    }
    // A statement blocks the event loop, so this fires only between steps that wait for something.
    this.#timer = setTimeout(() => {
      this.#draw(text);
    }, remainingMs);
    this.#timer.unref();
  }

  erase(): void {
    clearTimeout(this.#timer);
    if (this.#drawn) {
      this.stream?.write('\r\u001b[K');
      this.#drawn = false;
    }
  }

  end(): void {
    this.erase();
    this.#startedAt = undefined;
  }

  #draw(text: string): void {
    const width = (this.stream?.columns ?? 80) - 1;
    this.stream?.write(`\r\u001b[K${text.slice(0, width)}`);
    this.#drawn = true;
  }
}

/** A plain command takes the place of its shell, so that a signal reaches the pager itself. */
function alone(command: string): string {
  return process.platform !== 'win32' && /^[^=;&|<>()]+$/.test(command) ? `exec ${command}` : command;
}

/**
 * Shows a text in the pager; false when there is none to start.
 * @throws InterruptedError when a signal ended it
 */
async function runPager(command: string, text: string, env: ProcessIo['env']): Promise<boolean> {
  const { spawn } = await import('node:child_process');
  // F leaves at once when it fits after all, R shows our colours, X keeps the text on the screen afterwards.
  const pagerEnv = { ...env, LESS: env['LESS'] ?? 'FRX', LESSSECURE: env['LESSSECURE'] ?? '1' };
  // Ctrl-C belongs to the pager while it shows; nothing is written to the ledger at that moment.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  // Whoever ends payrun ends the pager as well, which puts the terminal back as it was.
  const error = new InterruptedError('Interrupted while the pager showed the result.');
  const interruption = new Interruption(error, TERMINATIONS);
  try {
    const shown = await new Promise<boolean>((resolve) => {
      const pager = spawn(alone(command), {
        shell: true,
        stdio: ['pipe', 'inherit', 'inherit'],
        env: pagerEnv,
      });
      interruption.signal.addEventListener('abort', () => pager.kill());
      pager.on('error', () => {
        resolve(false);
      });
      pager.on('close', (code) => {
        // 126 and 127 are the shell's "cannot run" and "not found".
        resolve(code !== 126 && code !== 127);
      });
      pager.stdin.on('error', ignore);
      pager.stdin.end(text);
    });
    interruption.signal.throwIfAborted();
    return shown;
  } finally {
    interruption.end();
    process.removeListener('SIGINT', ignore);
  }
}

/** The terminal of one command. */
export function createTerminal(io: ProcessIo, globals: GlobalOptions): Terminal {
  return new Terminal(io, globals);
}

/**
 * Refuses to guess: where nobody can be asked, a missing decision is a usage error that names the flag.
 * @param flag what to write instead, such as `--yes` or `--currency USD`
 * @param sentence what is to be decided, as a sentence: "Voiding a payout needs consent."
 * @throws UsageError when the terminal is not interactive; on one it returns, and the caller asks
 */
export function requireDecision(terminal: Terminal, flag: string, sentence: string): void {
  if (!terminal.isInteractive) {
    throw new UsageError(sentence, { hint: `Nothing can be asked here: give ${flag}.` });
  }
}
