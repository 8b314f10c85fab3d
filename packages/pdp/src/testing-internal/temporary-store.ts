import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../store/index.js";
import type { StoreUnderTest } from "../testing/index.js";

/** A store in a folder of its own. */
export async function temporaryStore(): Promise<StoreUnderTest & { path: string; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "cordon-store-"));
  const path = join(folder, ".cordon", "cordon.db");
  return {
    folder,
    path,
    open: () => openStore({ path, busyTimeoutMs: 2_000 }),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
