// The container, and with it the metadata it keeps about decorated classes of other people's plugins. Imported by
// this folder only, so that `reflect-metadata` is loaded in one place, before the container.
import 'reflect-metadata';

export { Container, ContainerModule, LazyServiceIdentifier } from 'inversify';
