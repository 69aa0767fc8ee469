// Owns what the whole test run shares: one Postgres server, and one empty embedded database to copy. Tests take their
// own databases from both by Databases.ts. Invariant: both are gone when the run ends, also when it failed.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestProject } from "vitest/node"
import { SharedSession } from "../../src/layers/embedded/SharedSession.ts"
import { PostgresServer } from "./Postgres.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** The address of the run's Postgres server, as its superuser. */
    readonly postgresUrl: string
    /** A data directory with an empty database, for copying. */
    readonly embeddedTemplate: string
  }
}

export default async (project: TestProject): Promise<() => Promise<void>> => {
  const folder = mkdtempSync(join(tmpdir(), "level4-template-"))
  const [server] = await Promise.all([PostgresServer.start(), makeTemplate(folder)])
  project.provide("postgresUrl", server.url())
  project.provide("embeddedTemplate", folder)
  return async () => {
    rmSync(folder, { recursive: true, force: true })
    await server.dispose()
  }
}

const makeTemplate = async (folder: string): Promise<void> => {
  const session = new SharedSession(folder)
  await session.opened()
  await session.close()
}
