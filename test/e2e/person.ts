/** A person at a real pseudo-terminal: reads the screen, types, and waits for the program to end. */
import { spawn, type IPty } from '@lydell/node-pty';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import type { CallOptions, Sandbox } from './payrun.js';

const PROGRAM = fileURLToPath(new URL('../../bin/payrun.js', import.meta.url));

export const ENTER = '\r';
export const DOWN = '\u001b[B';
export const CTRL_C = '\u0003';

/** Says the number of the program's process, and afterwards its exit code and the state of the terminal. */
const SHELL = `sh -c 'echo "pid $$"; exec "$@"' sh "$@"; echo "code $?"; stty -a`;

export class Person {
  readonly #pty: IPty;
  #output = '';
  #seen = 0;
  #exitCode: number | undefined;

  constructor(
    sandbox: Sandbox,
    args: readonly string[],
    options: CallOptions & { columns?: number; rows?: number; inShell?: boolean } = {},
  ) {
    const command = [process.execPath, PROGRAM, ...args];
    const [file = '', ...rest] = options.inShell === true ? ['sh', '-c', SHELL, 'sh', ...command] : command;
    this.#pty = spawn(file, rest, {
      name: 'xterm-256color',
      cols: options.columns ?? 80,
      rows: options.rows ?? 40,
      cwd: sandbox.folder,
      env: { ...sandbox.environment(options), TERM: 'xterm-256color', PAGER: 'cat' },
    });
    this.#pty.onData((data) => {
      this.#output += data;
    });
    this.#pty.onExit(({ exitCode, signal }) => {
      this.#exitCode = signal === undefined || signal === 0 ? exitCode : 128 + signal;
    });
  }

  /** Sends a signal to the program, which was started in a shell. */
  signal(name: NodeJS.Signals): void {
    const [, pid] = /^pid (\d+)$/m.exec(this.screen) ?? [];
    process.kill(Number(pid), name);
  }

  /** Everything that was ever on the screen, escapes included. */
  get raw(): string {
    return this.#output;
  }

  /** The same without escapes. */
  get screen(): string {
    return stripVTControlCharacters(this.#output).replaceAll('\r', '');
  }

  type(keys: string): void {
    this.#pty.write(keys);
  }

  /** Waits for the text after what was waited for before. @throws Error with the screen after 15 s */
  async sees(text: string): Promise<void> {
    await this.#until(`waited in vain for "${text}"`, () => {
      const found = this.screen.indexOf(text, this.#seen);
      if (found >= 0) this.#seen = found + text.length;
      return found >= 0;
    });
  }

  /** Waits for the question and answers it. */
  async answers(question: string, keys: string): Promise<void> {
    await this.sees(question);
    // The prompt draws itself before it listens.
    await new Promise((resolve) => setTimeout(resolve, 150));
    this.type(keys);
  }

  /** Waits for the end of the program. @returns its exit code */
  async ends(): Promise<number> {
    await this.#until('the program does not end', () => this.#exitCode !== undefined);
    return this.#exitCode ?? -1;
  }

  async #until(problem: string, holds: () => boolean): Promise<void> {
    const deadline = performance.now() + 15_000;
    while (!holds()) {
      if (performance.now() > deadline) {
        this.#pty.kill();
        throw new Error(`${problem}; on the screen:\n${this.screen}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
