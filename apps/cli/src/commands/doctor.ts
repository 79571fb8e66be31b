import { Command } from 'commander';
import { sanitise } from '../cockpit/text/sanitise.ts';
import type { World } from '../world.ts';

/** `mogplex doctor`: which credential would be used and why, files, clock, reachability. Safe to paste. */
export const command = (world: World): Command =>
  new Command('doctor')
    .description('Say which credential would be used for each provider and why, and check files, clock and reachability.')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', '\nThe report holds no secret and can be pasted into a ticket. Exit code 1 when there is a problem.')
    .action(async ({ json }: { json?: boolean }) => {
      const { diagnose, reportText } = await import('../doctor/diagnose.ts');
      const { findingsOf } = await import('../doctor/report.ts');
      const { createRedactor, profiles } = await import('@mogplex/redaction');
      const report = await diagnose(world);
      const text = json ? JSON.stringify(report, undefined, 2) : sanitise(reportText(report));
      world.stdout.write(`${createRedactor(profiles.terminal).text(text).text}\n`);
      if (findingsOf(report).some(({ severity }) => severity === 'problem')) process.exitCode = 1;
    });
