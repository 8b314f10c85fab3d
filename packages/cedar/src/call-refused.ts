/**
 * Thrown while a call is prepared, when any part of it isn't what Cedar accepts. It carries no reason: the
 * official front end is then asked for the answer, in its words.
 */
export class CallRefused extends Error {
  constructor(part: string, options?: ErrorOptions) {
    super(`the ${part} of the call was refused`, options);
    this.name = "CallRefused";
  }
}
