export { sampleRecord } from "./sample-records.js";
export {
  CONTRACT_SCHEMA,
  type ContractUser,
  type SourceUnderTest,
  sourceContract,
} from "./source-contract.js";
export { type StoreContractOptions, type StoreUnderTest, storeContract } from "./store-contract.js";
