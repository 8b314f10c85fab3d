import { afterEach, beforeEach, describe } from "node:test";
import { faultContract } from "./source-contract/faults.js";
import { idContract } from "./source-contract/ids.js";
import { listingContract } from "./source-contract/listing.js";
import { readingContract } from "./source-contract/reading.js";
import type { MakeSource, SourceUnderTest } from "./source-contract/world.js";

export { CONTRACT_SCHEMA, type ContractUser, type SourceUnderTest } from "./source-contract/world.js";

/**
 * What every Source promises. Run it against your own, over what really lies behind it:
 * `sourceContract("mine", makeSource)` in a test file. `make` is called for each test and gives an empty world.
 */
export function sourceContract(name: string, make: MakeSource): void {
  describe(`source contract: ${name}`, () => {
    let made: SourceUnderTest;
    beforeEach(async () => {
      made = await make();
    });
    afterEach(() => made.dispose());
    const under = (): SourceUnderTest => made;
    readingContract(under);
    idContract(under);
    listingContract(under);
    faultContract(under);
  });
}
