#!/usr/bin/env node
// The file lightningd and reckless start. The program itself is bundled into dist/ by `npm install`.
import './dist/plugin.js';
