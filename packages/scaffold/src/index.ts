// The public names of @millrace/scaffold.
export { askText } from './ask-text.ts';
export type { PromptStreams, TextQuestion } from './ask-text.ts';
export { assertEmpty } from './empty-folder.ts';
export { problemWithFolder, problemWithPackageName, problemWithText } from './answers.ts';
export { nextSteps } from './next-steps.ts';
export type { NextSteps } from './next-steps.ts';
export { runCreateCommand } from './run-create-command.ts';
export type { CreateSurroundings } from './run-create-command.ts';
export { RENAMED_FILES, templateFiles } from './template-files.ts';
export type { TemplateFile } from './template-files.ts';
export { UsageError } from './usage-error.ts';
export { writeProject } from './write-project.ts';
export type { WriteFile } from './write-project.ts';
