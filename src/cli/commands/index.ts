/** Every command of payrun, in the order of the main help. A new command is added here and nowhere else. */

import type { CommandTree } from '../command.js';
import { adjust } from './adjust.js';
import { affiliatesActivate } from './affiliates/activate.js';
import { affiliatesAdd } from './affiliates/add.js';
import { affiliatesBlock } from './affiliates/block.js';
import { affiliatesDepart } from './affiliates/depart.js';
import { affiliatesEdit } from './affiliates/edit.js';
import { affiliatesList } from './affiliates/list.js';
import { affiliatesPause } from './affiliates/pause.js';
import { affiliatesShow } from './affiliates/show.js';
import { commissionsApprove } from './commissions/approve.js';
import { commissionsList } from './commissions/list.js';
import { commissionsReject } from './commissions/reject.js';
import { commissionsShow } from './commissions/show.js';
import { completion } from './completion.js';
import { demo } from './demo.js';
import { exportCommand } from './export.js';
import { generate } from './generate.js';
import { importAffiliates } from './import/affiliates.js';
import { importCommissions } from './import/commissions.js';
import { init } from './init.js';
import { approveCommand } from './payouts/approve.js';
import { failCommand } from './payouts/fail.js';
import { payoutsList } from './payouts/list.js';
import { payCommand } from './payouts/pay.js';
import { processCommand } from './payouts/process.js';
import { redoCommand } from './payouts/redo.js';
import { returnCommand } from './payouts/return.js';
import { payoutsShow } from './payouts/show.js';
import { voidCommand } from './payouts/void.js';
import { pending } from './pending.js';
import { reportPayouts } from './report/payouts.js';
import { runsList } from './runs/list.js';
import { runsShow } from './runs/show.js';
import { settingsGet } from './settings/get.js';
import { settingsList } from './settings/list.js';
import { settingsSet } from './settings/set.js';
import { statement } from './statement.js';
import { upcoming } from './upcoming.js';
import { verify } from './verify.js';

export const commands: CommandTree['commands'] = [
  importAffiliates,
  importCommissions,
  generate,
  pending,
  upcoming,
  payoutsList,
  payoutsShow,
  approveCommand,
  processCommand,
  payCommand,
  failCommand,
  returnCommand,
  voidCommand,
  redoCommand,
  exportCommand,
  affiliatesList,
  affiliatesShow,
  affiliatesAdd,
  affiliatesEdit,
  affiliatesPause,
  affiliatesBlock,
  affiliatesActivate,
  affiliatesDepart,
  statement,
  commissionsList,
  commissionsShow,
  commissionsApprove,
  commissionsReject,
  adjust,
  runsList,
  runsShow,
  reportPayouts,
  init,
  settingsList,
  settingsGet,
  settingsSet,
  verify,
  completion,
  demo,
];

/** The words that stand before several commands. */
export const nouns: CommandTree['nouns'] = [
  { name: 'import', summary: 'Take in affiliates and commissions from files' },
  { name: 'payouts', summary: 'Look at payouts, and take them through their life until they are paid' },
  { name: 'runs', summary: 'Look at the runs that made payouts' },
  { name: 'affiliates', summary: 'Look at affiliates and what they have; add, edit, stop them' },
  { name: 'commissions', summary: 'Look at commissions, approve or reject them' },
  { name: 'report', summary: 'Figures from the ledger' },
  { name: 'settings', summary: 'Look at the settings of the ledger and change them' },
];

/** The headings of the main help; a command that none of them names comes last. */
export const sections: CommandTree['sections'] = [
  { title: 'Pay:', names: ['import', 'generate', 'adjust', 'pending', 'payouts', 'upcoming', 'export'] },
  { title: 'Look:', names: ['affiliates', 'statement', 'commissions', 'runs', 'report'] },
  { title: 'Set up:', names: ['demo', 'init', 'settings', 'verify', 'completion'] },
];

export const commandTree: CommandTree = { commands, nouns, sections };
