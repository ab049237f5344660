import { main } from "./bootstrap/main.mjs";

await main(process.argv.slice(2));
