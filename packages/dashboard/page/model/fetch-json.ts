// Requests for the parts that the live channel leaves out.

/** The answer of a path as data; undefined for an unknown path. @throws when there is no answer. */
export async function fetchMaybe<T>(path: string): Promise<T | undefined> {
  const answer = await fetch(path, { headers: { Accept: 'application/json' } });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`the dashboard answered ${answer.status}`);
  return (await answer.json()) as T;
}

/** The answer of a path as data. @throws when there is none. */
export async function fetchJson<T>(path: string): Promise<T> {
  const answer = await fetchMaybe<T>(path);
  if (answer === undefined) throw new Error('the dashboard has nothing under this path');
  return answer;
}
