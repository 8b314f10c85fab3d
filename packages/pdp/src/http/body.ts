import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { JsonError, type JsonValue, parseJson } from "@cordon/engine/json";
import { Problem } from "./problem.js";

/** Deep enough for any honest request, shallow enough that nothing after the parser needs to care. */
const MAX_DEPTH = 64;

/** Of a body that is refused, this much is read and thrown away, so that the client gets to see why. */
const DISCARD_LIMIT = 16 * 1024 * 1024;

/** Thrown where the client went away before its request was complete: there is nobody to answer. */
export class ClientGone extends Error {
  override readonly name = "ClientGone";
}

/**
 * The JSON body of a request, of which never more than `limit` bytes are held.
 *
 * @param proceed called once nothing in the header speaks against reading (`Expect: 100-continue`)
 */
export async function readJson(
  req: IncomingMessage,
  types: readonly string[],
  limit: number,
  proceed: () => void,
): Promise<JsonValue> {
  checkContentType(req, types);
  if (Number(req.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  proceed();
  return parse(await readBody(req, limit));
}

function checkContentType(req: IncomingMessage, types: readonly string[]): void {
  const type = req.headers["content-type"];
  if (type === undefined || !types.includes(type)) {
    // Parameters are ignored: RFC 8259 defines none and says that they have no effect.
    const essence = type?.split(";", 1)[0]?.trim().toLowerCase();
    if (essence === undefined || !types.includes(essence)) {
      const detail = type === undefined ? "there is no content type" : `the content type is \`${type}\``;
      throw new Problem("invalid_content_type", detail, {
        header: "content-type",
        help: "send the header `content-type: application/json`",
      });
    }
  }
  const encoding = req.headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    throw new Problem("unsupported_content_encoding", `the content encoding is \`${encoding}\``, {
      header: "content-encoding",
      help: "send the body as it is",
    });
  }
}

function tooLarge(limit: number): Problem {
  return new Problem("body_too_large", `the body has more than ${limit} bytes`, {
    pointer: "",
    help: "split the request",
  });
}

function readBody(req: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      req.off("data", onData);
      reject(tooLarge(limit));
    };
    req.on("data", onData);
    req.on("end", () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)));
    req.on("error", () => reject(new ClientGone()));
    req.on("close", () => {
      if (!req.complete) reject(new ClientGone());
    });
  });
}

function parse(bytes: Buffer): JsonValue {
  if (bytes.length === 0) throw new Problem("empty_body", "the body is empty", { pointer: "" });
  if (!isUtf8(bytes)) throw new Problem("invalid_utf8", "the body is not UTF-8", { pointer: "" });
  try {
    return parseJson(bytes.toString("utf8"), { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (error instanceof JsonError) throw invalidJson(error);
    throw error;
  }
}

function invalidJson({ code, message, help, pointer, line, column }: JsonError): Problem {
  const where = { code, pointer: pointer ?? "", line, column };
  return new Problem("invalid_json", message, help ? { ...where, help } : where);
}

/**
 * Lets the rest of a refused body arrive and fall away: closing at once would reset the connection, and the
 * client could lose the answer that explains the refusal. Beyond the limit the connection is cut.
 */
export function discardRest(req: IncomingMessage, res: ServerResponse): void {
  if (req.complete || req.destroyed) return;
  let discarded = 0;
  req.on("data", (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > DISCARD_LIMIT) res.socket?.destroy();
  });
  req.on("error", () => {});
  req.resume();
}
