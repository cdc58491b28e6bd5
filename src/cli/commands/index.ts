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
import { auditHead } from './audit/head.js';
import { auditList } from './audit/list.js';
import { auditShow } from './audit/show.js';
import { auditVerify } from './audit/verify.js';
import { backup } from './backup.js';
import { commissionsApprove } from './commissions/approve.js';
import { commissionsList } from './commissions/list.js';
import { commissionsReject } from './commissions/reject.js';
import { commissionsShow } from './commissions/show.js';
import { completion } from './completion.js';
import { demo } from './demo.js';
import { exportCommand } from './export.js';
import { exportsList } from './exports/list.js';
import { generate } from './generate.js';
import { importAffiliates } from './import/affiliates.js';
import { importCommissions } from './import/commissions.js';
import { init } from './init.js';
import { jobsCancel } from './jobs/cancel.js';
import { jobsList } from './jobs/list.js';
import { jobsRetry } from './jobs/retry.js';
import { jobsShow } from './jobs/show.js';
import { jobsWatch } from './jobs/watch.js';
import { jobsWork } from './jobs/work.js';
import { paymentsCancel } from './payments/cancel.js';
import { paymentsConfirm } from './payments/confirm.js';
import { paymentsCreate } from './payments/create.js';
import { paymentsList } from './payments/list.js';
import { paymentsReconcile } from './payments/reconcile.js';
import { paymentsShow } from './payments/show.js';
import { paymentsWrite } from './payments/write.js';
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
import { restore } from './restore.js';
import { runsList } from './runs/list.js';
import { runsShow } from './runs/show.js';
import { scheduleRun } from './schedule/run.js';
import { scheduleSet } from './schedule/set.js';
import { scheduleShow } from './schedule/show.js';
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
  paymentsCreate,
  paymentsList,
  paymentsShow,
  paymentsWrite,
  paymentsConfirm,
  paymentsReconcile,
  paymentsCancel,
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
  exportsList,
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
  scheduleShow,
  scheduleSet,
  scheduleRun,
  jobsList,
  jobsShow,
  jobsWatch,
  jobsCancel,
  jobsRetry,
  jobsWork,
  reportPayouts,
  init,
  settingsList,
  settingsGet,
  settingsSet,
  verify,
  auditList,
  auditShow,
  auditVerify,
  auditHead,
  backup,
  restore,
  completion,
  demo,
];

/** The words that stand before several commands. */
export const nouns: CommandTree['nouns'] = [
  { name: 'import', summary: 'Take in affiliates and commissions from files' },
  { name: 'payouts', summary: 'Look at payouts, and take them through their life until they are paid' },
  { name: 'payments', summary: 'Payment files for the bank or the provider, and what became of them' },
  { name: 'schedule', summary: 'Automatic payouts: when they are made, and making those that are due' },
  { name: 'exports', summary: 'Look at the accounting files that were made' },
  { name: 'runs', summary: 'Look at the runs that made payouts' },
  { name: 'jobs', summary: 'Look at work in the background; cancel it, start it again' },
  { name: 'affiliates', summary: 'Look at affiliates and what they have; add, edit, stop them' },
  { name: 'commissions', summary: 'Look at commissions, approve or reject them' },
  { name: 'report', summary: 'Figures from the ledger' },
  { name: 'audit', summary: 'Who did what to the ledger, and the proof that nobody changed it' },
  { name: 'settings', summary: 'Look at the settings of the ledger and change them' },
];

/** The headings of the main help; a command that none of them names comes last. */
export const sections: CommandTree['sections'] = [
  {
    title: 'Pay:',
    names: [
      'import',
      'generate',
      'adjust',
      'pending',
      'payouts',
      'payments',
      'upcoming',
      'schedule',
      'export',
    ],
  },
  { title: 'Look:', names: ['affiliates', 'statement', 'commissions', 'runs', 'exports', 'jobs', 'report'] },
  {
    title: 'Set up:',
    names: ['demo', 'init', 'settings', 'verify', 'audit', 'backup', 'restore', 'completion'],
  },
];

export const commandTree: CommandTree = { commands, nouns, sections };
