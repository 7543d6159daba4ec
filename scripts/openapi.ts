import { writeFileSync } from 'node:fs';
import { openApi } from '../lib/api/openapi.ts';

/* Writes what describes the start API: npm run openapi */
writeFileSync(new URL('../docs/openapi.json', import.meta.url), `${JSON.stringify(openApi(), null, 2)}\n`);
