// The container, with its metadata about decorated classes of foreign plugins. Imported by this folder only, so that
// `reflect-metadata` is loaded in one place, before the container.
import 'reflect-metadata';

export { Container, ContainerModule, LazyServiceIdentifier } from 'inversify';
