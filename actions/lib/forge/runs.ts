// The port to runs of workflows, where a forge has them: which a commit had, and starting one again. A run's name and end
// are the forge's word; what it uploaded is somebody else's.

export interface WorkflowRun {
  readonly id: number;
  /** The name of the workflow's file without its folder and ending, such as `propose`. */
  readonly workflow: string;
  /** What started it, such as `pull_request`. */
  readonly event: string;
  readonly isDone: boolean;
  /** As the forge has it, such as `success`; null before the end. */
  readonly conclusion: string | null;
  /** Where people read its log. */
  readonly url: string;
}

export interface WorkflowRuns {
  /** Those that this event started for a commit, newest first. */
  ofCommit(commit: string, event: string): Promise<readonly WorkflowRun[]>;
  /** Undefined when there is none of that id. */
  get(id: number): Promise<WorkflowRun | undefined>;
  /** Starts the failed jobs and those that wait for them, or all of them, once more. */
  retry(id: number, jobs: 'failed' | 'all'): Promise<void>;
}
