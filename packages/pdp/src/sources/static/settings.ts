import { z } from "zod";
import { commonShape, plainTypes } from "../common-settings.js";

const path = z
  .string()
  .min(1, "must not be empty")
  .refine((text) => !text.includes("\0"), "must be a path");

export const staticSettings = z.strictObject({
  kind: z.literal("static"),
  ...commonShape,
  files: z
    .union([path.transform((one) => [one]), z.array(path).min(1)])
    .describe("files with entities in Cedar's JSON format; of a folder, all that end in `.json`"),
  types: plainTypes.describe(
    "which entity types come from here, and what differs for each; without any, those that the files have at first",
  ),
});

export type StaticSettings = z.output<typeof staticSettings>;
