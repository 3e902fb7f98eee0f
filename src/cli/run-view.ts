import type { GenerationEvent } from '../generation/index.ts';
import { LiveLine } from './live.ts';
import { note, paint } from './output.ts';
import { advance, NO_PROGRESS, type Progress, progressLine } from './progress.ts';
import { count, dollars, plural } from './text.ts';

/** The run as a person at a terminal, or a log, sees it. */
export class RunView {
  #progress: Progress = NO_PROGRESS;
  #began = Date.now();
  #live: LiveLine | undefined;

  get started(): boolean {
    return this.#live !== undefined;
  }

  listen(event: GenerationEvent): void {
    this.#progress = advance(this.#progress, event);
    if (event.type === 'noted') this.#say(paint.err.yellow(event.text));
    if (event.type !== 'planned') return;
    this.#began = Date.now();
    for (const line of describePlan(event)) note(line);
    this.#live = new LiveLine(() => progressLine(this.#progress, (Date.now() - this.#began) / 1000));
  }

  #say(line: string): void {
    if (this.#live) this.#live.say(line);
    else note(line);
  }

  stop(): void {
    this.#live?.stop();
  }
}

function describePlan(plan: Extract<GenerationEvent, { type: 'planned' }>): string[] {
  const open = plan.open < plan.total ? `, ${count(plan.open)} of them open` : '';
  const cost = plan.pairCostUsd * plan.open;
  return [
    `run ${plan.run}: ${plural(plan.functions, 'function')}, ${plural(plan.total, 'task')}${open}`,
    ...plan.sandboxes.map((line) => `sandbox: ${line}`),
    ...(cost > 0 ? [`expected cost: about ${dollars(cost)}, by the published averages of tokens`] : []),
  ];
}
