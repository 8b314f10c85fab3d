export type { FilterOptions } from "../filters/index.js";
export type { PrismaModel, PrismaModels } from "./models.js";
export {
  type PrismaFilters,
  type PrismaOptions,
  type PrismaRows,
  type PrismaWhere,
  prismaFilters,
} from "./prisma-filters.js";
export type { PrismaProvider } from "./where.js";
