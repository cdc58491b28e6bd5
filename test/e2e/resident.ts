/** A resident program for what tests arrange; see `resident-program.mjs`. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./resident-program.mjs', import.meta.url));

export interface ResidentCall {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
}

export interface ResidentAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let child: ChildProcess | undefined;
let isBusy = false;
let calls = 0;

function start(env: ResidentCall['env']): ChildProcess {
  const started = fork(PROGRAM, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  // It ends when it has had nothing to do for a while, or with its parent: nobody waits for it.
  started.unref();
  started.channel?.unref();
  started.once('exit', () => {
    if (child === started) child = undefined;
  });
  return started;
}

/** Runs a command line in the resident program; undefined while it is at work on another. */
export async function callResident(call: ResidentCall): Promise<ResidentAnswer | undefined> {
  if (isBusy) return undefined;
  isBusy = true;
  try {
    if (child?.connected !== true) child = start(call.env);
    return await ask(child, call);
  } finally {
    isBusy = false;
  }
}

async function ask(program: ChildProcess, call: ResidentCall): Promise<ResidentAnswer> {
  const id = (calls += 1);
  program.channel?.ref();
  try {
    return await new Promise<ResidentAnswer>((resolve, reject) => {
      const settle = (): void => {
        program.off('message', answered);
        program.off('exit', ended);
      };
      const answered = (answer: ResidentAnswer & { readonly id: number }): void => {
        if (answer.id !== id) return;
        settle();
        resolve(answer);
      };
      const ended = (): void => {
        settle();
        reject(new Error('The resident program ended in the middle of a call.'));
      };
      program.on('message', answered);
      program.once('exit', ended);
      program.send({ id, ...call }, (error) => {
        if (error === null) return;
        settle();
        reject(error);
      });
    });
  } finally {
    program.channel?.unref();
  }
}
