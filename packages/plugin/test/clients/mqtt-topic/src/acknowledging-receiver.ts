// Stands for the file of the template, which the test copies here.
export * from '../../../../../create-receiver/template-acknowledging/src/acknowledging-receiver.ts';
