import { PassThrough } from 'node:stream';
import { main } from '../../src/cli/main.js';
import { defineCommand, type CommandDefinition, type CommandTree } from '../../src/cli/command.js';
import type { GlobalOptions } from '../../src/cli/command.js';
import { createTerminal, type ProcessIo, type Terminal } from '../../src/cli/terminal.js';

/** Streams that remember what was written, and say that they are terminals when asked to. */
export interface FakeIo extends ProcessIo {
  readonly stdin: PassThrough & { isTTY?: boolean };
  readonly out: () => string;
  readonly err: () => string;
}

export interface FakeOptions {
  readonly tty?: { in?: boolean; out?: boolean; err?: boolean };
  readonly env?: Record<string, string>;
  readonly columns?: number;
  readonly rows?: number;
}

function remembering(isTTY: boolean, options: FakeOptions): [ProcessIo['stdout'], () => string] {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  const { columns = 80, rows = 0 } = options;
  return [Object.assign(stream, isTTY ? { isTTY, columns, rows } : {}), () => text];
}

export function fakeIo(options: FakeOptions = {}): FakeIo {
  const { tty = {}, env = {} } = options;
  const [stdout, out] = remembering(tty.out === true, options);
  const [stderr, err] = remembering(tty.err === true, options);
  const stdin = Object.assign(new PassThrough(), { isTTY: tty.in === true });
  return { stdin, stdout, stderr, env, out, err };
}

/** All three are terminals. */
export const person = { in: true, out: true, err: true };

export const noGlobals: GlobalOptions = {
  json: false,
  quiet: false,
  yes: false,
  input: true,
  color: true,
  waitSeconds: 30,
};

export function fakeTerminal(
  options: FakeOptions = {},
  globals: Partial<GlobalOptions> = {},
): { terminal: Terminal; io: FakeIo } {
  const io = fakeIo(options);
  return { terminal: createTerminal(io, { ...noGlobals, ...globals }), io };
}

/** A command that does as it is told by the test. */
export function command(
  path: CommandDefinition['path'],
  rest: Partial<CommandDefinition> = {},
): CommandDefinition {
  return defineCommand({
    path,
    summary: `Do ${path.join(' ')}`,
    writes: false,
    handler: async () => 0,
    ...rest,
  });
}

export function treeOf(...commands: CommandDefinition[]): CommandTree {
  return { commands, nouns: [{ name: 'payouts', summary: 'Look at payouts' }], sections: [] };
}

/** Runs one command line and gives all that a shell would see of it. */
export async function run(
  argv: readonly string[],
  tree: CommandTree,
  options: FakeOptions = {},
): Promise<{ exitCode: number; out: string; err: string }> {
  const io = fakeIo(options);
  const exitCode = await main(argv, io, tree);
  return { exitCode, out: io.out(), err: io.err() };
}
