import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import { UsageError } from '../error.ts';

/** A template that cannot be read or filled in. */
export class TemplateError extends UsageError {
  override readonly name = 'TemplateError';
}

/** A Jinja template made ready; a variable that isn't given is empty, as in Python. */
export type Template = (variables: Readonly<Record<string, unknown>>) => string;

/**
 * Reads a Jinja template. White space around blocks stays, as by default in Python, which chat templates switch off;
 * so the engine's parts are put together here instead of taking its `Template`.
 *
 * @param name what the template is called where it comes from, for errors
 * @throws TemplateError
 */
export function compileTemplate(source: string, name: string): Template {
  const program = attempt(name, () => parse(tokenize(source)));
  return (variables) =>
    attempt(name, () => {
      const environment = new Environment();
      const globals = { true: true, false: false, none: null, True: true, False: false, None: null };
      for (const [key, value] of Object.entries({ ...globals, ...variables })) environment.set(key, value);
      return String(new Interpreter(environment).run(program).value);
    });
}

function attempt<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : error;
    throw new TemplateError(`The template ${name} cannot be used: ${reason}.`);
  }
}
