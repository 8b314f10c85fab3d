#!/usr/bin/env node
import "../dist/cold-start.js";

// By the time a static import ran, everything below it would have been compiled.
await import("../dist/main.js");
