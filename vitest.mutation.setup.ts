import fc from "fast-check";

// Each mutant runs all tests that reach it, so each property gets few examples, always the same, and little time.
fc.configureGlobal({ numRuns: 20, seed: 1, interruptAfterTimeLimit: 300 });
