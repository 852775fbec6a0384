#!/usr/bin/env node
// The file lightningd and reckless start. The program itself is bundled into dist/ by `npm install`.
import { setFlagsFromString } from 'node:v8';

// The first intake makes V8 grow its space for young objects to 3 x 16 MB, and a process at rest never gives that back:
// with 2 MB it rests at 76 MB instead of 123 (npm run bench:startup). Works only before the program is loaded.
setFlagsFromString('--max-semi-space-size=2');
await import('./dist/plugin.js');
