// Owns where the embedded database lives unless a setting says otherwise. Plain, since a start asks before it has loaded
// any library (HeadStart.ts); Settings.ts asks the same, so that both always mean the same directory.
import { resolve } from "node:path"

/** `data` in level4's own folder, wherever the service is started from. */
const DEFAULT = resolve(import.meta.dirname, "../../../data")

/** The absolute path that a value of LEVEL4_DATA_DIR means; an empty one is none, as for every setting. */
export const dataDirOf = (setting = ""): string => (setting === "" ? DEFAULT : resolve(setting))
