#!/usr/bin/env node
import { main } from "./bootstrap/main.mjs";

await main(["sluice", ...process.argv.slice(2)]);
