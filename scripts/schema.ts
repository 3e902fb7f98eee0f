import { writeFileSync } from 'node:fs';
import { configSchema } from '../src/generation/index.ts';

/** Writes the published JSON Schema of the configuration file; a test fails where it is out of date. */
const path = new URL('../schema/sera.config.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(configSchema(), null, 2)}\n`);
