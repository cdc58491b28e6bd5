import { defineCommand } from '../command.js';

/** The shells for which a script can be printed. */
const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

export const completion = defineCommand({
  path: ['completion'],
  summary: 'Print the script that lets your shell complete payrun commands',
  description:
    'The script asks payrun itself for the words, so it need not be made again after an update. ' +
    'The one for bash needs the package bash-completion.',
  arguments: [{ name: 'shell', description: 'your shell', required: true, choices: shells }],
  examples: [
    {
      command: 'source <(payrun completion bash)',
      what: 'Complete in this bash; put it in ~/.bashrc to keep it',
    },
    {
      command: 'payrun completion fish > ~/.config/fish/completions/payrun.fish',
      what: 'Complete in every fish',
    },
  ],
  writes: false,
  async handler({ terminal }, input) {
    const shell = input.argument('shell');
    const { completionScript } = await import('../completion.js');
    const script = await completionScript(shell);
    if (terminal.json) {
      terminal.printJson({ completion: { shell, script } });
    } else {
      await terminal.write(script);
    }
    return 0;
  },
});
