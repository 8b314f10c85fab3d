import { z } from "zod";
import { commonShape } from "../common-settings.js";
import { duration } from "../durations.js";

const name = z.string().min(1, "must not be empty");

/** A source of kind `device`: on what a request comes. */
export const deviceSettings = z.strictObject({
  kind: z.literal("device").describe("tells on what device a request comes"),
  timeout: commonShape.timeout,
  type: name
    .default("Device")
    .describe("the entity type of devices, which another source provides; `Device` without it"),
  by: z
    .enum(["deviceId", "clientCertificate"])
    .default("deviceId")
    .describe("what the id of a device is: the id that came along, or the SHA-256 of its certificate"),
  certificate: name
    .optional()
    .describe(
      "the attribute that is the SHA-256 of a device's certificate: whoever names the device must have shown it",
    ),
  member: name
    .default("device")
    .describe("the member of the context that is the device; `device` without it"),
  attributes: z
    .record(name, name)
    .optional()
    .describe(
      "what the member holds, by the device's attributes; what the schema declares of it, by the same names, without it",
    ),
  managed: name.default("managed").describe("which of that says that the device is managed"),
  lastSeen: name
    .optional()
    .describe("the attribute that says when the device was last seen: a datetime, or seconds since 1970"),
  maxAge: duration
    .optional()
    .describe("how long ago a device may have been seen; after that it counts as unmanaged"),
});

export type DeviceSettings = z.output<typeof deviceSettings>;
