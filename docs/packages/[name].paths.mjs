import { readmePages } from "../.vitepress/readmes.mjs";

export default { paths: () => readmePages("packages") };
