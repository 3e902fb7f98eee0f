import type { GenerationEvent } from '../generation/index.ts';
import { LiveLine } from './live.ts';
import { note, paint } from './output.ts';
import { advance, NO_PROGRESS, type Progress, progressLine } from './progress.ts';
import { plural } from './text.ts';

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
    if (event.type !== 'planned') return;
    this.#began = Date.now();
    for (const line of event.notes) note(paint.err.yellow(line));
    const rest = event.open < event.total ? `, ${event.open} of them open` : '';
    note(
      `run ${event.run}: ${plural(event.functions, 'function')}, ${plural(event.total, 'task')}${rest}, sandbox ${event.sandboxes.join(', ')}`,
    );
    this.#live = new LiveLine(() => progressLine(this.#progress, (Date.now() - this.#began) / 1000));
  }

  stop(): void {
    this.#live?.stop();
  }
}
