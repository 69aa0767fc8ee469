// Owns where the embedded database lives unless a setting says otherwise.
import { findPackageJSON } from "node:module"
import { join, resolve } from "node:path"

/** `data` in level4's own folder, wherever the service is started from, and whether from its sources or bundled. */
const DEFAULT = join(findPackageJSON(import.meta.url) ?? ".", "../data")

/** The absolute path that a value of LEVEL4_DATA_DIR means; an empty one is none, as for every setting. */
export const dataDirOf = (setting = ""): string => (setting === "" ? DEFAULT : resolve(setting))
