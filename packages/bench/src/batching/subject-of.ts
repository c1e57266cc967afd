// A subject whose records go elsewhere. Workloads pass their records to a subject, one `next` for each record.
import { Subject } from 'rxjs';

/** A subject that calls `take` for each record, without the path through RxJS. */
export function subjectOf(take: (record: unknown) => void): Subject<unknown> {
  const subject = new Subject<unknown>();
  subject.next = take;
  return subject;
}
