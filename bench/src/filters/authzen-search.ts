import { quantile, sorted } from "../measure/statistics.js";
import { listeningLine, startServer } from "../process/child.js";
import { command } from "../process/paths.js";
import type { Person } from "./people.js";
import { PAGE_SIZE } from "./questions.js";

export interface SearchFigures {
  readonly pages: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Answer {
  readonly results: readonly { readonly id: string }[];
  readonly page?: { readonly next_token?: string };
}

/** A search is begun anew after so many pages, as nobody turns more. */
const PAGES_TURNED = 5;

/** Resource Search of a server on the project, page after page. */
export async function measureSearch(
  project: string,
  people: readonly Person[],
  { pages, warmUp }: { readonly pages: number; readonly warmUp: number },
): Promise<SearchFigures[]> {
  const server = await startServer({
    program: process.execPath,
    args: [command, "serve", "--project", project, "--port", "0"],
    ready: listeningLine,
  });
  try {
    const figures: SearchFigures[] = [];
    for (const person of people) await searchAs(server.url, person, warmUp);
    for (const person of people) figures.push(await searchAs(server.url, person, pages));
    return figures;
  } finally {
    await server.stop();
  }
}

async function searchAs(url: string, { id }: Person, pages: number): Promise<SearchFigures> {
  const each: number[] = [];
  let token = "";
  for (let page = 0; page < pages; page++) {
    if (page % PAGES_TURNED === 0) token = "";
    const started = performance.now();
    const response = await fetch(`${url}/access/v1/search/resource`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        subject: { type: "User", id },
        action: { name: "ticket:read" },
        resource: { type: "Ticket" },
        page: { limit: PAGE_SIZE, ...(token === "" ? {} : { token }) },
      }),
    });
    const answer = (await response.json()) as Answer;
    each.push(performance.now() - started);
    if (!response.ok) throw new Error(`HTTP ${response.status}: ${JSON.stringify(answer)}`);
    token = answer.page?.next_token ?? "";
  }
  const times = sorted(each);
  return { pages, p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
}
