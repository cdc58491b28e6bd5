/** What a bare `payrun` shows on a terminal: the main tasks, each of which asks for the rest itself. */

import type { CommandDefinition } from './command.js';
import { select } from './prompts.js';
import type { Terminal } from './terminal.js';

/**
 * Asks which task to do.
 * @param definitions those with a line for the menu, in the order to show
 * @throws InterruptedError on Ctrl-C
 */
export async function chooseFromMenu(
  terminal: Terminal,
  definitions: readonly CommandDefinition[],
): Promise<CommandDefinition> {
  return select(terminal, {
    message: 'What would you like to do?',
    choices: definitions.map((definition) => ({
      name: definition.menu ?? definition.summary,
      value: definition,
      description: `payrun ${definition.path.join(' ')}`,
    })),
  });
}
