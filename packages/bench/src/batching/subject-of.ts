// Workloads give their records to a subject, one `next` for each. This is such a subject whose records go elsewhere.
import { Subject } from 'rxjs';

/** A subject that calls `take` for each record, without the way through RxJS. */
export function subjectOf(take: (record: unknown) => void): Subject<unknown> {
  const subject = new Subject<unknown>();
  subject.next = take;
  return subject;
}
