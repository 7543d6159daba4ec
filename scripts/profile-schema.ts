import { writeFileSync } from 'node:fs';
import { profileJsonSchema } from '../lib/domain/profile-schema.ts';

/* Writes the JSON Schema that editors check profiles with: npm run schema */
writeFileSync(new URL('../profile.schema.json', import.meta.url), `${JSON.stringify(profileJsonSchema(), null, 2)}\n`);
