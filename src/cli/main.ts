/** From a command line to an exit code: reads it, runs one handler, and tells what went wrong. */

import { readFileSync } from 'node:fs';
import type { CommandContext, CommandDefinition, CommandTree, GlobalOptions, JobCall } from './command.js';
import { CommandInput } from './command.js';
import { commandTree } from './commands/index.js';
import { systemClock } from '../host/clock.js';
import { describeFailure, failureDocument, failureText, lostAnswer } from './failure.js';
import { onceOf } from './idempotency.js';
import { earlyGlobals, parseCommandLine, type Request } from './program.js';
import { createTerminal, OutputClosed, type ProcessIo, type Terminal } from './terminal.js';

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Reports an error and gives its exit code. */
function report(error: unknown, terminal: Terminal, env: ProcessIo['env']): number {
  if (error instanceof OutputClosed) {
    return 0;
  }
  const failure = describeFailure(error);
  if (terminal.json && !terminal.printedJson) {
    terminal.printJson(failureDocument(failure));
  } else {
    terminal.fail(failureText(failure));
  }
  if (env['PAYRUN_DEBUG'] === '1' && error instanceof Error) {
    terminal.fail(error.stack ?? error.message);
  }
  return failure.exitCode;
}

function printHelp(terminal: Terminal, text: string): void {
  if (terminal.json) {
    terminal.printJson({ help: text });
  } else {
    terminal.print(text);
  }
}

interface Call {
  readonly definition: CommandDefinition;
  readonly input: CommandInput;
  readonly globals: GlobalOptions;
}

/** What a command line is run in: the streams, the commands that there are, and the job that calls. */
interface Surroundings {
  readonly io: ProcessIo;
  readonly tree: CommandTree;
  readonly job?: JobCall;
}

async function runCommand(call: Call, terminal: Terminal, surroundings: Surroundings): Promise<number> {
  const { io, tree, job } = surroundings;
  const startedAt = systemClock.now();
  const once = job?.once ?? onceOf(call.definition, call.input);
  const context: CommandContext = {
    ...(once === undefined ? {} : { once }),
    ...(job === undefined ? {} : { job }),
    runJob: (argv, within, streams = {}) => runLine(argv, { io: { ...io, ...streams }, tree, job: within }),
    terminal,
    globals: call.globals,
    env: io.env,
    clock: { now: () => new Date(startedAt) },
    stdin: io.stdin,
  };
  return (await call.definition.handler(context, call.input)) ?? 0;
}

async function answer(request: Request, terminal: Terminal, surroundings: Surroundings): Promise<number> {
  switch (request.kind) {
    case 'version': {
      const version = readVersion();
      if (terminal.json) {
        terminal.printJson({ version });
      } else {
        terminal.print(version);
      }
      return 0;
    }
    case 'help':
      printHelp(terminal, request.text);
      return 0;
    case 'run':
      return runCommand(request, terminal, surroundings);
    case 'bare': {
      const choices = surroundings.tree.commands.filter((definition) => definition.menu !== undefined);
      if (!terminal.isInteractive || choices.length === 0) {
        printHelp(terminal, request.help);
        return 0;
      }
      const { chooseFromMenu } = await import('./menu.js');
      const definition = await chooseFromMenu(terminal, choices);
      const input = new CommandInput({}, {});
      return runCommand({ definition, input, globals: request.globals }, terminal, surroundings);
    }
  }
}

/**
 * Runs one command line. Never throws and never ends the process.
 * @param argv without the names of node and of the program
 * @returns the exit code (SPEC section 8)
 */
export async function main(argv: readonly string[], io: ProcessIo, tree = commandTree): Promise<number> {
  return runLine(argv, { io, tree });
}

async function runLine(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { io, tree } = surroundings;
  let terminal = createTerminal(io, earlyGlobals(argv));
  let exitCode: number;
  let writes = false;
  try {
    if (argv[0] === 'complete') {
      const { completeWords } = await import('./completion.js');
      const words = argv.slice(argv[1] === '--' ? 2 : 1);
      await terminal.write(await completeWords(tree, { words, env: io.env }));
      exitCode = 0;
    } else {
      const layout = { width: Math.min(terminal.width, 110), bold: (text: string) => terminal.bold(text) };
      const request = parseCommandLine(argv, tree, layout);
      if ('globals' in request) {
        terminal = createTerminal(io, request.globals);
      }
      writes = request.kind === 'run' && request.definition.writes;
      exitCode = await answer(request, terminal, surroundings);
    }
  } catch (error) {
    exitCode = report(error, terminal, io.env);
  }
  await terminal.flush();
  const { outputError } = terminal;
  // A reader that left early (`| head`) has all it wanted; a full disk below stdout has lost the result.
  return outputError === undefined || outputError.code === 'EPIPE' || exitCode !== 0
    ? exitCode
    : report(writes ? lostAnswer(outputError) : outputError, terminal, io.env);
}

/**
 * Runs the process's own command line; the exit code is set, never forced, so that piped output is
 * complete.
 */
export async function runProcess(): Promise<void> {
  process.on('uncaughtException', (error) => {
    const terminal = createTerminal(process, { ...earlyGlobals(process.argv.slice(2)), json: false });
    process.exit(report(error, terminal, process.env));
  });
  process.exitCode = await main(process.argv.slice(2), process);
}
