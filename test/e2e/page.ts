/**
 * Pages of the documentation as tests: the commands in the `console` blocks are run in order, and what they
 * say must be what the page shows. `UPDATE_PAGES=1` writes what they say into the page instead.
 *
 * `$ cat FILE` of a file that is not there gives the file its content. `<!-- clock INSTANT -->` sets the
 * clock and `<!-- actor NAME -->` who asks, for the blocks that follow.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Sandbox, type Json } from './payrun.js';

const PROGRAM = fileURLToPath(new URL('../../bin/payrun.js', import.meta.url));
const ROOT = new URL('../../', import.meta.url);

/** Where the page says that it works; the folder of the test is another. */
const SHOWN_FOLDER = '/tmp/books';

/** One command of a page with what it says, standard output and error as they come. */
export interface Step {
  readonly command: string;
  readonly shown: string;
  readonly said: string;
}

interface Part {
  readonly kind: 'text' | 'console';
  readonly lines: readonly string[];
}

function partsOf(page: string): Part[] {
  const parts: { kind: Part['kind']; lines: string[] }[] = [{ kind: 'text', lines: [] }];
  for (const line of page.split('\n')) {
    const last = parts[parts.length - 1];
    if (last?.kind === 'text') {
      last.lines.push(line);
      if (line === '```console') parts.push({ kind: 'console', lines: [] });
    } else if (line === '```') {
      parts.push({ kind: 'text', lines: [line] });
    } else {
      last?.lines.push(line);
    }
  }
  return parts;
}

/** The commands of a block, each with the lines below it. A command goes on after a backslash. */
function commandsOf(lines: readonly string[]): { command: string; shown: string[] }[] {
  const commands: { command: string; shown: string[] }[] = [];
  for (const line of lines) {
    const last = commands[commands.length - 1];
    if (line.startsWith('$ ')) commands.push({ command: line.slice(2), shown: [] });
    else if (last?.command.endsWith('\\') === true) last.command += `\n${line}`;
    else last?.shown.push(line);
  }
  return commands;
}

class PageRun {
  readonly #env: Record<string, string>;

  constructor(
    private readonly sandbox: Sandbox,
    env: Readonly<Record<string, string>>,
  ) {
    this.#env = { ...env };
  }

  /** Takes what the text says of the clock and of who asks. */
  read(line: string): void {
    const clock = /^<!-- clock (\S+) -->$/.exec(line)?.[1];
    const actor = /^<!-- actor (\S+) -->$/.exec(line)?.[1];
    if (clock !== undefined) this.#env['FIXED_NOW'] = clock;
    if (actor !== undefined) this.#env['PAYRUN_ACTOR'] = actor;
  }

  async run(command: string, shown: readonly string[]): Promise<string> {
    const file = /^cat (\S+)$/.exec(command)?.[1];
    if (file !== undefined && !existsSync(this.sandbox.path(file))) {
      await writeFile(this.sandbox.path(file), `${shown.join('\n').trimEnd()}\n`);
    }
    const child = spawn('bash', ['-c', `{ ${command}\n} 2>&1`], {
      cwd: this.sandbox.folder,
      env: { ...this.sandbox.environment(), ...this.#env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const said = Buffer.concat(pieces).toString('utf8').replaceAll(this.sandbox.folder, SHOWN_FOLDER);
    return code === 0 ? said.trimEnd() : `${said.trimEnd()}\n[exit ${String(code)}]`;
  }
}

/** A folder with `payrun` on the path. */
async function programOnPath(sandbox: Sandbox): Promise<Record<string, string>> {
  const folder = sandbox.path('.bin');
  await mkdir(folder);
  await writeFile(`${folder}/payrun`, `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
  await chmod(`${folder}/payrun`, 0o755);
  return { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` };
}

export interface PlayedPage {
  readonly steps: readonly Step[];
  /** What `payrun verify --json` says of the ledger in the end. */
  readonly verified: Json;
}

/**
 * Runs a page from its first command to its last.
 * @param path from the root of the project
 */
export async function runPage(path: string): Promise<PlayedPage> {
  const url = new URL(path, ROOT);
  const page = await readFile(url, 'utf8');
  const sandbox = await Sandbox.make();
  const steps: Step[] = [];
  const lines: string[] = [];
  let verified: Json;
  try {
    const run = new PageRun(sandbox, await programOnPath(sandbox));
    for (const part of partsOf(page)) {
      if (part.kind === 'text') {
        for (const line of part.lines) run.read(line);
        lines.push(...part.lines);
        continue;
      }
      const commands = commandsOf(part.lines);
      for (const [index, { command, shown }] of commands.entries()) {
        const said = await run.run(command, shown);
        steps.push({ command, shown: shown.join('\n').trimEnd(), said });
        lines.push(...`$ ${command}`.split('\n'), ...(said === '' ? [] : said.split('\n')));
        if (index < commands.length - 1) lines.push('');
      }
    }
    verified = (await sandbox.payrun(['verify', '--json'])).json;
  } finally {
    await sandbox.remove();
  }
  if (process.env['UPDATE_PAGES'] === '1') await writeFile(url, lines.join('\n'));
  return { steps, verified };
}
