export { sampleRecord } from "./sample-records.js";
export { type StoreContractOptions, type StoreUnderTest, storeContract } from "./store-contract.js";
