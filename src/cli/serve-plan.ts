import { type Fit, gib, type ServePlan } from '../serving/index.ts';
import { note, paint, print, printJson } from './output.ts';
import { count, plural } from './text.ts';

/** Prints the command that would be run on standard output, and what is known about it on standard error. */
export function showPlan(plan: ServePlan, { json }: { readonly json?: boolean }): void {
  if (json) {
    printJson(planJson(plan));
    return;
  }
  tellPlan(plan);
  for (const fault of plan.faults) note(paint.err.red(fault));
  print(plan.command.map(shellWord).join(' '));
}

/** How the memory is shared out, and what may surprise. */
export function tellPlan({ fit, settings, warnings, model, engine }: ServePlan): void {
  note(
    `${model.name} · ${engine.title} · ${count(settings.context)} tokens of context · ${plural(settings.gpus, 'GPU')}`,
  );
  if (fit) note(`${fitLine(fit)}`);
  for (const warning of warnings) note(paint.err.yellow(`warning: ${warning}`));
}

function fitLine({ gpus, usable, weights, cache, reserve, fits, requests, utilization }: Fit): string {
  const names = [...new Set(gpus.map(({ name }) => name))].join(', ');
  const each = gpus.length > 1 ? 'each ' : '';
  const room = fits ? `holds ${requests.toFixed(1)} requests of this length at once` : 'does not fit';
  return (
    `${each}${names}: ${gib(usable)} to use (${utilization * 100}%), ${gib(weights)} weights, ` +
    `${gib(cache)} a request, about ${gib(reserve)} besides: ${room}`
  );
}

/** The plan for programs; memory in bytes. */
export function planJson({ engine, model, settings, command, fit, faults, warnings }: ServePlan): object {
  return {
    engine: engine.name,
    model: model.source,
    name: settings.name,
    command,
    key_environment: 'variable' in engine.key ? engine.key.variable : null,
    gpus: settings.gpus,
    context: settings.context,
    fit: fit
      ? {
          fits: fit.fits,
          gpus: fit.gpus.map(({ id, name, memory, used }) => ({ id: id ?? null, name, memory, used })),
          usable: fit.usable,
          weights: fit.weights,
          cache: fit.cache,
          reserve: fit.reserve,
          requests: fit.requests,
        }
      : null,
    faults,
    warnings,
  };
}

/** A word as a POSIX shell reads it back. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
