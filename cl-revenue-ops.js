#!/usr/bin/env node
// The file lightningd and reckless start. The program itself is bundled into dist/ by `npm install`.
import { setFlagsFromString } from 'node:v8';

// Left to itself, V8 makes its space for young objects 3 x 16 MB (from Node 24 on 2 x 32 MB) during the first intake and
// lets old ones grow fourfold between two collections. Young ones stay in the 2 MB that they begin with, old ones double:
// intake is as fast (npm run bench:intake), while growth by half would slow it by a tenth. A size for the young would come
// too late here from Node 24 on. What is left over after a burst of work goes back by src/memory.ts.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=100');
await import('./dist/plugin.js');
