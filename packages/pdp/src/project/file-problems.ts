import type { Diagnostic } from "@cordon/cedar";
import { SourcePositions } from "./source-position.js";

const REASONS: Readonly<Record<string, readonly [reason: string, help: string]>> = {
  EACCES: ["may not be read", "give this user permission to read it"],
  EPERM: ["may not be read", "give this user permission to read it"],
  EISDIR: ["is a folder", "a file is wanted here: rename the folder"],
  ENOTDIR: ["lies below something that is no folder", "look at the path in cordon.yaml"],
  ELOOP: ["is a symbolic link that leads to itself", "remove the link"],
  ENOENT: ["is not there", "it may be a symbolic link to something that was moved"],
};

export function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code ?? "");
}

export function unreadable(path: string, error: unknown): Diagnostic {
  const code = codeOf(error);
  const [reason, help] = REASONS[code] ?? [`can't be read: ${code}`, "look at the disk"];
  return { code: "file_unreadable", severity: "error", message: `\`${path}\` ${reason}`, help, file: path };
}

export function notFolder(path: string): Diagnostic {
  return {
    code: "not_a_folder",
    severity: "error",
    message: `\`${path}\` is a file, though a folder is wanted`,
    help: `rename the file, or name another folder in cordon.yaml`,
    file: path,
  };
}

export function directoryNamedLikeFile(path: string, extension: string): Diagnostic {
  return {
    code: "directory_named_like_file",
    severity: "error",
    message: `\`${path}\` is a folder, though its name ends in \`${extension}\``,
    help: `rename the folder: everything that ends in \`${extension}\` is read as a file`,
    file: path,
  };
}

/** Policies beside the folder of policies: whoever wrote them may think that they hold. */
export function policyNotRead(name: string, folder: string): Diagnostic {
  return {
    code: "policy_not_read",
    severity: "warning",
    message: `\`${name}\` is not read: the policies of this project are in \`${folder}/\``,
    help: `move the file into \`${folder}/\``,
    file: name,
  };
}

/** @param lossy the file's bytes as text, with U+FFFD for what is no UTF-8 */
export function notUtf8(path: string, lossy: string): Diagnostic {
  const utf16 = lossy.includes("\0");
  return {
    code: "file_not_utf8",
    severity: "error",
    message: `\`${path}\` is not UTF-8 text`,
    help: utf16 ? "save the file as UTF-8, not as UTF-16" : "save the file as UTF-8",
    file: path,
    range: new SourcePositions(lossy).range(lossy.indexOf("\ufffd"), lossy.indexOf("\ufffd") + 1),
  };
}
